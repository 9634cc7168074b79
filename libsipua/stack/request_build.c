/* The bytes of one attempt: Via, branch, Contact and credentials are those of its flow. */
#include <stdlib.h>

#include "stack/internal.h"

#define MAX_ROUTES 32 /* with hops of our own; in a dialog as many as it has */

int stack_write_via(stack *s, sip_writer *w, const stack_flow *flow, stack_role role, const char *branch) {
    stack_sentby by;
    int rc = stack_flow_sentby(s, flow, role, &by);
    if (rc != SX_OK) return rc;
    sip_via_spec via;
    memset(&via, 0, sizeof via);
    via.transport = sx_slice_str(stack_transport_via(flow->transport));
    via.host = sx_slice_str(by.host);
    if (via.host.n > 2 && via.host.p[0] == '[') via.host = sx_slice_of(via.host.p + 1, via.host.n - 2);
    via.port = by.port;
    via.branch = sx_slice_of(branch, STACK_BRANCH_LEN);
    via.rport = true;
    sip_write_via(w, &via);
    return SX_OK;
}

static int write_contact(stack_request *r, const stack_flow *flow, sip_writer *w) {
    size_t mark = w->b->n;
    stack_contact contact = r->contact;
    /* RFC 3261 8.1.1.8: who is to be asked by sips: only is asked so, too. */
    if (stack_is_sips(r->uri) || (r->nroutes && stack_is_sips(stack_route_uri(r->routes[0])))) contact.secure = true;
    SX_BUF_LIT(w->b, "Contact: ");
    int rc = stack_contact_write(r->s, flow, (stack_role)r->role, &contact, w->b);
    if (rc != SX_OK) return rc;
    SX_BUF_LIT(w->b, "\r\n");
    if (w->b->failed) return SX_E_NOMEM;
    const char *p = w->b->p + mark + 10; /* behind "Contact: <" */
    const char *end = memchr(p, '>', w->b->n - mark - 10);
    char *copy = end ? sx_strdup(sx_slice_between(p, end)) : NULL;
    if (!copy) return SX_E_NOMEM;
    free(r->contact_sent);
    r->contact_sent = copy;
    return SX_OK;
}

/* The Route set of this attempt: the first may be the hop's own. */
static const sx_slice *routes_of(const stack_request *r, sx_slice room[MAX_ROUTES], size_t *n) {
    size_t hop = r->hop_routes ? stack_courier_hop(&r->courier) : 0;
    *n = r->nroutes;
    if (!hop || hop >= r->nhops) return r->routes;
    *n = 0;
    if (r->hop_routes[hop].n) room[(*n)++] = r->hop_routes[hop];
    for (size_t i = r->hop_routes[0].n > 0; i < r->nroutes && *n < MAX_ROUTES; i++) room[(*n)++] = r->routes[i];
    return room;
}

int stack_request_build(stack_request *r, const stack_flow *flow) {
    if (r->raw) return stack_forward_build(r, flow);
    stack *s = r->s;
    sip_writer w;
    sx_slice room[MAX_ROUTES];
    size_t nroutes;
    const sx_slice *routes = routes_of(r, room, &nroutes);
    sx_slice uri = stack_route_set_uri(routes, nroutes, r->uri);
    stack_branch_new(r->branch);
    sx_buf_reset(&s->out);
    sx_buf_reserve(&s->out, 1024 + r->headers.n + r->body.n);
    sip_write_begin(&w, &s->out);
    sip_write_request(&w, r->method, uri);
    int rc = stack_write_via(s, &w, flow, (stack_role)r->role, r->branch);
    if (rc != SX_OK) return rc;
    sip_write_hdr_u64(&w, SIP_HDR_MAX_FORWARDS, r->max_forwards);
    stack_write_routes(&w, routes, nroutes, r->uri);
    stack_write_party(&s->out, SIP_HDR_FROM, r->from, r->from_tag);
    stack_write_party(&s->out, SIP_HDR_TO, r->to, sx_slice_empty());
    sip_write_hdr(&w, SIP_HDR_CALL_ID, r->call_id);
    sip_write_cseq(&w, r->cseq, r->method);
    if (r->has_contact) rc = write_contact(r, flow, &w);
    if (rc != SX_OK) return rc;
    if (r->auth) stack_auth_write(r->auth, flow, r->method, uri, r->body, r->tries, &s->out);
    if (s->user_agent[0]) sip_write_hdr_str(&w, SIP_HDR_USER_AGENT, s->user_agent);
    sx_buf_slice(&s->out, r->headers);
    return sip_write_end(&w, r->content_type, r->body);
}
