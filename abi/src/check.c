/* Is it usable? Everything that comes through the ABI is looked at here before it goes further. */
#include "src/abi.h"

#include "base/slice.h"
#include "codec/codec.h"
#include "net/addr.h"
#include "sip/headers.h"
#include "sip/lex.h"
#include "sip/uri.h"

int abi_enter(sipua_agent *agent) {
    if (!agent) return sx_fail(SX_E_INVALID, "agent is NULL");
    return core_agent_check(abi_core(agent));
}

/* Bytes of a string, at most ABI_MAX_TEXT + 1. */
static size_t length(const char *s) { return strnlen(s, ABI_MAX_TEXT + 1); }

int abi_text(const char *what, const char *s, bool required) {
    if (!s || !*s) return required ? sx_fail(SX_E_INVALID, "%s is missing", what) : SX_OK;
    size_t n = length(s);
    if (n > ABI_MAX_TEXT) return sx_fail(SX_E_LIMIT, "%s is longer than %d bytes", what, ABI_MAX_TEXT);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
            return sx_fail(SX_E_INVALID, "%s has a control character", what);
    if (!core_utf8_valid(sx_slice_of(s, n))) return sx_fail(SX_E_INVALID, "%s is not UTF-8", what);
    return SX_OK;
}

int abi_path(const char *path) {
    if (!path || !*path) return sx_fail(SX_E_INVALID, "the path is missing");
    return length(path) > 4095 ? sx_fail(SX_E_LIMIT, "the path is too long") : SX_OK;
}

int abi_number(const char *what, uint64_t v) {
    return v < ABI_MAX_NUMBER ? SX_OK : sx_fail(SX_E_INVALID, "%s is not below 2^53", what);
}

int abi_switch(const char *what, int32_t v) {
    return v >= 0 && v <= 2 ? SX_OK : sx_fail(SX_E_INVALID, "%s is neither default, on nor off", what);
}

int abi_range(const char *what, int64_t v, int64_t min, int64_t max) {
    if (v >= min && v <= max) return SX_OK;
    return sx_fail(SX_E_INVALID, "%s is %lld, not from %lld to %lld", what, (long long)v, (long long)min,
                   (long long)max);
}

int abi_rate(int32_t rate, bool zero_allowed) {
    if ((rate == 0 && zero_allowed) || rate == 8000 || rate == 16000 || rate == 24000 || rate == 48000) return SX_OK;
    return sx_fail(SX_E_INVALID, "the rate is %d, not 8000, 16000, 24000 or 48000", (int)rate);
}

int abi_list(const char *what, const void *list, uint64_t count, uint32_t max) {
    if (count && !list)
        return sx_fail(SX_E_INVALID, "%s is NULL with a count of %llu", what, (unsigned long long)count);
    if (count > max) return sx_fail(SX_E_LIMIT, "%s has more than %u items", what, (unsigned)max);
    return SX_OK;
}

int abi_texts(const char *what, const char *const *list, uint32_t count) {
    ABI_TRY(abi_list(what, list, count, ABI_MAX_LIST));
    for (uint32_t i = 0; i < count; i++) ABI_TRY(abi_text(what, list[i], true));
    return SX_OK;
}

int abi_codecs(const char *const *list, uint32_t count) {
    codec_choice choice;
    ABI_TRY(abi_texts("codecs", list, count));
    for (uint32_t i = 0; i < count; i++) {
        if (codec_choice_parse(sx_slice_str(list[i]), &choice) < 0)
            return sx_fail(SX_E_FORMAT, "\"%.64s\" is not a codec that can be read", list[i]);
    }
    return SX_OK;
}

/* Headers that the stack writes itself: two of them would break the message. */
static bool reserved(sx_slice name) {
    switch (sip_hdr_of(name)) {
    case SIP_HDR_VIA:
    case SIP_HDR_FROM:
    case SIP_HDR_TO:
    case SIP_HDR_CALL_ID:
    case SIP_HDR_CSEQ:
    case SIP_HDR_CONTACT:
    case SIP_HDR_MAX_FORWARDS:
    case SIP_HDR_ROUTE:
    case SIP_HDR_RECORD_ROUTE:
    case SIP_HDR_CONTENT_LENGTH:
    case SIP_HDR_CONTENT_TYPE: return true;
    default: return false;
    }
}

int abi_headers(const sipua_pair *list, uint32_t count) { return abi_headers_of(list, count, 0); }

int abi_headers_of(const sipua_pair *list, uint32_t count, int status) {
    bool redirect = status >= 300 && status < 400;
    ABI_TRY(abi_list("headers", list, count, ABI_MAX_LIST));
    for (uint32_t i = 0; i < count; i++) {
        const char *name = list[i].name, *value = list[i].value;
        if (!name || !value) return sx_fail(SX_E_HEADER, "header %u has no name or value", (unsigned)i + 1);
        if (length(name) > 256 || !sip_is_token(sx_slice_str(name)))
            return sx_fail(SX_E_HEADER, "\"%.64s\" is not the name of a header", name);
        bool contact = redirect && sip_hdr_of(sx_slice_str(name)) == SIP_HDR_CONTACT;
        if (!contact && reserved(sx_slice_str(name)))
            return sx_fail(SX_E_HEADER, "the stack itself writes the header %s", name);
        size_t n = length(value);
        if (n > ABI_MAX_TEXT) return sx_fail(SX_E_HEADER, "the value of header %s is too long", name);
        if (!sip_is_header_value(sx_slice_of(value, n)))
            return sx_fail(SX_E_HEADER, "the value of header %s has CR, LF or NUL in it", name);
        if (!core_utf8_valid(sx_slice_of(value, n)))
            return sx_fail(SX_E_HEADER, "the value of header %s is not UTF-8", name);
    }
    return SX_OK;
}

int abi_replaces(const char *what, const char *s) {
    ABI_TRY(abi_text(what, s, false));
    if (!s || !*s || (*s != ';' && strstr(s, ";to-tag=") && strstr(s, ";from-tag="))) return SX_OK;
    return sx_fail(SX_E_FORMAT, "%s \"%.200s\" is not CALL-ID;to-tag=X;from-tag=Y", what, s);
}

int abi_package(const char *s) {
    ABI_TRY(abi_text("event", s, true));
    sx_slice rest, name = sx_split(sx_slice_str(s), ';', &rest);
    if (sip_is_token(sx_trim(name))) return SX_OK;
    return sx_fail(SX_E_FORMAT, "\"%.100s\" is not the name of an event package", s);
}

int abi_body(const char *body, uint32_t size) {
    if (size && !body) return sx_fail(SX_E_INVALID, "body is NULL with a size of %u", (unsigned)size);
    return size <= ABI_MAX_BODY ? SX_OK : sx_fail(SX_E_LIMIT, "the body is larger than %d bytes", ABI_MAX_BODY);
}

static int bad_uri(const char *what, const char *s) {
    return sx_fail(SX_E_URI, "%s \"%.200s\" is not a usable URI", what, s);
}

int abi_uri(const char *what, const char *s, bool required) {
    sip_uri u;
    if (!s || !*s) return required ? sx_fail(SX_E_URI, "%s is missing", what) : SX_OK;
    if (length(s) > ABI_MAX_TEXT || abi_text(what, s, true) < 0) return bad_uri(what, "");
    if (sip_uri_parse(sx_slice_str(s), &u) < 0 || u.scheme == SIP_SCHEME_OTHER || sip_uri_check(&u) < 0)
        return bad_uri(what, s);
    return SX_OK;
}

static bool has_scheme(const char *s) {
    static const char *const schemes[] = {"sip:", "sips:", "tel:"};
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(schemes[i]);
        if (strlen(s) >= n && sx_ieq(sx_slice_of(s, n), sx_slice_str(schemes[i]))) return true;
    }
    return false;
}

int abi_target(const char *s, bool required) {
    char text[ABI_MAX_TEXT + 8];
    sip_uri u;
    if (!s || !*s) return required ? sx_fail(SX_E_URI, "the target is missing") : SX_OK;
    if (has_scheme(s)) return abi_uri("the target", s, true);
    size_t n = length(s);
    if (n > ABI_MAX_TEXT || abi_text("the target", s, true) < 0 || strpbrk(s, " <>\"")) return bad_uri("the target", s);
    const char *at = strchr(s, '@'), *colon = strchr(s, ':');
    if (strstr(s, "://") || (at && colon && colon < at))
        return bad_uri("the target", s); /* of a scheme that is not ours */
    memcpy(text, "sip:", 4);
    memcpy(text + 4, s, n + 1);
    if (at && sip_uri_parse(sx_slice_of(text, n + 4), &u) < 0) return bad_uri("the target", s);
    return SX_OK;
}

int abi_listen_address(const char *s) {
    net_addr addr;
    ABI_TRY(abi_text("the listener's address", s, true));
    const char *first = strchr(s, ':');
    if (!first || stack_transport_parse(sx_slice_between(s, first)) == STACK_ANY)
        return sx_fail(SX_E_FORMAT, "\"%.100s\" is not TRANSPORT:HOST:PORT with udp, tcp, tls, ws or wss", s);
    const char *host = first + 1, *colon = strrchr(host, ':');
    if (!colon || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return sx_fail(SX_E_FORMAT, "\"%.100s\" has no port", s);
    /* port 0 is any; net_addr_parse is asked about the host alone, so that it need not agree about 0 */
    uint64_t port;
    if (!sx_to_u64(sx_slice_str(colon + 1), 65535, &port))
        return sx_fail(SX_E_ADDRESS, "\"%.100s\" has no such port", s);
    if (!net_addr_parse_host(&addr, sx_slice_between(host, colon), (uint16_t)port))
        return sx_fail(SX_E_ADDRESS, "\"%.100s\" is not a numeric address", s);
    return SX_OK;
}

int abi_host(const char *what, const char *s, bool numeric) {
    net_addr addr;
    if (!s || !*s) return SX_OK;
    ABI_TRY(abi_text(what, s, true));
    if (net_addr_parse(&addr, sx_slice_str(s), 0) || net_addr_is_numeric(sx_slice_str(s))) return SX_OK;
    if (numeric || strpbrk(s, " <>@;/\""))
        return sx_fail(SX_E_ADDRESS, "%s \"%.100s\" is not a usable address", what, s);
    return SX_OK;
}
