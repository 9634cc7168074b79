'use strict';

const { EventEmitter } = require('node:events');

const { ErrorCode, EventType } = require('../generated/constants.js');
const { SipuaError, failure } = require('./errors.js');
const { unlessGone } = require('./options.js');
const { EventLog, deferred } = require('./streams.js');

const HISTORY = 64;

/** Something under way that has one end: a promise of that, and an emitter of its events. */
class Pending extends EventEmitter {
    #agent;
    #id;
    #done = deferred();

    /** create(tag) gives the id. */
    constructor(agent, create) {
        super({ captureRejections: true });
        this.#agent = agent;
        agent._do(tag => {
            this.#id = create(tag);
            agent._add(this.#id, this);
        }).catch(error => {
            agent._forget(this.#id);
            this._over(error);
            this.#done.reject(error);
        });
        agent._wait(this.#done);
    }

    get id() {
        return this.#id;
    }

    then(resolve, reject) {
        return this.#done.promise.then(resolve, reject);
    }

    catch(reject) {
        return this.#done.promise.catch(reject);
    }

    finally(done) {
        return this.#done.promise.finally(done);
    }

    get [Symbol.toStringTag]() {
        return 'Promise';
    }

    _over() {}

    _finish(event, error) {
        this.#agent._forget(this.#id);
        this._over();
        if (error) this.#done.reject(error);
        else this.#agent._resume(this.#done, event);
    }

    _end(error) {
        this._over();
        this.#done.reject(error);
    }

    [Symbol.for('nodejs.rejection')](error) {
        this.#agent._report(error);
    }
}

/** Something the library works on until it is done: a player or a recorder. Awaiting it waits for its end. */
class Worker extends Pending {
    #agent;
    #stop;

    constructor(agent, create, stop) {
        super(agent, create);
        this.#agent = agent;
        this.#stop = stop;
    }

    /** Stops it and resolves to how far it came. */
    async stop() {
        if (this.#agent._native) unlessGone(() => this.#stop(this.#agent._native, this.id, 0));
        return this.then();
    }

    _onEvent(event) {
        if (event.type !== EventType.PLAY_DONE && event.type !== EventType.RECORD_DONE) return;
        const broken = event.code < 0 && event.code !== ErrorCode.CANCELED && event.code !== ErrorCode.GONE;
        this._finish(event, broken ? new SipuaError(event.code, event.text) : null);
    }
}

/** A transfer under way. Awaiting it waits for its end, and throws a SipError when it failed. */
class Transfer extends Pending {
    #log = new EventLog(HISTORY);

    /** Its events from its start on: transfer_progress with the status of the new call, at last transfer_done. */
    events() {
        return this.#log.follow(true);
    }

    [Symbol.asyncIterator]() {
        return this.events();
    }

    _over() {
        this.#log.end();
    }

    _onEvent(event) {
        this.#log.put(event);
        if (event.type === EventType.TRANSFER_DONE) {
            const done = event.status >= 200 && event.status < 300;
            this._finish(event, done ? null : failure(event));
        }
        this.emit(event.name, event);
    }
}

module.exports = { Transfer, Worker };
