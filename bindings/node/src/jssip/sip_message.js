'use strict';

// The SIP messages that events carry. A received one is copied once by the library and read lazily here; one to be sent
// shows what is known before the library writes it, and takes further headers until then.

const { NotSupportedError } = require('./exceptions.js');
const Grammar = require('./grammar.js');
const { headerNamed, headerize } = require('./header_name.js');
const { NameAddrHeader } = require('./name_addr.js');
const { URI } = require('./uri.js');

const ownReply =
    'the library answers by itself: use session.answer(), session.terminate(), message.accept() or reject()';

class IncomingMessage {
    constructor(bytes) {
        this._bytes = bytes;
        const end = bytes.indexOf('\r\n\r\n');
        this._head = bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
        this.body = end < 0 || end + 4 >= bytes.length ? null : bytes.toString('utf8', end + 4);
        this.sdp = null;
    }

    /** {Name: [{raw}]}, names as JsSIP writes them. */
    get headers() {
        if (this._headers) return this._headers;
        this._headers = {};
        const lines = this._head
            .replace(/\r\n[ \t]+/g, ' ')
            .split('\r\n')
            .slice(1);
        for (const line of lines) {
            const at = line.indexOf(':');
            if (at > 0) this.addHeader(headerNamed(line.slice(0, at).trim()), line.slice(at + 1).trim());
        }
        return this._headers;
    }

    get data() {
        return this.toString();
    }

    get call_id() {
        return this.getHeader('Call-ID') ?? null;
    }

    get cseq() {
        return this.parseHeader('CSeq')?.value ?? null;
    }

    get from() {
        return this.parseHeader('From') ?? null;
    }

    get from_tag() {
        return this.from?.getParam('tag') ?? null;
    }

    get to() {
        return this.parseHeader('To') ?? null;
    }

    get to_tag() {
        return this.to?.getParam('tag') ?? null;
    }

    get via() {
        return this.parseHeader('Via') ?? null;
    }

    get via_branch() {
        return this.via?.branch ?? null;
    }

    addHeader(name, value) {
        (this.headers[headerize(name)] ??= []).push({ raw: value });
    }

    setHeader(name, value) {
        this.headers[headerize(name)] = [{ raw: value }];
    }

    getHeader(name) {
        return this.headers[headerize(name)]?.[0]?.raw;
    }

    getHeaders(name) {
        return (this.headers[headerize(name)] ?? []).map((header) => header.raw);
    }

    hasHeader(name) {
        return Boolean(this.headers[headerize(name)]);
    }

    countHeader(name) {
        return this.getHeaders(name).length;
    }

    /** The header's value as an object, undefined when it is not there, not readable or of no known form. */
    parseHeader(name, index = 0) {
        const header = this.headers[headerize(name)]?.[index];
        if (!header) return undefined;
        const rule = headerize(name).replace(/-/g, '_');
        if (header.parsed === undefined && Grammar.has(rule)) {
            const parsed = Grammar.parse(header.raw, rule);
            header.parsed = Array.isArray(parsed) ? parsed[0]?.parsed : parsed;
        }
        return header.parsed === -1 ? undefined : header.parsed;
    }

    s(name, index) {
        return this.parseHeader(name, index);
    }

    parseSDP(force) {
        if (force || !this.sdp) this.sdp = require('./sdp.js').parse(this.body ?? '');
        return this.sdp;
    }

    toString() {
        return this._bytes.toString('utf8');
    }
}

class IncomingRequest extends IncomingMessage {
    constructor(bytes) {
        super(bytes);
        const [, method, uri] = /^(\S+) (\S+)/.exec(this._head) ?? [];
        this.method = method ?? null;
        this.ruri = URI.parse(uri) ?? null;
    }

    reply() {
        throw new NotSupportedError(ownReply);
    }

    reply_sl() {
        throw new NotSupportedError(ownReply);
    }
}

class IncomingResponse extends IncomingMessage {
    constructor(bytes) {
        super(bytes);
        const [, status, reason] = /^SIP\/2\.0 (\d{3}) ?(.*)/.exec(this._head) ?? [];
        this.status_code = Number(status) || null;
        this.reason_phrase = reason ?? '';
    }

    get method() {
        return this.parseHeader('CSeq')?.method ?? null;
    }
}

/** The message behind an event of the library; null without one. */
function incoming(bytes) {
    if (!bytes?.length) return null;
    return bytes.subarray(0, 8).toString('latin1') === 'SIP/2.0 '
        ? new IncomingResponse(bytes)
        : new IncomingRequest(bytes);
}

/** "Name: value" as [name, value]; throws on what is no header, CR and LF included. */
function splitHeader(line) {
    const m = typeof line === 'string' && /^\s*([!#$%&'*+\-.^_`|~\w]+)\s*:[ \t]*([^\r\n\0]*?)\s*$/.exec(line);
    if (!m) throw new TypeError(`Invalid header: ${JSON.stringify(line)}`);
    return [m[1], m[2]];
}

class OutgoingRequest {
    constructor(method, ruri, from, extraHeaders, body) {
        this.method = method;
        this.ruri = ruri;
        this.from = from;
        this.to = new NameAddrHeader(ruri);
        this.call_id = null; // the library chooses it: known once the peer has answered
        this.cseq = null;
        this.extraHeaders = extraHeaders.slice();
        this._headers = {};
        this._body = body ?? null;
        this._sent = false;
        this.extraHeaders.forEach(splitHeader);
    }

    get body() {
        return this._body;
    }

    set body(_) {
        throw new NotSupportedError('the body cannot be changed: the library writes its own SDP');
    }

    setHeader(name, value) {
        if (this._sent) throw new NotSupportedError('the request has been sent: headers may be set in "sending"');
        const values = (Array.isArray(value) ? value : [value]).map(String);
        values.forEach((v) => splitHeader(`${name}: ${v}`));
        this._headers[headerize(name)] = values;
    }

    getHeader(name) {
        return this.getHeaders(name)[0];
    }

    getHeaders(name) {
        const wanted = headerize(name);
        const more = this.extraHeaders
            .map(splitHeader)
            .filter(([n]) => headerize(n) === wanted)
            .map(([, v]) => v);
        if (wanted === 'From' && this.from) return [this.from.toString()];
        if (wanted === 'To') return [this.to.toString()];
        return [...(this._headers[wanted] ?? []), ...more];
    }

    hasHeader(name) {
        return this.getHeaders(name).length > 0;
    }

    /** All the program's headers: [[name, value], …]. */
    _pairs() {
        const set = Object.entries(this._headers).flatMap(([name, values]) => values.map((value) => [name, value]));
        return [...set, ...this.extraHeaders.map(splitHeader)];
    }

    toString() {
        const lines = [`${this.method} ${this.ruri} SIP/2.0`, `From: ${this.from}`, `To: ${this.to}`];
        for (const [name, value] of this._pairs()) lines.push(`${name}: ${value}`);
        return `${lines.join('\r\n')}\r\n\r\n${this._body ?? ''}`;
    }
}

module.exports = { IncomingRequest, IncomingResponse, OutgoingRequest, incoming, splitHeader };
