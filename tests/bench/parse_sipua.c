#include "base/error.h"
#include "parse_common.h"
#include "sip/headers.h"

const char parse_name[] = "sipua";

static void routes(const sip_msg *m, sip_hdr_id id, parse_result *r) {
    sip_list l;
    sip_addr a;
    sip_uri u;
    sip_list_begin(&l, m, id);
    while (sip_addr_next(&l, &a) > 0) {
        if (sip_uri_parse(a.uri, &u) != SX_OK) continue;
        r->routes++;
        r->routes_host += u.host.n;
        r->routes_lr += sip_uri_param(&u, SX_LIT("lr"), NULL);
    }
}

int parse_one(const char *bytes, size_t n, parse_result *r) {
    static sip_scratch s;
    sip_basics b;
    sip_addr contact;
    sip_uri u;
    if (sip_parse(&s, bytes, n, NULL, NULL) != SX_OK || sip_basics_read(&s.msg, &b, NULL) != SX_OK) return 0;
    memset(r, 0, sizeof *r);
    r->status_or_method = s.msg.status ? s.msg.status : s.msg.method_name.n;
    r->via_host = b.via.host.n;
    r->via_branch = b.via.branch.n;
    r->via_port = b.via.port;
    r->via_received = b.via.received.n;
    r->via_rport = b.via.rport;
    if (sip_uri_parse(b.from.uri, &u) != SX_OK) return 0;
    r->from_user = u.user.n;
    r->from_host = u.host.n;
    r->from_tag = b.from_tag.n;
    if (sip_uri_parse(b.to.uri, &u) != SX_OK) return 0;
    r->to_user = u.user.n;
    r->to_host = u.host.n;
    r->to_tag = b.to_tag.n;
    r->call_id = b.call_id.n;
    r->cseq = b.cseq.number;
    r->cseq_method = b.cseq.method_name.n;
    if (sip_addr_first(&s.msg, SIP_HDR_CONTACT, &contact) == SX_OK && sip_uri_parse(contact.uri, &u) == SX_OK) {
        r->contact_user = u.user.n;
        r->contact_host = u.host.n;
        r->contact_port = u.port;
    }
    routes(&s.msg, SIP_HDR_ROUTE, r);
    routes(&s.msg, SIP_HDR_RECORD_ROUTE, r);
    r->body = s.msg.body.n;
    return 1;
}
