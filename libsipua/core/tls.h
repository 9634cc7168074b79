/* From the TLS settings of an agent, an account or a listener, as text, to the objects of net/tls.h. Equal settings
 * share one object: connections are found by it, and 10,000 accounts are not 10,000 contexts. Stack thread only. */
#ifndef CORE_TLS_H
#define CORE_TLS_H

#include "base/list.h"
#include "net/tls.h"

/* Texts are PEM or the names of files; NULL is the default. */
typedef struct core_tls_config {
    const char *ca, *ca_fallback, *cert, *key, *key_password, *crl;
    const char *const *pins;
    size_t pin_count;
    int verify;      /* 0 default, 1 on, 2 off */
    int min_version; /* 0, 12, 13 */
    bool need_client;
} core_tls_config;

/* One object and those who use it. */
typedef struct core_tls {
    sx_list node;
    net_tls *tls;
    uint32_t uses;
    size_t n; /* of the settings, which are what it is found by */
    char settings[];
} core_tls;

/* All of an agent's. */
typedef struct core_tls_set {
    sx_list all;
    char *text; /* one block with the agent's own settings; NULL: before core_tls_start() */
    size_t text_size;
    core_tls_config base;
    core_tls *client; /* of whatever names nothing else */
} core_tls_set;

void core_tls_init(core_tls_set *s);
/* Takes the agent's settings and makes its client side. Errors as net_tls_create(). */
int core_tls_start(core_tls_set *s, const core_tls_config *base);
/* What an account needs: its own settings, the agent's where it has none. *out is NULL when it has none at all. */
int core_tls_client(core_tls_set *s, const core_tls_config *own, core_tls **out);
/* What a listener at this address needs; NULL for a transport without TLS. SX_E_INVALID: it has no certificate. */
int core_tls_listener(core_tls_set *s, const char *address, const core_tls_config *own, core_tls **out);
void core_tls_release(core_tls *t); /* NULL is harmless */
/* Reads all files again. The first error, after all have been tried. */
int core_tls_reload(core_tls_set *s);
void core_tls_stop(core_tls_set *s);

static inline net_tls *core_tls_object(const core_tls *t) { return t ? t->tls : NULL; }

#endif
