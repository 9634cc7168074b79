// Types of sipua/jssip: subscriptions (RFC 6665).

import { EventEmitter } from 'node:events';
import type { IncomingRequest, URI } from './jssip_base';

/** Listeners by name, as the event maps say. */
export declare class Emitter<Map extends { [K in keyof Map]: (...args: any[]) => void }> extends EventEmitter {
    on<K extends keyof Map>(name: K, listener: Map[K]): this;
    on(name: string | symbol, listener: (...args: any[]) => void): this;
    once<K extends keyof Map>(name: K, listener: Map[K]): this;
    once(name: string | symbol, listener: (...args: any[]) => void): this;
}

export interface SubscribeEvent {
    event: { event: string; params: Record<string, string | null> };
    request: IncomingRequest & { reply(status: number, reason?: string): void };
}

export interface SubscriberOptions {
    /** Seconds. Default 900. */
    expires?: number;
    /** Of a body. */
    contentType?: string;
    allowEvents?: string;
    params?: { to_uri?: string | URI; from_uri?: URI; from_display_name?: string; to_display_name?: string };
    extraHeaders?: string[];
}

export interface SubscriberStates {
    readonly SUBSCRIBE_RESPONSE_TIMEOUT: 0;
    readonly SUBSCRIBE_TRANSPORT_ERROR: 1;
    readonly SUBSCRIBE_NON_OK_RESPONSE: 2;
    readonly SUBSCRIBE_WRONG_OK_RESPONSE: 3;
    readonly SUBSCRIBE_AUTHENTICATION_FAILED: 4;
    readonly UNSUBSCRIBE_TIMEOUT: 5;
    readonly FINAL_NOTIFY_RECEIVED: 6;
    readonly WRONG_NOTIFY_RECEIVED: 7;
    readonly STATE_PENDING: 0;
    readonly STATE_ACTIVE: 1;
    readonly STATE_TERMINATED: 2;
    readonly STATE_INIT: 3;
    readonly STATE_WAITING_NOTIFY: 4;
    readonly DEFAULT_EXPIRES_SEC: 900;
}

export interface SubscriberEventMap {
    accepted: () => void;
    pending: () => void;
    active: () => void;
    notify: (isFinal: boolean, request: IncomingRequest, body: string | undefined, contentType: string | undefined) => void;
    terminated: (code: number, reason: string | undefined, retryAfter: number | undefined) => void;
}

/** Made by ua.subscribe(). */
export interface Subscriber extends Emitter<SubscriberEventMap> {
    readonly C: SubscriberStates;
    readonly state: number;
    readonly id: string | null;
    data: any;
    /** Subscribes; later: asks anew (without a body). */
    subscribe(body?: string): void;
    terminate(): void;
}

export interface NotifierOptions {
    extraHeaders?: string[];
    allowEvents?: string;
    /** Begins as "pending", until setActiveState(). */
    pending?: boolean;
    defaultExpires?: number;
}

export interface NotifierStates {
    readonly NOTIFY_RESPONSE_TIMEOUT: 0;
    readonly NOTIFY_TRANSPORT_ERROR: 1;
    readonly NOTIFY_NON_OK_RESPONSE: 2;
    readonly NOTIFY_AUTHENTICATION_FAILED: 3;
    readonly FINAL_NOTIFY_SENT: 4;
    readonly UNSUBSCRIBE_RECEIVED: 5;
    readonly SUBSCRIPTION_EXPIRED: 6;
    readonly STATE_PENDING: 0;
    readonly STATE_ACTIVE: 1;
    readonly STATE_TERMINATED: 2;
    readonly DEFAULT_EXPIRES_SEC: 900;
}

export interface NotifierEventMap {
    subscribe: (isUnsubscribe: boolean, request: IncomingRequest, body: string | undefined, contentType: string | undefined) => void;
    expired: () => void;
    terminated: (code: number) => void;
}

/** Made by ua.notify(). */
export interface Notifier extends Emitter<NotifierEventMap> {
    readonly C: NotifierStates;
    readonly state: number;
    readonly id: string | null;
    data: any;
    /** Takes the subscription; what `subscribe` listeners notify goes with the first NOTIFY. */
    start(): void;
    setActiveState(): void;
    notify(body?: string): void;
    terminate(body?: string | null, reason?: string, retryAfter?: number): void;
}
