'use strict';

// What an RTCSession does inside its call: hold, new offers, digits, INFO, transfers.

const { EventEmitter } = require('node:events');
const C = require('./constants.js');
const { DTMF, Info, C: DTMF_C } = require('./dtmf.js');
const { InvalidStateError, NotSupportedError } = require('./exceptions.js');
const { given } = require('./given.js');
const { logger } = require('./log.js');
const { ReferSubscriber } = require('./refer.js');
const { OutgoingRequest, incoming, splitHeader } = require('./sip_message.js');
const Utils = require('./utils.js');

const log = logger('RTCSession');
const STATUS = { PROGRESS: 2, WAITING_FOR_ACK: 6, CONFIRMED: 9 };
const TALKING = [STATUS.PROGRESS, STATUS.WAITING_FOR_ACK, STATUS.CONFIRMED];
const UP = [STATUS.WAITING_FOR_ACK, STATUS.CONFIRMED];
const BY_INVITE = 1;
const BY_UPDATE = 2;
const ON = 1;
const OFF = 2;
const PAUSE_MS = 2000; // a comma among the digits
const OWN = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'UPDATE', 'PRACK', 'REFER', 'NOTIFY', 'SUBSCRIBE'];

class Controlled extends EventEmitter {
    constructor() {
        super();
        this._muted = { audio: false, video: false };
        this._onHold = { local: false, remote: false };
        this._changes = new Map(); // tag of a change on its way -> {done, failed}
        this._sending = []; // digits by RFC 2833 on their way, batch by batch
        this._tones = []; // digits to go by INFO
        this._toneTimer = null;
    }

    isMuted() {
        return { ...this._muted };
    }

    isOnHold() {
        return { ...this._onHold };
    }

    /** Whether a new offer could leave now: the call is up, and none is on its way. */
    isReadyToReOffer() {
        return UP.includes(this._status) && this._changes.size === 0;
    }

    // ---- hold and new offers

    /**
     * Holds the peer. `hold` is emitted at once, as in JsSIP. Where the peer refuses, JsSIP ends the call; here it goes on as
     * it was: `unhold` takes it back, and `changefailed` tells why.
     */
    hold(options = {}, done) {
        return this._hold(true, options, done);
    }

    unhold(options = {}, done) {
        return this._hold(false, options, done);
    }

    _hold(on, options, done) {
        given(options);
        if (this._onHold.local === on || !this.isReadyToReOffer()) return false;
        const turn = (state) => {
            this._onHold.local = state;
            this.emit(state ? 'hold' : 'unhold', { originator: 'local' });
        };
        this._change({ ...this._way(options), hold: on ? ON : OFF }, done, () => turn(!on));
        turn(on);
        return true;
    }

    renegotiate(options = {}, done) {
        given(options);
        if (!this.isReadyToReOffer()) return false;
        this._change(this._way(options), done, () => {});
        return true;
    }

    _way({ useUpdate, extraHeaders }) {
        return { method: useUpdate ? BY_UPDATE : BY_INVITE, headers: this._inside(extraHeaders) };
    }

    _change(change, done, failed) {
        const command = this._ua._engine.command('call_change', this._call, change);
        this._changes.set(command.tag, { done, failed });
        command.catch((error) => this._isChanged({ tag: command.tag, name: 'call_change_failed', text: error.message }));
    }

    /** An event of the library with the tag of a change. */
    _isChanged(ev) {
        const change = this._changes.get(ev.tag);
        if (!change) return;
        this._changes.delete(ev.tag);
        if (this.isEnded()) return;
        if (ev.name !== 'call_change_failed') {
            change.done?.();
            return;
        }
        log.warn('the peer takes no change: %s', ev.text);
        change.failed();
        const response = incoming(ev.message);
        const cause = ev.status >= 300 ? Utils.sipErrorCause(ev.status) : ev.cause || C.causes.INTERNAL_ERROR;
        this.emit('changefailed', { originator: response ? 'remote' : 'system', response, cause });
    }

    /** Headers of a request inside the call. */
    _inside(extraHeaders) {
        return this._ua._requestHeaders(Utils.cloneArray(extraHeaders).map(splitHeader));
    }

    // ---- mute

    mute(options = { audio: true, video: false }) {
        this._setMuted(true, options, 'muted');
    }

    unmute(options = { audio: true, video: true }) {
        this._setMuted(false, options, 'unmuted');
    }

    _setMuted(on, options, event) {
        const changed = {};
        for (const kind of ['audio', 'video']) {
            changed[kind] = Boolean(options[kind]) && this._muted[kind] !== on;
            if (changed[kind]) this._muted[kind] = on;
        }
        if (changed.audio) this._audio?._setMuted(on);
        if (changed.audio || changed.video) this.emit(event, changed);
    }

    // ---- digits

    sendDTMF(tones, options = {}) {
        if (tones === undefined) throw new TypeError('Not enough arguments');
        if (!TALKING.includes(this._status)) throw new InvalidStateError(this._status);
        const { transportType: transport = C.DTMF_TRANSPORT.INFO } = given(options);
        if (!Object.values(C.DTMF_TRANSPORT).includes(transport)) throw new TypeError(`invalid transportType: ${transport}`);
        const text = typeof tones === 'number' ? String(tones) : tones;
        if (typeof text !== 'string' || !/^[0-9A-DR#*,]+$/i.test(text)) throw new TypeError(`Invalid tones: ${tones}`);
        const { MIN_DURATION, MAX_DURATION, DEFAULT_DURATION, MIN_INTER_TONE_GAP, DEFAULT_INTER_TONE_GAP } = DTMF_C;
        const duration = within('tone duration', options.duration, MIN_DURATION, MAX_DURATION, DEFAULT_DURATION);
        const gap = within('interToneGap', options.interToneGap, MIN_INTER_TONE_GAP, 60000, DEFAULT_INTER_TONE_GAP);
        if (transport === C.DTMF_TRANSPORT.RFC2833) {
            this._sendTones(text, duration, gap);
            return;
        }
        const headers = this._inside(options.extraHeaders);
        for (const tone of text.toUpperCase()) this._tones.push({ tone, duration, gap, headers });
        if (!this._toneTimer) this._nextTone();
    }

    /** By RFC 2833. */
    _sendTones(text, duration, gap) {
        const tones = text.toUpperCase();
        if (tones.includes('R')) throw new NotSupportedError('the tone R (flash) goes by INFO only');
        const batch = { tones };
        this._sending.push(batch);
        this._ua._engine.command('call_dtmf', this._call, tones, duration, gap).catch((error) => {
            log.warn('digits were not sent: %s', error.message);
            this._sending = this._sending.filter((other) => other !== batch);
        });
    }

    _toneBuffer() {
        return this._sending.map((batch) => batch.tones).join('');
    }

    /** By INFO, one after the other; what comes after one that failed is not sent, as in JsSIP. */
    _nextTone() {
        this._toneTimer = null;
        const next = this._tones.shift();
        if (!next || this.isEnded()) {
            this._tones = [];
            return;
        }
        this._toneTimer = setTimeout(() => this._nextTone(), next.tone === ',' ? PAUSE_MS : next.duration + next.gap);
        if (next.tone === ',') return;
        const dtmf = new DTMF('outgoing', next.tone, next.duration);
        const body = `Signal=${next.tone}\r\nDuration=${next.duration}\r\n`;
        this.emit('newDTMF', { originator: 'local', dtmf, request: this._shown(C.INFO, next.headers, body) });
        dtmf.once('failed', () => {
            this._tones = [];
        });
        this._sendInside(dtmf, { method: C.INFO, content_type: 'application/dtmf-relay', body, headers: next.headers });
    }

    // ---- requests

    sendInfo(contentType, body, options = {}) {
        if (contentType === undefined) throw new TypeError('Not enough arguments');
        if (!TALKING.includes(this._status)) throw new InvalidStateError(this._status);
        const headers = this._inside(given(options).extraHeaders);
        const text = body === undefined || body === null ? null : String(body);
        const info = new Info('outgoing', String(contentType), text);
        this.emit('newInfo', { originator: 'local', info, request: this._shown(C.INFO, headers, text) });
        this._sendInside(info, { method: C.INFO, content_type: text ? String(contentType) : undefined, body: text || undefined, headers });
    }

    /** A request of any method but those that the library does itself. */
    sendRequest(method, options = {}) {
        if (OWN.includes(method)) throw new NotSupportedError(`${method} is the library's own: there are methods for what it does`);
        const { eventHandlers: on = {}, body } = given(options);
        const pairs = this._inside(options.extraHeaders);
        const type = pairs.find(([name]) => /^(content-type|c)$/i.test(name));
        const asked = new EventEmitter();
        asked.on('succeeded', ({ response }) => on.onSuccessResponse?.(response));
        asked.on('failed', ({ response, cause }) => {
            if (cause === C.causes.DIALOG_ERROR) on.onDialogError?.(response);
            else if (response) on.onErrorResponse?.(response);
            else if (cause === C.causes.REQUEST_TIMEOUT) on.onRequestTimeout?.();
            else on.onTransportError?.();
        });
        const config = { method, headers: pairs.filter((pair) => pair !== type) };
        this._sendInside(asked, { ...config, content_type: type?.[1], body: body ? String(body) : undefined });
    }

    /** The request as handlers are shown it: it is about to leave. */
    _shown(method, headers, body) {
        const [ours, theirs] = [this._local_identity, this._remote_identity];
        const request = new OutgoingRequest(method, theirs.uri, ours, headers.map((pair) => pair.join(': ')), body);
        request._sent = true;
        return request;
    }

    /** Sends it; `about` emits what became of it. */
    _sendInside(about, config) {
        const failed = (response, cause) => {
            about.emit('failed', { originator: response ? 'remote' : 'system', response, cause });
        };
        const command = this._ua._engine.command('call_request', this._call, config);
        const over = () => this._ua._objects.delete(command.result);
        command.catch((error) => {
            over();
            log.warn('%s was not sent: %s', config.method, error.message);
            failed(null, C.causes.INTERNAL_ERROR);
        });
        this._ua._objects.set(command.result, {
            close: over,
            _event(ev) {
                over();
                const response = incoming(ev.message);
                if (ev.status >= 200 && ev.status < 300) about.emit('succeeded', { originator: 'remote', response });
                else if (ev.status === 408 || ev.status === 481) failed(response, C.causes.DIALOG_ERROR);
                else failed(response, response ? Utils.sipErrorCause(ev.status) : ev.cause || C.causes.REQUEST_TIMEOUT);
            },
        });
    }

    // ---- transfer

    /** Has the peer call somebody else. replaces: our session with him, whose place the new call takes. */
    refer(target, options = {}) {
        if (target === undefined) throw new TypeError('Not enough arguments');
        if (!UP.includes(this._status)) return false;
        const uri = this._ua.normalizeTarget(target);
        if (!uri) throw new TypeError(`Invalid target: ${target}`);
        const { replaces, eventHandlers } = given(options);
        const subscriber = new ReferSubscriber(this._ua);
        for (const [event, handler] of Object.entries(eventHandlers ?? {})) subscriber.on(event, handler);
        const config = { hangup: OFF, headers: this._inside(options.extraHeaders) };
        const by = config.headers.findIndex(([name]) => /^(referred-by|b)$/i.test(name));
        if (by >= 0) config.referred_by = config.headers.splice(by, 1)[0][1].replace(/^.*<|>.*$/g, '');
        subscriber._begin(this._call, replaces ? { ...config, consult: replaces._call } : { ...config, target: String(uri) });
        return subscriber;
    }

    _noMoreTones() {
        clearTimeout(this._toneTimer);
        this._toneTimer = null;
        this._tones = [];
        this._sending = [];
    }
}

function within(what, value, least, most, otherwise) {
    if (!value) return otherwise;
    if (!Utils.isDecimal(value)) throw new TypeError(`Invalid ${what}: ${value}`);
    return Math.min(Math.max(Math.abs(Number(value)), least), most);
}

module.exports = { Controlled };
