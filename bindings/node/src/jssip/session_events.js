'use strict';

// From the library's events of a call to JsSIP's events of an RTCSession.

const C = require('./constants.js');
const { DTMF, Info } = require('./dtmf.js');
const { NotSupportedError } = require('./exceptions.js');
const { incoming, IncomingRequest, splitHeader } = require('./sip_message.js');
const Utils = require('./utils.js');

const STATUS = { INVITE_SENT: 1, PROGRESS: 2, WAITING_FOR_ACK: 6, CONFIRMED: 9 };

/** The SDP of the peer: shown, and not to be changed. */
function showSdp(session, type, message) {
    if (!message?.body || !/^application\/sdp\b/i.test(message.getHeader('Content-Type') ?? '')) return;
    const sdp = message.body;
    session.emit('sdp', {
        originator: 'remote',
        type,
        get sdp() {
            return sdp;
        },
        set sdp(_) {
            throw new NotSupportedError('the SDP cannot be changed: the library negotiates the media');
        },
    });
}

function learnDialog(session, message) {
    if (!message || session.direction !== 'outgoing') return;
    session._request.call_id ??= message.call_id;
    session._request.cseq ??= message.cseq;
}

function progress(session, ev) {
    if (session.isEnded() || ev.originator === 'local') return;
    const response = incoming(ev.message);
    learnDialog(session, response);
    if (session.status === STATUS.INVITE_SENT) session._status = STATUS.PROGRESS;
    if (ev.status === 100) return;
    showSdp(session, 'answer', response);
    session.emit('progress', { originator: 'remote', response });
}

function accepted(session, ev) {
    if (session.isEnded()) return;
    const outgoing = session.direction === 'outgoing';
    const response = outgoing ? incoming(ev.message) : null;
    learnDialog(session, response);
    if (outgoing) showSdp(session, 'answer', response);
    session._status = outgoing ? STATUS.CONFIRMED : STATUS.WAITING_FOR_ACK;
    session._start_time = new Date();
    session.emit('accepted', { originator: outgoing ? 'remote' : 'local', response });
}

function confirmed(session, ev) {
    if (session.isEnded()) return;
    const ack = incoming(ev.message);
    session._status = STATUS.CONFIRMED;
    if (session.direction === 'outgoing') session.emit('confirmed', { originator: 'local', ack: null });
    else session.emit('confirmed', { originator: 'remote', ack: ack instanceof IncomingRequest ? ack : null });
}

function causeOf(ev) {
    if (ev.cause) return ev.cause;
    return ev.status >= 300 ? Utils.sipErrorCause(ev.status) : C.causes.BYE;
}

function ended(session, ev) {
    const message = incoming(ev.message);
    const established = ev.established || session._start_time !== null;
    session._over(established ? 'ended' : 'failed', ev.originator ?? 'system', message, causeOf(ev));
    session._closed();
}

function dtmf(session, ev) {
    if (session.isEnded()) return;
    const digit = String.fromCharCode(ev.digit);
    const tone = digit === 'F' ? 'R' : digit;
    session.emit('newDTMF', {
        originator: 'remote',
        dtmf: new DTMF('incoming', tone, ev.duration_ms),
        request: incoming(ev.message),
    });
}

function dtmfSent(session) {
    session._sending.shift();
}

function info(session, ev) {
    if (session.isEnded()) return;
    const body = ev.body ? Buffer.from(ev.body).toString('utf8') : null;
    session.emit('newInfo', {
        originator: 'remote',
        info: new Info('incoming', ev.content_type, body),
        request: incoming(ev.message),
    });
}

function hold(session, ev, on) {
    if (ev.originator === 'local') session._isChanged(ev);
    if (session.isEnded() || ev.originator !== 'remote') return;
    session._onHold.remote = on;
    session.emit(on ? 'hold' : 'unhold', { originator: 'remote' });
}

/** A re-INVITE or UPDATE of the peer: its listeners may reject it, else the library answers it. */
function changeRequested(session, ev) {
    const request = incoming(ev.message);
    let rejected = false;
    const data = {
        request,
        callback: undefined,
        reject(options = {}) {
            const { status_code: status = 403, reason_phrase: reason, extraHeaders } = options;
            if (status < 300 || status >= 700) throw new TypeError(`Invalid status_code: ${status}`);
            rejected = true;
            const headers = session._ua._headers(Utils.cloneArray(extraHeaders).map(splitHeader));
            session._ua._tell('call_reject_change', ev.id, { status, headers, ...(reason && { reason }) });
        },
    };
    try {
        session.emit(request?.method === C.UPDATE ? 'update' : 'reinvite', data);
        if (!rejected && request) showSdp(session, 'offer', request);
    } finally {
        if (!rejected) {
            const accepted = session._ua._engine?.command('call_accept_change', ev.id, { headers: session._ua._headers([]) });
            accepted?.then(() => typeof data.callback === 'function' && data.callback(), () => {}); // ended meanwhile
        }
    }
}

/** The peer wants us to call somebody. */
function transferRequested(session, ev) {
    if (session.listenerCount('refer') === 0) {
        session._ua._tell('transfer_reject', ev.id, { status: 603 });
        return;
    }
    session.emit('refer', {
        request: incoming(ev.message),
        accept(initCallback, options = {}) {
            const next = new session.constructor(session._ua);
            next._referred = ev.id;
            next.connect(ev.target, options, initCallback);
        },
        reject(options = {}) {
            const { status_code: status = 603, reason_phrase: reason } = options;
            session._ua._tell('transfer_reject', ev.id, { status, ...(reason && { reason }) });
        },
    });
}

function changed(session, ev) {
    session._isChanged(ev);
}

function mediaReady(session) {
    const first = !session._mediaReady;
    session._mediaReady = true;
    if (first && !session.isEnded()) session._connection?._ready();
}

function stats(session, ev) {
    session._lastStats = { ...ev.figures, final: ev.final };
    session._tellStats();
}

const handlers = {
    call_progress: progress,
    call_accepted: accepted,
    call_confirmed: confirmed,
    call_ended: ended,
    call_held: (session, ev) => hold(session, ev, true),
    call_resumed: (session, ev) => hold(session, ev, false),
    call_updated: changed,
    call_change_failed: changed,
    call_change_requested: changeRequested,
    transfer_requested: transferRequested,
    dtmf,
    dtmf_sent: dtmfSent,
    info,
    media_ready: mediaReady,
    stats,
};

module.exports = { handlers, showSdp };
