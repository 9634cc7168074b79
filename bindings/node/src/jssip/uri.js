'use strict';

// A SIP URI as JsSIP shows it. Text is read by the library; there is no second grammar here.

const { headerize } = require('./header_name.js');
const Parameters = require('./parameters.js');
const { readUri } = require('./native.js');

/** Escapes the user part but for ':', '+', '?' and '/', and never twice. */
function escapeUser(user) {
    let plain = user;
    try {
        plain = decodeURIComponent(user);
    } catch {
        // a lone % is text like any other
    }
    return encodeURIComponent(plain)
        .replace(/%3A/gi, ':')
        .replace(/%2B/gi, '+')
        .replace(/%3F/gi, '?')
        .replace(/%2F/gi, '/');
}

class URI extends Parameters {
    constructor(scheme, user, host, port, parameters = {}, headers = {}) {
        if (!host) throw new TypeError('missing or invalid "host" parameter');
        super(parameters);
        this._scheme = scheme || 'sip';
        this._user = user;
        this._host = host;
        this._port = port;
        this.clearHeaders();
        for (const [name, value] of Object.entries(headers ?? {})) this.setHeader(name, value);
    }

    /** The URI that the text says, or undefined when it says none (only sip: and sips:, as in JsSIP). */
    static parse(text) {
        if (typeof text !== 'string' || !/^sips?:[\x21-\x7e]+$/i.test(text) || /[<>"]/.test(text)) return undefined;
        const parts = readUri(text);
        if (!parts || !parts.host || parts.user === '') return undefined;
        const user = parts.password ? `${parts.user}:${parts.password}` : parts.user || undefined;
        const host = parts.host.includes(':') ? `[${parts.host}]` : parts.host;
        const uri = new URI(parts.scheme, user, host.toLowerCase(), parts.port || undefined);
        for (const [name, value] of pairs(parts.parameters, ';')) {
            uri.setParam(name, name.toLowerCase() === 'transport' && value ? value.toLowerCase() : value);
        }
        for (const [name, value] of pairs(parts.headers, '&')) {
            uri.setHeader(name, [...(uri.getHeader(name) ?? []), value ?? '']);
        }
        return uri;
    }

    get scheme() {
        return this._scheme;
    }

    set scheme(value) {
        this._scheme = value.toLowerCase();
    }

    get user() {
        return this._user;
    }

    set user(value) {
        this._user = value;
    }

    get host() {
        return this._host;
    }

    set host(value) {
        this._host = value.toLowerCase();
    }

    get port() {
        return this._port;
    }

    set port(value) {
        this._port = value === 0 ? 0 : parseInt(value, 10) || null;
    }

    setHeader(name, value) {
        this._headers[headerize(name)] = Array.isArray(value) ? value : [value];
    }

    getHeader(name) {
        return name ? this._headers[headerize(name)] : undefined;
    }

    hasHeader(name) {
        return name ? Object.hasOwn(this._headers, headerize(name)) : undefined;
    }

    deleteHeader(name) {
        const value = this._headers[headerize(name)];
        delete this._headers[headerize(name)];
        return value;
    }

    clearHeaders() {
        this._headers = {};
    }

    clone() {
        return new URI(
            this._scheme,
            this._user,
            this._host,
            this._port,
            { ...this._parameters },
            structuredClone(this._headers),
        );
    }

    toString() {
        const headers = Object.entries(this._headers).flatMap(([name, values]) => values.map((v) => `${name}=${v}`));
        return this.toAor(true) + this._parameterText() + (headers.length ? `?${headers.join('&')}` : '');
    }

    toAor(showPort) {
        const user = this._user ? `${escapeUser(String(this._user))}@` : '';
        const port = showPort && (this._port || this._port === 0) ? `:${this._port}` : '';
        return `${this._scheme}:${user}${this._host}${port}`;
    }
}

function pairs(text, separator) {
    if (!text) return [];
    return text
        .split(separator)
        .filter(Boolean)
        .map((part) => {
            const at = part.indexOf('=');
            return at < 0 ? [part, null] : [part.slice(0, at), part.slice(at + 1)];
        });
}

module.exports = { URI, escapeUser };
