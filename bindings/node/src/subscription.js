'use strict';

// Events of others and of ours (RFC 6665, RFC 3903): subscriptions, those who subscribe to us, and publications.

const { EventEmitter } = require('node:events');

const raw = require('./load.js');
const { ErrorCode, EventType } = require('../generated/constants.js');
const { Series } = require('./document.js');
const { SipuaError, closed, failure } = require('./errors.js');
const { known, named, pairs, unlessGone } = require('./options.js');
const { asked } = require('./question.js');
const { EventLog, asyncDispose, deferred } = require('./streams.js');

const HISTORY = 256;

/** An object with a state that events tell. */
class Watched extends EventEmitter {
    #agent;
    #id;
    #state = '';
    #last = null;
    #ended = false;
    #log = new EventLog(HISTORY);
    #waiting = new Set();

    constructor(agent, id) {
        super({ captureRejections: true });
        this.#agent = agent;
        this.#id = id;
        agent._add(id, this);
        agent._hold();
    }

    get id() {
        return this.#id;
    }

    get agent() {
        return this.#agent;
    }

    /** In one word; '' before anything is known. */
    get state() {
        return this.#state;
    }

    /** Whether it is over. */
    get ended() {
        return this.#ended;
    }

    /** Why it was refused or broke; null when it was not, or has not ended. */
    get failure() {
        const last = this.#last;
        return this.#ended && last && (last.status >= 300 || last.code) ? failure(last) : null;
    }

    /** Its events from its start on, as an async iterator. */
    events() {
        return this.#log.follow(true);
    }

    /** Does that, and resolves to the next event with such a state. */
    async _reach(states, command, signal) {
        if (this.#ended) throw this.#over();
        const waiting = Object.assign(deferred(), { states });
        this.#waiting.add(waiting);
        const result = this.#agent._wait(waiting, signal);
        try {
            if (command) await this.#agent._do(command);
            return await result;
        } catch (error) {
            waiting.reject(error);
            throw error;
        } finally {
            this.#waiting.delete(waiting);
        }
    }

    #over() {
        if (!this.#last) return closed();
        return this.failure ?? new SipuaError(ErrorCode.GONE, `${this.constructor.name} ${this.#id} has ended`);
    }

    /** An event about it, told to whoever follows. */
    _tell(event) {
        this.#log.put(event);
    }

    _isNow(event, ended) {
        this.#state = event.state;
        this.#last = event;
        this._tell(event);
        for (const waiting of this.#waiting) {
            if (!waiting.states.includes(event.state)) continue;
            this.#waiting.delete(waiting);
            this.#agent._resume(waiting, event);
        }
        if (ended) this._finish();
    }

    _finish() {
        if (this.#ended) return;
        this.#ended = true;
        this.#log.end();
        for (const waiting of this.#waiting) waiting.reject(this.#over());
        this.#waiting.clear();
        this.#agent._forget(this.#id);
        this.#agent._letGo();
    }

    _end() {
        this._finish();
    }

    [Symbol.for('nodejs.rejection')](error) {
        this.#agent._report(error);
    }
}

/** A subscription that is kept fresh: `for await (const note of subscription)` gives what comes, until it ends; it throws when
 * it was refused or broke. */
class Subscription extends Watched {
    #notes = new EventLog(HISTORY);
    #note = null;

    constructor(agent, account, config) {
        super(agent, named('subscribe', () => raw.subscription_create(agent._handle(), account ? account.id : 0, config, 0)));
    }

    /** The newest of what came, a notify event; null before. */
    get last() {
        return this.#note;
    }

    /** What that said, if it is a document that the library reads. */
    get document() {
        return this.#note?.document ?? null;
    }

    /** Resolves once it is active. Throws a SipError when it is refused or ends before. */
    async active(options) {
        const { signal } = known('active', options, ['signal']);
        if (this.state !== 'active') await this._reach(['active'], null, signal);
    }

    /** What comes, from the first on. */
    [Symbol.asyncIterator]() {
        return this.#notes.follow(true);
    }

    /** Asks again now; expires: seconds, without them as before. */
    async refresh(expires = 0) {
        await this.agent._do(tag => raw.subscription_refresh(this.agent._handle(), this.id, expires, tag));
    }

    /** Unsubscribes. */
    async end() {
        if (this.ended) return;
        const ending = this._reach(['terminated']);
        if (!unlessGone(() => raw.subscription_end(this.agent._handle(), this.id, 0)) && this.ended) return;
        await ending;
    }

    [asyncDispose]() {
        return this.end();
    }

    _onEvent(event) {
        if (event.type === EventType.NOTIFY) {
            this.#note = event;
            this._tell(event);
            this.#notes.put(event);
        } else if (event.type === EventType.SUBSCRIPTION_STATE) {
            this._isNow(event, event.state === 'terminated');
        }
        this.emit(event.name, event);
    }

    _finish() {
        super._finish();
        this.#notes.end(this.failure);
    }
}

function notifyConfig(what, series, body, options, keys) {
    const o = known(what, options, ['contentType', 'headers', ...keys]);
    return { ...series.bodyOf(body, o.contentType), headers: pairs(o.headers), state: o.state };
}

/** Somebody who subscribes to us. It waits for accept() or reject(), now or within deadlineMs; then notify() tells him. */
class Notifier extends asked(Watched) {
    #series;
    #ending = false;

    constructor(agent, event) {
        super(agent, event, event.id);
        this.#series = new Series(event.to);
    }

    /** Who subscribes. */
    get from() {
        return this.event.from;
    }

    get fromName() {
        return this.event.fromName;
    }

    /** Whose events are asked for. */
    get to() {
        return this.event.to;
    }

    /** Which events: 'presence', 'dialog' ... */
    get package() {
        return this.event.package;
    }

    /** Answers 200 and sends the first NOTIFY. The last body is sent again whenever the subscriber refreshes. A document that
     * does not say whom it is about is about `to`; versions are counted. */
    async accept(body, options) {
        const config = { ...notifyConfig('accept', this.#series, body, options, ['state', 'expires']), expires: options?.expires };
        await this.agent._do(tag => named('accept', () => raw.notifier_accept(this.agent._handle(), this.id, config, 0, tag)));
    }

    /** Refuses it: reject(), reject(403, { reason, headers }). */
    async reject(status, options) {
        const o = known('reject', options, ['reason', 'headers']);
        const reply = { status, reason: o.reason, headers: pairs(o.headers) };
        await this.agent._do(tag => named('reject', () => raw.notifier_reject(this.agent._handle(), this.id, reply, tag)));
    }

    /** Sends a NOTIFY. When several come faster than they are answered, the newest counts. */
    notify(body, options) {
        return this.#notify('notify', notifyConfig('notify', this.#series, body, options, ['state']));
    }

    /** Ends it with a last NOTIFY. reason: 'noresource', 'timeout', 'rejected', 'deactivated', 'probation', 'giveup';
     * retryAfter: seconds after which to subscribe again. */
    async end(reason = 'noresource', options = {}) {
        if (this.ended || this.#ending) return;
        const { body, retryAfter, ...rest } = known('end', options, ['body', 'retryAfter', 'contentType', 'headers']);
        const config = { ...notifyConfig('end', this.#series, body, rest, []), state: 'terminated', reason, retry_after_s: retryAfter };
        this.#ending = true;
        try {
            await this.#notify('end', config);
        } catch (error) {
            this.#ending = false;
            if (error.code !== ErrorCode.GONE) throw error; // else it has ended meanwhile
        }
    }

    async #notify(what, config) {
        await this.agent._do(tag => named(what, () => raw.notifier_notify(this.agent._handle(), this.id, config, tag)));
    }

    /** Nobody takes it. */
    _untaken(status = 489) {
        if (this.agent._native) unlessGone(() => raw.notifier_reject(this.agent._native, this.id, { status }, 0));
    }

    /** A listener of the program failed. */
    _failed(error) {
        try {
            if (!this.ended && !this.state) this._untaken(500);
        } catch { /* it was decided before */ }
        this.agent._report(error);
    }

    _onEvent(event) {
        if (event.type !== EventType.SUBSCRIPTION_STATE) return;
        this._isNow(event, event.state === 'terminated');
        this.emit(event.name, event);
    }
}

/** A state of ours that others may learn from a server. It is kept fresh. */
class Publication extends Watched {
    #series;

    constructor(agent, account, config, series) {
        super(agent, named('publish', () => raw.publication_create(agent._handle(), account ? account.id : 0, config, 0)));
        this.#series = series;
    }

    /** Resolves once it is there. Throws a SipError when it is refused. */
    async _published(command, signal) {
        const event = await this._reach(['published', 'failed'], command, signal);
        if (event.state === 'failed') throw failure(event);
    }

    /** Replaces what is published, and resolves once it is there. */
    async update(body, options) {
        const o = known('update', options, ['contentType']);
        const { body: said, content_type: type } = this.#series.bodyOf(body, o.contentType);
        await this._published(tag => named('update', () => raw.publication_update(this.agent._handle(), this.id, type, said ?? '', tag)));
    }

    /** Takes it back. */
    async end() {
        if (this.ended) return;
        const ending = this._reach(['removed']);
        if (!unlessGone(() => raw.publication_end(this.agent._handle(), this.id, 0)) && this.ended) return;
        await ending;
    }

    [asyncDispose]() {
        return this.end();
    }

    _abandon() {
        if (!this.ended && this.agent._native) unlessGone(() => raw.publication_end(this.agent._native, this.id, 0));
    }

    _onEvent(event) {
        if (event.type !== EventType.PUBLISH_STATE) return;
        this._isNow(event, event.state === 'removed');
        this.emit(event.name, event);
    }
}

module.exports = { Notifier, Publication, Subscription };
