#include <stdlib.h>

#include "base/error.h"
#include "support/fake_internal.h"

/* The words of net/event.h that a `cert` may begin with. */
static const char *const checks[] = {
    "expired", "not yet valid", "name mismatch", "unknown issuer", "self-signed", "revoked", "weak signature",
    "wrong key usage", "pin mismatch", "protocol version", "handshake timeout", "other",
};

struct net_tls {
    unsigned refs;
    bool insecure, server, need_client, any_name;
    char *cert;        /* as it was given */
    const char *check; /* what is wrong with it */
    const char *names; /* in `cert` */
};

int net_tls_create(const net_tls_options *o, net_tls **out) {
    if (o && o->server && !o->cert) return sx_fail(SX_E_INVALID, "cert: a server needs a certificate");
    net_tls *t = calloc(1, sizeof *t);
    if (!t) return sx_fail(SX_E_NOMEM, "no memory for TLS");
    t->refs = 1;
    if (o) {
        t->insecure = o->insecure;
        t->server = o->server;
        t->need_client = o->need_client;
        t->cert = o->cert ? sx_strdup(sx_slice_str(o->cert)) : NULL;
        if (o->cert && !t->cert) {
            free(t);
            return sx_fail(SX_E_NOMEM, "no memory for TLS");
        }
    }
    t->names = t->cert;
    t->any_name = t->cert && (strstr(t->cert, "-----BEGIN") || strchr(t->cert, '/'));
    for (size_t i = 0; t->cert && !t->any_name && i < sizeof checks / sizeof checks[0]; i++) {
        size_t n = strlen(checks[i]);
        if (strncmp(t->cert, checks[i], n) != 0 || t->cert[n] != ':') continue;
        t->check = checks[i];
        t->names = t->cert + n + 1;
    }
    *out = t;
    return SX_OK;
}

net_tls *net_tls_ref(net_tls *t) {
    if (t) t->refs++;
    return t;
}

void net_tls_unref(net_tls *t) {
    if (!t || --t->refs) return;
    free(t->cert);
    free(t);
}

int net_tls_reload(net_tls *t) {
    return SX_OK;
}

const char *net_tls_tried(net_tls *t) {
    return "the fake network trusts everybody";
}

static bool names_have(const char *names, sx_slice name) {
    for (sx_slice rest = sx_slice_str(names); rest.p;)
        if (sx_ieq(sx_trim(sx_split(rest, ',', &rest)), name)) return true;
    return false;
}

const char *fake_tls_check(const net_tls *client, const net_tls *server, const char *name) {
    if (client && !server) return "not TLS";
    if (!client || client->insecure) return NULL;
    if (server->check) return server->check;
    if (!server->any_name && !names_have(server->names, sx_slice_str(name))) return "name mismatch";
    return server->need_client && !client->cert ? "client certificate required" : NULL;
}

const char *fake_tls_names(const net_tls *t) {
    return t && !t->any_name ? t->names : NULL;
}

void fake_tls_first_name(const net_tls *t, char *out, size_t cap) {
    sx_slice rest, one = sx_trim(sx_split(sx_slice_str(t && !t->any_name ? t->names : ""), ',', &rest));
    size_t n = one.n < cap - 1 ? one.n : cap - 1;
    memcpy(out, one.n ? one.p : "", n);
    out[n] = 0;
}
