'use strict';

// Loggers by JsSIP's namespaces: JsSIP:UA, JsSIP:WARN:UA, JsSIP:ERROR:UA.

const createDebug = require('./debug.js');

function logger(name) {
    return {
        debug: createDebug(`JsSIP:${name}`),
        warn: createDebug(`JsSIP:WARN:${name}`),
        error: createDebug(`JsSIP:ERROR:${name}`),
    };
}

const said = new Set();

/** Says something once in a process: what is taken for compatibility and has no effect. */
function warnOnce(log, key, text) {
    if (said.has(key)) return;
    said.add(key);
    log.warn(text);
}

module.exports = { logger, warnOnce };
