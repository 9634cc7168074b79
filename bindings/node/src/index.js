'use strict';

const raw = require('./load.js');
const constants = require('../generated/constants.js');
const { CLASSES, ...events } = require('../generated/events.js');
const documents = require('../generated/documents.js');
const { Document } = require('./document.js');
const { Headers, SipuaEvent, UnknownEvent } = require('./event.js');
const { CallEndedError, EventsLost, SipError, SipuaError } = require('./errors.js');
const { Account } = require('./account.js');
const { Agent } = require('./agent.js');
const { Audio } = require('./audio.js');
const { Call } = require('./call.js');
const { ChangeRequest } = require('./control.js');
const { IncomingMessage } = require('./message.js');
const { Notifier, Publication, Subscription } = require('./subscription.js');
const { Bridge, Conference } = require('./together.js');
const { TransferRequest } = require('./transfer.js');
const { Transfer } = require('./worker.js');
const { options, parseUri, writeUri } = require('./library.js');

const {
    AskKind, AudioFlags, Cause, ChangeMethod, Disposition, ErrorCode, EventFlags, EventType, LogLevel, Media, Originator, RecordSide,
    ServerMode, Switch,
} = constants;

module.exports = {
    Account, Agent, AskKind, Audio, AudioFlags, Bridge, Call, CallEndedError, Cause, ChangeMethod, ChangeRequest, Conference,
    Disposition, Document, ErrorCode, EventFlags, EventType, EventsLost, Headers, IncomingMessage, LogLevel, Media, Notifier,
    Originator, Publication, RecordSide, ServerMode, SipError, SipuaError, SipuaEvent, Subscription, Switch, Transfer,
    TransferRequest, UnknownEvent, ...documents, documents, events, features: new Set(raw.features().split(' ')), options, parseUri,
    version: raw.version(), writeUri,
};
