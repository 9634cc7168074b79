'use strict';

const { EventEmitter } = require('node:events');

const raw = require('./load.js');
const { ChangeMethod, ErrorCode, EventFlags, EventType, Switch } = require('../generated/constants.js');
const { CallEndedError, failure } = require('./errors.js');
const { abortable, badType, badValue, known, milliseconds, named, on, pairs, text } = require('./options.js');
const { Question } = require('./question.js');
const { REQUEST, messageConfig, requestConfig, transferConfig } = require('./settings.js');
const { settled, unsettled } = require('./asking.js');
const { deferred } = require('./streams.js');
const { Transfer } = require('./worker.js');

const METHODS = { auto: ChangeMethod.AUTO, invite: ChangeMethod.INVITE, update: ChangeMethod.UPDATE };
const COLLECT = ['timeoutMs', 'betweenMs', 'terminators', 'interrupt', 'prompt', 'signal'];

/** What a call can do besides talking, and what its INVITE said of the caller. */
class Control extends EventEmitter {
    #changes = new Map(); // tag -> what waits for how that change went
    #offered = null; // the event that brought it
    #holding = false;
    #muted = 0;
    #replacedBy = null;

    // What its INVITE said

    #said(what) {
        return this._message?.[what] || this.#offered?.[what] || '';
    }

    /** The URI of P-Asserted-Identity or Remote-Party-ID: worth as much as who sent it. '' without one. */
    get identity() {
        return this.#said('identity');
    }

    /** The display name of that. */
    get identityName() {
        return this.#said('identityName');
    }

    /** Who diverted an incoming call last (Diversion, History-Info); '' if nobody did. */
    get diversion() {
        return this.#said('diversion');
    }

    /** In whose name an incoming call is made, after a transfer; '' if nobody's. */
    get referredBy() {
        return this.#said('referredBy');
    }

    /** What the caller wants kept private: 'id;user' (RFC 3323). */
    get privacy() {
        return this.#said('privacy');
    }

    /** The call that an incoming one names in Replaces or Join: "CALL-ID;to-tag=X;from-tag=Y"; '' without one. */
    get replaces() {
        return this.#said('replaces');
    }

    /**
     * "CALL-ID;to-tag=OURS;from-tag=PEERS": what a Replaces to us says, and a dialog-info document of ours; '' before the
     * peer has a tag.
     */
    get dialog() {
        return this.#said('dialog');
    }

    /** The seconds after which the caller wants an answer without a hand (an intercom); null: it does not. */
    get answerAfter() {
        return this.#offered?.autoAnswer ? this.#offered.answerAfterS : null;
    }

    /** Of an incoming call that wants to replace or join one of ours: that one. */
    get other() {
        return (this.#offered?.other && this.agent._object(this.#offered.other)) || null;
    }

    /** The call that took its place, as after an attended transfer by the peer; null without one. */
    get replacedBy() {
        return this.#replacedBy;
    }

    /** Whether we hold the peer. */
    get holding() {
        return this.#holding;
    }

    /** Whether what we send, and what we hear, is muted. */
    get muted() {
        return { send: (this.#muted & EventFlags.SEND) !== 0, receive: (this.#muted & EventFlags.RECEIVE) !== 0 };
    }

    // Changing it

    /** Holds the peer: it is not heard; what is written or played is (music on hold). Throws a SipError when the peer
     * refuses; the call is then as it was. */
    async hold(options) {
        return this.#change('hold', known('hold', options, ['method', 'headers']), { hold: Switch.ON });
    }

    /** Takes the peer back. */
    async resume(options) {
        return this.#change('resume', known('resume', options, ['method', 'headers']), { hold: Switch.OFF });
    }

    /** Offers everything anew; codecs: those from now on, in order of preference; sdp: the offer of a call without media. */
    async renegotiate(options) {
        const o = known('renegotiate', options, ['method', 'headers', 'codecs', 'sdp']);
        return this.#change('renegotiate', o, { codecs: o.codecs, body: o.sdp });
    }

    async #change(what, { method = 'auto', headers }, members) {
        if (!Object.hasOwn(METHODS, method)) throw badValue('method', "'auto', 'invite' or 'update'", method);
        const change = { ...members, method: METHODS[method], headers: pairs(headers) };
        this._alive();
        if (unsettled()) await settled();
        const waiting = deferred();
        const result = this.agent._wait(waiting);
        let mine, event;
        try {
            await this._do(tag => {
                mine = tag;
                this.#changes.set(tag, waiting);
                named(what, () => raw.call_change(this.agent._handle(), this.id, change, tag));
            });
            event = await result;
        } catch (error) {
            waiting.reject(error);
            throw error;
        } finally {
            this.#changes.delete(mine);
        }
        if (event.type === EventType.CALL_CHANGE_FAILED) throw await this._whyNot(failure(event));
    }

    // Who hears whom

    /** Lets the peer hear silence; receive: and us too. Nothing is signalled. */
    async mute(options) {
        const { send = true, receive = false } = known('mute', options, ['send', 'receive']);
        return this.#mute(send, receive, Switch.ON);
    }

    /** The other way round. */
    async unmute(options) {
        const { send = true, receive = true } = known('unmute', options, ['send', 'receive']);
        return this.#mute(send, receive, Switch.OFF);
    }

    async #mute(send, receive, state) {
        const sides = (on('send', send) === Switch.ON ? EventFlags.SEND : 0) | (on('receive', receive) === Switch.ON ? EventFlags.RECEIVE : 0);
        await this._do(tag => raw.call_mute(this.agent._handle(), this.id, sides, state, tag));
    }

    // Sending the peer elsewhere

    /** Has the peer call somebody else: a URI, or (attended) the peer of another call of ours, transfer(call) or
     * transfer({ consult: call }). Awaiting the result tells how that went: it throws a SipError when it failed, and this
     * call goes on. */
    transfer(target, options) {
        if (options === undefined && target?.consult !== undefined) ({ consult: target, ...options } = target);
        const consult = target instanceof Control;
        if (!consult && typeof target !== 'string') throw badType('target', 'a URI, or a call of ours', target);
        const config = transferConfig(consult ? undefined : text('target', target), options);
        if (consult) config.consult = this.agent._mine('target', target);
        this._alive();
        return new Transfer(this.agent, tag => named('transfer', () => raw.call_transfer(this.agent._handle(), this.id, config, tag)));
    }

    // Digits

    /** Waits for digits of the peer, until max have come, one of the terminators, or nothing more. `digits` are those,
     * `state` says why it is over: 'full', 'terminator', 'timeout', 'ended'. prompt: a WAV file to play first. timeoutMs:
     * until the first digit, from the prompt's end or from now (10000; Infinity: for ever); betweenMs: until each further
     * one (3000). */
    async collect(max = 1, options) {
        const o = known('collect', options, COLLECT);
        if (typeof max !== 'number') throw badType('collect: max', 'a number of digits', max);
        abortable(o.signal);
        const config = {
            max_digits: max, terminators: o.terminators || undefined, interrupt: on('interrupt', o.interrupt),
            timeout_ms: patience('timeoutMs', o.timeoutMs), between_ms: milliseconds('betweenMs', o.betweenMs),
        };
        this._alive();
        const player = o.prompt === undefined ? null : this.play(o.prompt);
        if (player) config.player = player.id;
        try {
            return await this.#result(tag => named('collect', () => raw.call_collect(this.agent._handle(), this.id, config, tag)),
                o.signal, raw.collector_stop);
        } catch (error) {
            player?.stop().catch(() => {});
            throw error;
        }
    }

    // Requests inside

    /** Sends an INFO and resolves to its answer. Throws a SipError when the peer refuses. */
    info(body, options) {
        return this.request('INFO', body, options);
    }

    /** Sends a request of any method that the stack does not do itself, and resolves to its answer. */
    async request(method, body, options) {
        const o = known('request', options, REQUEST);
        abortable(o.signal);
        const config = { method: text('method', method), ...requestConfig(body, o) };
        const event = await this.#result(tag => named('request', () => raw.call_request(this.agent._handle(), this.id, config, tag)),
            o.signal);
        if (!(event.status >= 200 && event.status < 300)) throw await this._whyNot(failure(event));
        return event;
    }

    /** Sends a MESSAGE inside the call and resolves once it is delivered. */
    async message(body, options) {
        const o = known('message', options, REQUEST);
        this._alive();
        try {
            return await this.agent._delivered(null, { ...messageConfig('', body, o), target: undefined, call: this.id }, o.signal);
        } catch (error) {
            throw await this._whyNot(error);
        }
    }

    async #result(command, signal, stop) {
        this._alive();
        try {
            return await this.agent._result(command, signal, stop);
        } catch (error) {
            throw await this._whyNot(error);
        }
    }

    /** The error, or CallEndedError when the call's end is behind it. */
    async _whyNot(error) {
        if (error.status || (error.code !== ErrorCode.GONE && error.code !== ErrorCode.CANCELED)) return error;
        return new CallEndedError(await this.waitEnded());
    }

    // Inside

    _isOffered(event) {
        this.#offered = event;
    }

    _isReplaced(call) {
        this.#replacedBy = call;
    }

    _isHeld(event) {
        if (event.originator === 'local') this.#holding = event.type === EventType.CALL_HELD;
    }

    _isMuted(event) {
        this.#muted = event.flags;
    }

    _isChanged(event) {
        const waiting = this.#changes.get(event.tag);
        if (!waiting) return;
        this.#changes.delete(event.tag);
        this.agent._resume(waiting, event);
    }

    _noMoreChanges(event) {
        for (const waiting of this.#changes.values()) waiting.reject(new CallEndedError(event));
        this.#changes.clear();
    }
}

/** A time, or for ever. */
const patience = (name, value) => (value === Infinity ? -1 : milliseconds(name, value));

/** A change that the peer wants and that waits for accept() or reject(), now or within deadlineMs. */
class ChangeRequest extends Question {
    #call;

    constructor(call, event) {
        super(call.agent, event);
        this.#call = call;
    }

    get call() {
        return this.#call;
    }

    /** Whether the peer wants to hold us. */
    get hold() {
        return this.event.hold;
    }

    /** Whether it wants to go on after holding us. */
    get resume() {
        return this.event.resume;
    }

    /** Its offer; empty when it wants ours. */
    get body() {
        return this.event.body;
    }

    /** Takes it as far as we can; sdp: the answer of a call without media. */
    async accept(options) {
        const o = known('accept', options, ['headers', 'sdp']);
        await this.#decide(raw.call_accept_change, { headers: pairs(o.headers), body: o.sdp });
    }

    /** Refuses it; the call is as it was: reject(), reject(488, { reason, headers }). */
    async reject(status, options) {
        const o = known('reject', options, ['reason', 'headers']);
        await this.#decide(raw.call_reject_change, { status, reason: o.reason, headers: pairs(o.headers) });
    }

    #decide(command, reply) {
        const call = this.#call;
        return call._do(tag => named('reply', () => command(call.agent._handle(), call.id, reply, tag)));
    }

    /** Nobody takes it: the stack agrees to all that it can. */
    _untaken() {
        this.accept().catch(() => {}); // the call has ended meanwhile
    }

    /** A listener of the program failed. */
    _failed(error) {
        this.#call._failed(error);
    }
}

module.exports = { ChangeRequest, Control };
