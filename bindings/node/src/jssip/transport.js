'use strict';

// From a UA to its server: which socket is used, the agent that serves it, connecting and coming back.

const C = require('./constants.js');
const Engine = require('./engine.js');
const { logger } = require('./log.js');
const roots = require('../roots.js');

const log = logger('Transport');
const within = (seconds, most) => Math.min(Math.max(Math.ceil(seconds), 1), most);
const ASK_CALL = 1;
const ASK_MESSAGE = 2;
const ASK_CHANGE = 3;
const ASK_TRANSFER = 4;
const ASK_SUBSCRIBE = 5;
const ASK_REPLACE = 6;
const ON = 1;
const STOP_MS = 2000;
const LOG_WARNING = 2;

/** The options of RFC 4028. */
function sessionTimers(configuration) {
    return {
        session_expires_s: configuration.session_timers ? String(C.SESSION_EXPIRES) : '0',
        session_refresh_method: configuration.session_timers_refresh_method === C.INVITE ? 'invite' : 'update',
        session_refresher: configuration.session_timers_force_refresher ? 'local' : 'auto',
    };
}

module.exports = class Transport {
    constructor(ua, sockets) {
        this._ua = ua;
        this.sockets = sockets.map((entry) => ({ ...entry, failed: false }));
        this.socket = this._choose();
        this.recover_attempts = 0;
        this._engine = null;
        this._listening = 0;
        this._lost = false; // a connection could not be made, or broke
    }

    get via_transport() {
        return this.socket.via_transport;
    }

    get url() {
        return this.socket.url;
    }

    get sip_uri() {
        return this.socket.sip_uri;
    }

    isConnected() {
        return this.socket.isConnected();
    }

    isConnecting() {
        return this.socket.isConnecting();
    }

    /** The heaviest of those that have not failed; when all have, all may try again. */
    _choose() {
        if (this.sockets.every((entry) => entry.failed)) for (const entry of this.sockets) entry.failed = false;
        const good = this.sockets.filter((entry) => !entry.failed);
        const weight = Math.max(...good.map((entry) => entry.weight));
        const best = good.filter((entry) => entry.weight === weight);
        return best[Math.floor(Math.random() * best.length)].socket;
    }

    _set(connected, connecting) {
        this.socket._connected = connected;
        this.socket._connecting = connecting;
    }

    _open() {
        if (this._engine) this._detach();
        this._set(false, true);
        this._ua.emit('connecting', { socket: this.socket, attempts: this.recover_attempts });
        if (this._ua.status === this._ua.C.STATUS_USER_CLOSED) return;
        const own = (transport) => (transport === 'udp' || transport === 'tcp' ? transport : 'udp');
        const transports = new Set(this.sockets.map((entry) => own(entry.socket._transport)));
        const { _bind: bind = '0.0.0.0', _advertise: advertise } = this.socket;
        const host = bind.includes(':') ? `[${bind}]` : bind;
        const config = {
            bind,
            listen: [...transports].map((transport) => `${transport}:${host}:0`),
            user_agent: this._ua.configuration.user_agent,
            trace: log.debug.enabled ? ON : 0,
            tls_ca_fallback: roots(),
        };
        if (advertise) config.advertise = advertise;
        this._listening = transports.size;
        this._lost = false;
        const engine = new Engine(config, (ev) => this._event(engine, ev));
        this._engine = engine;
        engine.call('agent_ask', ASK_CALL, ON, 0);
        engine.call('agent_ask', ASK_MESSAGE, ON, 0);
        for (const kind of [ASK_CHANGE, ASK_TRANSFER, ASK_SUBSCRIBE, ASK_REPLACE]) engine.call('agent_ask', kind, ON, 0);
        for (const [key, value] of Object.entries(sessionTimers(this._ua.configuration))) {
            engine.call('option_set', 0, key, value, 0);
        }
        // The program's own limit comes first: it answers 408 and tells.
        const limit = Math.min(this._ua.configuration.no_answer_timeout + 10000, 3600000);
        engine.call('option_set', 0, 'no_answer_ms', String(limit), 0);
        const { connection_recovery_min_interval: least, connection_recovery_max_interval: most } =
            this._ua.configuration;
        engine.call('option_set', 0, 'flow_retry_base_s', String(within(least, 3600)), 0);
        engine.call('option_set', 0, 'flow_retry_max_s', String(within(most, 86400)), 0);
    }

    _event(engine, ev) {
        if (engine !== this._engine) {
            // an earlier run of the UA, shutting down
            if (ev.name === 'shutdown') engine.close();
            return;
        }
        switch (ev.name) {
            case 'listening':
                if (--this._listening === 0) this._reach();
                break;
            case 'listener_closed':
                if (ev.code) this._fail(ev);
                break;
            case 'transport_connected':
                if (this.socket._isMeant(ev)) this._up();
                break;
            case 'transport_disconnected':
                if (ev.transport !== 'udp' && this.socket._isMeant(ev)) this._fail(ev);
                break;
            case 'shutdown':
                this._gone();
                break;
            case 'log':
                (ev.level <= LOG_WARNING ? log.warn : log.debug)('%s: %s', ev.module, ev.text);
                break;
            case 'trace':
                log.debug(
                    '%s\n%s',
                    ev.originator === 'local' ? 'sent' : 'received',
                    Buffer.from(ev.body ?? '').toString(),
                );
                break;
            default:
                this._ua._event(ev);
        }
    }

    /** Datagrams need no connection; for a stream the first request makes it: REGISTER, or OPTIONS to the server. */
    _reach() {
        if (this.socket._transport === 'udp') {
            this._up();
        } else if (this._ua._dynamic.register) {
            this._ua._registrator.register();
        } else {
            const target = `sip:${this._ua.configuration.registrar_server.host}`;
            this._engine.call('options_send', this._ua._account(), { target }, 0);
        }
    }

    _up() {
        if (this.isConnected()) return;
        if (!this.isConnecting()) this._again(); // the library was back before our own next attempt
        this.recover_attempts = 0;
        this._lost = false;
        clearTimeout(this._timer);
        this._set(true, false);
        this._ua._connected();
    }

    _fail(ev) {
        if (!this.isConnected() && !this.isConnecting()) return;
        this._set(false, false);
        this._lost = true;
        const socket = this.socket;
        this.sockets.find((entry) => entry.socket === socket).failed = true;
        this._ua._disconnected({ socket, error: true, code: ev.code, reason: ev.text });
        if (this._ua.status !== this._ua.C.STATUS_USER_CLOSED) this._recover();
    }

    _again() {
        this._set(false, true);
        this._ua.emit('connecting', { socket: this.socket, attempts: this.recover_attempts });
    }

    _recover() {
        const { connection_recovery_min_interval: least, connection_recovery_max_interval: most } =
            this._ua.configuration;
        this.recover_attempts += 1;
        const seconds = Math.min(Math.max(Math.random() * 2 ** this.recover_attempts, least), most);
        log.debug('next attempt to connect in %d s', seconds);
        clearTimeout(this._timer);
        this._timer = setTimeout(() => this._retry(), seconds * 1000);
    }

    _retry() {
        if (this.isConnected() || this.isConnecting() || !this._engine) return;
        const before = this.socket;
        this.socket = this._choose();
        if (this.socket !== before) this._ua._identityChanged();
        this._again();
        if (this._ua.status !== this._ua.C.STATUS_USER_CLOSED && this._engine) this._reach();
    }

    _close() {
        clearTimeout(this._timer);
        this.recover_attempts = 0;
        if (this._engine) this._engine.shutdown(STOP_MS);
        else setImmediate(() => this._ua.emit('disconnected', { socket: this.socket, error: false }));
    }

    /** The shutdown is over. */
    _gone() {
        const engine = this._engine;
        this._engine = null;
        this._set(false, false);
        engine.close();
        this._ua._engineGone();
        this._ua._disconnected({ socket: this.socket, error: false });
    }

    /** start() came before stop() was through: the old agent ends by itself. */
    _detach() {
        this._engine = null;
        this._set(false, false);
        this._ua._engineGone();
        this._ua._disconnected({ socket: this.socket, error: false });
    }
};
