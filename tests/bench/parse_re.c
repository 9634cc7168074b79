#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <re/re.h>

#include "parse_common.h"

const char parse_name[] = "re";

static bool route(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg) {
    parse_result *r = (parse_result *)arg;
    struct sip_addr a;
    struct pl lr;
    (void)msg;
    if (sip_addr_decode(&a, &hdr->val)) return false;
    r->routes++;
    r->routes_host += a.uri.host.l;
    r->routes_lr += uri_param_get(&a.uri.params, &(struct pl)PL("lr"), &lr) == 0;
    return false;
}

/* sent-by is one piece in libre: host and port are cut here. */
static void sent_by(const struct pl *s, parse_result *r) {
    struct pl host, port;
    host.l = port.l = 0;
    if (re_regex(s->p, s->l, "\\[[0-9a-f:]+\\][:]*[0-9]*", &host, NULL, &port) &&
        re_regex(s->p, s->l, "[^:]+[:]*[0-9]*", &host, NULL, &port))
        return;
    r->via_host = host.l;
    r->via_port = port.l ? pl_u32(&port) : 0;
}

int parse_one(const char *bytes, size_t n, parse_result *r) {
    struct sip_msg *m = NULL;
    struct pl v;
    struct mbuf *copy = mbuf_alloc(n); /* a message keeps a reference to its bytes */
    if (!copy || mbuf_write_mem(copy, (const uint8_t *)bytes, n)) return 0;
    mbuf_set_pos(copy, 0);
    if (sip_msg_decode(&m, copy)) {
        mem_deref(copy);
        return 0;
    }
    memset(r, 0, sizeof *r);
    r->status_or_method = m->req ? m->met.l : m->scode;
    sent_by(&m->via.sentby, r);
    r->via_branch = m->via.branch.l;
    if (!msg_param_decode(&m->via.params, "received", &v)) r->via_received = v.l;
    if (!msg_param_decode(&m->via.params, "rport", &v)) r->via_rport = pl_u32(&v);
    r->from_user = m->from.uri.user.l;
    r->from_host = m->from.uri.host.l;
    r->from_tag = m->from.tag.l;
    r->to_user = m->to.uri.user.l;
    r->to_host = m->to.uri.host.l;
    r->to_tag = m->to.tag.l;
    r->call_id = m->callid.l;
    r->cseq = m->cseq.num;
    r->cseq_method = m->cseq.met.l;
    const struct sip_hdr *h = sip_msg_hdr(m, SIP_HDR_CONTACT);
    struct sip_addr a;
    if (h && !sip_addr_decode(&a, &h->val)) {
        r->contact_user = a.uri.user.l;
        r->contact_host = a.uri.host.l;
        r->contact_port = a.uri.port;
    }
    sip_msg_hdr_apply(m, true, SIP_HDR_ROUTE, route, r);
    sip_msg_hdr_apply(m, true, SIP_HDR_RECORD_ROUTE, route, r);
    r->body = mbuf_get_left(m->mb);
    mem_deref(m);
    mem_deref(copy);
    return 1;
}
