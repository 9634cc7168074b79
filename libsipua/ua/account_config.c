/* An account's configuration: read, checked, kept in one block of text. */
#include <stdlib.h>

#include "net/tls.h"
#include "sip/lex.h"
#include "sip/write.h"
#include "ua/internal.h"

typedef struct piece {
    sx_slice *out;
    size_t at, n;
} piece;

typedef struct block {
    sx_buf b;
    piece v[16 + 2 * UA_MAX_HOPS];
    size_t n;
} block;

static size_t begin(block *k) { return k->b.n; }
static void keep(block *k, sx_slice *out, size_t from) {
    piece *p = &k->v[k->n++];
    p->out = out;
    p->at = from;
    p->n = k->b.n - from;
}

static int put_uuid(sx_buf *b) {
    uint8_t r[16];
    sx_rand_bytes(r, sizeof r);
    r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
    r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
    SX_BUF_LIT(b, "urn:uuid:");
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) sx_buf_char(b, '-');
        sx_buf_hex(b, r + i, 1);
    }
    return SX_OK;
}

static int read_uri(const char *what, const char *text, sip_uri *u) {
    sip_addr addr;
    sx_slice s = sx_trim(sx_slice_str(text));
    if (!sip_is_header_value(s)) return sx_fail(SX_E_URI, "%s has a line break in it", what);
    if (sx_find(s, '<') >= 0 && sip_addr_read(s, &addr) == SX_OK) s = addr.uri;
    if (sip_uri_parse(s, u) != SX_OK || (u->scheme != SIP_SCHEME_SIP && u->scheme != SIP_SCHEME_SIPS) || !u->host.n ||
        sip_uri_check(u) != SX_OK) {
        return sx_fail(SX_E_URI, "%s is not a SIP URI: %.100s", what, text ? text : "");
    }
    return SX_OK;
}

static void put_host_port(sx_buf *b, const sip_uri *u, uint16_t port) {
    bool v6 = u->host_kind == SIP_HOST_IPV6;
    if (v6) sx_buf_char(b, '[');
    sx_buf_slice(b, u->host);
    if (v6) sx_buf_char(b, ']');
    if (port) {
        sx_buf_char(b, ':');
        sx_buf_u64(b, port);
    }
}

/* scheme:host[:port][;params], the user and ?headers left out: as a registrar's Request-URI and as a hop. */
static void put_hop(sx_buf *b, const sip_uri *u, bool lr) {
    sx_buf_str(b, u->scheme == SIP_SCHEME_SIPS ? "sips:" : "sip:");
    put_host_port(b, u, u->port);
    if (u->params.n) {
        sx_buf_char(b, ';');
        sx_buf_slice(b, u->params);
    }
    if (lr && !sip_uri_param(u, SX_LIT("lr"), NULL)) SX_BUF_LIT(b, ";lr");
}

/* "ws://host[:port]/path?query" or wss: the way to a WebSocket server, not an address of SIP. */
static bool is_url(sx_slice s) {
    return (s.n > 5 && sx_ieq(sx_slice_of(s.p, 5), SX_LIT("ws://"))) ||
           (s.n > 6 && sx_ieq(sx_slice_of(s.p, 6), SX_LIT("wss://")));
}

static int check_url(const char *what, sx_slice s) {
    for (size_t i = 0; i < s.n; i++) {
        bool bad = (unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '"' || s.p[i] == '<' || s.p[i] == '>';
        if (bad) return sx_fail(SX_E_URI, "%s is not the URL of a WebSocket server", what);
    }
    return SX_OK;
}

static bool names_transport(const sip_uri *u) { return sip_uri_param(u, SX_LIT("transport"), NULL); }

/* A hop of the account: its URI with the transport asked for where it names none; in a Route header or not. */
static int add_hop(ua_account *acc, const ua_account_config *c, const char *what, const char *text, bool route,
                   block *k) {
    sx_slice s = sx_trim(sx_slice_str(text));
    ua_hop *hop = &acc->hops[acc->nhops];
    size_t at = begin(k);
    sip_uri u;
    if (is_url(s)) {
        int rc = check_url(what, s);
        if (rc != SX_OK) return rc;
        sx_buf_slice(&k->b, s);
        keep(k, &hop->uri, at);
        acc->proxied = true;
        route = route && c->preload_route;
        if (!route) {
            acc->nhops++;
            return SX_OK;
        }
        bool secure = sx_lower(s.p[2]) == 's';
        sx_slice rest = sx_slice_of(s.p + (secure ? 6 : 5), s.n - (secure ? 6 : 5));
        size_t n = 0;
        while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?') n++;
        at = begin(k);
        SX_BUF_LIT(&k->b, "<sip:");
        sx_buf_slice(&k->b, sx_slice_of(rest.p, n));
        SX_BUF_LIT(&k->b, ";transport=ws;lr>");
        keep(k, &hop->route, at);
        acc->nhops++;
        return SX_OK;
    }
    int rc = read_uri(what, text, &u);
    if (rc != SX_OK) return rc;
    put_hop(&k->b, &u, route);
    if (c->transport != STACK_ANY && !names_transport(&u)) {
        SX_BUF_LIT(&k->b, ";transport=");
        sx_buf_str(&k->b, stack_transport_name(c->transport));
    }
    keep(k, &hop->uri, at);
    if (route) {
        at = begin(k);
        sx_buf_char(&k->b, '<');
        put_hop(&k->b, &u, true);
        if (c->transport != STACK_ANY && !names_transport(&u)) {
            SX_BUF_LIT(&k->b, ";transport=");
            sx_buf_str(&k->b, stack_transport_param(c->transport));
        }
        sx_buf_char(&k->b, '>');
        keep(k, &hop->route, at);
        acc->proxied = true;
    }
    acc->nhops++;
    return SX_OK;
}

/* The first hops: the proxies in their order, else the server. */
static int read_hops(ua_account *acc, const ua_account_config *c, block *k) {
    const char *first = c->outbound_proxy && *c->outbound_proxy ? c->outbound_proxy : NULL;
    size_t n = (first ? 1 : 0) + c->outbound_proxy_count;
    if (n > UA_MAX_HOPS) return sx_fail(SX_E_LIMIT, "more than %d outbound proxies", UA_MAX_HOPS);
    acc->hops = calloc(n ? n : 1, sizeof *acc->hops);
    if (!acc->hops) return sx_fail(SX_E_NOMEM, "no memory for the account");
    int rc = first ? add_hop(acc, c, "outbound_proxy", first, true, k) : SX_OK;
    for (size_t i = 0; rc == SX_OK && i < c->outbound_proxy_count; i++)
        rc = add_hop(acc, c, "outbound_proxies", c->outbound_proxies[i], true, k);
    acc->named_hop = n || acc->explicit_server || c->transport != STACK_ANY;
    if (rc != SX_OK || n) return rc;
    return add_hop(acc, c, "server", acc->explicit_server ? c->server : c->aor, false, k);
}

static int read_identity(ua_account *acc, const ua_account_config *c, block *k) {
    sip_uri aor, server;
    int rc = read_uri("aor", c->aor, &aor);
    if (rc != SX_OK) return rc;
    acc->secure = aor.scheme == SIP_SCHEME_SIPS;
    size_t at = begin(k);
    sip_uri_write_aor(&k->b, &aor);
    keep(k, &acc->aor, at);
    at = begin(k);
    sip_unescape(&k->b, aor.user);
    keep(k, &acc->user, at);
    at = begin(k);
    sx_buf_slice(&k->b, aor.host);
    keep(k, &acc->host, at);
    acc->explicit_server = c->server && *c->server;
    bool url = acc->explicit_server && is_url(sx_trim(sx_slice_str(c->server)));
    if (acc->explicit_server && !url && (rc = read_uri("server", c->server, &server)) != SX_OK) return rc;
    if (!acc->explicit_server || url) server = aor;
    /* An AOR without a port at a server with one: its users are at that port too. */
    uint16_t port = aor.port;
    if (!port && sx_ieq(server.host, aor.host)) port = server.port;
    at = begin(k);
    put_host_port(&k->b, &aor, port);
    keep(k, &acc->domain, at);
    at = begin(k);
    put_hop(&k->b, &server, false);
    keep(k, &acc->server, at);
    return read_hops(acc, c, k);
}

/* ";name=value;name" of what the program wrote, with or without the first semicolon. */
static int put_params(const char *what, const char *text, bool uri, block *k, sx_slice *out) {
    sx_slice s = sx_trim(sx_slice_str(text));
    while (s.n && s.p[0] == ';') s = sx_trim(sx_slice_of(s.p + 1, s.n - 1));
    size_t at = begin(k);
    if (s.n) {
        bool good = sip_is_header_value(s) && sx_find(s, '<') < 0 && sx_find(s, ',') < 0;
        if (uri)
            good = good && sx_find(s, '>') < 0 && sx_find(s, '?') < 0 && sx_find(s, ' ') < 0 && sx_find(s, '"') < 0;
        if (!good) return sx_fail(SX_E_HEADER, "%s has something in it that cannot stand there", what);
        sx_buf_char(&k->b, ';');
        sx_buf_slice(&k->b, s);
    }
    keep(k, out, at);
    return SX_OK;
}

static int read_contact(ua_account *acc, const ua_account_config *c, block *k) {
    sx_slice user = sx_trim(sx_slice_str(c->contact_user));
    size_t at = begin(k);
    if (user.n) {
        sip_escape(&k->b, user, SIP_C_USER);
    } else {
        char token[UA_TOKEN];
        sx_rand_token(token, UA_TOKEN);
        sx_buf_put(&k->b, token, UA_TOKEN);
    }
    keep(k, &acc->contact_user, at);
    int rc = put_params("contact_params", c->contact_params, true, k, &acc->uri_params);
    if (rc == SX_OK) rc = put_params("contact_features", c->contact_features, false, k, &acc->features);
    if (rc != SX_OK) return rc;
    at = begin(k);
    for (size_t i = 0; i < c->ws_header_count; i++) { /* of HTTP: not checked against what SIP reserves */
        sx_slice name = sx_slice_str(c->ws_headers[i].name), value = sx_slice_str(c->ws_headers[i].value);
        if (!sip_is_token(name) || !sip_is_header_value(value))
            return sx_fail(SX_E_HEADER, "ws_headers: %.60s is not a header line", c->ws_headers[i].name);
        sx_buf_slice(&k->b, name);
        SX_BUF_LIT(&k->b, ": ");
        sx_buf_slice(&k->b, value);
        SX_BUF_LIT(&k->b, "\r\n");
    }
    keep(k, &acc->ws_lines, at);
    return SX_OK;
}

static int read_rest(ua_account *acc, const ua_account_config *c, block *k) {
    sx_slice name = sx_trim(sx_slice_str(c->display_name)), instance = sx_trim(sx_slice_str(c->instance_id));
    if (!sip_is_header_value(name)) return sx_fail(SX_E_HEADER, "a line break in display_name");
    if (!sip_is_header_value(instance) || sx_find(instance, '"') >= 0 || sx_find(instance, '>') >= 0) {
        return sx_fail(SX_E_INVALID, "instance_id is not a URN");
    }
    size_t at = begin(k);
    sx_buf_slice(&k->b, name); /* made into From below, when the block stands still */
    keep(k, &acc->from, at);
    at = begin(k);
    if (instance.n) {
        sx_buf_slice(&k->b, instance);
    } else {
        put_uuid(&k->b);
    }
    keep(k, &acc->instance, at);
    at = begin(k);
    int rc = ua_put_headers(&k->b, c->headers, c->header_count);
    keep(k, &acc->headers, at);
    if (rc != SX_OK || !c->advertise || !*c->advertise) return rc;
    char *host = NULL;
    rc = ua_host_port(c->advertise, &host, &acc->advertise_port);
    if (rc != SX_OK) return rc;
    at = begin(k);
    sx_buf_str(&k->b, host);
    keep(k, &acc->advertise_host, at);
    free(host);
    return SX_OK;
}

/* The block stops growing: every slice gets its place, and From is written behind them. */
static int settle(ua_account *acc, block *k) {
    sx_buf from;
    sx_buf_init(&from);
    piece *name = NULL;
    for (size_t i = 0; i < k->n; i++) {
        if (k->v[i].out == &acc->from) name = &k->v[i];
    }
    if (k->b.failed || !name) return sx_fail(SX_E_NOMEM, "no memory for the account");
    sip_put_addr(&from, sx_slice_of(k->b.p + name->at, name->n), sx_slice_of(k->b.p + k->v[0].at, k->v[0].n),
                 sx_slice_empty(), sx_slice_empty());
    name->at = k->b.n;
    name->n = from.n;
    sx_buf_slice(&k->b, sx_buf_view(&from));
    bool failed = from.failed || k->b.failed;
    sx_buf_free(&from);
    if (failed) return sx_fail(SX_E_NOMEM, "no memory for the account");
    size_t n = k->b.n;
    char *text = sx_buf_detach(&k->b);
    if (!text) return sx_fail(SX_E_NOMEM, "no memory for the account");
    char *fit = realloc(text, n + 1);
    acc->text = fit ? fit : text;
    for (size_t i = 0; i < k->n; i++) *k->v[i].out = sx_slice_of(acc->text + k->v[i].at, k->v[i].n);
    return SX_OK;
}

static int read_peers(ua_account *acc, const ua_account_config *c) {
    if (!c->peer_count) return SX_OK;
    acc->peers = calloc(c->peer_count, sizeof *acc->peers);
    if (!acc->peers) return sx_fail(SX_E_NOMEM, "no memory for the peers");
    for (size_t i = 0; i < c->peer_count; i++) {
        if (!ua_net_parse(sx_slice_str(c->peers[i]), &acc->peers[i])) {
            return sx_fail(SX_E_ADDRESS, "not an address or network: %.60s", c->peers[i] ? c->peers[i] : "");
        }
    }
    acc->npeers = c->peer_count;
    return SX_OK;
}

static int read_secrets(ua_account *acc, const ua_account_config *c) {
    bool token = c->bearer_token && *c->bearer_token, ha1 = c->ha1 && *c->ha1;
    if (!c->password && !ha1 && !token) return SX_OK;
    acc->auth = stack_auth_create_in(acc->agent->auth_pool, acc->host);
    if (!acc->auth) return sx_fail(SX_E_NOMEM, "no memory for the credentials");
    sx_slice user = c->auth_user && *c->auth_user ? sx_slice_str(c->auth_user) : acc->user;
    int rc = token ? stack_auth_set_token(acc->auth, sx_slice_str(c->bearer_token)) : SX_OK;
    if (rc != SX_OK || !user.n || (!c->password && !ha1)) return rc;
    return stack_auth_add(acc->auth, sx_slice_empty(), user, c->password ? sx_slice_str(c->password) : sx_slice_empty(),
                          ha1 ? sx_slice_str(c->ha1) : sx_slice_empty());
}

static int find_places(ua_account *acc) {
    for (size_t i = 0; i < acc->nhops; i++) {
        acc->hops[i].place = ua_place_get(acc->agent, acc->hops[i].uri);
        if (!acc->hops[i].place) return sx_fail(SX_E_NOMEM, "no memory for the account");
    }
    if (acc->proxied && !(acc->home = ua_place_get(acc->agent, acc->server)))
        return sx_fail(SX_E_NOMEM, "no memory for the account");
    return SX_OK;
}

int ua_account_read(ua_account *acc, const ua_account_config *c) {
    block k = {.n = 0};
    sx_buf_init(&k.b);
    int rc = read_identity(acc, c, &k);
    if (rc == SX_OK) rc = read_rest(acc, c, &k);
    if (rc == SX_OK) rc = read_contact(acc, c, &k);
    if (rc == SX_OK) rc = settle(acc, &k);
    sx_buf_free(&k.b);
    if (rc == SX_OK) rc = read_peers(acc, c);
    if (rc == SX_OK) rc = read_secrets(acc, c);
    if (rc == SX_OK) rc = find_places(acc);
    if (rc != SX_OK) return rc;
    acc->auto_answer = c->auto_answer;
    acc->media_none = c->media_none;
    acc->outbound = c->outbound;
    acc->sticky = c->sticky;
    acc->contact_rewrite = c->contact_rewrite;
    acc->gruu = c->gruu;
    acc->gruu_contact = c->gruu_contact;
    acc->tls = net_tls_ref(c->tls);
    if (!c->codec_count) {
        acc->codecs = ua_codecs_ref(acc->agent->codecs);
        return SX_OK;
    }
    return ua_codecs_create(c->codecs, c->codec_count, &acc->codecs);
}

void ua_account_leave(ua_account *acc) {
    for (size_t i = 0; i < acc->nhops; i++) {
        ua_place_unref(acc->hops[i].place);
        acc->hops[i].place = NULL;
    }
    ua_place_unref(acc->home);
    acc->home = NULL;
}

void ua_account_forget(ua_account *acc) {
    ua_account_leave(acc);
    free(acc->hops);
    net_tls_unref(acc->tls);
    stack_auth_unref(acc->auth);
    ua_codecs_unref(acc->codecs);
    free(acc->peers);
    free(acc->text);
}
