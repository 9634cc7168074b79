import sipua from './index.js';

export const {
    Account, Agent, AskKind, Audio, AudioFlags, Bridge, Call, CallEndedError, Cause, ChangeMethod, ChangeRequest, ComposingState,
    Conference, ConferenceInfo, CpimMessage, DeliveryNotification, DialogInfo, Disposition, Document, ErrorCode, EventFlags, EventType,
    EventsLost, Headers, IncomingMessage, LogLevel, Media, MessageSummary, Notifier, Originator, Presence, Publication, RecordSide,
    RegistrationInfo, ServerMode, SipError, SipFragment, SipuaError, SipuaEvent, Subscription, Switch, Transfer, TransferRequest,
    UnknownEvent, documents, events, features, options, parseUri, version, writeUri,
} = sipua;
export default sipua;
