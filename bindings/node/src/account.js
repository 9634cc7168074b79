'use strict';

const { EventEmitter } = require('node:events');

const raw = require('./load.js');
const { ErrorCode, EventType } = require('../generated/constants.js');
const { SipuaError, failure } = require('./errors.js');
const { abortable, badType, known, text, unlessGone } = require('./options.js');
const { DIAL } = require('./settings.js');
const { EventLog, asyncDispose, deferred } = require('./streams.js');

const HISTORY = 256;

/** Who we are towards a server, registered or not. Made by Agent.register() and Agent.account(). */
class Account extends EventEmitter {
    #agent;
    #id;
    #aor;
    #expires = 0;
    #registered = false;
    #held = false; // registered or about to be: the process stays
    #closed = false;
    #gruu = '';
    #waiting = new Set();
    #log = new EventLog(HISTORY);

    constructor(agent, id, aor) {
        super({ captureRejections: true });
        this.#agent = agent;
        this.#id = id;
        this.#aor = aor;
        super.on('newListener', name => agent._listens(name, 1));
        super.on('removeListener', name => agent._listens(name, -1));
    }

    get id() {
        return this.#id;
    }

    get agent() {
        return this.#agent;
    }

    get aor() {
        return this.#aor;
    }

    /** Whether the server holds a registration of ours, as far as we know. */
    get registered() {
        return this.#registered;
    }

    /** The seconds that the server granted last; 0 without a registration. */
    get expires() {
        return this.#expires;
    }

    /** The URI that reaches this very device (RFC 5627); '' where the server gave none. */
    get gruu() {
        return this.#gruu;
    }

    /** Changes the bearer token for what is sent from now on; null: none any more. */
    setToken(token) {
        if (token !== null) text('token', token);
        return this.#agent._do(tag => raw.account_set_token(this.#agent._handle(), this.#id, token, tag));
    }

    get closed() {
        return this.#closed;
    }

    /** Registers, or refreshes at once, and resolves once the server said 200. */
    async register(options) {
        const signal = abortable(known('register', options, ['signal']).signal);
        const event = await this.#outcome(tag => raw.account_register(this.#agent._handle(), this.#id, tag), signal,
            EventType.REGISTERED, EventType.REGISTRATION_FAILED);
        if (event.type === EventType.REGISTRATION_FAILED) throw failure(event);
        return event;
    }

    /** Removes the registration; all: those of every device of this address. */
    async unregister(options) {
        const { all = false } = known('unregister', options, ['all']);
        if (typeof all !== 'boolean') throw badType('all', 'true or false', all);
        await this.#outcome(tag => raw.account_unregister(this.#agent._handle(), this.#id, all ? 1 : 2, tag), undefined,
            EventType.UNREGISTERED, EventType.REGISTRATION_FAILED, EventType.ACCOUNT_CLOSED);
    }

    /** Unregisters if need be, ends its calls and closes it. */
    async close() {
        if (this.#closed) return;
        await this.#outcome(tag => raw.account_close(this.#agent._handle(), this.#id, tag), undefined, EventType.ACCOUNT_CLOSED);
    }

    [asyncDispose]() {
        return this.close();
    }

    /** Calls somebody and resolves to the call once it is answered. */
    call(target, options) {
        return this.#agent._call(this, target, options);
    }

    /** Calls somebody and returns the call at once. */
    dial(target, options) {
        return this.#agent._dial(this, target, known('dial', options, DIAL));
    }

    /** Sends a MESSAGE and resolves once it is delivered. */
    message(target, body, options) {
        return this.#agent._message(this, target, body, options);
    }

    /** Tells somebody that a message to him is being written, or no longer. */
    composing(target, active) {
        return this.#agent._composing(this, target, active);
    }

    /** Has somebody call somebody else, outside any call. As call.transfer() else. */
    refer(recipient, target, options) {
        return this.#agent._refer(this, recipient, target, options);
    }

    /** Subscribes to somebody's events ('presence', 'dialog', 'message-summary' ...) and keeps that fresh. */
    subscribe(target, event, options) {
        return this.#agent._subscribe(this, target, event, options);
    }

    /** Publishes a state of ours, resolves once it is there, and keeps it fresh. body: a document such as Presence, or its
     * text. */
    publish(event, body, options) {
        return this.#agent._publish(this, event, body, options);
    }

    /** Asks a peer what it can do. */
    options(target, options) {
        return this.#agent._options(this, target, options);
    }

    /** The account's events from now on, as an async iterator. */
    events() {
        return this.#log.follow(false);
    }

    [Symbol.asyncIterator]() {
        return this.events();
    }

    // Inside

    async #outcome(command, signal, ...types) {
        if (this.#closed) throw new SipuaError(ErrorCode.STATE, `the account ${this.#aor} is closed`);
        const waiting = Object.assign(deferred(), { types });
        this.#waiting.add(waiting);
        try {
            const result = this.#agent._wait(waiting, signal);
            await this.#agent._do(command);
            return await result;
        } catch (error) {
            waiting.reject(error);
            throw error;
        } finally {
            this.#waiting.delete(waiting);
        }
    }

    #hold(wanted) {
        if (wanted === this.#held) return;
        this.#held = wanted;
        if (wanted) this.#agent._hold();
        else this.#agent._letGo();
    }

    _onEvent(event) {
        if (event.id !== this.#id) return;
        switch (event.type) {
        case EventType.REGISTERED:
            this.#registered = true;
            this.#expires = event.expires;
            this.#gruu = event.pubGruu ?? '';
            this.#hold(true);
            break;
        case EventType.REGISTRATION_FAILED:
            this.#registered = false;
            this.#expires = 0;
            this.#gruu = '';
            this.#hold(event.retryMs > 0); // the stack tries again by itself
            break;
        case EventType.UNREGISTERED:
        case EventType.ACCOUNT_CLOSED:
            this.#registered = false;
            this.#expires = 0;
            this.#gruu = '';
            this.#hold(false);
            break;
        default:
        }
        this.#log.put(event);
        for (const waiting of this.#waiting) {
            if (!waiting.types.includes(event.type)) continue;
            this.#waiting.delete(waiting);
            this.#agent._resume(waiting, event);
        }
        if (event.type === EventType.ACCOUNT_CLOSED) this._end(new SipuaError(ErrorCode.STATE, `the account ${this.#aor} is closed`));
        this.emit(event.name, event);
    }

    _end(error) {
        this.#closed = true;
        this.#registered = false;
        this.#hold(false);
        this.#log.end();
        for (const waiting of this.#waiting) waiting.reject(error);
        this.#waiting.clear();
        this.#agent._forget(this.#id);
    }

    /** Nobody holds it: closes it without waiting. */
    _abandon() {
        if (!this.#closed && this.#agent._native) unlessGone(() => raw.account_close(this.#agent._native, this.#id, 0));
    }

    [Symbol.for('nodejs.rejection')](error, name, object) {
        if (object?._failed) object._failed(error);
        else this.#agent._report(error);
    }
}

module.exports = { Account };
