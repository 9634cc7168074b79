/// <reference types="node" />
import { EventEmitter } from 'node:events';
import * as documents from './generated/documents';
import * as events from './generated/events';
import type { AgentStats, CallStats, EventMap } from './generated/events';
import type { Cause } from './generated/constants';
import type {
    Audio, Bridge, BridgeOptions, ChangeRequest, Conference, Control, MessageOptions, Notifier, OptionsOptions, PublishOptions,
    Publication, Questions, SubscribeOptions, Subscription, Transfer, TransferOptions, TransferRequest, Worker,
} from './control';
import type { Document } from './generated/documents';

export * from './generated/constants';
export * from './generated/documents';
export * from './control';
export { documents, events };
export type { AgentStats, CallStats, EventMap };

/** "0.2.0": the version of the library inside. */
export const version: string;
/** What it can do: 'udp', 'tcp', 'opus' ... */
export const features: Set<string>;

// Errors ------------------------------------------------------------------------------------------------------------

/** What the library refused. A wrong type or range of an argument is a TypeError or RangeError instead, naming it. */
export class SipuaError extends Error {
    constructor(code: number, text: string);
    /** One of ErrorCode. */
    readonly code: number;
    /** "SIPUA_E_GONE" */
    readonly codeName: string;
    /** What was wrong, in words. */
    readonly text: string;
}

/** A peer refused, or could not be reached. */
export class SipError extends SipuaError {
    /** The response's status; 0 without one. */
    readonly status: number;
    readonly reason: string;
    /** The case in a word or two: 'Busy', 'No Answer', 'Not Found' ... */
    readonly cause: Cause;
    /** What said so. */
    readonly event: SipuaEvent;
}

/** The call ended before it came to what was waited for; `event` is its call_ended. */
export class CallEndedError extends SipError {
    readonly event: events.CallEnded;
}

/** A reader of events fell behind. It may go on reading. */
export class EventsLost extends SipuaError {
    readonly count: number;
}

// Events ------------------------------------------------------------------------------------------------------------

/** The headers of a SIP message. Names match in upper and lower case and in their compact form. */
export class Headers implements Iterable<[string, string]> {
    get(name: string): string | undefined;
    getAll(name: string): string[];
    has(name: string): boolean;
    readonly size: number;
    entries(): IterableIterator<[string, string]>;
    [Symbol.iterator](): IterableIterator<[string, string]>;
    toJSON(): [string, string][];
}

/** Something that happened. */
export class SipuaEvent {
    /** The same in every language: 'call_ended'. */
    readonly name: string;
    /** One of EventType. */
    readonly type: number;
    /** What it is about. */
    readonly id: number;
    readonly accountId: number;
    readonly callId: number;
    readonly user: number;
    readonly tag: number;
    /** Milliseconds since 1970. */
    readonly timeMs: number;
    readonly time: Date;
    /** The headers of the SIP message behind it; empty without one. */
    readonly headers: Headers;
    /** The whole SIP message behind it, credentials redacted; null without one. */
    readonly message: Buffer | null;
    /** What its body says, if it is a document that the library reads (Presence, DialogInfo ...); else null. */
    readonly document: Document | null;
    /** The event as one JSON text, in the form of all languages. */
    json(): string;
}

/** An event that this version of the package does not know. */
export class UnknownEvent extends SipuaEvent {
    /** All that it says, under the names of the C interface. */
    readonly view: Record<string, unknown>;
}

/** What `headers` takes; a value may be a list. */
export type HeadersIn = Record<string, string | string[]> | Iterable<readonly [string, string | string[]]>;

/** What a body may be; a document brings its content type along. */
export type BodyIn = string | Uint8Array | Document;

// The agent ---------------------------------------------------------------------------------------------------------

/** PEM as text or a Buffer, or the path of a file with it. */
export type Pem = string | Uint8Array;

/** Whom to trust, and what to show. */
export interface TlsOptions {
    /** Who may sign a server's certificate: PEM, a file, or a directory. Default: whom the system trusts, else Node's own. */
    tlsCa?: Pem;
    /** Our certificate with its chain: for tls: and wss: listeners, and for servers that ask. */
    tlsCert?: Pem;
    /** Its key. Default: in tlsCert. */
    tlsKey?: Pem;
    tlsKeyPassword?: string;
    /** "sha256/BASE64" of the server's public key: any other is refused. */
    tlsPins?: string[];
    /** false takes any certificate: for tests only. */
    tlsVerify?: boolean;
}

export interface AgentOptions extends TlsOptions {
    /** Numeric address of all sockets. Default "0.0.0.0". */
    bind?: string;
    /** What peers are told instead, for NAT and containers. */
    advertise?: string;
    /** Where to listen: "udp:HOST:PORT" or tcp, tls, ws, wss; port 0 is any. Default: both on `bind`, at one free port. */
    listen?: string[];
    /** Takes calls and messages from anybody for any user. */
    open?: boolean;
    userAgent?: string;
    /** In order of preference: 'opus', 'pcmu', 'pcma'. */
    codecs?: string[];
    /** The first and the last RTP port. */
    rtpPorts?: [number, number];
    /** Calls at one time; -1: no limit. Default 1000. */
    maxCalls?: number;
    /** One of LogLevel: how much is told by `log` events. Default: nothing. */
    logLevel?: number;
    /** Every SIP message is a `trace` event. */
    trace?: boolean;
    dnsServers?: string[];
    mediaWorkers?: number;
    queueEvents?: number;
    queueBytes?: number;
    /** Defaults of its accounts. */
    displayName?: string;
    authUser?: string;
    outboundProxy?: string | string[];
    /** Revoked certificates. */
    tlsCrl?: Pem;
    /** Default '1.2'. */
    tlsMinVersion?: '1.2' | '1.3';
    /** Numeric address of the sockets of media. Default: `bind`. */
    mediaBind?: string;
    /** Numeric address in SDP. Default: `advertise` if that is numeric. */
    mediaAdvertise?: string;
    /** "HOST" or "HOST:PORT": tells our public address. */
    stunServer?: string;
    /** false: the program says itself when the network changed, by networkChanged(). Default true. */
    watchNetwork?: boolean;
    /** What setOption() sets, from the start. */
    options?: Record<string, string | number | boolean>;
}

export interface AccountOptions extends TlsOptions {
    /** 'udp', 'tcp', 'tls', 'ws' or 'wss', where neither server nor proxy names one. Default: as DNS says. */
    transport?: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';
    /** Instead of a password: the hash of "user:realm:password", "MD5:HEX" or "SHA-256:HEX". */
    ha1?: string;
    /** For servers that ask for Bearer (RFC 8898). */
    bearerToken?: string;
    /** Of the request that opens a WebSocket: Cookie, Origin. */
    wsHeaders?: HeadersIn;
    /** 2: registered over two servers or proxies at once (RFC 5626). Default 1. */
    flows?: 1 | 2;
    /** false: registers without reg-id (RFC 5626). */
    outbound?: boolean;
    /** false: requests need not go to the server that took the registration. */
    sticky?: boolean;
    /** false: the Contact keeps to our own address. */
    contactRewrite?: boolean;
    /** false: asks for no GRUU (RFC 5627); true: it stands in the Contact of calls too. */
    gruu?: boolean;
    /** true: a WebSocket server given by URL stands in a Route header too. */
    preloadRoute?: boolean;
    /** Of the Contact's URI: "pn-provider=acme;pn-prid=x" (RFC 8599). */
    contactParams?: string;
    /** Of the Contact: "audio;+sip.ice" (RFC 3840). */
    contactFeatures?: string;
    /** User part of the Contact. Default: made up. */
    contactUser?: string;
    password?: string;
    /** User name for digest. Default: the user of the address. */
    authUser?: string;
    displayName?: string;
    /** The registrar: "sip:example.com;transport=tcp", or the URL of a WebSocket server, "wss://example.com/sip". Default:
     * the domain of the address. */
    server?: string;
    /** Where every request goes first, a URI or the URL of a WebSocket server; several are tried in order. */
    outboundProxy?: string | string[];
    advertise?: string;
    codecs?: string[];
    /** The stack answers calls by itself. */
    autoAnswer?: boolean;
    /** Further sources that may call: "192.0.2.0/24". */
    peers?: string[];
    /** "urn:uuid:...", kept over restarts. */
    instanceId?: string;
    /** Added to REGISTER. */
    headers?: HeadersIn;
    /** Seconds to ask for. Default 600. */
    expires?: number;
}

export interface CallOptions {
    /** Gives the call up: CANCEL, or ACK and BYE if the answer was faster. The promise is rejected with its reason. */
    signal?: AbortSignal;
    /** Added to the INVITE. */
    headers?: HeadersIn;
    /** How long to wait for the answer; then the cause is 'No Answer'. Default 180000. */
    timeoutMs?: number;
    /** Samples per second of what is heard: 8000, 16000, 24000 or 48000. Default 16000. */
    rate?: number;
    codecs?: string[];
    /** call() resolves as soon as audio flows, even before the answer. */
    earlyMedia?: boolean;
    /** One of Media. */
    media?: number;
    /** With Media.NONE: the offer. */
    sdp?: string;
    /** A URI to call from, without an account. */
    from?: string;
    /** "CALL-ID;to-tag=X;from-tag=Y" of the peer's call that this one takes the place of (RFC 3891). */
    replaces?: string;
    /** The same of a call that this one joins (RFC 3911). */
    join?: string;
    /** Display name to call with. */
    fromName?: string;
    /** URI for P-Asserted-Identity: for trunks. */
    assertedIdentity?: string;
    /** URI for P-Preferred-Identity. */
    preferredIdentity?: string;
    /** "id", "user;header" (RFC 3323). */
    privacy?: string;
    /** true: who we are is not told to the peer. */
    anonymous?: boolean;
    /** Follows so many 3xx. Default: none. */
    maxRedirects?: number;
}

export type AgentEvents = Omit<EventMap, 'incoming_call' | 'subscribe_requested' | 'reply' | keyof Questions> & Questions & {
    /** While nobody listens: 480. */
    incoming_call: [Call];
    /** Somebody subscribes to us. While nobody listens: 489. */
    subscribe_requested: [Notifier];
    error: [Error];
};

/** A SIP stack: registers, calls, takes calls, and messages. It holds the process open only while it is registered, takes
 * calls or messages, is in a call, or somebody waits for one of its promises. A listener that fails (throws, or rejects) for
 * an incoming call ends that call with 500 or BYE; the error is emitted as `error`, or written to the console. */
export class Agent extends EventEmitter<AgentEvents> implements AsyncDisposable {
    constructor(options?: AgentOptions);
    /** Where it listens so far. */
    readonly addresses: events.Listening[];
    /** Resolves to where it listens once all listeners are up. */
    listening(): Promise<events.Listening[]>;
    readonly closed: boolean;
    /** Registers with a server and resolves once that said 200; the registration is then kept fresh. */
    register(aor: string, options?: AccountOptions & { signal?: AbortSignal }): Promise<Account>;
    register(options: AccountOptions & { aor: string; signal?: AbortSignal }): Promise<Account>;
    /** Says that addresses or routes of this machine changed: flows are tried at once, registrations renewed, calls moved. */
    networkChanged(): Promise<void>;
    /** Reads all files of certificates, keys and trust again, for connections made from now on. */
    reloadTls(): Promise<void>;
    /** An account that is not registered. */
    account(aor: string, options?: AccountOptions): Account;
    account(options: AccountOptions & { aor: string }): Account;
    /** Calls directly, without an account, and resolves once answered. */
    call(target: string, options?: CallOptions): Promise<Call>;
    /** As call(), but returns at once. */
    dial(target: string, options?: Omit<CallOptions, 'signal' | 'earlyMedia'>): Call;
    message(target: string, body: BodyIn, options?: MessageOptions): Promise<events.MessageDelivered>;
    /** Tells somebody that a message to him is being written, or (false) no longer. */
    composing(target: string, active?: boolean): Promise<void>;
    options(target: string, options?: OptionsOptions): Promise<events.OptionsAnswered>;
    /** The calls that come in. One consumer at a time; while there is none, and no listener either, callers get 480.
     * replacing: those that are to replace one of ours come here too, with `call.other`, instead of being answered by the
     * stack; joining: so do those that want to join one. */
    calls(options?: { replacing?: boolean; joining?: boolean }): AsyncIterableIterator<Call>;
    /** The messages that come in; while nobody takes them, senders get 405. */
    messages(): AsyncIterableIterator<IncomingMessage>;
    /** The wishes of others that we call somebody (REFER); while nobody takes them, they get 603. */
    transfers(): AsyncIterableIterator<TransferRequest>;
    /** The changes of calls that peers want; while nobody takes them, the stack agrees to all that it can. */
    changes(): AsyncIterableIterator<ChangeRequest>;
    /** Those who subscribe to us; while nobody takes them, they get 489. */
    subscribers(): AsyncIterableIterator<Notifier>;
    /** A conference, to which `await conference.add(call)` adds calls. rate: of mixing, and of what the program hears. */
    conference(options?: { rate?: number }): Conference;
    /** Connects two calls. With an incoming call that is not answered and one that was just dialled, `a` rings as `b` rings,
     * is answered when `b` answers, and refused as `b` refuses. */
    bridge(a: Call, b: Call, options?: BridgeOptions): Bridge;
    /** Has somebody call somebody else, outside any call. */
    refer(recipient: string, target: string, options?: TransferOptions): Transfer;
    /** Subscribes to somebody's events without an account. */
    subscribe(target: string, event: string, options?: SubscribeOptions & { from?: string }): Subscription;
    /** Takes no more calls (503), and resolves when those that are up have ended; false: back to work. */
    drain(on?: boolean): Promise<void>;
    /** All events from now on. */
    events(): AsyncIterableIterator<SipuaEvent>;
    [Symbol.asyncIterator](): AsyncIterableIterator<SipuaEvent>;
    stats(): Promise<AgentStats>;
    /** Sets one of the library's options, of the agent or of one call or account. */
    setOption(key: string, value: string | number | boolean, of?: Call | Account): Promise<void>;
    /** Ends everything politely: calls get BYE, registrations are removed; waits for drainMs (2000) at most. */
    close(options?: { drainMs?: number }): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
    ref(): this;
    /** Never holds the process open. */
    unref(): this;
}

// Accounts ----------------------------------------------------------------------------------------------------------

export type AccountEvents = Pick<EventMap, 'registered' | 'registration_degraded' | 'registration_failed' | 'unregistered' |
    'account_closed' | 'path_quality'> & Questions & {
    incoming_call: [Call];
    subscribe_requested: [Notifier];
};

/** Who we are towards a server, registered or not. */
export class Account extends EventEmitter<AccountEvents> implements AsyncDisposable {
    private constructor();
    readonly id: number;
    readonly agent: Agent;
    readonly aor: string;
    readonly registered: boolean;
    /** The seconds that the server granted last. */
    readonly expires: number;
    /** The URI that reaches this very device (RFC 5627); '' where the server gave none. */
    readonly gruu: string;
    readonly closed: boolean;
    /** Changes the bearer token for what is sent from now on; null: none any more. */
    setToken(token: string | null): Promise<void>;
    register(options?: { signal?: AbortSignal }): Promise<events.Registered>;
    /** all: the registrations of every device of this address. */
    unregister(options?: { all?: boolean }): Promise<void>;
    /** target: a URI, user@host, or a user or number of this account's domain. */
    call(target: string, options?: CallOptions): Promise<Call>;
    dial(target: string, options?: Omit<CallOptions, 'signal' | 'earlyMedia'>): Call;
    message(target: string, body: BodyIn, options?: MessageOptions): Promise<events.MessageDelivered>;
    composing(target: string, active?: boolean): Promise<void>;
    options(target: string, options?: OptionsOptions): Promise<events.OptionsAnswered>;
    /** Has somebody call somebody else, outside any call. */
    refer(recipient: string, target: string, options?: TransferOptions): Transfer;
    /** Subscribes to somebody's events ('presence', 'dialog', 'message-summary' ...) and keeps that fresh. */
    subscribe(target: string, event: string, options?: SubscribeOptions): Subscription;
    /** Publishes a state of ours, resolves once it is there, and keeps it fresh. */
    publish(event: string, body: BodyIn, options?: PublishOptions): Promise<Publication>;
    events(): AsyncIterableIterator<SipuaEvent>;
    [Symbol.asyncIterator](): AsyncIterableIterator<SipuaEvent>;
    /** Unregisters if need be, ends its calls and closes it. */
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

/** A MESSAGE that waits for accept() or reject(), now or later within deadlineMs; silence refuses it. */
export class IncomingMessage {
    private constructor();
    readonly id: number;
    readonly from: string;
    readonly fromName: string;
    readonly to: string;
    readonly contentType: string;
    readonly body: Buffer;
    readonly text: string;
    /** What the body says, if it is a document that the library reads. */
    readonly document: Document | null;
    /** How notifications name it; '' if its sender gave no name. */
    readonly messageId: string;
    /** The call that it came in; null outside one. */
    readonly call: Call | null;
    readonly headers: Headers;
    readonly account: Account | null;
    readonly event: events.Message;
    readonly deadlineMs: number;
    /** The status that the sender got; 0 while it waits. */
    readonly answered: number;
    accept(options?: { headers?: HeadersIn }): Promise<void>;
    /** Tells the sender that it was shown, if he wanted to know. */
    displayed(): Promise<void>;
    reject(status?: number, options?: { reason?: string; headers?: HeadersIn }): Promise<void>;
}

// Calls -------------------------------------------------------------------------------------------------------------

export type CallEvents = Pick<EventMap, 'call_sending' | 'call_progress' | 'call_accepted' | 'call_confirmed' | 'call_ended' |
    'call_held' | 'call_resumed' | 'call_updated' | 'call_redirected' | 'dtmf' | 'dtmf_sent' | 'info' | 'media_ready' |
    'media_stalled' | 'media_resumed' | 'mark' | 'flushed' | 'play_done' | 'record_done' | 'stats' | 'call_change_failed' |
    'call_muted' | 'call_unmuted' | 'call_moved' | 'call_replaced' | 'collected' | 'request_answered' | 'message_delivered' |
    'message_failed' | 'transfer_progress' | 'transfer_done'> & Questions;

/** A call, incoming or outgoing. Dropping the object never hangs up; hangup() does. */
export class Call extends Control implements AsyncDisposable {
    private constructor();
    readonly id: number;
    readonly agent: Agent;
    readonly account: Account | null;
    readonly direction: 'incoming' | 'outgoing';
    readonly from: string;
    readonly fromName: string;
    readonly to: string;
    readonly toName: string;
    /** The Request-URI. */
    readonly target: string;
    /** Of the INVITE that came in; of an outgoing call, of the peer's last response. */
    readonly headers: Headers;
    /** 'opus', 'PCMU', 'PCMA'; '' before there is one. */
    readonly codec: string;
    readonly established: boolean;
    readonly held: boolean;
    /** How it ended; null while it lasts. */
    readonly ended: events.CallEnded | null;
    readonly durationMs: number;
    readonly audio: Audio;
    ring(status?: number, options?: { reason?: string; headers?: HeadersIn; earlyMedia?: boolean; rate?: number }): Promise<void>;
    /** Answers with 200 and resolves to the call's audio. */
    answer(options?: { rate?: number; headers?: HeadersIn; media?: number; sdp?: string }): Promise<Audio>;
    /** q850: the cause for a Reason header. */
    reject(status?: number, options?: { reason?: string; headers?: HeadersIn; q850?: number }): Promise<events.CallEnded>;
    /** Resolves once it is answered. */
    answered(): Promise<void>;
    /** Ends it in whatever state; on an ended call it does nothing. reason: words for a Reason header; q850: the cause
     * for one, such as 16. body goes into a BYE only, with its contentType. */
    hangup(options?: {
        headers?: HeadersIn; reason?: string; q850?: number; body?: string | Uint8Array; contentType?: string;
    }): Promise<events.CallEnded>;
    waitEnded(): Promise<events.CallEnded>;
    /** 0-9 * # A-D, and a comma for a pause of 2 s. Resolves when the last has left. */
    sendDtmf(digits: string, options?: { durationMs?: number; gapMs?: number }): Promise<void>;
    /** Plays a WAV file, after what is queued. */
    play(file: string, options?: { loop?: boolean }): Worker<events.PlayDone>;
    /** Records the far end, mono; stereo: near left, far right. */
    record(file: string, options?: { stereo?: boolean }): Worker<events.RecordDone>;
    stats(): Promise<CallStats>;
    /** Its events from its very start on; ends after call_ended. */
    events(): AsyncIterableIterator<SipuaEvent>;
    [Symbol.asyncIterator](): AsyncIterableIterator<SipuaEvent>;
    /** Hangs up. */
    [Symbol.asyncDispose](): Promise<void>;
}

// Without an agent --------------------------------------------------------------------------------------------------

export interface Uri {
    scheme: string;
    user: string;
    password: string;
    host: string;
    /** 0: none. */
    port: number;
    /** "transport=tcp;lr" */
    parameters: string;
    /** "subject=x" */
    headers: string;
}

/** Reads a URI, also inside <> and after a display name. */
export function parseUri(uri: string): Uri;
/** Writes a URI, escaping what must be. */
export function writeUri(uri: Partial<Uri>): string;

export interface OptionInfo {
    key: string;
    type: 'int' | 'switch' | 'string' | 'choice';
    /** Of a choice: its words, with spaces between. */
    choices: string;
    scope: string;
    minimum: number;
    maximum: number;
    defaultValue: string;
    text: string;
    since: string;
}

/** The table of what setOption() sets. */
export function options(): OptionInfo[];
