import sipua from './index.js';

export const {
    Account, Agent, AskKind, Audio, AudioFlags, Call, CallEndedError, Cause, ErrorCode, EventFlags, EventType, EventsLost,
    Headers, IncomingMessage, LogLevel, Media, Originator, RecordSide, ServerMode, SipError, SipuaError, SipuaEvent, Switch,
    UnknownEvent, events, features, options, parseUri, version, writeUri,
} = sipua;
export default sipua;
