'use strict';

const raw = require('./load.js');
const { AskKind, Switch } = require('../generated/constants.js');
const { unlessGone } = require('./options.js');

const KINDS = { incoming_call: AskKind.CALL, message: AskKind.MESSAGE };
const opting = new Set(); // agents that have just begun to take calls or messages, until their stacks know

/** Tells an agent's stack whether the program takes calls and messages: as long as anybody listens for them. */
class Asking {
    #agent;
    #counts = { incoming_call: 0, message: 0 };

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

module.exports = { Asking, settled };
