'use strict';

// Documents: bodies of event packages and messages, read and written by the library as names and values.

const { badKey, badType, camel, text } = require('./options.js');

const KINDS = new Map(); // content type -> class
const ALIASES = { 'application/cpim-pidf+xml': 'application/pidf+xml' };

let raw;
const library = () => (raw ??= require('./load.js'));

/** A body that the library reads and writes. Its classes are made from the library's table (generated/documents.js). */
class Document {
    static describe(type, members) {
        Object.defineProperty(this, 'bodyType', { value: type, enumerable: true });
        Object.defineProperty(this, 'members', { value: members });
        KINDS.set(type, this);
    }

    constructor(says = {}) {
        if (typeof says !== 'object' || says === null) throw badType(this.constructor.name, 'an object', says);
        const { members } = this.constructor;
        for (const key of Object.keys(says)) if (!Object.hasOwn(members, key)) throw badKey(this.constructor.name, key);
        Object.assign(this, blank(members), says);
    }

    get bodyType() {
        return this.constructor.bodyType;
    }

    toString() {
        const pairs = [];
        addMembers(pairs, '', this, this.constructor.members, this.constructor.name);
        return library().document_write(this.bodyType, pairs);
    }

    toBuffer() {
        return Buffer.from(this.toString());
    }
}

/** Nothing said yet: its lists are empty. */
function blank(members) {
    const lists = Object.keys(members).filter(key => members[key].list);
    return Object.fromEntries(lists.map(key => [key, []]));
}

function addMembers(pairs, before, value, members, called) {
    if (typeof value !== 'object' || value === null) throw badType(called, 'an object', value);
    for (const key of Object.keys(value)) {
        if (!Object.hasOwn(members, key)) throw badKey(called, key);
        const member = members[key], name = before + member.name, at = `${called}: ${key}`;
        if (value[key] === undefined || value[key] === null) continue;
        if (!member.list) add(pairs, name, value[key], member, at);
        else if (Array.isArray(value[key])) value[key].forEach((one, i) => add(pairs, `${name}.${i}`, one, member, `${at}[${i}]`));
        else throw badType(at, 'an array', value[key]);
    }
}

function add(pairs, name, value, member, called) {
    if (member.members) addMembers(pairs, `${name}.`, value, member.members, called);
    else if (typeof value === 'boolean') pairs.push([name, value ? 'yes' : 'no']);
    else if (typeof value === 'string' || typeof value === 'number') value === '' || pairs.push([name, `${value}`]);
    else throw badType(called, 'a string, a number, true or false', value);
}

const PLAIN = { int: Number, switch: value => value === 'yes', string: value => value };

/** One name of the library, "tuples.0.status", into the object. What a newer library says besides is left out. */
function put(target, members, [name, ...rest], value) {
    const key = camel(name);
    const member = Object.hasOwn(members, key) ? members[key] : null;
    if (!member) return;
    const index = member.list ? Number(rest.shift()) : 0;
    const place = member.list ? target[key] : target, at = member.list ? index : key;
    if (!member.members) place[at] = PLAIN[member.kind](value);
    else put((place[at] ??= blank(member.members)), member.members, rest, value);
}

/** What the library reads in an event's body; null when it is none that it reads. */
function documentOf(handle, contentType) {
    require('../generated/documents.js');
    const count = library().event_document_count(handle);
    const type = (contentType ?? '').split(';')[0].trim().toLowerCase();
    const Kind = KINDS.get(ALIASES[type] ?? type);
    if (!(count > 0) || !Kind) return null;
    const document = new Kind();
    for (let i = 0; i < count; i++) {
        const [name, value] = library().event_document_at(handle, i);
        put(document, Kind.members, name.split('.'), value);
    }
    return document;
}

/** Documents about somebody, one after the other: what they need not say themselves. */
class Series {
    #entity;
    #version = 0;

    constructor(entity) {
        this.#entity = entity;
    }

    /** A body that a program gives, and its type, as members of a struct. */
    bodyOf(body, contentType) {
        return bodyOf(body instanceof Document ? this.#whole(body) : body, contentType);
    }

    #whole(document) {
        const { members } = document.constructor;
        const whole = Object.assign(Object.create(Object.getPrototypeOf(document)), document);
        if (members.entity && this.#entity) whole.entity ||= this.#entity;
        if (members.version) {
            whole.version ??= this.#version;
            this.#version = whole.version + 1;
        }
        return whole;
    }
}

/** A body that a program gives, and its type, as members of a struct. */
function bodyOf(body, contentType) {
    if (contentType !== undefined) text('contentType', contentType);
    if (body instanceof Document) return { body: body.toString(), content_type: contentType ?? body.bodyType };
    if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) {
        throw badType('body', 'a string, a Buffer or a document', body);
    }
    return { body: body?.length ? body : undefined, content_type: contentType };
}

module.exports = { Document, Series, bodyOf, documentOf };
