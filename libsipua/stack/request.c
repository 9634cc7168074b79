/* Requests: made from a template, owned, cancelled, let go. How they travel is in request_run.c. */
#include "stack/request.h"

#include <stdlib.h>

#include "base/rand.h"
#include "net/tls.h"
#include "stack/internal.h"

static void free_request(sx_grave *g) {
    stack_request *r = SX_CONTAINER(g, stack_request, grave);
    sx_arena_free(&r->arena);
    free(r->contact_sent);
    free(r->first_tag);
    free(r);
}

void stack_request_free(stack_request *r) {
    stack *s = r->s;
    if (r->set) stack_set_free(r->set);
    r->set = NULL;
    stack_owner_drop(&r->owner);
    stack_note_free(r->final_note);
    stack_note_free(r->done_note);
    r->final_note = r->done_note = NULL;
    if (r->ctx) stack_ctx_forget(r->ctx);
    r->ctx = NULL;
    stack_older_free(r);
    stack_courier_stop(&r->courier);
    sx_timer_stop(s->wheel, &r->timer);
    sx_timer_stop(s->wheel, &r->give_way);
    sx_timer_stop(s->wheel, &r->hung);
    sip_msg_unref(r->refusal);
    r->refusal = NULL;
    net_tls_unref(r->tls);
    r->tls = NULL;
    sx_list_remove(&r->link);
    sx_list_remove(&r->in_dialog);
    r->dialog = NULL;
    stack_auth_unref(r->auth);
    r->auth = NULL;
    if (r->raw) sip_msg_unref(r->raw->msg);
    r->raw = NULL;
    stack_bury(s, &r->grave, free_request);
}

void stack_close_requests(stack *s) {
    sx_list *n;
    while ((n = sx_list_first(&s->requests)) != NULL) stack_request_free(SX_CONTAINER(n, stack_request, link));
}

void stack_request_dialog_gone(stack_request *r) {
    sx_list_remove(&r->in_dialog);
    r->own_cseq = r->dialog->local_cseq;
    r->cseq_counter = &r->own_cseq;
    r->dialog = NULL;
}

stack_request *stack_request_blank(stack *s, stack_sink sink, void *user) {
    stack_request *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->s = s;
    sx_arena_init(&r->arena, 1024);
    stack_owner_init(&r->owner, sink, user);
    sx_list_init(&r->link);
    sx_list_init(&r->in_dialog);
    sx_timer_init(&r->timer, NULL);
    sx_timer_init(&r->give_way, NULL);
    sx_timer_init(&r->hung, NULL);
    stack_courier_init(&r->courier, s, STACK_ROLE_UA);
    r->cseq_counter = &r->own_cseq;
    r->final_note = stack_note_new(s);
    r->done_note = stack_note_new(s);
    sx_list_append(&s->requests, &r->link);
    if (r->final_note && r->done_note) return r;
    stack_request_free(r);
    return NULL;
}

/* ---- the template ---- */

static bool refreshes_target(sip_method m) {
    return m == SIP_INVITE || m == SIP_UPDATE || m == SIP_SUBSCRIBE || m == SIP_NOTIFY || m == SIP_REFER;
}

bool stack_contact_is_clean(const stack_contact *c) {
    const sx_slice parts[] = {c->user, c->uri_params, c->params, c->host, c->uri};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!sip_is_header_value(parts[i])) return false;
    }
    return true;
}

static int check_params(const stack_request_params *p) {
    sip_uri u;
    if (!sip_is_token(p->method)) return sx_fail(SX_E_INVALID, "the method is no token");
    sip_method m = sip_method_of(p->method);
    if (m == SIP_ACK || m == SIP_CANCEL) return sx_fail(SX_E_INVALID, "ACK and CANCEL follow their INVITE");
    const sx_slice values[] = {p->from, p->from_tag, p->to, p->call_id, p->content_type};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (!sip_is_header_value(values[i])) return sx_fail(SX_E_HEADER, "a line break or NUL inside a header value");
    }
    for (size_t i = 0; p->hop_routes && i < p->nhops; i++) {
        if (!sip_is_header_value(p->hop_routes[i])) return sx_fail(SX_E_HEADER, "a line break or NUL inside a Route");
    }
    for (size_t i = 0; i < p->nroutes; i++) {
        if (!sip_is_header_value(p->routes[i])) return sx_fail(SX_E_HEADER, "a line break or NUL inside a Route");
        if (!stack_route_uri(p->routes[i]).n) return sx_fail(SX_E_URI, "a Route without a URI");
    }
    if (p->contact && !stack_contact_is_clean(p->contact)) {
        return sx_fail(SX_E_HEADER, "a line break or NUL inside the Contact");
    }
    if (!p->dialog) {
        if (sip_uri_parse(p->uri, &u) != SX_OK)
            return sx_fail(SX_E_URI, "not a URI: %.*s", (int)(p->uri.n > 200 ? 200 : p->uri.n),
                           p->uri.p ? p->uri.p : "");
        if (!p->from.n) return sx_fail(SX_E_INVALID, "a request without From");
    } else if (p->dialog->zombie) {
        return sx_fail(SX_E_GONE, "the dialog has ended");
    }
    int rc = stack_check_lines(p->ws_headers, false);
    return rc == SX_OK ? stack_check_lines(p->headers, false) : rc;
}

static sx_slice token(stack_request *r, size_t n) {
    char text[32];
    sx_rand_token(text, n);
    return sx_arena_dup(&r->arena, sx_slice_of(text, n));
}

static void take_routes(stack_request *r, const sx_slice *v, size_t n) {
    r->routes = n ? sx_arena_alloc(&r->arena, n * sizeof *v) : NULL;
    r->nroutes = r->routes ? n : 0;
    for (size_t i = 0; i < r->nroutes; i++) r->routes[i] = sx_arena_dup(&r->arena, v[i]);
}

static void take_hops(stack_request *r, const stack_request_params *p) {
    const sx_slice *v = p->nhops ? p->hops : &p->next_hop;
    size_t n = p->nhops ? p->nhops : p->next_hop.n ? 1 : 0;
    if (n > STACK_MAX_HOPS) n = STACK_MAX_HOPS;
    r->hops = n ? sx_arena_alloc(&r->arena, n * sizeof *v) : NULL;
    r->nhops = r->hops ? n : 0;
    for (size_t i = 0; i < r->nhops; i++) r->hops[i] = sx_arena_dup(&r->arena, v[i]);
    if (!p->hop_routes || r->nhops < 2) return;
    r->hop_routes = sx_arena_alloc(&r->arena, r->nhops * sizeof *v);
    for (size_t i = 0; r->hop_routes && i < r->nhops; i++) r->hop_routes[i] = sx_arena_dup(&r->arena, p->hop_routes[i]);
}

static void take_contact(stack_request *r, const stack_contact *c) {
    r->contact = *c;
    r->contact.user = sx_arena_dup(&r->arena, c->user);
    r->contact.uri_params = sx_arena_dup(&r->arena, c->uri_params);
    r->contact.params = sx_arena_dup(&r->arena, c->params);
    r->contact.host = sx_arena_dup(&r->arena, c->host);
    r->contact.uri = sx_arena_dup(&r->arena, c->uri);
    r->has_contact = true;
}

static void from_params(stack_request *r, const stack_request_params *p) {
    sx_arena *a = &r->arena;
    r->uri = sx_arena_dup(a, p->uri);
    r->from = sx_arena_dup(a, p->from);
    r->from_tag = p->from_tag.n ? sx_arena_dup(a, p->from_tag) : token(r, STACK_TAG_LEN);
    r->call_id = p->call_id.n ? sx_arena_dup(a, p->call_id) : token(r, 24);
    take_routes(r, p->routes, p->nroutes);
    if (p->to.n) {
        r->to = sx_arena_dup(a, p->to);
    } else {
        char *to = sx_arena_alloc(a, p->uri.n + 3);
        if (to) {
            to[0] = '<';
            memcpy(to + 1, p->uri.p, p->uri.n);
            to[p->uri.n + 1] = '>';
            r->to = sx_slice_of(to, p->uri.n + 2);
        }
    }
    r->auth = stack_auth_ref(p->auth);
    r->role = (uint8_t)p->role;
    r->own_cseq = p->first_cseq ? p->first_cseq - 1 : sx_rand_below(1u << 24);
    if (p->cseq) r->cseq_counter = p->cseq;
}

static void from_dialog(stack_request *r, const stack_request_params *p) {
    stack_dialog *d = p->dialog;
    sx_arena *a = &r->arena;
    r->uri = sx_arena_dup(a, sx_slice_of(d->target, d->ntarget));
    r->from = sx_arena_dup(a, d->local);
    r->from_tag = sx_arena_dup(a, d->local_tag);
    r->call_id = sx_arena_dup(a, d->call_id);
    size_t n = d->remote.n + (d->remote_tag.n ? 5 + d->remote_tag.n : 0);
    char *to = sx_arena_alloc(a, n + 1);
    if (to) {
        memcpy(to, d->remote.p, d->remote.n);
        if (d->remote_tag.n) {
            memcpy(to + d->remote.n, ";tag=", 5);
            memcpy(to + d->remote.n + 5, d->remote_tag.p, d->remote_tag.n);
        }
        r->to = sx_slice_of(to, n);
    }
    take_routes(r, d->routes, d->nroutes);
    r->auth = stack_auth_ref(p->auth ? p->auth : d->auth);
    r->role = d->role;
    r->dialog = d;
    r->cseq_counter = &d->local_cseq;
    if (!d->local_cseq) d->local_cseq = sx_rand_below(1u << 24);
    sx_list_append(&d->requests, &r->in_dialog);
    if (!p->contact && d->has_contact && refreshes_target((sip_method)r->method_id)) take_contact(r, &d->contact);
}

int stack_request_new(stack *s, const stack_request_params *p, stack_request **out) {
    int rc = check_params(p);
    if (rc != SX_OK) return rc;
    stack_request *r = stack_request_blank(s, p->sink, p->user);
    if (!r) return sx_fail(SX_E_NOMEM, "no memory for a request");
    sx_arena *a = &r->arena;
    r->method = sx_arena_dup(a, p->method);
    r->method_id = (uint8_t)sip_method_of(p->method);
    r->invite = r->method_id == SIP_INVITE;
    if (p->contact) take_contact(r, p->contact);
    if (p->dialog)
        from_dialog(r, p);
    else
        from_params(r, p);
    r->headers = sx_arena_dup(a, p->headers);
    r->content_type = sx_arena_dup(a, p->content_type);
    r->body = sx_arena_dup(a, p->body);
    take_hops(r, p);
    r->tls = net_tls_ref(p->tls ? p->tls : p->dialog ? p->dialog->tls : NULL);
    sx_slice lines = p->ws_headers.n ? p->ws_headers : sx_slice_str(p->dialog ? p->dialog->ws_headers : NULL);
    r->ws_headers = lines.n ? sx_arena_str(a, lines) : NULL;
    r->flow = p->flow;
    r->prefer = p->prefer;
    r->avoid = p->avoid;
    r->outbound = p->outbound;
    r->max_forwards = p->max_forwards ? p->max_forwards : 70;
    r->timeout_ms = p->timeout_ms;
    r->courier.role = (stack_role)r->role;
    if (a->failed) {
        stack_request_free(r);
        return sx_fail(SX_E_NOMEM, "no memory for a request");
    }
    *out = r;
    return SX_OK;
}

int stack_request_create(stack *s, const stack_request_params *p, stack_request **out) {
    stack_request *r;
    int rc = stack_request_new(s, p, &r);
    if (rc != SX_OK) return rc;
    rc = stack_request_begin(r);
    if (rc != SX_OK) {
        stack_request_free(r);
        return rc;
    }
    *out = r;
    return SX_OK;
}

/* ---- looking at it ---- */

void *stack_request_user(const stack_request *r) { return r->owner.user; }

void stack_request_set_user(stack_request *r, stack_sink sink, void *user) {
    r->owner.sink = sink;
    r->owner.user = user;
}

sx_slice stack_request_contact(const stack_request *r) { return sx_slice_str(r->contact_sent); }

stack_flow stack_request_flow(const stack_request *r) {
    stack_flow none;
    memset(&none, 0, sizeof none);
    return r->courier.flow.id ? r->courier.flow : none;
}

uint32_t stack_request_cseq(const stack_request *r) { return r->cseq; }

sx_slice stack_request_call_id(const stack_request *r) { return r->call_id; }

sx_slice stack_request_from_tag(const stack_request *r) { return r->from_tag; }
