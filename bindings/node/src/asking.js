'use strict';

const raw = require('./load.js');
const { AskKind, Switch } = require('../generated/constants.js');
const { unlessGone } = require('./options.js');

const REPLACING = Symbol('replacing'), JOINING = Symbol('joining');
const KINDS = {
    incoming_call: AskKind.CALL, message: AskKind.MESSAGE, call_change_requested: AskKind.CHANGE,
    transfer_requested: AskKind.TRANSFER, subscribe_requested: AskKind.SUBSCRIBE, [REPLACING]: AskKind.REPLACE, [JOINING]: AskKind.JOIN,
};
const opting = new Set(); // agents that have just begun to take calls or messages, until their stacks know

/** Tells an agent's stack which questions the program takes: those that anybody listens for. */
class Asking {
    static REPLACING = REPLACING;
    static JOINING = JOINING;

    #agent;
    #counts = Object.fromEntries(Reflect.ownKeys(KINDS).map(name => [name, 0]));

    static knows(name) {
        return Object.hasOwn(KINDS, name);
    }

    constructor(agent) {
        this.#agent = agent;
    }

    /** A listener of that event more or less. */
    listens(name, change) {
        if (!Object.hasOwn(KINDS, name)) return;
        const agent = this.#agent;
        const before = this.#counts[name];
        this.#counts[name] += change;
        if (!agent._native || before > 0 === this.#counts[name] > 0) return;
        if (before) {
            agent._letGo();
            unlessGone(() => raw.agent_ask(agent._native, KINDS[name], Switch.OFF, 0));
            return;
        }
        agent._hold();
        const told = agent._do(tag => raw.agent_ask(agent._native, KINDS[name], Switch.ON, tag));
        opting.add(told);
        told.catch(() => {}).finally(() => opting.delete(told));
    }
}

/** Whoever has begun to take calls does take them: within one program, a call right after that reaches its phone. */
async function settled() {
    if (opting.size) await Promise.allSettled(opting);
}

/** Whether somebody has begun to, and his stack does not know yet. */
const unsettled = () => opting.size > 0;

module.exports = { Asking, settled, unsettled };
