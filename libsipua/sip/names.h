/* The fixed vocabulary of SIP: methods, header names, option tags, reason phrases. Tables and pure functions, safe from
 * any thread. Ids are internal and may be renumbered; they never leave the process. */
#ifndef SIP_NAMES_H
#define SIP_NAMES_H

#include "base/slice.h"

/* Method names are case-sensitive (RFC 3261 7.1): "invite" is SIP_METHOD_OTHER. */
typedef enum sip_method {
    SIP_METHOD_OTHER = 0, /* a token we have no id for; compare sip_msg.method_name */
    SIP_INVITE,
    SIP_ACK,
    SIP_BYE,
    SIP_CANCEL,
    SIP_REGISTER,
    SIP_OPTIONS,
    SIP_MESSAGE,
    SIP_INFO,
    SIP_PRACK,
    SIP_UPDATE,
    SIP_REFER,
    SIP_SUBSCRIBE,
    SIP_NOTIFY,
    SIP_PUBLISH,
    SIP_METHOD_COUNT
} sip_method;

sip_method sip_method_of(sx_slice name);
sx_slice sip_method_name(sip_method m); /* empty for OTHER and out of range */

/* X(constant, canonical long name, compact form or 0). */
#define SIP_HEADERS(X)                                                                                                 \
    X(VIA, "Via", 'v')                                                                                                 \
    X(FROM, "From", 'f')                                                                                               \
    X(TO, "To", 't')                                                                                                   \
    X(CALL_ID, "Call-ID", 'i')                                                                                         \
    X(CSEQ, "CSeq", 0)                                                                                                 \
    X(CONTACT, "Contact", 'm')                                                                                         \
    X(MAX_FORWARDS, "Max-Forwards", 0)                                                                                 \
    X(ROUTE, "Route", 0)                                                                                               \
    X(RECORD_ROUTE, "Record-Route", 0)                                                                                 \
    X(CONTENT_LENGTH, "Content-Length", 'l')                                                                           \
    X(CONTENT_TYPE, "Content-Type", 'c')                                                                               \
    X(CONTENT_ENCODING, "Content-Encoding", 'e')                                                                       \
    X(CONTENT_DISPOSITION, "Content-Disposition", 0)                                                                   \
    X(CONTENT_LANGUAGE, "Content-Language", 0)                                                                         \
    X(CONTENT_ID, "Content-ID", 0)                                                                                     \
    X(EXPIRES, "Expires", 0)                                                                                           \
    X(MIN_EXPIRES, "Min-Expires", 0)                                                                                   \
    X(ALLOW, "Allow", 0)                                                                                               \
    X(SUPPORTED, "Supported", 'k')                                                                                     \
    X(REQUIRE, "Require", 0)                                                                                           \
    X(PROXY_REQUIRE, "Proxy-Require", 0)                                                                               \
    X(UNSUPPORTED, "Unsupported", 0)                                                                                   \
    X(ACCEPT, "Accept", 0)                                                                                             \
    X(ACCEPT_ENCODING, "Accept-Encoding", 0)                                                                           \
    X(ACCEPT_LANGUAGE, "Accept-Language", 0)                                                                           \
    X(ALLOW_EVENTS, "Allow-Events", 'u')                                                                               \
    X(EVENT, "Event", 'o')                                                                                             \
    X(SUBSCRIPTION_STATE, "Subscription-State", 0)                                                                     \
    X(AUTHORIZATION, "Authorization", 0)                                                                               \
    X(PROXY_AUTHORIZATION, "Proxy-Authorization", 0)                                                                   \
    X(WWW_AUTHENTICATE, "WWW-Authenticate", 0)                                                                         \
    X(PROXY_AUTHENTICATE, "Proxy-Authenticate", 0)                                                                     \
    X(AUTHENTICATION_INFO, "Authentication-Info", 0)                                                                   \
    X(PROXY_AUTHENTICATION_INFO, "Proxy-Authentication-Info", 0)                                                       \
    X(USER_AGENT, "User-Agent", 0)                                                                                     \
    X(SERVER, "Server", 0)                                                                                             \
    X(SUBJECT, "Subject", 's')                                                                                         \
    X(DATE, "Date", 0)                                                                                                 \
    X(TIMESTAMP, "Timestamp", 0)                                                                                       \
    X(WARNING, "Warning", 0)                                                                                           \
    X(RETRY_AFTER, "Retry-After", 0)                                                                                   \
    X(REASON, "Reason", 0)                                                                                             \
    X(REFER_TO, "Refer-To", 'r')                                                                                       \
    X(REFERRED_BY, "Referred-By", 'b')                                                                                 \
    X(REFER_SUB, "Refer-Sub", 0)                                                                                       \
    X(REPLACES, "Replaces", 0)                                                                                         \
    X(TARGET_DIALOG, "Target-Dialog", 0)                                                                               \
    X(JOIN, "Join", 0)                                                                                                 \
    X(SESSION_EXPIRES, "Session-Expires", 'x')                                                                         \
    X(MIN_SE, "Min-SE", 0)                                                                                             \
    X(RSEQ, "RSeq", 0)                                                                                                 \
    X(RACK, "RAck", 0)                                                                                                 \
    X(PATH, "Path", 0)                                                                                                 \
    X(SERVICE_ROUTE, "Service-Route", 0)                                                                               \
    X(P_ASSERTED_IDENTITY, "P-Asserted-Identity", 0)                                                                   \
    X(P_PREFERRED_IDENTITY, "P-Preferred-Identity", 0)                                                                 \
    X(P_ASSOCIATED_URI, "P-Associated-URI", 0)                                                                         \
    X(P_EARLY_MEDIA, "P-Early-Media", 0)                                                                               \
    X(REMOTE_PARTY_ID, "Remote-Party-ID", 0)                                                                           \
    X(PRIVACY, "Privacy", 0)                                                                                           \
    X(DIVERSION, "Diversion", 0)                                                                                       \
    X(HISTORY_INFO, "History-Info", 0)                                                                                 \
    X(REPLY_TO, "Reply-To", 0)                                                                                         \
    X(IN_REPLY_TO, "In-Reply-To", 0)                                                                                   \
    X(ALERT_INFO, "Alert-Info", 0)                                                                                     \
    X(CALL_INFO, "Call-Info", 0)                                                                                       \
    X(ERROR_INFO, "Error-Info", 0)                                                                                     \
    X(ORGANIZATION, "Organization", 0)                                                                                 \
    X(PRIORITY, "Priority", 0)                                                                                         \
    X(MIME_VERSION, "MIME-Version", 0)                                                                                 \
    X(ACCEPT_CONTACT, "Accept-Contact", 'a')                                                                           \
    X(REJECT_CONTACT, "Reject-Contact", 'j')                                                                           \
    X(REQUEST_DISPOSITION, "Request-Disposition", 'd')                                                                 \
    X(IDENTITY, "Identity", 'y')                                                                                       \
    X(SIP_ETAG, "SIP-ETag", 0)                                                                                         \
    X(SIP_IF_MATCH, "SIP-If-Match", 0)                                                                                 \
    X(FLOW_TIMER, "Flow-Timer", 0)                                                                                     \
    X(GEOLOCATION, "Geolocation", 0)                                                                                   \
    X(INFO_PACKAGE, "Info-Package", 0)                                                                                 \
    X(RECV_INFO, "Recv-Info", 0)

typedef enum sip_hdr_id {
    SIP_HDR_OTHER = 0, /* a name we have no id for; all of those share one chain */
#define SIP_HDR_ENUM(id, name, compact) SIP_HDR_##id,
    SIP_HEADERS(SIP_HDR_ENUM)
#undef SIP_HDR_ENUM
        SIP_HDR_COUNT
} sip_hdr_id;

/* Long or compact form, any case (RFC 3261 7.3.1). */
sip_hdr_id sip_hdr_of(sx_slice name);
sx_slice sip_hdr_name(sip_hdr_id id); /* canonical long name; empty for OTHER and out of range */

/* The reason phrase the RFCs give a status code; for an unknown code that of its class; never empty. */
sx_slice sip_reason(int status);

/* Option tags as bits, so that "do we support all of Require" is one AND. */
typedef enum sip_option_tag {
    SIP_TAG_100REL = 1 << 0,
    SIP_TAG_TIMER = 1 << 1,
    SIP_TAG_REPLACES = 1 << 2,
    SIP_TAG_OUTBOUND = 1 << 3,
    SIP_TAG_PATH = 1 << 4,
    SIP_TAG_GRUU = 1 << 5,
    SIP_TAG_NOREFERSUB = 1 << 6,
    SIP_TAG_TDIALOG = 1 << 7,
    SIP_TAG_EVENTLIST = 1 << 8,
    SIP_TAG_FROM_CHANGE = 1 << 9,
    SIP_TAG_HISTINFO = 1 << 10,
    SIP_TAG_ICE = 1 << 11,
    SIP_TAG_JOIN = 1 << 12,
    SIP_TAG_PRECONDITION = 1 << 13,
    SIP_TAG_PRIVACY = 1 << 14,
    SIP_TAG_SEC_AGREE = 1 << 15,
    SIP_TAG_ANSWERMODE = 1 << 16,
    SIP_TAG_NOSUB = 1 << 17
} sip_option_tag;

uint32_t sip_option_tag_of(sx_slice name);  /* one bit of sip_option_tag, 0 if unknown; any case */
sx_slice sip_option_tag_name(uint32_t bit); /* of one bit; empty if there is none */

#endif
