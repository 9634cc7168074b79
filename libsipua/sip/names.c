#include "sip/names.h"

#include "sip/names_table.h"

/* ---- methods ---- */

static const sx_slice methods[SIP_METHOD_COUNT] = {
    {NULL, 0},       {"INVITE", 6},  {"ACK", 3},       {"BYE", 3},    {"CANCEL", 6},
    {"REGISTER", 8}, {"OPTIONS", 7}, {"MESSAGE", 7},   {"INFO", 4},   {"PRACK", 5},
    {"UPDATE", 6},   {"REFER", 5},   {"SUBSCRIBE", 9}, {"NOTIFY", 6}, {"PUBLISH", 7},
};

static sip_method method_if(sx_slice s, sip_method m) { return sx_eq(s, methods[m]) ? m : SIP_METHOD_OTHER; }

sip_method sip_method_of(sx_slice s) {
    if (s.n < 3 || s.n > 9) return SIP_METHOD_OTHER;
    switch (s.p[0]) {
    case 'I': return method_if(s, s.n == 6 ? SIP_INVITE : SIP_INFO);
    case 'A': return method_if(s, SIP_ACK);
    case 'B': return method_if(s, SIP_BYE);
    case 'C': return method_if(s, SIP_CANCEL);
    case 'R': return method_if(s, s.n == 8 ? SIP_REGISTER : SIP_REFER);
    case 'O': return method_if(s, SIP_OPTIONS);
    case 'M': return method_if(s, SIP_MESSAGE);
    case 'P': return method_if(s, s.n == 5 ? SIP_PRACK : SIP_PUBLISH);
    case 'U': return method_if(s, SIP_UPDATE);
    case 'S': return method_if(s, SIP_SUBSCRIBE);
    case 'N': return method_if(s, SIP_NOTIFY);
    default: return SIP_METHOD_OTHER;
    }
}

sx_slice sip_method_name(sip_method m) { return (unsigned)m < SIP_METHOD_COUNT ? methods[m] : sx_slice_empty(); }

/* ---- header names ---- */

const sip_hdr_row sip_hdr_rows[SIP_HDR_COUNT] = {{"", 0, 0},
#define ROW(id, name, compact) {name, sizeof(name) - 1, compact},
                                                 SIP_HEADERS(ROW)
#undef ROW
};

_Static_assert(SIP_HDR_COUNT < 0xff, "an id fits a byte");

/* A perfect hash: where a name must stand if it is one of ours. Written by gen_slots.py; a test looks up every name. */
const uint8_t sip_hdr_slots[512] = {
    /* clang-format off */
    0, 0, 0, 0, 0, 0, 57, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 27, 37, 0, 60, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 66, 0, 0, 76, 4, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 31, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 36, 0, 0, 0, 22, 0, 0, 0, 65, 0, 0, 0, 0, 11, 0, 74, 0, 53, 0, 59, 0, 35, 0,
    0, 48, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 49, 2, 0,
    0, 0, 0, 0, 0, 0, 0, 5, 62, 0, 0, 0, 45, 0, 0, 0, 0, 33, 0, 0, 0, 69, 40, 0, 0, 43, 29, 0, 47, 0, 58, 0,
    0, 39, 1, 0, 0, 0, 71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 38, 0, 28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 63, 0, 0, 0, 30, 0, 14, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 15, 0, 67, 0, 34, 0, 0, 0, 0, 0, 0, 0, 0, 18, 0, 0, 0, 0, 6, 3, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 79, 0, 32, 0, 0, 0, 0, 25, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 68, 0, 0, 20, 0, 70, 0, 0, 21, 0, 0, 51, 0, 0, 0, 0, 0, 0, 72, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 55, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 42, 0, 0, 0, 0, 0, 0, 46, 0, 0, 0, 0, 0, 0, 0, 0, 0, 78, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 56, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    50, 13, 0, 0, 0, 52, 0, 0, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 61, 0, 9, 73, 0, 0, 8, 0, 0,
    0, 19, 44, 0, 0, 0, 0, 0, 0, 0, 0, 0, 41, 0, 75, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    /* clang-format on */
};

/* By letter; a test compares it with the list. */
static const uint8_t compacts[26] = {
    /* clang-format off */
    ['a' - 'a'] = SIP_HDR_ACCEPT_CONTACT,
    ['b' - 'a'] = SIP_HDR_REFERRED_BY,
    ['c' - 'a'] = SIP_HDR_CONTENT_TYPE,
    ['d' - 'a'] = SIP_HDR_REQUEST_DISPOSITION,
    ['e' - 'a'] = SIP_HDR_CONTENT_ENCODING,
    ['f' - 'a'] = SIP_HDR_FROM,
    ['i' - 'a'] = SIP_HDR_CALL_ID,
    ['j' - 'a'] = SIP_HDR_REJECT_CONTACT,
    ['k' - 'a'] = SIP_HDR_SUPPORTED,
    ['l' - 'a'] = SIP_HDR_CONTENT_LENGTH,
    ['m' - 'a'] = SIP_HDR_CONTACT,
    ['o' - 'a'] = SIP_HDR_EVENT,
    ['r' - 'a'] = SIP_HDR_REFER_TO,
    ['s' - 'a'] = SIP_HDR_SUBJECT,
    ['t' - 'a'] = SIP_HDR_TO,
    ['u' - 'a'] = SIP_HDR_ALLOW_EVENTS,
    ['v' - 'a'] = SIP_HDR_VIA,
    ['x' - 'a'] = SIP_HDR_SESSION_EXPIRES,
    ['y' - 'a'] = SIP_HDR_IDENTITY,
    /* clang-format on */
};

static sip_hdr_id compact_of(char c) {
    c = sx_lower(c);
    return c >= 'a' && c <= 'z' ? (sip_hdr_id)compacts[c - 'a'] : SIP_HDR_OTHER;
}

sip_hdr_id sip_hdr_of(sx_slice s) {
    if (s.n < 2) return s.n ? compact_of(s.p[0]) : SIP_HDR_OTHER;
    if (s.n >= sizeof sip_hdr_rows[0].name) return SIP_HDR_OTHER;
    const sip_hdr_row *row = &sip_hdr_rows[sip_hdr_guess(s.p, s.n)];
    return sx_ieq(s, sx_slice_of(row->name, row->len)) ? (sip_hdr_id)(row - sip_hdr_rows) : SIP_HDR_OTHER;
}

sx_slice sip_hdr_name(sip_hdr_id id) {
    return (unsigned)id < SIP_HDR_COUNT ? sx_slice_of(sip_hdr_rows[id].name, sip_hdr_rows[id].len) : sx_slice_empty();
}

/* ---- reason phrases ---- */

static const struct {
    int status;
    const char *text;
} reasons[] = {
    /* in order of status */
    {100, "Trying"},
    {180, "Ringing"},
    {181, "Call Is Being Forwarded"},
    {182, "Queued"},
    {183, "Session Progress"},
    {199, "Early Dialog Terminated"},
    {200, "OK"},
    {202, "Accepted"},
    {204, "No Notification"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Moved Temporarily"},
    {305, "Use Proxy"},
    {380, "Alternative Service"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {412, "Conditional Request Failed"},
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"},
    {417, "Unknown Resource-Priority"},
    {420, "Bad Extension"},
    {421, "Extension Required"},
    {422, "Session Interval Too Small"},
    {423, "Interval Too Brief"},
    {424, "Bad Location Information"},
    {428, "Use Identity Header"},
    {429, "Provide Referrer Identity"},
    {430, "Flow Failed"},
    {433, "Anonymity Disallowed"},
    {436, "Bad Identity-Info"},
    {437, "Unsupported Certificate"},
    {438, "Invalid Identity Header"},
    {439, "First Hop Lacks Outbound Support"},
    {440, "Max-Breadth Exceeded"},
    {469, "Bad Info Package"},
    {470, "Consent Needed"},
    {480, "Temporarily Unavailable"},
    {481, "Call/Transaction Does Not Exist"},
    {482, "Loop Detected"},
    {483, "Too Many Hops"},
    {484, "Address Incomplete"},
    {485, "Ambiguous"},
    {486, "Busy Here"},
    {487, "Request Terminated"},
    {488, "Not Acceptable Here"},
    {489, "Bad Event"},
    {491, "Request Pending"},
    {493, "Undecipherable"},
    {494, "Security Agreement Required"},
    {500, "Server Internal Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Server Time-out"},
    {505, "Version Not Supported"},
    {513, "Message Too Large"},
    {555, "Push Notification Service Not Supported"},
    {580, "Precondition Failure"},
    {600, "Busy Everywhere"},
    {603, "Decline"},
    {604, "Does Not Exist Anywhere"},
    {606, "Not Acceptable"},
    {607, "Unwanted"},
    {608, "Rejected"},
};

sx_slice sip_reason(int status) {
    size_t lo = 0, hi = sizeof reasons / sizeof *reasons;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (reasons[mid].status == status) return sx_slice_str(reasons[mid].text);
        if (reasons[mid].status < status)
            lo = mid + 1;
        else
            hi = mid;
    }
    switch (status / 100) {
    case 1: return SX_LIT("Session Progress");
    case 2: return SX_LIT("OK");
    case 3: return SX_LIT("Redirection");
    case 4: return SX_LIT("Request Failure");
    case 5: return SX_LIT("Server Failure");
    case 6: return SX_LIT("Global Failure");
    default: return SX_LIT("Unknown");
    }
}

/* ---- option tags, in the order of their bits ---- */

static const sx_slice tags[] = {
    {"100rel", 6},      {"timer", 5},         {"replaces", 8},  {"outbound", 8},     {"path", 4},        {"gruu", 4},
    {"norefersub", 10}, {"tdialog", 7},       {"eventlist", 9}, {"from-change", 11}, {"histinfo", 8},    {"ice", 3},
    {"join", 4},        {"precondition", 12}, {"privacy", 7},   {"sec-agree", 9},    {"answermode", 10}, {"nosub", 5},
};
enum { TAGS = sizeof tags / sizeof *tags };

uint32_t sip_option_tag_of(sx_slice name) {
    for (unsigned i = 0; i < TAGS; i++)
        if (sx_ieq(name, tags[i])) return 1u << i;
    return 0;
}

sx_slice sip_option_tag_name(uint32_t bit) {
    for (unsigned i = 0; i < TAGS; i++)
        if (bit == 1u << i) return tags[i];
    return sx_slice_empty();
}
