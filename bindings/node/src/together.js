'use strict';

// Several calls together: conferences, and bridges of two.

const { EventEmitter } = require('node:events');

const raw = require('./load.js');
const { ErrorCode, EventType, Switch } = require('../generated/constants.js');
const { Audio } = require('./audio.js');
const { SipuaError } = require('./errors.js');
const { known, named, on, text, unlessGone } = require('./options.js');
const { EventLog, asyncDispose, deferred } = require('./streams.js');
const { Worker } = require('./worker.js');

const HISTORY = 1024;

/** What a conference and a bridge have in common: a life of their own, and its events. */
class Together extends EventEmitter {
    #agent;
    #id;
    #last; // the type of its last event
    #ended = null;
    #error = null; // why it can do nothing more
    #log = new EventLog(HISTORY);
    #end = deferred();

    constructor(agent, last, create) {
        super({ captureRejections: true });
        this.#agent = agent;
        this.#last = last;
        this.#make(create).catch(error => {
            this._refused(error);
            this.#over(error);
        });
    }

    /** Throws at once what is wrong with it; that a call has just ended comes later, as from the stack. */
    #make(create) {
        try {
            return this.#agent._do(tag => {
                this.#id = create(tag);
                this.#agent._add(this.#id, this);
            });
        } catch (error) {
            if (error.code !== ErrorCode.GONE) throw error;
            return Promise.reject(error);
        }
    }

    get id() {
        return this.#id;
    }

    get agent() {
        return this.#agent;
    }

    /** How it ended; null while it lasts. */
    get ended() {
        return this.#ended;
    }

    /** Its events from its very start on, as an async iterator. */
    events() {
        return this.#log.follow(true);
    }

    /** Resolves to how it ended. Throws what was wrong when it could not be made. */
    waitEnded() {
        return this.#agent._wait(this.#end);
    }

    get _native() {
        return this.#agent._native;
    }

    get _lasts() {
        return !this.#ended && !this.#error;
    }

    _alive() {
        if (this.#error) throw this.#error;
        if (this.#ended) throw new SipuaError(ErrorCode.GONE, `${this.constructor.name} ${this.#id} has ended`);
    }

    _onEvent(event) {
        this._told(event);
        this.#log.put(event);
        if (event.type === this.#last) {
            this.#ended = event;
            this.#agent._resume(this.#end, event);
            this.#over(new SipuaError(ErrorCode.GONE, `${this.constructor.name} ${this.#id} has ended`));
        }
        this.emit(event.name, event);
    }

    #over(error) {
        this.#error ??= error;
        this.#log.end();
        this.#agent._forget(this.#id);
        if (!this.#end.settled) this.#end.reject(this.#error);
        this._finish(this.#error);
    }

    _refused() {}

    _finish() {}

    _end(error) {
        this.#over(error);
    }

    [Symbol.for('nodejs.rejection')](error) {
        this.#agent._report(error);
    }
}

/** Calls that are mixed: everybody hears all others, and never himself. The program is one more member, by `audio`. */
class Conference extends Together {
    #rate;
    #audio = null;
    #members = new Map();

    constructor(agent, options) {
        const { rate = 16000 } = known('conference', options, ['rate']);
        super(agent, EventType.CONFERENCE_ENDED, tag => named('conference', () => raw.conference_create(agent._handle(), { rate }, tag)));
        this.#rate = rate;
    }

    /** The calls in it. */
    get calls() {
        return [...this.#members.values()];
    }

    /** The program's own audio: what it writes is heard by all, what it reads is the mix of all calls. */
    get audio() {
        return (this.#audio ??= new Audio(this, this.#rate));
    }

    /** Adds a call, answered or not; it leaves when it ends. Throws a SipuaError when it is in a conference or a bridge
     * already. */
    async add(call) {
        const id = this.agent._mine('call', call);
        this._alive();
        await this.agent._do(tag => raw.conference_add(this.agent._handle(), this.id, id, tag));
    }

    /** Takes a call out; it goes on by itself. */
    async remove(call) {
        const id = this.agent._mine('call', call);
        this._alive();
        await this.agent._do(tag => raw.conference_remove(this.agent._handle(), this.id, id, tag));
    }

    /** Plays a WAV file to all; several at once are mixed. The result is a promise of its end, with stop(). */
    play(file, options) {
        const o = known('play', options, ['loop']);
        const loop = on('loop', o.loop) ?? Switch.OFF;
        this._alive();
        return new Worker(this.agent, tag => raw.conference_play(this.agent._handle(), this.id, text('file', file), loop, 0, tag),
            raw.player_stop);
    }

    /** Records all that is said and played, mono. Ends with the conference, or with stop(). */
    record(file) {
        this._alive();
        return new Worker(this.agent, tag => raw.conference_record(this.agent._handle(), this.id, text('file', file), 0, tag),
            raw.recorder_stop);
    }

    /** Ends it; its calls go on by themselves, or are hung up too. */
    async end(options) {
        const { hangup = false } = known('end', options, ['hangup']);
        const state = on('hangup', hangup);
        if (this._lasts) unlessGone(() => raw.conference_end(this.agent._handle(), this.id, state, 0));
        return this.waitEnded();
    }

    async [asyncDispose]() {
        if (this._lasts && this._native) await this.end();
    }

    _audioReady() {
        this.#audio?._ready();
    }

    _told(event) {
        if (event.type === EventType.CONFERENCE_CHANGED) {
            const call = this.agent._object(event.other);
            if (event.added && call) this.#members.set(event.other, call);
            else this.#members.delete(event.other);
        } else if (event.type === EventType.FLUSHED || event.type === EventType.MARK) {
            this.audio._onEvent(event);
        }
    }

    _finish(error) {
        this.#members.clear();
        this.#audio?._finish(null, error);
    }
}

const SWITCHES = ['dtmf', 'hold', 'hangup', 'transfer', 'signalling', 'untouched', 'requests'];

/** Two calls connected with each other. */
class Bridge extends Together {
    #state = 'waiting';
    #calls;
    #passes;

    constructor(agent, a, b, options) {
        const o = known('bridge', options, SWITCHES);
        const config = Object.fromEntries(SWITCHES.map(key => [key, on(key, o[key])]));
        const [first, second] = [agent._mine('a', a), agent._mine('b', b)];
        super(agent, EventType.BRIDGE_ENDED, tag => raw.bridge_create(agent._handle(), first, second, config, tag));
        this.#calls = [a, b];
        this.#passes = { signalling: o.signalling ?? true, hangup: o.hangup ?? true };
    }

    /** 'waiting' until both are answered, 'untouched' when packets pass as they are, 'transcoded', or 'held'. */
    get state() {
        return this.#state;
    }

    /** Takes them apart; both calls go on by themselves. */
    async end() {
        if (this._lasts) unlessGone(() => raw.bridge_end(this.agent._handle(), this.id, 0));
        return this.waitEnded();
    }

    /** One of the calls was faster than the bridge, as when `b` was refused at once: the other ends as it would have. */
    _refused(error) {
        if (error.code !== ErrorCode.GONE) return;
        const [a, b] = this.#calls;
        const follow = (call, { status }) => {
            if (call.ended) return;
            if (call === a && a.direction === 'incoming' && !a.established) {
                if (this.#passes.signalling) a._abandon(status >= 300 ? status : 480);
            } else if (this.#passes.hangup) {
                call._abandon();
            }
        };
        Promise.race([a.waitEnded().then(event => follow(b, event)), b.waitEnded().then(event => follow(a, event))]).catch(() => {});
    }

    _told(event) {
        if (event.type === EventType.BRIDGE_CHANGED) this.#state = event.state;
    }
}

module.exports = { Bridge, Conference };
