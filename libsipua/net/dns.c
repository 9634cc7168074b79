#define _GNU_SOURCE
#include "net/dns.h"

#include <ares.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/error.h"
#include "net/dns_internal.h"

#define OPEN_MAX_QUESTIONS 4096

/* A descriptor of c-ares's. */
typedef struct dns_socket {
    sx_list node;
    net_dns *dns;
    int fd;
    struct event *readable, *writable;
} dns_socket;

typedef struct question {
    sx_list node; /* in waiting or ready */
    uint64_t token;
    net_family family;
    dns_entry *v4, *v6; /* what it waits for; none for a numeric name */
    net_addr numeric;
    int code; /* an error before anything was asked */
} question;

/* c-ares's callback may come when we have long gone (never, by its rules, but it is cheap to be safe): it holds this.
 */
typedef struct asked {
    net_dns *dns;
    dns_entry *entry;
} asked;

struct net_dns {
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    ares_channel channel;
    bool prefer_v6, closing;
    bool *gone;
    sx_list sockets, waiting, ready;
    unsigned open;
    dns_cache cache;
    sx_timer timer;
    sx_task task;
};

/* The library's own initialisation is one per process and not thread-safe: counted here. */
static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned library_users;

static bool library_enter(void) {
    pthread_mutex_lock(&library_lock);
    bool ok = library_users > 0 || ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
    if (ok) library_users++;
    pthread_mutex_unlock(&library_lock);
    return ok;
}

static void library_leave(void) {
    pthread_mutex_lock(&library_lock);
    if (--library_users == 0) ares_library_cleanup();
    pthread_mutex_unlock(&library_lock);
}

/* ---- c-ares on the loop */

static void set_timer(net_dns *d) {
    struct timeval tv;
    if (d->closing) return;
    if (!ares_timeout(d->channel, NULL, &tv)) {
        sx_timer_stop(d->loop->wheel, &d->timer);
        return;
    }
    uint64_t ms = (uint64_t)tv.tv_sec * 1000 + (uint64_t)(tv.tv_usec + 999) / 1000;
    sx_timer_start(d->loop->wheel, &d->timer, d->loop->now_ms + ms + 1);
}

static void on_timer(sx_timer *t, uint64_t now_ms) {
    net_dns *d = SX_CONTAINER(t, net_dns, timer);
    ares_process_fd(d->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    set_timer(d);
}

static void on_socket(evutil_socket_t fd, short what, void *ctx) {
    net_dns *d = ctx; /* not the socket: c-ares may close it inside */
    net_loop *l = d->loop;
    net_loop_tick(l);
    ares_process_fd(d->channel, what & EV_READ ? fd : ARES_SOCKET_BAD, what & EV_WRITE ? fd : ARES_SOCKET_BAD);
    set_timer(d);
    net_loop_tock(l);
}

static dns_socket *socket_of(net_dns *d, int fd, bool make) {
    SX_LIST_EACH(it, tmp, &d->sockets) {
        dns_socket *s = SX_CONTAINER(it, dns_socket, node);
        if (s->fd == fd) return s;
    }
    dns_socket *s = make ? calloc(1, sizeof *s) : NULL;
    if (!s) return NULL;
    s->dns = d;
    s->fd = fd;
    s->readable = event_new(d->loop->base, fd, EV_READ | EV_PERSIST, on_socket, d);
    s->writable = event_new(d->loop->base, fd, EV_WRITE | EV_PERSIST, on_socket, d);
    if (!s->readable || !s->writable) {
        if (s->readable) event_free(s->readable);
        if (s->writable) event_free(s->writable);
        free(s);
        return NULL; /* the question will time out */
    }
    net_loop_own_fd(d->loop, fd);
    sx_list_append(&d->sockets, &s->node);
    return s;
}

static void on_socket_state(void *ctx, ares_socket_t fd, int readable, int writable) {
    net_dns *d = ctx;
    dns_socket *s = socket_of(d, fd, readable || writable);
    if (!s) return;
    if (readable)
        event_add(s->readable, NULL);
    else
        event_del(s->readable);
    if (writable)
        event_add(s->writable, NULL);
    else
        event_del(s->writable);
    if (readable || writable) return;
    event_free(s->readable);
    event_free(s->writable);
    net_loop_disown_fd(d->loop, fd);
    sx_list_remove(&s->node);
    free(s);
}

/* ---- answers */

static void settle(net_dns *d) { sx_runq_post(&d->loop->runq, &d->task); }

static net_dns_record *records_of(const struct ares_addrinfo *res, bool v6, size_t *n) {
    net_dns_record *out = calloc(DNS_RECORDS, sizeof *out);
    *n = 0;
    if (!out) return NULL;
    for (const struct ares_addrinfo_node *a = res->nodes; a && *n < DNS_RECORDS; a = a->ai_next) {
        net_addr addr;
        if (!net_addr_from_sockaddr(&addr, a->ai_addr, a->ai_addrlen) || net_addr_is_v6(&addr) != v6) continue;
        out[*n].type = NET_DNS_ADDRESS;
        out[*n].addr = addr;
        net_addr_set_port(&out[*n].addr, 0);
        out[*n].ttl_s = a->ai_ttl < 0 ? 0 : (uint32_t)a->ai_ttl;
        (*n)++;
    }
    return out;
}

static void failed(dns_entry *e, int status, uint64_t now_ms) {
    switch (status) {
    case ARES_ENOTFOUND:
    case ARES_EBADNAME: dns_entry_failed(e, SX_E_DNS, "no such name", true, now_ms); break;
    case ARES_ENODATA:
        dns_entry_failed(e, SX_E_DNS, e->v6 ? "the name has no IPv6 address" : "the name has no IPv4 address", true,
                         now_ms);
        break;
    case ARES_ETIMEOUT: dns_entry_failed(e, SX_E_TIMEOUT, "no DNS server answers", false, now_ms); break;
    case ARES_ENOMEM: dns_entry_failed(e, SX_E_NOMEM, "out of memory", false, now_ms); break;
    default: /* c-ares calls a server that answers SERVFAIL "refused" too, when it was the last one */
        dns_entry_failed(e, SX_E_DNS, "the DNS servers fail or cannot be reached", false, now_ms);
    }
}

static void on_answer(void *ctx, int status, int timeouts, struct ares_addrinfo *res) {
    asked *a = ctx;
    net_dns *d = a->dns;
    dns_entry *e = a->entry;
    free(a);
    if (!d->closing) {
        uint64_t now = d->loop->now_ms;
        size_t n = 0;
        net_dns_record *records = status == ARES_SUCCESS && res ? records_of(res, e->v6, &n) : NULL;
        e->asking = false;
        if (records && n) {
            dns_entry_found(e, records, n, now);
        } else {
            free(records);
            failed(e, status == ARES_SUCCESS ? (records ? ARES_ENODATA : ARES_ENOMEM) : status, now);
        }
        settle(d);
    }
    if (res) ares_freeaddrinfo(res);
}

static bool ask(net_dns *d, dns_entry *e) {
    if (e->asking || e->until_ms > d->loop->now_ms) return true;
    struct ares_addrinfo_hints hints;
    asked *a = malloc(sizeof *a);
    if (!a) return false;
    a->dns = d;
    a->entry = e;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = e->v6 ? AF_INET6 : AF_INET;
    hints.ai_socktype = SOCK_DGRAM; /* each address once */
    hints.ai_flags = ARES_AI_NOSORT;
    e->asking = true;
    ares_getaddrinfo(d->channel, e->name, NULL, &hints, on_answer, a);
    set_timer(d);
    return true;
}

/* ---- questions */

static void question_free(net_dns *d, question *q) {
    sx_list_remove(&q->node);
    if (q->v4) q->v4->refs--;
    if (q->v6) q->v6->refs--;
    d->open--;
    free(q);
}

static size_t add_records(net_dns *d, const dns_entry *e, net_dns_record *out, size_t n, bool *stale) {
    if (!e || e->code < 0) return n;
    uint64_t age_s = (d->loop->now_ms - e->good_ms) / 1000;
    for (size_t i = 0; i < e->nrecords && n < DNS_RECORDS; i++, n++) {
        out[n] = e->records[i];
        out[n].ttl_s = !e->stale && out[n].ttl_s > age_s ? out[n].ttl_s - (uint32_t)age_s : 1;
        if (out[n].ttl_s > DNS_TTL_MAX) out[n].ttl_s = DNS_TTL_MAX;
    }
    if (e->stale) *stale = true;
    return n;
}

static size_t numeric_record(const question *q, net_dns_record *out) {
    if (q->family != NET_BOTH && (q->family == NET_V6) != net_addr_is_v6(&q->numeric)) return 0;
    out->type = NET_DNS_ADDRESS;
    out->ttl_s = DNS_TTL_MAX;
    out->addr = q->numeric;
    return 1;
}

static void answer(net_dns *d, question *q) {
    net_dns_record records[DNS_RECORDS];
    net_event ev = net_event_of(NET_RESOLVED);
    size_t n = 0;
    ev.token = q->token;
    ev.code = q->code;
    if (q->code) {
        ev.text = "out of memory";
    } else if (net_addr_is_set(&q->numeric)) {
        n = numeric_record(q, records);
        if (!n) ev.text = q->family == NET_V6 ? "not an IPv6 address" : "not an IPv4 address";
    } else {
        dns_entry *first = d->prefer_v6 ? q->v6 : q->v4, *second = d->prefer_v6 ? q->v4 : q->v6;
        n = add_records(d, first, records, n, &ev.stale);
        n = add_records(d, second, records, n, &ev.stale);
        /* of two failures the one that may pass is worth telling: "no such name" is said only if both say so */
        dns_entry *told = first ? first : second;
        if (first && second && (second->code == SX_E_TIMEOUT || second->code == SX_E_NOMEM)) told = second;
        ev.code = n ? SX_OK : told->code;
        ev.text = n && !ev.stale ? "" : told->text;
    }
    if (!n && !ev.code) ev.code = SX_E_DNS;
    ev.records = records;
    ev.nrecords = n;
    question_free(d, q);
    d->sink(d->ctx, &ev);
}

static bool is_answered(const question *q) { return !(q->v4 && q->v4->asking) && !(q->v6 && q->v6->asking); }

static void tell(sx_task *t) {
    net_dns *d = SX_CONTAINER(t, net_dns, task);
    bool gone = false;
    SX_LIST_EACH(it, tmp, &d->waiting) {
        question *q = SX_CONTAINER(it, question, node);
        if (!is_answered(q)) continue;
        sx_list_remove(&q->node);
        sx_list_append(&d->ready, &q->node);
    }
    d->gone = &gone;
    for (sx_list *n; !gone && (n = sx_list_first(&d->ready)) != NULL;) answer(d, SX_CONTAINER(n, question, node));
    d->gone = NULL; /* the memory is still there: the graveyard waits for the end of the drain */
}

static bool host_name(sx_slice name, char *lower) {
    if (name.n == 0 || name.n > 253) return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = sx_lower(name.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_')) return false;
        lower[i] = c;
    }
    lower[name.n] = 0;
    return true;
}

static bool find_answers(net_dns *d, question *q, sx_slice name) {
    if (q->family != NET_V6) {
        if (!(q->v4 = dns_cache_get(&d->cache, name, false))) return false;
        q->v4->refs++;
    }
    if (q->family != NET_V4) {
        if (!(q->v6 = dns_cache_get(&d->cache, name, true))) return false;
        q->v6->refs++;
    }
    return (!q->v4 || ask(d, q->v4)) && (!q->v6 || ask(d, q->v6));
}

int net_dns_query(net_dns *d, sx_slice name, net_family family, uint64_t token) {
    char lower[254];
    net_addr numeric = net_addr_none();
    if (!net_addr_parse_host(&numeric, name, 0) && !host_name(name, lower))
        return sx_fail(SX_E_INVALID, "this is not a host name");
    if (d->open >= OPEN_MAX_QUESTIONS) return sx_fail(SX_E_LIMIT, "%u names are being resolved already", d->open);
    question *q = calloc(1, sizeof *q);
    if (!q) return sx_fail(SX_E_NOMEM, "no memory for a question");
    q->token = token;
    q->family = family;
    q->numeric = numeric;
    sx_list_init(&q->node);
    d->open++;
    if (!net_addr_is_set(&numeric) && !find_answers(d, q, sx_slice_of(lower, name.n))) {
        question_free(d, q);
        return sx_fail(SX_E_NOMEM, "no memory for a question");
    }
    sx_list_append(&d->waiting, &q->node);
    if (is_answered(q)) settle(d);
    return SX_OK;
}

static void cancel_in(net_dns *d, sx_list *list, uint64_t token) {
    SX_LIST_EACH(it, tmp, list) {
        question *q = SX_CONTAINER(it, question, node);
        if (q->token == token) question_free(d, q);
    }
}

void net_dns_cancel(net_dns *d, uint64_t token) {
    cancel_in(d, &d->waiting, token);
    cancel_in(d, &d->ready, token);
}

void net_dns_flush(net_dns *d) { dns_cache_forget(&d->cache); }

/* ---- life */

static int make_channel(net_dns *d, const net_dns_options *o) {
    struct ares_options a;
    char lookups[] = "fb"; /* the hosts file, then DNS */
    memset(&a, 0, sizeof a);
    a.timeout = o->timeout_ms ? (int)o->timeout_ms : 2000;
    a.tries = o->tries ? (int)o->tries : 3;
    a.lookups = lookups;
    a.sock_state_cb = on_socket_state;
    a.sock_state_cb_data = d;
    int rc = ares_init_options(&d->channel, &a,
                               ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB);
    if (rc != ARES_SUCCESS) return sx_fail(rc == ARES_ENOMEM ? SX_E_NOMEM : SX_E_DNS, "c-ares: %s", ares_strerror(rc));
    if (!o->servers) return SX_OK;
    rc = ares_set_servers_ports_csv(d->channel, o->servers);
    if (rc == ARES_SUCCESS) return SX_OK;
    ares_destroy(d->channel);
    return sx_fail(rc == ARES_ENOMEM ? SX_E_NOMEM : SX_E_INVALID, "DNS servers \"%s\": %s", o->servers,
                   ares_strerror(rc));
}

int net_dns_create(net_loop *l, const net_dns_options *opt, net_sink sink, void *ctx, net_dns **out) {
    net_dns_options o;
    memset(&o, 0, sizeof o);
    if (opt) o = *opt;
    net_dns *d = calloc(1, sizeof *d);
    if (!d) return sx_fail(SX_E_NOMEM, "no memory for a resolver");
    d->loop = l;
    d->sink = sink;
    d->ctx = ctx;
    d->prefer_v6 = o.prefer_v6;
    sx_list_init(&d->sockets);
    sx_list_init(&d->waiting);
    sx_list_init(&d->ready);
    dns_cache_init(&d->cache, o.cache_max ? o.cache_max : 1024);
    sx_timer_init(&d->timer, on_timer);
    sx_task_init(&d->task, tell);
    if (!library_enter()) {
        free(d);
        return sx_fail(SX_E_DNS, "c-ares cannot be used");
    }
    int rc = make_channel(d, &o);
    if (rc < 0) {
        library_leave();
        free(d);
        return rc;
    }
    *out = d;
    return SX_OK;
}

/* c-ares may be on the stack below us (never with our sinks, but a drain can be): its channel goes with the graveyard
 */
static void dns_free(sx_grave *g) {
    net_dns *d = SX_CONTAINER(g, net_dns, grave);
    ares_destroy(d->channel);
    library_leave();
    dns_cache_free(&d->cache);
    free(d);
}

void net_dns_destroy(net_dns *d) {
    if (!d) return;
    d->closing = true;
    if (d->gone) *d->gone = true;
    sx_timer_stop(d->loop->wheel, &d->timer);
    sx_runq_cancel(&d->task);
    for (sx_list *n; (n = sx_list_first(&d->waiting)) != NULL;) question_free(d, SX_CONTAINER(n, question, node));
    for (sx_list *n; (n = sx_list_first(&d->ready)) != NULL;) question_free(d, SX_CONTAINER(n, question, node));
    sx_runq_bury(&d->loop->runq, &d->grave, dns_free);
}
