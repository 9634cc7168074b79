/* One request on its way to one or several targets at once, and the answer that goes back (RFC 3261 16.6, 16.7). */
#include "server/internal.h"

#include "base/error.h"

#include <stdlib.h>

enum { TIMER_C_MS = 185000 }; /* more than three minutes (16.6 step 11) */

typedef struct srv_fork srv_fork;

typedef struct branch {
    srv_fork *fork;
    stack_request *request; /* NULL: over */
    bool answered;          /* its final answer has come */
    bool known;             /* to a registered Contact */
    int status;
    sip_msg *final; /* the best kept for the end; NULL for local failures */
} branch;

struct srv_fork {
    sx_list node; /* in srv_server.forks */
    srv_server *server;
    stack_tx *tx; /* NULL: answered and gone */
    uint64_t key; /* of the request, for srv_fork_loops */
    bool invite;
    bool replied; /* the final answer has gone back */
    size_t n;
    branch branches[];
};

static void fork_free(srv_fork *f) {
    sx_list_remove(&f->node);
    for (size_t i = 0; i < f->n; i++) {
        if (f->branches[i].request) stack_request_abandon(f->branches[i].request);
        sip_msg_unref(f->branches[i].final);
    }
    free(f);
}

static void nobody(void *ctx, const stack_event *ev) {}

void srv_forks_drop(srv_server *s) {
    for (sx_list *it; (it = sx_list_first(&s->forks));) {
        srv_fork *f = SX_CONTAINER(it, srv_fork, node);
        if (f->tx) tx_set_owner(f->tx, (stack_sink){.fn = nobody}, NULL);
        if (f->tx && !f->replied) srv_refuse(f->tx, 503, NULL);
        fork_free(f);
    }
}

/* An INVITE's transaction is kept for late 2xx answers and ends by an event; another one is gone with its final answer.
 */
static void final_sent(srv_fork *f) {
    f->replied = true;
    if (!f->invite) f->tx = NULL;
}

static void cancel_others(srv_fork *f, const branch *winner) {
    for (size_t i = 0; i < f->n; i++) {
        branch *b = &f->branches[i];
        if (b != winner && b->request && !b->answered) stack_request_cancel(b->request, sx_slice_empty());
    }
}

/* Lower is better: 6xx decides, then the lowest class; within one, what the caller can do something about (16.7 step
 * 6). */
static int rank(const branch *b) {
    int class = b->status / 100;
    if (class == 6) return 0;
    if (b->status == 401 || b->status == 407) return class * 10 + 1;
    if (b->status == 408 || b->status == 487 || b->status == 503) return class * 10 + 9;
    return class * 10 + 5;
}

static const branch *best_of(const srv_fork *f) {
    const branch *best = &f->branches[0];
    for (size_t i = 1; i < f->n; i++)
        if (rank(&f->branches[i]) < rank(best)) best = &f->branches[i];
    return best;
}

/* Every branch's challenges go back together, or forked registrations could never all be answered (16.7 step 7). */
static void put_other_challenges(const srv_fork *f, const branch *best, sx_buf *b) {
    static const struct {
        sip_hdr_id id;
        const char *name;
    } kinds[] = {{SIP_HDR_WWW_AUTHENTICATE, "WWW-Authenticate: "},
                 {SIP_HDR_PROXY_AUTHENTICATE, "Proxy-Authenticate: "}};
    for (size_t i = 0; i < f->n; i++) {
        const branch *other = &f->branches[i];
        if (other == best || !other->final || (other->status != 401 && other->status != 407)) continue;
        for (size_t k = 0; k < 2; k++)
            for (const sip_hdr *h = sip_first(other->final, kinds[k].id); h; h = sip_next(other->final, h)) {
                sx_buf_str(b, kinds[k].name);
                sx_buf_slice(b, sip_hdr_value(other->final, h));
                SX_BUF_LIT(b, "\r\n");
            }
    }
}

/* For a branch that has no answer of its own to show: what it says on its behalf. */
static int own_status(const srv_fork *f, const branch *best) {
    bool canceled = f->invite && tx_is_canceled(f->tx);
    if (canceled && best->status == 408) return 487;
    /* Nobody cancelled but our own timer C. */
    if (!canceled && best->status == 487) return 408;
    /* Our own 503 would make the caller avoid this proxy, not that phone (16.7 step 6). */
    if (best->status == 503) return best->known && !best->final ? 480 : 500;
    return best->status;
}

static void reply_best(srv_fork *f) {
    const branch *best = best_of(f);
    int status = own_status(f, best);
    if (!best->final && status == 408 && !f->invite) {
        tx_drop(f->tx); /* RFC 4320 4.1: a late 408 helps nobody */
    } else if (!best->final || status != best->status) {
        srv_refuse(f->tx, status, NULL);
    } else {
        sx_buf extra;
        sx_buf_init(&extra);
        if (status == 401 || status == 407) put_other_challenges(f, best, &extra);
        if (extra.failed || tx_forward(f->tx, best->final, sx_buf_view(&extra)) < 0) srv_refuse(f->tx, 500, NULL);
        sx_buf_free(&extra);
    }
    final_sent(f);
}

/* A 2xx goes back at once, and so does every further one to an INVITE. */
static void pass_success(srv_fork *f, const sip_msg *msg) {
    if (!f->tx) return;
    if (tx_forward(f->tx, msg, sx_slice_empty()) >= 0) {
        final_sent(f);
    } else if (!f->invite) {
        srv_refuse(f->tx, 500, NULL);
        final_sent(f);
    } /* an INVITE's 2xx comes again, until there is memory for it */
}

static bool all_answered(const srv_fork *f) {
    for (size_t i = 0; i < f->n; i++)
        if (!f->branches[i].answered) return false;
    return true;
}

static void free_if_over(srv_fork *f) {
    if (f->tx) return;
    for (size_t i = 0; i < f->n; i++)
        if (f->branches[i].request && (f->invite || !f->branches[i].answered)) return;
    fork_free(f);
}

static bool any_success(const srv_fork *f) {
    for (size_t i = 0; i < f->n; i++)
        if (f->branches[i].answered && f->branches[i].status < 300) return true;
    return false;
}

static void on_final(branch *b, const stack_event *ev) {
    srv_fork *f = b->fork;
    bool success = ev->msg && ev->status < 300;
    b->answered = true;
    b->status = ev->status < 300 && !success ? 500 : ev->status;
    if (!success || !f->invite) b->request = NULL; /* only a 2xx to an INVITE has an afterlife */
    if (success) {
        pass_success(f, ev->msg);
        cancel_others(f, b);
    } else {
        b->final = ev->msg ? sip_msg_keep(ev->msg) : NULL;
        if (ev->status >= 600) cancel_others(f, b);
    }
    if (!f->replied && all_answered(f) && !any_success(f)) reply_best(f);
    free_if_over(f);
}

static void on_branch(void *ctx, const stack_event *ev) {
    branch *b = ev->user;
    srv_fork *f = b->fork;
    switch (ev->type) {
    case STACK_EV_PROVISIONAL:
        if (ev->status > 100 && f->tx && !f->replied) tx_forward(f->tx, ev->msg, sx_slice_empty());
        break;
    case STACK_EV_FINAL: on_final(b, ev); break;
    case STACK_EV_EXTRA_2XX: pass_success(f, ev->msg); break;
    case STACK_EV_DONE:
        b->request = NULL;
        if (f->tx && !f->replied) { /* there never was memory for its 2xx */
            srv_refuse(f->tx, 500, NULL);
            final_sent(f);
        }
        free_if_over(f);
        break;
    default: break;
    }
}

static void on_tx(void *ctx, const stack_event *ev) {
    srv_fork *f = ev->user;
    if (ev->type == STACK_EV_CANCELED) {
        cancel_others(f, NULL); /* their 487 goes back as the best answer */
    } else if (ev->type == STACK_EV_TX_DONE) {
        f->tx = NULL;
        free_if_over(f);
    }
}

static int start_branch(branch *b, const sip_msg *msg, const stack_flow *in_flow, const srv_route *route,
                        const srv_target *target, sx_slice ticket) {
    srv_server *s = b->fork->server;
    stack_forward_params p = {.msg = msg,
                              .uri = target->uri,
                              .drop_routes = route->drop,
                              .routes = route->put,
                              .nroutes = route->nput,
                              .next_hop = route->next_hop,
                              .record_user = ticket,
                              .in_flow = *in_flow,
                              .flow = target->flow,
                              .user = b};
    if (target->npath) {
        p.routes = target->path;
        p.nroutes = target->npath;
    }
    bool stays = s->record_route || srv_is_one_way(in_flow) || srv_is_one_way(&target->flow);
    p.record_route = ticket.n && (stays || ticket.n > SRV_TICKET) &&
                     (msg->method == SIP_INVITE || msg->method == SIP_SUBSCRIBE || msg->method == SIP_REFER);
    p.timeout_ms = b->fork->invite ? TIMER_C_MS : 0;
    p.sink.fn = on_branch;
    return stack_forward(s->stack, &p, &b->request);
}

static void start_failed(branch *b, int code) {
    b->answered = true;
    b->request = NULL;
    b->status = code == SX_E_LIMIT ? 483 : code == SX_E_URI || code == SX_E_UNSUPPORTED ? 416 : 500;
}

static uint64_t key_of(const sip_msg *msg, const sip_basics *b) {
    uint64_t h = sx_hash_mix(sx_hash_seed(), b->call_id.p, b->call_id.n);
    h = sx_hash_mix(h, b->from_tag.p, b->from_tag.n);
    h = sx_hash_mix(h, &b->cseq.number, sizeof b->cseq.number);
    h = sx_hash_mix(h, msg->method_name.p, msg->method_name.n);
    return sx_hash_mix(h, msg->uri.p, msg->uri.n);
}

bool srv_fork_loops(srv_server *s, const sip_msg *msg, const sip_basics *basics) {
    uint64_t key = key_of(msg, basics);
    SX_LIST_EACH(it, tmp, &s->forks)
    if (SX_CONTAINER(it, srv_fork, node)->key == key) return true;
    return false;
}

static srv_fork *fork_new(srv_server *s, stack_tx *tx, const sip_msg *msg, const sip_basics *basics, size_t n) {
    srv_fork *f = calloc(1, sizeof *f + n * sizeof(branch));
    if (!f) return NULL;
    f->server = s;
    f->tx = tx;
    f->invite = msg->method == SIP_INVITE;
    f->key = key_of(msg, basics);
    f->n = n;
    for (size_t i = 0; i < n; i++) f->branches[i].fork = f;
    sx_list_append(&s->forks, &f->node);
    tx_set_owner(tx, (stack_sink){.fn = on_tx}, f);
    if (f->invite) tx_keep(tx);
    return f;
}

void srv_fork_start(srv_server *s, stack_tx *tx, const sip_msg *msg, const sip_basics *basics,
                    const stack_flow *in_flow, const srv_route *route, const srv_target *targets, size_t n) {
    char room[SRV_TICKET_ROOM];
    bool bound = srv_is_bound_to(msg, in_flow);
    sx_slice tag = bound ? basics->from_tag : sx_slice_empty();
    sx_slice ticket = srv_ticket(s, basics->call_id, bound ? in_flow->id : 0, tag, room);
    srv_fork *f = fork_new(s, tx, msg, basics, n);
    if (!f) {
        srv_refuse(tx, 500, NULL);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        f->branches[i].known = targets[i].known;
        int rc = start_branch(&f->branches[i], msg, in_flow, route, &targets[i], ticket);
        if (rc < 0) start_failed(&f->branches[i], rc);
    }
    if (all_answered(f)) reply_best(f);
    free_if_over(f);
}
