#include "src/abi.h"

/* The two tables must be one. */
#define SAME(name) _Static_assert((int)SX_##name == (int)SIPUA_##name, "base/error.h and sipua.h disagree")
SAME(OK);
SAME(E_INVALID);
SAME(E_NOMEM);
SAME(E_CLOSED);
SAME(E_GONE);
SAME(E_KIND);
SAME(E_STATE);
SAME(E_VERSION);
SAME(E_FORKED);
SAME(E_BUSY);
SAME(E_INTERRUPTED);
SAME(E_CANCELED);
SAME(E_TIMEOUT);
SAME(E_EOF);
SAME(E_FULL);
SAME(E_LIMIT);
SAME(E_UNSUPPORTED);
SAME(E_URI);
SAME(E_HEADER);
SAME(E_ADDRESS);
SAME(E_IN_USE);
SAME(E_IO);
SAME(E_NOT_FOUND);
SAME(E_FORMAT);
SAME(E_DNS);
SAME(E_TRANSPORT);
SAME(E_PROTOCOL);
SAME(E_AUTH);
SAME(E_MEDIA);
SAME(E_PERMISSION);
SAME(E_INTERNAL);
SAME(E_TLS);

int32_t sipua_abi_version(void) { return SIPUA_VERSION_MAJOR * 65536 + SIPUA_VERSION_MINOR; }

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
const char *sipua_version(void) {
    return TEXT(SIPUA_VERSION_MAJOR) "." TEXT(SIPUA_VERSION_MINOR) "." TEXT(SIPUA_VERSION_PATCH);
}

const char *sipua_features(void) { return "udp tcp tls ws wss opus pcmu pcma server"; }

const char *sipua_error_name(sipua_error code) { return sx_error_name(code > 0 ? 0 : code); }

const char *sipua_error_text(sipua_error code) { return sx_error_text(code > 0 ? 0 : code); }

int32_t sipua_error_retryable(sipua_error code) {
    return code == SIPUA_E_FULL || code == SIPUA_E_BUSY || code == SIPUA_E_INTERRUPTED || code == SIPUA_E_TIMEOUT ||
           code == SIPUA_E_NOMEM || code == SIPUA_E_LIMIT || code == SIPUA_E_DNS || code == SIPUA_E_TRANSPORT;
}

int32_t sipua_error_fatal(sipua_error code) { return code == SIPUA_E_CLOSED || code == SIPUA_E_FORKED; }

sipua_error sipua_last_error(void) { return sx_last_error(); }

const char *sipua_last_error_text(void) { return sx_last_error_text(); }

const char *sipua_cause_text(sipua_cause cause) {
    if (cause <= SIPUA_CAUSE_NONE || cause > SIPUA_CAUSE_SESSION_EXPIRED) return "";
    return ua_cause_text((ua_cause)cause);
}
