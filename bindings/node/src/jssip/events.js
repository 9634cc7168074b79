'use strict';

// Subscriber and Notifier (RFC 6665): JsSIP's shapes over the library's subscriptions.

const { EventEmitter } = require('node:events');
const C = require('./constants.js');
const { NotSupportedError } = require('./exceptions.js');
const Grammar = require('./grammar.js');
const { logger } = require('./log.js');
const { incoming, splitHeader } = require('./sip_message.js');
const Utils = require('./utils.js');

const log = logger('Subscriber');
const DEFAULT_EXPIRES_SEC = 900;

const S = {
    SUBSCRIBE_RESPONSE_TIMEOUT: 0,
    SUBSCRIBE_TRANSPORT_ERROR: 1,
    SUBSCRIBE_NON_OK_RESPONSE: 2,
    SUBSCRIBE_WRONG_OK_RESPONSE: 3,
    SUBSCRIBE_AUTHENTICATION_FAILED: 4,
    UNSUBSCRIBE_TIMEOUT: 5,
    FINAL_NOTIFY_RECEIVED: 6,
    WRONG_NOTIFY_RECEIVED: 7,
    STATE_PENDING: 0,
    STATE_ACTIVE: 1,
    STATE_TERMINATED: 2,
    STATE_INIT: 3,
    STATE_WAITING_NOTIFY: 4,
    DEFAULT_EXPIRES_SEC,
};

const N = {
    NOTIFY_RESPONSE_TIMEOUT: 0,
    NOTIFY_TRANSPORT_ERROR: 1,
    NOTIFY_NON_OK_RESPONSE: 2,
    NOTIFY_AUTHENTICATION_FAILED: 3,
    FINAL_NOTIFY_SENT: 4,
    UNSUBSCRIBE_RECEIVED: 5,
    SUBSCRIPTION_EXPIRED: 6,
    STATE_PENDING: 0,
    STATE_ACTIVE: 1,
    STATE_TERMINATED: 2,
    DEFAULT_EXPIRES_SEC,
};

const textOf = (body) => (body?.length ? Buffer.from(body).toString('utf8') : undefined);
const typeOf = (ev) => (ev.body?.length ? ev.content_type : undefined);

/** What both have: an id, data, headers, an end. */
class Dialogue extends EventEmitter {
    constructor(ua, options) {
        super();
        this._ua = ua;
        this._id = 0;
        this._dialog = null;
        this._data = {};
        this._headers = Utils.cloneArray(options.extraHeaders).map(splitHeader);
        if (options.allowEvents) this._headers.push(['Allow-Events', String(options.allowEvents)]);
    }

    get state() {
        return this._state;
    }

    /** As JsSIP writes a dialog's id; null before there is one. */
    get id() {
        return this._dialog;
    }

    get data() {
        return this._data;
    }

    set data(data) {
        this._data = data;
    }

    _learn(request) {
        if (request) this._dialog ??= `${request.call_id}${request.from_tag}${request.to_tag ?? ''}`;
    }

    _over(...why) {
        if (this._state === S.STATE_TERMINATED) return;
        this._state = S.STATE_TERMINATED;
        this._ua._objects.delete(this._id);
        this._ua._identities.settle();
        this.emit('terminated', ...why);
    }

    _command(verb, config) {
        this._ua._engine?.command(verb, this._id, ...config).catch((error) => log.debug('%s: %s', verb, error.message));
    }
}

class Subscriber extends Dialogue {
    static get C() {
        return S;
    }

    constructor(ua, target, eventName, accept, options = {}) {
        if (!target) throw new TypeError('Not enough arguments: Missing target');
        if (!eventName) throw new TypeError('Not enough arguments: Missing eventName');
        if (!accept) throw new TypeError('Not enough arguments: Missing accept');
        if (Grammar.parse(eventName, 'Event') === -1) throw new TypeError('Missing Event header field');
        super(ua, options);
        const { expires, contentType, params = {} } = options;
        const uri = ua.normalizeTarget(params.to_uri ?? target);
        if (!uri) throw new TypeError(`Invalid target: ${target}`);
        const from = { fromUserName: params.from_uri?.user, fromDisplayName: params.from_display_name };
        this._identity = ua._identity(from);
        this._config = {
            target: String(uri),
            event: eventName,
            accept,
            expires: Utils.isDecimal(expires) && expires > 0 ? Number(expires) : DEFAULT_EXPIRES_SEC,
        };
        this._contentType = contentType;
        this._state = S.STATE_INIT;
    }

    get C() {
        return S;
    }

    /** Subscribes; again: asks anew. */
    subscribe(body) {
        if (this._state === S.STATE_TERMINATED) return;
        if (this._id) {
            if (body) throw new NotSupportedError('a body goes with the first SUBSCRIBE only');
            this._command('subscription_refresh', [0]);
            return;
        }
        const config = { ...this._config, headers: this._ua._requestHeaders([...this._identity.headers.map(splitHeader), ...this._headers]) };
        if (body) Object.assign(config, { body: String(body), content_type: this._contentType });
        this._state = S.STATE_WAITING_NOTIFY;
        try {
            this._id = this._ua._send(this, this._identity, config, 'subscription_create');
        } catch (error) {
            log.warn('no SUBSCRIBE: %s', error.message);
            setImmediate(() => this._over(S.SUBSCRIBE_TRANSPORT_ERROR, undefined, undefined));
        }
    }

    /** Unsubscribes; `terminated` comes with the last NOTIFY. */
    terminate(body) {
        if (body) throw new NotSupportedError('a body goes with the first SUBSCRIBE only');
        if (!this._id || this._state === S.STATE_TERMINATED) return;
        this._command('subscription_end', []);
    }

    _event(ev) {
        const message = incoming(ev.message);
        if (ev.name === 'notify') {
            this._learn(message);
            this._reach(ev.state);
            if (ev.body?.length) this.emit('notify', ev.state === 'terminated', message, textOf(ev.body), typeOf(ev));
        } else if (ev.name === 'subscription_state') {
            if (ev.state !== 'terminated') this._reach(null); // the state itself comes with each NOTIFY
            else this._over(endOf(ev), ev.reason || undefined, ev.retry_ms > 0 ? Math.ceil(ev.retry_ms / 1000) : undefined);
        }
    }

    _reach(word) {
        if (this._state === S.STATE_TERMINATED) return;
        if (!this._accepted) {
            this._accepted = true;
            this.emit('accepted');
        }
        const state = { pending: S.STATE_PENDING, active: S.STATE_ACTIVE }[word];
        if (state === undefined || state === this._state) return;
        this._state = state;
        this.emit(word);
    }

    /** The UA is gone. */
    close() {
        this._over(S.SUBSCRIBE_TRANSPORT_ERROR, undefined, undefined);
    }
}

/** JsSIP's code of a subscription's end. */
function endOf(ev) {
    if (ev.status === 401 || ev.status === 407) return S.SUBSCRIBE_AUTHENTICATION_FAILED;
    if (ev.status === 408) return S.SUBSCRIBE_RESPONSE_TIMEOUT;
    if (ev.status >= 300) return S.SUBSCRIBE_NON_OK_RESPONSE;
    return ev.code ? S.SUBSCRIBE_TRANSPORT_ERROR : S.FINAL_NOTIFY_RECEIVED;
}

class Notifier extends Dialogue {
    static get C() {
        return N;
    }

    constructor(ua, subscribe, contentType, options = {}) {
        if (!contentType) throw new TypeError('Not enough arguments. Missing contentType');
        if (subscribe?.method !== C.SUBSCRIBE || !subscribe._notifier) throw new TypeError('Invalid method for Subscribe request');
        super(ua, options);
        this._id = subscribe._notifier;
        this._request = subscribe;
        this._contentType = contentType;
        this._state = options.pending ? N.STATE_PENDING : N.STATE_ACTIVE;
        this._most = Utils.isDecimal(options.defaultExpires) ? Number(options.defaultExpires) : 0;
        this._started = false;
        this._first = null; // the body that the first NOTIFY carries
        this._end = Infinity; // when it runs out, by Date.now()
        this._learn(subscribe);
        ua._objects.set(this._id, this);
    }

    get C() {
        return N;
    }

    /** Takes the subscription; what `subscribe` listeners notify goes with the first NOTIFY. */
    start() {
        if (this._started || this._state === N.STATE_TERMINATED) return;
        const request = this._request;
        this._once = Number(request.getHeader('Expires') ?? 1) === 0; // he asks once (RFC 6665, 4.4.3)
        this._tell(this._once, request);
        this._started = true;
        if (this._state === N.STATE_TERMINATED) return;
        const config = this._config(this._first);
        if (this._most && !request.hasHeader('Expires')) config.expires = this._most;
        this._command('notifier_accept', [config, 0]);
    }

    _tell(last, request, bare) {
        const body = (!bare && request.body) || undefined;
        this.emit('subscribe', last, request, body, body && request.getHeader('Content-Type'));
    }

    _config(body) {
        const config = { state: this._state === N.STATE_PENDING ? 'pending' : 'active', headers: this._ua._requestHeaders(this._headers) };
        return body ? { ...config, body: String(body), content_type: this._contentType } : config;
    }

    setActiveState() {
        if (this._state === N.STATE_PENDING) this._state = N.STATE_ACTIVE;
    }

    notify(body) {
        if (this._state === N.STATE_TERMINATED) return;
        if (this._started) this._command('notifier_notify', [this._config(body)]);
        else this._first = body;
    }

    /** Ends it with a last NOTIFY; before start(): refuses it. */
    terminate(body, reason, retryAfter) {
        if (this._state === N.STATE_TERMINATED) return;
        const config = { ...this._config(body), state: 'terminated' };
        if (reason) config.reason = String(reason);
        if (Utils.isDecimal(retryAfter)) config.retry_after_s = Number(retryAfter);
        if (this._started) this._command('notifier_notify', [config]);
        else this._command('notifier_reject', [{ status: 403 }]);
        this._over(reason === 'timeout' ? N.SUBSCRIPTION_EXPIRED : N.FINAL_NOTIFY_SENT);
    }

    _event(ev) {
        if (ev.name !== 'subscription_state') return;
        if (ev.state !== 'terminated') {
            const request = incoming(ev.message);
            this._end = Date.now() + 1000 * ev.expires;
            if (request?.method === C.SUBSCRIBE && request.ruri && request.cseq !== this._request.cseq) this._tell(false, request);
        } else if (this._state !== N.STATE_TERMINATED) {
            this._ended(ev);
        }
    }

    /** The library ends it for him who unsubscribes, or never came back. */
    _ended(ev) {
        const left = !ev.status && !ev.code && (this._once || Date.now() < this._end - 1000);
        if (left && !this._once) this._tell(true, this._request, true);
        else if (!left && !ev.status && !ev.code) this.emit('expired');
        this._over(left ? N.UNSUBSCRIBE_RECEIVED : failureOf(ev));
    }

    /** The UA is gone. */
    close() {
        this._over(N.NOTIFY_TRANSPORT_ERROR);
    }
}

/** JsSIP's code of the end of one who had subscribed to us. */
function failureOf(ev) {
    if (ev.status === 401 || ev.status === 407) return N.NOTIFY_AUTHENTICATION_FAILED;
    if (ev.status === 408) return N.NOTIFY_RESPONSE_TIMEOUT;
    if (ev.status >= 300) return N.NOTIFY_NON_OK_RESPONSE;
    return ev.code ? N.NOTIFY_TRANSPORT_ERROR : N.SUBSCRIPTION_EXPIRED;
}

module.exports = { Notifier, Subscriber };
