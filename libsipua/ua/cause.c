/* Causes in JsSIP's words, and which one a SIP status stands for. */
#include "sip/lex.h"
#include "ua/internal.h"

const char *ua_cause_text(ua_cause c) {
    static const char *const words[] = {"",
                                        "Terminated",
                                        "Canceled",
                                        "Busy",
                                        "Rejected",
                                        "Redirected",
                                        "Unavailable",
                                        "Not Found",
                                        "Address Incomplete",
                                        "Incompatible SDP",
                                        "Missing SDP",
                                        "Bad Media Description",
                                        "Authentication Error",
                                        "No Answer",
                                        "No ACK",
                                        "Expires",
                                        "Dialog Error",
                                        "Request Timeout",
                                        "Connection Error",
                                        "RTP Timeout",
                                        "SIP Failure Code",
                                        "Internal Error",
                                        "Overload",
                                        "Replaced",
                                        "Transferred",
                                        "Time Limit",
                                        "Session Expired"};
    return (unsigned)c < sizeof words / sizeof words[0] ? words[c] : "";
}

ua_cause ua_cause_of_status(int status) {
    switch (status) {
    case 486:
    case 600: return UA_CAUSE_BUSY;
    case 403:
    case 603: return UA_CAUSE_REJECTED;
    case 300:
    case 301:
    case 302:
    case 305:
    case 380: return UA_CAUSE_REDIRECTED;
    case 480:
    case 410:
    case 408:
    case 430: return UA_CAUSE_UNAVAILABLE;
    case 404:
    case 604: return UA_CAUSE_NOT_FOUND;
    case 484:
    case 424: return UA_CAUSE_ADDRESS_INCOMPLETE;
    case 488:
    case 606: return UA_CAUSE_INCOMPATIBLE_SDP;
    case 401:
    case 407: return UA_CAUSE_AUTHENTICATION;
    case 487: return UA_CAUSE_CANCELED;
    default: return status >= 300 ? UA_CAUSE_SIP_FAILURE_CODE : UA_CAUSE_NONE;
    }
}

ua_cause ua_cause_of_code(int code, int status) {
    switch (code) {
    case SX_OK: return ua_cause_of_status(status);
    case SX_E_TIMEOUT: return UA_CAUSE_REQUEST_TIMEOUT;
    case SX_E_TRANSPORT:
    case SX_E_TLS:
    case SX_E_PROTOCOL: /* what answers there is no SIP, or no WebSocket for SIP */
    case SX_E_FULL:
    case SX_E_LIMIT:
    case SX_E_DNS:
    case SX_E_ADDRESS:
    case SX_E_IO:
    case SX_E_UNSUPPORTED: return UA_CAUSE_CONNECTION_ERROR;
    case SX_E_AUTH: return UA_CAUSE_AUTHENTICATION;
    case SX_E_CANCELED: return UA_CAUSE_CANCELED;
    default: return status >= 300 ? ua_cause_of_status(status) : UA_CAUSE_INTERNAL_ERROR;
    }
}

int ua_q850_of(const sip_msg *m) {
    if (!m) return 0;
    sip_list l;
    sx_slice element;
    sip_list_begin(&l, m, SIP_HDR_REASON);
    while (sip_list_next(&l, &element) == 1) {
        sip_reason_value r;
        if (sip_reason_read(element, &r) == SX_OK && sx_ieq(r.protocol, SX_LIT("Q.850")) && r.cause > 0) return r.cause;
    }
    return 0;
}

static void put_reason_text(sx_buf *b, sx_slice text) {
    if (text.n) {
        SX_BUF_LIT(b, ";text=");
        sip_write_quoted(b, text);
    }
    SX_BUF_LIT(b, "\r\n");
}

int ua_put_reason(sx_buf *b, int status, int q850, const char *reason) {
    sx_slice text = sx_slice_str(reason);
    if (!status && !q850 && !text.n) return SX_OK;
    if (!sip_is_header_value(text)) return sx_fail(SX_E_HEADER, "a line break in the reason");
    if (q850 < 0 || q850 > 127) return sx_fail(SX_E_INVALID, "a Q.850 cause is a number from 1 to 127");
    if (status) {
        SX_BUF_LIT(b, "Reason: SIP;cause=");
        sx_buf_u64(b, (uint64_t)status);
        put_reason_text(b, text);
    }
    if (status && !q850) return SX_OK;
    SX_BUF_LIT(b, "Reason: Q.850;cause=");
    sx_buf_u64(b, (uint64_t)(q850 ? q850 : 16));
    put_reason_text(b, status ? sx_slice_empty() : text);
    return SX_OK;
}
