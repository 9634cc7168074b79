/* From the TLS settings of an agent, an account or a listener, as text, to the objects of net/tls.h. Equal settings share
 * one object: connections are found by it, and 10,000 accounts are not 10,000 contexts. Stack thread, unless said
 * otherwise. */
#ifndef CORE_TLS_H
#define CORE_TLS_H

#include "net/loop.h"

/* Texts are PEM or the names of files; NULL is the default. */
typedef struct core_tls_config {
    const char *ca, *ca_fallback, *cert, *key, *key_password, *crl;
    const char *const *pins;
    size_t pin_count;
    int verify;      /* 0 default, 1 on, 2 off */
    int min_version; /* 0, 12, 13 */
    bool need_client;
} core_tls_config;

#endif
