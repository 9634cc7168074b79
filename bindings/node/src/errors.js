'use strict';

const { Cause, ErrorCode } = require('../generated/constants.js');

const NAMES = new Map(Object.entries(ErrorCode).map(([name, code]) => [code, name === 'OK' ? 'SIPUA_OK' : `SIPUA_E_${name}`]));

/** What the library refused. `code` is one of ErrorCode, `codeName` its name, `text` what was wrong. */
class SipuaError extends Error {
    constructor(code, text) {
        super(text);
        this.code = code;
    }

    get codeName() {
        return NAMES.get(this.code) ?? `${this.code}`;
    }

    get text() {
        return this.message;
    }
}
SipuaError.prototype.name = 'SipuaError';

/** A peer refused, or could not be reached. `status` and `reason` are its response (0 and '' without one), `cause` the case
 * in a word or two: 'Busy', 'No Answer' ... `event` is what said so. */
class SipError extends SipuaError {
    constructor(event) {
        const said = event.status ? `${event.status} ${event.reason ?? ''}`.trim() : '';
        const parts = said ? [said] : [];
        for (const more of [event.cause, event.text]) {
            if (said && more === Cause.SIP_FAILURE_CODE) continue; // that it is one is seen
            if (more && !parts.some(p => p.toLowerCase().includes(more.toLowerCase()))) parts.push(more);
        }
        super(event.code ?? 0, parts.join(': ') || 'the request failed');
        this.status = event.status ?? 0;
        this.reason = event.reason ?? '';
        this.cause = event.cause ?? '';
        this.event = event;
    }

    get text() {
        return this.event.text || this.message;
    }
}
SipError.prototype.name = 'SipError';

/** The call ended before it came to what was waited for. As SipError, with the call_ended event as `event`. */
class CallEndedError extends SipError {}
CallEndedError.prototype.name = 'CallEndedError';

/** A reader fell behind, and `count` events were dropped before it took them. It may go on reading. */
class EventsLost extends SipuaError {
    constructor(count) {
        super(ErrorCode.FULL, `${count} events were lost`);
        this.count = count;
    }
}
EventsLost.prototype.name = 'EventsLost';

const UNUSABLE = new Set([ErrorCode.INVALID, ErrorCode.URI, ErrorCode.HEADER, ErrorCode.ADDRESS, ErrorCode.FORMAT, ErrorCode.VERSION]);

/** The error for an event that says how something failed: a SipError, unless it never came to asking because what the
 * program gave cannot be used. */
function failure(event, Kind = SipError) {
    if (!event.status && UNUSABLE.has(event.code)) return new SipuaError(event.code, event.text);
    return new Kind(event);
}

const closed = () => new SipuaError(ErrorCode.CLOSED, 'the agent was closed');

module.exports = { CallEndedError, EventsLost, SipError, SipuaError, closed, failure };
