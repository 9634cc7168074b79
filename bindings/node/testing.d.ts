import type { Agent, Pem } from './index';
import type { Listening } from './generated/events';

/** A registrar and proxy to test against: the library's embedded server, on loopback and a free port. */
export class Registrar implements AsyncDisposable {
    /** users: names and passwords. */
    constructor(users?: Record<string, string>, options?: {
        realm?: string;
        /** "udp:HOST:PORT", or tcp, tls, ws, wss. Default: both on 127.0.0.1, at one free port. */
        listen?: string[];
        mode?: 'proxy' | 'redirect';
        /** Calls and messages need a password too. */
        challengeCalls?: boolean;
        recordRoute?: boolean;
        minExpires?: number;
        maxExpires?: number;
        trace?: boolean;
        /** The certificate of tls: and wss: listeners, with its chain. */
        tlsCert?: Pem;
        tlsKey?: Pem;
        tlsKeyPassword?: string;
        /** Who may sign certificates of clients. */
        tlsCa?: Pem;
        /** true: clients must show one. */
        tlsNeedClient?: boolean;
        /** Of ws: and wss:, the pages that browsers may come from: "https://phone.example.com". Default: any. */
        origins?: string[];
        /** Of ws: and wss:, "/sip": others get 404. Default: any. */
        wsPath?: string;
    });
    readonly users: Record<string, string>;
    readonly bindings: Record<string, string[]>;
    readonly listeners: Listening[];
    readonly agent: Agent;
    readonly id: number;
    readonly realm: string;
    readonly host: string;
    readonly port: number;
    /** Where to register: "sip:127.0.0.1:5060". */
    readonly uri: string;
    /** Starts it and resolves to itself once it listens. */
    start(): Promise<this>;
    stop(): Promise<void>;
    /** The address of record of one of its users. */
    aor(user: string): string;
    /** Adds a user or changes the password; null removes the user. */
    setUser(name: string, password: string | null): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}
