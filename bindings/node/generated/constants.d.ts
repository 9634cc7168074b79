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
    /** another call took its place (RFC 3891) */
    readonly REPLACED: 'Replaced';
    /** hung up because its transfer succeeded */
    readonly TRANSFERRED: 'Transferred';
    /** max_call_ms was over */
    readonly TIME_LIMIT: 'Time Limit';
    /** the peer let the session timer run out (RFC 4028) */
    readonly SESSION_EXPIRED: 'Session Expired';
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
    /** off: a MESSAGE gets 405, unless it tells of one of ours that was sent with a disposition. On: SIPUA_EVENT_MESSAGE waits for a decision */
    readonly MESSAGE: 2;
    /** off: what the peer changes in a call (re-INVITE or UPDATE with SDP) is taken as far as we can. On: SIPUA_EVENT_CALL_CHANGE_REQUESTED waits for a decision */
    readonly CHANGE: 3;
    /** off: a REFER gets 603, for following one makes a call at our cost. On: SIPUA_EVENT_TRANSFER_REQUESTED waits for a decision */
    readonly TRANSFER: 4;
    /** off: a SUBSCRIBE gets 489. On: SIPUA_EVENT_SUBSCRIBE_REQUESTED waits for a decision */
    readonly SUBSCRIBE: 5;
    /** off: an INVITE whose Replaces names one of our calls is answered at once: SIPUA_EVENT_CALL_REPLACED. On: it is a SIPUA_EVENT_INCOMING_CALL with `other`, and answering it ends the other */
    readonly REPLACE: 6;
    /** off: an INVITE with Join gets 488. On: it is a SIPUA_EVENT_INCOMING_CALL with `other` and flag JOIN; put both into a conference */
    readonly JOIN: 7;
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
    /** an OPTIONS of qualify_s was answered, or not; duration_ms: round trip; count: unanswered ones in a row */
    readonly PATH_QUALITY: 15;
    /** other: the call that it wants to replace, or (flag JOIN) to join; flags EARLY_ONLY, AUTO_ANSWER */
    readonly INCOMING_CALL: 20;
    readonly CALL_SENDING: 21;
    /** flag EARLY_MEDIA */
    readonly CALL_PROGRESS: 22;
    readonly CALL_ACCEPTED: 23;
    readonly CALL_CONFIRMED: 24;
    /** terminal; flag ESTABLISHED: the call had been answered; other: the call that replaced it */
    readonly CALL_ENDED: 25;
    /** this and the next two, when we brought it about: tag of our sipua_call_change() */
    readonly CALL_HELD: 26;
    readonly CALL_RESUMED: 27;
    /** body: with SIPUA_MEDIA_NONE the SDP of the peer, in the two above as well */
    readonly CALL_UPDATED: 28;
    /** flag FOLLOWED: target is being called now */
    readonly CALL_REDIRECTED: 29;
    readonly DTMF: 30;
    readonly INFO: 31;
    /** all digits of one sipua_call_dtmf() have left; code SIPUA_E_CANCELED: the call ended before; SIPUA_E_PROTOCOL: by INFO, refused with status */
    readonly DTMF_SENT: 32;
    /** signalling and media run over this address of ours now; code: why they could not be moved */
    readonly CALL_MOVED: 33;
    /** the peer wants the call changed; flags HOLD, RESUME, OFFERLESS */
    readonly CALL_CHANGE_REQUESTED: 34;
    /** local: what we wanted changed (tag: by which command) was refused; system: nobody decided in time on what the peer wanted (flag DEFAULT); remote: the peer took that back. The call is as it was */
    readonly CALL_CHANGE_FAILED: 35;
    /** flags SEND, RECEIVE: the sides that are muted now */
    readonly CALL_MUTED: 36;
    /** flags SEND, RECEIVE: those that still are */
    readonly CALL_UNMUTED: 37;
    /** id: a new call, answered already, in place of `other`, which ends; it has the `user` of the other */
    readonly CALL_REPLACED: 38;
    /** id: the request of sipua_call_request(); terminal */
    readonly REQUEST_ANSWERED: 39;
    /** flags WANTS_DELIVERED, WANTS_DISPLAYED; body: what a CPIM wrapper contains; from and to then are those of the wrapper, words of the sender: who sent it by SIP stands in the headers */
    readonly MESSAGE: 40;
    /** terminal of an incoming one; flag DEFAULT: it was not decided in time */
    readonly MESSAGE_ANSWERED: 41;
    /** terminal of an outgoing one */
    readonly MESSAGE_DELIVERED: 42;
    /** terminal of an outgoing one */
    readonly MESSAGE_FAILED: 43;
    /** no id; state "active" or "idle" (RFC 3994); expires: idle after so many seconds without news */
    readonly MESSAGE_COMPOSING: 44;
    /** no id; what became of the message that we sent as message_id (RFC 5438): state "delivered", "displayed", "processed", "stored", "failed", "forbidden", "error" */
    readonly MESSAGE_DISPOSITION: 45;
    readonly OPTIONS: 50;
    /** terminal; any final status; 408 or 503 with code and text when there was none */
    readonly OPTIONS_ANSWERED: 51;
    /** id: the notifier */
    readonly SUBSCRIBE_REQUESTED: 52;
    /** id: the subscription, or none where nobody had subscribed; state that of Subscription-State (with "terminated" SIPUA_FLAG_FINAL is set); sipua_event_document_at() reads the body */
    readonly NOTIFY: 53;
    /** id: the subscription or the notifier; state "pending", "active", "terminated" (terminal); flag REFRESH: only kept fresh; reason: that of Subscription-State, or of the refusal */
    readonly SUBSCRIPTION_STATE: 54;
    /** id: the publication; state "published" (flag REFRESH: only kept fresh), "failed" (retry_ms -1: until the next sipua_publication_update()), "removed" (terminal) */
    readonly PUBLISH_STATE: 55;
    /** id: the transfer; call: the one that it came in or names, or none; flag JOIN: `replaces` is the value of a Join: the new call joins that one */
    readonly TRANSFER_REQUESTED: 56;
    /** id: the transfer; what the new call is doing */
    readonly TRANSFER_PROGRESS: 57;
    /** id: the transfer; terminal; status 2xx: it succeeded */
    readonly TRANSFER_DONE: 58;
    /** audio can flow; flag EARLY_MEDIA */
    readonly MEDIA_READY: 60;
    /** no audio comes; flag EARLY_MEDIA: none came within a second of the peer's promise, so that the program should let the caller hear ringing */
    readonly MEDIA_STALLED: 61;
    /** audio comes again; flag EARLY_MEDIA: what the stall had said */
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
    /** terminal of a collector; state "full", "terminator", "timeout", "ended" (the call did), "stopped" */
    readonly COLLECTED: 68;
    /** other: the call; flag ADDED: it is in, else it left; count: the calls in it now */
    readonly CONFERENCE_CHANGED: 70;
    /** terminal */
    readonly CONFERENCE_ENDED: 71;
    /** state "waiting" (not both are answered), "untouched" (packets pass as they are), "transcoded", "held" */
    readonly BRIDGE_CHANGED: 72;
    /** terminal */
    readonly BRIDGE_ENDED: 73;
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
    /** no call is left since sipua_agent_drain() */
    readonly DRAINED: 97;
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
    /** stats: the last of this call; notify: the subscription, or this fork of it, ends with it */
    readonly FINAL: 32;
    /** redirected: target is being called now */
    readonly FOLLOWED: 64;
    /** the peer wants to hold us */
    readonly HOLD: 128;
    /** ... or to go on */
    readonly RESUME: 256;
    /** the peer wants our offer */
    readonly OFFERLESS: 512;
    /** what we send */
    readonly SEND: 1024;
    /** what we hear */
    readonly RECEIVE: 2048;
    /** the call wants to join `other` (RFC 3911), not to replace it */
    readonly JOIN: 4096;
    /** conference: the call is in */
    readonly ADDED: 8192;
    /** message: its sender wants to know when it has arrived */
    readonly WANTS_DELIVERED: 16384;
    /** ... and when it was shown */
    readonly WANTS_DISPLAYED: 32768;
    /** replaces the other only while that is not answered */
    readonly EARLY_ONLY: 65536;
    /** the caller asks for an answer without a hand: answer_after_s */
    readonly AUTO_ANSWER: 131072;
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

/** By which request a change is sent. */
export const ChangeMethod: {
    /** re-INVITE; UPDATE before the answer */
    readonly AUTO: 0;
    readonly INVITE: 1;
    /** re-INVITE all the same when the peer knows no UPDATE */
    readonly UPDATE: 2;
};
export type ChangeMethod = number;

/** Bits of *flags of sipua_audio_read(). */
export const AudioFlags: {
    /** part of it was made up for lost packets */
    readonly CONCEALED: 1;
    /** nothing came: hold, a gap, or before media */
    readonly SILENCE: 2;
};
export type AudioFlags = number;

/** Which delivery notifications the sender of a message asks for (RFC 5438). */
export const Disposition: {
    readonly DELIVERED: 1;
    readonly DISPLAYED: 2;
    readonly PROCESSED: 4;
};
export type Disposition = number;

/** What the server does with a request for a registered user. */
export const ServerMode: {
    /** forwards it to all contacts at once, staying in the path */
    readonly PROXY: 0;
    /** answers 302 with the contacts */
    readonly REDIRECT: 1;
};
export type ServerMode = number;
