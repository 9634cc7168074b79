'use strict';

const raw = require('./load.js');
const { ErrorCode, EventType } = require('../generated/constants.js');
const { SipuaError } = require('./errors.js');
const { known, named, pairs, unlessGone } = require('./options.js');
const { Question } = require('./question.js');

/** A MESSAGE that waits for accept() or reject(), now or later within deadlineMs. */
class IncomingMessage extends Question {
    #decided = false;
    #answered = 0;

    get id() {
        return this.event.id;
    }

    get from() {
        return this.event.from;
    }

    get fromName() {
        return this.event.fromName;
    }

    get to() {
        return this.event.to;
    }

    get contentType() {
        return this.event.contentType || 'text/plain';
    }

    /** The body as it came. */
    get body() {
        return this.event.body;
    }

    /** The body as text. */
    get text() {
        return this.event.body.toString('utf8');
    }

    /** What the body says, if it is a document that the library reads; else null. */
    get document() {
        return this.event.document;
    }

    /** How notifications name it; '' if its sender gave no name. */
    get messageId() {
        return this.event.messageId;
    }

    /** The call that it came in; null outside one. */
    get call() {
        return this._agent._object(this.event.callId) ?? null;
    }

    /** The status that the sender got; 0 while it waits. */
    get answered() {
        return this.#answered;
    }

    /** Answers 200. */
    async accept(options) {
        const o = known('accept', options, ['headers']);
        await this.#decide(raw.message_accept, { headers: pairs(o.headers) });
    }

    /** Refuses it: reject(), reject(603), reject(480, { reason, headers }). */
    async reject(status, options) {
        const o = known('reject', options, ['reason', 'headers']);
        await this.#decide(raw.message_reject, { status, reason: o.reason, headers: pairs(o.headers) });
    }

    /** Tells the sender that it was shown, if he wanted to know. (That it has arrived is told by accept().) */
    async displayed() {
        if (this.event.wantsDisplayed && this.messageId) await this._agent._saysOf(this.account, this.from, this.messageId, 'displayed');
    }

    async #decide(command, reply) {
        if (this.#answered) throw new SipuaError(ErrorCode.STATE, `the message was answered already, with ${this.#answered}`);
        if (this.#decided) throw new SipuaError(ErrorCode.STATE, 'the message was decided already');
        this.#decided = true;
        try {
            await named('reply', () => this._agent._do(tag => command(this._agent._handle(), this.id, reply, tag)));
        } catch (error) {
            this.#decided = false;
            throw error;
        }
    }

    /** Nobody takes it. */
    _untaken() {
        this._refuse(405);
    }

    _refuse(status) {
        this.#decided = true;
        if (this._agent._native) unlessGone(() => raw.message_reject(this._agent._native, this.id, { status }, 0));
    }

    /** A listener of the program failed. */
    _failed(error) {
        if (!this.#decided && !this.#answered) this._refuse(500);
        this._agent._report(error);
    }

    _onEvent(event) {
        if (event.type !== EventType.MESSAGE_ANSWERED) return;
        this.#answered = event.status;
        this._agent._forget(this.id);
    }

    _end() {}
}

module.exports = { IncomingMessage };
