// Types of sipua/jssip: JsSIP's names. What differs from JsSIP stands in the package's README.

import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';

export const name: string;
export const version: string;

import type {
    Cause, Causes, IncomingRequest, IncomingResponse, NameAddrHeader, OutgoingRequest, URI,
} from './jssip_base';
import { Emitter } from './jssip_events';
import type { Notifier, NotifierOptions, SubscribeEvent, Subscriber, SubscriberOptions } from './jssip_events';

export * from './jssip_base';
export type * from './jssip_events';

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
    /** The next four are taken and have no effect. */
    pcConfig?: object;
    rtcConstraints?: object;
    rtcOfferConstraints?: object;
    rtcAnswerConstraints?: object;
    /** Seconds, 90 at least. */
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
export interface ReofferOptions extends ExtraHeaders {
    /** UPDATE instead of re-INVITE. */
    useUpdate?: boolean;
    /** Taken, no effect. */
    rtcOfferConstraints?: object;
}
export interface ReferOptions extends ExtraHeaders {
    eventHandlers?: Partial<ReferSubscriberEventMap>;
    /** Our session with the target, whose place the new call takes. */
    replaces?: RTCSession;
}
export interface SendRequestOptions extends ExtraHeaders {
    body?: string;
    eventHandlers?: {
        onSuccessResponse?(response: IncomingResponse | null): void;
        onErrorResponse?(response: IncomingResponse): void;
        onTransportError?(): void;
        onRequestTimeout?(): void;
        onDialogError?(response: IncomingResponse | null): void;
    };
}
export interface ReofferEvent {
    request: IncomingRequest;
    callback: (() => void) | undefined;
    reject(options?: RejectOptions): void;
}
export interface ReferNotice {
    /** The NOTIFY; null where none came. */
    request: IncomingRequest | null;
    status_line: { status_code: number; reason_phrase: string };
}
export interface ReferSubscriberEventMap {
    requestSucceeded: (event: { response: IncomingResponse | null }) => void;
    requestFailed: (event: { response: IncomingResponse | null; cause: Cause }) => void;
    trying: (event: ReferNotice) => void;
    progress: (event: ReferNotice) => void;
    accepted: (event: ReferNotice) => void;
    failed: (event: ReferNotice) => void;
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
    /** The peer changes the call: reject() refuses that, at once; `callback` is called when it was answered. */
    reinvite: (event: ReofferEvent) => void;
    update: (event: ReofferEvent) => void;
    /** The peer wants us to call somebody. While nobody listens: 603. */
    refer: (event: {
        request: IncomingRequest;
        accept(initCallback?: (session: RTCSession) => void, options?: CallOptions): void;
        reject(options?: RejectOptions): void;
    }) => void;
    /** A call is to take this one's place: answering it ends this one. While nobody listens it is a newRTCSession. */
    replaces: (event: { request: IncomingRequest; accept(initCallback?: (session: RTCSession) => void): boolean; reject(): void }) => void;
    /** Ours: the peer, or the way to it, refused hold(), unhold() or renegotiate(). The call is as it was. */
    changefailed: (event: { originator: Originator; response: IncomingResponse | null; cause: Cause }) => void;
    /** Never emitted here; listening to them is harmless. */
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

export interface ReferSubscriber extends Emitter<ReferSubscriberEventMap> {
    readonly id: number;
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
    sendInfo(contentType: string, body?: string | null, options?: ExtraHeaders): void;
    /** false: not now. `done` is called when the peer has agreed; when it refuses, `changefailed` comes (the call goes on). */
    hold(options?: ReofferOptions, done?: () => void): boolean;
    unhold(options?: ReofferOptions, done?: () => void): boolean;
    renegotiate(options?: ReofferOptions, done?: () => void): boolean;
    /** false: the call is not up. */
    refer(target: string | URI, options?: ReferOptions): ReferSubscriber | false;
    /** Any method but those that the library does itself (INVITE, UPDATE, REFER ...). */
    sendRequest(method: string, options?: SendRequestOptions): void;
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
    /** A NOTIFY that nobody had subscribed to. */
    sipEvent: (event: SubscribeEvent) => void;
    /** Somebody subscribes: ua.notify(request, ...) takes it, request.reply(status) refuses it. */
    newSubscribe: (event: SubscribeEvent) => void;
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
    subscribe(target: string, eventName: string, accept: string, options?: SubscriberOptions): Subscriber;
    notify(subscribe: IncomingRequest, contentType: string, options?: NotifierOptions): Notifier;
}
