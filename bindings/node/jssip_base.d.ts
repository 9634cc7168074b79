// Types of sipua/jssip: constants, errors, addresses, debug output, messages.

import type { MediaStreamLike } from './jssip';

// ---- constants

export type Causes = {
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

