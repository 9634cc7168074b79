/* One event as the program polls it: a block of its own with everything in it but the SIP message, which is shared by
 * reference. Made by one thread, then handed over; what is computed lazily (headers, redacted message, JSON) is
 * published atomically, so that several threads may read one event. */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "body/body.h"
#include "sip/message.h"

struct core_entry;

/* Events that core/ makes itself; the others have the numbers of ua_event_type. All are the public numbers. */
enum {
    CORE_EV_SERVER_BINDING = 80,
    CORE_EV_SERVER_CLOSED = 81,
    CORE_EV_LOG = 92,
    CORE_EV_OVERFLOW = 93,
    CORE_EV_REPLY = 94
};

/* How an event is treated when there is little room (DESIGN, back-pressure). */
typedef enum core_class {
    CORE_RESERVED, /* its place was reserved: always taken */
    CORE_NORMAL,   /* taken; past its object's budget the call is ended as overloaded */
    CORE_PROGRESS, /* taken; under pressure the newest of its key replaces the one before */
    CORE_BUDGET,   /* digits and INFO: dropped and counted beyond the budget of its object */
    CORE_LOSSY     /* log, trace, stats and what has no object: the oldest are dropped and counted */
} core_class;

typedef enum core_str {
    CORE_STR_REASON,
    CORE_STR_TEXT,
    CORE_STR_FROM,
    CORE_STR_FROM_NAME,
    CORE_STR_TO,
    CORE_STR_TO_NAME,
    CORE_STR_TARGET,
    CORE_STR_CODEC,
    CORE_STR_TRANSPORT,
    CORE_STR_HOST,
    CORE_STR_MODULE,
    CORE_STR_CONTENT_TYPE,
    CORE_STR_CHECK,
    CORE_STR_NAMES,
    CORE_STR_PUB_GRUU,
    CORE_STR_TEMP_GRUU,
    CORE_STR_LOCAL_HOST,
    CORE_STR_STATE,
    CORE_STR_PACKAGE,
    CORE_STR_MESSAGE_ID,
    CORE_STR_DIGITS,
    CORE_STR_IDENTITY,
    CORE_STR_IDENTITY_NAME,
    CORE_STR_DIVERSION,
    CORE_STR_REFERRED_BY,
    CORE_STR_REPLACES,
    CORE_STR_PRIVACY,
    CORE_STR_DIALOG,
    CORE_STR_COUNT
} core_str;

/* Figures of a call, as in the public sipua_call_stats. */
typedef struct core_call_stats {
    uint64_t duration_ms, packets_sent, bytes_sent, packets_received, bytes_received, packets_lost, packets_late;
    uint64_t packets_duplicate, packets_reordered, packets_invalid, frames_concealed, underrun_ms, overrun_ms;
    uint64_t remote_packets_lost;
    int32_t ptime_ms, jitter_us, remote_jitter_us, rtt_us, jitter_buffer_ms, queued_ms;
    char codec[16];
    char remote_address[80];
} core_call_stats;

/* Counters of an agent, as in the public sipua_agent_counters. */
typedef struct core_agent_stats {
    uint64_t calls_now, calls_total, accounts_now, transactions_now, connections_now, messages_received, messages_sent;
    uint64_t retransmissions, malformed, refused, events_dropped;
} core_agent_stats;

typedef struct core_header {
    const char *name;
    const char *value;
} core_header;

/* All headers of the message behind an event as text; one block. */
typedef struct core_headers {
    int32_t count;
    core_header v[];
} core_headers;

/* Bytes made on demand. */
typedef struct core_bytes {
    size_t n;
    char p[];
} core_bytes;

typedef struct core_event {
    /* the queue's */
    struct core_event *next, *prev;
    struct core_event *lossy_next, *lossy_prev;
    struct core_event *same;  /* older queued event of the same id that may be replaced */
    struct core_entry *entry; /* counted there; a reference */
    uint64_t key;             /* of coalescing */
    size_t bytes;             /* accounted */
    uint8_t klass;            /* core_class */
    bool terminal;
    bool lossy_queued;

    /* what the program sees */
    int32_t type, code, status, cause, originator;
    uint32_t flags;
    int32_t q850, expires, retry_ms, port, rate, deadline_ms, default_status, digit, level, local_port;
    int32_t answer_after_s, fork;
    uint64_t other;
    uint64_t id, account, call, user, tag, time_ms;
    uint64_t count, duration_ms, mark, segment, played_ms, discarded_ms;
    const char *str[CORE_STR_COUNT]; /* NULL, or text in this event's memory */
    const uint8_t *body;
    uint64_t body_size;
    sip_msg *msg; /* a reference, or NULL */
    core_call_stats *call_stats;
    core_agent_stats *agent_stats;

    /* made on demand, atomic */
    core_headers *headers;
    core_bytes *redacted;
    char *json;
    const body_doc *document;

    void *extra; /* strings that came after the block was made */
    size_t room; /* bytes in data */
    size_t used;
    char data[];
} core_event;

/* A zeroed event with room for so many bytes of text; NULL: memory ran out. */
core_event *core_event_alloc(size_t room);
/* With the message, lazy parts and the reference to its entry. NULL is harmless. */
void core_event_free(core_event *e);

/* What an event's texts and body need of `room`: at most so many bytes for this input. */
size_t core_text_room(sx_slice s);
/* Copies text into the event's room as valid UTF-8 without NUL: bad bytes become U+FFFD, in URIs and names that a peer
 * wrote controls as well. p == NULL stays NULL. Without room nothing is stored. */
void core_event_set_str(core_event *e, core_str which, sx_slice s);
void core_event_set_body(core_event *e, sx_slice body);

/* The message's headers as text; NULL: no message, or memory ran out. */
const core_headers *core_event_headers(const core_event *e);
/* What the body says, if it is a document that we read, else an empty one. NULL: memory ran out. */
const body_doc *core_event_document(const core_event *e);
void core_document_free(const body_doc *d); /* NULL is harmless */
/* The whole message with its secrets hidden (sip_redact). Empty: no message, or memory ran out. */
sx_slice core_event_message(const core_event *e);

/* Writes s as UTF-8 without NUL to out (core_text_room(s) - 1 bytes suffice); returns the bytes written. */
size_t core_utf8_repair(char *out, sx_slice s);
/* The same for what belongs on one line: controls become U+FFFD too, a tab is a space, line breaks are left out. */
size_t core_utf8_line(char *out, sx_slice s);
bool core_utf8_valid(sx_slice s); /* and without NUL */

#endif
