'use strict';

const { Duplex } = require('node:stream');

const raw = require('./load.js');
const { AudioFlags, ErrorCode, EventFlags } = require('../generated/constants.js');
const { CallEndedError } = require('./errors.js');
const { badType, badValue, known } = require('./options.js');
const { deferred } = require('./streams.js');

const RATES = [8000, 16000, 24000, 48000];
const FRAME_MS = 20;
const AHEAD_MS = 200; // what may wait to be sent before the writer is asked to pause
const AT_ONCE = 256; // calls that the library names at a time
const WORDS = 2 ** 52; // marks and segments that are words are numbered from here on

const bytesOf = (ms, rate) => 2 * Math.floor(ms * rate / 1000);

/** What a call hears and says, or the program in a conference: a Duplex of Buffers of signed 16-bit mono samples, in the machine's byte order.
 *
 * Reading is a steady stream, silence included; what nobody reads in time is dropped, oldest first, and counted in
 * stats().overrunMs. Writing pushes back honestly: write() turns false, and pipes pause, while more than `aheadMs` wait to
 * be sent. The library owns the clock of what is sent. */
class Audio extends Duplex {
    #call;
    #rate;
    #frameMs = FRAME_MS;
    #aheadMs = AHEAD_MS;
    #over = false; // the call has ended
    // reading
    #wanted = false;
    #part = null;
    #got = 0;
    #armed = 0;
    #flags = new Uint32Array(1);
    #said = 0;
    // writing
    #meant = new WeakMap(); // chunk -> { rate, segment } or { mark } where it is not the usual
    #odd = null; // the first byte of a sample whose second has not come
    #pending = null; // the chunk whose callback waits: { callback, rest, rate, segment, timer }
    #drop = 0; // bytes of the stream's own buffer that a flush() has dropped
    #flushes = [];
    #marks = new Map();
    #names = new Map();
    #numbers = new Map();

    constructor(call, rate) {
        super({ readableHighWaterMark: bytesOf(100, rate), writableHighWaterMark: bytesOf(AHEAD_MS, rate), allowHalfOpen: true, emitClose: true });
        this.#call = call;
        this.#rate = rate;
        if (call.ended) this.#over = true;
    }

    /** Whose it is: a call, or a conference. */
    get call() {
        return this.#call;
    }

    /** Samples per second of what is read, and of what is written unless send() says otherwise. */
    get rate() {
        return this.#rate;
    }

    set rate(rate) {
        checkRate(rate);
        raw.audio_set_rate(this.#call.agent._handle(), this.#call.id, rate);
        this._setRate(rate);
    }

    _setRate(rate) {
        this.#rate = rate;
        this.#part = null;
        this.#got = 0;
    }

    /** The length of the pieces that come out, in milliseconds; 20 unless set. */
    get frameMs() {
        return this.#frameMs;
    }

    set frameMs(ms) {
        if (!(Number.isInteger(ms) && ms >= 1 && ms <= 1000)) throw badValue('frameMs', 'a whole number from 1 to 1000', ms);
        this.#frameMs = ms;
        if (!this.#got) this.#part = null;
    }

    /** How much may wait to be sent before write() asks for a pause, in milliseconds; 200 unless set. */
    get aheadMs() {
        return this.#aheadMs;
    }

    set aheadMs(ms) {
        if (!(Number.isInteger(ms) && ms >= 0 && ms <= 60000)) throw badValue('aheadMs', 'a whole number from 0 to 60000', ms);
        this.#aheadMs = ms;
    }

    // Hearing

    _read() {
        this.#wanted = true;
        this.#pull();
    }

    _ready() {
        if (this.#wanted) this.#pull();
    }

    #pull() {
        const { id } = this.#call;
        while (this.#wanted && !this.destroyed) {
            const handle = this.#call._native;
            this.#part ??= Buffer.allocUnsafe(bytesOf(this.#frameMs, this.#rate));
            const rest = this.#got ? this.#part.subarray(this.#got) : this.#part;
            let samples;
            try {
                samples = handle ? raw.audio_read(handle, id, rest, 0, this.#flags) : -1;
            } catch (error) {
                if (![ErrorCode.EOF, ErrorCode.GONE, ErrorCode.CLOSED].includes(error.code)) return void this.destroy(error);
                samples = -1;
            }
            if (samples < 0) return this.#endOfHearing();
            this.#got += 2 * samples;
            this.#said |= this.#flags[0];
            if (this.#got === this.#part.length) {
                this.#hand();
            } else if (this.#over && samples === 0) {
                return this.#endOfHearing();
            } else if (!this.#over) {
                return this.#arm(handle, id);
            }
        }
    }

    #hand() {
        const frame = this.#got === this.#part.length ? this.#part : this.#part.subarray(0, this.#got);
        if (this.#said & AudioFlags.CONCEALED) frame.concealed = true;
        if (this.#said & AudioFlags.SILENCE) frame.silence = true;
        this.#part = null;
        this.#got = this.#said = 0;
        this.#wanted = this.push(frame);
    }

    #arm(handle, id) {
        const missing = Math.ceil((this.#part.length - this.#got) * 500 / this.#rate);
        if (missing === this.#armed) return; // reading has armed it again by itself
        this.#armed = missing;
        try {
            raw.audio_watch(handle, id, missing, 0);
        } catch (error) { // it ends right now: its last event is on the way
            if (error.code !== ErrorCode.GONE && error.code !== ErrorCode.CLOSED) this.destroy(error);
        }
    }

    #endOfHearing() {
        this.#wanted = false;
        if (this.#got) this.#hand();
        this.#wanted = false;
        this.push(null);
    }

    // Speaking

    /** Writes with a rate of its own (8000, 16000, 24000, 48000) or a segment, which names this piece in the result of
     * flush(). Returns what write() does. */
    send(pcm, options) {
        const o = known('send', options, ['rate', 'segment']);
        if (!(pcm instanceof Uint8Array) && !(pcm instanceof Int16Array)) throw badType('pcm', 'a Buffer or an Int16Array', pcm);
        const chunk = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
        if (o.rate !== undefined) checkRate(o.rate);
        const segment = o.segment === undefined ? 0 : this.#number('segment', o.segment);
        this.#meant.set(chunk, { rate: o.rate ?? this.#rate, segment });
        return this.write(chunk);
    }

    _write(chunk, encoding, callback) {
        const meant = this.#meant.get(chunk);
        if (meant && meant.mark !== undefined) {
            meant.waiting.buffered = false;
            this.#setMark(meant.mark);
            return callback();
        }
        if (this.#drop > 0) {
            this.#drop -= chunk.length;
            this.#odd = null;
            return callback();
        }
        if (this.#over || !this.#call._native) return callback();
        this.#give({ callback, size: chunk.length, rest: this.#even(chunk), rate: meant?.rate ?? this.#rate, segment: meant?.segment ?? 0, timer: null });
    }

    /** Whole samples: a byte left over waits for the next chunk. */
    #even(chunk) {
        if (this.#odd) chunk = Buffer.concat([this.#odd, chunk]);
        this.#odd = chunk.length % 2 ? Buffer.from(chunk.subarray(chunk.length - 1)) : null;
        return this.#odd ? chunk.subarray(0, chunk.length - 1) : chunk;
    }

    #give(work) {
        this.#pending = null;
        const handle = this.#call._native;
        if (this.#over || !handle) return work.callback();
        let wait;
        try {
            if (work.rest.length) {
                const taken = 2 * raw.audio_write(handle, this.#call.id, work.rest, work.rate, work.segment, 0);
                if (taken < work.rest.length) work.rest = work.rest.subarray(taken);
                else work.rest = work.rest.subarray(0, 0);
            }
            wait = work.rest.length ? 100 : raw.audio_queued(handle, this.#call.id) - this.#aheadMs;
        } catch (error) {
            if (error.code === ErrorCode.FULL) wait = 100;
            else if (error.code === ErrorCode.GONE || error.code === ErrorCode.CLOSED) wait = 0; // its last event is on the way
            else return work.callback(error);
        }
        if (wait <= 0) return work.callback();
        this.#pending = work;
        work.timer = setTimeout(() => this.#give(work), Math.min(wait, 1000));
    }

    /** The end of writing: 'finish' comes when all has been sent. */
    _final(callback) {
        this.#meantime(callback);
    }

    #meantime(callback) {
        this.#pending = null;
        const left = this.#over ? 0 : this.queuedMs;
        if (left <= 0) return callback();
        this.#pending = { callback, size: 0, rest: Buffer.alloc(0), timer: setTimeout(() => this.#meantime(callback), Math.min(left, 1000)) };
    }

    /** Milliseconds of audio that wait to be sent, in the library and here. */
    get queuedMs() {
        const handle = this.#call._native;
        if (this.#over || !handle) return 0;
        let queued = 0;
        try {
            queued = Math.max(0, raw.audio_queued(handle, this.#call.id));
        } catch (error) {
            if (error.code !== ErrorCode.GONE) throw error;
        }
        return queued + Math.round(this.#waitingBytes() * 500 / this.#rate);
    }

    /** Bytes written that the library has not seen. */
    #waitingBytes() {
        const seen = this.#pending ? this.#pending.size - this.#pending.rest.length : 0;
        return Math.max(0, this.writableLength - seen - this.#drop);
    }

    /** Drops all that was written and not yet sent, now. Resolves to which segment was playing, how much of it the peer was
     * sent (playedMs) and how much was dropped (discardedMs). */
    async flush() {
        this.#call._alive();
        const here = Math.round(this.#waitingBytes() * 500 / this.#rate);
        try {
            raw.audio_flush(this.#call.agent._handle(), this.#call.id, 0);
        } catch (error) {
            if (error.code !== ErrorCode.GONE) throw error;
            await this.#call.waitEnded(); // its last event is on the way
            this.#call._alive();
        }
        const waiting = deferred();
        this.#flushes.push({ waiting, here });
        for (const list of this.#marks.values()) for (const mark of list) mark.dropped ||= mark.buffered;
        const pending = this.#pending;
        this.#pending = null;
        if (pending) {
            clearTimeout(pending.timer);
            this.#drop = this.writableLength - pending.size;
            pending.callback();
        }
        this.#odd = null;
        return this.#call.agent._wait(waiting);
    }

    /** Names this point of what is written: the mark event comes, and the promise resolves, once all before it has been
     * played or flushed. */
    async mark(name) {
        this.#call._alive();
        const number = this.#number('mark', name);
        const waiting = deferred();
        const list = this.#marks.get(number) ?? [];
        list.push(waiting);
        this.#marks.set(number, list);
        if (this.writableLength) {
            const chunk = Buffer.alloc(0);
            waiting.buffered = true;
            this.#meant.set(chunk, { mark: number, waiting });
            this.write(chunk);
        } else {
            this.#setMark(number);
        }
        return this.#call.agent._wait(waiting);
    }

    #setMark(number) {
        try {
            if (!this.#over && this.#call._native) raw.audio_mark(this.#call._native, this.#call.id, number);
        } catch (error) {
            if (error.code !== ErrorCode.GONE && error.code !== ErrorCode.CLOSED) throw error;
        }
    }

    /** Words are numbered from 2^52 on. */
    #number(what, name) {
        if (typeof name === 'number') {
            if (!(Number.isInteger(name) && name >= 0 && name < WORDS)) throw badValue(what, 'a whole number from 0 to 2^52, or a word', name);
            return name;
        }
        if (typeof name !== 'string') throw badType(what, 'a whole number or a word', name);
        if (!this.#numbers.has(name)) {
            this.#names.set(WORDS + this.#numbers.size, name);
            this.#numbers.set(name, WORDS + this.#numbers.size);
        }
        return this.#numbers.get(name);
    }

    // What the call tells

    _onEvent(event) {
        if (event.name === 'flushed') {
            event.segment = this.#names.get(event.segment) ?? event.segment;
            const flush = this.#flushes.shift();
            if (!flush) return;
            event.discardedMs += flush.here;
            this.#call.agent._resume(flush.waiting, event);
            return;
        }
        const list = this.#marks.get(event.mark);
        const waiting = list?.shift();
        if (list?.length === 0) this.#marks.delete(event.mark);
        event.mark = this.#names.get(event.mark) ?? event.mark;
        if (waiting?.dropped) event.flags |= EventFlags.FLUSHED; // it lay behind what was dropped here
        if (waiting) this.#call.agent._resume(waiting, event);
    }

    _finish(event, error = new CallEndedError(event)) {
        this.#over = true;
        for (const { waiting } of this.#flushes) waiting.reject(error);
        for (const list of this.#marks.values()) for (const waiting of list) waiting.reject(error);
        this.#flushes = [];
        this.#marks.clear();
        const pending = this.#pending;
        this.#pending = null;
        if (pending) {
            clearTimeout(pending.timer);
            pending.callback();
        }
        if (this.#wanted) this.#pull();
        if (this.readableEnded || this.readableFlowing === null && this.listenerCount('readable') === 0) setImmediate(() => this.#leave());
        else this.once('end', () => this.#leave());
    }

    /** The call is over and all was read: writers see 'close', and what they write then goes nowhere. */
    #leave() {
        if (this.readableFlowing === null && !this.readableEnded && this.readableLength) return;
        this.destroy();
    }

    _destroy(error, callback) {
        const pending = this.#pending;
        this.#pending = null;
        if (pending) {
            clearTimeout(pending.timer);
            pending.callback();
        }
        callback(error);
    }
}

function checkRate(rate) {
    if (!RATES.includes(rate)) throw badValue('rate', '8000, 16000, 24000 or 48000', rate);
}

/** Tells the calls that are ready to be read. */
function tellReady(handle, callOf) {
    for (;;) {
        const ids = raw.audio_ready(handle, AT_ONCE);
        for (const id of ids) callOf(id)?._audioReady?.();
        if (ids.length < AT_ONCE) return;
    }
}

module.exports = { Audio, tellReady };
