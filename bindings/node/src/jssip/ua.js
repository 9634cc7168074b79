'use strict';

const { EventEmitter } = require('node:events');
const C = require('./constants.js');
const Config = require('./config.js');
const { Notifier, Subscriber } = require('./events.js');
const Identities = require('./identities.js');
const { logger, warnOnce } = require('./log.js');
const { Message, Options } = require('./message.js');
const Registrator = require('./registrator.js');
const { RTCSession } = require('./session.js');
const { incoming, splitHeader } = require('./sip_message.js');
const Transport = require('./transport.js');
const Utils = require('./utils.js');

const log = logger('UA');

const S = {
    STATUS_INIT: 0,
    STATUS_READY: 1,
    STATUS_USER_CLOSED: 2,
    STATUS_NOT_READY: 3,
    CONFIGURATION_ERROR: 1,
    NETWORK_ERROR: 2,
};
const GONE = -4;
const STATE = -6;
const REPLY_WAIT_MS = 1000; // how long a program may take to answer a MESSAGE before the library says 200

function contactOf(configuration) {
    return {
        pub_gruu: null,
        temp_gruu: null,
        uri: configuration.contact_uri,
        toString({ anonymous, outbound } = {}) {
            const gruu = anonymous ? this.temp_gruu : this.pub_gruu;
            const uri = gruu || (anonymous ? 'sip:anonymous@anonymous.invalid;transport=ws' : this.uri);
            return `<${uri}${outbound && !gruu ? ';ob' : ''}>`;
        },
    };
}

class UA extends EventEmitter {
    constructor(configuration) {
        if (!configuration) throw new TypeError('Not enough arguments');
        super();
        this._status = S.STATUS_INIT;
        this._error = null;
        this._dynamic = {};
        this._sessions = {};
        this._applicants = new Set();
        this._objects = new Map(); // the library's ids of calls, messages and queries
        this.data = {};
        try {
            const { config, sockets, contact } = Config.load(configuration);
            this._configuration = config;
            this._contactGiven = contact;
            this._transport = new Transport(this, sockets);
        } catch (error) {
            this._status = S.STATUS_NOT_READY;
            this._error = S.CONFIGURATION_ERROR;
            throw error;
        }
        if (configuration.register_from_tag_trail) {
            warnOnce(log, 'tag', 'register_from_tag_trail is taken and has no effect');
        }
        this._contact = contactOf(this._configuration);
        this._identities = new Identities(this);
        this._registrator = new Registrator(this);
    }

    static get C() {
        return S;
    }

    get C() {
        return S;
    }

    get status() {
        return this._status;
    }

    get contact() {
        return this._contact;
    }

    get configuration() {
        return this._configuration;
    }

    get transport() {
        return this._transport;
    }

    /** The running agent, or null. */
    get _engine() {
        return this._transport._engine;
    }

    start() {
        log.debug('start()');
        this._dynamic.register = this._configuration.register;
        if (this._status !== S.STATUS_INIT && this._status !== S.STATUS_USER_CLOSED) return;
        if (this._status === S.STATUS_INIT && this._engine) return;
        this._status = S.STATUS_INIT;
        this._transport._open();
    }

    /** Ends calls and registration, waiting at most 2 s for answers; `disconnected` is the last event. */
    stop() {
        log.debug('stop()');
        this._dynamic = {};
        if (this._status === S.STATUS_USER_CLOSED) return;
        this._registrator.close();
        for (const session of Object.values(this._sessions)) {
            if (!session.isEnded()) attempt(() => session.terminate());
        }
        for (const applicant of [...this._applicants]) applicant.close();
        this._status = S.STATUS_USER_CLOSED;
        this._transport._close();
    }

    register() {
        this._dynamic.register = true;
        this._registrator.register();
    }

    unregister(options) {
        this._dynamic.register = false;
        this._registrator.unregister(options);
    }

    registrator() {
        return this._registrator;
    }

    isRegistered() {
        return this._registrator.registered;
    }

    isConnected() {
        return this._transport.isConnected();
    }

    call(target, options) {
        const session = new RTCSession(this);
        session.connect(target, options);
        return session;
    }

    sendMessage(target, body, options) {
        const message = new Message(this);
        message.send(target, body, options);
        return message;
    }

    sendOptions(target, body, options) {
        const query = new Options(this);
        query.send(target, body, options);
        return query;
    }

    subscribe(target, eventName, accept, options) {
        return new Subscriber(this, target, eventName, accept, options);
    }

    notify(subscribe, contentType, options) {
        return new Notifier(this, subscribe, contentType, options);
    }

    terminateSessions(options) {
        for (const session of Object.values(this._sessions)) {
            if (!session.isEnded()) session.terminate(options);
        }
    }

    normalizeTarget(target) {
        return Utils.normalizeTarget(target, this._configuration.hostport_params);
    }

    get(parameter) {
        if (['authorization_user', 'realm', 'ha1', 'authorization_jwt'].includes(parameter)) {
            return this._configuration[parameter];
        }
        log.warn('get(): "%s" cannot be read while running', parameter);
        return undefined;
    }

    set(parameter, value) {
        if (parameter === 'ha1') {
            if (!Config.HA1.test(String(value))) throw new TypeError(`Invalid argument: ${value}`);
            this._configuration.ha1 = String(value);
            this._configuration.password = null; // as in JsSIP: the plain one is forgotten
        } else if (parameter === 'authorization_jwt') {
            splitHeader(`Authorization: ${value}`);
            this._configuration.authorization_jwt = String(value);
        } else if (parameter === 'extra_headers') {
            (value ?? []).forEach(splitHeader);
            this._configuration.extra_headers = value;
        } else if (parameter === 'display_name') {
            this._configuration.display_name = value === 0 ? '0' : value;
        } else if (['authorization_user', 'password', 'realm'].includes(parameter)) {
            this._configuration[parameter] = String(value);
            if (parameter === 'password') this._configuration.ha1 = null;
        } else {
            log.warn('set(): "%s" cannot be changed while running', parameter);
            return false;
        }
        this._identityChanged();
        return true;
    }

    // ---- for the other files of this folder

    _account() {
        return this._identities.account(this._identities.own);
    }

    _identity(options) {
        return this._identities.of(options ?? {});
    }

    _identityChanged() {
        this._identities.changed();
    }

    /** Headers of a message that the library is to send: the program's, then those for every message. */
    _headers(pairs) {
        return [...pairs, ...(this._configuration.extra_headers ?? []).map(splitHeader)];
    }

    /** The same of a request, which also carries the token. */
    _requestHeaders(pairs) {
        const token = this._configuration.authorization_jwt;
        return token ? [...this._headers(pairs), ['Authorization', token]] : this._headers(pairs);
    }

    /** Creates an object of the library; its events go to `object`. timer: seconds of a call's own session timer. */
    _send(object, identity, config, verb, timer) {
        if (!this._engine) throw new Error('the UA is not started');
        object._account = this._identities.account(identity);
        const set = (of, seconds) => this._engine.call('option_set', of, 'session_expires_s', String(seconds), 0);
        if (timer) set(object._account, timer); // the INVITE leaves at once: its account has it by then
        const id = this._engine.call(verb, object._account, config, 0);
        if (timer) {
            set(id, timer);
            set(object._account, this._configuration.session_timers ? C.SESSION_EXPIRES : 0);
        }
        this._objects.set(id, object);
        return id;
    }

    /** Makes the call that a REFER asks for. */
    _follow(session, transfer, config) {
        if (!this._engine) throw new Error('the UA is not started');
        const id = this._engine.call('transfer_accept', transfer, config, 0);
        this._objects.set(id, session);
        return id;
    }

    /** A command to a call or message that may just have ended: then its end is on its way to us, and no error. */
    _tell(verb, id, reply) {
        try {
            this._engine?.call(verb, id, reply, 0);
        } catch (error) {
            if (error.code !== GONE && error.code !== STATE) throw error;
            log.debug('%s: %s', verb, error.message);
        }
    }

    /** newMessage or newOptions: the promises that handlers returned. */
    _announce(applicant, originator, request) {
        this._applicants.add(applicant);
        const name = applicant instanceof Message ? 'newMessage' : 'newOptions';
        const data = { originator, message: applicant, request };
        return this.rawListeners(name)
            .map((listener) => Reflect.apply(listener, this, [data]))
            .filter((result) => typeof result?.then === 'function');
    }

    _announceSession(session, originator, request) {
        this._sessions[session.id] = session;
        this.emit('newRTCSession', { originator, session, request });
    }

    _forget(applicant) {
        this._applicants.delete(applicant);
        this._objects.delete(applicant._id);
        this._identities.settle();
    }

    _forgetSession(session) {
        delete this._sessions[session.id];
        this._objects.delete(session._call);
        this._identities.settle();
    }

    /** All events of the library. */
    _event(ev) {
        const inCall = ev.name !== 'message' && this._objects.get(ev.call); // a MESSAGE inside a call is one like others
        const object = this._objects.get(ev.id) ?? inCall;
        if (object) object._event(ev);
        else if (ev.name === 'incoming_call') this._incomingCall(ev);
        else if (ev.name === 'message') this._incomingMessage(ev);
        else if (ev.name === 'options') new Options(this)._receive(ev);
        else if (ev.name === 'subscribe_requested') this._incomingSubscribe(ev);
        else if (ev.name === 'notify') this._incomingNotify(ev);
        else if (ev.name === 'audio_ready') this._audioReady();
        else if (ev.name === 'transfer_requested') this._tell('transfer_reject', ev.id, { status: 405 });
        else if (ev.account && ev.account === this._identities.ownId) this._registrator._event(ev);
        else if (ev.account) this._identities.event(ev);
    }

    _incomingCall(ev) {
        const request = incoming(ev.message);
        if (!request || this._status === S.STATUS_USER_CLOSED || this.listenerCount('newRTCSession') === 0) {
            this._tell('call_reject', ev.id, { status: this._status === S.STATUS_USER_CLOSED ? 480 : 405 });
            return;
        }
        if (this._sessions[`${request.call_id}${request.from_tag}`]) {
            // by another way (RFC 3261, 8.2.2.2)
            this._tell('call_reject', ev.id, { status: 482 });
            return;
        }
        const old = ev.other ? this._objects.get(ev.other) : null;
        if (old?.listenerCount?.('replaces')) this._replaces(old, ev, request);
        else this._receiveCall(ev, request);
    }

    _receiveCall(ev, request, initCallback) {
        const session = new RTCSession(this);
        session._account = ev.account;
        this._objects.set(ev.id, session);
        session._receive(ev, request, initCallback);
    }

    /** An INVITE that is to take the place of one of our calls: answering it ends that one. */
    _replaces(old, ev, request) {
        old.emit('replaces', {
            request,
            accept: (initCallback) => {
                if (!old.isEstablished()) return false;
                this._receiveCall(ev, request, initCallback);
                return true;
            },
            reject: () => this._tell('call_reject', ev.id, { status: 486 }),
        });
    }

    _incomingMessage(ev) {
        if (this.listenerCount('newMessage') === 0) {
            this._tell('message_reject', ev.id, { status: 405 });
            return;
        }
        const message = new Message(this);
        message._account = ev.account;
        this._objects.set(ev.id, message);
        message._receive(ev, REPLY_WAIT_MS);
    }

    _incomingSubscribe(ev) {
        const request = incoming(ev.message);
        const reject = (status, reason) => this._tell('notifier_reject', ev.id, { status, ...(reason && { reason }) });
        if (!request || this.listenerCount('newSubscribe') === 0) {
            reject(405);
            return;
        }
        request._notifier = ev.id;
        request.reply = (status, reason) => reject(status, reason);
        this.emit('newSubscribe', { event: request.parseHeader('Event'), request });
    }

    /** A NOTIFY that nobody had subscribed to; the library has said 200. */
    _incomingNotify(ev) {
        const request = incoming(ev.message);
        if (request) this.emit('sipEvent', { event: request.parseHeader('Event'), request });
    }

    _audioReady() {
        for (const id of this._engine.call('audio_ready', 256)) this._objects.get(id)?.audio?._wake();
    }

    /** The transport can carry requests. */
    _connected() {
        if (this._status === S.STATUS_USER_CLOSED) return;
        this._status = S.STATUS_READY;
        this._error = null;
        this.emit('connected', { socket: this._transport });
        if (this._dynamic.register && !this._registrator._wanted) this._registrator.register();
    }

    _disconnected(data) {
        if (this._status !== S.STATUS_USER_CLOSED) {
            this._status = S.STATUS_NOT_READY;
            this._error = S.NETWORK_ERROR;
        }
        this.emit('disconnected', data);
        this._registrator._lost({ response: null, cause: C.causes.CONNECTION_ERROR });
    }

    /** The agent is gone: nothing of it will say how it ended. */
    _engineGone() {
        for (const object of [...this._objects.values()]) {
            if (object instanceof RTCSession) {
                object._over(object._start_time ? 'ended' : 'failed', 'system', null, C.causes.CONNECTION_ERROR);
                object._closed();
            } else {
                object.close();
            }
        }
        this._objects.clear();
        this._identities.clear();
    }
}

function attempt(action) {
    try {
        action();
    } catch (error) {
        log.debug('%s', error.message);
    }
}

module.exports = { UA };
