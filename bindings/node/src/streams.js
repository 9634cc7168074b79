'use strict';

const { EventsLost, SipuaError } = require('./errors.js');
const { ErrorCode } = require('../generated/constants.js');

/** A promise with its two ends. What is in `done` is called as soon as it is settled. */
class Deferred {
    settled = false;
    done = null;
    #resolve;
    #reject;

    constructor() {
        this.promise = new Promise((resolve, reject) => {
            this.#resolve = resolve;
            this.#reject = reject;
        });
        this.promise.catch(nothing); // nobody need look at it
    }

    resolve(value) {
        this.#settle();
        this.#resolve(value);
    }

    reject(error) {
        this.#settle();
        this.#reject(error);
    }

    #settle() {
        const { done } = this;
        this.settled = true;
        this.done = null;
        done?.();
    }
}

const nothing = () => {};
const deferred = () => new Deferred();

/** A bounded history that any number of readers follow. A reader that falls out of it is told how many it lost. */
class EventLog {
    constructor(limit) {
        this.items = [];
        this.first = 0; // the number of the oldest that is kept
        this.limit = limit;
        this.ended = false;
        this.failure = null;
        this.waiting = [];
    }

    put(item) {
        this.items.push(item);
        if (this.items.length >= 2 * this.limit) { // in one go: shifting one by one would cost more
            this.items.splice(0, this.limit);
            this.first += this.limit;
        }
        if (this.waiting.length) this.wake();
    }

    /** Nothing more will come. failure: what readers are thrown once they have read all. */
    end(failure = null) {
        this.ended = true;
        this.failure = failure;
        this.wake();
    }

    wake() {
        const waiting = this.waiting;
        this.waiting = [];
        for (const resolve of waiting) resolve();
    }

    /** An async iterator, from the oldest event or from now on. */
    follow(replay) {
        return new Events(this, replay ? 0 : this.first + this.items.length);
    }
}

class Events {
    #log;
    #at;
    #done = false;

    constructor(log, at) {
        this.#log = log;
        this.#at = at;
    }

    [Symbol.asyncIterator]() {
        return this;
    }

    async next() {
        const log = this.#log;
        for (;;) {
            if (this.#done) return { done: true, value: undefined };
            if (this.#at < log.first) {
                const lost = log.first - this.#at;
                this.#at = log.first;
                throw new EventsLost(lost);
            }
            if (this.#at < log.first + log.items.length) return { done: false, value: log.items[this.#at++ - log.first] };
            if (log.ended) {
                this.#done = true;
                if (log.failure) throw log.failure;
                return { done: true, value: undefined };
            }
            await new Promise(resolve => log.waiting.push(resolve));
        }
    }

    async return(value) {
        this.#done = true;
        this.#log.wake();
        return { done: true, value };
    }
}

/** What comes in, for one consumer. It is open from its making until return(); what was not taken by then is refused. */
class Inbox {
    #items = [];
    #waiting = null;
    #closed;

    constructor(closed) {
        this.#closed = closed;
    }

    put(item) {
        this.#items.push(item);
        this.#wake();
    }

    [Symbol.asyncIterator]() {
        return this;
    }

    async next() {
        while (!this.#items.length) {
            if (!this.#closed) return { done: true, value: undefined };
            if (this.#waiting) throw new SipuaError(ErrorCode.STATE, 'somebody else is waiting here already');
            this.#waiting = deferred();
            await this.#waiting.promise;
        }
        return { done: false, value: this.#items.shift() };
    }

    async return(value) {
        this.close();
        return { done: true, value };
    }

    close() {
        const closed = this.#closed;
        this.#closed = null;
        if (closed) closed(this.#items.splice(0));
        this.#wake();
    }

    #wake() {
        const waiting = this.#waiting;
        this.#waiting = null;
        waiting?.resolve();
    }
}

const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

module.exports = { EventLog, Events, Inbox, asyncDispose, deferred };
