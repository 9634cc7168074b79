/* Trusted certificates that are read when an issuer is found nowhere else: a look-up of OpenSSL's, after its own. */
#include <openssl/err.h>
#include <stdlib.h>

#include "base/error.h"
#include "net/tls_internal.h"

typedef struct later {
    net_tls *tls;
    char *files[4];
    const char *text;
    unsigned n;
    bool read;
} later;

static void free_later(X509_LOOKUP *lu) {
    later *z = X509_LOOKUP_get_method_data(lu);
    for (unsigned i = 0; z && i < z->n; i++) free(z->files[i]);
    free(z);
}

static void read_one(later *z, X509_STORE *store, const char *source) {
    sx_buf text;
    if (net_tls_read("ca", source, &text) < 0) return; /* it has gone in the meantime */
    net_tls_add_pem(z->tls, store, sx_buf_view(&text));
    sx_buf_free(&text);
}

static int by_subject(X509_LOOKUP *lu, X509_LOOKUP_TYPE type, const X509_NAME *name, X509_OBJECT *out) {
    later *z = X509_LOOKUP_get_method_data(lu);
    X509_STORE *store = X509_LOOKUP_get_store(lu);
    if (type != X509_LU_X509 || !z || z->read) return 0;
    z->read = true;
    for (unsigned i = 0; i < z->n; i++) read_one(z, store, z->files[i]);
    if (z->text) read_one(z, store, z->text);
    X509_STORE_lock(store);
    X509_OBJECT *o = X509_OBJECT_retrieve_by_subject(X509_STORE_get0_objects(store), type, name);
    X509 *x = o ? X509_OBJECT_get0_X509(o) : NULL;
    int found = x && X509_OBJECT_set1_X509(out, x) == 1;
    X509_STORE_unlock(store);
    if (found) X509_free(x); /* the caller counts what it gets; the store holds it */
    return found;
}

X509_LOOKUP_METHOD *net_tls_later_method(void) {
    X509_LOOKUP_METHOD *m = X509_LOOKUP_meth_new("later");
    if (m && X509_LOOKUP_meth_set_free(m, free_later) && X509_LOOKUP_meth_set_get_by_subject(m, by_subject)) return m;
    if (m) X509_LOOKUP_meth_free(m);
    return NULL;
}

int net_tls_later(net_tls *t, X509_STORE *store, const char *source) {
    X509_LOOKUP *lu = X509_STORE_add_lookup(store, t->later); /* the one that is there, if there is one */
    later *z = lu ? X509_LOOKUP_get_method_data(lu) : NULL;
    if (lu && !z) {
        z = calloc(1, sizeof *z);
        if (z) z->tls = t;
        X509_LOOKUP_set_method_data(lu, z);
    }
    if (!z) return sx_fail(SX_E_NOMEM, "no memory for trusted certificates");
    if (net_tls_is_pem(source)) {
        z->text = source;
        return SX_OK;
    }
    if (z->n == sizeof z->files / sizeof z->files[0])
        return sx_fail(SX_E_LIMIT, "too many files of trusted certificates");
    z->files[z->n] = sx_strdup(sx_slice_str(source));
    if (!z->files[z->n]) return sx_fail(SX_E_NOMEM, "no memory for trusted certificates");
    z->n++;
    return SX_OK;
}
