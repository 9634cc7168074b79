'use strict';

const { documentOf } = require('./document.js');
const { camel } = require('./options.js');

let raw;
const library = () => (raw ??= require('./load.js'));

/** The headers of a SIP message. Names match in upper and lower case and in their compact form. */
class Headers {
    #event;

    constructor(event) {
        this.#event = event;
    }

    /** The first value of that name; undefined when there is none. */
    get(name) {
        return (this.#event && library().event_header(this.#event, name, 0)) ?? undefined;
    }

    /** All values of that name, in order. */
    getAll(name) {
        const found = [];
        for (let value; this.#event && (value = library().event_header(this.#event, name, found.length)) !== null;) found.push(value);
        return found;
    }

    has(name) {
        return this.get(name) !== undefined;
    }

    get size() {
        return this.#event ? library().event_header_count(this.#event) : 0;
    }

    /** All names and values, in the order of the message. */
    entries() {
        return Array.from({ length: this.size }, (_, i) => library().event_header_at(this.#event, i))[Symbol.iterator]();
    }

    [Symbol.iterator]() {
        return this.entries();
    }

    toJSON() {
        return [...this];
    }

    [Symbol.for('nodejs.util.inspect.custom')]() {
        return [...this];
    }
}

/** Something that happened. `name` is the same in every language. */
class SipuaEvent {
    #raw;

    constructor(a) {
        this.#raw = a[0];
        this.type = a[1];
        this.id = a[2];
        this.accountId = a[3];
        this.callId = a[4];
        this.user = a[5];
        this.tag = a[6];
        this.timeMs = a[7];
    }

    /** When it happened. */
    get time() {
        return new Date(this.timeMs);
    }

    /** The headers of the SIP message behind it; empty without one. */
    get headers() {
        return new Headers(this.#raw);
    }

    /** The whole SIP message behind it, with credentials redacted; null without one. */
    get message() {
        return this.#raw ? library().event_message(this.#raw) : null;
    }

    /** What its body says, if that is a document which the library reads; else null. */
    get document() {
        return this.#raw ? documentOf(this.#raw, this.contentType) : null;
    }

    /** The event as one JSON text, in the form of all languages. */
    json() {
        if (this.#raw) return library().event_json(this.#raw);
        return JSON.stringify({ time: this.time.toISOString(), event: this.name, id: this.id });
    }

    static rawOf(event) {
        return event.#raw;
    }
}
const rawOf = SipuaEvent.rawOf;
delete SipuaEvent.rawOf;

/** An event that this version of the package does not know: `view` has all that it says. */
class UnknownEvent extends SipuaEvent {
    constructor(a) {
        super(a);
        this.view = a[8];
        this.name = library().event_type_name(this.type) || `unknown_${this.type}`;
    }
}

/** The figures behind a stats event, under the names of this package. */
function figures(event) {
    const handle = rawOf(event);
    const plain = event.id ? library().event_call_stats(handle) : library().event_agent_stats(handle);
    const made = {};
    for (const key of Object.keys(plain)) made[camel(key)] = plain[key] ?? '';
    return Object.freeze(made);
}

module.exports = { Headers, SipuaEvent, UnknownEvent, figures };
