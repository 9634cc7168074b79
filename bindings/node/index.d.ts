/// <reference types="node" />
import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import * as events from './generated/events';
import type { AgentStats, CallStats, EventMap } from './generated/events';
import type { Cause } from './generated/constants';

export * from './generated/constants';
export { events };
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
}

export interface MessageOptions {
    signal?: AbortSignal;
    headers?: HeadersIn;
    timeoutMs?: number;
    /** Default "text/plain;charset=utf-8". */
    contentType?: string;
    from?: string;
}

export type AgentEvents = Omit<EventMap, 'incoming_call' | 'message' | 'reply'> & {
    incoming_call: [Call];
    message: [IncomingMessage];
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
    message(target: string, body: string | Uint8Array, options?: MessageOptions): Promise<events.MessageDelivered>;
    options(target: string, options?: MessageOptions): Promise<events.OptionsAnswered>;
    /** The calls that come in. One consumer at a time; while there is none, and no listener either, callers get 480. */
    calls(): AsyncIterableIterator<Call>;
    /** The messages that come in; while nobody takes them, senders get 405. */
    messages(): AsyncIterableIterator<IncomingMessage>;
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
    'account_closed'> & {
    incoming_call: [Call];
    message: [IncomingMessage];
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
    message(target: string, body: string | Uint8Array, options?: MessageOptions): Promise<events.MessageDelivered>;
    options(target: string, options?: MessageOptions): Promise<events.OptionsAnswered>;
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
    readonly headers: Headers;
    readonly account: Account | null;
    readonly event: events.Message;
    readonly deadlineMs: number;
    /** The status that the sender got; 0 while it waits. */
    readonly answered: number;
    accept(options?: { headers?: HeadersIn }): Promise<void>;
    reject(status?: number, options?: { reason?: string; headers?: HeadersIn }): Promise<void>;
}

// Calls -------------------------------------------------------------------------------------------------------------

export type CallEvents = Pick<EventMap, 'call_sending' | 'call_progress' | 'call_accepted' | 'call_confirmed' | 'call_ended' |
    'call_held' | 'call_resumed' | 'call_updated' | 'call_redirected' | 'dtmf' | 'dtmf_sent' | 'info' | 'media_ready' |
    'media_stalled' | 'media_resumed' | 'mark' | 'flushed' | 'play_done' | 'record_done' | 'stats'>;

/** A call, incoming or outgoing. Dropping the object never hangs up; hangup() does. */
export class Call extends EventEmitter<CallEvents> implements AsyncDisposable {
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
    reject(status?: number, options?: { reason?: string; headers?: HeadersIn }): Promise<events.CallEnded>;
    /** Resolves once it is answered. */
    answered(): Promise<void>;
    /** Ends it in whatever state; on an ended call it does nothing. reason: a Reason header, 'Q.850;cause=16'. */
    hangup(options?: { headers?: HeadersIn; reason?: string }): Promise<events.CallEnded>;
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

/** A promise of the end of a player or recorder. */
export interface Worker<T> extends Promise<T> {
    readonly id: number;
    /** Stops it and resolves to how far it came. */
    stop(): Promise<T>;
}

/** What a call hears and says: Buffers of signed 16-bit mono samples in the machine's byte order. A frame that holds sound
 * made up for lost packets has `concealed` true, one in which nothing came `silence`. */
export class Audio extends Duplex {
    private constructor();
    readonly call: Call;
    /** Samples per second. */
    rate: number;
    /** The length of the pieces that come out, 1 to 1000; 20 unless set. */
    frameMs: number;
    /** How much may wait to be sent before write() asks for a pause; 200 unless set. */
    aheadMs: number;
    /** Milliseconds that wait to be sent. */
    readonly queuedMs: number;
    /** Writes with a rate of its own, or a segment that names this piece in the result of flush(). */
    send(pcm: Uint8Array | Int16Array, options?: { rate?: number; segment?: number | string }): boolean;
    /** Drops all that was not yet sent, now. */
    flush(): Promise<events.Flushed>;
    /** Resolves once all that was written before it has been played or flushed. */
    mark(name: number | string): Promise<events.Mark>;
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
    type: 'int' | 'switch' | 'string';
    scope: string;
    minimum: number;
    maximum: number;
    defaultValue: string;
    text: string;
    since: string;
}

/** The table of what setOption() sets. */
export function options(): OptionInfo[];
