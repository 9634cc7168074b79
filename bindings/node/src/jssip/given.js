'use strict';

const TEXTS = ['contentType', 'reason_phrase'];

/** The options of a call or message: what has the wrong shape is a TypeError that names it, as with targets and tones. */
function given(options) {
    if (typeof options !== 'object' || options === null) throw new TypeError(`Invalid options: ${options}`);
    const { extraHeaders, eventHandlers } = options;
    if (extraHeaders && !Array.isArray(extraHeaders)) throw new TypeError(`Invalid extraHeaders: ${extraHeaders}`);
    if (eventHandlers && typeof eventHandlers !== 'object') throw new TypeError(`Invalid eventHandlers: ${eventHandlers}`);
    for (const key of TEXTS) {
        if (options[key] && typeof options[key] !== 'string') throw new TypeError(`Invalid ${key}: ${options[key]}`);
    }
    return options;
}

module.exports = { given };
