'use strict';

const { EventEmitter } = require('node:events');
const C = require('./constants.js');
const { NotSupportedError } = require('./exceptions.js');
const { given } = require('./given.js');
const { logger } = require('./log.js');
const { OutgoingRequest, incoming, splitHeader } = require('./sip_message.js');
const Utils = require('./utils.js');

const log = logger('Message');

/** What MESSAGE and OPTIONS have in common: one request, one answer. */
class Applicant extends EventEmitter {
    constructor(ua, method, contentType) {
        super();
        this._ua = ua;
        this._method = method;
        this._defaultType = contentType;
        this._request = null;
        this._id = 0;
        this._closed = false;
        this._answered = null; // 'program' or 'library', once decided
        this.data = {};
    }

    get direction() {
        return this._direction ?? null;
    }

    get local_identity() {
        return (this.direction === 'incoming' ? this._request?.to : this._request?.from) ?? null;
    }

    get remote_identity() {
        return (this.direction === 'incoming' ? this._request?.from : this._request?.to) ?? null;
    }

    send(target, body, options = {}) {
        if (target === undefined || (body === undefined && this._method === C.MESSAGE)) {
            throw new TypeError('Not enough arguments');
        }
        const uri = this._ua.normalizeTarget(target);
        if (!uri) throw new TypeError(`Invalid target: ${target}`);
        const identity = this._ua._identity(given(options));
        for (const [event, handler] of Object.entries(options.eventHandlers ?? {})) this.on(event, handler);
        const headers = [...identity.headers, ...Utils.cloneArray(options.extraHeaders)];
        const text = body === undefined || body === null ? '' : String(body);
        this._direction = 'outgoing';
        this._contentType = options.contentType || this._defaultType;
        this._request = new OutgoingRequest(this._method, uri, identity.from, headers, text || null);
        this._ua._announce(this, 'local', this._request);
        if (!this._closed) this._submit(identity, text);
    }

    _submit(identity, text) {
        this._request._sent = true;
        const config = { target: String(this._request.ruri), headers: this._ua._requestHeaders(this._request._pairs()) };
        if (text) Object.assign(config, { body: text, content_type: this._contentType });
        try {
            this._id = this._ua._send(
                this,
                identity,
                config,
                this._method === C.MESSAGE ? 'message_send' : 'options_send',
            );
        } catch (error) {
            log.warn('%s could not be sent: %s', this._method, error.message);
            const cause = this._ua._engine ? C.causes.INTERNAL_ERROR : C.causes.CONNECTION_ERROR;
            setImmediate(() => this._failed('system', null, cause));
        }
    }

    /** Events of the library about this request. */
    _event(ev) {
        const response = incoming(ev.message);
        if (this.direction === 'incoming' || this._closed) return;
        if (ev.status >= 200 && ev.status < 300) this._succeeded(response);
        else if (response) this._failed('remote', response, Utils.sipErrorCause(ev.status));
        else this._failed('system', null, ev.cause || C.causes.REQUEST_TIMEOUT);
    }

    _succeeded(response) {
        this._close();
        this.emit('succeeded', { originator: 'remote', response });
    }

    _failed(originator, response, cause) {
        if (this._closed) return;
        this._close();
        this.emit('failed', { originator, response, cause });
    }

    _close() {
        this._closed = true;
        this._ua._forget(this);
    }

    /** For ua.stop(): nothing is waited for any more. */
    close() {
        this._close();
    }

    _checkAnswer(verb) {
        const what = this._method === C.MESSAGE ? 'Message' : 'Options';
        if (this.direction !== 'incoming') throw new NotSupportedError(`"${verb}" not supported for outgoing ${what}`);
        return what;
    }
}

/** A MESSAGE. An incoming one may be accepted or rejected now or later; see Message._receive(). */
class Message extends Applicant {
    constructor(ua) {
        super(ua, C.MESSAGE, 'text/plain');
    }

    accept(options = {}) {
        this._checkAnswer('accept');
        if (this._answered === 'library') return; // it said 200 already
        this._answer('message_accept', { status: 200 }, options);
    }

    reject(options = {}) {
        this._checkAnswer('reject');
        const status = given(options).status_code || 480;
        if (this._answered) throw new Error('incoming Message already replied');
        if (status < 300 || status >= 700) throw new TypeError(`Invalid status_code: ${status}`);
        this._answer(
            'message_reject',
            { status, ...(options.reason_phrase && { reason: options.reason_phrase }) },
            options,
        );
    }

    _answer(verb, reply, options) {
        if (this._answered) throw new Error('incoming Message already replied');
        reply.headers = this._ua._headers(Utils.cloneArray(given(options).extraHeaders).map(splitHeader));
        if (options.body)
            Object.assign(reply, { body: String(options.body), content_type: options.contentType || 'text/plain' });
        this._ua._tell(verb, this._id, reply);
        this._answered = 'program';
        this._close();
    }

    /**
     * JsSIP answers 200 when the handlers return without an answer, so nobody can decide later. Here the library says
     * 200 for those who never decide, but only after `wait` ms, or when all promises that handlers returned are settled.
     */
    _receive(ev, wait) {
        this._direction = 'incoming';
        this._id = ev.id;
        this._request = incoming(ev.message);
        const promises = this._ua._announce(this, 'remote', this._request);
        if (this._answered) return;
        const settled = Promise.allSettled(promises);
        const later = promises.length
            ? settled
            : new Promise((done) => {
                  this._timer = setTimeout(done, wait);
              });
        later.then((results = []) => {
            const broken = results.find((result) => result.status === 'rejected');
            this._decideAlone(broken);
            if (broken) throw broken.reason; // an unhandled rejection of the program's own handler stays one
        });
    }

    _decideAlone(broken) {
        if (this._answered || this._closed) return;
        this._answered = 'library';
        if (broken) this._ua._tell('message_reject', this._id, { status: 500 });
        else this._ua._tell('message_accept', this._id, { status: 200 });
        this._close();
    }

    _event(ev) {
        if (this.direction === 'incoming') {
            this._answered ??= 'library'; // its deadline passed
            this._close();
        } else {
            super._event(ev);
        }
    }

    _close() {
        clearTimeout(this._timer);
        super._close();
    }
}

/** An OPTIONS. An incoming one has been answered by the library. */
class Options extends Applicant {
    constructor(ua) {
        super(ua, C.OPTIONS, 'application/sdp');
    }

    accept() {
        throw new NotSupportedError(`${this._checkAnswer('accept')}: the library answers OPTIONS by itself`);
    }

    reject() {
        throw new NotSupportedError(`${this._checkAnswer('reject')}: the library answers OPTIONS by itself`);
    }

    _receive(ev) {
        this._direction = 'incoming';
        this._request = incoming(ev.message);
        this._ua._announce(this, 'remote', this._request);
        this._close();
    }
}

module.exports = { Message, Options };
