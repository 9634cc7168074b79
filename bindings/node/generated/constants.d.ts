// Written by abi/gen/generate from sipua.h. Do not edit.

/** What a function returns, and what an event's `code` says. */
export const ErrorCode: {
    readonly OK: 0;
    /** an argument is wrong */
    readonly INVALID: -1;
    /** memory ran out */
    readonly NOMEM: -2;
    /** the agent has been closed */
    readonly CLOSED: -3;
    /** the object has ended, or never was */
    readonly GONE: -4;
    /** the id belongs to an object of another kind */
    readonly KIND: -5;
    /** not possible at this point of the object's life */
    readonly STATE: -6;
    /** a struct whose size, padding or tail this library does not know */
    readonly VERSION: -7;
    /** the agent belongs to the parent process */
    readonly FORKED: -8;
    /** somebody else is doing this now */
    readonly BUSY: -9;
    /** a signal arrived, or sipua_poll_interrupt() was called */
    readonly INTERRUPTED: -10;
    /** given up before it was done */
    readonly CANCELED: -11;
    /** no answer in time */
    readonly TIMEOUT: -12;
    /** the call has ended and all its audio has been read */
    readonly EOF: -13;
    /** a queue is full: try again later */
    readonly FULL: -14;
    /** a configured limit is reached */
    readonly LIMIT: -15;
    /** this library cannot do that */
    readonly UNSUPPORTED: -16;
    /** not a usable URI */
    readonly URI: -17;
    /** not a usable header name or value: CR or LF in it, or the stack's own header */
    readonly HEADER: -18;
    /** not a usable address */
    readonly ADDRESS: -19;
    /** the address is taken */
    readonly IN_USE: -20;
    /** the operating system said no */
    readonly IO: -21;
    /** no such file, name or option */
    readonly NOT_FOUND: -22;
    /** a file or text in a form that cannot be read */
    readonly FORMAT: -23;
    /** the name could not be resolved */
    readonly DNS: -24;
    /** the connection failed or was lost */
    readonly TRANSPORT: -25;
    /** the peer broke the protocol */
    readonly PROTOCOL: -26;
    /** credentials are missing or were refused */
    readonly AUTH: -27;
    /** no media in common, or media could not be started */
    readonly MEDIA: -28;
    /** the operating system forbids it */
    readonly PERMISSION: -29;
    /** a defect in this library: please report it */
    readonly INTERNAL: -30;
    /** a certificate or key is unusable, or a TLS handshake failed */
    readonly TLS: -31;
};
export type ErrorCode = number;

/** Why a call, a registration or a request ended. */
export const Cause: {
    readonly NONE: '';
    /** hung up by BYE */
    readonly TERMINATED: 'Terminated';
    /** given up before the answer */
    readonly CANCELED: 'Canceled';
    /** 486, 600 */
    readonly BUSY: 'Busy';
    /** 403, 603, or refused by us */
    readonly REJECTED: 'Rejected';
    /** 300, 301, 302, 305, 380 */
    readonly REDIRECTED: 'Redirected';
    /** 480, 410, 408, 430 */
    readonly UNAVAILABLE: 'Unavailable';
    /** 404, 604 */
    readonly NOT_FOUND: 'Not Found';
    /** 484, 424 */
    readonly ADDRESS_INCOMPLETE: 'Address Incomplete';
    /** 488, 606 */
    readonly INCOMPATIBLE_SDP: 'Incompatible SDP';
    /** an answer never came */
    readonly MISSING_SDP: 'Missing SDP';
    /** SDP that cannot be used */
    readonly BAD_MEDIA: 'Bad Media Description';
    /** 401, 407 */
    readonly AUTHENTICATION: 'Authentication Error';
    /** nobody answered in the time given */
    readonly NO_ANSWER: 'No Answer';
    /** our 200 was never acknowledged */
    readonly NO_ACK: 'No ACK';
    /** the caller's Expires passed */
    readonly EXPIRES: 'Expires';
    /** 481 or 408 inside the call */
    readonly DIALOG_ERROR: 'Dialog Error';
    /** no response at all */
    readonly REQUEST_TIMEOUT: 'Request Timeout';
    /** transport or name resolution */
    readonly CONNECTION_ERROR: 'Connection Error';
    /** the media went silent for too long */
    readonly RTP_TIMEOUT: 'RTP Timeout';
    /** any other final response of 300 and up */
    readonly SIP_FAILURE_CODE: 'SIP Failure Code';
    /** ours, with the reason in words */
    readonly INTERNAL_ERROR: 'Internal Error';
    /** the program did not take its events */
    readonly OVERLOAD: 'Overload';
};
export type Cause = (typeof Cause)[keyof typeof Cause] | (string & {});

/** A switch: 0 default, 1 on, 2 off. */
export const Switch: {
    readonly DEFAULT: 0;
    readonly ON: 1;
    readonly OFF: 2;
};
export type Switch = number;

/** Who brought something about. */
export const Originator: {
    readonly NONE: '';
    readonly LOCAL: 'local';
    readonly REMOTE: 'remote';
    readonly SYSTEM: 'system';
};
export type Originator = (typeof Originator)[keyof typeof Originator] | (string & {});

/** How much the log says; each level includes those before it. */
export const LogLevel: {
    /** warnings */
    readonly DEFAULT: 0;
    readonly NONE: -1;
    readonly ERROR: 1;
    readonly WARNING: 2;
    readonly INFO: 3;
    readonly DEBUG: 4;
};
export type LogLevel = number;

/** Kinds of questions. What a peer wants is refused at once unless the program has said that it takes decisions. */
export const AskKind: {
    /** off: an INVITE gets 480. On: SIPUA_EVENT_INCOMING_CALL waits for a decision */
    readonly CALL: 1;
    /** off: a MESSAGE gets 405. On: SIPUA_EVENT_MESSAGE waits for a decision */
    readonly MESSAGE: 2;
};
export type AskKind = number;

/** What an event is about. Each comment says who is meant by `id`; account, call, user, tag and time are filled where they apply. */
export const EventType: {
    readonly LISTENING: 1;
    /** terminal */
    readonly LISTENER_CLOSED: 2;
    readonly TRANSPORT_CONNECTING: 3;
    /** usable: after the handshakes of TLS and WebSocket */
    readonly TRANSPORT_CONNECTED: 4;
    /** also one that never came up; with SIPUA_E_TLS check says which check failed */
    readonly TRANSPORT_DISCONNECTED: 5;
    /** no id; local: the program said so; system: it was noticed */
    readonly NETWORK_CHANGED: 6;
    /** flag REFRESH: not the first; transport, host and port: the way it took; local_host, local_port: our address in the Contact */
    readonly REGISTERED: 10;
    /** a flow was lost or a refresh failed; the binding holds until its time is over */
    readonly REGISTRATION_DEGRADED: 11;
    readonly UNREGISTERED: 12;
    readonly REGISTRATION_FAILED: 13;
    /** terminal */
    readonly ACCOUNT_CLOSED: 14;
    readonly INCOMING_CALL: 20;
    readonly CALL_SENDING: 21;
    /** flag EARLY_MEDIA */
    readonly CALL_PROGRESS: 22;
    readonly CALL_ACCEPTED: 23;
    readonly CALL_CONFIRMED: 24;
    /** terminal; flag ESTABLISHED: the call had been answered */
    readonly CALL_ENDED: 25;
    readonly CALL_HELD: 26;
    readonly CALL_RESUMED: 27;
    readonly CALL_UPDATED: 28;
    readonly CALL_REDIRECTED: 29;
    readonly DTMF: 30;
    readonly INFO: 31;
    /** all digits of one sipua_call_dtmf() have left; code SIPUA_E_CANCELED: the call ended before */
    readonly DTMF_SENT: 32;
    /** signalling and media run over this address of ours now; code: why they could not be moved */
    readonly CALL_MOVED: 33;
    readonly MESSAGE: 40;
    /** terminal of an incoming one; flag DEFAULT: it was not decided in time */
    readonly MESSAGE_ANSWERED: 41;
    /** terminal of an outgoing one */
    readonly MESSAGE_DELIVERED: 42;
    /** terminal of an outgoing one */
    readonly MESSAGE_FAILED: 43;
    readonly OPTIONS: 50;
    /** terminal; any final status; 408 or 503 with code and text when there was none */
    readonly OPTIONS_ANSWERED: 51;
    /** audio can flow; flag EARLY_MEDIA */
    readonly MEDIA_READY: 60;
    readonly MEDIA_STALLED: 61;
    readonly MEDIA_RESUMED: 62;
    /** flag FLUSHED: dropped before it was played */
    readonly MARK: 63;
    readonly FLUSHED: 64;
    /** no id: ask sipua_audio_ready() */
    readonly AUDIO_READY: 65;
    /** terminal of a player; flag FLUSHED */
    readonly PLAY_DONE: 66;
    /** terminal of a recorder; target: the file */
    readonly RECORD_DONE: 67;
    /** from: the user; target: its contact; expires 0: gone */
    readonly SERVER_BINDING: 80;
    /** terminal */
    readonly SERVER_CLOSED: 81;
    /** id: the call, or none for the agent's own */
    readonly STATS: 90;
    /** body: the SIP message, credentials redacted */
    readonly TRACE: 91;
    readonly LOG: 92;
    /** so many events that may be lost (log, trace, stats, digits) were dropped; text: of what kind, "log 12, digit 3" */
    readonly OVERFLOW: 93;
    readonly REPLY: 94;
    /** the last of all */
    readonly SHUTDOWN: 95;
    /** requests for nobody here were dropped */
    readonly SUSPICIOUS: 96;
};
export type EventType = number;

/** Bits of an event's `flags`. */
export const EventFlags: {
    /** registered: a refresh of a binding that was there */
    readonly REFRESH: 1;
    /** before the answer */
    readonly EARLY_MEDIA: 2;
    /** the call had been answered */
    readonly ESTABLISHED: 4;
    /** no decision came in time: the default was taken */
    readonly DEFAULT: 8;
    /** mark: dropped before it was played; player: stopped before its end */
    readonly FLUSHED: 16;
    /** stats: the last of this call */
    readonly FINAL: 32;
};
export type EventFlags = number;

/** What carries a call's audio. */
export const Media: {
    /** the account's default, else RTP */
    readonly DEFAULT: 0;
    readonly RTP: 1;
    /** signalling only: the program brings its own SDP and media */
    readonly NONE: 2;
};
export type Media = number;

/** What is recorded. */
export const RecordSide: {
    /** what the peer says, mono */
    readonly FAR: 0;
    /** what we send, mono */
    readonly NEAR: 1;
    /** near left, far right */
    readonly STEREO: 2;
};
export type RecordSide = number;

/** Bits of *flags of sipua_audio_read(). */
export const AudioFlags: {
    /** part of it was made up for lost packets */
    readonly CONCEALED: 1;
    /** nothing came: hold, a gap, or before media */
    readonly SILENCE: 2;
};
export type AudioFlags = number;

/** What the server does with a request for a registered user. */
export const ServerMode: {
    /** forwards it to all contacts at once, staying in the path */
    readonly PROXY: 0;
    /** answers 302 with the contacts */
    readonly REDIRECT: 1;
};
export type ServerMode = number;
