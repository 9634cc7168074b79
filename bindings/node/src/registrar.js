'use strict';

const raw = require('./load.js');
const { EventType, ServerMode } = require('../generated/constants.js');
const { Agent } = require('./agent.js');
const { SipuaError, closed } = require('./errors.js');
const { badType, badValue, known, named, on, text } = require('./options.js');
const { LISTENER, listenerConfig } = require('./settings.js');
const { asyncDispose, deferred } = require('./streams.js');

const ANYWHERE = ['udp:127.0.0.1:0', 'tcp:127.0.0.1:0'];
const KEYS = ['realm', 'listen', 'mode', 'challengeCalls', 'recordRoute', 'minExpires', 'maxExpires', 'trace', ...LISTENER];

/** A registrar and proxy to test against: the library's embedded server, on loopback and a free port.
 *
 *     const registrar = await new Registrar({ alice: 'secret' }).start();
 *     const account = await agent.register(registrar.aor('alice'), { password: 'secret' });
 */
class Registrar {
    #agent;
    #config;
    #listen;
    #doors; // settings of its listeners
    #onePort;
    #id = 0;
    #mine = new Map(); // listener -> what waits for it
    #realm;

    constructor(users = {}, options) {
        const o = known('Registrar', options, KEYS);
        const mode = o.mode ?? 'proxy';
        if (mode !== 'proxy' && mode !== 'redirect') throw badValue('mode', "'proxy' or 'redirect'", mode);
        if (users === null || typeof users !== 'object') throw badType('users', 'an object of names and passwords', users);
        this.users = { ...users };
        if (o.listen !== undefined && !Array.isArray(o.listen)) throw badType('listen', 'an array of addresses', o.listen);
        for (const address of o.listen ?? []) text('listen', address);
        this.#listen = [...(o.listen ?? ANYWHERE)];
        this.#onePort = o.listen === undefined;
        if (!this.#listen.length) throw badValue('listen', 'at least one address', '[]');
        const host = this.#listen[0].slice(this.#listen[0].indexOf(':') + 1, this.#listen[0].lastIndexOf(':'));
        const place = host.replace(/[[\]]/g, '');
        this.#realm = o.realm ?? (place === '0.0.0.0' || place === '::' ? 'localhost' : place);
        this.#config = {
            mode: mode === 'redirect' ? ServerMode.REDIRECT : ServerMode.PROXY, realm: this.#realm,
            users: Object.entries(this.users), challenge_calls: on('challengeCalls', o.challengeCalls),
            record_route: on('recordRoute', o.recordRoute), min_expires: o.minExpires, max_expires: o.maxExpires,
        };
        this.#doors = listenerConfig(o);
        this.#agent = new Agent({ bind: host.replace(/[[\]]/g, ''), listen: [`udp:${host}:0`], trace: o.trace });
        this.#agent._hold(); // a server keeps its process
        this.listeners = [];
        this.bindings = {};
        for (const name of ['listening', 'listener_closed', 'server_binding']) this.#agent.on(name, event => this.#onEvent(event));
    }

    /** The agent that it runs in, for its events. */
    get agent() {
        return this.#agent;
    }

    /** The id of the server within it. */
    get id() {
        return this.#id;
    }

    get realm() {
        return this.#realm;
    }

    /** Starts it, and resolves to itself once it listens. */
    async start() {
        try {
            await this.#agent._do(tag => {
                this.#id = named('Registrar', () => raw.server_create(this.#agent._handle(), this.#config, tag));
            });
            for (const address of this.#listen) await this.#open(address);
        } catch (error) {
            await this.stop();
            throw error;
        }
        return this;
    }

    async #open(address) {
        if (this.#onePort && this.listeners.length) {
            try {
                return await this.#listenAt(`${address.slice(0, address.lastIndexOf(':'))}:${this.port}`);
            } catch { /* somebody's TCP has that port: any other will do */ }
        }
        return this.#listenAt(address);
    }

    #listenAt(address) {
        const waiting = deferred();
        const id = named('Registrar', () => raw.listener_create(this.#agent._handle(), { ...this.#doors, server: this.#id, address }, 0));
        this.#mine.set(id, waiting);
        return this.#agent._wait(waiting);
    }

    /** Ends it. */
    async stop() {
        await this.#agent.close({ drainMs: 0 });
    }

    [asyncDispose]() {
        return this.stop();
    }

    get #first() {
        if (!this.listeners.length) throw closed();
        return this.listeners[0];
    }

    get host() {
        return this.#first.host;
    }

    get port() {
        return this.#first.port;
    }

    /** Where to register: "sip:127.0.0.1:5060". */
    get uri() {
        const { host, transport, port } = this.#first;
        return `sip:${host.includes(':') ? `[${host}]` : host}:${port}${transport === 'udp' ? '' : `;transport=${transport}`}`;
    }

    /** The address of record of one of its users: "sip:alice@127.0.0.1:5060". */
    aor(user) {
        return this.uri.split(';')[0].replace('sip:', `sip:${user}@`);
    }

    /** Adds a user or changes the password; null removes the user and where it is registered. */
    async setUser(name, password) {
        if (password !== null) text('password', password);
        await this.#agent._do(tag => raw.server_set_user(this.#agent._handle(), this.#id, text('name', name), password, tag));
        if (password === null) {
            delete this.users[name];
            delete this.bindings[name];
        } else {
            this.users[name] = password;
        }
    }

    #onEvent(event) {
        if (event.type === EventType.SERVER_BINDING) {
            const user = event.from.replace(/^sip:/, '').split('@')[0];
            const contacts = (this.bindings[user] ??= []);
            const at = contacts.indexOf(event.target);
            if (at >= 0) contacts.splice(at, 1);
            if (event.expires) contacts.push(event.target);
            return;
        }
        const waiting = this.#mine.get(event.id);
        if (!waiting) return;
        if (event.type === EventType.LISTENING) {
            this.listeners.push(event);
            waiting.resolve();
        } else {
            waiting.reject(new SipuaError(event.code, event.text));
        }
    }
}

module.exports = { Registrar };
