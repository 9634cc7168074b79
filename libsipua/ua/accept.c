/* Who may ask us something outside dialogs (DESIGN section 7): scanners ring no bot. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/internal.h"

bool ua_net_parse(sx_slice text, ua_net *out) {
    sx_slice bits, host = sx_split(sx_trim(text), '/', &bits);
    if (!net_addr_parse_host(&out->addr, host, 0)) return false;
    uint64_t max = net_addr_is_v6(&out->addr) ? 128 : 32, n = max;
    if (bits.p && !sx_to_u64(bits, max, &n)) return false;
    out->bits = (uint8_t)n;
    return true;
}

bool ua_net_has(const ua_net *n, const net_addr *a) {
    if (net_addr_is_v6(&n->addr) != net_addr_is_v6(a) || !net_addr_is_set(a)) return false;
    const uint8_t *x, *y;
    if (net_addr_is_v6(a)) {
        x = (const uint8_t *)&n->addr.u.v6.sin6_addr;
        y = (const uint8_t *)&a->u.v6.sin6_addr;
    } else {
        x = (const uint8_t *)&n->addr.u.v4.sin_addr;
        y = (const uint8_t *)&a->u.v4.sin_addr;
    }
    unsigned whole = n->bits / 8, rest = n->bits % 8;
    if (memcmp(x, y, whole) != 0) return false;
    return !rest || ((x[whole] ^ y[whole]) >> (8 - rest)) == 0;
}

static bool is_source(const ua_account *acc, const net_addr *from) {
    if (ua_account_has_source(acc, from)) return true;
    for (size_t i = 0; i < acc->npeers; i++) {
        if (ua_net_has(&acc->peers[i], from)) return true;
    }
    return false;
}

/* The user may be escaped in one place and not in the other. */
static bool same_user(sx_slice escaped, sx_slice user) {
    if (sx_eq(escaped, user)) return true;
    char text[256];
    sx_buf b;
    sx_buf_init_fixed(&b, text, sizeof text);
    sip_unescape(&b, escaped);
    return !b.failed && sx_eq(sx_buf_view(&b), user);
}

static ua_account *by_token(ua_agent *a, sx_slice user) {
    for (sx_hnode *n = sx_htab_first(&a->by_contact, sx_hash_of(user)); n; n = sx_htab_next(n)) {
        ua_account *acc = SX_CONTAINER(n, ua_account, by_contact);
        if (!acc->closing && user.n && sx_eq_secret(acc->contact_user, user)) return acc;
    }
    return NULL;
}

/* An account with that user; with `from`, one that this source belongs to. */
static ua_account *by_user(ua_agent *a, sx_slice user, const net_addr *from) {
    for (sx_hnode *n = sx_htab_first(&a->by_user, sx_hash_of(user)); n; n = sx_htab_next(n)) {
        ua_account *acc = SX_CONTAINER(n, ua_account, by_user);
        if (!acc->closing && same_user(user, acc->user) && (!from || is_source(acc, from))) return acc;
    }
    return NULL;
}

/* Does this URI name this very device (RFC 5627)? The registrar turns it into our Contact before it reaches us, but a
 * peer that knows the way may ask us directly. */
static bool is_gruu(const ua_account *acc, const sip_uri *u, sx_slice gr) {
    sip_uri temp;
    if (!acc->gruu || acc->closing) return false;
    if (gr.n)
        return acc->pub_gruu && sx_ieq(gr, acc->instance) && same_user(u->user, acc->user) &&
               sx_ieq(u->host, acc->host);
    return acc->temp_gruu && sip_uri_parse(sx_slice_str(acc->temp_gruu), &temp) == SX_OK &&
           sx_eq_secret(temp.user, u->user) && sx_ieq(temp.host, u->host);
}

static ua_account *by_gruu(ua_agent *a, const sip_uri *u) {
    sx_slice gr;
    if (!sip_uri_param(u, SX_LIT("gr"), &gr)) return NULL;
    for (sx_hnode *n = gr.n ? sx_htab_first(&a->by_user, sx_hash_of(u->user)) : NULL; n; n = sx_htab_next(n)) {
        ua_account *acc = SX_CONTAINER(n, ua_account, by_user);
        if (is_gruu(acc, u, gr)) return acc;
    }
    if (gr.n) return NULL;
    SX_LIST_EACH(it, tmp, &a->accounts) {
        ua_account *acc = SX_CONTAINER(it, ua_account, node);
        if (is_gruu(acc, u, gr)) return acc;
    }
    return NULL;
}

ua_verdict ua_admit(ua_agent *a, const stack_event *ev, ua_account **account) {
    sip_uri uri;
    sx_slice user = sx_slice_empty();
    *account = NULL;
    bool read = sip_uri_parse(ev->msg->uri, &uri) == SX_OK;
    if (read) user = uri.user;
    if ((*account = by_token(a, user)) != NULL) return UA_TAKE;
    if (read && (*account = by_gruu(a, &uri)) != NULL) return UA_TAKE;
    if ((*account = by_user(a, user, &ev->flow.remote)) != NULL) return UA_TAKE;
    bool stranger = !a->with_peers && !ua_place_any(a, &ev->flow.remote); /* ten thousand accounts need not be asked */
    SX_LIST_EACH(it, tmp, &a->accounts) {                                 /* a trunk: any number behind it */
        if (stranger) break;
        ua_account *acc = SX_CONTAINER(it, ua_account, node);
        if (!acc->closing && is_source(acc, &ev->flow.remote)) {
            *account = acc;
            return UA_TAKE;
        }
    }
    ua_listener *l = ev->listener ? ev->user : NULL;
    if (l ? !l->open : !a->open) return UA_DROP;
    *account = by_user(a, user, NULL);
    return UA_TAKE;
}

/* The slot of this source, else the one that may report soonest. */
static ua_stranger *stranger_of(ua_agent *a, const net_addr *from) {
    ua_stranger *oldest = &a->strangers[0];
    for (size_t i = 0; i < UA_SOURCES_WATCHED; i++) {
        ua_stranger *s = &a->strangers[i];
        if (net_addr_is_set(&s->addr) && net_addr_eq_host(&s->addr, from)) return s;
        if (s->next_ms < oldest->next_ms) oldest = s;
    }
    if (oldest->next_ms > ua_now(a)) return NULL; /* all have reported within the minute: that is the limit */
    oldest->addr = *from;
    oldest->count = 0;
    oldest->next_ms = 0;
    return oldest;
}

void ua_suspicious(ua_agent *a, const stack_event *ev) {
    a->refused++;
    if (!a->strangers) a->strangers = calloc(UA_SOURCES_WATCHED, sizeof *a->strangers);
    if (!a->strangers) return;
    ua_stranger *s = stranger_of(a, &ev->flow.remote);
    if (!s) return;
    s->count++;
    if (ua_now(a) < s->next_ms) return;
    s->next_ms = ua_now(a) + UA_SUSPICIOUS_MS;
    char host[NET_ADDR_TEXT];
    sx_buf b, text;
    sx_buf_init_fixed(&b, host, sizeof host);
    net_addr_write_host(&s->addr, &b);
    sx_buf_init(&text);
    sx_buf_slice(&text, ev->msg->method_name);
    SX_BUF_LIT(&text, " for ");
    sx_buf_slice(&text, sx_slice_of(ev->msg->uri.p, ev->msg->uri.n > 200 ? 200 : ev->msg->uri.n));
    SX_BUF_LIT(&text, " dropped: it is for nobody here");
    ua_event out = ua_event_of(UA_EV_SUSPICIOUS);
    out.host = sx_buf_view(&b);
    out.port = net_addr_port(&ev->flow.remote);
    out.count = s->count;
    out.text = text.failed ? sx_slice_empty() : sx_buf_view(&text);
    out.msg = ev->msg;
    s->count = 0;
    ua_emit(a, &out);
    sx_buf_free(&text);
}
