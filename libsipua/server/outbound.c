/* What a REGISTER asks for beyond RFC 3261: flows (RFC 5626), a Path (RFC 3327), GRUUs (RFC 5627). */
#include "server/internal.h"

#include "base/error.h"
#include "sip/lex.h"

enum { FLOW_TIMER_S = 120 };

static size_t count_vias(const sip_msg *msg) {
    sip_list l;
    sx_slice via;
    size_t n = 0;
    sip_list_begin(&l, msg, SIP_HDR_VIA);
    while (sip_list_next(&l, &via) == 1) n++;
    return n;
}

/* Does the first proxy on the way keep flows? It is the last to write itself into Path, and so the first there. */
static bool edge_keeps_flows(sx_slice path) {
    sip_list l;
    sip_addr edge;
    sip_uri u;
    sip_list_of(&l, path);
    return sip_addr_next(&l, &edge) == 1 && sip_uri_parse(edge.uri, &u) == SX_OK &&
           sip_uri_param(&u, SX_LIT("ob"), NULL);
}

int srv_features_read(const sip_msg *msg, srv_features *f) {
    sip_list l;
    sx_slice v;
    size_t n = 0;
    int more;
    memset(f, 0, sizeof *f);
    sx_buf_init(&f->path);
    uint32_t required = sip_option_tags(msg, SIP_HDR_REQUIRE, NULL);
    f->supported = sip_option_tags(msg, SIP_HDR_SUPPORTED, NULL) | required;
    sip_list_begin(&l, msg, SIP_HDR_PATH);
    while ((more = sip_list_next(&l, &v)) == 1) {
        sip_addr hop;
        if (++n > SRV_MAX_PATH || sip_addr_read(v, &hop) != SX_OK || hop.star) return 400;
        if (f->path.n) SX_BUF_LIT(&f->path, ", ");
        sx_buf_slice(&f->path, v);
    }
    if (more < 0) return 400;
    if (f->path.failed) return 500;
    f->direct = count_vias(msg) == 1;
    f->flows = (f->supported & SIP_TAG_OUTBOUND) && (n ? edge_keeps_flows(sx_buf_view(&f->path)) : f->direct);
    return (required & SIP_TAG_OUTBOUND) && !f->flows ? 439 : 0; /* who insists is told */
}

void srv_features_done(srv_features *f) { sx_buf_free(&f->path); }

void srv_features_answer(const srv_features *f, bool has_flow, bool stream, sx_buf *b) {
    SX_BUF_LIT(b, "Supported: path, outbound, gruu\r\n");
    if (f->path.n) { /* RFC 3327 5.3 */
        SX_BUF_LIT(b, "Path: ");
        sx_buf_slice(b, sx_buf_view(&f->path));
        SX_BUF_LIT(b, "\r\n");
    }
    if (!has_flow) return;
    SX_BUF_LIT(b, "Require: outbound\r\n");
    if (!stream || !f->direct) return; /* for datagrams the client knows better, for its proxy that one */
    SX_BUF_LIT(b, "Flow-Timer: ");
    sx_buf_u64(b, FLOW_TIMER_S);
    SX_BUF_LIT(b, "\r\n");
}

/* ---- GRUU ---- */

/* What stands in a URI parameter without an escape. */
static bool fits_param(sx_slice s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = sx_lower(s.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr(":-_.!~*'()", c))) return false;
    }
    return s.n > 0;
}

/* "<urn:uuid:...>" without its brackets */
static sx_slice bare_instance(const char *instance) {
    sx_slice s = sx_slice_str(instance);
    return s.n > 2 && s.p[0] == '<' && s.p[s.n - 1] == '>' ? sx_slice_of(s.p + 1, s.n - 2) : s;
}

void srv_put_gruu(const srv_binding *b, sx_buf *out) {
    sx_slice instance = bare_instance(b->instance);
    if (!fits_param(instance)) return;
    SX_BUF_LIT(out, ";pub-gruu=\"sip:");
    sip_escape(out, sx_slice_str(b->account->name), SIP_C_USER);
    sx_buf_char(out, '@');
    srv_put_domain(b, out);
    SX_BUF_LIT(out, ";gr=");
    sx_buf_slice(out, instance);
    sx_buf_char(out, '"');
}

bool srv_is_gruu(const sip_uri *u, sx_slice *instance) {
    return sip_uri_param(u, SX_LIT("gr"), instance) && instance->n > 0;
}

bool srv_binding_is(const srv_binding *b, sx_slice instance) {
    return b->instance && sx_ieq(bare_instance(b->instance), instance);
}

/* ---- reaching it ---- */

static bool is_invalid_host(sx_slice uri) {
    sip_uri u;
    static const char tail[] = ".invalid";
    size_t n = sizeof tail - 1;
    return sip_uri_parse(uri, &u) == SX_OK && u.host.n > n &&
           sx_ieq(sx_slice_of(u.host.p + u.host.n - n, n), sx_slice_of(tail, n));
}

bool srv_needs_flow(sx_slice contact, const stack_flow *flow, uint32_t reg_id) {
    return reg_id || stack_is_ws(flow->transport) || is_invalid_host(contact);
}

bool srv_is_unreachable(sx_slice uri) { return is_invalid_host(uri); }

bool srv_is_bound(const sip_uri *contact) {
    sx_slice transport;
    if (sip_uri_param(contact, SX_LIT("ob"), NULL) || is_invalid_host(contact->raw)) return true;
    return sip_uri_param(contact, SX_LIT("transport"), &transport) && stack_is_ws(stack_transport_parse(transport));
}

bool srv_is_one_way(const stack_flow *f) {
    return f->id && (stack_is_secure(f->transport) || stack_is_ws(f->transport));
}

static bool has_bound_contact(const sip_msg *msg) {
    sip_list l;
    sip_addr a;
    sip_uri u;
    sip_list_begin(&l, msg, SIP_HDR_CONTACT);
    return sip_addr_next(&l, &a) == 1 && sip_uri_parse(a.uri, &u) == SX_OK && srv_is_bound(&u);
}

bool srv_is_bound_to(const sip_msg *msg, const stack_flow *flow) {
    if (!flow->id || !stack_is_stream(flow->transport) || count_vias(msg) != 1) return false;
    return srv_is_one_way(flow) || has_bound_contact(msg);
}

size_t srv_path_values(const srv_binding *b, sx_slice out[SRV_MAX_PATH]) {
    sip_list l;
    size_t n = 0;
    if (!b->path) return 0;
    sip_list_of(&l, sx_slice_str(b->path));
    while (n < SRV_MAX_PATH && sip_list_next(&l, &out[n]) == 1) n++;
    return n;
}
