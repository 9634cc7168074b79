// Types of sipua/jssip: JsSIP's names. What differs from JsSIP stands in the package's README.

import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';

export const name: string;
export const version: string;

// ---- constants

type Causes = {
    readonly CONNECTION_ERROR: 'Connection Error';
    readonly REQUEST_TIMEOUT: 'Request Timeout';
    readonly SIP_FAILURE_CODE: 'SIP Failure Code';
    readonly INTERNAL_ERROR: 'Internal Error';
    readonly BUSY: 'Busy';
    readonly REJECTED: 'Rejected';
    readonly REDIRECTED: 'Redirected';
    readonly UNAVAILABLE: 'Unavailable';
    readonly NOT_FOUND: 'Not Found';
    readonly ADDRESS_INCOMPLETE: 'Address Incomplete';
    readonly INCOMPATIBLE_SDP: 'Incompatible SDP';
    readonly MISSING_SDP: 'Missing SDP';
    readonly AUTHENTICATION_ERROR: 'Authentication Error';
    readonly BYE: 'Terminated';
    readonly WEBRTC_ERROR: 'WebRTC Error';
    readonly CANCELED: 'Canceled';
    readonly NO_ANSWER: 'No Answer';
    readonly EXPIRES: 'Expires';
    readonly NO_ACK: 'No ACK';
    readonly DIALOG_ERROR: 'Dialog Error';
    readonly USER_DENIED_MEDIA_ACCESS: 'User Denied Media Access';
    readonly BAD_MEDIA_DESCRIPTION: 'Bad Media Description';
    readonly RTP_TIMEOUT: 'RTP Timeout';
};

export namespace C {
    const USER_AGENT: string;
    const SIP: 'sip';
    const SIPS: 'sips';
    const causes: Causes;
    const SIP_ERROR_CAUSES: Readonly<Record<string, readonly number[]>>;
    const ACK: 'ACK';
    const BYE: 'BYE';
    const CANCEL: 'CANCEL';
    const INFO: 'INFO';
    const INVITE: 'INVITE';
    const MESSAGE: 'MESSAGE';
    const NOTIFY: 'NOTIFY';
    const OPTIONS: 'OPTIONS';
    const REGISTER: 'REGISTER';
    const REFER: 'REFER';
    const UPDATE: 'UPDATE';
    const SUBSCRIBE: 'SUBSCRIBE';
    const DTMF_TRANSPORT: { readonly INFO: 'INFO'; readonly RFC2833: 'RFC2833' };
    const REASON_PHRASE: Readonly<Record<number, string>>;
    const ALLOWED_METHODS: string;
    const ACCEPTED_BODY_TYPES: string;
    const MAX_FORWARDS: number;
    const SESSION_EXPIRES: number;
    const MIN_SESSION_EXPIRES: number;
    const CONNECTION_RECOVERY_MAX_INTERVAL: number;
    const CONNECTION_RECOVERY_MIN_INTERVAL: number;
}

/** One of C.causes, another word of the library ("Overload"), or the program's own `cause` of terminate(). */
export type Cause = Causes[keyof Causes] | (string & {});

// ---- exceptions

export namespace Exceptions {
    class ConfigurationError extends Error {
        constructor(parameter: string, value?: unknown);
        readonly code: 1;
        readonly parameter: string;
        readonly value: unknown;
    }
    class InvalidStateError extends Error {
        constructor(status: number);
        readonly code: 2;
        readonly status: number;
    }
    /** What the library cannot do, or not yet: the message says which and why. */
    class NotSupportedError extends Error {
        constructor(message: string);
        readonly code: 3;
    }
    class NotReadyError extends Error {
        constructor(message: string);
        readonly code: 4;
    }
}

// ---- addresses

export type Parameters = Record<string, string | number | null | undefined>;

declare class WithParameters {
    setParam(key: string, value?: string | number | null): void;
    getParam(key: string): string | null | undefined;
    hasParam(key: string): boolean;
    deleteParam(key: string): string | null | undefined;
    clearParams(): void;
}

export class URI extends WithParameters {
    constructor(
        scheme: string | null | undefined,
        user: string | null | undefined,
        host: string,
        port?: number | null,
        parameters?: Parameters,
        headers?: Record<string, string | string[]>,
    );
    /** undefined when the text is no sip: or sips: URI. */
    static parse(text: string): URI | undefined;
    scheme: string;
    user: string | null | undefined;
    host: string;
    port: number | null | undefined;
    setHeader(name: string, value: string | string[]): void;
    getHeader(name: string): string[] | undefined;
    hasHeader(name: string): boolean;
    deleteHeader(name: string): string[] | undefined;
    clearHeaders(): void;
    clone(): URI;
    toString(): string;
    toAor(showPort?: boolean): string;
}

export class NameAddrHeader extends WithParameters {
    constructor(uri: URI, displayName?: string | null, parameters?: Parameters);
    /** undefined when the text is not of the form "name" <uri>;parameters. */
    static parse(text: string): NameAddrHeader | undefined;
    readonly uri: URI;
    display_name: string | null | undefined;
    clone(): NameAddrHeader;
    toString(): string;
}

export namespace Grammar {
    /** -1 when the text does not match; throws for a rule that is not offered. */
    function parse(text: string, rule: string): any;
}

export namespace Utils {
    function str_utf8_length(text: string): number;
    function isFunction(value: unknown): boolean;
    function isString(value: unknown): value is string;
    function isDecimal(value: unknown): boolean;
    function isEmpty(value: unknown): boolean;
    function hasMethods(object: object, ...names: string[]): boolean;
    function createRandomToken(size: number, base?: number): string;
    function newTag(): string;
    function newUUID(): string;
    function hostType(host: string): 'IPv4' | 'IPv6' | 'domain' | undefined;
    function escapeUser(user: string): string;
    function normalizeTarget(target: string | URI, domain?: string): URI | undefined;
    function headerize(name: string): string;
    function sipErrorCause(status: number): Cause;
    function getRandomTestNetIP(): string;
    function calculateMD5(text: string): string;
    function closeMediaStream(stream?: MediaStreamLike | null): void;
    function cloneArray<T>(array?: T[]): T[];
    function cloneObject<T extends object>(object?: T | null, fallback?: T): T;
}

// ---- debug

export interface Debugger {
    (format: unknown, ...args: unknown[]): void;
    readonly namespace: string;
    enabled: boolean;
    color: string | number;
    diff: number;
    log?: (...args: unknown[]) => void;
    extend(namespace: string, delimiter?: string): Debugger;
    destroy(): boolean;
}

/** The interface of the npm package "debug". */
export interface Debug {
    (namespace: string): Debugger;
    default: Debug;
    enable(namespaces: string): void;
    disable(): string;
    enabled(namespace: string): boolean;
    coerce(value: unknown): unknown;
    log(...args: unknown[]): void;
    formatters: Record<string, (value: any) => string>;
    names: string[];
    skips: string[];
}
export const debug: Debug;

// ---- messages

declare class IncomingMessageBase {
    readonly method: string | null;
    readonly from: NameAddrHeader;
    readonly to: NameAddrHeader;
    readonly from_tag: string | null;
    readonly to_tag: string | null;
    readonly call_id: string;
    readonly cseq: number;
    readonly body: string | null;
    countHeader(name: string): number;
    getHeader(name: string): string | undefined;
    getHeaders(name: string): string[];
    hasHeader(name: string): boolean;
    parseHeader<T = any>(name: string, index?: number): T | undefined;
    parseSDP(force?: boolean): any;
    toString(): string;
}
export interface IncomingRequest extends IncomingMessageBase {
    readonly ruri: URI | null;
}
export interface IncomingResponse extends IncomingMessageBase {
    readonly status_code: number;
    readonly reason_phrase: string;
}
/** A request that is about to be sent: headers may be added until then. */
export interface OutgoingRequest {
    readonly method: string;
    readonly ruri: URI;
    readonly from: NameAddrHeader;
    readonly to: NameAddrHeader;
    /** null until the peer has answered. */
    readonly call_id: string | null;
    readonly cseq: number | null;
    readonly body: string | null;
    extraHeaders: string[];
    setHeader(name: string, value: string | string[]): void;
    getHeader(name: string): string | undefined;
    getHeaders(name: string): string[];
    hasHeader(name: string): boolean;
    toString(): string;
}

// ---- sockets

/** "wss://HOST[:PORT][/PATH][?QUERY]", "ws://...", and, ours, "udp:HOST:PORT", "tcp:...", "tls:...". */
export class WebSocketInterface {
    /** Ours. bind: local address of signalling and media. advertise: what peers are told instead of it. tlsCa: who may sign
     * the server's certificate, PEM or a file. tlsVerify: false takes any. headers, origin: of the request that opens it. */
    constructor(url: string, options?: {
        bind?: string; advertise?: string; tlsCa?: string; tlsVerify?: boolean; headers?: Record<string, string>; origin?: string;
    });
    readonly url: string;
    readonly sip_uri: string;
    via_transport: string;
    isConnected(): boolean;
    isConnecting(): boolean;
}
export type Socket = WebSocketInterface;
export interface WeightedSocket {
    socket: Socket;
    weight?: number;
}

// ---- calls

export type Originator = 'local' | 'remote' | 'system';
export type SessionDirection = 'incoming' | 'outgoing';

/** Audio as 16-bit mono samples in the machine's byte order, at `rate` (16000). A Duplex serves as both. */
export interface MediaStreamLike {
    readable?: NodeJS.ReadableStream | boolean | '' | null;
    writable?: NodeJS.WritableStream | boolean | '' | null;
    rate?: 8000 | 16000 | 24000 | 48000;
}

export interface ExtraHeaders {
    extraHeaders?: string[];
}
export interface AnswerOptions extends ExtraHeaders {
    mediaConstraints?: { audio?: unknown; video?: unknown };
    mediaStream?: MediaStreamLike | null;
    data?: unknown;
    /** The rest is taken and has no effect. */
    pcConfig?: object;
    rtcConstraints?: object;
    rtcOfferConstraints?: object;
    rtcAnswerConstraints?: object;
    sessionTimersExpires?: number;
}
export interface CallOptions extends AnswerOptions {
    eventHandlers?: Partial<RTCSessionEventMap>;
    anonymous?: boolean;
    fromUserName?: string;
    fromDisplayName?: string;
}
export interface RejectOptions extends ExtraHeaders {
    status_code?: number;
    reason_phrase?: string;
}
export interface TerminateOptions extends RejectOptions {
    body?: string;
    cause?: Cause;
}
export interface DTMFOptions extends ExtraHeaders {
    duration?: number;
    interToneGap?: number;
    transportType?: 'INFO' | 'RFC2833';
}
export interface MediaStreamTypes {
    audio?: boolean;
    video?: boolean;
}

export interface DTMF extends EventEmitter {
    readonly direction: SessionDirection;
    readonly tone: string;
    readonly duration: number;
}
export interface Info extends EventEmitter {
    readonly direction: SessionDirection;
    readonly contentType: string | null;
    readonly body: string | null;
}

export interface PeerConnectionLike extends EventTarget {
    readonly connectionState: 'new' | 'connected' | 'closed';
    readonly iceConnectionState: 'new' | 'connected' | 'closed';
    readonly iceGatheringState: 'complete';
    readonly signalingState: 'stable' | 'closed';
    getStats(): Promise<Map<string, any>>;
    getSenders(): any[];
    getReceivers(): any[];
    getTransceivers(): any[];
    getLocalStreams(): any[];
    getRemoteStreams(): any[];
    close(): void;
}

export interface EndEvent {
    originator: Originator;
    message: IncomingRequest | IncomingResponse | null;
    cause: Cause;
}
export interface RTCSessionEventMap {
    peerconnection: (event: { peerconnection: PeerConnectionLike }) => void;
    connecting: (event: { request: IncomingRequest | OutgoingRequest }) => void;
    sending: (event: { request: OutgoingRequest }) => void;
    progress: (event: { originator: Originator; response: IncomingResponse | null }) => void;
    accepted: (event: { originator: Originator; response: IncomingResponse | null }) => void;
    confirmed: (event: { originator: Originator; ack: IncomingRequest | null }) => void;
    ended: (event: EndEvent) => void;
    failed: (event: EndEvent) => void;
    newDTMF: (event: { originator: Originator; dtmf: DTMF; request: IncomingRequest | null }) => void;
    newInfo: (event: { originator: Originator; info: Info; request: IncomingRequest | null }) => void;
    hold: (event: { originator: Originator }) => void;
    unhold: (event: { originator: Originator }) => void;
    muted: (event: MediaStreamTypes) => void;
    unmuted: (event: MediaStreamTypes) => void;
    sdp: (event: { originator: Originator; type: string; readonly sdp: string }) => void;
    /** Never emitted here; listening to them is harmless. */
    reinvite: (event: any) => void;
    update: (event: any) => void;
    refer: (event: any) => void;
    replaces: (event: any) => void;
    icecandidate: (event: any) => void;
    getusermediafailed: (error: any) => void;
    'peerconnection:createofferfailed': (error: any) => void;
    'peerconnection:createanswerfailed': (error: any) => void;
    'peerconnection:setlocaldescriptionfailed': (error: any) => void;
    'peerconnection:setremotedescriptionfailed': (error: any) => void;
}

export interface SessionStatus {
    readonly STATUS_NULL: 0;
    readonly STATUS_INVITE_SENT: 1;
    readonly STATUS_1XX_RECEIVED: 2;
    readonly STATUS_INVITE_RECEIVED: 3;
    readonly STATUS_WAITING_FOR_ANSWER: 4;
    readonly STATUS_ANSWERED: 5;
    readonly STATUS_WAITING_FOR_ACK: 6;
    readonly STATUS_CANCELED: 7;
    readonly STATUS_TERMINATED: 8;
    readonly STATUS_CONFIRMED: 9;
}

/** Listeners by name, as the event maps say. */
declare class Emitter<Map extends { [K in keyof Map]: (...args: any[]) => void }> extends EventEmitter {
    on<K extends keyof Map>(name: K, listener: Map[K]): this;
    on(name: string | symbol, listener: (...args: any[]) => void): this;
    once<K extends keyof Map>(name: K, listener: Map[K]): this;
    once(name: string | symbol, listener: (...args: any[]) => void): this;
}

export class RTCSession extends Emitter<RTCSessionEventMap> {
    constructor(ua: UA);
    static readonly C: SessionStatus;
    readonly C: SessionStatus;
    readonly causes: Causes;
    readonly id: string;
    readonly status: number;
    readonly direction: SessionDirection;
    readonly connection: PeerConnectionLike | null;
    /** The call's audio (not in JsSIP): 16-bit mono samples; null for an incoming call until answer(). */
    readonly audio: (Duplex & { readonly rate: number }) | null;
    readonly contact: string;
    readonly local_identity: NameAddrHeader;
    readonly remote_identity: NameAddrHeader;
    readonly start_time: Date | null;
    readonly end_time: Date | null;
    data: any;
    isInProgress(): boolean;
    isEstablished(): boolean;
    isEnded(): boolean;
    isReadyToReOffer(): boolean;
    isMuted(): { audio: boolean; video: boolean };
    isOnHold(): { local: boolean; remote: boolean };
    connect(target: string | URI, options?: CallOptions, initCallback?: (session: RTCSession) => void): void;
    answer(options?: AnswerOptions): void;
    terminate(options?: TerminateOptions): void;
    sendDTMF(tones: string | number, options?: DTMFOptions): void;
    mute(options?: MediaStreamTypes): void;
    unmute(options?: MediaStreamTypes): void;
    /** These throw NotSupportedError for now. */
    sendInfo(contentType: string, body?: string, options?: ExtraHeaders): never;
    hold(options?: object, done?: () => void): never;
    unhold(options?: object, done?: () => void): never;
    renegotiate(options?: object, done?: () => void): never;
    refer(target: string | URI, options?: object): never;
    sendRequest(method: string, options?: object): never;
}

// ---- MESSAGE and OPTIONS

export interface MessageEventMap {
    succeeded: (event: { originator: Originator; response: IncomingResponse }) => void;
    failed: (event: { originator: Originator; response: IncomingResponse | null; cause: Cause }) => void;
}
export interface SendOptions extends ExtraHeaders {
    contentType?: string;
    eventHandlers?: Partial<MessageEventMap>;
    fromUserName?: string;
    fromDisplayName?: string;
}
export type SendMessageOptions = SendOptions;
export interface AcceptOptions extends ExtraHeaders {
    body?: string;
    /** Of the body. Default "text/plain". */
    contentType?: string;
}

export interface Message extends Emitter<MessageEventMap> {
    readonly direction: SessionDirection;
    readonly local_identity: NameAddrHeader;
    readonly remote_identity: NameAddrHeader;
    data: any;
    send(target: string | URI, body: string, options?: SendOptions): void;
    /** Now or later: the handler may be an async function, or answer within a second of its return. */
    accept(options?: AcceptOptions): void;
    reject(options?: RejectOptions & AcceptOptions): void;
}
export interface Options extends Emitter<MessageEventMap> {
    readonly direction: SessionDirection;
    readonly local_identity: NameAddrHeader;
    readonly remote_identity: NameAddrHeader;
    data: any;
}

// ---- the user agent

export interface UAConfiguration {
    sockets: Socket | (Socket | WeightedSocket)[];
    uri: string;
    authorization_user?: string | null;
    password?: string | null;
    realm?: string | null;
    display_name?: string | number | null;
    contact_uri?: string | null;
    instance_id?: string | null;
    no_answer_timeout?: number;
    register?: boolean;
    register_expires?: number;
    register_from_tag_trail?: string | (() => string);
    registrar_server?: string | null;
    session_timers?: boolean;
    session_timers_refresh_method?: string;
    session_timers_force_refresher?: boolean;
    connection_recovery_min_interval?: number;
    connection_recovery_max_interval?: number;
    use_preloaded_route?: boolean;
    user_agent?: string;
    extra_headers?: string[] | null;
    /** MD5 of user:realm:password, instead of a password. */
    ha1?: string | null;
    /** "Bearer ...": the Authorization header of every request, and the answer to servers that ask for Bearer (RFC 8898). */
    authorization_jwt?: string | null;
}

export interface UAEventMap {
    connecting: (event: { socket: Socket; attempts: number }) => void;
    connected: (event: { socket: Transport }) => void;
    disconnected: (event: { socket: Socket; error: boolean; code?: number; reason?: string }) => void;
    registered: (event: { response: IncomingResponse | null }) => void;
    unregistered: (event: { response: IncomingResponse | null; cause?: Cause | null }) => void;
    registrationFailed: (event: { response: IncomingResponse | null; cause: Cause }) => void;
    registrationExpiring: () => void;
    newRTCSession: (event: {
        originator: 'local' | 'remote';
        session: RTCSession;
        request: IncomingRequest | OutgoingRequest;
    }) => void;
    newMessage: (event: {
        originator: 'local' | 'remote';
        message: Message;
        request: IncomingRequest | OutgoingRequest;
    }) => void;
    newOptions: (event: {
        originator: 'local' | 'remote';
        message: Options;
        request: IncomingRequest | OutgoingRequest;
    }) => void;
    /** Never emitted here. */
    sipEvent: (event: any) => void;
    newSubscribe: (event: any) => void;
}

export interface UAStatus {
    readonly STATUS_INIT: 0;
    readonly STATUS_READY: 1;
    readonly STATUS_USER_CLOSED: 2;
    readonly STATUS_NOT_READY: 3;
    readonly CONFIGURATION_ERROR: 1;
    readonly NETWORK_ERROR: 2;
}

export interface Transport {
    readonly socket: Socket;
    readonly url: string;
    readonly sip_uri: string;
    readonly via_transport: string;
    isConnected(): boolean;
    isConnecting(): boolean;
}
export interface Registrator {
    readonly registered: boolean;
    setExtraHeaders(headers: string[]): void;
    setExtraContactParams(params: Record<string, string | number | boolean>): void;
}

export class UA extends Emitter<UAEventMap> {
    constructor(configuration: UAConfiguration);
    static readonly C: UAStatus;
    readonly C: UAStatus;
    readonly status: number;
    readonly configuration: Readonly<Record<string, any>>;
    readonly contact: {
        uri: URI;
        pub_gruu: string | null;
        temp_gruu: string | null;
        toString(options?: object): string;
    };
    readonly transport: Transport;
    data: any;
    start(): void;
    stop(): void;
    register(): void;
    unregister(options?: { all?: boolean }): void;
    registrator(): Registrator;
    isRegistered(): boolean;
    isConnected(): boolean;
    call(target: string | URI, options?: CallOptions): RTCSession;
    sendMessage(target: string | URI, body: string, options?: SendOptions): Message;
    sendOptions(target: string | URI, body?: string | null, options?: SendOptions): Options;
    terminateSessions(options?: TerminateOptions): void;
    normalizeTarget(target: string | URI): URI | undefined;
    get(parameter: 'authorization_user' | 'realm' | 'ha1' | 'authorization_jwt'): string | null | undefined;
    set(parameter: keyof UAConfiguration, value: any): boolean;
    /** These throw NotSupportedError for now. */
    subscribe(target: string, event: string, accept: string, options?: object): never;
    notify(subscribe: IncomingRequest, contentType: string, options?: object): never;
}
