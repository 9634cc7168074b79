'use strict';

const raw = require('./load.js');
const { EventType } = require('../generated/constants.js');
const { known, named, pairs, unlessGone } = require('./options.js');
const { Question } = require('./question.js');

/** Somebody wants us to call somebody else. It waits for accept() or reject(), now or within deadlineMs. */
class TransferRequest extends Question {
    #done = null;

    get id() {
        return this.event.id;
    }

    /** The call that it came in; null outside one. */
    get call() {
        return this._agent._object(this.event.callId) ?? null;
    }

    /** Whom we are to call. */
    get target() {
        return this.event.target;
    }

    /** Who asks. */
    get from() {
        return this.event.from;
    }

    get fromName() {
        return this.event.fromName;
    }

    /** In whose name. */
    get referredBy() {
        return this.event.referredBy;
    }

    /** The call that the new one is to replace, when it is an attended transfer. */
    get replaces() {
        return this.event.replaces;
    }

    /** The new call is to join the one that `replaces` names (RFC 3911), not to take its place. */
    get joins() {
        return this.event.join;
    }

    /** How it ended, a transfer_done event; null before. */
    get done() {
        return this.#done;
    }

    /** Calls the target, and tells the other side how that goes; resolves to the new call at once. The call in which this
     * came goes on until somebody hangs up. options: as for dial(). */
    accept(options) {
        return this._agent._follow(this, options);
    }

    /** Refuses it: reject(), reject(603, { reason, headers }). */
    async reject(status, options) {
        const o = known('reject', options, ['reason', 'headers']);
        const reply = { status, reason: o.reason, headers: pairs(o.headers) };
        await this._agent._do(tag => named('reject', () => raw.transfer_reject(this._agent._handle(), this.id, reply, tag)));
    }

    /** Nobody takes it. status 0: 603. */
    _untaken(status) {
        const reply = status ? { status } : undefined;
        if (this._agent._native) unlessGone(() => raw.transfer_reject(this._agent._native, this.id, reply, 0));
    }

    /** A listener of the program failed. */
    _failed(error) {
        try {
            if (!this.#done) this._untaken(500);
        } catch { /* it was decided before */ }
        this._agent._report(error);
    }

    _onEvent(event) {
        if (event.type !== EventType.TRANSFER_DONE) return;
        this.#done = event;
        this._agent._forget(this.id);
    }

    _end() {}
}

module.exports = { TransferRequest };
