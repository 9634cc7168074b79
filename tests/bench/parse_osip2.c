#include <sys/time.h>

#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>

#include "parse_common.h"

const char parse_name[] = "osip2";

static size_t len(const char *s) { return s ? strlen(s) : 0; }
/* osip2 leaves the brackets of an IPv6 reference off. */
static size_t number(const char *s) { return s ? (size_t)atoi(s) : 0; }

static void route(const osip_from_t *a, parse_result *r) {
    osip_uri_param_t *lr = NULL;
    if (!a || !a->url) return;
    r->routes++;
    r->routes_host += len(a->url->host);
    osip_uri_uparam_get_byname(a->url, (char *)"lr", &lr);
    r->routes_lr += lr != NULL;
}

static size_t tag(osip_from_t *a) {
    osip_generic_param_t *p = NULL;
    osip_from_get_tag(a, &p);
    return p ? len(p->gvalue) : 0;
}

static size_t via_param(osip_via_t *v, const char *name, const char **value) {
    osip_generic_param_t *p = NULL;
    osip_via_param_get_byname(v, (char *)name, &p);
    if (value) *value = p ? p->gvalue : NULL;
    return p ? len(p->gvalue) : 0;
}

static int read_all(osip_message_t *m, parse_result *r) {
    osip_via_t *via = NULL;
    osip_contact_t *contact = NULL;
    osip_body_t *body = NULL;
    const char *rport = NULL;
    memset(r, 0, sizeof *r);
    r->status_or_method = MSG_IS_RESPONSE(m) ? (size_t)m->status_code : len(m->sip_method);
    if (osip_message_get_via(m, 0, &via) < 0 || !m->from || !m->to || !m->call_id || !m->cseq) return 0;
    r->via_host = len(via->host);
    r->via_port = number(via->port);
    r->via_branch = via_param(via, "branch", NULL);
    r->via_received = via_param(via, "received", NULL);
    via_param(via, "rport", &rport);
    r->via_rport = number(rport);
    r->from_user = len(m->from->url->username);
    r->from_host = len(m->from->url->host);
    r->from_tag = tag(m->from);
    r->to_user = len(m->to->url->username);
    r->to_host = len(m->to->url->host);
    r->to_tag = tag(m->to);
    r->call_id = len(m->call_id->number) + (m->call_id->host ? len(m->call_id->host) + 1 : 0);
    r->cseq = number(m->cseq->number);
    r->cseq_method = len(m->cseq->method);
    if (osip_message_get_contact(m, 0, &contact) >= 0 && contact->url) {
        r->contact_user = len(contact->url->username);
        r->contact_host = len(contact->url->host);
        r->contact_port = number(contact->url->port);
    }
    osip_route_t *rt;
    for (int i = 0; osip_message_get_route(m, i, &rt) >= 0; i++) route((osip_from_t *)rt, r);
    osip_record_route_t *rr;
    for (int i = 0; osip_message_get_record_route(m, i, &rr) >= 0; i++) route((osip_from_t *)rr, r);
    if (osip_message_get_body(m, 0, &body) >= 0) r->body = body->length;
    return 1;
}

int parse_one(const char *bytes, size_t n, parse_result *r) {
    static int ready;
    osip_message_t *m;
    if (!ready) {
        parser_init();
        ready = 1;
    }
    if (osip_message_init(&m) != 0) return 0;
    int good = osip_message_parse(m, bytes, n) == 0 && read_all(m, r);
    osip_message_free(m);
    return good;
}
