#include "stack/auth.h"

#include <stdlib.h>

#include "base/rand.h"
#include "sip/digest.h"
#include "sip/lex.h"
#include "stack/auth_pool.h"
#include "stack/internal.h"

#define MAX_KNOWN 64
#define MAX_TRIES 2

typedef struct creds {
    char *realm; /* empty: any */
    char *user;
    char *password; /* or ha1 */
    char *ha1;
    uint8_t family; /* of the HA1's algorithm */
} creds;

struct stack_auth {
    unsigned refs;
    creds *c;
    size_t nc;
    char *token;
    stack_auth_pool *pool;
    char *home;
    stack_known **known; /* grows: most accounts meet one realm */
    size_t nknown, cap;
};

/* MD5, SHA-256 or SHA-512-256: the algorithm without -sess, which adds nothing to the strength. */
static uint8_t family(sip_digest_alg alg) { return (uint8_t)((alg + 1) / 2); }

stack_auth *stack_auth_create_in(stack_auth_pool *pool, sx_slice home) {
    stack_auth *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    a->refs = 1;
    a->home = home.n ? sx_strdup(home) : NULL;
    if (home.n && !a->home) {
        free(a);
        return NULL;
    }
    a->pool = pool;
    pool->refs++;
    return a;
}

stack_auth *stack_auth_create(void) {
    stack_auth_pool *pool = stack_auth_pool_create();
    if (!pool) return NULL;
    stack_auth *a = stack_auth_create_in(pool, sx_slice_empty());
    stack_auth_pool_unref(pool);
    return a;
}

stack_auth *stack_auth_ref(stack_auth *a) {
    if (a) a->refs++;
    return a;
}

static void wipe(char *p) {
    if (!p) return;
    explicit_bzero(p, strlen(p));
    free(p);
}

static void free_creds(creds *c) {
    free(c->realm);
    free(c->user);
    wipe(c->password);
    wipe(c->ha1);
}

void stack_auth_clear(stack_auth *a) {
    for (size_t i = 0; i < a->nc; i++) free_creds(&a->c[i]);
    free(a->c);
    a->c = NULL;
    a->nc = 0;
    wipe(a->token);
    a->token = NULL;
    for (size_t i = 0; i < a->nknown; i++) stack_known_unref(a->known[i]);
    free(a->known);
    a->known = NULL;
    a->nknown = a->cap = 0;
}

void stack_auth_unref(stack_auth *a) {
    if (!a || --a->refs) return;
    stack_auth_clear(a);
    stack_auth_pool_unref(a->pool);
    free(a->home);
    free(a);
}

bool stack_auth_has_credentials(const stack_auth *a) { return a && (a->nc || a->token); }

/* ---- credentials ---- */

static int add(stack_auth *a, sx_slice realm, sx_slice user, sx_slice password, sx_slice ha1, sip_digest_alg alg) {
    creds *more = realloc(a->c, (a->nc + 1) * sizeof *more);
    if (!more) return sx_fail(SX_E_NOMEM, "no memory for credentials");
    a->c = more;
    creds *c = &more[a->nc];
    c->realm = sx_strdup(realm);
    c->user = sx_strdup(user);
    c->password = ha1.n ? NULL : sx_strdup(password);
    c->ha1 = ha1.n ? sx_strdup(ha1) : NULL;
    c->family = family(alg);
    if (!c->realm || !c->user || !(c->password || c->ha1)) {
        free_creds(c);
        return sx_fail(SX_E_NOMEM, "no memory for credentials");
    }
    a->nc++;
    return SX_OK;
}

/* "SHA-256:0123..." or bare digits. */
static int read_ha1(sx_slice text, sx_slice *hex, sip_digest_alg *alg) {
    sx_slice rest, name = sx_split(sx_trim(text), ':', &rest);
    *hex = rest.p ? sx_trim(rest) : name;
    *alg = rest.p ? sip_digest_alg_of(sx_trim(name)) : hex->n == 64 ? SIP_DIGEST_SHA256 : SIP_DIGEST_MD5;
    bool base = *alg == SIP_DIGEST_MD5 || *alg == SIP_DIGEST_SHA256 || *alg == SIP_DIGEST_SHA512_256;
    bool good = base && (!rest.p || sx_trim(name).n) && hex->n == sip_digest_hex_len(*alg);
    for (size_t i = 0; good && i < hex->n; i++) good = sip_is(hex->p[i], SIP_C_HEX);
    if (good) return SX_OK;
    return sx_fail(SX_E_INVALID, "an HA1 is 32 (MD5) or 64 (SHA-256) hexadecimal digits, or MD5:, SHA-256: or "
                                 "SHA-512-256: and the digits");
}

int stack_auth_add(stack_auth *a, sx_slice realm, sx_slice user, sx_slice password, sx_slice ha1) {
    if (!user.n) return sx_fail(SX_E_INVALID, "credentials without a user");
    if ((password.p != NULL) == (ha1.n != 0)) return sx_fail(SX_E_INVALID, "give a password or an HA1");
    if (!ha1.n) return add(a, realm, user, password, ha1, SIP_DIGEST_NONE);
    size_t before = a->nc;
    int rc = SX_OK;
    for (sx_slice one, rest = ha1; rc == SX_OK && rest.p;) {
        sx_slice hex;
        sip_digest_alg alg;
        one = sx_split(rest, ',', &rest);
        rc = read_ha1(one, &hex, &alg);
        if (rc == SX_OK) rc = add(a, realm, user, password, hex, alg);
    }
    while (rc != SX_OK && a->nc > before) free_creds(&a->c[--a->nc]);
    return rc;
}

/* b64token of RFC 6750 2.1. */
static bool is_token68(sx_slice s) {
    while (s.n && s.p[s.n - 1] == '=') s.n--;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                    c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
        if (!good) return false;
    }
    return s.n > 0;
}

int stack_auth_set_token(stack_auth *a, sx_slice token) {
    if (token.n && !is_token68(token)) return sx_fail(SX_E_INVALID, "not a bearer token (RFC 6750 2.1)");
    char *copy = token.n ? sx_strdup(token) : NULL;
    if (token.n && !copy) return sx_fail(SX_E_NOMEM, "no memory for a token");
    wipe(a->token);
    a->token = copy;
    return SX_OK;
}

/* ---- which credentials, which challenge ---- */

static bool fits(const creds *c, sx_slice realm, sip_digest_alg alg) {
    if (c->realm[0] && !sx_eq(sx_slice_str(c->realm), realm)) return false;
    return !c->ha1 || c->family == family(alg);
}

static const creds *creds_for(const stack_auth *a, sx_slice realm, sip_digest_alg alg) {
    const creds *any = NULL;
    for (size_t i = 0; i < a->nc; i++) {
        const creds *c = &a->c[i];
        if (!fits(c, realm, alg)) continue;
        if (c->realm[0]) return c;
        if (!any) any = c;
    }
    return any;
}

/* A challenge that we can answer. */
typedef struct wish {
    sip_challenge ch;
    bool bearer;
} wish;

static void read_bearer(const sip_auth *auth, bool proxy, wish *out) {
    memset(out, 0, sizeof *out);
    out->bearer = true;
    out->ch.proxy = proxy;
    if (!sip_auth_param_get(auth->params, SX_LIT("realm"), &out->ch.realm) || !out->ch.realm.p)
        out->ch.realm = sx_slice_empty();
}

/* Of one header: the token where it is asked for (RFC 8898 2.1 leaves the choice to us), else for each realm the
 * strongest digest that some credentials serve (RFC 8760 2.4). */
static int pick(const stack_auth *a, const sip_msg *m, bool proxy, bool secure, wish *out, int n, const char **why) {
    sip_list l;
    sip_auth auth;
    wish w;
    int first = n;
    sip_list_begin(&l, m, proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE);
    while (sip_auth_next(&l, &auth) == 1) {
        if (sx_ieq(auth.scheme, SX_LIT("Bearer"))) {
            if (!secure && a->token) *why = "a bearer token is sent over TLS and WSS only";
            if (!secure || !a->token) continue;
            read_bearer(&auth, proxy, &out[first]);
            return first + 1;
        }
        memset(&w, 0, sizeof w);
        if (sip_challenge_read(&auth, proxy, &w.ch) != SX_OK || !creds_for(a, w.ch.realm, w.ch.alg)) continue;
        int i = first;
        while (i < n && !sx_eq(out[i].ch.realm, w.ch.realm)) i++;
        if (i == n) {
            if (n == STACK_MAX_REALMS) continue;
            out[n++] = w;
        } else if (family(w.ch.alg) > family(out[i].ch.alg)) {
            out[i] = w;
        }
    }
    return n;
}

static uint64_t realm_hash(const sip_challenge *ch) {
    uint64_t h = sx_hash_mix(sx_hash_seed(), ch->realm.p, ch->realm.n);
    h = ch->proxy ? ~h : h;
    return h ? h : 1;
}

static stack_auth_try *try_of(stack_auth_try tries[STACK_MAX_REALMS], const sip_challenge *ch) {
    uint64_t h = realm_hash(ch);
    for (int i = 0; i < STACK_MAX_REALMS; i++) {
        if (tries[i].realm == h) return &tries[i];
        if (!tries[i].realm) {
            tries[i].realm = h;
            tries[i].proxy = ch->proxy;
            return &tries[i];
        }
    }
    return NULL;
}

/* ---- what is known ---- */

static net_addr host_of(const net_addr *remote) {
    net_addr a = *remote;
    net_addr_set_port(&a, 0);
    return a;
}

static size_t known_at(const stack_auth *a, const net_addr *host, sx_slice realm, bool proxy) {
    size_t i = 0;
    while (i < a->nknown && !(a->known[i]->ch.proxy == proxy && net_addr_eq(&a->known[i]->host, host) &&
                              sx_eq(a->known[i]->ch.realm, realm))) {
        i++;
    }
    return i;
}

static void known_drop(stack_auth *a, size_t i) {
    if (i >= a->nknown) return;
    stack_known_unref(a->known[i]);
    memmove(&a->known[i], &a->known[i + 1], (a->nknown - i - 1) * sizeof *a->known);
    a->nknown--;
}

/* Takes the reference over, in any case. */
static bool known_add(stack_auth *a, stack_known *k) {
    if (a->nknown == MAX_KNOWN) known_drop(a, 0);
    if (a->nknown == a->cap) {
        size_t cap = a->cap ? a->cap * 2 : 1;
        stack_known **more = realloc(a->known, cap * sizeof *more);
        if (!more) {
            stack_known_unref(k);
            return false;
        }
        a->known = more;
        a->cap = cap;
    }
    a->known[a->nknown++] = k;
    return true;
}

/* The one that this account uses for the challenge, made if need be. NULL: no memory. */
static stack_known *known_get(stack_auth *a, const net_addr *host, const sip_challenge *ch) {
    size_t i = known_at(a, host, ch->realm, ch->proxy);
    if (i < a->nknown && !a->known[i]->split) return a->known[i];
    stack_known *k = stack_known_find(a->pool, host, ch->realm, ch->proxy, NULL);
    bool alone = k && k->split;
    if (k && !alone)
        k->refs++;
    else
        k = stack_known_new(a->pool, host, ch, alone ? a : NULL);
    if (!k) return NULL;
    if (i < a->nknown) {
        stack_known_unref(a->known[i]);
        a->known[i] = k;
        return k;
    }
    return known_add(a, k) ? k : NULL;
}

/* A nonce that somebody else fetched was refused, and not for its age. */
static void count_miss(const stack_auth *a, stack_known *k, const sip_challenge *ch, const stack_auth_try *t) {
    if (k->bearer || k->only || k->owner == a || ch->stale || t->tries || t->nonce != sx_hash_of(k->ch.nonce)) return;
    if (++k->misses >= STACK_KNOWN_MISSES) k->split = true;
}

/* ---- for requests ---- */

static bool is_refused(const stack_auth *a, const wish *w, const stack_auth_try *t) {
    if (!t) return true;
    if (w->bearer) return t->nonce == sx_hash_of(sx_slice_str(a->token));
    /* The same nonce again is a refusal; a new one deserves one more try, whether or not it says stale. */
    return t->tries >= MAX_TRIES || (t->tries && t->nonce == sx_hash_of(w->ch.nonce) && !w->ch.stale);
}

int stack_auth_challenged(stack_auth *a, const sip_msg *msg, const stack_flow *flow,
                          stack_auth_try tries[STACK_MAX_REALMS], const char **why) {
    wish w[STACK_MAX_REALMS + 2];
    net_addr host = host_of(&flow->remote);
    bool secure = stack_is_secure(flow->transport);
    *why = "no credentials for this realm, or an unknown kind of challenge";
    int n = pick(a, msg, false, secure, w, 0, why);
    n = pick(a, msg, true, secure, w, n, why);
    for (int i = 0; i < n; i++) {
        stack_auth_try *t = try_of(tries, &w[i].ch);
        size_t at = known_at(a, &host, w[i].ch.realm, w[i].ch.proxy);
        if (is_refused(a, &w[i], t)) {
            *why = w[i].bearer ? "the token was refused" : "the credentials were refused";
            known_drop(a, at);
            return SX_E_AUTH;
        }
        if (at < a->nknown) count_miss(a, a->known[at], &w[i].ch, t);
        stack_known *k = known_get(a, &host, &w[i].ch);
        if (!k || !stack_known_set(k, &w[i].ch, w[i].bearer, a)) {
            *why = "memory ran out";
            return SX_E_AUTH;
        }
        t->tries++;
    }
    return n ? SX_OK : SX_E_AUTH;
}

/* What others of this domain were asked by this server will be asked of us too. */
static void look_home(stack_auth *a, const net_addr *host) {
    sx_slice home = sx_slice_str(a->home);
    for (int proxy = 0; home.n && proxy < 2; proxy++) {
        if (known_at(a, host, home, proxy != 0) < a->nknown) continue;
        stack_known *k = stack_known_find(a->pool, host, home, proxy != 0, NULL);
        if (!k || k->split) continue;
        k->refs++;
        known_add(a, k);
    }
}

static bool put_digest(const stack_auth *a, stack_known *k, sx_slice method, sx_slice uri, sx_slice body, sx_buf *out) {
    const creds *c = creds_for(a, k->ch.realm, k->ch.alg);
    if (!c) return false;
    sip_creds sc;
    memset(&sc, 0, sizeof sc);
    sc.username = sx_slice_str(c->user);
    if (c->ha1)
        sc.ha1 = sx_slice_str(c->ha1);
    else
        sc.password = sx_slice_str(c->password);
    return sip_digest_authorize(&sc, &k->ch, method, uri, body, ++k->nc, sx_slice_str(k->cnonce), out) == SX_OK;
}

void stack_auth_write(stack_auth *a, const stack_flow *flow, sx_slice method, sx_slice uri, sx_slice body,
                      stack_auth_try tries[STACK_MAX_REALMS], sx_buf *out) {
    net_addr host = host_of(&flow->remote);
    look_home(a, &host);
    for (size_t i = 0; i < a->nknown; i++) {
        stack_known *k = a->known[i];
        if (!net_addr_eq(&k->host, &host)) continue;
        if (k->bearer && !(a->token && stack_is_secure(flow->transport))) continue;
        size_t mark = out->n;
        sx_buf_slice(out, sip_hdr_name(sip_challenge_answer_hdr(&k->ch)));
        SX_BUF_LIT(out, ": ");
        if (k->bearer) {
            SX_BUF_LIT(out, "Bearer ");
            sx_buf_str(out, a->token);
        } else if (!put_digest(a, k, method, uri, body, out)) {
            out->n = mark;
            continue;
        }
        SX_BUF_LIT(out, "\r\n");
        stack_auth_try *t = try_of(tries, &k->ch);
        if (t) t->nonce = sx_hash_of(k->bearer ? sx_slice_str(a->token) : k->ch.nonce);
    }
}

static void next_nonce(stack_auth *a, const sip_msg *msg, const net_addr *host, bool proxy) {
    sx_slice next;
    sx_slice value = sip_value(msg, proxy ? SIP_HDR_PROXY_AUTHENTICATION_INFO : SIP_HDR_AUTHENTICATION_INFO);
    if (!value.p || !sip_auth_param_get(value, SX_LIT("nextnonce"), &next) || !next.n) return;
    /* It names no realm: it can only be meant for the one that this peer asks for. */
    stack_known *only = NULL;
    for (size_t i = 0; i < a->nknown; i++) {
        stack_known *k = a->known[i];
        if (k->bearer || k->ch.proxy != proxy || !net_addr_eq(&k->host, host)) continue;
        if (only) return;
        only = k;
    }
    if (!only) return;
    sip_challenge ch = only->ch;
    ch.nonce = next;
    stack_known_set(only, &ch, false, a);
}

void stack_auth_answered(stack_auth *a, const sip_msg *msg, const net_addr *remote) {
    net_addr host = host_of(remote);
    for (size_t i = 0; i < a->nknown; i++) {
        if (a->known[i]->owner != a && net_addr_eq(&a->known[i]->host, &host)) a->known[i]->misses = 0;
    }
    next_nonce(a, msg, &host, false);
    next_nonce(a, msg, &host, true);
}
