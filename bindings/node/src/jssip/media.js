'use strict';

// A call's audio as Node streams: 16-bit mono samples in the machine's byte order.

const { Duplex } = require('node:stream');
const { NotSupportedError } = require('./exceptions.js');

const RATES = [8000, 16000, 24000, 48000];
const FRAME_MS = 20;
const AHEAD_MS = 200; // what is written is kept this far ahead: muting and hanging up take effect at once

/** session.audio: reading gives what the peer says, writing is said to the peer. Ends with the call. */
class CallAudio extends Duplex {
    constructor(rate) {
        super({ readableHighWaterMark: (rate / 1000) * 2 * 60, writableHighWaterMark: (rate / 1000) * 2 * 60 });
        this.rate = rate;
        this._engine = null;
        this._call = 0;
        this._muted = false;
        this._hungry = false;
        this._odd = null;
        this._pending = null; // what waits to be written: {pcm, callback}
        this._done = false;
    }

    /** From now on the call exists. */
    _attach(engine, call) {
        this._engine = engine;
        this._call = call;
        this._wake();
    }

    _setMuted(muted) {
        this._muted = muted;
        // What is queued goes: sound that should not be heard any more, or silence that would delay the first word.
        if (this._engine) attempt(() => this._engine.call('audio_flush', this._call, 0));
    }

    /** The library says that reading or writing is possible, or the call has begun. */
    _wake() {
        if (this._hungry) this._read();
        this._push();
    }

    /** The call has ended: what was received can still be read. */
    _finish() {
        this._done = true;
        clearTimeout(this._timer);
        const { callback } = this._pending ?? {};
        this._pending = null;
        callback?.();
        this.end(); // whatever is piped in lets go
        if (this._hungry) this._read();
        if (!this.readableFlowing && !this._readAny) this.push(null);
    }

    _read() {
        this._hungry = true;
        this._readAny = true;
        if (!this._engine) {
            if (this._done) this._end();
            return;
        }
        const pcm = Buffer.allocUnsafe((this.rate / 1000) * FRAME_MS * 2);
        for (;;) {
            const n = attempt(() => this._engine.call('audio_read', this._call, pcm, 0, undefined), -1);
            if (n < 0 || (n === 0 && this._done)) {
                this._end();
                return;
            }
            if (n === 0) break;
            if (!this.push(Buffer.from(pcm.subarray(0, n * 2)))) {
                this._hungry = false;
                return;
            }
        }
        this._watch();
    }

    _end() {
        this._hungry = false;
        if (!this.readableEnded) this.push(null);
    }

    _watch() {
        attempt(() => this._engine.call('audio_watch', this._call, this._hungry ? FRAME_MS : 0, 0));
    }

    _write(chunk, encoding, callback) {
        let bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
        if (this._odd) bytes = Buffer.concat([this._odd, bytes]);
        const whole = bytes.length & ~1;
        this._odd = whole < bytes.length ? bytes.subarray(whole) : null;
        this._pending = { pcm: bytes.subarray(0, whole), callback };
        this._push();
    }

    _push() {
        clearTimeout(this._timer);
        if (!this._pending || (!this._engine && !this._done)) return;
        const { pcm, callback } = this._pending;
        const queued = this._done ? -1 : attempt(() => this._engine.call('audio_queued', this._call), -1);
        if (queued < 0 || !pcm.length) {
            // The call is over: what is said now is heard by nobody. Until we are told of its end it is dropped slowly, or an
            // endless source would never let go.
            this._pending = null;
            if (this._done || !pcm.length) callback();
            else setTimeout(callback, FRAME_MS);
            return;
        }
        const room = Math.max(0, AHEAD_MS - queued) * (this.rate / 1000) * 2;
        if (room > 0) {
            const part = pcm.subarray(0, room);
            const sound = this._muted ? Buffer.alloc(part.length) : part;
            const n = attempt(() => this._engine.call('audio_write', this._call, sound, this.rate, 0, 0), 0);
            this._pending.pcm = pcm.subarray(n * 2);
        }
        if (!this._pending.pcm.length) {
            this._pending = null;
            callback();
        } else {
            this._timer = setTimeout(() => this._push(), FRAME_MS);
        }
    }

    _destroy(error, callback) {
        clearTimeout(this._timer);
        this._pending = null;
        this._hungry = false;
        callback(error);
    }
}

function attempt(action, otherwise) {
    try {
        return action();
    } catch {
        return otherwise;
    }
}

const isReadable = (stream) => typeof stream?.pipe === 'function';
const isWritable = (stream) => typeof stream?.write === 'function';

/** What was given as mediaStream: {readable, writable, rate}, each optional, or one Duplex. */
function checkMediaStream(given) {
    if (!given) return null;
    if (typeof given !== 'object') throw new TypeError('mediaStream: an object {readable, writable} is wanted');
    const readable = isReadable(given) && given.readable !== false ? given : given.readable;
    const writable = isWritable(given) && given.writable !== false ? given : given.writable;
    if (!isReadable(readable) && !isWritable(writable)) {
        throw new NotSupportedError(
            'mediaStream: Node has no MediaStream; give {readable, writable} Node streams of ' + '16-bit mono samples',
        );
    }
    const rate = given.rate ?? 16000;
    if (!RATES.includes(rate)) throw new TypeError(`mediaStream.rate: ${rate} is none of ${RATES.join(', ')}`);
    return { readable: isReadable(readable) ? readable : null, writable: isWritable(writable) ? writable : null, rate };
}

/** Joins the program's streams and the call's; an error in one of them leaves the call up, and silent on that side. */
function join(audio, media, onError) {
    if (media?.readable) {
        media.readable.on('error', onError);
        media.readable.pipe(audio, { end: false });
    }
    if (media?.writable) {
        media.writable.on('error', onError);
        audio.pipe(media.writable);
    }
}

module.exports = { CallAudio, checkMediaStream, join, RATES };
