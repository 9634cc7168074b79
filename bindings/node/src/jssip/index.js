'use strict';

// What JsSIP exports, under the same names.

const C = require('./constants.js');
const debug = require('./debug.js');
const { version } = require('../../package.json');

module.exports = {
    C,
    Exceptions: require('./exceptions.js'),
    Utils: require('./utils.js'),
    UA: require('./ua.js').UA,
    URI: require('./uri.js').URI,
    NameAddrHeader: require('./name_addr.js').NameAddrHeader,
    WebSocketInterface: require('./socket.js').WebSocketInterface,
    Grammar: require('./grammar.js'),
    RTCSession: require('./session.js').RTCSession,
    debug,
    name: 'JsSIP (libsipua)',
    version,
};
