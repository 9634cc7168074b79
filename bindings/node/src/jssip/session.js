'use strict';

const { EventEmitter } = require('node:events');
const C = require('./constants.js');
const Connection = require('./connection.js');
const { DTMF, C: DTMF_C } = require('./dtmf.js');
const { InvalidStateError, NotSupportedError } = require('./exceptions.js');
const { given } = require('./given.js');
const { logger, warnOnce } = require('./log.js');
const { CallAudio, checkMediaStream, join } = require('./media.js');
const { handlers, showSdp } = require('./session_events.js');
const { OutgoingRequest, splitHeader } = require('./sip_message.js');
const Utils = require('./utils.js');

const log = logger('RTCSession');

const S = {
    STATUS_NULL: 0,
    STATUS_INVITE_SENT: 1,
    STATUS_1XX_RECEIVED: 2,
    STATUS_INVITE_RECEIVED: 3,
    STATUS_WAITING_FOR_ANSWER: 4,
    STATUS_ANSWERED: 5,
    STATUS_WAITING_FOR_ACK: 6,
    STATUS_CANCELED: 7,
    STATUS_TERMINATED: 8,
    STATUS_CONFIRMED: 9,
};
const TALKING = [S.STATUS_1XX_RECEIVED, S.STATUS_WAITING_FOR_ACK, S.STATUS_CONFIRMED];
const noChange = 'changing a running call is not possible yet (call control is not in the library)';

/** Options that only a browser can use: taken, with one word in the debug log. */
function warnAboutBrowserOptions(options) {
    for (const key of [
        'pcConfig',
        'rtcConstraints',
        'rtcOfferConstraints',
        'rtcAnswerConstraints',
        'sessionTimersExpires',
    ]) {
        if (options[key] !== undefined) warnOnce(log, key, `${key} is taken and has no effect`);
    }
}

function checkConstraints(constraints) {
    if (!constraints) return;
    if (constraints.audio === false) throw new NotSupportedError('a call without audio is not possible');
    if (constraints.video) warnOnce(log, 'video', 'video is left out: only audio is offered');
}

class RTCSession extends EventEmitter {
    constructor(ua) {
        super();
        this._ua = ua;
        this._id = null;
        this._call = 0;
        this._status = S.STATUS_NULL;
        this._request = null;
        this._direction = null;
        this._local_identity = null;
        this._remote_identity = null;
        this._contact = null;
        this._start_time = null;
        this._end_time = null;
        this._muted = { audio: false, video: false };
        this._onHold = { local: false, remote: false };
        this._mediaReady = false;
        this._connection = null;
        this._audio = null;
        this._media = null;
        this._sending = []; // digits on their way, batch by batch
        this._lastStats = null;
        this._statsWaiting = [];
        this._data = {};
    }

    static get C() {
        return S;
    }

    get C() {
        return S;
    }

    get causes() {
        return C.causes;
    }

    get id() {
        return this._id;
    }

    get connection() {
        return this._connection;
    }

    /** The call's audio, a Duplex of 16-bit mono samples (not in JsSIP). */
    get audio() {
        return this._audio;
    }

    get contact() {
        return this._contact;
    }

    get direction() {
        return this._direction;
    }

    get local_identity() {
        return this._local_identity;
    }

    get remote_identity() {
        return this._remote_identity;
    }

    get start_time() {
        return this._start_time;
    }

    get end_time() {
        return this._end_time;
    }

    get data() {
        return this._data;
    }

    set data(data) {
        this._data = data;
    }

    get status() {
        return this._status;
    }

    isInProgress() {
        return this._status <= S.STATUS_WAITING_FOR_ANSWER;
    }

    isEstablished() {
        return [S.STATUS_ANSWERED, S.STATUS_WAITING_FOR_ACK, S.STATUS_CONFIRMED].includes(this._status);
    }

    isEnded() {
        return this._status === S.STATUS_CANCELED || this._status === S.STATUS_TERMINATED;
    }

    isMuted() {
        return { ...this._muted };
    }

    isOnHold() {
        return { ...this._onHold };
    }

    isReadyToReOffer() {
        return false; // until call control lands
    }

    /** ua.call(). */
    connect(target, options = {}, initCallback) {
        if (target === undefined) throw new TypeError('Not enough arguments');
        if (this._status !== S.STATUS_NULL || this._request) throw new InvalidStateError(this._status);
        const uri = this._ua.normalizeTarget(target);
        if (!uri) throw new TypeError(`Invalid target: ${target}`);
        given(options);
        checkConstraints(options.mediaConstraints);
        const media = checkMediaStream(options.mediaStream);
        const identity = this._ua._identity(options);
        const headers = [...Utils.cloneArray(options.extraHeaders), ...identity.headers];
        const request = new OutgoingRequest(C.INVITE, uri, identity.from, headers);
        warnAboutBrowserOptions(options);
        for (const [event, handler] of Object.entries(options.eventHandlers ?? {})) this.on(event, handler);
        this._data = options.data || this._data;
        this._contact = this._ua.contact.toString({ anonymous: options.anonymous, outbound: true });
        this._begin('outgoing', request, Utils.newUUID(), media);
        initCallback?.(this);
        this._ua._announceSession(this, 'local', request);
        setImmediate(() => this._invite(identity));
    }

    _begin(direction, request, id, media) {
        this._direction = direction;
        this._request = request;
        this._id = id;
        this._local_identity = direction === 'incoming' ? request.to : request.from;
        this._remote_identity = direction === 'incoming' ? request.from : request.to;
        if (direction === 'outgoing') this._connect(media);
    }

    /** What `connection` and `audio` are from now on. */
    _connect(media) {
        this._media = media;
        this._audio = new CallAudio(media?.rate ?? 16000);
        this._audio.on('error', (error) => log.warn('the audio of a call: %s', error.message));
        this._connection = new Connection(this);
        this.emit('peerconnection', { peerconnection: this._connection });
    }

    _invite(identity) {
        if (this.isEnded()) return;
        this.emit('connecting', { request: this._request });
        if (!this.isEnded()) this.emit('sending', { request: this._request });
        if (this.isEnded()) return;
        this._request._sent = true;
        try {
            this._call = this._ua._send(
                this,
                identity,
                {
                    target: String(this._request.ruri),
                    headers: this._ua._requestHeaders(this._request._pairs()),
                    rate: this._audio.rate,
                },
                'call_create',
            );
        } catch (error) {
            log.warn('no call could be made: %s', error.message);
            this._over(
                'failed',
                'system',
                null,
                this._ua._engine ? C.causes.INTERNAL_ERROR : C.causes.CONNECTION_ERROR,
            );
            return;
        }
        this._status = S.STATUS_INVITE_SENT;
        this._joinMedia();
    }

    _joinMedia() {
        this._audio._attach(this._ua._engine, this._call);
        join(this._audio, this._media, (error) => log.warn('mediaStream of a call: %s', error.message));
    }

    answer(options = {}) {
        if (this._direction !== 'incoming') {
            throw new NotSupportedError('"answer" not supported for outgoing RTCSession');
        }
        if (this._status !== S.STATUS_WAITING_FOR_ANSWER) throw new InvalidStateError(this._status);
        given(options);
        checkConstraints(options.mediaConstraints);
        warnAboutBrowserOptions(options);
        const media = checkMediaStream(options.mediaStream);
        const headers = this._ua._headers(Utils.cloneArray(options.extraHeaders).map(splitHeader));
        this._ua._tell('call_answer', this._call, { headers, rate: media?.rate ?? 16000 });
        clearTimeout(this._noAnswerTimer);
        this._data = options.data || this._data;
        this._status = S.STATUS_ANSWERED;
        this._connect(media);
        this._joinMedia();
        setImmediate(() => {
            if (!this.isEnded()) showSdp(this, 'offer', this._request);
            if (!this.isEnded()) this.emit('connecting', { request: this._request });
        });
    }

    /**
     * Ends the call in whatever state. Events and state change at once, as in JsSIP; the library does the rest: a 200 that
     * crosses the CANCEL gets its ACK and BYE, a BYE waits for the ACK that is due.
     */
    terminate(options = {}) {
        const { status_code: status, cause = C.causes.BYE } = given(options);
        if (this.isEnded()) throw new InvalidStateError(this._status);
        const pairs = Utils.cloneArray(options.extraHeaders).map(splitHeader);
        const waiting = this._status === S.STATUS_WAITING_FOR_ANSWER || this._status === S.STATUS_ANSWERED;
        const least = waiting ? 300 : 200;
        if (status && (status < least || status >= 700)) throw new TypeError(`Invalid status_code: ${status}`);
        const reason = options.reason_phrase || C.REASON_PHRASE[status] || '';
        if (waiting) {
            this._reject(status || 480, options, pairs);
            this._over('failed', 'local', null, C.causes.REJECTED);
            return;
        }
        if (options.body) throw new NotSupportedError('a body in BYE or CANCEL is not possible');
        if (status) pairs.push(['Reason', `SIP;cause=${status};text="${reason.replace(/["\\\r\n]/g, '')}"`]);
        if (this._call) this._ua._tell('call_hangup', this._call, { headers: this._ua._requestHeaders(pairs) });
        if (this._start_time) this._over('ended', 'local', null, cause);
        else this._over('failed', 'local', null, C.causes.CANCELED);
    }

    _reject(status, options, pairs) {
        const reply = { status, headers: this._ua._headers(pairs) };
        if (options.reason_phrase) reply.reason = options.reason_phrase;
        if (options.body) Object.assign(reply, { body: options.body, content_type: 'application/sdp' });
        const verb = this._status === S.STATUS_ANSWERED ? 'call_hangup' : 'call_reject';
        this._ua._tell(verb, this._call, reply);
    }

    sendDTMF(tones, options = {}) {
        if (tones === undefined) throw new TypeError('Not enough arguments');
        if (!TALKING.includes(this._status)) throw new InvalidStateError(this._status);
        const transport = given(options).transportType;
        if (transport !== undefined && !Object.values(C.DTMF_TRANSPORT).includes(transport)) {
            throw new TypeError(`invalid transportType: ${transport}`);
        }
        const text = typeof tones === 'number' ? String(tones) : tones;
        if (typeof text !== 'string' || !/^[0-9A-DR#*,]+$/i.test(text)) throw new TypeError(`Invalid tones: ${tones}`);
        const duration = within(
            'tone duration',
            options.duration,
            DTMF_C.MIN_DURATION,
            DTMF_C.MAX_DURATION,
            DTMF_C.DEFAULT_DURATION,
        );
        const gap = within(
            'interToneGap',
            options.interToneGap,
            DTMF_C.MIN_INTER_TONE_GAP,
            60000,
            DTMF_C.DEFAULT_INTER_TONE_GAP,
        );
        if (transport === C.DTMF_TRANSPORT.INFO) {
            throw new NotSupportedError(
                'DTMF by INFO is not possible yet (the library sends no INFO): ' + 'use transportType: "RFC2833"',
            );
        }
        if (transport === undefined) {
            warnOnce(log, 'dtmf', "digits go as RFC 2833 events; JsSIP's default, INFO, is not possible yet");
        }
        this._sendTones(text, duration, gap, transport === undefined);
    }

    /** loud: as for JsSIP's INFO, each digit is announced by newDTMF and says what became of it. */
    _sendTones(text, duration, gap, loud = false) {
        const tones = text.toUpperCase();
        if (tones.includes('R'))
            throw new NotSupportedError('the tone R (flash) is not possible by RFC 2833 events yet');
        const digits = loud
            ? [...tones].filter((tone) => tone !== ',').map((t) => new DTMF('outgoing', t, duration))
            : [];
        const batch = { tones, digits };
        this._sending.push(batch);
        for (const dtmf of digits) this.emit('newDTMF', { originator: 'local', dtmf, request: null });
        this._ua._engine.command('call_dtmf', this._call, tones, duration, gap).catch((error) => {
            log.warn('digits were not sent: %s', error.message);
            this._sending = this._sending.filter((other) => other !== batch);
            for (const dtmf of digits) dtmf.emit('failed', { originator: 'system', response: null });
        });
    }

    _toneBuffer() {
        return this._sending.map((batch) => batch.tones).join('');
    }

    sendInfo() {
        if (!TALKING.includes(this._status)) throw new InvalidStateError(this._status);
        throw new NotSupportedError('sendInfo is not possible yet: the library sends no INFO');
    }

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

    hold() {
        throw new NotSupportedError(`hold: ${noChange}`);
    }

    unhold() {
        throw new NotSupportedError(`unhold: ${noChange}`);
    }

    renegotiate() {
        throw new NotSupportedError(`renegotiate: ${noChange}`);
    }

    refer() {
        throw new NotSupportedError('refer is not possible yet: the library makes no transfers');
    }

    sendRequest() {
        throw new NotSupportedError(
            "sendRequest: the library sends no requests of the program's own making inside a call",
        );
    }

    /** An INVITE has come. */
    _receive(ev, request) {
        this._call = ev.id;
        this._status = S.STATUS_WAITING_FOR_ANSWER;
        this._contact = this._ua.contact.toString();
        this._begin('incoming', request, `${request.call_id}${request.from_tag}`, null);
        this._noAnswerTimer = setTimeout(() => this._noAnswer(), this._ua.configuration.no_answer_timeout);
        this._ua._announceSession(this, 'remote', request);
        if (this.isEnded()) return;
        if (this._status === S.STATUS_WAITING_FOR_ANSWER) {
            this._ua._tell('call_ring', this._call, { headers: this._ua._headers([]) });
        }
        this.emit('progress', { originator: 'local', response: null });
    }

    _noAnswer() {
        if (this._status !== S.STATUS_WAITING_FOR_ANSWER) return;
        this._reject(408, {}, []);
        this._over('failed', 'local', null, C.causes.NO_ANSWER);
    }

    /** Events of the library about this call. */
    _event(ev) {
        handlers[ev.name]?.(this, ev);
    }

    /** The end as the program sees it. The library's own end of the call follows, and is not told twice. */
    _over(event, originator, message, cause) {
        if (this.isEnded()) return;
        const canceled = event === 'failed' && cause === C.causes.CANCELED;
        this._status = canceled ? S.STATUS_CANCELED : S.STATUS_TERMINATED;
        clearTimeout(this._noAnswerTimer);
        if (event === 'ended') this._end_time = new Date();
        if (!this._call) this._closed();
        if (event === 'failed') this.emit('_failed', { originator, message, cause });
        this.emit(event, { originator, message, cause });
    }

    /** The library has let go of the call. */
    _closed() {
        for (const { digits } of this._sending.splice(0)) {
            for (const dtmf of digits) dtmf.emit('failed', { originator: 'system', response: null });
        }
        this._tellStats();
        this._audio?._finish();
        this._connection?._close();
        this._ua._forgetSession(this);
    }

    /** The figures of now; the last ones once the call has ended; null before it began. */
    async _stats() {
        if (!this._call || this._lastStats?.final || !this._ua._engine) return this._lastStats;
        const told = new Promise((done) => this._statsWaiting.push(done));
        try {
            await this._ua._engine.command('call_stats_request', this._call);
            await told;
        } catch (error) {
            log.debug('no figures: %s', error.message); // the call has just ended
        }
        return this._lastStats;
    }

    _tellStats() {
        for (const done of this._statsWaiting.splice(0)) done();
    }
}

function within(what, value, least, most, otherwise) {
    if (!value) return otherwise;
    if (!Utils.isDecimal(value)) throw new TypeError(`Invalid ${what}: ${value}`);
    return Math.min(Math.max(Math.abs(Number(value)), least), most);
}

module.exports = { RTCSession };
