'use strict';

const raw = require('./load.js');
const constants = require('../generated/constants.js');
const { CLASSES, ...events } = require('../generated/events.js');
const { Headers, SipuaEvent, UnknownEvent } = require('./event.js');
const { CallEndedError, EventsLost, SipError, SipuaError } = require('./errors.js');
const { Account } = require('./account.js');
const { Agent } = require('./agent.js');
const { Audio } = require('./audio.js');
const { Call } = require('./call.js');
const { IncomingMessage } = require('./message.js');
const { options, parseUri, writeUri } = require('./library.js');

const { AskKind, AudioFlags, Cause, ErrorCode, EventFlags, EventType, LogLevel, Media, Originator, RecordSide, ServerMode, Switch } = constants;

module.exports = {
    Account, Agent, AskKind, Audio, AudioFlags, Call, CallEndedError, Cause, ErrorCode, EventFlags, EventType, EventsLost,
    Headers, IncomingMessage, LogLevel, Media, Originator, RecordSide, ServerMode, SipError, SipuaError, SipuaEvent, Switch,
    UnknownEvent, events, features: new Set(raw.features().split(' ')), options, parseUri, version: raw.version(), writeUri,
};
