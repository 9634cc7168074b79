/* What comes through the ABI for TLS and WebSocket. Files are looked at here already, so that a wrong name fails at
 * once and says which; whether key and certificate fit is for the stack's thread to find out. */
#define _GNU_SOURCE /* memmem */
#include "src/abi.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/addr.h"
#include "sip/lex.h"

static const char begin[] = "-----BEGIN ";

static int cannot_read(const char *what, const char *path, int err) {
    int code = err == ENOENT || err == ENOTDIR ? SX_E_NOT_FOUND
               : err == EACCES || err == EPERM ? SX_E_PERMISSION
               : err == ENAMETOOLONG           ? SX_E_FORMAT
                                               : SX_E_IO;
    if (code == SX_E_NOT_FOUND) return sx_fail(code, "%s: there is no file %.300s", what, path);
    if (code == SX_E_PERMISSION) return sx_fail(code, "%s: the file %.300s may not be read", what, path);
    if (code == SX_E_FORMAT) return sx_fail(code, "%s is neither PEM text nor the name of a file", what);
    return sx_fail(code, "%s: the file %.300s cannot be read", what, path);
}

/* Is there PEM in it? Looks for the first BEGIN; bundles have much text before it. */
static int look_into(const char *what, const char *path, int fd) {
    char buf[4096 + sizeof begin];
    size_t have = 0, total = 0;
    for (ssize_t n; (n = read(fd, buf + have, 4096)) != 0;) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot_read(what, path, errno);
        if ((total += (size_t)n) > ABI_MAX_PEM) break;
        have += (size_t)n;
        if (memmem(buf, have, begin, sizeof begin - 1)) return SX_OK;
        size_t keep = have < sizeof begin ? have : sizeof begin - 1;
        memmove(buf, buf + have - keep, keep);
        have = keep;
    }
    return sx_fail(SX_E_FORMAT, "%s: there is no PEM in the file %.300s", what, path);
}

static int check_file(const char *what, const char *path, bool directory) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
    if (fd < 0) return cannot_read(what, path, errno);
    if (fstat(fd, &st))
        rc = cannot_read(what, path, errno);
    else if (S_ISDIR(st.st_mode))
        rc = directory ? SX_OK : sx_fail(SX_E_FORMAT, "%s: %.300s is a directory", what, path);
    else if (!S_ISREG(st.st_mode))
        rc = sx_fail(SX_E_FORMAT, "%s: %.300s is not a file", what, path);
    else
        rc = look_into(what, path, fd);
    close(fd);
    return rc;
}

int abi_pem(const char *what, const char *s, bool directory) {
    if (!s || !*s) return SX_OK;
    size_t n = strnlen(s, ABI_MAX_PEM + 1);
    if (n > ABI_MAX_PEM) return sx_fail(SX_E_LIMIT, "%s is longer than %d bytes", what, ABI_MAX_PEM);
    if (strstr(s, begin)) return SX_OK;
    return check_file(what, s, directory);
}

int abi_certificate(const char *cert, const char *key, const char *password) {
    ABI_TRY(abi_pem("tls_cert", cert, false));
    ABI_TRY(abi_pem("tls_key", key, false));
    if (key && *key && (!cert || !*cert)) return sx_fail(SX_E_INVALID, "tls_key without a tls_cert");
    return abi_text("tls_key_password", password, false);
}

/* "sha256/" and the base64 of 32 bytes: 43 characters and one '='. */
static bool is_pin(const char *s) {
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return !strncmp(s, "sha256/", 7) && strlen(s) == 7 + 44 && strspn(s + 7, set) == 43 && s[7 + 43] == '=';
}

int abi_pins(const char *const *list, uint32_t count) {
    ABI_TRY(abi_texts("tls_pins", list, count));
    for (uint32_t i = 0; i < count; i++)
        if (!is_pin(list[i]))
            return sx_fail(SX_E_FORMAT, "the pin \"%.80s\" is not sha256/ and the base64 of 32 bytes", list[i]);
    return SX_OK;
}

/* ---- WebSocket ---- */

/* scheme://host[:port][/path][?query] */
static int check_url(const char *what, const char *s) {
    net_addr addr;
    const char *host = strstr(s, "://") + 3;
    size_t n = strcspn(host, "/?#");
    sx_slice at = sx_slice_of(host, n), rest;
    ABI_TRY(abi_text(what, s, true));
    if (strpbrk(s, " <>\"#@") || !n) return sx_fail(SX_E_URI, "%s \"%.200s\" is not a usable URL", what, s);
    if (host[0] == '[' || net_addr_parse(&addr, at, 443)) {
        if (net_addr_parse(&addr, at, 443)) return SX_OK;
        return sx_fail(SX_E_URI, "%s \"%.200s\" is not a usable URL", what, s);
    }
    sx_slice name = sx_split(at, ':', &rest);
    uint64_t port = 0;
    if (!name.n || (rest.p && (!sx_to_u64(rest, 65535, &port) || !port)))
        return sx_fail(SX_E_URI, "%s \"%.200s\" is not a usable URL", what, s);
    return SX_OK;
}

int abi_hop(const char *what, const char *s) {
    if (!s || !*s) return SX_OK;
    if (!strncmp(s, "ws://", 5) || !strncmp(s, "wss://", 6)) return check_url(what, s);
    return abi_uri(what, s, true);
}

int abi_ws_headers(const sipua_pair *list, uint32_t count) {
    static const char *const ours[] = {"Host", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding"};
    ABI_TRY(abi_list("ws_headers", list, count, ABI_MAX_LIST));
    for (uint32_t i = 0; i < count; i++) {
        const char *name = list[i].name, *value = list[i].value;
        if (!name || !value) return sx_fail(SX_E_HEADER, "WebSocket header %u has no name or value", (unsigned)i + 1);
        if (strnlen(name, 257) > 256 || !sip_is_token(sx_slice_str(name)))
            return sx_fail(SX_E_HEADER, "\"%.64s\" is not the name of a header", name);
        bool taken = !strncasecmp(name, "Sec-WebSocket-", 14);
        for (size_t k = 0; k < sizeof ours / sizeof ours[0]; k++) taken = taken || !strcasecmp(name, ours[k]);
        if (taken) return sx_fail(SX_E_HEADER, "the stack itself writes the header %s", name);
        size_t n = strnlen(value, ABI_MAX_TEXT + 1);
        if (n > ABI_MAX_TEXT || !sip_is_header_value(sx_slice_of(value, n)))
            return sx_fail(SX_E_HEADER, "the value of WebSocket header %s is too long or has CR, LF or NUL in it",
                           name);
    }
    return SX_OK;
}

/* ---- the rest ---- */

int abi_params(const char *what, const char *s) {
    if (!s || !*s) return SX_OK;
    ABI_TRY(abi_text(what, s, true));
    bool quoted = false;
    for (const char *c = s; *c; c++) {
        if (*c == '"') quoted = !quoted;
        if (!quoted && strchr(" <>,", *c))
            return sx_fail(SX_E_FORMAT, "%s \"%.100s\" is not NAME=VALUE;NAME=VALUE", what, s);
    }
    if (quoted || *s == ';' || *s == '=' || strstr(s, ";;") || strstr(s, ";="))
        return sx_fail(SX_E_FORMAT, "%s \"%.100s\" is not NAME=VALUE;NAME=VALUE", what, s);
    return SX_OK;
}

/* [ALGORITHM:]HEX, one or more with commas between. */
int abi_ha1(const char *s) {
    static const char *const names[] = {"MD5", "SHA-256", "SHA-512-256"};
    sx_slice rest = sx_slice_str(s), hex;
    if (!s) return SX_OK;
    ABI_TRY(abi_text("ha1", s, true));
    do {
        sx_slice name = sx_split(sx_trim(sx_split(rest, ',', &rest)), ':', &hex);
        size_t digits = 0, algorithm = 0;
        while (hex.p && algorithm < 3 && !sx_ieq(name, sx_slice_str(names[algorithm]))) algorithm++;
        if (!hex.p) hex = name;
        while (digits < hex.n && sip_is(hex.p[digits], SIP_C_HEX)) digits++;
        bool length = hex.p == name.p  ? digits == 32 || digits == 64
                      : algorithm == 3 ? false
                                       : digits == (algorithm ? 64 : 32);
        if (digits != hex.n || !length)
            return sx_fail(SX_E_FORMAT,
                           "ha1 is not MD5:32 or SHA-256:64 hexadecimal digits, or such with commas between");
    } while (rest.p);
    return SX_OK;
}

int abi_token(const char *s) {
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
    if (!s) return SX_OK;
    ABI_TRY(abi_text("the bearer token", s, false));
    return s[strspn(s, set)] ? sx_fail(SX_E_FORMAT, "the bearer token has a character that none may have") : SX_OK;
}
