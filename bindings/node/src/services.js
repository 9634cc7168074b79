'use strict';

const { EventEmitter } = require('node:events');

const raw = require('./load.js');
const { ErrorCode, EventType, Switch } = require('../generated/constants.js');
const { SipuaError, failure } = require('./errors.js');
const { abortable, badType, known, named, text, unlessGone } = require('./options.js');
const {
    DIAL, MESSAGE, OPTIONS, callConfig, messageConfig, publishConfig, subscribeConfig, transferConfig,
} = require('./settings.js');
const { Asking, settled, unsettled } = require('./asking.js');
const { Call } = require('./call.js');
const { ChangeRequest } = require('./control.js');
const { Series } = require('./document.js');
const { IncomingMessage } = require('./message.js');
const { Inbox, deferred } = require('./streams.js');
const { Notifier, Publication, Subscription } = require('./subscription.js');
const { Bridge, Conference } = require('./together.js');
const { TransferRequest } = require('./transfer.js');
const { Transfer } = require('./worker.js');

const QUESTIONS = {
    incoming_call: 'calls', message: 'messages', transfer_requested: 'transfers', call_change_requested: 'changes of calls',
    subscribe_requested: 'subscribers',
};

/** The part of an agent that does what is not a call of its own: questions, messages, conferences, bridges, transfers
 * outside calls, subscriptions. */
class Services extends EventEmitter {
    #inboxes = new Map();
    #queries = new Map(); // id of a message, query or the like -> what waits for its result
    #draining = new Set();

    // Questions

    /** The calls that come in, as an async iterator. One consumer at a time; while there is none, and no listener of
     * incoming_call either, callers get 480. replacing: calls that are to replace one of ours come here too, with
     * `call.other`, instead of being answered by the stack; joining: so do those that want to join one. */
    calls(options) {
        const { replacing = false, joining = false } = known('calls', options, ['replacing', 'joining']);
        for (const [key, value] of Object.entries({ replacing, joining })) if (typeof value !== 'boolean') throw badType(key, 'true or false', value);
        return this.#inbox('incoming_call', [...(replacing ? [Asking.REPLACING] : []), ...(joining ? [Asking.JOINING] : [])]);
    }

    /** The messages that come in, as an async iterator. */
    messages() {
        return this.#inbox('message');
    }

    /** The wishes of others that we call somebody (REFER), as an async iterator. While nobody takes them, they get 603. */
    transfers() {
        return this.#inbox('transfer_requested');
    }

    /** The changes of calls that peers want, as an async iterator. While nobody takes them, the stack agrees to all that it
     * can. */
    changes() {
        return this.#inbox('call_change_requested');
    }

    /** Those who subscribe to us, as an async iterator. While nobody takes them, they get 489. */
    subscribers() {
        return this.#inbox('subscribe_requested');
    }

    #inbox(kind, also = []) {
        this._handle();
        if (this.#inboxes.has(kind)) throw new SipuaError(ErrorCode.STATE, `somebody takes the ${QUESTIONS[kind]} of this agent already`);
        const kinds = [...also, kind];
        const inbox = new Inbox(left => {
            this.#inboxes.delete(kind);
            for (const one of kinds) this._listens(one, -1);
            if (this._native) left.forEach(object => object._untaken());
        });
        this.#inboxes.set(kind, inbox);
        for (const one of kinds) this._listens(one, 1);
        return inbox;
    }

    _closeInboxes() {
        for (const inbox of [...this.#inboxes.values()]) inbox.close();
    }

    /** What an event of a question is told as; itself when it is none. */
    _question(event) {
        switch (event.type) {
        case EventType.INCOMING_CALL:
            return this.#known(event.id, new Call(this, event.id, 'incoming', event.accountId, event.target, 16000));
        case EventType.MESSAGE:
            return this.#known(event.id, new IncomingMessage(this, event));
        case EventType.TRANSFER_REQUESTED:
            return this.#known(event.id, new TransferRequest(this, event));
        case EventType.CALL_CHANGE_REQUESTED:
            return this._object(event.id) instanceof Call ? new ChangeRequest(this._object(event.id), event) : event;
        case EventType.SUBSCRIBE_REQUESTED:
            return new Notifier(this, event);
        default:
            return event;
        }
    }

    #known(id, object) {
        this._add(id, object);
        return object;
    }

    /** A question has come: to whoever takes them, else it is answered as if nobody had asked for it. */
    _arrived(object, event) {
        const inbox = this.#inboxes.get(event.name);
        if (inbox) {
            this._resumed();
            inbox.put(object);
        }
        let taken = Boolean(inbox);
        const call = object instanceof Call ? undefined : this._object(event.callId || event.id);
        for (const emitter of [call instanceof Call ? call : undefined, this._object(event.accountId), this]) {
            try {
                taken = Boolean(emitter?.emit(event.name, object)) || taken;
            } catch (error) { // thrown at once: as if rejected
                object._failed(error);
                taken = true;
            }
        }
        if (!taken && event.deadlineMs) object._untaken(); // without a deadline the stack has decided
    }

    /** An event that answers a query, or that is about no object. */
    _answers(event) {
        const query = this.#queries.get(event.id);
        if (query && (event.id || event.type === EventType.STATS)) {
            this.#queries.delete(event.id);
            this._resume(query, event);
        }
        if (event.type === EventType.CALL_REPLACED) this.#replaced(event);
        if (event.type === EventType.DRAINED) {
            for (const waiting of this.#draining) this._resume(waiting);
            this.#draining.clear();
        }
    }

    #replaced(event) {
        const old = this._object(event.other);
        const call = new Call(this, event.id, 'incoming', event.accountId, event.target, old?._rate ?? 16000);
        this._add(event.id, call);
        old?._wasReplaced(call, event);
    }

    _endServices(error) {
        for (const waiting of [...this.#queries.values(), ...this.#draining]) waiting.reject(error);
        this.#queries.clear();
        this.#draining.clear();
    }

    // Messages and OPTIONS

    /** Sends a MESSAGE directly, without an account, and resolves once it is delivered. */
    message(target, body, options) {
        return this._message(null, target, body, options);
    }

    /** Tells somebody that a message to him is being written, or no longer. */
    composing(target, active) {
        return this._composing(null, target, active);
    }

    /** Asks a peer what it can do. */
    options(target, options) {
        return this._options(null, target, options);
    }

    async _message(account, target, body, options) {
        if (body === undefined) throw badType('body', 'a string, a Buffer or a document', body);
        const o = known('message', options, MESSAGE);
        return this._delivered(account, messageConfig(target, body, o), o.signal);
    }

    async _composing(account, target, active = true) {
        if (typeof active !== 'boolean') throw badType('active', 'true or false', active);
        await this._delivered(account, { ...messageConfig(target, undefined, {}), composing: active ? Switch.ON : Switch.OFF });
    }

    /** Tells what became of a message. */
    async _saysOf(account, target, messageId, state) {
        await this._delivered(account, { ...messageConfig(target, undefined, { messageId }), report: state });
    }

    async _delivered(account, config, signal) {
        const event = await this.#query(raw.message_send, account, config, signal);
        if (event.type === EventType.MESSAGE_FAILED) throw failure(event);
        return event;
    }

    async _options(account, target, options) {
        const o = known('options', options, OPTIONS);
        const event = await this.#query(raw.options_send, account, messageConfig(target, undefined, o), o.signal);
        if (!(event.status >= 200 && event.status < 300)) throw failure(event);
        return event;
    }

    /** Sends a request outside a call and waits for its one result. */
    async #query(command, account, config, signal) {
        abortable(signal);
        await settled();
        const id = named('message', () => command(this._handle(), account ? account.id : 0, config, 0));
        const waiting = deferred();
        this.#queries.set(id, waiting);
        return this._wait(waiting, signal).finally(() => this.#queries.delete(id));
    }

    /** The one event of what a command makes. stop: what ends it when nobody waits any more. */
    async _result(command, signal, stop) {
        if (unsettled()) await settled();
        const waiting = deferred();
        const result = this._wait(waiting, signal);
        let id;
        try {
            await this._do(tag => {
                id = command(tag);
                this.#queries.set(id, waiting);
            });
            return await result;
        } catch (error) {
            waiting.reject(error);
            if (stop && signal?.aborted && this._native) await this.#stopped(id, stop);
            throw error;
        } finally {
            this.#queries.delete(id);
        }
    }

    /** Stops it, and resolves when it has: only then may another begin. */
    async #stopped(id, stop) {
        const waiting = deferred();
        this.#queries.set(id, waiting);
        unlessGone(() => stop(this._native, id, 0));
        await this._wait(waiting).catch(() => {});
    }

    /** The agent's counters. */
    async stats() {
        const waiting = this.#queries.get(0) ?? deferred();
        this.#queries.set(0, waiting);
        raw.agent_stats(this._handle(), 0);
        return (await this._wait(waiting)).figures;
    }

    // Several calls together

    /** A conference, to which `await conference.add(call)` adds calls. rate: samples per second of mixing, and of what the
     * program itself hears in it. */
    conference(options) {
        return new Conference(this, options);
    }

    /** Connects two calls. With an incoming call that is not answered and one that was just dialled, `a` rings as `b`
     * rings, is answered when `b` answers, and refused as `b` refuses. */
    bridge(a, b, options) {
        return new Bridge(this, a, b, options);
    }

    // Transfers outside calls

    /** Has somebody call somebody else, outside any call. As call.transfer() else. */
    refer(recipient, target, options) {
        return this._refer(null, recipient, target, options);
    }

    _refer(account, recipient, target, options) {
        const config = { ...transferConfig(text('target', target), options), recipient: text('recipient', recipient) };
        return new Transfer(this, tag => named('refer', () => raw.transfer_send(this._handle(), account ? account.id : 0, config, tag)));
    }

    async _follow(wish, options) {
        const { target, ...config } = callConfig(wish.target, known('accept', options, DIAL));
        let call;
        await this._do(tag => {
            const id = named('accept', () => raw.transfer_accept(this._handle(), wish.id, config, tag));
            call = this.#known(id, new Call(this, id, 'outgoing', wish.event.accountId, target, config.rate ?? 16000));
        });
        return call;
    }

    // Events of others and of ours

    /** Subscribes without an account. Else as account.subscribe(). */
    subscribe(target, event, options) {
        return this._subscribe(null, target, event, options);
    }

    _subscribe(account, target, event, options) {
        return new Subscription(this, account, subscribeConfig(target, event, options));
    }

    async _publish(account, event, body, options) {
        const series = new Series(options?.target ?? account?.aor);
        const config = publishConfig(event, body, options, series);
        const signal = abortable(options?.signal);
        await settled();
        const publication = new Publication(this, account, config, series);
        try {
            await publication._published(null, signal);
        } catch (error) { // nobody will know it: it must not try again by itself
            publication._abandon();
            throw error;
        }
        return publication;
    }

    // Leaving in peace

    /** Takes no more calls (503), and resolves when those that are up have ended; false: back to work. */
    async drain(on = true) {
        if (typeof on !== 'boolean') throw badType('drain', 'true or false', on);
        if (!on) {
            for (const waiting of this.#draining) waiting.reject(new SipuaError(ErrorCode.CANCELED, 'it is back to work'));
            this.#draining.clear();
            return this._do(tag => raw.agent_drain(this._handle(), Switch.OFF, tag));
        }
        const waiting = deferred();
        this.#draining.add(waiting);
        const result = this._wait(waiting);
        try {
            await this._do(tag => raw.agent_drain(this._handle(), Switch.ON, tag));
            await result;
        } catch (error) {
            waiting.reject(error);
            throw error;
        } finally {
            this.#draining.delete(waiting);
        }
    }

    /** The number of a call that must be one of ours. */
    _mine(name, call) {
        if (!(call instanceof Call)) throw badType(name, 'a call', call);
        if (call.agent !== this) throw new SipuaError(ErrorCode.GONE, `${name}: it belongs to another agent`);
        return call.id;
    }
}

module.exports = { Services };
