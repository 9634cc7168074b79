'use strict';

// One agent of the library behind one UA: started, asked, its events taken on Node's loop.

const { raw } = require('./native.js');
const { logger } = require('./log.js');

const log = logger('Engine');
const originators = [null, 'local', 'remote', 'system'];
const ESTABLISHED = 4;
const FINAL = 32;
const INTERRUPTED = -10;
const CLOSED = -3;
const REPLY = 94;
const STATS = 90;

/** An event as a plain object: its own members, its name, its SIP message, its figures. */
function read(handle) {
    const r = raw();
    const ev = r.event_get(handle);
    ev.name = r.event_type_name(ev.type);
    ev.cause = ev.cause ? r.cause_text(ev.cause) : null;
    ev.originator = originators[ev.originator] ?? null;
    ev.established = Boolean(ev.flags & ESTABLISHED);
    ev.final = Boolean(ev.flags & FINAL);
    ev.message = r.event_message(handle);
    if (ev.type === STATS && ev.id) ev.figures = r.event_call_stats(handle);
    r.event_destroy(handle);
    return ev;
}

module.exports = class Engine {
    /** sink(ev) gets every event; an error that it throws is the program's own and is thrown on. */
    constructor(config, sink) {
        this._sink = sink;
        this._agent = raw().agent_create(config);
        this._tags = new Map();
        this._tag = 0;
        this._scheduled = false;
        // Never inside the wakeup itself: what a handler throws there would be lost instead of ending the process.
        raw().agent_on_wakeup(this._agent, () => this._again());
        raw().agent_ref(this._agent); // a started UA keeps the process alive until ua.stop()
    }

    get closed() {
        return this._agent === null;
    }

    /** A function of the library on this agent: engine.call('call_hangup', id, null, 0). */
    call(name, ...args) {
        if (this.closed) throw new Error('the UA is stopped');
        return raw()[name](this._agent, ...args);
    }

    /** The same for a command with a tag last: a promise of its reply, with `tag`, and `result` as returned at once. */
    command(name, ...args) {
        const tag = ++this._tag;
        let result;
        const promise = new Promise((resolve, reject) => {
            result = this.call(name, ...args, tag);
            this._tags.set(tag, { resolve, reject });
        });
        return Object.assign(promise, { tag, result });
    }

    shutdown(deadline) {
        try {
            this.call('agent_shutdown', deadline, 0);
        } catch (error) {
            log.debug('shutdown: %s', error.message);
        }
    }

    close() {
        if (this.closed) return;
        const agent = this._agent;
        this._agent = null;
        raw().agent_on_wakeup(agent, null);
        raw().agent_free(agent);
        for (const { reject } of this._tags.values()) reject(new Error('the UA is stopped'));
        this._tags.clear();
    }

    /** One event a turn of the loop: what awaited it goes on, and listens, before the next one is told. */
    _take() {
        this._scheduled = false;
        const ev = this.closed ? null : this._next();
        if (!ev) return;
        this._again();
        this._deliver(ev);
    }

    _again() {
        if (this._scheduled || this.closed) return;
        this._scheduled = true;
        setImmediate(() => this._take());
    }

    _next() {
        for (;;) {
            try {
                const handle = raw().poll(this._agent, 0);
                return handle ? read(handle) : null;
            } catch (error) {
                if (error.code === CLOSED) return null;
                if (error.code !== INTERRUPTED) throw error;
            }
        }
    }

    _deliver(ev) {
        if (ev.type === REPLY && this._tags.has(ev.tag)) {
            const waiting = this._tags.get(ev.tag);
            this._tags.delete(ev.tag);
            if (ev.code) waiting.reject(Object.assign(new Error(ev.text), { code: ev.code }));
            else waiting.resolve(ev);
            return;
        }
        this._sink(ev);
    }
};
