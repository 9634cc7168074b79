'use strict';

const C = require('./constants.js');
const Connection = require('./connection.js');
const { Controlled } = require('./control.js');
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
/** Options that only a browser can use: taken, with one word in the debug log. */
function warnAboutBrowserOptions(options) {
    for (const key of [
        'pcConfig',
        'rtcConstraints',
        'rtcOfferConstraints',
        'rtcAnswerConstraints',
    ]) {
        if (options[key] !== undefined) warnOnce(log, key, `${key} is taken and has no effect`);
    }
}

/** The seconds of a call's own session timer; 0: as configured. RFC 4028 has none below 90. */
function sessionTimer({ sessionTimersExpires: seconds }) {
    if (!seconds) return 0;
    if (!Utils.isDecimal(seconds)) throw new TypeError(`Invalid sessionTimersExpires: ${seconds}`);
    return Math.min(Math.max(Number(seconds), C.SESSION_EXPIRES), 86400);
}

function checkConstraints(constraints) {
    if (!constraints) return;
    if (constraints.audio === false) throw new NotSupportedError('a call without audio is not possible');
    if (constraints.video) warnOnce(log, 'video', 'video is left out: only audio is offered');
}

/** A body, and its type: that of a Content-Type among the headers, which is taken out of them. */
function withBody(body, pairs, type) {
    if (!body) return {};
    const at = pairs.findIndex(([name]) => /^(content-type|c)$/i.test(name));
    return { body: String(body), content_type: at < 0 ? type : pairs.splice(at, 1)[0][1] };
}

class RTCSession extends Controlled {
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
        this._mediaReady = false;
        this._connection = null;
        this._audio = null;
        this._media = null;
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
        this._timer = sessionTimer(options);
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
        const config = { headers: this._ua._requestHeaders(this._request._pairs()), rate: this._audio.rate };
        try {
            this._call = this._referred
                ? this._ua._follow(this, this._referred, config)
                : this._ua._send(this, identity, { ...config, target: String(this._request.ruri) }, 'call_create', this._timer);
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
        const timer = sessionTimer(options);
        if (timer) this._ua._engine?.call('option_set', this._call, 'session_expires_s', String(timer), 0);
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
        const bye = this._start_time ? withBody(options.body, pairs, 'text/plain') : {}; // a CANCEL has none (RFC 3261, 9.1)
        if (status) pairs.push(['Reason', `SIP;cause=${status};text="${reason.replace(/["\\\r\n]/g, '')}"`]);
        if (this._call) this._ua._tell('call_hangup', this._call, { ...bye, headers: this._ua._requestHeaders(pairs) });
        if (this._start_time) this._over('ended', 'local', null, cause);
        else this._over('failed', 'local', null, C.causes.CANCELED);
    }

    _reject(status, options, pairs) {
        const reply = { status, ...withBody(options.body, pairs, 'application/sdp'), headers: this._ua._headers(pairs) };
        if (options.reason_phrase) reply.reason = options.reason_phrase;
        const verb = this._status === S.STATUS_ANSWERED ? 'call_hangup' : 'call_reject';
        this._ua._tell(verb, this._call, reply);
    }

    /** An INVITE has come. */
    _receive(ev, request, initCallback) {
        this._call = ev.id;
        this._status = S.STATUS_WAITING_FOR_ANSWER;
        this._contact = this._ua.contact.toString();
        this._begin('incoming', request, `${request.call_id}${request.from_tag}`, null);
        this._noAnswerTimer = setTimeout(() => this._noAnswer(), this._ua.configuration.no_answer_timeout);
        initCallback?.(this);
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
        this._noMoreTones();
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

module.exports = { RTCSession };
