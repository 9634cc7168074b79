#include "stack/forward.h"

#include <stdlib.h>

#include "stack/internal.h"

/* ---- the copy (RFC 3261 16.6) ---- */

static void put_record_route(sx_buf *b, const stack_sentby *by, stack_transport t, sx_slice user, bool secure) {
    sx_buf_str(b, secure ? "Record-Route: <sips:" : "Record-Route: <sip:");
    if (user.n) {
        sx_buf_slice(b, user);
        sx_buf_char(b, '@');
    }
    sx_buf_str(b, by->host);
    if (by->port) {
        sx_buf_char(b, ':');
        sx_buf_u64(b, by->port);
    }
    stack_put_transport(b, t, secure);
    SX_BUF_LIT(b, ";lr>\r\n");
}

static int write_record_route(stack *s, const stack_raw *raw, const stack_flow *out, stack_role role, sx_buf *b) {
    stack_sentby there, here;
    int rc = stack_flow_sentby(s, out, role, &there);
    if (rc != SX_OK) return rc;
    bool secure = stack_is_sips(raw->uri); /* RFC 3261 16.6 step 4 */
    put_record_route(b, &there, out->transport, raw->record_user, secure);
    if (!raw->in_flow.id || stack_flow_sentby(s, &raw->in_flow, role, &here) != SX_OK) return SX_OK;
    bool same = raw->in_flow.transport == out->transport && there.port == here.port && !strcmp(there.host, here.host);
    if (!same) put_record_route(b, &here, raw->in_flow.transport, raw->record_user, secure);
    return SX_OK;
}

static void write_routes(sip_writer *w, const stack_raw *raw) {
    sip_list l;
    sx_slice v;
    size_t drop = raw->drop_routes;
    for (size_t i = 0; i < raw->nroutes; i++) sip_write_hdr(w, SIP_HDR_ROUTE, raw->routes[i]);
    sip_list_begin(&l, raw->msg, SIP_HDR_ROUTE);
    while (sip_list_next(&l, &v) == 1) {
        if (drop)
            drop--;
        else
            sip_write_hdr(w, SIP_HDR_ROUTE, v);
    }
}

static void copy_rest(sip_writer *w, const stack_raw *raw) {
    const sip_msg *m = raw->msg;
    for (int i = 0; i < m->nhdrs; i++) {
        const sip_hdr *h = &m->hdrs[i];
        bool done = h->id == SIP_HDR_ROUTE || h->id == SIP_HDR_CONTENT_LENGTH || h->id == SIP_HDR_MAX_FORWARDS ||
                    h->id == SIP_HDR_VIA;
        if (!done) sip_write_copy_one(w, m, h);
    }
}

/* The Vias below ours; the top one as we got it, with received and rport (18.2.1), or the answer would not get home. */
static void write_vias(stack *s, sip_writer *w, const stack_raw *raw) {
    const sip_msg *m = raw->msg;
    sip_list l;
    sx_slice v;
    bool first = true;
    sip_list_begin(&l, m, SIP_HDR_VIA);
    while (sip_list_next(&l, &v) == 1) {
        sip_via via;
        if (!first || !raw->in_flow.id || sip_via_read(v, &via) != SX_OK) {
            sip_write_hdr(w, SIP_HDR_VIA, v);
            continue;
        }
        first = false;
        sx_buf b;
        sx_buf_init(&b);
        sx_slice bare = sx_slice_of(v.p, via.params.p ? (size_t)(via.params.p - v.p) : v.n);
        while (bare.n && (bare.p[bare.n - 1] == ';' || sip_is(bare.p[bare.n - 1], SIP_C_WS))) bare.n--;
        sx_buf_slice(&b, bare);
        sx_slice rest = via.params;
        sip_param p;
        while (sip_param_next(&rest, &p)) {
            if (sx_ieq(p.name, SX_LIT("received")) || sx_ieq(p.name, SX_LIT("rport"))) continue;
            sx_buf_char(&b, ';');
            sx_buf_slice(&b, p.name);
            if (p.value.p) {
                sx_buf_char(&b, '=');
                sx_buf_slice(&b, p.value);
            }
        }
        char host[NET_ADDR_TEXT];
        SX_BUF_LIT(&b, ";received=");
        sx_buf_slice(&b, stack_addr_text(&raw->in_flow.remote, host));
        if (via.has_rport) {
            SX_BUF_LIT(&b, ";rport=");
            sx_buf_u64(&b, net_addr_port(&raw->in_flow.remote));
        }
        sip_write_hdr(w, SIP_HDR_VIA, sx_buf_view(&b));
        sx_buf_free(&b);
    }
}

static int build_copy(stack *s, const stack_raw *raw, const stack_flow *flow, stack_role role, const char *branch,
                      uint32_t max_forwards) {
    sip_writer w;
    const sip_msg *m = raw->msg;
    sx_buf_reset(&s->out);
    sx_buf_reserve(&s->out, m->bytes.n + 512);
    sip_write_begin(&w, &s->out);
    sip_write_request(&w, m->method_name, raw->uri);
    int rc = stack_write_via(s, &w, flow, role, branch);
    if (rc != SX_OK) return rc;
    write_vias(s, &w, raw);
    sip_write_hdr_u64(&w, SIP_HDR_MAX_FORWARDS, max_forwards);
    if (raw->record_route) rc = write_record_route(s, raw, flow, role, &s->out);
    if (rc != SX_OK) return rc;
    write_routes(&w, raw);
    copy_rest(&w, raw);
    sx_buf_slice(&s->out, raw->headers);
    return sip_write_end(&w, sx_slice_empty(), m->body);
}

int stack_forward_build(stack_request *r, const stack_flow *flow) {
    stack_branch_new(r->branch);
    return build_copy(r->s, r->raw, flow, (stack_role)r->role, r->branch, r->max_forwards);
}

/* ---- parameters ---- */

static int check(const stack_forward_params *p, uint32_t *max_forwards) {
    if (!p->msg || !sip_is_request(p->msg)) return sx_fail(SX_E_INVALID, "nothing to forward");
    int rc = sip_number(p->msg, SIP_HDR_MAX_FORWARDS, 255, max_forwards);
    if (rc != SX_OK) *max_forwards = 70;
    if (!*max_forwards) return sx_fail(SX_E_LIMIT, "Max-Forwards is 0");
    --*max_forwards;
    for (size_t i = 0; i < p->nroutes; i++) {
        if (!sip_is_header_value(p->routes[i]) || !stack_route_uri(p->routes[i]).n)
            return sx_fail(SX_E_URI, "not a Route");
    }
    if (!sip_is_header_value(p->record_user)) return sx_fail(SX_E_HEADER, "a line break in the Record-Route user");
    return stack_check_lines(p->headers, false);
}

static sx_slice first_route(const stack_raw *raw) {
    sip_list l;
    sx_slice v;
    size_t drop = raw->drop_routes;
    if (raw->nroutes) return stack_route_uri(raw->routes[0]);
    sip_list_begin(&l, raw->msg, SIP_HDR_ROUTE);
    while (sip_list_next(&l, &v) == 1) {
        if (drop)
            drop--;
        else
            return stack_route_uri(v);
    }
    return sx_slice_empty();
}

static void fill(stack_raw *raw, const stack_forward_params *p, const sip_msg *m) {
    memset(raw, 0, sizeof *raw);
    raw->uri = p->uri.n ? p->uri : m->uri;
    raw->record_user = p->record_user;
    raw->headers = p->headers;
    raw->routes = p->routes;
    raw->nroutes = p->nroutes;
    raw->drop_routes = p->drop_routes;
    raw->record_route = p->record_route;
    raw->in_flow = p->in_flow;
}

static bool take(stack_request *r, const stack_forward_params *p, sip_msg *kept) {
    sx_arena *a = &r->arena;
    stack_raw *raw = sx_arena_alloc(a, sizeof *raw);
    sx_slice *routes = p->nroutes ? sx_arena_alloc(a, p->nroutes * sizeof *routes) : NULL;
    if (!raw || (p->nroutes && !routes)) return false;
    fill(raw, p, kept);
    if (p->uri.n) raw->uri = sx_arena_dup(a, p->uri);
    raw->record_user = sx_arena_dup(a, p->record_user);
    raw->headers = sx_arena_dup(a, p->headers);
    for (size_t i = 0; i < p->nroutes; i++) routes[i] = sx_arena_dup(a, p->routes[i]);
    raw->routes = routes;
    raw->msg = kept;
    r->raw = raw;
    r->uri = raw->uri;
    sx_slice hop = p->next_hop.n ? p->next_hop : first_route(raw);
    r->hops = hop.n ? sx_arena_alloc(a, sizeof *r->hops) : NULL;
    if (r->hops) {
        r->hops[0] = sx_arena_dup(a, hop);
        r->nhops = 1;
    }
    return !a->failed;
}

int stack_forward(stack *s, const stack_forward_params *p, stack_request **out) {
    uint32_t left;
    sip_cseq cseq;
    int rc = check(p, &left);
    if (rc != SX_OK) return rc;
    if (sip_cseq_read(sip_value(p->msg, SIP_HDR_CSEQ), &cseq) != SX_OK) return sx_fail(SX_E_PROTOCOL, "no CSeq");
    stack_request *r = stack_request_blank(s, p->sink, p->user);
    if (!r) return sx_fail(SX_E_NOMEM, "no memory to forward");
    sip_msg *kept = sip_msg_keep(p->msg);
    if (!kept || !take(r, p, kept)) {
        if (!r->raw) sip_msg_unref(kept);
        stack_request_free(r);
        return sx_fail(SX_E_NOMEM, "no memory to forward");
    }
    r->method_id = kept->method;
    r->invite = kept->method == SIP_INVITE;
    r->role = STACK_ROLE_SERVER;
    r->courier.role = STACK_ROLE_SERVER;
    r->max_forwards = left;
    r->cseq = cseq.number;
    r->flow = p->flow;
    r->timeout_ms = r->invite ? p->timeout_ms : 0;
    rc = stack_request_begin(r);
    if (rc != SX_OK) {
        stack_request_free(r);
        return rc;
    }
    *out = r;
    return SX_OK;
}

int stack_forward_ack(stack *s, const stack_forward_params *p) {
    uint32_t left;
    int rc = check(p, &left);
    if (rc != SX_OK) return rc;
    stack_raw raw;
    fill(&raw, p, p->msg);
    raw.msg = (sip_msg *)p->msg;
    sx_buf text;
    sip_writer w;
    sx_buf_init(&text);
    sip_write_begin(&w, &text);
    sip_write_request(&w, p->msg->method_name, raw.uri);
    size_t head = text.n;
    write_vias(s, &w, &raw);
    sip_write_hdr_u64(&w, SIP_HDR_MAX_FORWARDS, left);
    write_routes(&w, &raw);
    copy_rest(&w, &raw);
    sx_buf_slice(&text, p->headers);
    rc = sip_write_end(&w, sx_slice_empty(), p->msg->body);
    sx_slice hop = p->next_hop.n ? p->next_hop : first_route(&raw);
    if (!hop.n) hop = raw.uri;
    if (rc == SX_OK) {
        rc = stack_shot_fire(s, STACK_ROLE_SERVER, sx_slice_of(text.p, head), sx_slice_of(text.p + head, text.n - head),
                             hop, &p->flow, NULL, 0);
    }
    sx_buf_free(&text);
    return rc;
}
