'use strict';

// What agents, accounts, calls and messages are made with, as the library's structs.

const { Disposition, ErrorCode, LogLevel } = require('../generated/constants.js');
const { bodyOf } = require('./document.js');
const { SipuaError } = require('./errors.js');
const { badType, badValue, known, milliseconds, on, pairs, text } = require('./options.js');
const roots = require('./roots.js');

const TLS = ['tlsCa', 'tlsCert', 'tlsKey', 'tlsKeyPassword', 'tlsPins', 'tlsVerify'];
const AGENT = ['bind', 'advertise', 'listen', 'open', 'userAgent', 'codecs', 'rtpPorts', 'maxCalls', 'logLevel', 'trace',
    'dnsServers', 'mediaWorkers', 'queueEvents', 'queueBytes', 'displayName', 'authUser', 'outboundProxy', 'options',
    ...TLS, 'tlsCrl', 'tlsMinVersion', 'mediaBind', 'mediaAdvertise', 'stunServer', 'watchNetwork'];
const ACCOUNT = ['aor', 'password', 'authUser', 'displayName', 'server', 'outboundProxy', 'advertise', 'codecs',
    'autoAnswer', 'peers', 'instanceId', 'headers', 'expires', ...TLS, 'transport', 'ha1', 'bearerToken', 'wsHeaders', 'flows',
    'outbound', 'sticky', 'contactRewrite', 'gruu', 'preloadRoute', 'contactParams', 'contactFeatures', 'contactUser'];
const LISTENER = ['tlsCert', 'tlsKey', 'tlsKeyPassword', 'tlsCa', 'tlsNeedClient', 'origins', 'wsPath'];
const CALL = ['from', 'headers', 'timeoutMs', 'rate', 'codecs', 'earlyMedia', 'signal', 'media', 'sdp', 'replaces', 'join',
    'fromName', 'assertedIdentity', 'preferredIdentity', 'privacy', 'anonymous', 'maxRedirects'];
const DIAL = CALL.filter(key => key !== 'signal' && key !== 'earlyMedia'); // those are about waiting for the answer
const REQUEST = ['headers', 'timeoutMs', 'contentType', 'signal']; // inside a call
const OPTIONS = ['from', ...REQUEST];
const MESSAGE = [...OPTIONS, 'cpim', 'messageId', 'disposition'];
const TRANSFER = ['referredBy', 'subscribe', 'hangup', 'headers', 'timeoutMs'];
const SUBSCRIBE = ['from', 'expires', 'accept', 'body', 'contentType', 'headers'];
const PUBLISH = ['target', 'expires', 'contentType', 'headers', 'signal'];

const VERSIONS = { 1.2: 12, 1.3: 13 };

/** PEM as text or a Buffer, or the path of a file. */
function pem(name, value) {
    if (value === undefined || typeof value === 'string') return value;
    if (!(value instanceof Uint8Array)) throw badType(name, 'a string or a Buffer', value);
    const said = Buffer.from(value).toString('utf8');
    if (!said.includes('-----BEGIN')) throw new SipuaError(ErrorCode.FORMAT, `${name}: these bytes are not PEM`);
    return said;
}

/** What agents, accounts and listeners have in common. */
function tlsConfig(o) {
    return {
        tls_ca: pem('tlsCa', o.tlsCa), tls_cert: pem('tlsCert', o.tlsCert), tls_key: pem('tlsKey', o.tlsKey),
        tls_key_password: o.tlsKeyPassword,
    };
}

function version(value) {
    if (value === undefined) return undefined;
    if (!Object.hasOwn(VERSIONS, value)) throw badValue('tlsMinVersion', "'1.2' or '1.3'", value);
    return VERSIONS[value];
}

function agentConfig(o) {
    known('Agent', o, AGENT);
    let [low, high] = [undefined, undefined];
    if (o.rtpPorts !== undefined) {
        if (!Array.isArray(o.rtpPorts) || o.rtpPorts.length !== 2) throw badType('rtpPorts', 'an array of the first and the last port', o.rtpPorts);
        [low, high] = o.rtpPorts;
        for (const port of o.rtpPorts) if (typeof port !== 'number') throw badType('rtpPorts', 'two numbers', port);
        if (!(low >= 1 && low <= high && high <= 65535)) throw badValue('rtpPorts', 'the first and the last port of a range', `${low} to ${high}`);
    }
    return {
        bind: o.bind, advertise: o.advertise, listen: o.listen, open: on('open', o.open), user_agent: o.userAgent,
        codecs: o.codecs, rtp_port_min: low, rtp_port_max: high, max_calls: o.maxCalls, trace: on('trace', o.trace),
        log_level: o.logLevel === undefined ? LogLevel.NONE : o.logLevel, dns_servers: o.dnsServers, media_workers: o.mediaWorkers,
        queue_events: o.queueEvents, queue_bytes: o.queueBytes, ...tlsConfig(o), tls_crl: pem('tlsCrl', o.tlsCrl),
        tls_ca_fallback: o.tlsCa === undefined ? roots() : undefined,
        tls_pins: o.tlsPins, tls_verify: on('tlsVerify', o.tlsVerify), tls_min_version: version(o.tlsMinVersion),
        media_bind: o.mediaBind, media_advertise: o.mediaAdvertise, stun_server: o.stunServer,
        watch_network: on('watchNetwork', o.watchNetwork),
    };
}

function accountConfig(given) {
    const o = known('account', given, ACCOUNT);
    const [proxy, ...proxies] = Array.isArray(o.outboundProxy) ? o.outboundProxy : [o.outboundProxy];
    for (const one of proxies) text('outboundProxy', one);
    return {
        aor: text('aor', o.aor), password: o.password, auth_user: o.authUser, display_name: o.displayName, server: o.server,
        outbound_proxy: proxy, outbound_proxies: proxies.length ? proxies : undefined, advertise: o.advertise, codecs: o.codecs,
        auto_answer: on('autoAnswer', o.autoAnswer), peers: o.peers, instance_id: o.instanceId,
        headers: pairs(o.headers), expires: o.expires, ...tlsConfig(o), tls_pins: o.tlsPins,
        tls_verify: on('tlsVerify', o.tlsVerify), transport: o.transport, ha1: o.ha1, bearer_token: o.bearerToken,
        ws_headers: pairs(o.wsHeaders, 'wsHeaders'), flows: o.flows, outbound: on('outbound', o.outbound),
        sticky: on('sticky', o.sticky), contact_rewrite: on('contactRewrite', o.contactRewrite), gruu: on('gruu', o.gruu),
        preload_route: on('preloadRoute', o.preloadRoute), contact_params: o.contactParams,
        contact_features: o.contactFeatures, contact_user: o.contactUser,
    };
}

function listenerConfig(o) {
    return { ...tlsConfig(o), tls_need_client: on('tlsNeedClient', o.tlsNeedClient), origins: o.origins, ws_path: o.wsPath };
}

function callConfig(target, options) {
    const o = known('call', options, CALL);
    on('earlyMedia', o.earlyMedia);
    if (o.sdp !== undefined) text('sdp', o.sdp);
    return {
        target: text('target', target), from: o.from, timeout_ms: milliseconds('timeoutMs', o.timeoutMs), rate: o.rate,
        codecs: o.codecs, headers: pairs(o.headers), media: o.media, body: o.sdp, replaces: o.replaces, join: o.join,
        from_name: o.fromName, asserted_identity: o.assertedIdentity, preferred_identity: o.preferredIdentity,
        privacy: o.privacy, anonymous: on('anonymous', o.anonymous), max_redirects: o.maxRedirects,
    };
}

function messageConfig(target, body, o) {
    return {
        target: text('target', target), from: o.from, timeout_ms: milliseconds('timeoutMs', o.timeoutMs),
        ...bodyOf(body, o.contentType), headers: pairs(o.headers), cpim: on('cpim', o.cpim), message_id: o.messageId,
        disposition: dispositions(o.disposition),
    };
}

/** What the sender of a message is to be told, as bits. */
function dispositions(words) {
    if (words === undefined) return undefined;
    if (!Array.isArray(words)) throw badType('disposition', 'an array of words', words);
    return words.reduce((bits, word) => {
        const bit = Disposition[String(word).toUpperCase()];
        if (!bit) throw badValue('disposition', "'delivered', 'displayed' or 'processed'", word);
        return bits | bit;
    }, 0);
}

function requestConfig(body, o) {
    return { ...bodyOf(body, o.contentType), timeout_ms: milliseconds('timeoutMs', o.timeoutMs), headers: pairs(o.headers) };
}

function transferConfig(target, given) {
    const o = known('transfer', given, TRANSFER);
    return {
        target, referred_by: o.referredBy, subscribe: on('subscribe', o.subscribe), hangup: on('hangup', o.hangup),
        headers: pairs(o.headers), timeout_ms: milliseconds('timeoutMs', o.timeoutMs),
    };
}

function subscribeConfig(target, event, given) {
    const o = known('subscribe', given, SUBSCRIBE);
    return {
        target: text('target', target), event: text('event', event), from: o.from, expires: o.expires === 0 ? -1 : o.expires,
        accept: o.accept, ...bodyOf(o.body, o.contentType), headers: pairs(o.headers),
    };
}

function publishConfig(event, body, given, series) {
    const o = known('publish', given, PUBLISH);
    return {
        event: text('event', event), target: o.target, expires: o.expires, ...series.bodyOf(body, o.contentType),
        headers: pairs(o.headers),
    };
}

module.exports = {
    ACCOUNT, CALL, DIAL, LISTENER, MESSAGE, OPTIONS, REQUEST, accountConfig, agentConfig, callConfig, listenerConfig,
    messageConfig, publishConfig, requestConfig, subscribeConfig, transferConfig,
};
