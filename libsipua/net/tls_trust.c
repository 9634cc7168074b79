#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/error.h"
#include "net/tls_internal.h"

#define FILES_MAX 4096 /* of one directory */

/* Where systems keep their trusted certificates: a static OpenSSL knows only the place that it was built for. */
static const char *const known_files[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Alpine, Arch */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* RHEL */
    "/etc/ssl/ca-bundle.pem",                            /* SUSE */
    "/etc/ssl/cert.pem",                                 /* Alpine, macOS, BSDs */
    "/opt/homebrew/etc/ca-certificates/cert.pem",        /* Homebrew */
    "/usr/local/etc/ca-certificates/cert.pem",
    NULL,
};
static const char *const known_dirs[] = {"/etc/ssl/certs", "/etc/pki/tls/certs", "/var/lib/ca-certificates/pem", NULL};

static void say(sx_buf *tried, const char *label, const char *source, const char *found) {
    sx_buf_printf(tried, "%s%s%s: %s", tried->n ? "; " : "", label, source, found);
}

static void say_count(sx_buf *tried, const char *label, const char *source, int count) {
    sx_buf_printf(tried, "%s%s%s: %d certificate%s", tried->n ? "; " : "", label, source, count, count == 1 ? "" : "s");
}

/* How many certificates; negative: an error, which `tried` has been told. */
static int add_source(net_tls *t, X509_STORE *store, const char *label, const char *source, sx_buf *tried) {
    sx_buf text;
    bool pem = net_tls_is_pem(source);
    int n = net_tls_read("ca", source, &text);
    if (n < 0) {
        say(tried, label, source, n == SX_E_NOT_FOUND ? "no such file" : "cannot be read");
        return n;
    }
    n = net_tls_add_pem(t, store, sx_buf_view(&text));
    sx_buf_free(&text);
    say_count(tried, label, pem ? "the given text" : source, n < 0 ? 0 : n);
    return n;
}

/* "5ed36f99.0" */
static bool is_hashed(const char *name) {
    for (int i = 0; i < 8; i++)
        if (!((name[i] >= '0' && name[i] <= '9') || (name[i] >= 'a' && name[i] <= 'f'))) return false;
    return name[8] == '.' && name[9] >= '0' && name[9] <= '9';
}

static bool is_certificate(const char *name) {
    size_t n = strlen(name);
    if (n < 5) return false;
    sx_slice end = sx_slice_of(name + n - 4, 4);
    return sx_ieq(end, SX_LIT(".pem")) || sx_ieq(end, SX_LIT(".crt")) || sx_ieq(end, SX_LIT(".cer"));
}

static int add_file_of(net_tls *t, X509_STORE *store, const char *dir, const char *name) {
    sx_buf path, text;
    int n = 0;
    sx_buf_init(&path);
    sx_buf_printf(&path, "%s/%s", dir, name);
    sx_buf_char(&path, 0);
    if (!path.failed && net_tls_read("ca", path.p, &text) == SX_OK) {
        n = net_tls_add_pem(t, store, sx_buf_view(&text));
        sx_buf_free(&text);
    }
    sx_buf_free(&path);
    return n < 0 ? 0 : n;
}

/* A directory of hashed names is looked into when a certificate's issuer is wanted; of another, all files are read. */
static int add_dir(net_tls *t, X509_STORE *store, const char *label, const char *dir, sx_buf *tried) {
    DIR *d = opendir(dir);
    if (!d) {
        say(tried, label, dir, errno == ENOENT ? "no such directory" : "cannot be read");
        return SX_E_NOT_FOUND;
    }
    int hashed = 0, files = 0, count = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) hashed += is_hashed(e->d_name);
    rewinddir(d);
    for (struct dirent *e; !hashed && files < FILES_MAX && (e = readdir(d)) != NULL;) {
        if (!is_certificate(e->d_name)) continue;
        files++;
        count += add_file_of(t, store, dir, e->d_name);
    }
    closedir(d);
    if (hashed) count = X509_STORE_load_path(store, dir) == 1 ? hashed : 0;
    ERR_clear_error();
    say_count(tried, label, dir, count);
    return count;
}

static bool has_hashed(const char *dir) {
    DIR *d = opendir(dir);
    bool yes = false;
    for (struct dirent *e; d && !yes && (e = readdir(d)) != NULL;) yes = is_hashed(e->d_name);
    if (d) closedir(d);
    return yes;
}

static bool is_dir(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int net_tls_load_ca(net_tls *t, X509_STORE *store, sx_buf *tried) {
    const char *ca = t->o.ca;
    int n = !net_tls_is_pem(ca) && is_dir(ca) ? add_dir(t, store, "", ca, tried) : add_source(t, store, "", ca, tried);
    if (n < 0) return n == SX_E_NOT_FOUND ? sx_fail(n, "ca: %s: no such file", ca) : n;
    if (n == 0) return sx_fail(SX_E_FORMAT, "ca: no certificate in %s", net_tls_is_pem(ca) ? "the given text" : ca);
    return SX_OK;
}

/* SSL_CERT_DIR may name several, with colons between. */
static int add_dirs(net_tls *t, X509_STORE *store, const char *dirs, sx_buf *tried) {
    int found = 0;
    for (sx_slice rest = sx_slice_str(dirs); rest.n;) {
        char *dir = sx_strdup(sx_split(rest, ':', &rest));
        if (dir && *dir) found += add_dir(t, store, "SSL_CERT_DIR=", dir, tried) > 0;
        free(dir);
    }
    return found;
}

static int count_certificates(sx_slice text) {
    static const char *const kinds[] = {"-----BEGIN CERTIFICATE-----", "-----BEGIN TRUSTED CERTIFICATE-----",
                                        "-----BEGIN X509 CERTIFICATE-----"};
    int count = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t n = strlen(kinds[i]);
        const char *p = text.p, *end = text.p + text.n;
        while (text.n && (p = memmem(p, (size_t)(end - p), kinds[i], n)) != NULL) {
            count++;
            p += n;
        }
    }
    return count;
}

/* How many certificates there seem to be in it. */
static int look_into(const char *label, const char *source, sx_buf *tried) {
    sx_buf text;
    int n = net_tls_read("ca", source, &text);
    if (n < 0) {
        say(tried, label, source, n == SX_E_NOT_FOUND ? "no such file" : "cannot be read");
        return 0;
    }
    n = count_certificates(sx_buf_view(&text));
    sx_buf_free(&text);
    say_count(tried, label, net_tls_is_pem(source) ? "the given text" : source, n);
    return n;
}

/* A system's bundle takes 25 ms and 900 KB when it is read: it is the last to be asked, after hashed directories. */
static int search_environment(net_tls *t, X509_STORE *store, const tls_places *where, sx_buf *tried) {
    const char *file = where->env_file && *where->env_file ? where->env_file : NULL;
    if (file && !look_into("SSL_CERT_FILE=", file, tried)) file = NULL;
    int found = where->env_dir ? add_dirs(t, store, where->env_dir, tried) : 0;
    return found + (file && net_tls_later(t, store, file) == SX_OK);
}

static int search_system(net_tls *t, X509_STORE *store, const tls_places *where, sx_buf *tried) {
    const char *file = NULL;
    int found = 0;
    for (const char *const *f = where->files; !file && *f; f++)
        if (look_into("", *f, tried)) file = *f;
    for (const char *const *d = where->dirs; !found && *d; d++)
        if (!file || has_hashed(*d)) found = add_dir(t, store, "", *d, tried) > 0;
    return found + (file && net_tls_later(t, store, file) == SX_OK);
}

int net_tls_search(net_tls *t, X509_STORE *store, const tls_places *where, sx_buf *tried) {
    int found = search_environment(t, store, where, tried);
    if (!found) found = search_system(t, store, where, tried);
    if (found || !where->fallback) return found;
    const char *label = net_tls_is_pem(where->fallback) ? "" : "the fallback ";
    return look_into(label, where->fallback, tried) && net_tls_later(t, store, where->fallback) == SX_OK;
}

int net_tls_need_trust(net_tls *t) {
    if (t->m.searched) return SX_OK;
    tls_places where = {.env_file = secure_getenv("SSL_CERT_FILE"),
                        .env_dir = secure_getenv("SSL_CERT_DIR"),
                        .files = known_files,
                        .dirs = known_dirs,
                        .fallback = t->o.ca_fallback};
    sx_buf tried;
    sx_buf_init(&tried);
    net_tls_search(t, SSL_CTX_get_cert_store(t->m.ssl), &where, &tried);
    sx_buf_char(&tried, 0);
    if (tried.failed) {
        sx_buf_free(&tried);
        return sx_fail(SX_E_NOMEM, "no memory for the search for trusted certificates");
    }
    t->m.tried = tried;
    t->m.searched = true;
    return SX_OK;
}
