#include "core/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"
#include "base/error.h"

void core_tls_init(core_tls_set *s) {
    memset(s, 0, sizeof *s);
    sx_list_init(&s->all);
}

/* ---- settings as bytes: what equal objects are recognised by ---- */

static void put_text(sx_buf *b, const char *text) {
    if (!text) {
        sx_buf_char(b, '-');
        return;
    }
    sx_buf_u64(b, strlen(text));
    sx_buf_char(b, ':');
    sx_buf_str(b, text);
}

static void put_settings(sx_buf *b, const core_tls_config *c, bool server) {
    const char *const texts[] = {c->ca, c->ca_fallback, c->cert, c->key, c->key_password, c->crl};
    sx_buf_char(b, server ? 's' : 'c');
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) put_text(b, texts[i]);
    for (size_t i = 0; i < c->pin_count; i++) put_text(b, c->pins[i]);
    sx_buf_char(b, (char)('0' + c->verify));
    sx_buf_char(b, c->min_version == 13 ? '3' : '2');
    sx_buf_char(b, c->need_client ? '1' : '0');
}

/* ---- making them ---- */

static void wipe(char *p, size_t n) { /* keys and their passwords */
    if (p) explicit_bzero(p, n);
    free(p);
}

static int make(const core_tls_config *c, bool server, net_tls **out) {
    net_tls_options o;
    memset(&o, 0, sizeof o);
    o.ca = c->ca;
    o.ca_fallback = c->ca_fallback;
    o.cert = c->cert;
    o.key = c->key;
    o.key_password = c->key_password;
    o.pins = c->pins;
    o.npins = c->pin_count;
    o.crl = c->crl;
    o.insecure = c->verify == 2;
    o.server = server;
    o.ask_client = server && c->ca;
    o.need_client = c->need_client;
    o.min_version = c->min_version == 13 ? 0x0304 : 0x0303;
    return net_tls_create(&o, out);
}

static core_tls *find(core_tls_set *s, sx_slice settings) {
    SX_LIST_EACH(it, next, &s->all) {
        core_tls *t = SX_CONTAINER(it, core_tls, node);
        if (t->n == settings.n && !memcmp(t->settings, settings.p, t->n)) return t;
    }
    return NULL;
}

static int add(core_tls_set *s, const core_tls_config *c, bool server, sx_slice settings, core_tls **out) {
    core_tls *t = malloc(sizeof *t + settings.n);
    if (!t) return sx_fail(SX_E_NOMEM, "no memory for TLS");
    memset(t, 0, sizeof *t);
    int rc = make(c, server, &t->tls);
    if (rc < 0) {
        free(t);
        return rc;
    }
    t->uses = 1;
    t->n = settings.n;
    memcpy(t->settings, settings.p, settings.n);
    sx_list_append(&s->all, &t->node);
    *out = t;
    return SX_OK;
}

static int obtain(core_tls_set *s, const core_tls_config *c, bool server, core_tls **out) {
    sx_buf b;
    sx_buf_init(&b);
    put_settings(&b, c, server);
    core_tls *there = b.failed ? NULL : find(s, sx_buf_view(&b));
    int rc = SX_OK;
    if (b.failed)
        rc = sx_fail(SX_E_NOMEM, "no memory for TLS");
    else if (!there)
        rc = add(s, c, server, sx_buf_view(&b), out);
    if (there) {
        there->uses++;
        *out = there;
    }
    if (b.p) explicit_bzero(b.p, b.n);
    sx_buf_free(&b);
    return rc;
}

void core_tls_release(core_tls *t) {
    if (!t || --t->uses) return;
    sx_list_remove(&t->node);
    net_tls_unref(t->tls);
    wipe((char *)t, sizeof *t + t->n);
}

/* ---- the agent's own settings, which accounts and listeners fall back on ---- */

static const char *copy(char **at, const char *text) {
    if (!text) return NULL;
    size_t n = strlen(text) + 1;
    char *here = *at;
    memcpy(here, text, n);
    *at += n;
    return here;
}

static size_t text_size(const char *text) { return text ? strlen(text) + 1 : 0; }

int core_tls_start(core_tls_set *s, const core_tls_config *c) {
    size_t n = c->pin_count * sizeof(char *) + text_size(c->ca) + text_size(c->ca_fallback) + text_size(c->cert) +
               text_size(c->key) + text_size(c->key_password) + text_size(c->crl) + 1;
    for (size_t i = 0; i < c->pin_count; i++) n += text_size(c->pins[i]);
    s->text = malloc(n);
    if (!s->text) return sx_fail(SX_E_NOMEM, "no memory for TLS");
    s->text_size = n;
    const char **pins = (const char **)(void *)s->text;
    char *at = s->text + c->pin_count * sizeof *pins;
    s->base = *c;
    s->base.ca = copy(&at, c->ca);
    s->base.ca_fallback = copy(&at, c->ca_fallback);
    s->base.cert = copy(&at, c->cert);
    s->base.key = copy(&at, c->key);
    s->base.key_password = copy(&at, c->key_password);
    s->base.crl = copy(&at, c->crl);
    for (size_t i = 0; i < c->pin_count; i++) pins[i] = copy(&at, c->pins[i]);
    s->base.pins = pins;
    return obtain(s, &s->base, false, &s->client);
}

int core_tls_client(core_tls_set *s, const core_tls_config *own, core_tls **out) {
    *out = NULL;
    if (!own->ca && !own->cert && !own->pin_count && !own->verify) return SX_OK;
    core_tls_config c = s->base;
    if (own->ca) c.ca = own->ca;
    if (own->cert) { /* the three belong together */
        c.cert = own->cert;
        c.key = own->key;
        c.key_password = own->key_password;
    }
    if (own->pin_count) {
        c.pins = own->pins;
        c.pin_count = own->pin_count;
    }
    if (own->verify) c.verify = own->verify;
    return obtain(s, &c, false, out);
}

static bool wants_tls(const char *address) {
    return !strncasecmp(address, "tls:", 4) || !strncasecmp(address, "wss:", 4);
}

int core_tls_listener(core_tls_set *s, const char *address, const core_tls_config *own, core_tls **out) {
    core_tls_config c;
    *out = NULL;
    if (!wants_tls(address)) return SX_OK;
    memset(&c, 0, sizeof c);
    c.crl = s->base.crl;
    c.min_version = s->base.min_version;
    const core_tls_config *shown = own && own->cert ? own : &s->base;
    c.cert = shown->cert;
    c.key = shown->key;
    c.key_password = shown->key_password;
    if (own) {
        c.need_client = own->need_client;
        c.ca = own->ca || !own->need_client ? own->ca : s->base.ca;
    }
    if (!c.cert) return sx_fail(SX_E_INVALID, "the listener %.80s needs a certificate: tls_cert", address);
    if (c.need_client && !c.ca)
        return sx_fail(SX_E_INVALID, "the listener %.80s needs to know whose clients to take: tls_ca", address);
    return obtain(s, &c, true, out);
}

/* ---- the rest of their lives ---- */

int core_tls_reload(core_tls_set *s) {
    char words[512] = "";
    int first = SX_OK;
    SX_LIST_EACH(it, next, &s->all) {
        int rc = net_tls_reload(SX_CONTAINER(it, core_tls, node)->tls);
        if (rc >= 0 || first < 0) continue;
        first = rc;
        snprintf(words, sizeof words, "%s", sx_last_error_text());
    }
    return first < 0 ? sx_fail(first, "%s", words) : SX_OK;
}

void core_tls_stop(core_tls_set *s) {
    for (sx_list *n; (n = sx_list_pop(&s->all)) != NULL;) {
        core_tls *t = SX_CONTAINER(n, core_tls, node);
        net_tls_unref(t->tls);
        wipe((char *)t, sizeof *t + t->n);
    }
    wipe(s->text, s->text_size);
    core_tls_init(s);
}
