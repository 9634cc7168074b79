#include "stack/auth.h"

#include <stdlib.h>

#include "base/rand.h"
#include "sip/digest.h"
#include "sip/lex.h"
#include "stack/internal.h"

#define MAX_ENTRIES 64
#define MAX_TRIES 2

typedef struct creds {
    char *realm; /* empty: any */
    char *user;
    char *password; /* or ha1 */
    char *ha1;
} creds;

/* A challenge we know the answer to, for one peer: credentials do not go to strangers. */
typedef struct entry {
    net_addr host;    /* port 0 */
    sip_challenge ch; /* into block */
    char *block;
    uint32_t nc;
    char cnonce[17];
} entry;

struct stack_auth {
    unsigned refs;
    creds *c;
    size_t nc;
    entry *e; /* grows: most accounts meet one realm */
    size_t ne, cap;
};

stack_auth *stack_auth_create(void) {
    stack_auth *a = calloc(1, sizeof *a);
    if (a) a->refs = 1;
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
    for (size_t i = 0; i < a->ne; i++) free(a->e[i].block);
    free(a->e);
    a->e = NULL;
    a->ne = a->cap = 0;
}

void stack_auth_unref(stack_auth *a) {
    if (!a || --a->refs) return;
    stack_auth_clear(a);
    free(a);
}

bool stack_auth_has_credentials(const stack_auth *a) { return a && a->nc; }

static bool is_ha1(sx_slice s) {
    if (s.n != 32 && s.n != 64) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!sip_is(s.p[i], SIP_C_HEX)) return false;
    }
    return true;
}

int stack_auth_add(stack_auth *a, sx_slice realm, sx_slice user, sx_slice password, sx_slice ha1) {
    if (!user.n) return sx_fail(SX_E_INVALID, "credentials without a user");
    if ((password.p != NULL) == (ha1.n != 0)) return sx_fail(SX_E_INVALID, "give a password or an HA1");
    if (ha1.n && !is_ha1(ha1)) return sx_fail(SX_E_INVALID, "an HA1 has 32 or 64 hexadecimal digits");
    creds *more = realloc(a->c, (a->nc + 1) * sizeof *more);
    if (!more) return sx_fail(SX_E_NOMEM, "no memory for credentials");
    a->c = more;
    creds *c = &more[a->nc];
    c->realm = sx_strdup(realm);
    c->user = sx_strdup(user);
    c->password = ha1.n ? NULL : sx_strdup(password);
    c->ha1 = ha1.n ? sx_strdup(ha1) : NULL;
    if (!c->realm || !c->user || !(c->password || c->ha1)) {
        free_creds(c);
        return sx_fail(SX_E_NOMEM, "no memory for credentials");
    }
    a->nc++;
    return SX_OK;
}

/* ---- which credentials, which challenge ---- */

static bool fits(const creds *c, sx_slice realm, sip_digest_alg alg) {
    if (c->realm[0] && !sx_eq(sx_slice_str(c->realm), realm)) return false;
    return !c->ha1 || strlen(c->ha1) == sip_digest_hex_len(alg);
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

static int strength(sip_digest_alg alg) { return alg >= SIP_DIGEST_SHA512_256 ? 3 : alg >= SIP_DIGEST_SHA256 ? 2 : 1; }

/* For each realm and header the strongest that some credentials serve (RFC 8760 2.4). */
static int pick(const stack_auth *a, const sip_msg *m, bool proxy, sip_challenge *out, int n) {
    sip_list l;
    sip_auth auth;
    sip_challenge ch;
    sip_list_begin(&l, m, proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE);
    while (sip_auth_next(&l, &auth) == 1) {
        if (sip_challenge_read(&auth, proxy, &ch) != SX_OK || !creds_for(a, ch.realm, ch.alg)) continue;
        int i = 0;
        while (i < n && !(out[i].proxy == proxy && sx_eq(out[i].realm, ch.realm))) i++;
        if (i == n) {
            if (n == STACK_MAX_REALMS) continue;
            out[n++] = ch;
        } else if (strength(ch.alg) > strength(out[i].alg)) {
            out[i] = ch;
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

/* ---- the cache ---- */

static net_addr host_of(const net_addr *remote) {
    net_addr a = *remote;
    net_addr_set_port(&a, 0);
    return a;
}

static entry *entry_find(stack_auth *a, const net_addr *remote, const sip_challenge *ch) {
    for (size_t i = 0; i < a->ne; i++) {
        entry *e = &a->e[i];
        if (e->ch.proxy == ch->proxy && net_addr_eq_host(&e->host, remote) && sx_eq(e->ch.realm, ch->realm)) return e;
    }
    return NULL;
}

static void entry_drop(stack_auth *a, entry *e) {
    if (!e) return;
    free(e->block);
    size_t i = (size_t)(e - a->e);
    memmove(e, e + 1, (a->ne - i - 1) * sizeof *e);
    a->ne--;
}

static sx_slice put(char **at, sx_slice s) {
    if (!s.p) return s;
    char *p = *at;
    if (s.n) memcpy(p, s.p, s.n);
    *at += s.n;
    return sx_slice_of(p, s.n);
}

static bool make_room(stack_auth *a) {
    if (a->ne < a->cap || a->ne == MAX_ENTRIES) return true;
    size_t cap = a->cap ? a->cap * 2 : 2;
    entry *e = realloc(a->e, cap * sizeof *e);
    if (!e) return false;
    a->e = e;
    a->cap = cap;
    return true;
}

static bool entry_store(stack_auth *a, const net_addr *remote, const sip_challenge *ch) {
    if (!make_room(a)) return false;
    char *block = malloc(ch->realm.n + ch->nonce.n + ch->opaque.n + ch->domain.n + ch->algorithm.n + 1);
    if (!block) return false;
    entry_drop(a, entry_find(a, remote, ch));
    if (a->ne == MAX_ENTRIES) entry_drop(a, &a->e[0]);
    entry *e = &a->e[a->ne++];
    char *at = block;
    e->host = host_of(remote);
    e->ch = *ch;
    e->block = block;
    e->ch.realm = put(&at, ch->realm);
    e->ch.nonce = put(&at, ch->nonce);
    e->ch.opaque = put(&at, ch->opaque);
    e->ch.domain = put(&at, ch->domain);
    e->ch.algorithm = put(&at, ch->algorithm);
    e->nc = 0;
    sx_rand_token(e->cnonce, 16);
    e->cnonce[16] = 0;
    return true;
}

/* ---- for requests ---- */

int stack_auth_challenged(stack_auth *a, const sip_msg *msg, const net_addr *remote,
                          stack_auth_try tries[STACK_MAX_REALMS], const char **why) {
    sip_challenge ch[STACK_MAX_REALMS];
    int n = pick(a, msg, false, ch, 0);
    n = pick(a, msg, true, ch, n);
    *why = "no credentials for this realm, or an unknown kind of challenge";
    bool any = false;
    for (int i = 0; i < n; i++) {
        stack_auth_try *t = try_of(tries, &ch[i]);
        uint64_t nonce = sx_hash_of(ch[i].nonce);
        /* The same nonce again is a refusal; a new one deserves one more try, whether or not it says stale. */
        bool refused = !t || t->tries >= MAX_TRIES || (t->tries && t->nonce == nonce && !ch[i].stale);
        if (refused) {
            *why = "the credentials were refused";
            entry_drop(a, entry_find(a, remote, &ch[i]));
            return SX_E_AUTH;
        }
        if (!entry_store(a, remote, &ch[i])) {
            *why = "memory ran out";
            return SX_E_AUTH;
        }
        t->tries++;
        any = true;
    }
    return any ? SX_OK : SX_E_AUTH;
}

void stack_auth_write(stack_auth *a, const net_addr *remote, sx_slice method, sx_slice uri, sx_slice body,
                      stack_auth_try tries[STACK_MAX_REALMS], sx_buf *out) {
    for (size_t i = 0; i < a->ne; i++) {
        entry *e = &a->e[i];
        const creds *c = creds_for(a, e->ch.realm, e->ch.alg);
        if (!c || !net_addr_eq_host(&e->host, remote)) continue;
        sip_creds sc;
        memset(&sc, 0, sizeof sc);
        sc.username = sx_slice_str(c->user);
        if (c->ha1)
            sc.ha1 = sx_slice_str(c->ha1);
        else
            sc.password = sx_slice_str(c->password);
        size_t mark = out->n;
        sx_buf_slice(out, sip_hdr_name(sip_challenge_answer_hdr(&e->ch)));
        SX_BUF_LIT(out, ": ");
        int rc = sip_digest_authorize(&sc, &e->ch, method, uri, body, ++e->nc, sx_slice_str(e->cnonce), out);
        if (rc != SX_OK) {
            out->n = mark;
            continue;
        }
        SX_BUF_LIT(out, "\r\n");
        stack_auth_try *t = try_of(tries, &e->ch);
        if (t) t->nonce = sx_hash_of(e->ch.nonce);
    }
}

static void next_nonce(stack_auth *a, const sip_msg *msg, const net_addr *remote, bool proxy) {
    sx_slice next;
    sx_slice value = sip_value(msg, proxy ? SIP_HDR_PROXY_AUTHENTICATION_INFO : SIP_HDR_AUTHENTICATION_INFO);
    if (!value.p || !sip_auth_param_get(value, SX_LIT("nextnonce"), &next) || !next.n) return;
    /* It names no realm: it can only be meant for the one that this peer asks for. */
    entry *only = NULL;
    for (size_t i = 0; i < a->ne; i++) {
        entry *e = &a->e[i];
        if (e->ch.proxy != proxy || !net_addr_eq_host(&e->host, remote)) continue;
        if (only) return;
        only = e;
    }
    if (!only) return;
    sip_challenge ch = only->ch;
    sx_buf old; /* entry_store frees the strings that it copies from */
    sx_buf_init(&old);
    sx_buf_slice(&old, ch.realm);
    sx_buf_slice(&old, ch.opaque);
    sx_buf_slice(&old, ch.domain);
    sx_buf_slice(&old, ch.algorithm);
    if (!old.failed) {
        const char *at = old.p;
        sx_slice *parts[] = {&ch.realm, &ch.opaque, &ch.domain, &ch.algorithm};
        for (size_t i = 0; i < 4; i++) {
            if (!parts[i]->p) continue;
            parts[i]->p = at ? at : "";
            at += parts[i]->n;
        }
        ch.nonce = next;
        entry_store(a, remote, &ch);
    }
    sx_buf_free(&old);
}

void stack_auth_answered(stack_auth *a, const sip_msg *msg, const net_addr *remote) {
    next_nonce(a, msg, remote, false);
    next_nonce(a, msg, remote, true);
}
