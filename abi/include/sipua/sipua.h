/* libsipua: a SIP user agent behind a stable C interface.
 *
 * This is the only public header, and its comments are the manual. Bindings for other languages are generated
 * from it, so it keeps to a restricted subset of C (docs/architecture.md, "The subset").
 *
 * The shape in one page
 *
 *   An agent is one SIP stack on threads of its own. The program creates it, tells it what to do by calling
 *   functions that never wait, and learns what happened by taking events from its queue:
 *
 *       sipua_agent *agent;
 *       sipua_agent_config config = SIPUA_AGENT_CONFIG_INIT;
 *       sipua_agent_create(&config, &agent);
 *       sipua_event *event;
 *       while (sipua_poll(agent, 1000, &event) >= 0) {
 *           if (!event) continue;                    // nothing within the second
 *           sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
 *           sipua_event_get(event, &view);
 *           ...
 *           sipua_event_destroy(event);
 *       }
 *
 *   Nothing here ever calls back into the program, with one exception that a program may leave alone:
 *   sipua_agent_set_wakeup().
 *
 * Objects
 *   Two things are pointers: the agent and an event. All else (accounts, calls, messages, transfers, conferences,
 *   bridges, subscriptions, listeners, servers, players, recorders ...) is a sipua_id: a number, never 0, never used
 *   twice in a process, below 2^53. A function that creates one writes the id before it returns; events carry it, and
 *   the `user` number that came with its creation. The last event of an id is its terminal event; after that the id
 *   answers SIPUA_E_GONE. An id of another kind answers SIPUA_E_KIND. Neither is ever undefined behaviour.
 *
 * Threads
 *   Any function may be called from any thread at any time. None waits, except sipua_poll() and the audio
 *   functions when given a timeout, and sipua_agent_close(), which joins the agent's threads. One thread at a
 *   time may poll an agent: another gets SIPUA_E_BUSY.
 *
 * Errors
 *   Functions return 0 or a positive number on success and a negative SIPUA_E_ code on failure;
 *   sipua_last_error_text() then says in words what was wrong. What fails later is an event.
 *
 * Tags
 *   A function that takes a `tag` hands a command to the stack's thread. With a tag other than 0 exactly one
 *   SIPUA_EVENT_REPLY carries it back: `code` 0 when the stack has carried the command out, or why it refused.
 *   What comes of it (an answer, a refusal by the peer) follows as events of the object, after that reply.
 *
 * Structs
 *   Every struct but sipua_pair begins with struct_size: set it with the struct's _INIT macro or _init function.
 *   All other members may be left zero, which means the default. Members are only ever added at the end.
 *   Switches are 0 for the default, 1 for on, 2 for off; numbers are 0 for the default, and -1 for none where the
 *   member says so. Times are milliseconds unless said otherwise. Strings handed in are UTF-8, copied before the
 *   function returns, and at most 8192 bytes long (PEM text 8 MiB); a body has at most 60000 bytes; a list of headers,
 *   codecs or addresses has at most 128 items. More is refused at once (SIPUA_E_LIMIT, of URIs SIPUA_E_URI, of headers
 *   SIPUA_E_HEADER).
 */
#ifndef SIPUA_H
#define SIPUA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Annotations. They mean nothing to a compiler; the generator reads them. */
#ifndef SIPUA_API
#define SIPUA_API __attribute__((visibility("default")))
#endif
#define SIPUA_OUT                 /* the function writes here */
#define SIPUA_INOUT               /* read and written; its struct_size says how much of it exists */
#define SIPUA_NULLABLE            /* may be NULL */
#define SIPUA_LEN(member)         /* the number of items stands in this other parameter or member */
#define SIPUA_SINCE(major, minor) /* the version that first had it */
#define SIPUA_FIELDS(names)       /* the members of sipua_event_view that this event fills, besides the common ones */

/* No compiler pads these structs by itself: after an odd number of pointers this takes the room that the wider pointers
 * of a 64-bit machine would have filled. Zero, as every reserved member. */
#if UINTPTR_MAX > 0xffffffffu
#define SIPUA_PAD_PTR(name)
#else
#define SIPUA_PAD_PTR(name) uint32_t name;
#endif

/* ---------------------------------------------------------------------------------------------------------------
 * Version
 */

#define SIPUA_VERSION_MAJOR 0
#define SIPUA_VERSION_MINOR 2
#define SIPUA_VERSION_PATCH 0

/* The running library's version: major * 65536 + minor. A binding checks it when it is loaded. */
SIPUA_API int32_t sipua_abi_version(void);
/* "0.2.0". Never NULL; valid for ever. */
SIPUA_API const char *sipua_version(void);
/* What this build can do, as words with one space between: "udp tcp tls ws wss
 * opus pcmu pcma server". Valid for ever. */
SIPUA_API const char *sipua_features(void);

/* ---------------------------------------------------------------------------------------------------------------
 * Errors
 */

/* What a function returns, and what an event's `code` says. */
typedef int32_t sipua_error;
enum {
    SIPUA_OK = 0,
    SIPUA_E_INVALID = -1,      /* an argument is wrong */
    SIPUA_E_NOMEM = -2,        /* memory ran out */
    SIPUA_E_CLOSED = -3,       /* the agent has been closed */
    SIPUA_E_GONE = -4,         /* the object has ended, or never was */
    SIPUA_E_KIND = -5,         /* the id belongs to an object of another kind */
    SIPUA_E_STATE = -6,        /* not possible at this point of the object's life */
    SIPUA_E_VERSION = -7,      /* a struct whose size, padding or tail this library does not know */
    SIPUA_E_FORKED = -8,       /* the agent belongs to the parent process */
    SIPUA_E_BUSY = -9,         /* somebody else is doing this now */
    SIPUA_E_INTERRUPTED = -10, /* a signal arrived, or sipua_poll_interrupt() was called */
    SIPUA_E_CANCELED = -11,    /* given up before it was done */
    SIPUA_E_TIMEOUT = -12,     /* no answer in time */
    SIPUA_E_EOF = -13,         /* the call has ended and all its audio has been read */
    SIPUA_E_FULL = -14,        /* a queue is full: try again later */
    SIPUA_E_LIMIT = -15,       /* a configured limit is reached */
    SIPUA_E_UNSUPPORTED = -16, /* this library cannot do that */
    SIPUA_E_URI = -17,         /* not a usable URI */
    SIPUA_E_HEADER = -18,      /* not a usable header name or value: CR or LF in it, or the stack's own header */
    SIPUA_E_ADDRESS = -19,     /* not a usable address */
    SIPUA_E_IN_USE = -20,      /* the address is taken */
    SIPUA_E_IO = -21,          /* the operating system said no */
    SIPUA_E_NOT_FOUND = -22,   /* no such file, name or option */
    SIPUA_E_FORMAT = -23,      /* a file or text in a form that cannot be read */
    SIPUA_E_DNS = -24,         /* the name could not be resolved */
    SIPUA_E_TRANSPORT = -25,   /* the connection failed or was lost */
    SIPUA_E_PROTOCOL = -26,    /* the peer broke the protocol */
    SIPUA_E_AUTH = -27,        /* credentials are missing or were refused */
    SIPUA_E_MEDIA = -28,       /* no media in common, or media could not be started */
    SIPUA_E_PERMISSION = -29,  /* the operating system forbids it */
    SIPUA_E_INTERNAL = -30,    /* a defect in this library: please report it */
    SIPUA_E_TLS SIPUA_SINCE(0, 2) = -31 /* a certificate or key is unusable, or a TLS handshake failed */
};

/* The code's name ("SIPUA_E_GONE") and one plain sentence. Never NULL; valid for ever; any number is legal. */
SIPUA_API const char *sipua_error_name(sipua_error code);
SIPUA_API const char *sipua_error_text(sipua_error code);
/* 1 when the same call may succeed later without a change by the program (SIPUA_E_FULL, SIPUA_E_BUSY, ...). */
SIPUA_API int32_t sipua_error_retryable(sipua_error code);
/* 1 when nothing more can be done with the agent (SIPUA_E_CLOSED, SIPUA_E_FORKED). */
SIPUA_API int32_t sipua_error_fatal(sipua_error code);

/* The last failure of this thread: its code, and its detail in words (what was wrong with which value). Never NULL;
 * valid until the next failing call of this thread. A success does not clear them. */
SIPUA_API sipua_error sipua_last_error(void);
SIPUA_API const char *sipua_last_error_text(void);

/* Why a call, a registration or a request ended. */
typedef int32_t sipua_cause;
enum {
    SIPUA_CAUSE_NONE = 0,
    SIPUA_CAUSE_TERMINATED = 1,         /* "Terminated": hung up by BYE */
    SIPUA_CAUSE_CANCELED = 2,           /* "Canceled": given up before the answer */
    SIPUA_CAUSE_BUSY = 3,               /* "Busy": 486, 600 */
    SIPUA_CAUSE_REJECTED = 4,           /* "Rejected": 403, 603, or refused by us */
    SIPUA_CAUSE_REDIRECTED = 5,         /* "Redirected": 300, 301, 302, 305, 380 */
    SIPUA_CAUSE_UNAVAILABLE = 6,        /* "Unavailable": 480, 410, 408, 430 */
    SIPUA_CAUSE_NOT_FOUND = 7,          /* "Not Found": 404, 604 */
    SIPUA_CAUSE_ADDRESS_INCOMPLETE = 8, /* "Address Incomplete": 484, 424 */
    SIPUA_CAUSE_INCOMPATIBLE_SDP = 9,   /* "Incompatible SDP": 488, 606 */
    SIPUA_CAUSE_MISSING_SDP = 10,       /* "Missing SDP": an answer never came */
    SIPUA_CAUSE_BAD_MEDIA = 11,         /* "Bad Media Description": SDP that cannot be used */
    SIPUA_CAUSE_AUTHENTICATION = 12,    /* "Authentication Error": 401, 407 */
    SIPUA_CAUSE_NO_ANSWER = 13,         /* "No Answer": nobody answered in the time given */
    SIPUA_CAUSE_NO_ACK = 14,            /* "No ACK": our 200 was never acknowledged */
    SIPUA_CAUSE_EXPIRES = 15,           /* "Expires": the caller's Expires passed */
    SIPUA_CAUSE_DIALOG_ERROR = 16,      /* "Dialog Error": 481 or 408 inside the call */
    SIPUA_CAUSE_REQUEST_TIMEOUT = 17,   /* "Request Timeout": no response at all */
    SIPUA_CAUSE_CONNECTION_ERROR = 18,  /* "Connection Error": transport or name resolution */
    SIPUA_CAUSE_RTP_TIMEOUT = 19,       /* "RTP Timeout": the media went silent for too long */
    SIPUA_CAUSE_SIP_FAILURE_CODE = 20,  /* "SIP Failure Code": any other final response of 300 and up */
    SIPUA_CAUSE_INTERNAL_ERROR = 21,    /* "Internal Error": ours, with the reason in words */
    SIPUA_CAUSE_OVERLOAD = 22,          /* "Overload": the program did not take its events */
    SIPUA_CAUSE_REPLACED SIPUA_SINCE(0, 2) = 23,       /* "Replaced": another call took its place (RFC 3891) */
    SIPUA_CAUSE_TRANSFERRED SIPUA_SINCE(0, 2) = 24,    /* "Transferred": hung up because its transfer succeeded */
    SIPUA_CAUSE_TIME_LIMIT SIPUA_SINCE(0, 2) = 25,     /* "Time Limit": max_call_ms was over */
    SIPUA_CAUSE_SESSION_EXPIRED SIPUA_SINCE(0, 2) = 26 /* "Session Expired": the peer let the session timer run out (RFC
                                           4028) */
};

/* The cause in words, as in the comments above ("Busy"); "" for none and unknown numbers. Valid for ever. */
SIPUA_API const char *sipua_cause_text(sipua_cause cause);

/* ---------------------------------------------------------------------------------------------------------------
 * Common types
 */

/* An object. 0: none. */
typedef uint64_t sipua_id;

/* Opaque. */
typedef struct sipua_agent sipua_agent;
typedef struct sipua_event sipua_event;

/* A name and a value, such as a header. Frozen for ever: the one struct without a size. */
typedef struct sipua_pair {
    const char *name;
    const char *value;
} sipua_pair;

/* A switch: 0 default, 1 on, 2 off. */
typedef int32_t sipua_switch;
enum { SIPUA_DEFAULT = 0, SIPUA_ON = 1, SIPUA_OFF = 2 };

/* Who brought something about. */
typedef int32_t sipua_originator;
enum { SIPUA_ORIGINATOR_NONE = 0, SIPUA_ORIGINATOR_LOCAL = 1, SIPUA_ORIGINATOR_REMOTE = 2, SIPUA_ORIGINATOR_SYSTEM = 3 };

/* How much the log says; each level includes those before it. */
typedef int32_t sipua_log_level;
enum {
    SIPUA_LOG_DEFAULT = 0, /* warnings */
    SIPUA_LOG_NONE = -1,
    SIPUA_LOG_ERROR = 1,
    SIPUA_LOG_WARNING = 2,
    SIPUA_LOG_INFO = 3,
    SIPUA_LOG_DEBUG = 4
};

/* ---------------------------------------------------------------------------------------------------------------
 * The agent
 */

/* Settings of an agent, all optional. */
typedef struct sipua_agent_config {
    uint32_t struct_size;
    int32_t max_calls;  /* calls at one time; beyond it an INVITE gets 486. Default 1000; -1: no limit */
    const char *bind;   /* numeric address of all sockets, "192.0.2.1" or "2001:db8::1". Default "0.0.0.0" */
    const char *advertise; /* what peers are told instead of `bind`, for 1:1 NAT and containers. Default: the address
                              that the system uses towards the peer */
    const char *const *listen SIPUA_LEN(listen_count); /* where to listen: "udp:HOST:PORT", or tcp, tls, ws, wss; HOST is
                              numeric, port 0 is any; tls and wss need tls_cert. Default: udp and tcp on `bind`, one free
                              port for both */
    uint32_t listen_count;
    sipua_switch open;     /* on: the agent's listeners take calls and messages from anybody for any user. Default off:
                              only what is meant for an account and comes by its registration, server or peers */
    const char *user_agent; /* User-Agent and Server header. Default "libsipua/VERSION" */
    const char *const *codecs SIPUA_LEN(codec_count); /* in order of preference, "opus", "pcmu", "pcma", each may be
                              followed by ";key=value" format parameters. Default: opus, pcmu, pcma */
    uint32_t codec_count;
    int32_t rtp_port_min; /* range of RTP ports, both ends included; RTCP takes the odd ones. Default: any free */
    int32_t rtp_port_max;
    int32_t media_workers; /* threads for media. Default 1 */
    int32_t queue_events;  /* room of the event queue beyond what live objects reserve. Default 4096 */
    int32_t queue_bytes;   /* the same in bytes. Default 16 MiB */
    sipua_log_level log_level;
    sipua_switch trace; /* on: every SIP message sent and received is a SIPUA_EVENT_TRACE. Default off */
    const char *const *dns_servers SIPUA_LEN(dns_server_count); /* "HOST" or "HOST:PORT". Default: the system's */
    uint32_t dns_server_count;
    int32_t reserved; /* zero */
    const char *tls_ca SIPUA_SINCE(0, 2); /* whose certificates are trusted: PEM text, a file, or a directory of such files
                              under the names that OpenSSL gives them. Default: what SSL_CERT_FILE and SSL_CERT_DIR name,
                              else the well-known places of the system, else tls_ca_fallback */
    const char *tls_ca_fallback SIPUA_SINCE(0, 2); /* PEM text or a file, used when that search finds nothing. Bindings give
                              here what their language brings along. Default: none, and every certificate is refused */
    const char *tls_cert SIPUA_SINCE(0, 2); /* our certificate with its chain, PEM text or a file: for the agent's own tls and
                              wss listeners, and for servers that ask for one. Default: none */
    const char *tls_key SIPUA_SINCE(0, 2); /* its private key, PEM text or a file. Default: in tls_cert */
    const char *tls_key_password SIPUA_SINCE(0, 2); /* of an encrypted key. Default: none */
    const char *tls_crl SIPUA_SINCE(0, 2); /* revoked certificates, PEM text or a file. Default: none are looked up */
    const char *const *tls_pins SIPUA_LEN(tls_pin_count) SIPUA_SINCE(0, 2); /* "sha256/BASE64" of a server's public key (its
                              SubjectPublicKeyInfo): besides passing all other checks it must be one of these. Default: any */
    SIPUA_PAD_PTR(pad_tls_pins)
    uint32_t tls_pin_count SIPUA_SINCE(0, 2);
    sipua_switch tls_verify SIPUA_SINCE(0, 2); /* off: any certificate of any server is taken, and whoever sits in between
                              reads and changes everything; it is a warning in the log. Default on */
    int32_t tls_min_version SIPUA_SINCE(0, 2); /* 12 or 13: the least version of TLS. Default 12 */
    sipua_switch watch_network SIPUA_SINCE(0, 2); /* on: the agent notices by itself that addresses or routes of this machine
                              changed, and does what sipua_network_changed() does. Default on, where the system can tell */
    const char *media_bind SIPUA_SINCE(0, 2); /* numeric address of the sockets of media. Default: `bind` */
    const char *media_advertise SIPUA_SINCE(0, 2); /* numeric address that stands in SDP. Default: `advertise` if that is
                              numeric, else the address that the system uses towards the peer */
    const char *stun_server SIPUA_SINCE(0, 2); /* "HOST" or "HOST:PORT" (3478): is asked how each call's media sockets look from
                              outside, where our address is private, for SDP; at most 500 ms before an offer and before
                              SIPUA_EVENT_INCOMING_CALL. Default: none. (A Contact is put right by what the registrar sees) */
    SIPUA_PAD_PTR(pad_stun_server)
} sipua_agent_config;

/* Starts an agent: opens its listeners and its threads. Each listener is reported by SIPUA_EVENT_LISTENING.
 * config NULL: all defaults. Fails with SIPUA_E_ADDRESS, SIPUA_E_IN_USE, SIPUA_E_PERMISSION (a port below 1024),
 * SIPUA_E_FORMAT (a codec, listener or PEM that cannot be read), SIPUA_E_NOT_FOUND (a file that is not there; the words
 * name it), SIPUA_E_INVALID (a key that is not its certificate's), SIPUA_E_TLS (one that is too weak), SIPUA_E_VERSION,
 * SIPUA_E_IO. */
SIPUA_API int32_t sipua_agent_create(const sipua_agent_config *config SIPUA_NULLABLE, sipua_agent **agent SIPUA_OUT);

/* Ends everything politely: calls get BYE, CANCEL or 480, registrations are removed, and SIPUA_EVENT_SHUTDOWN comes
 * last of all, when all has been answered or `deadline_ms` has passed. New calls and messages are refused with 503
 * meanwhile. Default deadline (0): 2000; -1: do not wait for any answer. After that event commands answer
 * SIPUA_E_CLOSED; the threads stay until sipua_agent_close() or sipua_agent_free(). */
SIPUA_API int32_t sipua_agent_shutdown(sipua_agent *agent, int32_t deadline_ms, uint64_t tag);

/* Stops and joins the agent's threads without waiting for the network; takes under 100 ms. Wakes whoever polls or
 * waits for audio. Events already queued stay there to be polled, then open tags come as replies with
 * SIPUA_E_CANCELED, then sipua_poll() says SIPUA_E_CLOSED as every other function does. Idempotent. */
SIPUA_API int32_t sipua_agent_close(sipua_agent *agent);

/* Closes if need be and releases the memory. NULL is legal. The caller guarantees that no other thread is inside a
 * function of this agent. Events already polled stay valid. */
SIPUA_API void sipua_agent_free(sipua_agent *agent SIPUA_NULLABLE);

/* Asks for the agent's counters: a SIPUA_EVENT_STATS without id, read with sipua_event_agent_stats(). */
SIPUA_API int32_t sipua_agent_stats(sipua_agent *agent, uint64_t tag);

/* Kinds of questions. What a peer wants is refused at once unless the program has said that it takes decisions. */
typedef int32_t sipua_ask_kind;
enum {
    SIPUA_ASK_CALL = 1,   /* off: an INVITE gets 480. On: SIPUA_EVENT_INCOMING_CALL waits for a decision */
    SIPUA_ASK_MESSAGE = 2, /* off: a MESSAGE gets 405, unless it tells of one of ours that was sent with a disposition. On:
                              SIPUA_EVENT_MESSAGE waits for a decision */
    SIPUA_ASK_CHANGE SIPUA_SINCE(0, 2) = 3,    /* off: what the peer changes in a call (re-INVITE or UPDATE with SDP) is taken
                              as far as we can. On: SIPUA_EVENT_CALL_CHANGE_REQUESTED waits for a decision */
    SIPUA_ASK_TRANSFER SIPUA_SINCE(0, 2) = 4,  /* off: a REFER gets 603, for following one makes a call at our cost. On:
                              SIPUA_EVENT_TRANSFER_REQUESTED waits for a decision */
    SIPUA_ASK_SUBSCRIBE SIPUA_SINCE(0, 2) = 5, /* off: a SUBSCRIBE gets 489. On: SIPUA_EVENT_SUBSCRIBE_REQUESTED waits for a
                              decision */
    SIPUA_ASK_REPLACE SIPUA_SINCE(0, 2) = 6,   /* off: an INVITE whose Replaces names one of our calls is answered at once:
                              SIPUA_EVENT_CALL_REPLACED. On: it is a SIPUA_EVENT_INCOMING_CALL with `other`, and answering it
                              ends the other */
    SIPUA_ASK_JOIN SIPUA_SINCE(0, 2) = 7       /* off: an INVITE with Join gets 488. On: it is a SIPUA_EVENT_INCOMING_CALL with
                              `other` and flag JOIN; put both into a conference */
};

/* Opts in to a kind of question (SIPUA_ON) or out again (SIPUA_OFF). */
SIPUA_API int32_t sipua_agent_ask(sipua_agent *agent, sipua_ask_kind kind, sipua_switch on, uint64_t tag);

/* Says that addresses or routes of this machine changed, as a phone's operating system reports: every flow is tried at
 * once, registrations are renewed from the new address, and established calls move to it by re-INVITE, or end when their
 * peer cannot be reached. SIPUA_EVENT_NETWORK_CHANGED follows, then what comes of it as events of accounts and calls. Not
 * needed where watch_network works; never harmful. */
SIPUA_API int32_t sipua_network_changed(sipua_agent *agent, uint64_t tag) SIPUA_SINCE(0, 2);

/* Reads all files of certificates, keys, trust and revocation again, those of accounts and listeners too. Connections that
 * are up stay; new ones use the new. The reply says when something cannot be read (SIPUA_E_NOT_FOUND, SIPUA_E_FORMAT,
 * SIPUA_E_TLS, with the file's name): then that part stays as it was. */
SIPUA_API int32_t sipua_agent_reload_tls(sipua_agent *agent, uint64_t tag) SIPUA_SINCE(0, 2);

/* On: new calls from outside get 503 with Retry-After, new ones of ours SIPUA_E_STATE; what is up goes on, and
 * SIPUA_EVENT_DRAINED comes when no call is left. Off: back to work. */
SIPUA_API int32_t sipua_agent_drain(sipua_agent *agent, sipua_switch on, uint64_t tag) SIPUA_SINCE(0, 2);

/* ---------------------------------------------------------------------------------------------------------------
 * Taking events
 */

/* Takes the oldest event, waiting up to timeout_ms (0: do not wait, -1: for ever). Returns 1 and an event that the
 * caller owns, or 0 and NULL when none came. SIPUA_E_BUSY: another thread is polling. SIPUA_E_INTERRUPTED: a signal
 * or sipua_poll_interrupt(). SIPUA_E_CLOSED: closed or shut down, and nothing is left. */
SIPUA_API int32_t sipua_poll(sipua_agent *agent, int32_t timeout_ms, sipua_event **event SIPUA_OUT);

/* Makes the running sipua_poll() of this agent, or the next one, return SIPUA_E_INTERRUPTED. */
SIPUA_API int32_t sipua_poll_interrupt(sipua_agent *agent);

/* A descriptor for a foreign event loop: readable whenever an event waits (rarely also with none; a poll that finds
 * nothing clears it). The library owns it, until sipua_agent_free(): only wait for it, never read or close it. */
SIPUA_API int32_t sipua_agent_fd(sipua_agent *agent);

/* For loops that cannot wait for a descriptor: cb(arg) is called, on a thread of the library, at once if events wait,
 * then whenever the queue stops being empty. It may not call any function of this library. Setting NULL returns only
 * when a running cb has ended. Not offered by bindings: it would call into an interpreter. */
SIPUA_API int32_t sipua_agent_set_wakeup(sipua_agent *agent, void (*cb)(void *arg) SIPUA_NULLABLE,
                                         void *arg SIPUA_NULLABLE);

/* What an event is about. Each comment says who is meant by `id`; account, call, user, tag and time are filled where
 * they apply. */
typedef int32_t sipua_event_type;
enum {
    /* listeners and connections; id: the listener */
    SIPUA_EVENT_LISTENING SIPUA_FIELDS("transport host port") = 1,
    SIPUA_EVENT_LISTENER_CLOSED SIPUA_FIELDS("code text") = 2, /* terminal */
    SIPUA_EVENT_TRANSPORT_CONNECTING SIPUA_FIELDS("transport host port") = 3,
    SIPUA_EVENT_TRANSPORT_CONNECTED SIPUA_FIELDS("transport host port") = 4, /* usable: after the handshakes of TLS and
                                 WebSocket */
    SIPUA_EVENT_TRANSPORT_DISCONNECTED SIPUA_FIELDS("transport host port code text check names") = 5, /* also one that never
                                 came up; with SIPUA_E_TLS check says which check failed */
    SIPUA_EVENT_NETWORK_CHANGED SIPUA_SINCE(0, 2) SIPUA_FIELDS("originator text") = 6, /* no id; local: the program said so;
                                 system: it was noticed */

    /* registrations; id: the account */
    SIPUA_EVENT_REGISTERED SIPUA_FIELDS("status reason expires flags transport host port local_host local_port pub_gruu temp_gruu") = 10, /*
                                 flag REFRESH: not the first; transport, host and port: the way it took; local_host, local_port: our
                                 address in the Contact */
    SIPUA_EVENT_REGISTRATION_DEGRADED SIPUA_FIELDS("status reason cause code text retry_ms") = 11, /* a flow was lost or a
                                 refresh failed; the binding holds until its time is over */
    SIPUA_EVENT_UNREGISTERED SIPUA_FIELDS("status reason cause code text") = 12,
    SIPUA_EVENT_REGISTRATION_FAILED SIPUA_FIELDS("status reason cause code text retry_ms") = 13,
    SIPUA_EVENT_ACCOUNT_CLOSED SIPUA_FIELDS("") = 14, /* terminal */
    SIPUA_EVENT_PATH_QUALITY SIPUA_SINCE(0, 2) SIPUA_FIELDS("status reason code text duration_ms count") = 15, /* an OPTIONS
                                 of qualify_s was answered, or not; duration_ms: round trip; count: unanswered ones in a row */

    /* calls; id: the call */
    SIPUA_EVENT_INCOMING_CALL SIPUA_FIELDS("from from_name to to_name target deadline_ms default_status body content_type other flags identity identity_name diversion referred_by replaces privacy answer_after_s dialog") = 20, /*
                                 other: the call that it wants to replace, or (flag JOIN) to join; flags EARLY_ONLY, AUTO_ANSWER */
    SIPUA_EVENT_CALL_SENDING SIPUA_FIELDS("from to target") = 21,
    SIPUA_EVENT_CALL_PROGRESS SIPUA_FIELDS("status reason flags originator body content_type identity identity_name dialog") = 22, /* flag
                                 EARLY_MEDIA */
    SIPUA_EVENT_CALL_ACCEPTED SIPUA_FIELDS("status reason originator from to body content_type identity identity_name dialog") = 23,
    SIPUA_EVENT_CALL_CONFIRMED SIPUA_FIELDS("originator") = 24,
    SIPUA_EVENT_CALL_ENDED SIPUA_FIELDS("status reason cause code text q850 originator flags duration_ms other") = 25, /* terminal;
                                 flag ESTABLISHED: the call had been answered; other: the call that replaced it */
    SIPUA_EVENT_CALL_HELD SIPUA_FIELDS("originator body content_type") = 26, /* this and the next two, when we brought it about: tag of our
                                 sipua_call_change() */
    SIPUA_EVENT_CALL_RESUMED SIPUA_FIELDS("originator body content_type") = 27,
    SIPUA_EVENT_CALL_UPDATED SIPUA_FIELDS("originator codec body content_type") = 28, /* body: with SIPUA_MEDIA_NONE the SDP of
                                 the peer, in the two above as well */
    SIPUA_EVENT_CALL_REDIRECTED SIPUA_FIELDS("status reason target flags") = 29, /* flag FOLLOWED: target is being called now */
    SIPUA_EVENT_DTMF SIPUA_FIELDS("digit duration_ms") = 30,
    SIPUA_EVENT_INFO SIPUA_FIELDS("body content_type") = 31,
    SIPUA_EVENT_DTMF_SENT SIPUA_FIELDS("status reason code text") = 32, /* all digits of one sipua_call_dtmf() have left; code
                                 SIPUA_E_CANCELED: the call ended before; SIPUA_E_PROTOCOL: by INFO, refused with status */
    SIPUA_EVENT_CALL_MOVED SIPUA_SINCE(0, 2) SIPUA_FIELDS("local_host local_port status reason code text") = 33, /* signalling
                                 and media run over this address of ours now; code: why they could not be moved */

    SIPUA_EVENT_CALL_CHANGE_REQUESTED SIPUA_SINCE(0, 2) SIPUA_FIELDS("deadline_ms default_status flags body content_type") = 34, /*
                                 the peer wants the call changed; flags HOLD, RESUME, OFFERLESS */
    SIPUA_EVENT_CALL_CHANGE_FAILED SIPUA_SINCE(0, 2) SIPUA_FIELDS("originator status reason cause code text flags") = 35, /* local:
                                 what we wanted changed (tag: by which command) was refused; system: nobody decided in time on what
                                 the peer wanted (flag DEFAULT); remote: the peer took that back. The call is as it was */
    SIPUA_EVENT_CALL_MUTED SIPUA_SINCE(0, 2) SIPUA_FIELDS("flags") = 36,   /* flags SEND, RECEIVE: the sides that are muted now */
    SIPUA_EVENT_CALL_UNMUTED SIPUA_SINCE(0, 2) SIPUA_FIELDS("flags") = 37, /* flags SEND, RECEIVE: those that still are */
    SIPUA_EVENT_CALL_REPLACED SIPUA_SINCE(0, 2) SIPUA_FIELDS("other from from_name to to_name target identity identity_name body content_type dialog") = 38, /* id: a new call,
                                 answered already, in place of `other`, which ends; it has the `user` of the other */
    SIPUA_EVENT_REQUEST_ANSWERED SIPUA_SINCE(0, 2) SIPUA_FIELDS("status reason cause code text duration_ms body content_type") = 39, /*
                                 id: the request of sipua_call_request(); terminal */

    /* messages; id: the message */
    SIPUA_EVENT_MESSAGE SIPUA_FIELDS("from from_name to to_name target deadline_ms default_status body content_type message_id flags") = 40, /*
                                 flags WANTS_DELIVERED, WANTS_DISPLAYED; body: what a CPIM wrapper contains; from and to then are those
                                 of the wrapper, words of the sender: who sent it by SIP stands in the headers */
    SIPUA_EVENT_MESSAGE_ANSWERED SIPUA_FIELDS("status flags") = 41, /* terminal of an incoming one; flag DEFAULT: it was not
                                 decided in time */
    SIPUA_EVENT_MESSAGE_DELIVERED SIPUA_FIELDS("status reason message_id") = 42,            /* terminal of an outgoing one */
    SIPUA_EVENT_MESSAGE_FAILED SIPUA_FIELDS("status reason cause code text message_id") = 43, /* terminal of an outgoing one */
    SIPUA_EVENT_MESSAGE_COMPOSING SIPUA_SINCE(0, 2) SIPUA_FIELDS("from from_name state expires") = 44, /* no id; state "active" or
                                 "idle" (RFC 3994); expires: idle after so many seconds without news */
    SIPUA_EVENT_MESSAGE_DISPOSITION SIPUA_SINCE(0, 2) SIPUA_FIELDS("from message_id state status") = 45, /* no id; what became of
                                 the message that we sent as message_id (RFC 5438): state "delivered", "displayed", "processed",
                                 "stored", "failed", "forbidden", "error" */

    /* OPTIONS; id: the query that we sent, or none for one that was received (and answered by the stack) */
    SIPUA_EVENT_OPTIONS SIPUA_FIELDS("from to") = 50,
    SIPUA_EVENT_OPTIONS_ANSWERED SIPUA_FIELDS("status reason cause code text duration_ms body content_type") = 51, /* terminal;
                                 any final status; 408 or 503 with code and text when there was none */

    /* events (RFC 6665, 3903) and transfers */
    SIPUA_EVENT_SUBSCRIBE_REQUESTED SIPUA_SINCE(0, 2) SIPUA_FIELDS("from from_name to to_name target package expires deadline_ms default_status body content_type") = 52, /*
                                 id: the notifier */
    SIPUA_EVENT_NOTIFY SIPUA_SINCE(0, 2) SIPUA_FIELDS("from package state expires fork flags body content_type") = 53, /* id: the
                                 subscription, or none where nobody had subscribed; state that of Subscription-State (with
                                 "terminated" SIPUA_FLAG_FINAL is set); sipua_event_document_at() reads the body */
    SIPUA_EVENT_SUBSCRIPTION_STATE SIPUA_SINCE(0, 2) SIPUA_FIELDS("package state status reason code text expires retry_ms flags") = 54, /*
                                 id: the subscription or the notifier; state "pending", "active", "terminated" (terminal); flag
                                 REFRESH: only kept fresh; reason: that of Subscription-State, or of the refusal */
    SIPUA_EVENT_PUBLISH_STATE SIPUA_SINCE(0, 2) SIPUA_FIELDS("package state status reason cause code text expires retry_ms flags") = 55, /*
                                 id: the publication; state "published" (flag REFRESH: only kept fresh), "failed" (retry_ms -1:
                                 until the next sipua_publication_update()), "removed" (terminal) */
    SIPUA_EVENT_TRANSFER_REQUESTED SIPUA_SINCE(0, 2) SIPUA_FIELDS("target from from_name referred_by replaces flags deadline_ms default_status") = 56, /*
                                 id: the transfer; call: the one that it came in or names, or none; flag JOIN: `replaces` is
                                 the value of a Join: the new call joins that one */
    SIPUA_EVENT_TRANSFER_PROGRESS SIPUA_SINCE(0, 2) SIPUA_FIELDS("status reason") = 57, /* id: the transfer; what the new call is
                                 doing */
    SIPUA_EVENT_TRANSFER_DONE SIPUA_SINCE(0, 2) SIPUA_FIELDS("status reason cause code text") = 58, /* id: the transfer; terminal;
                                 status 2xx: it succeeded */

    /* media; id: the call, or the player, recorder, collector, conference or bridge */
    SIPUA_EVENT_MEDIA_READY SIPUA_FIELDS("codec rate host port flags") = 60, /* audio can flow; flag EARLY_MEDIA */
    SIPUA_EVENT_MEDIA_STALLED SIPUA_FIELDS("duration_ms flags") = 61, /* no audio comes; flag EARLY_MEDIA: none came within a second
                                 of the peer's promise, so that the program should let the caller hear ringing */
    SIPUA_EVENT_MEDIA_RESUMED SIPUA_FIELDS("flags") = 62, /* audio comes again; flag EARLY_MEDIA: what the stall had said */
    SIPUA_EVENT_MARK SIPUA_FIELDS("mark flags played_ms") = 63, /* flag FLUSHED: dropped before it was played */
    SIPUA_EVENT_FLUSHED SIPUA_FIELDS("segment played_ms discarded_ms") = 64,
    SIPUA_EVENT_AUDIO_READY SIPUA_FIELDS("") = 65, /* no id: ask sipua_audio_ready() */
    SIPUA_EVENT_PLAY_DONE SIPUA_FIELDS("code text duration_ms flags") = 66,   /* terminal of a player; flag FLUSHED */
    SIPUA_EVENT_RECORD_DONE SIPUA_FIELDS("code text duration_ms target") = 67, /* terminal of a recorder; target: the file */

    SIPUA_EVENT_COLLECTED SIPUA_SINCE(0, 2) SIPUA_FIELDS("digits state duration_ms") = 68, /* terminal of a collector; state "full",
                                 "terminator", "timeout", "ended" (the call did), "stopped" */
    SIPUA_EVENT_CONFERENCE_CHANGED SIPUA_SINCE(0, 2) SIPUA_FIELDS("other count flags") = 70, /* other: the call; flag ADDED: it is
                                 in, else it left; count: the calls in it now */
    SIPUA_EVENT_CONFERENCE_ENDED SIPUA_SINCE(0, 2) SIPUA_FIELDS("code text duration_ms") = 71, /* terminal */
    SIPUA_EVENT_BRIDGE_CHANGED SIPUA_SINCE(0, 2) SIPUA_FIELDS("state codec") = 72, /* state "waiting" (not both are answered),
                                 "untouched" (packets pass as they are), "transcoded", "held" */
    SIPUA_EVENT_BRIDGE_ENDED SIPUA_SINCE(0, 2) SIPUA_FIELDS("code text duration_ms") = 73, /* terminal */

    /* the embedded server; id: the server */
    SIPUA_EVENT_SERVER_BINDING SIPUA_FIELDS("from target expires") = 80, /* from: the user; target: its contact; expires 0: gone */
    SIPUA_EVENT_SERVER_CLOSED SIPUA_FIELDS("") = 81,                      /* terminal */

    /* about the agent itself; no id */
    SIPUA_EVENT_STATS SIPUA_FIELDS("flags") = 90, /* id: the call, or none for the agent's own */
    SIPUA_EVENT_TRACE SIPUA_FIELDS("originator transport host port body") = 91, /* body: the SIP message, credentials redacted */
    SIPUA_EVENT_LOG SIPUA_FIELDS("level module text") = 92,
    SIPUA_EVENT_OVERFLOW SIPUA_FIELDS("count text") = 93, /* so many events that may be lost (log, trace, stats, digits) were
                                                             dropped; text: of what kind, "log 12, digit 3" */
    SIPUA_EVENT_REPLY SIPUA_FIELDS("code text") = 94,
    SIPUA_EVENT_SHUTDOWN SIPUA_FIELDS("") = 95, /* the last of all */
    SIPUA_EVENT_SUSPICIOUS SIPUA_FIELDS("host port count text") = 96, /* requests for nobody here were dropped */
    SIPUA_EVENT_DRAINED SIPUA_SINCE(0, 2) SIPUA_FIELDS("") = 97 /* no call is left since sipua_agent_drain() */
};

/* The event's name as in JSON and the bindings: "call_ended". "" for unknown numbers. Valid for ever. */
SIPUA_API const char *sipua_event_type_name(sipua_event_type type);

/* Bits of an event's `flags`. */
typedef uint32_t sipua_event_flags;
enum {
    SIPUA_FLAG_REFRESH = 1,     /* registered: a refresh of a binding that was there */
    SIPUA_FLAG_EARLY_MEDIA = 2, /* before the answer */
    SIPUA_FLAG_ESTABLISHED = 4, /* the call had been answered */
    SIPUA_FLAG_DEFAULT = 8,     /* no decision came in time: the default was taken */
    SIPUA_FLAG_FLUSHED = 16,    /* mark: dropped before it was played; player: stopped before its end */
    SIPUA_FLAG_FINAL = 32,      /* stats: the last of this call; notify: the subscription, or this fork of it, ends with it */
    SIPUA_FLAG_FOLLOWED SIPUA_SINCE(0, 2) = 64,           /* redirected: target is being called now */
    SIPUA_FLAG_HOLD SIPUA_SINCE(0, 2) = 128,              /* the peer wants to hold us */
    SIPUA_FLAG_RESUME SIPUA_SINCE(0, 2) = 256,            /* ... or to go on */
    SIPUA_FLAG_OFFERLESS SIPUA_SINCE(0, 2) = 512,         /* the peer wants our offer */
    SIPUA_FLAG_SEND SIPUA_SINCE(0, 2) = 1024,             /* what we send */
    SIPUA_FLAG_RECEIVE SIPUA_SINCE(0, 2) = 2048,          /* what we hear */
    SIPUA_FLAG_JOIN SIPUA_SINCE(0, 2) = 4096,             /* the call wants to join `other` (RFC 3911), not to replace it */
    SIPUA_FLAG_ADDED SIPUA_SINCE(0, 2) = 8192,            /* conference: the call is in */
    SIPUA_FLAG_WANTS_DELIVERED SIPUA_SINCE(0, 2) = 16384, /* message: its sender wants to know when it has arrived */
    SIPUA_FLAG_WANTS_DISPLAYED SIPUA_SINCE(0, 2) = 32768, /* ... and when it was shown */
    SIPUA_FLAG_EARLY_ONLY SIPUA_SINCE(0, 2) = 65536,      /* replaces the other only while that is not answered */
    SIPUA_FLAG_AUTO_ANSWER SIPUA_SINCE(0, 2) = 131072     /* the caller asks for an answer without a hand: answer_after_s */
};

/* All that an event may say. Which members an event fills stands beside its type; the others are 0 or NULL.
 * Strings are valid UTF-8 without NUL (bad bytes became U+FFFD, in URIs and names control characters too); all pointers
 * live as long as the event. */
typedef struct sipua_event_view {
    uint32_t struct_size;
    sipua_event_type type;
    sipua_id id;      /* what the event is about */
    sipua_id account; /* the account it belongs to */
    sipua_id call;    /* the call it belongs to */
    uint64_t user;    /* the number given when the object was made */
    uint64_t tag;     /* of the command this answers */
    uint64_t time_ms; /* when it happened: UTC, since 1970 */
    int32_t code;     /* SIPUA_OK or SIPUA_E_ */
    int32_t status;   /* SIP status, 0 without one */
    sipua_cause cause;
    sipua_originator originator;
    sipua_event_flags flags;
    int32_t q850;           /* Q.850 cause of a Reason header, 0 without one */
    int32_t expires;        /* seconds granted */
    int32_t retry_ms;       /* when the stack tries again by itself; -1: it does not */
    int32_t port;
    int32_t rate;           /* samples per second */
    int32_t deadline_ms;    /* how long a decision may take */
    int32_t default_status; /* what is answered when none comes */
    int32_t digit;          /* the character: '0'-'9', '*', '#', 'A'-'D', 'F' for flash */
    int32_t level;          /* sipua_log_level */
    uint64_t count;
    uint64_t duration_ms;
    uint64_t mark;
    uint64_t segment;
    uint64_t played_ms;
    uint64_t discarded_ms;
    const char *reason;    /* the SIP reason phrase */
    const char *text;      /* in words, for a person */
    const char *from;      /* URI */
    const char *from_name; /* display name */
    const char *to;
    const char *to_name;
    const char *target; /* URI, or a file's path */
    const char *codec;  /* "opus", "PCMU" */
    const char *transport; /* "udp", "tcp", "tls", "ws", "wss" */
    const char *host;
    const char *module;
    const char *content_type;
    const uint8_t *body SIPUA_LEN(body_size); /* raw bytes */
    SIPUA_PAD_PTR(pad_body)
    uint64_t body_size;
    const char *check SIPUA_SINCE(0, 2); /* the check of TLS that failed: "expired", "not yet valid", "name mismatch",
                              "unknown issuer", "self-signed", "revoked", "weak signature", "wrong key usage", "pin mismatch",
                              "protocol version", "client certificate required", "not TLS", "handshake timeout", "other" */
    const char *names SIPUA_SINCE(0, 2); /* for whom the certificate was made out, with ", " between */
    const char *pub_gruu SIPUA_SINCE(0, 2);  /* URI that reaches this very device (RFC 5627) */
    const char *temp_gruu SIPUA_SINCE(0, 2); /* the same, without telling who we are */
    const char *local_host SIPUA_SINCE(0, 2); /* an address of ours */
    SIPUA_PAD_PTR(pad_local_host)
    int32_t local_port SIPUA_SINCE(0, 2);
    int32_t reserved SIPUA_SINCE(0, 2);
    sipua_id other SIPUA_SINCE(0, 2);           /* another call that it is about */
    const char *state SIPUA_SINCE(0, 2);        /* in one word, which stands beside the event's type */
    const char *package SIPUA_SINCE(0, 2);      /* of events: "presence", "message-summary", "dialog" */
    const char *message_id SIPUA_SINCE(0, 2);   /* of a message, as delivery notifications name it */
    const char *digits SIPUA_SINCE(0, 2);       /* collected */
    const char *identity SIPUA_SINCE(0, 2);     /* URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who
                              sent it */
    const char *identity_name SIPUA_SINCE(0, 2);
    const char *diversion SIPUA_SINCE(0, 2);    /* URI of who diverted the call last (Diversion, else History-Info) */
    const char *referred_by SIPUA_SINCE(0, 2);  /* URI of who had us called, or wants us to call */
    const char *replaces SIPUA_SINCE(0, 2);     /* "CALL-ID;to-tag=X;from-tag=Y", as sipua_call_config takes it */
    const char *privacy SIPUA_SINCE(0, 2);      /* "id;user" (RFC 3323) */
    int32_t answer_after_s SIPUA_SINCE(0, 2);   /* with flag AUTO_ANSWER */
    int32_t fork SIPUA_SINCE(0, 2);             /* notify: which dialog of a forked subscription, from 0 */
    const char *dialog SIPUA_SINCE(0, 2);       /* of a call: "CALL-ID;to-tag=OURS;from-tag=PEERS", what a Replaces that is sent
                              to us says, and a dialog-info document. NULL before the peer has a tag */
    SIPUA_PAD_PTR(pad_dialog)
} sipua_event_view;

/* Fills *view up to the struct_size that the caller set. Returns the size filled, or SIPUA_E_VERSION. */
SIPUA_API int32_t sipua_event_get(const sipua_event *event, sipua_event_view *view SIPUA_INOUT);
/* Releases an event and all that its view points to. NULL is legal. */
SIPUA_API void sipua_event_destroy(sipua_event *event SIPUA_NULLABLE);

/* The headers of the SIP message behind an event, in order, comma lists not split, folding undone. 0 without one. */
SIPUA_API int32_t sipua_event_header_count(const sipua_event *event);
/* *name and *value live as long as the event. SIPUA_E_NOT_FOUND past the end. */
SIPUA_API int32_t sipua_event_header_at(const sipua_event *event, int32_t index, const char **name SIPUA_OUT,
                                        const char **value SIPUA_OUT);
/* The index-th header of that name, upper or lower case and compact form alike; NULL when there is none. */
SIPUA_API const char *sipua_event_header(const sipua_event *event, const char *name, int32_t index);
/* The whole SIP message with credentials redacted; NULL and *size 0 without one. Not NUL-terminated. */
SIPUA_API const uint8_t *sipua_event_message(const sipua_event *event, uint64_t *size SIPUA_OUT);
/* The event as one JSON object in UTF-8: time (ISO 8601, UTC, milliseconds), event, account, call, status, reason,
 * cause and what else it fills, under the names of sipua_event_view. NULL when memory ran out. */
SIPUA_API const char *sipua_event_json(const sipua_event *event);

/* The body as a document: what this library reads of presence, waiting messages, dialogs, registrations, conferences,
 * is-composing, delivery notifications, CPIM and sipfrag, as names and values. Lists are NAME.INDEX.FIELD with an INDEX from
 * 0, "tuples.0.status" is "open". Which names there are is told by sipua_field_at(). */

/* The number of names; 0: no body, none that this library reads, or one that is broken. */
SIPUA_API int32_t sipua_event_document_count(const sipua_event *event) SIPUA_SINCE(0, 2);
/* *name and *value live as long as the event. SIPUA_E_NOT_FOUND past the end. */
SIPUA_API int32_t sipua_event_document_at(const sipua_event *event, int32_t index, const char **name SIPUA_OUT,
                                          const char **value SIPUA_OUT) SIPUA_SINCE(0, 2);
/* Makes a body of that content type ("application/pidf+xml") from names and values, with a NUL at the end. Returns the bytes
 * without the NUL. SIPUA_E_FULL: the buffer is too small; SIPUA_E_FORMAT: an unknown name, one twice, a value that it cannot
 * have, a required one that is missing, or a gap in a list; SIPUA_E_UNSUPPORTED: no such type; SIPUA_E_LIMIT: too large. */
SIPUA_API int32_t sipua_document_write(const char *type, const sipua_pair *fields SIPUA_LEN(field_count),
                                       uint32_t field_count, char *buffer SIPUA_OUT SIPUA_LEN(capacity),
                                       uint32_t capacity) SIPUA_SINCE(0, 2);

/* One row of the table of what documents say. */
typedef struct sipua_field_info {
    uint32_t struct_size;
    int32_t reserved;
    const char *type; /* content type, "application/pidf+xml" */
    const char *name; /* "tuples.#.status"; #: an index */
    const char *kind; /* "string", "int", "switch", "time", or the words that it may be, "open|closed" */
    const char *text; /* what it says */
} sipua_field_info;

SIPUA_API int32_t sipua_field_count(void) SIPUA_SINCE(0, 2);
/* The strings live for ever. Returns the size filled; SIPUA_E_NOT_FOUND past the end. */
SIPUA_API int32_t sipua_field_at(int32_t index, sipua_field_info *info SIPUA_INOUT) SIPUA_SINCE(0, 2);

/* Figures of a call's media. Out-struct: set struct_size, the library fills that much. */
typedef struct sipua_call_stats {
    uint32_t struct_size;
    int32_t ptime_ms;
    uint64_t duration_ms; /* since the answer */
    uint64_t packets_sent;
    uint64_t bytes_sent; /* RTP payload */
    uint64_t packets_received;
    uint64_t bytes_received;
    uint64_t packets_lost;       /* expected and never come */
    uint64_t packets_late;       /* came after their time and were thrown away */
    uint64_t packets_duplicate;
    uint64_t packets_reordered;
    uint64_t packets_invalid;    /* not RTP, from a stranger, or of an unknown payload type */
    uint64_t frames_concealed;   /* 20 ms frames made up for lost or late ones */
    uint64_t underrun_ms;        /* silence sent because the app's queue ran dry */
    uint64_t overrun_ms;         /* received audio dropped because nobody read it */
    uint64_t remote_packets_lost; /* what the peer says it did not get */
    int32_t jitter_us;        /* RFC 3550 interarrival jitter of what we receive */
    int32_t remote_jitter_us; /* the same, as the peer reports it */
    int32_t rtt_us;           /* round trip by RTCP; -1: not known */
    int32_t jitter_buffer_ms; /* depth now */
    int32_t queued_ms;        /* app audio waiting to be sent */
    int32_t reserved;
    const char *codec;         /* lives as long as the event */
    const char *remote_address; /* "192.0.2.7:40002", lives as long as the event */
} sipua_call_stats;

/* Asks for a call's figures: a SIPUA_EVENT_STATS of the call. One more, final, comes before SIPUA_EVENT_CALL_ENDED. */
SIPUA_API int32_t sipua_call_stats_request(sipua_agent *agent, sipua_id call, uint64_t tag);
/* Reads the figures of a SIPUA_EVENT_STATS with an id. Returns the size filled; SIPUA_E_KIND for another event. */
SIPUA_API int32_t sipua_event_call_stats(const sipua_event *event, sipua_call_stats *stats SIPUA_INOUT);

/* Counters of the whole agent, since its creation unless `now`. */
typedef struct sipua_agent_counters {
    uint32_t struct_size;
    int32_t reserved;
    uint64_t calls_now;
    uint64_t calls_total;
    uint64_t accounts_now;
    uint64_t transactions_now;
    uint64_t connections_now;
    uint64_t messages_received; /* SIP messages of any kind */
    uint64_t messages_sent;
    uint64_t retransmissions;   /* sent by us */
    uint64_t malformed;         /* answered with 400, or dropped */
    uint64_t refused;           /* requests for nobody here, dropped or refused */
    uint64_t events_dropped;
} sipua_agent_counters;

/* Reads a SIPUA_EVENT_STATS without an id. Returns the size filled; SIPUA_E_KIND for another event. */
SIPUA_API int32_t sipua_event_agent_stats(const sipua_event *event, sipua_agent_counters *counters SIPUA_INOUT);

/* ---------------------------------------------------------------------------------------------------------------
 * Accounts
 */

/* Who we are towards a server, registered or not. */
typedef struct sipua_account_config {
    uint32_t struct_size;
    int32_t expires;        /* seconds asked for when registering. Default 600 */
    uint64_t user;          /* comes back in every event of the account and, unless they set their own, of its calls */
    const char *aor;        /* address of record, "sip:alice@example.com". Required */
    const char *password;
    const char *auth_user;  /* user name for digest. Default: the user of the AOR */
    const char *display_name;
    const char *server;     /* registrar, "sip:example.com;transport=tcp", or the URL of a WebSocket server,
                               "wss://example.com/sip?x=y". Default: the AOR's domain */
    const char *outbound_proxy; /* where every request goes first: a SIP URI, which goes into a Route header, or the URL of a
                               WebSocket server, which does not. Default: as the request says */
    const char *advertise;  /* default: the agent's */
    const char *const *codecs SIPUA_LEN(codec_count); /* default: the agent's */
    uint32_t codec_count;
    sipua_switch auto_answer; /* on: the stack answers calls at once with 200, whether the program asked or not */
    const char *const *peers SIPUA_LEN(peer_count); /* further sources that may call this account: "192.0.2.0/24" */
    uint32_t peer_count;
    int32_t media;          /* default of its calls: SIPUA_MEDIA_ */
    const char *instance_id; /* "urn:uuid:…", kept over restarts. Default: a fresh one */
    const sipua_pair *headers SIPUA_LEN(header_count); /* added to its REGISTER requests */
    SIPUA_PAD_PTR(pad_headers)
    uint32_t header_count;
    int32_t reserved;
    const char *transport SIPUA_SINCE(0, 2); /* "udp", "tcp", "tls", "ws" or "wss": to servers and proxies whose URI names
                              none. Default: as DNS says (RFC 3263), else udp; a "sips:" address always means TLS */
    const char *const *outbound_proxies SIPUA_LEN(outbound_proxy_count) SIPUA_SINCE(0, 2); /* further ones, tried in this order
                              when those before cannot be reached */
    const char *contact_params SIPUA_SINCE(0, 2); /* parameters of the Contact's URI, such as for push (RFC 8599):
                              "pn-provider=acme;pn-prid=x", without the first ';'. Default: none */
    const char *contact_features SIPUA_SINCE(0, 2); /* parameters of the Contact itself (RFC 3840): "audio;+sip.ice". Default:
                              none */
    const char *contact_user SIPUA_SINCE(0, 2); /* user part of the Contact. Calls for it are taken from anywhere: let nobody
                              guess it. Default: made up */
    const char *ha1 SIPUA_SINCE(0, 2); /* instead of a password: the hash of "auth_user:realm:password" in hex, "MD5:HEX",
                              "SHA-256:HEX" or "SHA-512-256:HEX", good for that algorithm alone; several with commas between.
                              Without a name 32 digits are MD5, 64 SHA-256. Default: none */
    const char *bearer_token SIPUA_SINCE(0, 2); /* for servers that ask for Bearer (RFC 8898); it goes out over TLS and WSS
                              only. Where tokens are to be had stands in the text of SIPUA_EVENT_REGISTRATION_FAILED when the
                              server says so (authz_server). Default: none */
    const sipua_pair *ws_headers SIPUA_LEN(ws_header_count) SIPUA_SINCE(0, 2); /* of the request that opens a WebSocket: Cookie,
                              Origin, Authorization */
    uint32_t outbound_proxy_count SIPUA_SINCE(0, 2);
    uint32_t ws_header_count SIPUA_SINCE(0, 2);
    int32_t flows SIPUA_SINCE(0, 2);          /* 1, or 2: registered over two servers or proxies at once (RFC 5626). Default 1 */
    sipua_switch outbound SIPUA_SINCE(0, 2);  /* on: registers with reg-id and instance (RFC 5626), so that a new connection
                              replaces the lost one. Default on */
    sipua_switch sticky SIPUA_SINCE(0, 2);    /* on: requests go to the server that took the registration. Default on */
    sipua_switch contact_rewrite SIPUA_SINCE(0, 2); /* on: the Contact has the public address that the server sees. Default on */
    sipua_switch gruu SIPUA_SINCE(0, 2);      /* a URI of this very device (RFC 5627). Default: asked for, told in
                              SIPUA_EVENT_REGISTERED, requests to it are taken. On: it also stands in the Contact of calls,
                              for domains whose proxies route requests inside calls by it. Off: not asked for */
    sipua_switch preload_route SIPUA_SINCE(0, 2); /* on: a WebSocket server given by URL stands in a Route header too. Default
                              off */
    const char *tls_ca SIPUA_SINCE(0, 2);     /* this and the rest: as in sipua_agent_config. Default: the agent's */
    const char *tls_cert SIPUA_SINCE(0, 2);
    const char *tls_key SIPUA_SINCE(0, 2);
    const char *tls_key_password SIPUA_SINCE(0, 2);
    const char *const *tls_pins SIPUA_LEN(tls_pin_count) SIPUA_SINCE(0, 2);
    SIPUA_PAD_PTR(pad_tls_pins)
    uint32_t tls_pin_count SIPUA_SINCE(0, 2);
    sipua_switch tls_verify SIPUA_SINCE(0, 2);
} sipua_account_config;

/* Makes an account. It sends nothing; sipua_account_register() does. Files that are not there or hold no PEM fail at once
 * (SIPUA_E_NOT_FOUND, SIPUA_E_PERMISSION, SIPUA_E_FORMAT); a key that is not its certificate's ends it
 * by SIPUA_EVENT_ACCOUNT_CLOSED, with SIPUA_E_INVALID in the reply. */
SIPUA_API int32_t sipua_account_create(sipua_agent *agent, const sipua_account_config *config, uint64_t tag,
                                       sipua_id *account SIPUA_OUT);
/* Registers now and keeps the registration fresh: SIPUA_EVENT_REGISTERED or SIPUA_EVENT_REGISTRATION_FAILED, later
 * refreshed by the expiry that the server granted. Registered already: refreshes at once. Many accounts at once wait for
 * their turn (option register_in_flight). */
SIPUA_API int32_t sipua_account_register(sipua_agent *agent, sipua_id account, uint64_t tag);
/* Removes the registration; all: of every device of this AOR ("Contact: *"). SIPUA_EVENT_UNREGISTERED follows. */
SIPUA_API int32_t sipua_account_unregister(sipua_agent *agent, sipua_id account, sipua_switch all, uint64_t tag);
/* Changes the bearer token, for what is sent from now on; NULL or "": none. It sends nothing by itself. */
SIPUA_API int32_t sipua_account_set_token(sipua_agent *agent, sipua_id account, const char *token SIPUA_NULLABLE,
                                          uint64_t tag) SIPUA_SINCE(0, 2);
/* Unregisters if need be, ends its calls and closes it: SIPUA_EVENT_ACCOUNT_CLOSED. */
SIPUA_API int32_t sipua_account_close(sipua_agent *agent, sipua_id account, uint64_t tag);

/* ---------------------------------------------------------------------------------------------------------------
 * Calls
 */

/* What carries a call's audio. */
typedef int32_t sipua_media;
enum {
    SIPUA_MEDIA_DEFAULT = 0, /* the account's default, else RTP */
    SIPUA_MEDIA_RTP = 1,
    SIPUA_MEDIA_NONE = 2 /* signalling only: the program brings its own SDP and media */
};

typedef struct sipua_call_config {
    uint32_t struct_size;
    sipua_media media;
    uint64_t user;      /* comes back in every event of the call */
    const char *target; /* a URI, "user@host", or a user or number completed with the account's domain. Required without
                         a transfer, which names it */
    const char *from;   /* a URI to call from, without an account. Default: made up */
    int32_t timeout_ms; /* how long to wait for the answer; then CANCEL and cause "No Answer". Default 180000; -1: as long
                         as it rings */
    int32_t rate;       /* samples per second of sipua_audio_read(): 8000, 16000, 24000, 48000. Default 16000 */
    const char *const *codecs SIPUA_LEN(codec_count); /* default: the account's */
    const sipua_pair *headers SIPUA_LEN(header_count); /* added to the INVITE */
    uint32_t codec_count;
    uint32_t header_count;
    const char *body SIPUA_LEN(body_size); /* with SIPUA_MEDIA_NONE: the SDP offer; none: the peer offers. Else it is not sent */
    SIPUA_PAD_PTR(pad_body)
    uint32_t body_size;
    int32_t reserved;
    const char *replaces SIPUA_SINCE(0, 2); /* "CALL-ID;to-tag=X;from-tag=Y", with ";early-only" behind it if need be: this call
                              takes the place of that one at the called party (RFC 3891). The tags as the called party sees
                              that dialog: to-tag is its own, from-tag its peer's. Default: none */
    const char *join SIPUA_SINCE(0, 2);      /* the same form: joins that call (RFC 3911). Default: none */
    const char *from_name SIPUA_SINCE(0, 2); /* display name. Default: the account's */
    const char *asserted_identity SIPUA_SINCE(0, 2);  /* URI of P-Asserted-Identity, towards a trunk that trusts us (RFC 3325) */
    const char *preferred_identity SIPUA_SINCE(0, 2); /* URI of P-Preferred-Identity */
    const char *privacy SIPUA_SINCE(0, 2);   /* value of Privacy: "id", "user;header" (RFC 3323) */
    sipua_switch anonymous SIPUA_SINCE(0, 2); /* on: From is anonymous, with Privacy: id, and the account's address of record
                              stands in P-Preferred-Identity. Default off */
    int32_t max_redirects SIPUA_SINCE(0, 2); /* so many 3xx are followed, 1-100. Default: none, the call ends with cause Redirected */
} sipua_call_config;

/* Calls somebody. account 0: a direct call without an account. Events: CALL_SENDING, CALL_PROGRESS, MEDIA_READY,
 * CALL_ACCEPTED, CALL_CONFIRMED, and at last CALL_ENDED whatever happens. Fails at once with SIPUA_E_URI,
 * SIPUA_E_HEADER, SIPUA_E_FORMAT (codec), SIPUA_E_LIMIT (max_calls, descriptors). */
SIPUA_API int32_t sipua_call_create(sipua_agent *agent, sipua_id account, const sipua_call_config *config,
                                    uint64_t tag, sipua_id *call SIPUA_OUT);

/* How an incoming call is answered, in part or for good. */
typedef struct sipua_reply {
    uint32_t struct_size;
    int32_t status;     /* ring: 180 (default) or 183, any 101-199; reject: 300-699, default 486; accept: 200 */
    const char *reason; /* reason phrase. Default: the standard one */
    const sipua_pair *headers SIPUA_LEN(header_count); /* Contact among them only with 300-399: where else to call */
    uint32_t header_count;
    int32_t rate;       /* answer: samples per second of sipua_audio_read(). Default 16000 */
    sipua_switch early_media; /* ring: on sends our SDP and starts the audio before the answer. Default off */
    sipua_media media;  /* answer: SIPUA_MEDIA_NONE takes the SDP from body */
    uint64_t user;      /* ring, answer: from now on in the call's events; 0 leaves it as it is */
    const char *content_type; /* of body. Default application/sdp for calls, text/plain for messages */
    const char *body SIPUA_LEN(body_size);
    uint32_t body_size;
    int32_t reserved;
    int32_t q850 SIPUA_SINCE(0, 2); /* hangup, reject: cause of Q.850, 1-127, in a Reason header. Default: none */
    int32_t reserved2 SIPUA_SINCE(0, 2);
} sipua_reply;

/* 180 Ringing, or as reply says. The decision's deadline becomes the call's no-answer timeout. */
SIPUA_API int32_t sipua_call_ring(sipua_agent *agent, sipua_id call, const sipua_reply *reply SIPUA_NULLABLE,
                                  uint64_t tag);
/* 200 OK. SIPUA_EVENT_CALL_ACCEPTED follows, and SIPUA_EVENT_CALL_CONFIRMED when the caller's ACK has come. */
SIPUA_API int32_t sipua_call_answer(sipua_agent *agent, sipua_id call, const sipua_reply *reply SIPUA_NULLABLE,
                                    uint64_t tag);
/* Refuses an incoming call that has not been answered. SIPUA_EVENT_CALL_ENDED follows. */
SIPUA_API int32_t sipua_call_reject(sipua_agent *agent, sipua_id call, const sipua_reply *reply SIPUA_NULLABLE,
                                    uint64_t tag);
/* Ends a call in whatever state: CANCEL, a refusal (480) or BYE; with an answer and a hang-up crossing, ACK and BYE.
 * headers are added to the BYE, CANCEL or refusal; reply->status 0 and reply->reason may fill a Reason header. A body goes
 * into a BYE only; say its content_type.
 * SIPUA_EVENT_CALL_ENDED follows. Never refused for lack of room. */
SIPUA_API int32_t sipua_call_hangup(sipua_agent *agent, sipua_id call, const sipua_reply *reply SIPUA_NULLABLE,
                                    uint64_t tag);
/* Changes the number that the call's events carry as `user`. */
SIPUA_API int32_t sipua_call_set_user(sipua_agent *agent, sipua_id call, uint64_t user, uint64_t tag);
/* Sends digits, after those still being sent, as RFC 4733 events or INFO (option dtmf_method). digits: 0-9 * # A-D, and ','
 * for a pause of 2 s. duration_ms 40-6000, default 100; gap_ms at least 50, default 70. SIPUA_EVENT_DTMF_SENT when the last
 * has left. SIPUA_E_UNSUPPORTED, in the reply, when the peer takes none of the way that the option wants. */
SIPUA_API int32_t sipua_call_dtmf(sipua_agent *agent, sipua_id call, const char *digits, int32_t duration_ms,
                                  int32_t gap_ms, uint64_t tag);

/* Plays a WAV file to the peer: 8 to 32 bit PCM, float, A-law or u-law, any rate, stereo mixed down. It waits its
 * turn behind what is queued. SIPUA_E_NOT_FOUND, SIPUA_E_FORMAT at once. SIPUA_EVENT_PLAY_DONE of the player. */
SIPUA_API int32_t sipua_call_play(sipua_agent *agent, sipua_id call, const char *path, sipua_switch loop, uint64_t user,
                                  uint64_t tag, sipua_id *player SIPUA_OUT);
SIPUA_API int32_t sipua_player_stop(sipua_agent *agent, sipua_id player, uint64_t tag);

/* What is recorded. */
typedef int32_t sipua_record_side;
enum {
    SIPUA_RECORD_FAR = 0,   /* what the peer says, mono */
    SIPUA_RECORD_NEAR = 1,  /* what we send, mono */
    SIPUA_RECORD_STEREO = 2 /* near left, far right */
};
/* Records into a new 16-bit WAV file, at the call's rate; any number at a time, each into a file of its own.
 * SIPUA_E_IO, SIPUA_E_PERMISSION at once; SIPUA_E_IN_USE, in the reply, when the call is being recorded into that file.
 * SIPUA_EVENT_RECORD_DONE when the file is complete, at the latest with the call's end. */
SIPUA_API int32_t sipua_call_record(sipua_agent *agent, sipua_id call, const char *path, sipua_record_side side,
                                    uint64_t user, uint64_t tag, sipua_id *recorder SIPUA_OUT);
SIPUA_API int32_t sipua_recorder_stop(sipua_agent *agent, sipua_id recorder, uint64_t tag);

/* Silences a call without signalling. sides: SIPUA_FLAG_SEND: the peer hears silence; SIPUA_FLAG_RECEIVE: we read silence;
 * or both. SIPUA_EVENT_CALL_MUTED or SIPUA_EVENT_CALL_UNMUTED tells what is muted now; where nothing changes there is none.
 * SIPUA_E_STATE, in the reply, with SIPUA_MEDIA_NONE. */
SIPUA_API int32_t sipua_call_mute(sipua_agent *agent, sipua_id call, sipua_event_flags sides, sipua_switch on,
                                  uint64_t tag) SIPUA_SINCE(0, 2);

/* Digits of the peer, however they come, until there are enough. */
typedef struct sipua_collect_config {
    uint32_t struct_size;
    int32_t max_digits;      /* 1-256. Default 1 */
    uint64_t user;
    const char *terminators; /* "#": any of these ends it and is not part of it. Default: none */
    SIPUA_PAD_PTR(pad_terminators)
    int32_t timeout_ms;      /* for the first digit, from now, or from the end of `player`. Default 10000; -1: none */
    int32_t between_ms;      /* for each further one, at least 1. Default 3000 */
    sipua_switch interrupt;  /* on: the first digit stops what plays and drops what is queued. Default on */
    int32_t reserved;
    sipua_id player;         /* the prompt, a player of this call that was begun before. 0, or one that has ended: none */
} sipua_collect_config;

/* Collects digits: SIPUA_EVENT_COLLECTED at the end. They come as SIPUA_EVENT_DTMF too. config NULL: one digit. One at a time:
 * SIPUA_E_BUSY, in the reply. */
SIPUA_API int32_t sipua_call_collect(sipua_agent *agent, sipua_id call, const sipua_collect_config *config SIPUA_NULLABLE,
                                     uint64_t tag, sipua_id *collector SIPUA_OUT) SIPUA_SINCE(0, 2);
SIPUA_API int32_t sipua_collector_stop(sipua_agent *agent, sipua_id collector, uint64_t tag) SIPUA_SINCE(0, 2);

/* ---------------------------------------------------------------------------------------------------------------
 * Changing a call
 */

/* By which request a change is sent. */
typedef int32_t sipua_change_method;
enum {
    SIPUA_CHANGE_AUTO SIPUA_SINCE(0, 2) = 0,   /* re-INVITE; UPDATE before the answer */
    SIPUA_CHANGE_INVITE SIPUA_SINCE(0, 2) = 1,
    SIPUA_CHANGE_UPDATE SIPUA_SINCE(0, 2) = 2  /* re-INVITE all the same when the peer knows no UPDATE */
};

typedef struct sipua_change {
    uint32_t struct_size;
    sipua_change_method method;
    sipua_switch hold;      /* on: holds the peer; off: goes on. Default: as it is */
    uint32_t codec_count;
    const char *const *codecs SIPUA_LEN(codec_count);  /* from now on these, in this order. Default: as they are */
    const sipua_pair *headers SIPUA_LEN(header_count); /* added to the request */
    uint32_t header_count;
    uint32_t body_size;
    const char *body SIPUA_LEN(body_size); /* with SIPUA_MEDIA_NONE: the SDP offer; none: the last one again, with the
                                              direction that `hold` asks for; and if there was none, the peer offers */
    SIPUA_PAD_PTR(pad_body)
} sipua_change;

/* Changes a call: SIPUA_EVENT_CALL_HELD, SIPUA_EVENT_CALL_RESUMED or SIPUA_EVENT_CALL_UPDATED with this tag, or
 * SIPUA_EVENT_CALL_CHANGE_FAILED; the call goes on in any case. One change after the other, in the order of the commands.
 * change NULL: everything is offered anew. SIPUA_E_STATE, in the reply, before the call is answered, but for an UPDATE where
 * the call has been made reliable so far (RFC 3262), and where a hold has no SDP of the program's to say it with;
 * SIPUA_E_INVALID there for codecs with SIPUA_MEDIA_NONE or a body without it; SIPUA_E_LIMIT when 32 changes wait. */
SIPUA_API int32_t sipua_call_change(sipua_agent *agent, sipua_id call, const sipua_change *change SIPUA_NULLABLE,
                                    uint64_t tag) SIPUA_SINCE(0, 2);
/* Answers a SIPUA_EVENT_CALL_CHANGE_REQUESTED. With SIPUA_MEDIA_NONE the SDP stands in reply->body; none: the last one again,
 * with its directions fitted. SIPUA_E_STATE, in the reply of this and the next, when no change waits for a decision. */
SIPUA_API int32_t sipua_call_accept_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply SIPUA_NULLABLE,
                                           uint64_t tag) SIPUA_SINCE(0, 2);
/* Refuses it, with 488 by default; the call is as it was. */
SIPUA_API int32_t sipua_call_reject_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply SIPUA_NULLABLE,
                                           uint64_t tag) SIPUA_SINCE(0, 2);

typedef struct sipua_request_config {
    uint32_t struct_size;
    int32_t timeout_ms;       /* default 32000 */
    uint64_t user;
    const char *method;       /* default "INFO"; any but those that the stack does itself (INVITE, ACK, BYE, CANCEL, UPDATE,
                                 PRACK, REFER, NOTIFY, SUBSCRIBE, REGISTER) */
    const char *content_type; /* of body. Default "text/plain;charset=utf-8" */
    const char *body SIPUA_LEN(body_size);
    const sipua_pair *headers SIPUA_LEN(header_count);
    uint32_t body_size;
    uint32_t header_count;
} sipua_request_config;

/* Sends a request inside a call, an INFO by default: SIPUA_EVENT_REQUEST_ANSWERED. In the reply: SIPUA_E_STATE when there is
 * no dialog with the peer yet (a callee must have rung), SIPUA_E_LIMIT when 16 have no answer. */
SIPUA_API int32_t sipua_call_request(sipua_agent *agent, sipua_id call, const sipua_request_config *config SIPUA_NULLABLE,
                                     uint64_t tag, sipua_id *request SIPUA_OUT) SIPUA_SINCE(0, 2);

/* ---------------------------------------------------------------------------------------------------------------
 * Transfer
 */

typedef struct sipua_transfer_config {
    uint32_t struct_size;
    int32_t timeout_ms;      /* how long to wait for the end of it. Default 90000 */
    uint64_t user;
    sipua_id consult;        /* attended: our other call, whose peer the first one's peer shall talk with. Its target and its
                                Replaces are taken from there */
    const char *target;      /* whom to call, as for calls. Required without consult */
    const char *recipient;   /* sipua_transfer_send() only: who shall call, as for calls. Required there */
    const char *referred_by; /* URI. Default: who we are; "": none */
    const sipua_pair *headers SIPUA_LEN(header_count); /* added to the REFER */
    uint32_t header_count;
    sipua_switch subscribe;  /* off: no progress is asked for (RFC 4488), and a 2xx to the REFER is the end. Default on */
    sipua_switch hangup;     /* on: the call, and consult, are hung up when the transfer has succeeded. Default on */
    int32_t reserved;
} sipua_transfer_config;

/* Has the peer of a call call somebody else (REFER): SIPUA_EVENT_TRANSFER_PROGRESS, then SIPUA_EVENT_TRANSFER_DONE when that
 * call has been answered or has failed. The call goes on until then, and after a failure (but for 481, 408
 * or silence as the answer to the REFER: they end it, RFC 3261 12.2.1.2). In the reply: SIPUA_E_STATE when the
 * call or consult is not answered yet, SIPUA_E_LIMIT when 8 transfers are under way in it. */
SIPUA_API int32_t sipua_call_transfer(sipua_agent *agent, sipua_id call, const sipua_transfer_config *config, uint64_t tag,
                                      sipua_id *transfer SIPUA_OUT) SIPUA_SINCE(0, 2);
/* The same outside a call: asks config->recipient. account 0: without an account. */
SIPUA_API int32_t sipua_transfer_send(sipua_agent *agent, sipua_id account, const sipua_transfer_config *config, uint64_t tag,
                                      sipua_id *transfer SIPUA_OUT) SIPUA_SINCE(0, 2);
/* Follows a SIPUA_EVENT_TRANSFER_REQUESTED: 202, calls the target and tells the other side how that goes.
 * SIPUA_EVENT_TRANSFER_DONE ends the transfer; the call in which it came goes on until somebody hangs up. config: as for
 * sipua_call_create(), but target and replaces come from the REFER and must not be set (SIPUA_E_INVALID), and a Join of the REFER
 * takes the place of config->join; NULL: defaults. SIPUA_E_STATE, in the reply of this and the next: it has been decided. */
SIPUA_API int32_t sipua_transfer_accept(sipua_agent *agent, sipua_id transfer, const sipua_call_config *config SIPUA_NULLABLE,
                                        uint64_t tag, sipua_id *call SIPUA_OUT) SIPUA_SINCE(0, 2);
/* Refuses it, with 603 by default. */
SIPUA_API int32_t sipua_transfer_reject(sipua_agent *agent, sipua_id transfer, const sipua_reply *reply SIPUA_NULLABLE,
                                        uint64_t tag) SIPUA_SINCE(0, 2);

/* ---------------------------------------------------------------------------------------------------------------
 * Conferences and bridges
 */

typedef struct sipua_conference_config {
    uint32_t struct_size;
    int32_t rate; /* of mixing, and of sipua_audio_read(): 8000, 16000, 24000, 48000. Default 16000 */
    uint64_t user;
} sipua_conference_config;

/* A conference mixes calls inside the library: everybody hears all others, and never himself. The program is one more
 * member: sipua_audio_ functions take a conference's id too, what it writes is heard by all, what it reads is the mix of all
 * calls. config NULL: all defaults. */
SIPUA_API int32_t sipua_conference_create(sipua_agent *agent, const sipua_conference_config *config SIPUA_NULLABLE,
                                          uint64_t tag, sipua_id *conference SIPUA_OUT) SIPUA_SINCE(0, 2);
/* A call may be added before it is answered; it leaves when it ends. SIPUA_EVENT_CONFERENCE_CHANGED. In the reply:
 * SIPUA_E_BUSY when it is in a conference or bridge already, SIPUA_E_STATE with SIPUA_MEDIA_NONE. */
SIPUA_API int32_t sipua_conference_add(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag) SIPUA_SINCE(0, 2);
/* The call goes on by itself. SIPUA_EVENT_CONFERENCE_CHANGED; SIPUA_E_STATE, in the reply: it is not in this conference. */
SIPUA_API int32_t sipua_conference_remove(sipua_agent *agent, sipua_id conference, sipua_id call,
                                          uint64_t tag) SIPUA_SINCE(0, 2);
/* Plays a WAV file to all; several at once are mixed. Otherwise as sipua_call_play(). */
SIPUA_API int32_t sipua_conference_play(sipua_agent *agent, sipua_id conference, const char *path, sipua_switch loop,
                                        uint64_t user, uint64_t tag, sipua_id *player SIPUA_OUT) SIPUA_SINCE(0, 2);
/* Records all that is said and played, mono. Otherwise as sipua_call_record(). */
SIPUA_API int32_t sipua_conference_record(sipua_agent *agent, sipua_id conference, const char *path, uint64_t user,
                                          uint64_t tag, sipua_id *recorder SIPUA_OUT) SIPUA_SINCE(0, 2);
/* Ends it: SIPUA_EVENT_CONFERENCE_ENDED. Its calls go on by themselves; hangup on: they are hung up. */
SIPUA_API int32_t sipua_conference_end(sipua_agent *agent, sipua_id conference, sipua_switch hangup,
                                       uint64_t tag) SIPUA_SINCE(0, 2);

/* What passes from one call of a bridge to the other. */
typedef struct sipua_bridge_config {
    uint32_t struct_size;
    sipua_switch dtmf;       /* digits. Default on */
    sipua_switch hold;       /* holding and going on. Default on */
    sipua_switch hangup;     /* on: the end of one call ends the other. Default on */
    sipua_switch transfer;   /* on: a REFER goes to the other side. Default off: it is a question to the program */
    sipua_switch signalling; /* on: a's ringing, answer and refusal follow b's. Default on */
    sipua_switch untouched;  /* on: packets pass as they are where both have a codec in common. Off: always through our codecs.
                                Default on */
    sipua_switch requests;   /* on: INFO that is no digit, MESSAGE and methods of your own go to the other side, and its answers
                                come back; they are no events then. Default on */
    uint64_t user;
} sipua_bridge_config;

/* Connects two calls. With an incoming call `a` that is not answered and a call `b` that is being placed this is a B2BUA: a
 * rings as b rings, is answered when b answers, and refused as b refuses. SIPUA_EVENT_BRIDGE_CHANGED, at last
 * SIPUA_EVENT_BRIDGE_ENDED. SIPUA_E_BUSY, in the reply: one of them is in a conference or bridge already; SIPUA_E_GONE there:
 * one has ended meanwhile, and the other is refused or hung up as config says; SIPUA_E_STATE there: one has SIPUA_MEDIA_NONE. config NULL: all
 * defaults. */
SIPUA_API int32_t sipua_bridge_create(sipua_agent *agent, sipua_id a, sipua_id b,
                                      const sipua_bridge_config *config SIPUA_NULLABLE, uint64_t tag,
                                      sipua_id *bridge SIPUA_OUT) SIPUA_SINCE(0, 2);
/* Takes them apart; both calls go on by themselves. */
SIPUA_API int32_t sipua_bridge_end(sipua_agent *agent, sipua_id bridge, uint64_t tag) SIPUA_SINCE(0, 2);

/* ---------------------------------------------------------------------------------------------------------------
 * Events of others and of ours: presence, waiting messages, busy lamps (RFC 6665, RFC 3903)
 */

typedef struct sipua_subscribe_config {
    uint32_t struct_size;
    int32_t expires;          /* seconds asked for, at most 604800 (a week). Default 3600; -1: ask once (Expires: 0) */
    uint64_t user;
    const char *target;       /* whose events, as for calls. Required */
    const char *from;         /* without an account */
    const char *event;        /* the package, with parameters: "presence", "dialog;id=7". Required */
    const char *accept;       /* content types with commas between. Default: those of the package */
    const char *content_type; /* of body; required with one */
    const char *body SIPUA_LEN(body_size);
    const sipua_pair *headers SIPUA_LEN(header_count);
    SIPUA_PAD_PTR(pad_headers)
    uint32_t body_size;
    uint32_t header_count;
} sipua_subscribe_config;

/* Subscribes, and keeps the subscription fresh: SIPUA_EVENT_SUBSCRIPTION_STATE, and SIPUA_EVENT_NOTIFY for each piece of
 * news. account 0: without an account. */
SIPUA_API int32_t sipua_subscription_create(sipua_agent *agent, sipua_id account, const sipua_subscribe_config *config,
                                            uint64_t tag, sipua_id *subscription SIPUA_OUT) SIPUA_SINCE(0, 2);
/* Asks again now. expires: seconds, at most 604800; 0: as before. SIPUA_E_STATE, in the reply: it is ending, or asked once. */
SIPUA_API int32_t sipua_subscription_refresh(sipua_agent *agent, sipua_id subscription, int32_t expires,
                                             uint64_t tag) SIPUA_SINCE(0, 2);
/* Unsubscribes; SIPUA_EVENT_SUBSCRIPTION_STATE with "terminated" is the last event. */
SIPUA_API int32_t sipua_subscription_end(sipua_agent *agent, sipua_id subscription, uint64_t tag) SIPUA_SINCE(0, 2);

/* What a subscriber is told. */
typedef struct sipua_notify_config {
    uint32_t struct_size;
    int32_t retry_after_s;    /* terminated: when to subscribe again. Default: not said */
    const char *state;        /* "active", "pending", "terminated", which ends it. Default: active when it is accepted, then as
                                 it was */
    const char *reason;       /* of terminated: "timeout", "noresource", "rejected", "deactivated", "probation", "giveup" */
    const char *content_type; /* of body; required with one */
    const char *body SIPUA_LEN(body_size); /* at most 60000 bytes. None: no body from now on; with "terminated": the last one */
    const sipua_pair *headers SIPUA_LEN(header_count);
    SIPUA_PAD_PTR(pad_headers)
    uint32_t body_size;
    uint32_t header_count;
    int32_t expires;          /* accept: at most so many seconds. Default: as asked, a week at most */
    int32_t reserved;
} sipua_notify_config;

/* Takes a SIPUA_EVENT_SUBSCRIBE_REQUESTED: 200 and the first NOTIFY. The last body is sent again whenever the subscriber
 * refreshes. user: the number of the notifier's events. config NULL: active, without a body. */
SIPUA_API int32_t sipua_notifier_accept(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config SIPUA_NULLABLE,
                                        uint64_t user, uint64_t tag) SIPUA_SINCE(0, 2);
/* Refuses it, with 403 by default. */
SIPUA_API int32_t sipua_notifier_reject(sipua_agent *agent, sipua_id notifier, const sipua_reply *reply SIPUA_NULLABLE,
                                        uint64_t tag) SIPUA_SINCE(0, 2);
/* Sends a NOTIFY. When several come faster than they are answered, the newest counts. SIPUA_E_STATE, in the reply: it is not
 * accepted yet, or has ended. */
SIPUA_API int32_t sipua_notifier_notify(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config,
                                        uint64_t tag) SIPUA_SINCE(0, 2);

typedef struct sipua_publish_config {
    uint32_t struct_size;
    int32_t expires;          /* seconds asked for, at most 604800 (a week). Default 3600 */
    uint64_t user;
    const char *target;       /* whose state. Default: the account's address of record */
    const char *event;        /* the package: "presence". Required */
    const char *content_type; /* of body; must be given */
    const char *body SIPUA_LEN(body_size); /* 1 to 60000 bytes; must be given */
    const sipua_pair *headers SIPUA_LEN(header_count);
    SIPUA_PAD_PTR(pad_headers)
    uint32_t body_size;
    uint32_t header_count;
} sipua_publish_config;

/* Publishes a state and keeps it fresh: SIPUA_EVENT_PUBLISH_STATE. account 0: without an account, then target is required. */
SIPUA_API int32_t sipua_publication_create(sipua_agent *agent, sipua_id account, const sipua_publish_config *config,
                                           uint64_t tag, sipua_id *publication SIPUA_OUT) SIPUA_SINCE(0, 2);
/* Replaces what is published; a body is required. content_type NULL: as before. SIPUA_E_STATE, in the reply: it is being
 * removed. */
SIPUA_API int32_t sipua_publication_update(sipua_agent *agent, sipua_id publication, const char *content_type SIPUA_NULLABLE,
                                           const char *body SIPUA_LEN(body_size), uint32_t body_size,
                                           uint64_t tag) SIPUA_SINCE(0, 2);
/* Takes it back; SIPUA_EVENT_PUBLISH_STATE with "removed" is the last event. */
SIPUA_API int32_t sipua_publication_end(sipua_agent *agent, sipua_id publication, uint64_t tag) SIPUA_SINCE(0, 2);

/* ---------------------------------------------------------------------------------------------------------------
 * Audio of a call, or of a conference: signed 16-bit mono samples in the machine's byte order. The library owns the RTP
 * clock: write as much as you have, read when you like.
 */

/* Queues samples to be sent, at a rate of 8000, 16000, 24000 or 48000; they are resampled as needed. segment: any
 * number that names this piece of audio in SIPUA_EVENT_FLUSHED. Waits up to timeout_ms for room (0: does not).
 * Returns the samples taken, fewer than given when the queue is full (max_queued_ms). Allowed from the call's
 * creation on; audio is sent once media flows. SIPUA_E_GONE once the call has ended. */
SIPUA_API int32_t sipua_audio_write(sipua_agent *agent, sipua_id call, const int16_t *pcm SIPUA_LEN(samples),
                                    uint32_t samples, int32_t rate, uint64_t segment, int32_t timeout_ms);

/* Bits of *flags of sipua_audio_read(). */
typedef uint32_t sipua_audio_flags;
enum {
    SIPUA_AUDIO_CONCEALED = 1, /* part of it was made up for lost packets */
    SIPUA_AUDIO_SILENCE = 2    /* nothing came: hold, a gap, or before media */
};

/* Takes received samples, a steady stream on the local clock at the call's rate. Waits up to timeout_ms until `samples`
 * are there (0: takes what there is; -1: for ever). Returns the samples read; SIPUA_E_EOF when the call has ended and
 * all has been read. flags may be NULL. */
SIPUA_API int32_t sipua_audio_read(sipua_agent *agent, sipua_id call, int16_t *pcm SIPUA_OUT SIPUA_LEN(samples),
                                   uint32_t samples, int32_t timeout_ms, sipua_audio_flags *flags SIPUA_OUT SIPUA_NULLABLE);
/* Changes the rate of sipua_audio_read(): 8000, 16000, 24000, 48000. What was not yet read is kept. */
SIPUA_API int32_t sipua_audio_set_rate(sipua_agent *agent, sipua_id call, int32_t rate);
/* Drops all that is queued, ordered with writes: what is written afterwards is sent. SIPUA_EVENT_FLUSHED tells which
 * segment was playing, how much of it the peer was sent and how much was dropped. */
SIPUA_API int32_t sipua_audio_flush(sipua_agent *agent, sipua_id call, uint64_t tag);
/* SIPUA_EVENT_MARK with this number comes when all that was written before has been sent, or was flushed. */
SIPUA_API int32_t sipua_audio_mark(sipua_agent *agent, sipua_id call, uint64_t mark);
/* Milliseconds of audio that wait to be sent. */
SIPUA_API int32_t sipua_audio_queued(sipua_agent *agent, sipua_id call);
/* Arms SIPUA_EVENT_AUDIO_READY for this call: when readable_ms or more can be read, or writable_ms or more can be
 * written (0: do not watch that side). At most one such event is pending per agent; reading or writing arms again. */
SIPUA_API int32_t sipua_audio_watch(sipua_agent *agent, sipua_id call, int32_t readable_ms, int32_t writable_ms);
/* The calls that are ready: writes up to `capacity` ids and returns how many there were; clears the pending event. */
SIPUA_API int32_t sipua_audio_ready(sipua_agent *agent, sipua_id *calls SIPUA_OUT SIPUA_LEN(capacity), uint32_t capacity);

/* ---------------------------------------------------------------------------------------------------------------
 * Messages and OPTIONS
 */

/* Which delivery notifications the sender of a message asks for (RFC 5438). */
typedef uint32_t sipua_disposition;
enum {
    SIPUA_DISPOSITION_DELIVERED SIPUA_SINCE(0, 2) = 1,
    SIPUA_DISPOSITION_DISPLAYED SIPUA_SINCE(0, 2) = 2,
    SIPUA_DISPOSITION_PROCESSED SIPUA_SINCE(0, 2) = 4
};

typedef struct sipua_message_config {
    uint32_t struct_size;
    int32_t timeout_ms;       /* default 32000 */
    uint64_t user;
    const char *target;       /* as for calls. Required outside calls */
    const char *from;         /* without an account */
    const char *content_type; /* default "text/plain;charset=utf-8" */
    const char *body SIPUA_LEN(body_size);
    uint32_t body_size;
    uint32_t header_count;
    const sipua_pair *headers SIPUA_LEN(header_count);
    SIPUA_PAD_PTR(pad_headers)
    sipua_id call SIPUA_SINCE(0, 2);           /* sends it inside this call; target, from and the account do not matter then */
    const char *message_id SIPUA_SINCE(0, 2);  /* as delivery notifications name it. Default: made up where it is needed */
    const char *report SIPUA_SINCE(0, 2);      /* "delivered", "displayed", "processed", "stored", "failed", "error" or
                              "forbidden": no message, but that one notification about the message that came as message_id */
    sipua_disposition disposition SIPUA_SINCE(0, 2); /* asks for notifications, and wraps the body into CPIM (RFC 3862) for
                              that. Default: none */
    sipua_switch composing SIPUA_SINCE(0, 2);  /* no message, but on: "is writing", off: "has stopped" (RFC 3994) */
    sipua_switch cpim SIPUA_SINCE(0, 2);       /* on: wraps the body into CPIM in any case. Default off */
    int32_t reserved SIPUA_SINCE(0, 2);
} sipua_message_config;

/* Sends a MESSAGE: SIPUA_EVENT_MESSAGE_DELIVERED or SIPUA_EVENT_MESSAGE_FAILED. account 0: without an account. What its
 * receiver does with it comes as SIPUA_EVENT_MESSAGE_DISPOSITION when config->disposition asked for that. */
SIPUA_API int32_t sipua_message_send(sipua_agent *agent, sipua_id account, const sipua_message_config *config,
                                     uint64_t tag, sipua_id *message SIPUA_OUT);
/* Answers a SIPUA_EVENT_MESSAGE, now or later within its deadline: 200, or a refusal (default 480). */
SIPUA_API int32_t sipua_message_accept(sipua_agent *agent, sipua_id message, const sipua_reply *reply SIPUA_NULLABLE,
                                       uint64_t tag);
SIPUA_API int32_t sipua_message_reject(sipua_agent *agent, sipua_id message, const sipua_reply *reply SIPUA_NULLABLE,
                                       uint64_t tag);
/* Asks a peer what it can do: SIPUA_EVENT_OPTIONS_ANSWERED. The config's body and content type are sent if given. */
SIPUA_API int32_t sipua_options_send(sipua_agent *agent, sipua_id account, const sipua_message_config *config,
                                     uint64_t tag, sipua_id *query SIPUA_OUT);

/* ---------------------------------------------------------------------------------------------------------------
 * Listeners and the embedded server
 */

typedef struct sipua_listener_config {
    uint32_t struct_size;
    sipua_switch open;     /* as in sipua_agent_config; default: as the agent */
    uint64_t user;
    sipua_id server;       /* the server that it belongs to; 0: the user agent itself */
    const char *address;   /* "udp:HOST:PORT", or tcp, tls, ws, wss. Required; port 0 is any */
    const char *advertise;
    const char *tls_cert SIPUA_SINCE(0, 2); /* of tls and wss: our certificate with its chain, PEM text or a file. Default: the
                              agent's; with neither, SIPUA_E_INVALID */
    const char *tls_key SIPUA_SINCE(0, 2);  /* PEM text or a file. Default: in tls_cert */
    const char *tls_key_password SIPUA_SINCE(0, 2);
    const char *tls_ca SIPUA_SINCE(0, 2);   /* who may sign the certificates of clients. Default: with tls_need_client the
                              agent's tls_ca, else none are asked for one */
    const char *const *origins SIPUA_LEN(origin_count) SIPUA_SINCE(0, 2); /* of ws and wss: from which pages browsers may come,
                              "https://phone.example.com"; "*": any. Others get 403; a client without Origin is not a browser.
                              Default: any */
    const char *ws_path SIPUA_SINCE(0, 2);  /* "/sip": other paths get 404. Default: any */
    uint32_t origin_count SIPUA_SINCE(0, 2);
    sipua_switch tls_need_client SIPUA_SINCE(0, 2); /* on: clients without a certificate of tls_ca are refused. Default off */
} sipua_listener_config;

/* Opens one more listener: SIPUA_EVENT_LISTENING with the real port. An address that cannot be read and a file that is not
 * there fail at once; an address that is taken or forbidden by SIPUA_EVENT_LISTENER_CLOSED with SIPUA_E_IN_USE or
 * SIPUA_E_PERMISSION, a key that is not its certificate's by the same with SIPUA_E_INVALID. */
SIPUA_API int32_t sipua_listener_create(sipua_agent *agent, const sipua_listener_config *config, uint64_t tag,
                                        sipua_id *listener SIPUA_OUT);
SIPUA_API int32_t sipua_listener_close(sipua_agent *agent, sipua_id listener, uint64_t tag);

/* What the server does with a request for a registered user. */
typedef int32_t sipua_server_mode;
enum {
    SIPUA_SERVER_PROXY = 0,   /* forwards it to all contacts at once, staying in the path */
    SIPUA_SERVER_REDIRECT = 1 /* answers 302 with the contacts */
};

/* A registrar and proxy for development, tests and demos. */
typedef struct sipua_server_config {
    uint32_t struct_size;
    sipua_server_mode mode;
    uint64_t user;
    const char *realm;      /* default: the host of its first listener; "localhost" at a wildcard address */
    const sipua_pair *users SIPUA_LEN(user_count); /* name and password */
    uint32_t user_count;
    int32_t min_expires;    /* seconds. Default 1 */
    int32_t max_expires;    /* seconds. Default 3600 */
    sipua_switch challenge_calls; /* on: INVITE and MESSAGE from its users need digest too. Default off */
    sipua_switch record_route;    /* default on */
    int32_t reserved;
} sipua_server_config;

/* Starts a server without listeners; open them with sipua_listener_create(). */
SIPUA_API int32_t sipua_server_create(sipua_agent *agent, const sipua_server_config *config, uint64_t tag,
                                      sipua_id *server SIPUA_OUT);
/* Adds a user or changes its password; password NULL removes it and its bindings. */
SIPUA_API int32_t sipua_server_set_user(sipua_agent *agent, sipua_id server, const char *name,
                                        const char *password SIPUA_NULLABLE, uint64_t tag);
SIPUA_API int32_t sipua_server_close(sipua_agent *agent, sipua_id server, uint64_t tag);

/* ---------------------------------------------------------------------------------------------------------------
 * Options: the long tail of settings, and what may change while running
 */

/* Sets an option of the agent (id 0) or of one object, from its text: numbers in decimal, switches as "on" and "off",
 * choices as one of their words. What an object has of its own counts, else its account's, else the agent's.
 * SIPUA_E_NOT_FOUND: no such option; SIPUA_E_INVALID: out of its range; SIPUA_E_KIND: not of this object. */
SIPUA_API int32_t sipua_option_set(sipua_agent *agent, sipua_id id, const char *key, const char *value, uint64_t tag);

/* One row of the table of options. */
typedef struct sipua_option_info {
    uint32_t struct_size;
    int32_t minimum;
    int32_t maximum;
    int32_t reserved;
    const char *key;
    const char *type;  /* "int", "switch", "string", "choice" */
    const char *scope; /* whose it is: the words "agent", "account", "call", with one space between */
    const char *default_value;
    const char *text;  /* what it does, with its unit */
    const char *since; /* "0.1" */
    const char *choices SIPUA_SINCE(0, 2); /* of a choice: the words that it may be, with one space between; else NULL */
    SIPUA_PAD_PTR(pad_choices)
} sipua_option_info;

SIPUA_API int32_t sipua_option_count(void);
/* The strings live for ever. Returns the size filled; SIPUA_E_NOT_FOUND past the end. */
SIPUA_API int32_t sipua_option_at(int32_t index, sipua_option_info *info SIPUA_INOUT);

/* ---------------------------------------------------------------------------------------------------------------
 * URIs, without an agent
 */

typedef struct sipua_uri {
    uint32_t struct_size;
    int32_t port;       /* 0: none */
    const char *scheme; /* "sip", "sips", "tel", in lower case */
    const char *user;   /* unescaped */
    const char *password;
    const char *host;       /* without brackets; the number of a tel: URI is in `user` */
    const char *parameters; /* "transport=tcp;lr", as written, without the first ';' */
    const char *headers;    /* "subject=x&priority=urgent", as written, without the '?' */
} sipua_uri;

/* Reads a URI (also inside <> and after a display name). Its strings are put into buffer. Returns the bytes of buffer
 * used; SIPUA_E_URI; SIPUA_E_FULL when buffer is too small (strlen(text) + 16 always suffices). */
SIPUA_API int32_t sipua_uri_parse(const char *text, sipua_uri *uri SIPUA_INOUT, char *buffer SIPUA_OUT SIPUA_LEN(capacity),
                                  uint32_t capacity);
/* Writes a URI, escaping what must be, with a NUL at the end. Returns the bytes without the NUL; SIPUA_E_FULL. */
SIPUA_API int32_t sipua_uri_write(const sipua_uri *uri, char *buffer SIPUA_OUT SIPUA_LEN(capacity), uint32_t capacity);

/* ---------------------------------------------------------------------------------------------------------------
 * Initialising structs: p is zeroed and its struct_size set to `size`, which is sizeof *p of the caller.
 */
#define SIPUA_AGENT_CONFIG_INIT {sizeof(sipua_agent_config)}
#define SIPUA_EVENT_VIEW_INIT {sizeof(sipua_event_view)}
#define SIPUA_CALL_STATS_INIT {sizeof(sipua_call_stats)}
#define SIPUA_AGENT_COUNTERS_INIT {sizeof(sipua_agent_counters)}
#define SIPUA_ACCOUNT_CONFIG_INIT {sizeof(sipua_account_config)}
#define SIPUA_CALL_CONFIG_INIT {sizeof(sipua_call_config)}
#define SIPUA_REPLY_INIT {sizeof(sipua_reply)}
#define SIPUA_MESSAGE_CONFIG_INIT {sizeof(sipua_message_config)}
#define SIPUA_LISTENER_CONFIG_INIT {sizeof(sipua_listener_config)}
#define SIPUA_SERVER_CONFIG_INIT {sizeof(sipua_server_config)}
#define SIPUA_OPTION_INFO_INIT {sizeof(sipua_option_info)}
#define SIPUA_URI_INIT {sizeof(sipua_uri)}
#define SIPUA_CHANGE_INIT {sizeof(sipua_change)}
#define SIPUA_REQUEST_CONFIG_INIT {sizeof(sipua_request_config)}
#define SIPUA_COLLECT_CONFIG_INIT {sizeof(sipua_collect_config)}
#define SIPUA_TRANSFER_CONFIG_INIT {sizeof(sipua_transfer_config)}
#define SIPUA_CONFERENCE_CONFIG_INIT {sizeof(sipua_conference_config)}
#define SIPUA_BRIDGE_CONFIG_INIT {sizeof(sipua_bridge_config)}
#define SIPUA_SUBSCRIBE_CONFIG_INIT {sizeof(sipua_subscribe_config)}
#define SIPUA_NOTIFY_CONFIG_INIT {sizeof(sipua_notify_config)}
#define SIPUA_PUBLISH_CONFIG_INIT {sizeof(sipua_publish_config)}
#define SIPUA_FIELD_INFO_INIT {sizeof(sipua_field_info)}

SIPUA_API void sipua_agent_config_init(sipua_agent_config *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_event_view_init(sipua_event_view *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_call_stats_init(sipua_call_stats *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_agent_counters_init(sipua_agent_counters *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_account_config_init(sipua_account_config *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_call_config_init(sipua_call_config *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_reply_init(sipua_reply *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_message_config_init(sipua_message_config *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_listener_config_init(sipua_listener_config *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_server_config_init(sipua_server_config *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_option_info_init(sipua_option_info *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_uri_init(sipua_uri *p SIPUA_OUT, uint32_t size);
SIPUA_API void sipua_change_init(sipua_change *p SIPUA_OUT, uint32_t size) SIPUA_SINCE(0, 2);
SIPUA_API void sipua_request_config_init(sipua_request_config *p SIPUA_OUT, uint32_t size) SIPUA_SINCE(0, 2);
SIPUA_API void sipua_collect_config_init(sipua_collect_config *p SIPUA_OUT, uint32_t size) SIPUA_SINCE(0, 2);
SIPUA_API void sipua_transfer_config_init(sipua_transfer_config *p SIPUA_OUT, uint32_t size) SIPUA_SINCE(0, 2);
SIPUA_API void sipua_conference_config_init(sipua_conference_config *p SIPUA_OUT, uint32_t size) SIPUA_SINCE(0, 2);
SIPUA_API void sipua_bridge_config_init(sipua_bridge_config *p SIPUA_OUT, uint32_t size) SIPUA_SINCE(0, 2);
SIPUA_API void sipua_subscribe_config_init(sipua_subscribe_config *p SIPUA_OUT, uint32_t size) SIPUA_SINCE(0, 2);
SIPUA_API void sipua_notify_config_init(sipua_notify_config *p SIPUA_OUT, uint32_t size) SIPUA_SINCE(0, 2);
SIPUA_API void sipua_publish_config_init(sipua_publish_config *p SIPUA_OUT, uint32_t size) SIPUA_SINCE(0, 2);
SIPUA_API void sipua_field_info_init(sipua_field_info *p SIPUA_OUT, uint32_t size) SIPUA_SINCE(0, 2);

#ifdef __cplusplus
}
#endif

#endif
