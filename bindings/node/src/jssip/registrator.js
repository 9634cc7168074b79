'use strict';

const C = require('./constants.js');
const { logger } = require('./log.js');
const { incoming, splitHeader } = require('./sip_message.js');
const Utils = require('./utils.js');

const log = logger('Registrator');

/** The registration of a UA's address. The library keeps it fresh and tries again after a failure. */
module.exports = class Registrator {
    constructor(ua) {
        this._ua = ua;
        this._headers = [];
        this._contactParams = '';
        this._registered = false;
        this._wanted = false;
        this._timer = null;
    }

    get registered() {
        return this._registered;
    }

    /** Added to every further REGISTER. */
    setExtraHeaders(headers) {
        const list = Array.isArray(headers) ? headers : [];
        list.forEach(splitHeader);
        this._headers = list.slice();
        this._ua._identityChanged();
    }

    _headerPairs() {
        return this._headers.map(splitHeader);
    }

    setExtraContactParams(params) {
        const given = Object.entries(params instanceof Object ? params : {});
        for (const [name, value] of given) {
            if (!/^[\w.!%*+`'~-]+$/.test(name)) throw new TypeError(`Invalid argument: ${name}`);
            if (/["\\\r\n]/.test(String(value))) throw new TypeError(`Invalid argument: ${value}`);
        }
        this._contactParams = given.map(([name, value]) => (value ? `${name}="${value}"` : name)).join(';');
        this._ua._identityChanged();
    }

    register() {
        this._wanted = true;
        try {
            if (!this._ua._engine) throw new Error('the UA is not started');
            this._ua._identities.register();
        } catch (error) {
            log.warn('not registered: %s', error.message);
            setImmediate(() => this._failed({ cause: C.causes.CONNECTION_ERROR }));
        }
    }

    unregister(options = {}) {
        if (!this._registered && !this._wanted) return;
        this._wanted = false;
        clearTimeout(this._timer);
        try {
            this._ua._engine?.call('account_unregister', this._ua._identities.ownId, options.all ? 1 : 0, 0);
        } catch (error) {
            log.warn('not unregistered: %s', error.message);
        }
    }

    close() {
        this._wanted = false;
        clearTimeout(this._timer);
    }

    _event(ev) {
        if (ev.name === 'registered') {
            this._scheduleExpiring(ev.expires);
            this._ua._contact.pub_gruu = ev.pub_gruu ?? null;
            this._ua._contact.temp_gruu = ev.temp_gruu ?? null;
            if (this._registered) return;
            this._registered = true;
            this._ua.emit('registered', { response: incoming(ev.message) });
        } else if (ev.name === 'unregistered') {
            this._lost({
                response: incoming(ev.message),
                cause: ev.status >= 300 ? Utils.sipErrorCause(ev.status) : null,
            });
        } else if (ev.name === 'registration_failed') {
            this._failed(ev);
        }
    }

    /** The registration is gone, or cannot be relied upon. */
    _lost(data) {
        clearTimeout(this._timer);
        if (!this._registered) return;
        this._registered = false;
        this._ua.emit('unregistered', data);
    }

    _failed(ev) {
        const response = incoming(ev.message);
        const data = {
            response,
            cause: response ? Utils.sipErrorCause(ev.status) : ev.cause || C.causes.CONNECTION_ERROR,
        };
        // Without a connection JsSIP sends no REGISTER: `disconnected` has said it.
        if (this._ua._transport._lost && data.cause === C.causes.CONNECTION_ERROR) return;
        this._ua.emit('registrationFailed', data);
        this._lost(data);
    }

    /** The library refreshes in any case; programs that listen may refresh earlier by ua.register(). */
    _scheduleExpiring(seconds) {
        clearTimeout(this._timer);
        if (!seconds) return;
        this._timer = setTimeout(
            () => {
                if (this._registered && this._ua.listenerCount('registrationExpiring'))
                    this._ua.emit('registrationExpiring');
            },
            Math.min(seconds * 500, 0x7fffffff),
        );
        this._timer.unref();
    }
};
