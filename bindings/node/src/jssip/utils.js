'use strict';

const crypto = require('node:crypto');
const net = require('node:net');
const C = require('./constants.js');
const { headerize } = require('./header_name.js');
const { URI, escapeUser } = require('./uri.js');

const str_utf8_length = (text) => Buffer.byteLength(text, 'utf8');
const isFunction = (value) => typeof value === 'function';
const isString = (value) => Object.prototype.toString.call(value) === '[object String]';
const isDecimal = (value) => !Number.isNaN(Number(value)) && parseFloat(value) === parseInt(value, 10);

function isEmpty(value) {
    return (
        value === null ||
        value === undefined ||
        value === '' ||
        Number.isNaN(value) ||
        (Array.isArray(value) && value.length === 0)
    );
}

/** Unlike JsSIP, whose answer is the wrong way round: true when all of them are there. */
const hasMethods = (object, ...names) => names.every((name) => isFunction(object[name]));

function createRandomToken(size, base = 32) {
    let token = '';
    for (let i = 0; i < size; i++) token += crypto.randomInt(base).toString(base);
    return token;
}

const newTag = () => createRandomToken(10);
const newUUID = () => crypto.randomUUID();

function hostType(host) {
    if (!host || typeof host !== 'string') return undefined;
    if (net.isIPv4(host)) return 'IPv4';
    if (host[0] === '[') return host.at(-1) === ']' && net.isIPv6(host.slice(1, -1)) ? 'IPv6' : undefined;
    return URI.parse(`sip:${host}`)?.host === host.toLowerCase() ? 'domain' : undefined;
}

/**
 * What a person may type as a target ("bob", "+1 (23) 4", "sips:bob@example.com") as a sip: URI; undefined when it
 * cannot be one. The part after the last '@' is the domain; without one, the given domain is taken.
 */
function normalizeTarget(target, domain) {
    if (target instanceof URI) return target;
    if (!target || typeof target !== 'string') return undefined;
    const at = target.lastIndexOf('@');
    const host = at < 0 ? domain : target.slice(at + 1);
    if (!host) return undefined;
    let user = (at < 0 ? target : target.slice(0, at)).replace(/^(sips?|tel):/i, '');
    if (/^[-.()]*\+?[0-9\-.()]+$/.test(user)) user = user.replace(/[-.()]/g, '');
    return URI.parse(`sip:${escapeUser(user)}@${host}`);
}

function sipErrorCause(status) {
    const found = Object.keys(C.SIP_ERROR_CAUSES).find((cause) => C.SIP_ERROR_CAUSES[cause].includes(status));
    return found ? C.causes[found] : C.causes.SIP_FAILURE_CODE;
}

const getRandomTestNetIP = () => `192.0.2.${crypto.randomInt(1, 255)}`;
const calculateMD5 = (text) => crypto.createHash('md5').update(text, 'utf8').digest('hex');

/** Stops what feeds a call: the tracks of a MediaStream-like object, or Node streams. */
function closeMediaStream(stream) {
    if (!stream) return;
    for (const track of stream.getTracks?.() ?? []) track.stop();
    stream.readable?.destroy?.();
    stream.writable?.end?.();
}

const cloneArray = (array) => (array ? array.slice() : []);
const cloneObject = (object, fallback = {}) => (object ? { ...object } : fallback);

module.exports = {
    str_utf8_length,
    isFunction,
    isString,
    isDecimal,
    isEmpty,
    hasMethods,
    createRandomToken,
    newTag,
    newUUID,
    hostType,
    escapeUser,
    normalizeTarget,
    headerize,
    sipErrorCause,
    getRandomTestNetIP,
    calculateMD5,
    closeMediaStream,
    cloneArray,
    cloneObject,
};
