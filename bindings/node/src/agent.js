'use strict';

const raw = require('./load.js');
const { ErrorCode, EventType } = require('../generated/constants.js');
const { CLASSES } = require('../generated/events.js');
const { UnknownEvent, figures } = require('./event.js');
const { SipuaError, closed, failure } = require('./errors.js');
const { abortable, badType, badValue, known, named, text, unlessGone } = require('./options.js');
const { EventLog, asyncDispose, deferred } = require('./streams.js');
const { Account } = require('./account.js');
const { Asking, settled } = require('./asking.js');
const { tellReady } = require('./audio.js');
const { Call } = require('./call.js');
const { Services } = require('./services.js');
const { ACCOUNT, CALL, DIAL, accountConfig, agentConfig, callConfig } = require('./settings.js');

const AT_ONCE = 128; // events a turn of the loop: timers and sockets get their turn too
const HISTORY = 4096;

const held = new Set(); // agents that have something to do: those are not garbage, whoever holds them

/** A SIP stack: registers, calls, takes calls, and messages. Several may run at once, in the main thread and in workers. */
class Agent extends Services {
    #handle;
    #objects = new Map();
    #replies = new Map(); // tag -> what waits for its reply
    #tag = 0;
    #holds = 0;
    #keeps = true; // ref() and unref()
    #asking = new Asking(this);
    #log = new EventLog(HISTORY);
    #followed = false;
    #resumed = false; // somebody's await has ended: it goes on before the next event
    #scheduled = false;
    #left = 0; // events that this turn may still take
    #listeners = [];
    #listening = deferred();
    #expected;
    #shutdown = deferred();
    #closing = null;
    #defaults;

    constructor(options = {}) {
        super({ captureRejections: true });
        const config = agentConfig(options);
        const settings = Object.entries(known('options', options.options, Object.keys(options.options ?? {})));
        for (const key of ['displayName', 'authUser']) if (options[key] !== undefined) text(key, options[key]);
        for (const proxy of [options.outboundProxy ?? []].flat()) text('outboundProxy', proxy);
        this.#defaults = { displayName: options.displayName, authUser: options.authUser, outboundProxy: options.outboundProxy };
        this.#expected = options.listen?.length ?? 2;
        this.#handle = named('Agent', () => raw.agent_create(config));
        raw.agent_on_wakeup(this.#handle, Agent.#waker(new WeakRef(this)));
        super.on('newListener', name => this._listens(name, 1));
        super.on('removeListener', name => this._listens(name, -1));
        try {
            for (const [key, value] of settings) this.#set(key, value, 0).catch(error => this._report(error));
        } catch (error) {
            raw.agent_free(this.#handle);
            throw error;
        }
    }

    /** Made apart: a function made in the constructor would share its scope, and with that the agent. */
    static #waker(self) {
        return () => {
            const agent = self.deref();
            if (agent) agent.#drain();
        };
    }

    // Its life

    /** Whether it was closed. */
    get closed() {
        return this.#handle === null;
    }

    /** Ends everything politely: calls get BYE, registrations are removed; waits for the answers for drainMs at most. */
    close(options) {
        const { drainMs = 2000 } = known('close', options, ['drainMs']);
        if (typeof drainMs !== 'number') throw badType('drainMs', 'a number', drainMs);
        if (!(drainMs >= 0 && drainMs <= 1e9)) throw badValue('drainMs', 'a number of milliseconds', drainMs);
        return (this.#closing ??= this.#close(Math.floor(drainMs)));
    }

    async #close(drainMs) {
        if (!this.#handle) return;
        this._closeInboxes();
        if (!this.#handle) return;
        this._hold();
        let timer;
        try {
            const late = new Promise(resolve => {
                timer = setTimeout(resolve, drainMs + 1000);
            });
            if (unlessGone(() => raw.agent_shutdown(this.#handle, drainMs || -1, 0))) await Promise.race([this.#shutdown.promise, late]);
        } finally {
            clearTimeout(timer);
            this.#release();
        }
    }

    #release() {
        const handle = this.#handle;
        if (!handle) return;
        raw.agent_close(handle);
        for (let flat; (flat = raw.agent_take(handle));) this.#dispatch(flat);
        this.#handle = null;
        raw.agent_free(handle);
        const error = closed();
        for (const waiting of [...this.#replies.values(), this.#listening]) waiting.reject(error);
        this._endServices(error);
        for (const object of [...this.#objects.values()]) object._end(error);
        this.#objects.clear();
        this.#log.end();
        this.#holds = 0;
        held.delete(this);
    }

    [asyncDispose]() {
        return this.close();
    }

    /** Lets it hold the process open while it is registered, takes calls or is in one: the default. */
    ref() {
        this.#keeps = true;
        if (this.#handle && this.#holds) raw.agent_ref(this.#handle);
        return this;
    }

    /** Never holds the process open. */
    unref() {
        this.#keeps = false;
        if (this.#handle) raw.agent_unref(this.#handle);
        return this;
    }

    // Accounts

    /** Registers with a server and resolves to the account once that said 200; the registration is then kept fresh. */
    async register(aor, options) {
        const whole = typeof aor === 'object' && aor !== null;
        const { signal, ...settings } = known('register', whole ? aor : options, ACCOUNT.concat('signal'));
        abortable(signal);
        const account = this.account(whole ? settings : { ...settings, aor });
        try {
            await account.register({ signal });
        } catch (error) {
            account._abandon();
            throw error;
        }
        return account;
    }

    /** An account that is not registered: to call and message from, or to register later. */
    account(aor, options) {
        const given = typeof aor === 'object' && aor !== null ? aor : { ...known('account', options, ACCOUNT), aor };
        const config = accountConfig({ ...this.#given(given), ...given });
        const id = named('account', () => raw.account_create(this._handle(), config, 0));
        const account = new Account(this, id, config.aor);
        this.#objects.set(id, account);
        return account;
    }

    #given(given) {
        return Object.fromEntries(Object.entries(this.#defaults).filter(([key, value]) => value !== undefined && given[key] === undefined));
    }

    /** Says that addresses or routes of this machine changed: every flow is tried at once, registrations are renewed, and
     * calls move to the new address. */
    networkChanged() {
        return this._do(tag => raw.network_changed(this._handle(), tag));
    }

    /** Reads all files of certificates, keys and trust again, for connections made from now on. */
    reloadTls() {
        return this._do(tag => raw.agent_reload_tls(this._handle(), tag));
    }

    // Calls

    /** Calls somebody directly, without an account, and resolves to the call once it is answered. */
    call(target, options) {
        return this._call(null, target, options);
    }

    /** As call(), but returns the call at once; `await call.answered()` waits for the answer. */
    dial(target, options) {
        return this._dial(null, target, known('dial', options, DIAL));
    }

    async _call(account, target, options) {
        const signal = abortable(known('call', options, CALL).signal);
        await settled();
        const call = this._dial(account, target, options);
        const give = () => call._abandon();
        signal?.addEventListener('abort', give, { once: true });
        try {
            await (options?.earlyMedia ? call._until(null, EventType.MEDIA_READY, EventType.CALL_ACCEPTED) : call.answered());
        } catch (error) {
            call._abandon();
            if (signal?.aborted) throw signal.reason;
            throw error.event?.id === call.id ? failure(error.event) : error;
        } finally {
            signal?.removeEventListener('abort', give);
        }
        return call;
    }

    _dial(account, target, options) {
        const config = callConfig(target, options);
        const id = named('call', () => raw.call_create(this._handle(), account ? account.id : 0, config, 0));
        const call = new Call(this, id, 'outgoing', account ? account.id : 0, target, config.rate ?? 16000);
        this.#objects.set(id, call);
        return call;
    }

    // What else it tells

    /** Where it listens: each has `transport`, `host` and `port`. */
    get addresses() {
        return this.#listeners.slice();
    }

    /** Resolves to where it listens once all its listeners are up. */
    async listening() {
        await this._wait(this.#listening);
        return this.#listeners.slice();
    }

    /** All events from now on, as an async iterator. */
    events() {
        this.#followed = true;
        return this.#log.follow(false);
    }

    [Symbol.asyncIterator]() {
        return this.events();
    }

    /** Sets one of the library's options, of the agent or of one call or account. */
    async setOption(key, value, of) {
        if (of !== undefined && !(of instanceof Call || of instanceof Account)) throw badType('of', 'a call or an account', of);
        if (of && of.agent !== this) throw new SipuaError(ErrorCode.GONE, 'of: it belongs to another agent');
        await this.#set(key, value, of ? of.id : 0);
    }

    /** Throws what is wrong with it at once. */
    #set(key, value, id) {
        text('key', key);
        if (!['string', 'number', 'boolean'].includes(typeof value)) throw badType(`option ${key}`, 'a string, a number, true or false', value);
        const said = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
        return this._do(tag => raw.option_set(this._handle(), id, key, said, tag));
    }

    // Inside: for the classes of this package

    _handle() {
        if (!this.#handle) throw closed();
        return this.#handle;
    }

    /** The handle, or null once closed. */
    get _native() {
        return this.#handle;
    }

    _object(id) {
        return this.#objects.get(id);
    }

    _add(id, object) {
        this.#objects.set(id, object);
    }

    _forget(id) {
        this.#objects.delete(id);
    }

    /** Runs a command with a fresh tag and resolves to the stack's word about it. */
    _do(command) {
        const tag = ++this.#tag;
        const waiting = deferred();
        command(tag);
        this.#replies.set(tag, waiting);
        return this._wait(waiting);
    }

    /** The promise, which holds the process open until it is settled. */
    _wait(waiting, signal) {
        if (waiting.settled) return waiting.promise;
        this._hold();
        const before = waiting.done;
        let give;
        if (signal) {
            give = () => waiting.reject(signal.reason);
            signal.addEventListener('abort', give, { once: true });
        }
        waiting.done = () => {
            before?.();
            if (give) signal.removeEventListener('abort', give);
            this._letGo();
        };
        return waiting.promise;
    }

    _hold() {
        if (this.#holds++ === 0 && this.#handle) {
            held.add(this);
            if (this.#keeps) raw.agent_ref(this.#handle);
        }
    }

    _letGo() {
        if (!this.#handle || --this.#holds > 0) return;
        held.delete(this);
        raw.agent_unref(this.#handle);
    }

    /** Somebody's await ends with this event. */
    _resume(waiting, value) {
        this.#resumed = true;
        waiting.resolve(value);
    }

    /** The same of one whose promise is settled elsewhere. */
    _resumed() {
        this.#resumed = true;
    }

    /** A listener more or less, of this agent or of one of its accounts. */
    _listens(name, change) {
        this.#asking.listens(name, change);
    }

    /** An error that nobody waits for. */
    _report(error) {
        if (this.listenerCount('error')) this.emit('error', error);
        else console.error(error);
    }

    [Symbol.for('nodejs.rejection')](error, name, object) {
        if (object?._failed) object._failed(error);
        else this._report(error);
    }

    // Events

    /** A turn of the loop: takes what waits, AT_ONCE at most. */
    #drain() {
        this.#scheduled = false;
        this.#left = AT_ONCE;
        this.#takeSome();
    }

    #takeSome() {
        while (this.#left-- > 0) {
            const flat = this.#handle && raw.agent_take(this.#handle);
            if (!flat) return;
            this.#dispatch(flat);
            if (this.#resumed) {
                this.#resumed = false;
                return queueMicrotask(this.#afterAwaits);
            }
        }
        if (this.#scheduled) return;
        this.#scheduled = true;
        setImmediate(() => this.#drain());
    }

    /** A tick that is asked for among the microtasks comes when all of them are done: whoever awaited has gone on by then. */
    #afterAwaits = () => process.nextTick(this.#onTick);
    #onTick = () => this.#takeSome();

    #dispatch(flat) {
        try {
            const Kind = CLASSES[flat[1]] ?? UnknownEvent;
            this.#onEvent(new Kind(flat));
        } catch (error) { // thrown by a listener: it is the program's, and the queue goes on
            process.nextTick(() => {
                throw error;
            });
        }
    }

    #onEvent(event) {
        if (event.type === EventType.REPLY) return this.#onReply(event);
        if (this.#followed) this.#log.put(event);
        const told = this._question(event); // what listeners are given
        switch (event.type) {
        case EventType.AUDIO_READY:
            tellReady(this.#handle, id => this.#objects.get(id));
            break;
        case EventType.STATS:
            event.figures = figures(event);
            break;
        case EventType.LISTENING:
            this.#listeners.push(event);
            if (--this.#expected <= 0) this._resume(this.#listening);
            break;
        case EventType.SHUTDOWN:
            this._resume(this.#shutdown);
            break;
        default:
        }
        this._answers(event);
        const object = this.#objects.get(event.id);
        object?._onEvent(event);
        const call = event.callId && event.callId !== event.id ? this.#objects.get(event.callId) : undefined;
        call?._onEvent(event);
        if (told !== event) this._arrived(told, event);
        else this.emit(event.name, event);
    }

    #onReply(event) {
        const waiting = this.#replies.get(event.tag);
        if (!waiting) return;
        this.#replies.delete(event.tag);
        this.#resumed = true;
        if (event.code < 0) waiting.reject(new SipuaError(event.code, event.text || raw.error_text(event.code)));
        else waiting.resolve();
    }

}

module.exports = { Agent };
