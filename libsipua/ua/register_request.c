/* The REGISTER request. */
#include "sip/lex.h"
#include "sip/write.h"
#include "ua/internal.h"

/* Is the Contact that the registrar has another one than what we would say now? False too where we can't know yet. */
static bool has_moved(const ua_reg *r) {
    const ua_account *acc = r->acc;
    char host[256];
    uint16_t port = 0;
    sip_uri old;
    if (!r->bound || !r->flow || acc->advertise_host.n || !acc->contact_rewrite) return false;
    if (!stack_flow_alive(acc->agent->stack, &r->flow->at)) return false;
    if (stack_flow_contact(acc->agent->stack, &r->flow->at, host, sizeof host, &port) != SX_OK) return false;
    if (sip_uri_parse(sx_slice_str(r->bound), &old) != SX_OK) return false;
    sx_slice now = sx_slice_str(host);
    if (now.n > 2 && now.p[0] == '[') now = sx_slice_of(now.p + 1, now.n - 2);
    return !sx_ieq(old.host, now) || sip_uri_port(&old) != (port ? port : 5060);
}

/* What the registrar still has under other addresses of ours goes in the same request: no ghosts. Where it keeps flows
 * the new binding takes the old one's place by itself (RFC 5626 6). */
static void put_stale(const ua_reg *r, sx_buf *lines) {
    if (r->stale) sx_buf_str(lines, r->stale);
    if (r->m.outbound || !has_moved(r)) return;
    SX_BUF_LIT(lines, "Contact: <");
    sx_buf_str(lines, r->bound);
    SX_BUF_LIT(lines, ">;expires=0\r\n");
}

static void put_supported(const ua_account *acc, sx_buf *lines) {
    SX_BUF_LIT(lines, "Allow: " UA_ALLOW "\r\nSupported: path");
    if (acc->gruu) SX_BUF_LIT(lines, ", gruu");
    if (acc->outbound && !acc->no_outbound) SX_BUF_LIT(lines, ", outbound");
    SX_BUF_LIT(lines, "\r\n");
}

static void put_params(const ua_reg *r, uint32_t expires_s, sx_buf *params) {
    const ua_account *acc = r->acc;
    SX_BUF_LIT(params, ";expires=");
    sx_buf_u64(params, expires_s);
    SX_BUF_LIT(params, ";+sip.instance=\"<");
    sx_buf_slice(params, acc->instance);
    SX_BUF_LIT(params, ">\"");
    if (acc->outbound && !acc->no_outbound) {
        SX_BUF_LIT(params, ";reg-id=");
        sx_buf_u64(params, r->index + 1u);
    }
    sx_buf_slice(params, acc->features);
}

/* Where another flow of ours lives: two to the same server would fall together (RFC 5626 4.2.1). */
static net_addr elsewhere(const ua_reg *r) {
    for (size_t i = 0; i < r->acc->nregs; i++) {
        const ua_reg *other = &r->acc->regs[i];
        if (other != r && other->m.granted && other->flow) return other->flow->at.remote;
    }
    return net_addr_none();
}

int ua_register_request(ua_reg *r, uint32_t expires_s, bool all) {
    ua_account *acc = r->acc;
    sx_buf lines, params;
    sx_buf_init(&lines);
    sx_buf_init(&params);
    put_supported(acc, &lines);
    if (all) {
        SX_BUF_LIT(&lines, "Contact: *\r\n");
    } else {
        put_stale(r, &lines);
        put_params(r, expires_s, &params);
    }
    SX_BUF_LIT(&lines, "Expires: ");
    sx_buf_u64(&lines, expires_s);
    SX_BUF_LIT(&lines, "\r\n");
    sx_buf_slice(&lines, acc->headers);
    ua_way way;
    ua_register_way(r, &way);
    way.contact.params = sx_buf_view(&params);
    r->over_flow = way.prefer.id && stack_flow_alive(acc->agent->stack, &way.prefer);
    stack_request_params p = {
        .method = SX_LIT("REGISTER"),
        .uri = acc->server,
        .from = acc->from,
        .to = acc->from,
        .call_id = sx_slice_str(r->call_id),
        .cseq = &r->cseq,
        .routes = way.routes,
        .nroutes = way.nroutes,
        .next_hop = way.next_hop,
        .prefer = way.prefer,
        .outbound = r->m.outbound,
        .avoid = expires_s ? elsewhere(r) : net_addr_none(),
        .tls = way.tls,
        .ws_headers = way.ws_headers,
        .contact = all ? NULL : &way.contact,
        .headers = sx_buf_view(&lines),
        .auth = way.auth,
        .sink = {ua_register_answer, acc->agent},
        .user = r,
    };
    int rc = lines.failed || params.failed ? sx_fail(SX_E_NOMEM, "no memory for REGISTER")
                                           : stack_request_create(acc->agent->stack, &p, &r->request);
    sx_buf_free(&lines);
    sx_buf_free(&params);
    return rc;
}
