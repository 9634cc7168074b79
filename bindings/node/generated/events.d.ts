// Written by abi/gen/generate from sipua.h. Do not edit.
import type { SipuaEvent } from '../index';
import type { Cause, Originator } from './constants';

/** Figures of a call's media. */
export interface CallStats {
    readonly ptimeMs: number;
    /** since the answer */
    readonly durationMs: number;
    readonly packetsSent: number;
    /** RTP payload */
    readonly bytesSent: number;
    readonly packetsReceived: number;
    readonly bytesReceived: number;
    /** expected and never come */
    readonly packetsLost: number;
    /** came after their time and were thrown away */
    readonly packetsLate: number;
    readonly packetsDuplicate: number;
    readonly packetsReordered: number;
    /** not RTP, from a stranger, or of an unknown payload type */
    readonly packetsInvalid: number;
    /** 20 ms frames made up for lost or late ones */
    readonly framesConcealed: number;
    /** silence sent because the app's queue ran dry */
    readonly underrunMs: number;
    /** received audio dropped because nobody read it */
    readonly overrunMs: number;
    /** what the peer says it did not get */
    readonly remotePacketsLost: number;
    /** RFC 3550 interarrival jitter of what we receive */
    readonly jitterUs: number;
    /** the same, as the peer reports it */
    readonly remoteJitterUs: number;
    /** round trip by RTCP; -1: not known */
    readonly rttUs: number;
    /** depth now */
    readonly jitterBufferMs: number;
    /** app audio waiting to be sent */
    readonly queuedMs: number;
    /** lives as long as the event */
    readonly codec: string;
    /** "192.0.2.7:40002", lives as long as the event */
    readonly remoteAddress: string;
}

/** Counters of the whole agent, since its creation unless `now`. */
export interface AgentStats {
    readonly callsNow: number;
    readonly callsTotal: number;
    readonly accountsNow: number;
    readonly transactionsNow: number;
    readonly connectionsNow: number;
    /** SIP messages of any kind */
    readonly messagesReceived: number;
    readonly messagesSent: number;
    /** sent by us */
    readonly retransmissions: number;
    /** answered with 400, or dropped */
    readonly malformed: number;
    /** requests for nobody here, dropped or refused */
    readonly refused: number;
    readonly eventsDropped: number;
}

export class Listening extends SipuaEvent {
    readonly name: 'listening';
    /** "udp", "tcp", "tls", "ws", "wss" */
    readonly transport: string;
    readonly host: string;
    readonly port: number;
}

/** terminal */
export class ListenerClosed extends SipuaEvent {
    readonly name: 'listener_closed';
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
}

export class TransportConnecting extends SipuaEvent {
    readonly name: 'transport_connecting';
    /** "udp", "tcp", "tls", "ws", "wss" */
    readonly transport: string;
    readonly host: string;
    readonly port: number;
}

/** usable: after the handshakes of TLS and WebSocket */
export class TransportConnected extends SipuaEvent {
    readonly name: 'transport_connected';
    /** "udp", "tcp", "tls", "ws", "wss" */
    readonly transport: string;
    readonly host: string;
    readonly port: number;
}

/** also one that never came up; with SIPUA_E_TLS check says which check failed */
export class TransportDisconnected extends SipuaEvent {
    readonly name: 'transport_disconnected';
    /** "udp", "tcp", "tls", "ws", "wss" */
    readonly transport: string;
    readonly host: string;
    readonly port: number;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    /** the check of TLS that failed: "expired", "not yet valid", "name mismatch", "unknown issuer", "self-signed", "revoked", "weak signature", "wrong key usage", "pin mismatch", "protocol version", "client certificate required", "not TLS", "handshake timeout", "other" */
    readonly check: string;
    /** for whom the certificate was made out, with ", " between */
    readonly names: string;
}

/** no id; local: the program said so; system: it was noticed */
export class NetworkChanged extends SipuaEvent {
    readonly name: 'network_changed';
    readonly originator: Originator;
    /** in words, for a person */
    readonly text: string;
}

/** flag REFRESH: not the first; transport, host and port: the way it took; local_host, local_port: our address in the Contact */
export class Registered extends SipuaEvent {
    readonly name: 'registered';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    /** seconds granted */
    readonly expires: number;
    readonly flags: number;
    /** "udp", "tcp", "tls", "ws", "wss" */
    readonly transport: string;
    readonly host: string;
    readonly port: number;
    /** an address of ours */
    readonly localHost: string;
    readonly localPort: number;
    /** URI that reaches this very device (RFC 5627) */
    readonly pubGruu: string;
    /** the same, without telling who we are */
    readonly tempGruu: string;
    /** registered: a refresh of a binding that was there */
    get refresh(): boolean;
}

/** a flow was lost or a refresh failed; the binding holds until its time is over */
export class RegistrationDegraded extends SipuaEvent {
    readonly name: 'registration_degraded';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly cause: Cause;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    /** when the stack tries again by itself; -1: it does not */
    readonly retryMs: number;
}

export class Unregistered extends SipuaEvent {
    readonly name: 'unregistered';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly cause: Cause;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
}

export class RegistrationFailed extends SipuaEvent {
    readonly name: 'registration_failed';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly cause: Cause;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    /** when the stack tries again by itself; -1: it does not */
    readonly retryMs: number;
}

/** terminal */
export class AccountClosed extends SipuaEvent {
    readonly name: 'account_closed';
}

/** an OPTIONS of qualify_s was answered, or not; duration_ms: round trip; count: unanswered ones in a row */
export class PathQuality extends SipuaEvent {
    readonly name: 'path_quality';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    readonly durationMs: number;
    readonly count: number;
}

/** other: the call that it wants to replace, or (flag JOIN) to join; flags EARLY_ONLY, AUTO_ANSWER */
export class IncomingCall extends SipuaEvent {
    readonly name: 'incoming_call';
    /** URI */
    readonly from: string;
    /** display name */
    readonly fromName: string;
    readonly to: string;
    readonly toName: string;
    /** URI, or a file's path */
    readonly target: string;
    /** how long a decision may take */
    readonly deadlineMs: number;
    /** what is answered when none comes */
    readonly defaultStatus: number;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
    /** another call that it is about */
    readonly other: number;
    readonly flags: number;
    /** URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it */
    readonly identity: string;
    readonly identityName: string;
    /** URI of who diverted the call last (Diversion, else History-Info) */
    readonly diversion: string;
    /** URI of who had us called, or wants us to call */
    readonly referredBy: string;
    /** "CALL-ID;to-tag=X;from-tag=Y", as sipua_call_config takes it */
    readonly replaces: string;
    /** "id;user" (RFC 3323) */
    readonly privacy: string;
    /** with flag AUTO_ANSWER */
    readonly answerAfterS: number;
    /** of a call: "CALL-ID;to-tag=OURS;from-tag=PEERS", what a Replaces that is sent to us says, and a dialog-info document. NULL before the peer has a tag */
    readonly dialog: string;
    /** the call wants to join `other` (RFC 3911), not to replace it */
    get join(): boolean;
    /** replaces the other only while that is not answered */
    get earlyOnly(): boolean;
    /** the caller asks for an answer without a hand: answer_after_s */
    get autoAnswer(): boolean;
}

export class CallSending extends SipuaEvent {
    readonly name: 'call_sending';
    /** URI */
    readonly from: string;
    readonly to: string;
    /** URI, or a file's path */
    readonly target: string;
}

/** flag EARLY_MEDIA */
export class CallProgress extends SipuaEvent {
    readonly name: 'call_progress';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly flags: number;
    readonly originator: Originator;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
    /** URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it */
    readonly identity: string;
    readonly identityName: string;
    /** of a call: "CALL-ID;to-tag=OURS;from-tag=PEERS", what a Replaces that is sent to us says, and a dialog-info document. NULL before the peer has a tag */
    readonly dialog: string;
    /** before the answer */
    get earlyMedia(): boolean;
}

export class CallAccepted extends SipuaEvent {
    readonly name: 'call_accepted';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly originator: Originator;
    /** URI */
    readonly from: string;
    readonly to: string;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
    /** URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it */
    readonly identity: string;
    readonly identityName: string;
    /** of a call: "CALL-ID;to-tag=OURS;from-tag=PEERS", what a Replaces that is sent to us says, and a dialog-info document. NULL before the peer has a tag */
    readonly dialog: string;
}

export class CallConfirmed extends SipuaEvent {
    readonly name: 'call_confirmed';
    readonly originator: Originator;
}

/** terminal; flag ESTABLISHED: the call had been answered; other: the call that replaced it */
export class CallEnded extends SipuaEvent {
    readonly name: 'call_ended';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly cause: Cause;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    /** Q.850 cause of a Reason header, 0 without one */
    readonly q850: number;
    readonly originator: Originator;
    readonly flags: number;
    readonly durationMs: number;
    /** another call that it is about */
    readonly other: number;
    /** the call had been answered */
    get established(): boolean;
}

/** this and the next two, when we brought it about: tag of our sipua_call_change() */
export class CallHeld extends SipuaEvent {
    readonly name: 'call_held';
    readonly originator: Originator;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
}

export class CallResumed extends SipuaEvent {
    readonly name: 'call_resumed';
    readonly originator: Originator;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
}

/** body: with SIPUA_MEDIA_NONE the SDP of the peer, in the two above as well */
export class CallUpdated extends SipuaEvent {
    readonly name: 'call_updated';
    readonly originator: Originator;
    /** "opus", "PCMU" */
    readonly codec: string;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
}

/** flag FOLLOWED: target is being called now */
export class CallRedirected extends SipuaEvent {
    readonly name: 'call_redirected';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    /** URI, or a file's path */
    readonly target: string;
    readonly flags: number;
    /** redirected: target is being called now */
    get followed(): boolean;
}

export class Dtmf extends SipuaEvent {
    readonly name: 'dtmf';
    /** the character: '0'-'9', '*', '#', 'A'-'D', 'F' for flash */
    readonly digit: string;
    readonly durationMs: number;
}

export class Info extends SipuaEvent {
    readonly name: 'info';
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
}

/** all digits of one sipua_call_dtmf() have left; code SIPUA_E_CANCELED: the call ended before; SIPUA_E_PROTOCOL: by INFO, refused with status */
export class DtmfSent extends SipuaEvent {
    readonly name: 'dtmf_sent';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
}

/** signalling and media run over this address of ours now; code: why they could not be moved */
export class CallMoved extends SipuaEvent {
    readonly name: 'call_moved';
    /** an address of ours */
    readonly localHost: string;
    readonly localPort: number;
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
}

/** the peer wants the call changed; flags HOLD, RESUME, OFFERLESS */
export class CallChangeRequested extends SipuaEvent {
    readonly name: 'call_change_requested';
    /** how long a decision may take */
    readonly deadlineMs: number;
    /** what is answered when none comes */
    readonly defaultStatus: number;
    readonly flags: number;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
    /** the peer wants to hold us */
    get hold(): boolean;
    /** ... or to go on */
    get resume(): boolean;
    /** the peer wants our offer */
    get offerless(): boolean;
}

/** local: what we wanted changed (tag: by which command) was refused; system: nobody decided in time on what the peer wanted (flag DEFAULT); remote: the peer took that back. The call is as it was */
export class CallChangeFailed extends SipuaEvent {
    readonly name: 'call_change_failed';
    readonly originator: Originator;
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly cause: Cause;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    readonly flags: number;
    /** no decision came in time: the default was taken */
    get byDefault(): boolean;
}

/** flags SEND, RECEIVE: the sides that are muted now */
export class CallMuted extends SipuaEvent {
    readonly name: 'call_muted';
    readonly flags: number;
    /** what we send */
    get send(): boolean;
    /** what we hear */
    get receive(): boolean;
}

/** flags SEND, RECEIVE: those that still are */
export class CallUnmuted extends SipuaEvent {
    readonly name: 'call_unmuted';
    readonly flags: number;
    /** what we send */
    get send(): boolean;
    /** what we hear */
    get receive(): boolean;
}

/** id: a new call, answered already, in place of `other`, which ends; it has the `user` of the other */
export class CallReplaced extends SipuaEvent {
    readonly name: 'call_replaced';
    /** another call that it is about */
    readonly other: number;
    /** URI */
    readonly from: string;
    /** display name */
    readonly fromName: string;
    readonly to: string;
    readonly toName: string;
    /** URI, or a file's path */
    readonly target: string;
    /** URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it */
    readonly identity: string;
    readonly identityName: string;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
    /** of a call: "CALL-ID;to-tag=OURS;from-tag=PEERS", what a Replaces that is sent to us says, and a dialog-info document. NULL before the peer has a tag */
    readonly dialog: string;
}

/** id: the request of sipua_call_request(); terminal */
export class RequestAnswered extends SipuaEvent {
    readonly name: 'request_answered';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly cause: Cause;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    readonly durationMs: number;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
}

/** flags WANTS_DELIVERED, WANTS_DISPLAYED; body: what a CPIM wrapper contains; from and to then are those of the wrapper, words of the sender: who sent it by SIP stands in the headers */
export class Message extends SipuaEvent {
    readonly name: 'message';
    /** URI */
    readonly from: string;
    /** display name */
    readonly fromName: string;
    readonly to: string;
    readonly toName: string;
    /** URI, or a file's path */
    readonly target: string;
    /** how long a decision may take */
    readonly deadlineMs: number;
    /** what is answered when none comes */
    readonly defaultStatus: number;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
    /** of a message, as delivery notifications name it */
    readonly messageId: string;
    readonly flags: number;
    /** message: its sender wants to know when it has arrived */
    get wantsDelivered(): boolean;
    /** ... and when it was shown */
    get wantsDisplayed(): boolean;
}

/** terminal of an incoming one; flag DEFAULT: it was not decided in time */
export class MessageAnswered extends SipuaEvent {
    readonly name: 'message_answered';
    /** SIP status, 0 without one */
    readonly status: number;
    readonly flags: number;
    /** no decision came in time: the default was taken */
    get byDefault(): boolean;
}

/** terminal of an outgoing one */
export class MessageDelivered extends SipuaEvent {
    readonly name: 'message_delivered';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    /** of a message, as delivery notifications name it */
    readonly messageId: string;
}

/** terminal of an outgoing one */
export class MessageFailed extends SipuaEvent {
    readonly name: 'message_failed';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly cause: Cause;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    /** of a message, as delivery notifications name it */
    readonly messageId: string;
}

/** no id; state "active" or "idle" (RFC 3994); expires: idle after so many seconds without news */
export class MessageComposing extends SipuaEvent {
    readonly name: 'message_composing';
    /** URI */
    readonly from: string;
    /** display name */
    readonly fromName: string;
    /** in one word, which stands beside the event's type */
    readonly state: string;
    /** seconds granted */
    readonly expires: number;
}

/** no id; what became of the message that we sent as message_id (RFC 5438): state "delivered", "displayed", "processed", "stored", "failed", "forbidden", "error" */
export class MessageDisposition extends SipuaEvent {
    readonly name: 'message_disposition';
    /** URI */
    readonly from: string;
    /** of a message, as delivery notifications name it */
    readonly messageId: string;
    /** in one word, which stands beside the event's type */
    readonly state: string;
    /** SIP status, 0 without one */
    readonly status: number;
}

export class Options extends SipuaEvent {
    readonly name: 'options';
    /** URI */
    readonly from: string;
    readonly to: string;
}

/** terminal; any final status; 408 or 503 with code and text when there was none */
export class OptionsAnswered extends SipuaEvent {
    readonly name: 'options_answered';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly cause: Cause;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    readonly durationMs: number;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
}

/** id: the notifier */
export class SubscribeRequested extends SipuaEvent {
    readonly name: 'subscribe_requested';
    /** URI */
    readonly from: string;
    /** display name */
    readonly fromName: string;
    readonly to: string;
    readonly toName: string;
    /** URI, or a file's path */
    readonly target: string;
    /** of events: "presence", "message-summary", "dialog" */
    readonly package: string;
    /** seconds granted */
    readonly expires: number;
    /** how long a decision may take */
    readonly deadlineMs: number;
    /** what is answered when none comes */
    readonly defaultStatus: number;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
}

/** id: the subscription, or none where nobody had subscribed; state that of Subscription-State (with "terminated" SIPUA_FLAG_FINAL is set); sipua_event_document_at() reads the body */
export class Notify extends SipuaEvent {
    readonly name: 'notify';
    /** URI */
    readonly from: string;
    /** of events: "presence", "message-summary", "dialog" */
    readonly package: string;
    /** in one word, which stands beside the event's type */
    readonly state: string;
    /** seconds granted */
    readonly expires: number;
    /** notify: which dialog of a forked subscription, from 0 */
    readonly fork: number;
    readonly flags: number;
    /** raw bytes */
    readonly body: Buffer;
    readonly contentType: string;
}

/** id: the subscription or the notifier; state "pending", "active", "terminated" (terminal); flag REFRESH: only kept fresh; reason: that of Subscription-State, or of the refusal */
export class SubscriptionState extends SipuaEvent {
    readonly name: 'subscription_state';
    /** of events: "presence", "message-summary", "dialog" */
    readonly package: string;
    /** in one word, which stands beside the event's type */
    readonly state: string;
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    /** seconds granted */
    readonly expires: number;
    /** when the stack tries again by itself; -1: it does not */
    readonly retryMs: number;
    readonly flags: number;
    /** registered: a refresh of a binding that was there */
    get refresh(): boolean;
}

/** id: the publication; state "published" (flag REFRESH: only kept fresh), "failed" (retry_ms -1: until the next sipua_publication_update()), "removed" (terminal) */
export class PublishState extends SipuaEvent {
    readonly name: 'publish_state';
    /** of events: "presence", "message-summary", "dialog" */
    readonly package: string;
    /** in one word, which stands beside the event's type */
    readonly state: string;
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly cause: Cause;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    /** seconds granted */
    readonly expires: number;
    /** when the stack tries again by itself; -1: it does not */
    readonly retryMs: number;
    readonly flags: number;
    /** registered: a refresh of a binding that was there */
    get refresh(): boolean;
}

/** id: the transfer; call: the one that it came in or names, or none; flag JOIN: `replaces` is the value of a Join: the new call joins that one */
export class TransferRequested extends SipuaEvent {
    readonly name: 'transfer_requested';
    /** URI, or a file's path */
    readonly target: string;
    /** URI */
    readonly from: string;
    /** display name */
    readonly fromName: string;
    /** URI of who had us called, or wants us to call */
    readonly referredBy: string;
    /** "CALL-ID;to-tag=X;from-tag=Y", as sipua_call_config takes it */
    readonly replaces: string;
    readonly flags: number;
    /** how long a decision may take */
    readonly deadlineMs: number;
    /** what is answered when none comes */
    readonly defaultStatus: number;
    /** the call wants to join `other` (RFC 3911), not to replace it */
    get join(): boolean;
}

/** id: the transfer; what the new call is doing */
export class TransferProgress extends SipuaEvent {
    readonly name: 'transfer_progress';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
}

/** id: the transfer; terminal; status 2xx: it succeeded */
export class TransferDone extends SipuaEvent {
    readonly name: 'transfer_done';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    readonly cause: Cause;
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
}

/** audio can flow; flag EARLY_MEDIA */
export class MediaReady extends SipuaEvent {
    readonly name: 'media_ready';
    /** "opus", "PCMU" */
    readonly codec: string;
    /** samples per second */
    readonly rate: number;
    readonly host: string;
    readonly port: number;
    readonly flags: number;
    /** before the answer */
    get earlyMedia(): boolean;
}

/** no audio comes; flag EARLY_MEDIA: none came within a second of the peer's promise, so that the program should let the caller hear ringing */
export class MediaStalled extends SipuaEvent {
    readonly name: 'media_stalled';
    readonly durationMs: number;
    readonly flags: number;
    /** before the answer */
    get earlyMedia(): boolean;
}

/** audio comes again; flag EARLY_MEDIA: what the stall had said */
export class MediaResumed extends SipuaEvent {
    readonly name: 'media_resumed';
    readonly flags: number;
    /** before the answer */
    get earlyMedia(): boolean;
}

/** flag FLUSHED: dropped before it was played */
export class Mark extends SipuaEvent {
    readonly name: 'mark';
    readonly mark: number | string;
    readonly flags: number;
    readonly playedMs: number;
    /** mark: dropped before it was played; player: stopped before its end */
    get flushed(): boolean;
}

export class Flushed extends SipuaEvent {
    readonly name: 'flushed';
    readonly segment: number | string;
    readonly playedMs: number;
    readonly discardedMs: number;
}

/** no id: ask sipua_audio_ready() */
export class AudioReady extends SipuaEvent {
    readonly name: 'audio_ready';
}

/** terminal of a player; flag FLUSHED */
export class PlayDone extends SipuaEvent {
    readonly name: 'play_done';
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    readonly durationMs: number;
    readonly flags: number;
    /** mark: dropped before it was played; player: stopped before its end */
    get flushed(): boolean;
}

/** terminal of a recorder; target: the file */
export class RecordDone extends SipuaEvent {
    readonly name: 'record_done';
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    readonly durationMs: number;
    /** URI, or a file's path */
    readonly target: string;
}

/** terminal of a collector; state "full", "terminator", "timeout", "ended" (the call did), "stopped" */
export class Collected extends SipuaEvent {
    readonly name: 'collected';
    /** collected */
    readonly digits: string;
    /** in one word, which stands beside the event's type */
    readonly state: string;
    readonly durationMs: number;
}

/** other: the call; flag ADDED: it is in, else it left; count: the calls in it now */
export class ConferenceChanged extends SipuaEvent {
    readonly name: 'conference_changed';
    /** another call that it is about */
    readonly other: number;
    readonly count: number;
    readonly flags: number;
    /** conference: the call is in */
    get added(): boolean;
}

/** terminal */
export class ConferenceEnded extends SipuaEvent {
    readonly name: 'conference_ended';
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    readonly durationMs: number;
}

/** state "waiting" (not both are answered), "untouched" (packets pass as they are), "transcoded", "held" */
export class BridgeChanged extends SipuaEvent {
    readonly name: 'bridge_changed';
    /** in one word, which stands beside the event's type */
    readonly state: string;
    /** "opus", "PCMU" */
    readonly codec: string;
}

/** terminal */
export class BridgeEnded extends SipuaEvent {
    readonly name: 'bridge_ended';
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
    readonly durationMs: number;
}

/** from: the user; target: its contact; expires 0: gone */
export class ServerBinding extends SipuaEvent {
    readonly name: 'server_binding';
    /** URI */
    readonly from: string;
    /** URI, or a file's path */
    readonly target: string;
    /** seconds granted */
    readonly expires: number;
}

/** terminal */
export class ServerClosed extends SipuaEvent {
    readonly name: 'server_closed';
}

/** id: the call, or none for the agent's own */
export class Stats extends SipuaEvent {
    readonly name: 'stats';
    readonly flags: number;
    /** The figures: of the call, or without one of the agent. */
    readonly figures: CallStats | AgentStats;
}

/** body: the SIP message, credentials redacted */
export class Trace extends SipuaEvent {
    readonly name: 'trace';
    readonly originator: Originator;
    /** "udp", "tcp", "tls", "ws", "wss" */
    readonly transport: string;
    readonly host: string;
    readonly port: number;
    /** raw bytes */
    readonly body: Buffer;
}

export class Log extends SipuaEvent {
    readonly name: 'log';
    /** sipua_log_level */
    readonly level: number;
    readonly module: string;
    /** in words, for a person */
    readonly text: string;
}

/** so many events that may be lost (log, trace, stats, digits) were dropped; text: of what kind, "log 12, digit 3" */
export class Overflow extends SipuaEvent {
    readonly name: 'overflow';
    readonly count: number;
    /** in words, for a person */
    readonly text: string;
}

export class Reply extends SipuaEvent {
    readonly name: 'reply';
    /** SIPUA_OK or SIPUA_E_ */
    readonly code: number;
    /** in words, for a person */
    readonly text: string;
}

/** the last of all */
export class Shutdown extends SipuaEvent {
    readonly name: 'shutdown';
}

/** requests for nobody here were dropped */
export class Suspicious extends SipuaEvent {
    readonly name: 'suspicious';
    readonly host: string;
    readonly port: number;
    readonly count: number;
    /** in words, for a person */
    readonly text: string;
}

/** no call is left since sipua_agent_drain() */
export class Drained extends SipuaEvent {
    readonly name: 'drained';
}

/** Every event by its name. */
export interface EventMap {
    listening: [Listening];
    listener_closed: [ListenerClosed];
    transport_connecting: [TransportConnecting];
    transport_connected: [TransportConnected];
    transport_disconnected: [TransportDisconnected];
    network_changed: [NetworkChanged];
    registered: [Registered];
    registration_degraded: [RegistrationDegraded];
    unregistered: [Unregistered];
    registration_failed: [RegistrationFailed];
    account_closed: [AccountClosed];
    path_quality: [PathQuality];
    incoming_call: [IncomingCall];
    call_sending: [CallSending];
    call_progress: [CallProgress];
    call_accepted: [CallAccepted];
    call_confirmed: [CallConfirmed];
    call_ended: [CallEnded];
    call_held: [CallHeld];
    call_resumed: [CallResumed];
    call_updated: [CallUpdated];
    call_redirected: [CallRedirected];
    dtmf: [Dtmf];
    info: [Info];
    dtmf_sent: [DtmfSent];
    call_moved: [CallMoved];
    call_change_requested: [CallChangeRequested];
    call_change_failed: [CallChangeFailed];
    call_muted: [CallMuted];
    call_unmuted: [CallUnmuted];
    call_replaced: [CallReplaced];
    request_answered: [RequestAnswered];
    message: [Message];
    message_answered: [MessageAnswered];
    message_delivered: [MessageDelivered];
    message_failed: [MessageFailed];
    message_composing: [MessageComposing];
    message_disposition: [MessageDisposition];
    options: [Options];
    options_answered: [OptionsAnswered];
    subscribe_requested: [SubscribeRequested];
    notify: [Notify];
    subscription_state: [SubscriptionState];
    publish_state: [PublishState];
    transfer_requested: [TransferRequested];
    transfer_progress: [TransferProgress];
    transfer_done: [TransferDone];
    media_ready: [MediaReady];
    media_stalled: [MediaStalled];
    media_resumed: [MediaResumed];
    mark: [Mark];
    flushed: [Flushed];
    audio_ready: [AudioReady];
    play_done: [PlayDone];
    record_done: [RecordDone];
    collected: [Collected];
    conference_changed: [ConferenceChanged];
    conference_ended: [ConferenceEnded];
    bridge_changed: [BridgeChanged];
    bridge_ended: [BridgeEnded];
    server_binding: [ServerBinding];
    server_closed: [ServerClosed];
    stats: [Stats];
    trace: [Trace];
    log: [Log];
    overflow: [Overflow];
    reply: [Reply];
    shutdown: [Shutdown];
    suspicious: [Suspicious];
    drained: [Drained];
}
