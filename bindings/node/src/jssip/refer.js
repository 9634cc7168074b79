'use strict';

const { EventEmitter } = require('node:events');
const C = require('./constants.js');
const { logger } = require('./log.js');
const { IncomingResponse, incoming } = require('./sip_message.js');
const Utils = require('./utils.js');

const log = logger('ReferSubscriber');

/** What a REFER of ours comes to: requestSucceeded or requestFailed, then trying, progress, accepted, failed. */
class ReferSubscriber extends EventEmitter {
    constructor(ua) {
        super();
        this._ua = ua;
        this._id = 0;
        this._taken = false;
    }

    get id() {
        return this._id;
    }

    _begin(call, config) {
        const command = this._ua._engine.command('call_transfer', call, config);
        this._id = command.result;
        this._ua._objects.set(this._id, this);
        command.catch((error) => {
            log.warn('no REFER: %s', error.message);
            this.close();
            this.emit('requestFailed', { response: null, cause: C.causes.INTERNAL_ERROR });
        });
    }

    _event(ev) {
        const message = incoming(ev.message);
        const final = ev.name === 'transfer_done';
        if (final) this.close();
        else if (ev.name !== 'transfer_progress') return;
        const answer = message instanceof IncomingResponse ? message : null;
        if (final && !this._taken && answer && ev.status >= 300) {
            this.emit('requestFailed', { response: answer, cause: Utils.sipErrorCause(ev.status) });
            return;
        }
        if (!this._taken && (message || ev.status < 300)) {
            this._taken = true;
            this.emit('requestSucceeded', { response: answer });
        }
        if (!this._taken) {
            this.emit('requestFailed', { response: null, cause: ev.cause || C.causes.REQUEST_TIMEOUT });
            return;
        }
        this.emit(step(ev.status), { request: answer ? null : message, status_line: { status_code: ev.status, reason_phrase: ev.reason ?? '' } });
    }

    /** For ua.stop(): nothing is waited for any more. */
    close() {
        this._ua._objects.delete(this._id);
    }
}

function step(status) {
    if (status >= 300 || !status) return 'failed';
    if (status >= 200) return 'accepted';
    return status === 100 ? 'trying' : 'progress';
}

module.exports = { ReferSubscriber };
