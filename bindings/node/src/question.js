'use strict';

/** What a peer wants and a program decides: the part of all such questions that says where it came from. */
const asked = Base => class extends Base {
    #agent;
    #event;

    constructor(agent, event, ...more) {
        super(agent, ...more);
        this.#agent = agent;
        this.#event = event;
    }

    get _agent() {
        return this.#agent;
    }

    /** The event that brought it. */
    get event() {
        return this.#event;
    }

    get headers() {
        return this.#event.headers;
    }

    /** The account that it came for; null without one. */
    get account() {
        return this.#agent._object(this.#event.accountId) ?? null;
    }

    /** How long a decision may take, counted from its arrival. */
    get deadlineMs() {
        return this.#event.deadlineMs;
    }
};

/** One that is nothing else. */
const Question = asked(Object);

module.exports = { Question, asked };
