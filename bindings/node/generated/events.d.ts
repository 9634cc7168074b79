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
}

export class CallConfirmed extends SipuaEvent {
    readonly name: 'call_confirmed';
    readonly originator: Originator;
}

/** terminal; flag ESTABLISHED: the call had been answered */
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
    /** the call had been answered */
    get established(): boolean;
}

export class CallHeld extends SipuaEvent {
    readonly name: 'call_held';
    readonly originator: Originator;
}

export class CallResumed extends SipuaEvent {
    readonly name: 'call_resumed';
    readonly originator: Originator;
}

export class CallUpdated extends SipuaEvent {
    readonly name: 'call_updated';
    readonly originator: Originator;
    /** "opus", "PCMU" */
    readonly codec: string;
}

export class CallRedirected extends SipuaEvent {
    readonly name: 'call_redirected';
    /** SIP status, 0 without one */
    readonly status: number;
    /** the SIP reason phrase */
    readonly reason: string;
    /** URI, or a file's path */
    readonly target: string;
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

/** all digits of one sipua_call_dtmf() have left; code SIPUA_E_CANCELED: the call ended before */
export class DtmfSent extends SipuaEvent {
    readonly name: 'dtmf_sent';
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

export class MediaStalled extends SipuaEvent {
    readonly name: 'media_stalled';
    readonly durationMs: number;
}

export class MediaResumed extends SipuaEvent {
    readonly name: 'media_resumed';
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
    message: [Message];
    message_answered: [MessageAnswered];
    message_delivered: [MessageDelivered];
    message_failed: [MessageFailed];
    options: [Options];
    options_answered: [OptionsAnswered];
    media_ready: [MediaReady];
    media_stalled: [MediaStalled];
    media_resumed: [MediaResumed];
    mark: [Mark];
    flushed: [Flushed];
    audio_ready: [AudioReady];
    play_done: [PlayDone];
    record_done: [RecordDone];
    server_binding: [ServerBinding];
    server_closed: [ServerClosed];
    stats: [Stats];
    trace: [Trace];
    log: [Log];
    overflow: [Overflow];
    reply: [Reply];
    shutdown: [Shutdown];
    suspicious: [Suspicious];
}
