'use strict';

const raw = require('./load.js');
const { ErrorCode, EventFlags, EventType, RecordSide, Switch } = require('../generated/constants.js');
const { Headers } = require('./event.js');
const { Control } = require('./control.js');
const { CallEndedError, failure } = require('./errors.js');
const { known, milliseconds, named, on, pairs, text, unlessGone } = require('./options.js');
const { EventLog, asyncDispose, deferred } = require('./streams.js');
const { Asking } = require('./asking.js');
const { Audio } = require('./audio.js');
const { Worker } = require('./worker.js');

const HISTORY = 1024; // events kept for those who read later
const NO_HEADERS = new Headers(null);
const QUESTIONS = new Set([EventType.INCOMING_CALL, EventType.MESSAGE, EventType.TRANSFER_REQUESTED, EventType.CALL_CHANGE_REQUESTED]);

/** A call, incoming or outgoing. Dropping the object never hangs up; hangup() does. */
class Call extends Control {
    #agent;
    #id;
    #direction;
    #accountId;
    #from = '';
    #fromName = '';
    #to = '';
    #toName = '';
    #target;
    #codec = '';
    #message = null;
    #acceptedMs = 0;
    #held = false;
    #ended = null;
    #lastStats = null;
    #rate;
    #audio = null;
    #waiting = new Set();
    #log = new EventLog(HISTORY);
    #listeners = new Map(); // of questions: name -> how many

    constructor(agent, id, direction, accountId, target, rate) {
        super({ captureRejections: true });
        super.on('newListener', name => this.#listens(name, 1));
        super.on('removeListener', name => this.#listens(name, -1));
        this.#agent = agent;
        this.#id = id;
        this.#direction = direction;
        this.#accountId = accountId;
        this.#target = target;
        if (direction === 'outgoing') this.#to = target;
        this.#rate = rate;
        agent._hold();
    }

    /** A listener of questions more or less; those of a call that is over count no more. */
    #listens(name, change) {
        if (this.#ended || !Asking.knows(name)) return;
        this.#listeners.set(name, (this.#listeners.get(name) ?? 0) + change);
        this.#agent._listens(name, change);
    }

    // What it is

    get id() {
        return this.#id;
    }

    get agent() {
        return this.#agent;
    }

    /** The account that it belongs to; null for a direct call. */
    get account() {
        return this.#agent._object(this.#accountId) ?? null;
    }

    get direction() {
        return this.#direction;
    }

    get from() {
        return this.#from;
    }

    get fromName() {
        return this.#fromName;
    }

    get to() {
        return this.#to;
    }

    get toName() {
        return this.#toName;
    }

    /** The Request-URI. */
    get target() {
        return this.#target;
    }

    /** The headers of the INVITE that came in; of an outgoing call, those of the peer's last response. */
    get headers() {
        return this.#message?.headers ?? NO_HEADERS;
    }

    /** The codec in use: 'opus', 'PCMU', 'PCMA'; '' before there is one. */
    get codec() {
        return this.#codec;
    }

    /** Whether it was answered and is still up. */
    get established() {
        return this.#acceptedMs > 0 && !this.#ended;
    }

    /** Whether the peer has put us on hold. */
    get held() {
        return this.#held;
    }

    /** How it ended, a call_ended event; null while it lasts. */
    get ended() {
        return this.#ended;
    }

    /** Since the answer, up to now or to its end; 0 before the answer. */
    get durationMs() {
        if (this.#ended) return this.#ended.durationMs ?? 0;
        return this.#acceptedMs ? Math.max(0, Date.now() - this.#acceptedMs) : 0;
    }

    /** Its audio: a Duplex of 16-bit mono samples. */
    get audio() {
        return (this.#audio ??= new Audio(this, this.#rate));
    }

    /** Its events from its very start on, as an async iterator that ends after call_ended. */
    events() {
        return this.#log.follow(true);
    }

    [Symbol.asyncIterator]() {
        return this.events();
    }

    // Taking a call

    /** Tells the caller that it rings: ring(), ring(183, { earlyMedia: true }). */
    async ring(status, options) {
        const o = known('ring', options, ['reason', 'headers', 'earlyMedia', 'rate']);
        const reply = { status, reason: o.reason, headers: pairs(o.headers), early_media: on('earlyMedia', o.earlyMedia), rate: o.rate };
        await this._do(tag => named('ring', () => raw.call_ring(this.#agent._handle(), this.#id, reply, tag)));
        this.#setRate(o.rate);
    }

    /** Answers, and resolves to the call's audio. */
    async answer(options) {
        const o = known('answer', options, ['rate', 'headers', 'media', 'sdp']);
        const reply = { rate: o.rate, headers: pairs(o.headers), media: o.media, body: o.sdp };
        await this._until(tag => named('answer', () => raw.call_answer(this.#agent._handle(), this.#id, reply, tag)), EventType.CALL_ACCEPTED);
        this.#setRate(o.rate);
        return this.audio;
    }

    #setRate(rate) {
        if (rate === undefined) return;
        this.#rate = rate;
        this.#audio?._setRate(rate);
    }

    /** Refuses the call: reject(), reject(603), reject(486, { reason, headers, q850 }). */
    async reject(status, options) {
        const o = known('reject', options, ['reason', 'headers', 'q850']);
        const reply = { status, reason: o.reason, headers: pairs(o.headers), q850: o.q850 };
        await this._do(tag => named('reject', () => raw.call_reject(this.#agent._handle(), this.#id, reply, tag)));
        return this.waitEnded();
    }

    // During a call

    /** Resolves once it is answered. Throws CallEndedError when it is not. */
    async answered() {
        this._alive();
        if (!this.#acceptedMs) await this._until(null, EventType.CALL_ACCEPTED);
    }

    /** Ends the call, in whatever state it is, and resolves to how it ended. reason: words for a Reason header; q850:
     * the cause for one, such as 16. body, a string or a Uint8Array, goes into a BYE only, with its contentType. */
    async hangup(options) {
        const o = known('hangup', options, ['headers', 'reason', 'q850', 'body', 'contentType']);
        if (!this.#ended) {
            const reply = {
                reason: o.reason, headers: pairs(o.headers), q850: o.q850, body: o.body, content_type: o.contentType,
            };
            unlessGone(() => named('hangup', () => raw.call_hangup(this.#agent._handle(), this.#id, reply, 0)));
        }
        return this.waitEnded();
    }

    /** Resolves to its call_ended event. */
    async waitEnded() {
        if (!this.#ended) await this._until(null, EventType.CALL_ENDED);
        return this.#ended;
    }

    /** Hangs up: `await using call = ...`. */
    async [asyncDispose]() {
        if (!this.#ended && this.#agent._native) await this.hangup();
    }

    /** Sends digits (0-9 * # A-D, and a comma for a pause of 2 s) and resolves when the last has left. */
    async sendDtmf(digits, options) {
        const o = known('sendDtmf', options, ['durationMs', 'gapMs']);
        text('digits', digits);
        const [duration, gap] = ['durationMs', 'gapMs'].map(key => (o[key] === undefined ? 0 : milliseconds(key, o[key])));
        const event = await this._until(
            tag => named('sendDtmf', () => raw.call_dtmf(this.#agent._handle(), this.#id, digits, duration, gap, tag)), EventType.DTMF_SENT);
        if (event.code || event.status >= 300) throw await this._whyNot(failure(event));
    }

    /** Plays a WAV file to the peer, after what is queued. The result is a promise of its end, with stop(). */
    play(file, options) {
        const o = known('play', options, ['loop']);
        const loop = on('loop', o.loop) ?? Switch.OFF;
        return this.#work(tag => raw.call_play(this.#agent._handle(), this.#id, text('file', file), loop, 0, tag), raw.player_stop);
    }

    /** Records the far end, mono; stereo: near left, far right. Ends with the call, or with stop(). */
    record(file, options) {
        const o = known('record', options, ['stereo']);
        const side = on('stereo', o.stereo) === Switch.ON ? RecordSide.STEREO : RecordSide.FAR;
        return this.#work(tag => raw.call_record(this.#agent._handle(), this.#id, text('file', file), side, 0, tag), raw.recorder_stop);
    }

    #work(create, stop) {
        this._alive();
        return new Worker(this.#agent, create, stop);
    }

    /** The figures of its media: now, or of an ended call the last ones. */
    async stats() {
        if (!this.#ended) {
            try {
                return (await this._until(tag => raw.call_stats_request(this.#agent._handle(), this.#id, tag), EventType.STATS)).figures;
            } catch (error) {
                if (!(error instanceof CallEndedError)) throw error;
            }
        }
        return this.#lastStats;
    }

    // Inside

    get _native() {
        return this.#agent._native;
    }

    /** The message that says most of the peer. */
    get _message() {
        return this.#message;
    }

    get _rate() {
        return this.#rate;
    }

    _alive() {
        if (this.#ended) throw new CallEndedError(this.#ended);
    }

    /** A command whose refusal, because the call has ended meanwhile, is CallEndedError. */
    async _do(command) {
        this._alive();
        try {
            await this.#agent._do(command);
        } catch (error) {
            throw error.code === ErrorCode.GONE ? await this._whyNot(error) : error;
        }
    }

    /** Does that, and resolves to such an event. Throws CallEndedError when the call ends first. */
    async _until(command, ...types) {
        this._alive();
        const waiting = Object.assign(deferred(), { types });
        this.#waiting.add(waiting);
        const result = this.#agent._wait(waiting);
        try {
            if (command) await this._do(command);
            return await result;
        } catch (error) {
            waiting.reject(error);
            throw error;
        } finally {
            this.#waiting.delete(waiting);
        }
    }

    /** Nobody holds it: ends it without waiting. status: for an incoming call that was not answered. */
    _abandon(status = 0) {
        if (this.#ended || !this.#agent._native) return;
        if (status && this.#direction === 'incoming' && !this.#acceptedMs) {
            try {
                raw.call_reject(this.#agent._native, this.#id, { status }, 0);
                return;
            } catch { /* answered or over by now */ }
        }
        unlessGone(() => raw.call_hangup(this.#agent._native, this.#id, undefined, 0));
    }

    /** A listener of the program failed. */
    _failed(error) {
        if (error instanceof CallEndedError && error.event?.id === this.#id) return; // it was hung up on: the usual end of a bot
        const gone = new RegExp(`^there is no (call|call or conference|object) ${this.#id}, or it has ended$`);
        if (error?.code === ErrorCode.GONE && gone.test(error.text)) return; // its call_ended is on the way
        this._abandon(500);
        this.#agent._report(error);
    }

    [Symbol.for('nodejs.rejection')](error, name, object) {
        if (object?._failed) object._failed(error);
        else this._failed(error);
    }

    /** Nobody takes it. */
    _untaken() {
        this._abandon(480);
    }

    _audioReady() {
        this.#audio?._ready();
    }

    #read(event) {
        switch (event.type) {
        case EventType.INCOMING_CALL:
        case EventType.CALL_REPLACED:
            this._isOffered(event);
            this.#from = event.from;
            this.#fromName = event.fromName;
            this.#to = event.to;
            this.#toName = event.toName;
            this.#message = event;
            break;
        case EventType.CALL_SENDING:
            this.#from = event.from || this.#from;
            this.#to = event.to || this.#to;
            this.#target = event.target || this.#target;
            break;
        case EventType.CALL_ACCEPTED:
            this.#acceptedMs = event.timeMs || Date.now();
            // falls through
        case EventType.CALL_PROGRESS:
            if (this.#direction === 'outgoing') this.#message = event;
            break;
        case EventType.MEDIA_READY:
            this.#codec = event.codec || this.#codec;
            break;
        case EventType.CALL_UPDATED:
            this.#codec = event.codec || this.#codec;
            break;
        case EventType.CALL_HELD:
        case EventType.CALL_RESUMED:
            if (event.originator === 'remote') this.#held = event.type === EventType.CALL_HELD;
            this._isHeld(event);
            break;
        case EventType.CALL_MUTED:
        case EventType.CALL_UNMUTED:
            this._isMuted(event);
            break;
        case EventType.STATS:
            this.#lastStats = event.figures;
            break;
        case EventType.FLUSHED:
        case EventType.MARK:
            this.audio._onEvent(event);
            break;
        default:
        }
    }

    _onEvent(event) {
        this.#read(event);
        this.#log.put(event);
        if (event.tag) this._isChanged(event);
        for (const waiting of this.#waiting) {
            if (!waiting.types.includes(event.type)) continue;
            this.#waiting.delete(waiting);
            this.#agent._resume(waiting, event);
            if (event.type === EventType.DTMF_SENT) break; // one event belongs to one sendDtmf()
        }
        if (event.type === EventType.CALL_ENDED) this.#finish(event);
        if (!QUESTIONS.has(event.type)) this.emit(event.name, event); // those are told with their objects
    }

    /** Another call has taken its place. */
    _wasReplaced(call, event) {
        this._isReplaced(call);
        this.#log.put(event);
        this.emit(event.name, event);
    }

    #finish(event) {
        for (const [name, count] of this.#listeners) if (count > 0) this.#agent._listens(name, -count);
        this.#ended = event;
        this.#log.end();
        this.#agent._forget(this.#id);
        this.#agent._letGo();
        this._noMoreChanges(event);
        for (const waiting of this.#waiting) waiting.reject(new CallEndedError(event));
        if (this.#waiting.size) this.#agent._resume(deferred());
        this.#waiting.clear();
        this.#audio?._finish(event);
    }

    /** The agent was closed before the call's end was told. */
    _end(error) {
        const { CallEnded } = require('../generated/events.js');
        const flags = this.#acceptedMs ? EventFlags.ESTABLISHED : 0;
        this._onEvent(new CallEnded([null, EventType.CALL_ENDED, this.#id, this.#accountId, this.#id, 0, 0, Date.now(),
            0, null, 1, error.code, error.text, 0, 1, flags, this.durationMs]));
    }
}

module.exports = { Call };
