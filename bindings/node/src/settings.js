'use strict';

// What agents, accounts, calls and messages are made with, as the library's structs.

const { LogLevel } = require('../generated/constants.js');
const { badType, badValue, known, milliseconds, on, pairs, text } = require('./options.js');

const AGENT = ['bind', 'advertise', 'listen', 'open', 'userAgent', 'codecs', 'rtpPorts', 'maxCalls', 'logLevel', 'trace',
    'dnsServers', 'mediaWorkers', 'queueEvents', 'queueBytes', 'displayName', 'authUser', 'outboundProxy', 'options'];
const ACCOUNT = ['aor', 'password', 'authUser', 'displayName', 'server', 'outboundProxy', 'advertise', 'codecs',
    'autoAnswer', 'peers', 'instanceId', 'headers', 'expires'];
const CALL = ['from', 'headers', 'timeoutMs', 'rate', 'codecs', 'earlyMedia', 'signal', 'media', 'sdp'];
const DIAL = CALL.filter(key => key !== 'signal' && key !== 'earlyMedia'); // those are about waiting for the answer
const MESSAGE = ['from', 'headers', 'timeoutMs', 'contentType', 'signal'];

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
        queue_events: o.queueEvents, queue_bytes: o.queueBytes,
    };
}

function accountConfig(given) {
    const o = known('account', given, ACCOUNT);
    return {
        aor: text('aor', o.aor), password: o.password, auth_user: o.authUser, display_name: o.displayName, server: o.server,
        outbound_proxy: o.outboundProxy, advertise: o.advertise, codecs: o.codecs,
        auto_answer: on('autoAnswer', o.autoAnswer), peers: o.peers, instance_id: o.instanceId,
        headers: pairs(o.headers), expires: o.expires,
    };
}

function callConfig(target, options) {
    const o = known('call', options, CALL);
    on('earlyMedia', o.earlyMedia);
    if (o.sdp !== undefined) text('sdp', o.sdp);
    return {
        target: text('target', target), from: o.from, timeout_ms: milliseconds('timeoutMs', o.timeoutMs), rate: o.rate,
        codecs: o.codecs, headers: pairs(o.headers), media: o.media, body: o.sdp,
    };
}

function messageConfig(target, body, o) {
    return {
        target: text('target', target), from: o.from, timeout_ms: milliseconds('timeoutMs', o.timeoutMs),
        content_type: o.contentType, body, headers: pairs(o.headers),
    };
}

module.exports = { ACCOUNT, CALL, DIAL, MESSAGE, accountConfig, agentConfig, callConfig, messageConfig };
