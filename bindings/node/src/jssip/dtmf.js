'use strict';

const { EventEmitter } = require('node:events');

const C = {
    MIN_DURATION: 70,
    MAX_DURATION: 6000,
    DEFAULT_DURATION: 100,
    MIN_INTER_TONE_GAP: 50,
    DEFAULT_INTER_TONE_GAP: 500,
};

/** One digit, sent or received. A sent one emits `succeeded` or `failed`. */
class DTMF extends EventEmitter {
    constructor(direction, tone, duration) {
        super();
        this.direction = direction;
        this.tone = tone;
        this.duration = duration;
    }
}

/** A received INFO. */
class Info extends EventEmitter {
    constructor(direction, contentType, body) {
        super();
        this.direction = direction;
        this.contentType = contentType;
        this.body = body;
    }
}

module.exports = { DTMF, Info, C };
