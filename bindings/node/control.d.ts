/// <reference types="node" />
// What calls can do besides talking, and what agents do besides calls.

import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import type * as events from './generated/events';
import type { Document } from './generated/documents';
import type { EventMap } from './generated/events';
import type { Account, Agent, BodyIn, Call, CallEvents, CallOptions, Headers, HeadersIn, IncomingMessage, SipError, SipuaEvent } from './index';

// In a call ---------------------------------------------------------------------------------------------------------

export interface RequestOptions {
    signal?: AbortSignal;
    headers?: HeadersIn;
    timeoutMs?: number;
    /** Default "text/plain;charset=utf-8", or the document's. */
    contentType?: string;
}

export interface OptionsOptions extends RequestOptions {
    from?: string;
}

export interface MessageOptions extends OptionsOptions {
    /** true: wrapped into CPIM (RFC 3862). */
    cpim?: boolean;
    /** How notifications name it. Default: made up where it is needed. */
    messageId?: string;
    /** What to be told by message_disposition events with the same messageId (RFC 5438). Wraps it into CPIM too. */
    disposition?: ('delivered' | 'displayed' | 'processed')[];
}

/** Questions: whoever listens for one decides about it, in the call, of the account, or of the agent. */
export interface Questions {
    /** A peer wants to change a call (hold, codecs). While nobody listens, the stack agrees to all that it can. */
    call_change_requested: [ChangeRequest];
    /** A peer wants us to call somebody. While nobody listens: 603. */
    transfer_requested: [TransferRequest];
    /** While nobody listens: 405. */
    message: [IncomingMessage];
}

export interface ChangeOptions {
    /** Default 'auto': a re-INVITE, or an UPDATE before the answer; the other one where the peer does not know it. */
    method?: 'auto' | 'invite' | 'update';
    headers?: HeadersIn;
}

export interface TransferOptions {
    /** In whose name: a URI; '' says none. Default: ours. */
    referredBy?: string;
    /** false asks for no progress (RFC 4488): it is done as soon as the peer agrees. */
    subscribe?: boolean;
    /** false keeps the call (and the one consulted) when it has succeeded. */
    hangup?: boolean;
    headers?: HeadersIn;
    /** Until it counts as failed. Default 90000. */
    timeoutMs?: number;
}

/** The part of a call that controls it, and what its INVITE said of the caller. */
export class Control extends EventEmitter<CallEvents> {
    /** The URI of P-Asserted-Identity or Remote-Party-ID: worth as much as who sent it. '' without one. */
    readonly identity: string;
    readonly identityName: string;
    /** Who diverted an incoming call last (Diversion, History-Info); '' if nobody did. */
    readonly diversion: string;
    /** In whose name an incoming call is made, after a transfer; '' if nobody's. */
    readonly referredBy: string;
    /** What the caller wants kept private: 'id;user' (RFC 3323). */
    readonly privacy: string;
    /** The call that an incoming one names in Replaces or Join: "CALL-ID;to-tag=X;from-tag=Y"; '' without one. */
    readonly replaces: string;
    /**
     * "CALL-ID;to-tag=OURS;from-tag=PEERS": what a Replaces to us says, and a dialog-info document of ours; '' before the
     * peer has a tag.
     */
    readonly dialog: string;
    /** The seconds after which the caller wants an answer without a hand (an intercom); null: it does not. */
    readonly answerAfter: number | null;
    /** Of an incoming call that wants to replace or join one of ours: that one. */
    readonly other: Call | null;
    /** The call that took its place, as after an attended transfer by the peer. */
    readonly replacedBy: Call | null;
    /** Whether we hold the peer. */
    readonly holding: boolean;
    /** Whether what we send, and what we hear, is muted. */
    readonly muted: { send: boolean; receive: boolean };
    /** Holds the peer: it is not heard; what is written or played is (music on hold). Rejects with a SipError when the peer
     * refuses; the call is then as it was. */
    hold(options?: ChangeOptions): Promise<void>;
    /** Takes the peer back. */
    resume(options?: ChangeOptions): Promise<void>;
    /** Offers everything anew. codecs: those from now on, in order of preference. sdp: the offer of a call without media. */
    renegotiate(options?: ChangeOptions & { codecs?: string[]; sdp?: string }): Promise<void>;
    /** Lets the peer hear silence; receive: and us too. Nothing is signalled. */
    mute(options?: { send?: boolean; receive?: boolean }): Promise<void>;
    /** Both, unless told otherwise. */
    unmute(options?: { send?: boolean; receive?: boolean }): Promise<void>;
    /** Has the peer call somebody else: a URI, or (attended) the peer of another call of ours. Awaiting the result tells how
     * that went: it rejects with a SipError when it failed, and this call goes on. */
    transfer(target: string | Call, options?: TransferOptions): Transfer;
    transfer(options: TransferOptions & { consult: Call }): Transfer;
    /** Waits for digits of the peer, until `max` (1) have come, one of the terminators, or nothing more. */
    collect(max?: number, options?: {
        /** A WAV file to play first. */
        prompt?: string;
        /** Until the first digit: from the end of `prompt`, without one from now, whatever plays. Default 10000;
         * Infinity: for ever. */
        timeoutMs?: number;
        /** Until each further one. At least 1; default 3000. */
        betweenMs?: number;
        /** "#": ends it, and is no part of it. */
        terminators?: string;
        /** The first digit stops what plays and drops what is queued. Default true. */
        interrupt?: boolean;
        signal?: AbortSignal;
    }): Promise<events.Collected>;
    /** Sends an INFO and resolves to its answer. Rejects with a SipError when the peer refuses. */
    info(body?: BodyIn, options?: RequestOptions): Promise<events.RequestAnswered>;
    /** Sends a request of any method that the stack does not do itself, and resolves to its answer. */
    request(method: string, body?: BodyIn, options?: RequestOptions): Promise<events.RequestAnswered>;
    /** Sends a MESSAGE inside the call and resolves once it is delivered. */
    message(body: BodyIn, options?: RequestOptions): Promise<events.MessageDelivered>;
}

/** A change that the peer wants and that waits for accept() or reject(), now or within deadlineMs. */
export class ChangeRequest {
    private constructor();
    readonly call: Call;
    readonly event: events.CallChangeRequested;
    /** Whether the peer wants to hold us. */
    readonly hold: boolean;
    /** Whether it wants to go on after holding us. */
    readonly resume: boolean;
    /** Its offer; empty when it wants ours. */
    readonly body: Buffer;
    readonly headers: Headers;
    /** The account that it came for; null without one. */
    readonly account: Account | null;
    readonly deadlineMs: number;
    /** Takes it as far as we can. sdp: the answer of a call without media. */
    accept(options?: { headers?: HeadersIn; sdp?: string }): Promise<void>;
    /** Refuses it (488); the call is as it was. */
    reject(status?: number, options?: { reason?: string; headers?: HeadersIn }): Promise<void>;
}

/** Somebody wants us to call somebody else. It waits for accept() or reject(), now or within deadlineMs. */
export class TransferRequest {
    private constructor();
    readonly id: number;
    /** The call that it came in; null outside one. */
    readonly call: Call | null;
    readonly account: Account | null;
    readonly event: events.TransferRequested;
    /** Whom we are to call. */
    readonly target: string;
    /** Who asks. */
    readonly from: string;
    readonly fromName: string;
    /** In whose name. */
    readonly referredBy: string;
    /** The call that the new one is to replace, when it is an attended transfer. */
    readonly replaces: string;
    /** The new call is to join the one that `replaces` names (RFC 3911), not to take its place. */
    readonly joins: boolean;
    readonly headers: Headers;
    readonly deadlineMs: number;
    /** How it ended; null before. */
    readonly done: events.TransferDone | null;
    /** Calls the target, and tells the other side how that goes; resolves to the new call at once. The call in which this
     * came goes on until somebody hangs up. */
    accept(options?: Omit<CallOptions, 'signal' | 'earlyMedia'>): Promise<Call>;
    /** Refuses it (603). */
    reject(status?: number, options?: { reason?: string; headers?: HeadersIn }): Promise<void>;
}

/** A transfer under way: a promise of its end, which rejects with a SipError when it failed. */
export class Transfer extends EventEmitter<Pick<EventMap, 'transfer_progress' | 'transfer_done'>> implements Promise<events.TransferDone> {
    private constructor();
    readonly id: number;
    readonly [Symbol.toStringTag]: string;
    then<A = events.TransferDone, B = never>(resolve?: ((done: events.TransferDone) => A | PromiseLike<A>) | null,
        reject?: ((error: any) => B | PromiseLike<B>) | null): Promise<A | B>;
    catch<B = never>(reject?: ((error: any) => B | PromiseLike<B>) | null): Promise<events.TransferDone | B>;
    finally(done?: (() => void) | null): Promise<events.TransferDone>;
    /** Its events from its start on: transfer_progress with the status of the new call, at last transfer_done. */
    events(): AsyncIterableIterator<SipuaEvent>;
    [Symbol.asyncIterator](): AsyncIterableIterator<SipuaEvent>;
}

// Audio -------------------------------------------------------------------------------------------------------------

/** A promise of the end of a player or recorder. */
export interface Worker<T> extends Promise<T> {
    readonly id: number;
    /** Stops it and resolves to how far it came. */
    stop(): Promise<T>;
}

/** What a call hears and says: Buffers of signed 16-bit mono samples in the machine's byte order. A frame that holds sound
 * made up for lost packets has `concealed` true, one in which nothing came `silence`. */
export class Audio<Owner = Call> extends Duplex {
    private constructor();
    /** Whose it is: a call, or a conference. */
    readonly call: Owner;
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

// Several calls together --------------------------------------------------------------------------------------------

/** Calls that are mixed: everybody hears all others, and never himself. The program is one more member, by `audio`. */
export class Conference extends EventEmitter<Pick<EventMap, 'conference_changed' | 'conference_ended' | 'mark' | 'flushed'>>
    implements AsyncDisposable {
    private constructor();
    readonly id: number;
    readonly agent: Agent;
    /** The calls in it. */
    readonly calls: Call[];
    /** What the program writes is heard by all, what it reads is the mix of all calls. */
    readonly audio: Audio<Conference>;
    /** How it ended; null while it lasts. */
    readonly ended: events.ConferenceEnded | null;
    /** Adds a call, answered or not; it leaves when it ends. */
    add(call: Call): Promise<void>;
    /** Takes a call out; it goes on by itself. */
    remove(call: Call): Promise<void>;
    /** Plays a WAV file to all; several at once are mixed. */
    play(file: string, options?: { loop?: boolean }): Worker<events.PlayDone>;
    /** Records all that is said and played, mono. */
    record(file: string): Worker<events.RecordDone>;
    /** Ends it; its calls go on by themselves, or are hung up too. */
    end(options?: { hangup?: boolean }): Promise<events.ConferenceEnded>;
    waitEnded(): Promise<events.ConferenceEnded>;
    events(): AsyncIterableIterator<SipuaEvent>;
    [Symbol.asyncDispose](): Promise<void>;
}

/** What passes from one call of a bridge to the other. All but transfer are on by default. */
export interface BridgeOptions {
    dtmf?: boolean;
    hold?: boolean;
    hangup?: boolean;
    /** true: a REFER goes to the other side. Default: it is a question to the program. */
    transfer?: boolean;
    /** false leaves ringing and answer of `a` to the program. */
    signalling?: boolean;
    /** false: audio always goes through our codecs. */
    untouched?: boolean;
    /** false: INFO, MESSAGE and methods of your own stay with the program and do not pass. */
    requests?: boolean;
}

/** Two calls connected with each other. */
export class Bridge extends EventEmitter<Pick<EventMap, 'bridge_changed' | 'bridge_ended'>> {
    private constructor();
    readonly id: number;
    readonly agent: Agent;
    /** 'waiting' until both are answered, 'untouched' when packets pass as they are, 'transcoded', or 'held'. */
    readonly state: string;
    readonly ended: events.BridgeEnded | null;
    /** Takes them apart; both calls go on by themselves. */
    end(): Promise<events.BridgeEnded>;
    /** Rejects when they could not be connected. */
    waitEnded(): Promise<events.BridgeEnded>;
    events(): AsyncIterableIterator<SipuaEvent>;
}

// Events of others and of ours (RFC 6665, RFC 3903) -----------------------------------------------------------------

export interface SubscribeOptions {
    /** Seconds to ask for (3600); 0 asks once. */
    expires?: number;
    /** Content types, with commas between. Default: those of the package. */
    accept?: string;
    body?: BodyIn;
    contentType?: string;
    headers?: HeadersIn;
}

export interface PublishOptions {
    /** Whose state. Default: the account's. */
    target?: string;
    /** Seconds to ask for (3600). */
    expires?: number;
    contentType?: string;
    headers?: HeadersIn;
    signal?: AbortSignal;
}

/** A subscription that is kept fresh: `for await (const note of subscription)` gives what comes, until it ends. */
export class Subscription extends EventEmitter<Pick<EventMap, 'notify' | 'subscription_state'>> implements AsyncDisposable {
    private constructor();
    readonly id: number;
    readonly agent: Agent;
    /** 'pending', 'active', 'terminated'; '' before anything is known. */
    readonly state: string;
    readonly ended: boolean;
    /** Why it was refused or broke; null when it was not, or has not ended. */
    readonly failure: SipError | null;
    /** The newest of what came. */
    readonly last: events.Notify | null;
    /** What that said, if it is a document that the library reads. */
    readonly document: Document | null;
    /** Resolves once it is active. Rejects with a SipError when it is refused or ends before. */
    active(options?: { signal?: AbortSignal }): Promise<void>;
    /** Asks again now; expires: seconds, without them as before. */
    refresh(expires?: number): Promise<void>;
    /** Unsubscribes. */
    end(): Promise<void>;
    events(): AsyncIterableIterator<SipuaEvent>;
    /** What comes, from the first on. Throws when it was refused or broke. */
    [Symbol.asyncIterator](): AsyncIterableIterator<events.Notify>;
    [Symbol.asyncDispose](): Promise<void>;
}

/** Somebody who subscribes to us. It waits for accept() or reject(), now or within deadlineMs; then notify() tells him. */
export class Notifier extends EventEmitter<Pick<EventMap, 'subscription_state'>> {
    private constructor();
    readonly id: number;
    readonly agent: Agent;
    readonly state: string;
    readonly ended: boolean;
    readonly failure: SipError | null;
    /** Who subscribes. */
    readonly from: string;
    readonly fromName: string;
    /** Whose events are asked for. */
    readonly to: string;
    /** Which events: 'presence', 'dialog' ... */
    readonly package: string;
    readonly event: events.SubscribeRequested;
    readonly headers: Headers;
    readonly account: Account | null;
    readonly deadlineMs: number;
    /** Answers 200 and sends the first NOTIFY. The last body is sent again whenever the subscriber refreshes. A document that does
     * not say whom it is about is about `to`; versions are counted. */
    accept(body?: BodyIn, options?: {
        state?: 'active' | 'pending'; expires?: number; contentType?: string; headers?: HeadersIn;
    }): Promise<void>;
    /** Refuses it (403). */
    reject(status?: number, options?: { reason?: string; headers?: HeadersIn }): Promise<void>;
    /** Sends a NOTIFY. When several come faster than they are answered, the newest counts. */
    notify(body?: BodyIn, options?: { state?: 'active' | 'pending' | 'terminated'; contentType?: string; headers?: HeadersIn }): Promise<void>;
    /** Ends it with a last NOTIFY. reason: default 'noresource'. */
    end(reason?: 'noresource' | 'timeout' | 'rejected' | 'deactivated' | 'probation' | 'giveup', options?: {
        body?: BodyIn; retryAfter?: number; contentType?: string; headers?: HeadersIn;
    }): Promise<void>;
    events(): AsyncIterableIterator<SipuaEvent>;
}

/** A state of ours that others may learn from a server. It is kept fresh. */
export class Publication extends EventEmitter<Pick<EventMap, 'publish_state'>> implements AsyncDisposable {
    private constructor();
    readonly id: number;
    readonly agent: Agent;
    /** 'published', 'failed' (it is tried again), 'removed'. */
    readonly state: string;
    readonly ended: boolean;
    readonly failure: SipError | null;
    /** Replaces what is published, and resolves once it is there. */
    update(body: BodyIn, options?: { contentType?: string }): Promise<void>;
    /** Takes it back. */
    end(): Promise<void>;
    events(): AsyncIterableIterator<SipuaEvent>;
    [Symbol.asyncDispose](): Promise<void>;
}
