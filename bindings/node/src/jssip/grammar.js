'use strict';

// `JsSIP.Grammar.parse(text, rule)`: the rules that programs use to read headers. -1 when the text does not match.

const { NotSupportedError } = require('./exceptions.js');
const { NameAddrHeader } = require('./name_addr.js');
const { URI } = require('./uri.js');
const { splitOutside } = require('./text.js');

const unquote = (text) => (text.startsWith('"') ? text.slice(1, -1).replace(/\\([^])/g, '$1') : text);

/** "token;a=b;c" as its first word and an object of parameters. */
function wordAndParams(text) {
    const [word, ...rest] = splitOutside(text, ';').map((part) => part.trim());
    const params = {};
    for (const part of rest) {
        const at = part.indexOf('=');
        const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
        if (name) params[name] = at < 0 ? undefined : unquote(part.slice(at + 1).trim());
    }
    return { word, params };
}

/** From, To, Refer-To and the like may come without brackets; then all parameters are the header's (RFC 3261, 20). */
function nameAddr(text) {
    const value = text.trim();
    if (value.includes('<')) return NameAddrHeader.parse(value) ?? -1;
    const [addr, ...rest] = splitOutside(value, ';');
    return NameAddrHeader.parse(`<${addr.trim()}>${rest.map((part) => `;${part}`).join('')}`) ?? -1;
}

function nameAddrList(text) {
    if (text.trim() === '*') return '*';
    let offset = 0;
    const items = [];
    for (const part of splitOutside(text, ',')) {
        const parsed = nameAddr(part);
        if (parsed === -1) return -1;
        items.push({ possition: offset + part.length, offset, parsed }); // JsSIP's spelling
        offset += part.length + 1;
    }
    return items;
}

const number = (text) => (/^\s*\d+/.test(text) ? parseInt(text, 10) : -1);
const matching = (pattern, make) => (text) => {
    const m = pattern.exec(text);
    return m ? make(m) : -1;
};

function challenge(text) {
    const m = /^\s*Digest\s+([^]*)$/i.exec(text);
    if (!m) return -1;
    const out = {};
    for (const part of splitOutside(m[1], ',')) {
        const at = part.indexOf('=');
        if (at < 0) continue;
        const name = part.slice(0, at).trim().toLowerCase();
        const value = unquote(part.slice(at + 1).trim());
        if (name === 'qop') out.qop = value.split(',').map((word) => word.trim().toLowerCase());
        else if (name === 'stale') out.stale = value.toLowerCase() === 'true';
        else out[name] = name === 'algorithm' ? value.toUpperCase() : value;
    }
    return out;
}

function via(text) {
    const m = /^\s*(\w+)\s*\/\s*2\.0\s*\/\s*(\w+)\s+(\[[^\]]+\]|[^\s:;,]+)\s*(?::\s*(\d+))?\s*(;[^]*)?$/.exec(text);
    if (!m) return -1;
    const { params } = wordAndParams(m[5] ?? '');
    const { hostType } = require('./utils.js');
    return {
        protocol: m[1],
        transport: m[2],
        host: m[3],
        host_type: hostType(m[3]),
        port: m[4] && Number(m[4]),
        ...params,
    };
}

function sessionExpires(text) {
    const { word, params } = wordAndParams(text);
    return /^\d+$/.test(word) ? { expires: Number(word), refresher: params.refresher } : -1;
}

function replaces(text) {
    const { word, params } = wordAndParams(text);
    if (!word || !params['to-tag'] || !params['from-tag']) return -1;
    return {
        call_id: word,
        to_tag: params['to-tag'],
        from_tag: params['from-tag'],
        ...('early-only' in params && { early_only: true }),
    };
}

function reason(text) {
    const { word, params } = wordAndParams(text);
    const { cause, text: words, ...rest } = params;
    return word ? { protocol: word.toLowerCase(), cause: cause && Number(cause), params: rest, text: words } : -1;
}

function host(text) {
    const type = require('./utils.js').hostType(text);
    return type ? { host_type: type, host: text.toLowerCase() } : -1;
}

function event(text) {
    const { word, params } = wordAndParams(text);
    return word ? { event: word.toLowerCase(), params } : -1;
}

const rules = {
    SIP_URI: (text) => URI.parse(text) ?? -1,
    absoluteURI: matching(/^([a-z][\w+.-]*):\/\/(?:[^@/?#]*@)?(\[[^\]]+\]|[^:/?#]+)(?::(\d+))?([/?#].*)?$/i, (m) => ({
        scheme: m[1].toLowerCase(),
        host: m[2].toLowerCase(),
        port: m[3] && Number(m[3]),
    })),
    Name_Addr_Header: (text) => NameAddrHeader.parse(text) ?? -1,
    From: nameAddr,
    To: nameAddr,
    Refer_To: nameAddr,
    Referred_By: nameAddr,
    P_Asserted_Identity: nameAddr,
    Contact: nameAddrList,
    Route: nameAddrList,
    Record_Route: nameAddrList,
    host,
    quoted_string: matching(/^"(?:[^"\\\r\n]|\\.)*"$/, () => ({})),
    uuid: matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, (m) => m[0]),
    CSeq: matching(/^\s*(\d+)\s+(\S+)\s*$/, (m) => ({ value: Number(m[1]), method: m[2] })),
    Via: via,
    Call_ID: matching(/^\s*(\S+)\s*$/, (m) => m[1]),
    Content_Type: matching(/^\s*([^\s/;]+\s*\/\s*[^\s;]+[^]*)$/, (m) => m[1]),
    Content_Length: number,
    Expires: number,
    Min_Expires: number,
    Max_Forwards: number,
    Retry_After: number,
    Session_Expires: sessionExpires,
    Event: event,
    Reason: reason,
    Replaces: replaces,
    WWW_Authenticate: challenge,
    Proxy_Authenticate: challenge,
};

function parse(text, rule = 'CRLF') {
    if (!Object.hasOwn(rules, rule)) {
        throw new NotSupportedError(`Grammar rule "${rule}" is not offered: the library reads messages itself`);
    }
    return typeof text === 'string' ? rules[rule](text) : -1;
}

module.exports = { parse, toSource: () => parse.toString(), has: (rule) => Object.hasOwn(rules, rule) };
