'use strict';

// message.parseSDP(): the lines of an SDP as an object, enough for programs that look at media and their directions.
// The library negotiates by itself; nothing here takes part in that.

function mediaOf(value) {
    const [type, port, protocol, ...payloads] = value.split(/\s+/);
    return { type, port: parseInt(port, 10), protocol, payloads: payloads.join(' '), rtp: [], fmtp: [] };
}

function attribute(target, name, value) {
    const rtpmap = name === 'rtpmap' && /^(\d+)\s+([^/]+)(?:\/(\d+))?(?:\/(\d+))?/.exec(value ?? '');
    const fmtp = name === 'fmtp' && /^(\S+)\s+(.*)$/.exec(value ?? '');
    if (rtpmap) {
        target.rtp?.push({
            payload: Number(rtpmap[1]),
            codec: rtpmap[2],
            rate: Number(rtpmap[3]),
            encoding: rtpmap[4],
        });
    } else if (fmtp) {
        target.fmtp?.push({ payload: Number(fmtp[1]), config: fmtp[2] });
    } else if (['sendrecv', 'sendonly', 'recvonly', 'inactive'].includes(name)) {
        target.direction = name;
    } else if (name === 'ptime' || name === 'maxptime') {
        target[name] = Number(value);
    } else {
        (target.invalid ??= []).push({ value: value === undefined ? name : `${name}:${value}` });
    }
}

function parse(text) {
    const session = { version: 0, media: [] };
    let target = session;
    for (const line of text.split(/\r?\n/)) {
        const kind = line[0];
        const value = line.slice(2);
        if (line[1] !== '=') continue;
        if (kind === 'v') session.version = Number(value);
        else if (kind === 'o') session.origin = value;
        else if (kind === 's') session.name = value;
        else if (kind === 'c')
            target.connection = { version: value.includes('IP6') ? 6 : 4, ip: value.split(' ').at(-1) };
        else if (kind === 'm') session.media.push((target = mediaOf(value)));
        else if (kind === 'a') {
            const at = value.indexOf(':');
            attribute(target, at < 0 ? value : value.slice(0, at), at < 0 ? undefined : value.slice(at + 1));
        }
    }
    return session;
}

module.exports = { parse };
