#include <stdlib.h>

#include "net/tls_internal.h"

/* The last session of each name, newest first. A session was verified for its name when it began, and is offered for
 * that name only. */
typedef struct session {
    sx_list node;
    SSL_SESSION *s;
    char name[];
} session;

static void drop(net_tls *t, session *e) {
    sx_list_remove(&e->node);
    t->nsessions--;
    SSL_SESSION_free(e->s);
    free(e);
}

void net_tls_sessions_clear(net_tls *t) {
    for (sx_list *n; (n = sx_list_first(&t->sessions)) != NULL;) drop(t, SX_CONTAINER(n, session, node));
}

static session *find(net_tls *t, const char *name) {
    SX_LIST_EACH(n, tmp, &t->sessions)
    if (strcmp(SX_CONTAINER(n, session, node)->name, name) == 0) return SX_CONTAINER(n, session, node);
    return NULL;
}

void net_tls_session_offer(net_tls *t, const char *name, SSL *ssl) {
    session *e = find(t, name);
    if (!e) return;
    bool once = SSL_SESSION_get_protocol_version(e->s) == TLS1_3_VERSION; /* RFC 8446, appendix C.4 */
    if (SSL_SESSION_is_resumable(e->s)) SSL_set_session(ssl, e->s);
    if (once || !SSL_SESSION_is_resumable(e->s)) drop(t, e);
}

int net_tls_session_new(SSL *ssl, SSL_SESSION *s) {
    tls_link *k = SSL_get_app_data(ssl);
    /* one of before a reload was verified with other files */
    if (!k || k->server || SSL_get_SSL_CTX(ssl) != k->tls->m.ssl) return 0;
    net_tls *t = k->tls;
    size_t n = strlen(k->name) + 1;
    session *e = malloc(sizeof *e + n), *old = find(t, k->name);
    if (!e) return 0;
    if (old) drop(t, old);
    if (t->nsessions >= NET_TLS_SESSIONS) drop(t, SX_CONTAINER(t->sessions.prev, session, node));
    memcpy(e->name, k->name, n);
    e->s = s; /* the reference is ours from here on */
    sx_list_prepend(&t->sessions, &e->node);
    t->nsessions++;
    return 1;
}
