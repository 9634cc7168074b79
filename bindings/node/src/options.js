'use strict';

// Settings from a caller's object into the library's struct: known keys only, and what is wrong is named as the caller
// wrote it. The types and ranges of the values are the native layer's business.

const { SipuaError } = require('./errors.js');
const { ErrorCode } = require('../generated/constants.js');

const snake = key => key.replace(/[A-Z]/g, c => `_${c.toLowerCase()}`);
const camel = key => key.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());

function badKey(what, key) {
    const error = new TypeError(`${what}: there is no setting ${JSON.stringify(String(key))}`);
    error.code = 'ERR_INVALID_ARG_VALUE';
    return error;
}

function badType(name, wanted, value) {
    const error = new TypeError(`${name} must be ${wanted}, not ${value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value}`);
    error.code = 'ERR_INVALID_ARG_TYPE';
    return error;
}

function badValue(name, wanted, value) {
    const error = new RangeError(`${name} must be ${wanted}, not ${String(value)}`);
    error.code = 'ERR_OUT_OF_RANGE';
    return error;
}

/** Checks that options is an object with none but these keys. */
function known(what, options, keys) {
    if (options === undefined) return {};
    if (options === null || typeof options !== 'object' || Array.isArray(options)) throw badType(what, 'an object', options);
    for (const key of Object.keys(options)) if (!keys.includes(key)) throw badKey(what, key);
    return options;
}

/** Headers as an object, a Map, or pairs, as a list of pairs; a value may be a list. */
function pairs(headers, name = 'headers') {
    if (headers === undefined) return undefined;
    if (headers === null || typeof headers !== 'object') throw badType(name, 'an object or an array of pairs', headers);
    const entries = typeof headers[Symbol.iterator] === 'function' ? [...headers] : Object.entries(headers);
    const flat = [];
    for (const entry of entries) {
        if (!Array.isArray(entry) || entry.length !== 2) throw badType(name, 'an object or an array of pairs', entry);
        const [key, value] = entry;
        for (const one of Array.isArray(value) ? value : [value]) {
            if (typeof key !== 'string') throw badType(`${name}: the name`, 'a string', key);
            if (typeof one !== 'string') throw badType(`${name}[${JSON.stringify(key)}]`, 'a string', one);
            flat.push([key, one]);
        }
    }
    return flat;
}

/** A setting that is true, false or left out, as the library's switch. */
function on(name, value) {
    if (value === undefined) return undefined;
    if (typeof value !== 'boolean') throw badType(name, 'true or false', value);
    return value ? 1 : 2;
}

/** A time in whole milliseconds, at least 1. */
function milliseconds(name, value) {
    if (value === undefined) return undefined;
    if (typeof value !== 'number') throw badType(name, 'a number of milliseconds', value);
    if (!(value > 0 && value <= 2147483647)) throw badValue(name, 'a time of 1 to 2147483647 milliseconds', value);
    return Math.max(1, Math.floor(value));
}

/** Runs a command of the native layer; its complaint about "config.auth_user" becomes one about "authUser". */
function named(what, command) {
    try {
        return command();
    } catch (error) {
        if (error instanceof TypeError || error instanceof RangeError) {
            error.message = error.message.replace(/^(?:config|reply)\.?(\w*)/, (_, key) => (key ? `${what}: ${camel(key)}` : what))
                .replace(/^[a-z]+(?:_[a-z]+)+(?= must)/, key => `${what}: ${camel(key)}`);
        }
        throw error;
    }
}

function text(name, value) {
    if (typeof value !== 'string') throw badType(name, 'a string', value);
    return value;
}

/** An AbortSignal, or none; throws its reason if it has been aborted already. */
function abortable(signal) {
    if (signal === undefined) return undefined;
    if (!(signal instanceof AbortSignal)) throw badType('signal', 'an AbortSignal', signal);
    signal.throwIfAborted();
    return signal;
}

/** The call succeeded, or the object was gone already: true or false. */
function unlessGone(command) {
    try {
        command();
        return true;
    } catch (error) {
        if (error instanceof SipuaError && (error.code === ErrorCode.GONE || error.code === ErrorCode.CLOSED)) return false;
        throw error;
    }
}

module.exports = { abortable, badKey, badType, badValue, camel, known, milliseconds, named, on, pairs, snake, text, unlessGone };
