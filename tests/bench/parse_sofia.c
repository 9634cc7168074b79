#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_mime.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/url.h>

#include "parse_common.h"

const char parse_name[] = "sofia";

static size_t len(const char *s) { return s ? strlen(s) : 0; }
static size_t number(const char *s) { return s ? (size_t)atoi(s) : 0; }
/* The others say an IPv6 address without its brackets. */
static size_t host_len(const char *s) { return s && s[0] == '[' ? strlen(s) - 2 : len(s); }

static void routes(const sip_route_t *rt, parse_result *r) {
    for (; rt; rt = rt->r_next) {
        r->routes++;
        r->routes_host += host_len(rt->r_url->url_host);
        r->routes_lr += url_has_param(rt->r_url, "lr") != 0;
    }
}

int parse_one(const char *bytes, size_t n, parse_result *r) {
    msg_t *msg = msg_make(sip_default_mclass(), 0, bytes, (ssize_t)n);
    sip_t *s = msg ? sip_object(msg) : NULL;
    if (!s || !s->sip_via || !s->sip_from || !s->sip_to || !s->sip_call_id || !s->sip_cseq) {
        if (msg) msg_destroy(msg);
        return 0;
    }
    memset(r, 0, sizeof *r);
    r->status_or_method = s->sip_status ? (size_t)s->sip_status->st_status : len(s->sip_request->rq_method_name);
    r->via_host = host_len(s->sip_via->v_host);
    r->via_branch = len(s->sip_via->v_branch);
    r->via_port = number(s->sip_via->v_port);
    r->via_received = len(s->sip_via->v_received);
    r->via_rport = number(s->sip_via->v_rport);
    r->from_user = len(s->sip_from->a_url->url_user);
    r->from_host = host_len(s->sip_from->a_url->url_host);
    r->from_tag = len(s->sip_from->a_tag);
    r->to_user = len(s->sip_to->a_url->url_user);
    r->to_host = host_len(s->sip_to->a_url->url_host);
    r->to_tag = len(s->sip_to->a_tag);
    r->call_id = len(s->sip_call_id->i_id);
    r->cseq = s->sip_cseq->cs_seq;
    r->cseq_method = len(s->sip_cseq->cs_method_name);
    if (s->sip_contact) {
        r->contact_user = len(s->sip_contact->m_url->url_user);
        r->contact_host = host_len(s->sip_contact->m_url->url_host);
        r->contact_port = number(s->sip_contact->m_url->url_port);
    }
    routes(s->sip_route, r);
    routes(s->sip_record_route, r);
    r->body = s->sip_payload ? s->sip_payload->pl_len : 0;
    msg_destroy(msg);
    return 1;
}
