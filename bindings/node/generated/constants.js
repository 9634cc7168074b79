// Written by abi/gen/generate from sipua.h. Do not edit.
'use strict';

const ErrorCode = Object.freeze({
    OK: 0,
    INVALID: -1,
    NOMEM: -2,
    CLOSED: -3,
    GONE: -4,
    KIND: -5,
    STATE: -6,
    VERSION: -7,
    FORKED: -8,
    BUSY: -9,
    INTERRUPTED: -10,
    CANCELED: -11,
    TIMEOUT: -12,
    EOF: -13,
    FULL: -14,
    LIMIT: -15,
    UNSUPPORTED: -16,
    URI: -17,
    HEADER: -18,
    ADDRESS: -19,
    IN_USE: -20,
    IO: -21,
    NOT_FOUND: -22,
    FORMAT: -23,
    DNS: -24,
    TRANSPORT: -25,
    PROTOCOL: -26,
    AUTH: -27,
    MEDIA: -28,
    PERMISSION: -29,
    INTERNAL: -30,
    TLS: -31,
});

const Cause = Object.freeze({
    NONE: '',
    TERMINATED: 'Terminated',
    CANCELED: 'Canceled',
    BUSY: 'Busy',
    REJECTED: 'Rejected',
    REDIRECTED: 'Redirected',
    UNAVAILABLE: 'Unavailable',
    NOT_FOUND: 'Not Found',
    ADDRESS_INCOMPLETE: 'Address Incomplete',
    INCOMPATIBLE_SDP: 'Incompatible SDP',
    MISSING_SDP: 'Missing SDP',
    BAD_MEDIA: 'Bad Media Description',
    AUTHENTICATION: 'Authentication Error',
    NO_ANSWER: 'No Answer',
    NO_ACK: 'No ACK',
    EXPIRES: 'Expires',
    DIALOG_ERROR: 'Dialog Error',
    REQUEST_TIMEOUT: 'Request Timeout',
    CONNECTION_ERROR: 'Connection Error',
    RTP_TIMEOUT: 'RTP Timeout',
    SIP_FAILURE_CODE: 'SIP Failure Code',
    INTERNAL_ERROR: 'Internal Error',
    OVERLOAD: 'Overload',
    REPLACED: 'Replaced',
    TRANSFERRED: 'Transferred',
    TIME_LIMIT: 'Time Limit',
    SESSION_EXPIRED: 'Session Expired',
});

const CAUSEOF = { 0: '', 1: 'Terminated', 2: 'Canceled', 3: 'Busy', 4: 'Rejected', 5: 'Redirected', 6: 'Unavailable', 7: 'Not Found', 8: 'Address Incomplete', 9: 'Incompatible SDP', 10: 'Missing SDP', 11: 'Bad Media Description', 12: 'Authentication Error', 13: 'No Answer', 14: 'No ACK', 15: 'Expires', 16: 'Dialog Error', 17: 'Request Timeout', 18: 'Connection Error', 19: 'RTP Timeout', 20: 'SIP Failure Code', 21: 'Internal Error', 22: 'Overload', 23: 'Replaced', 24: 'Transferred', 25: 'Time Limit', 26: 'Session Expired' };
function causeOf(number) {
    return CAUSEOF[number] ?? `${number}`;
}

const Switch = Object.freeze({
    DEFAULT: 0,
    ON: 1,
    OFF: 2,
});

const Originator = Object.freeze({
    NONE: '',
    LOCAL: 'local',
    REMOTE: 'remote',
    SYSTEM: 'system',
});

const ORIGINATOROF = { 0: '', 1: 'local', 2: 'remote', 3: 'system' };
function originatorOf(number) {
    return ORIGINATOROF[number] ?? `${number}`;
}

const LogLevel = Object.freeze({
    DEFAULT: 0,
    NONE: -1,
    ERROR: 1,
    WARNING: 2,
    INFO: 3,
    DEBUG: 4,
});

const AskKind = Object.freeze({
    CALL: 1,
    MESSAGE: 2,
    CHANGE: 3,
    TRANSFER: 4,
    SUBSCRIBE: 5,
    REPLACE: 6,
    JOIN: 7,
});

const EventType = Object.freeze({
    LISTENING: 1,
    LISTENER_CLOSED: 2,
    TRANSPORT_CONNECTING: 3,
    TRANSPORT_CONNECTED: 4,
    TRANSPORT_DISCONNECTED: 5,
    NETWORK_CHANGED: 6,
    REGISTERED: 10,
    REGISTRATION_DEGRADED: 11,
    UNREGISTERED: 12,
    REGISTRATION_FAILED: 13,
    ACCOUNT_CLOSED: 14,
    PATH_QUALITY: 15,
    INCOMING_CALL: 20,
    CALL_SENDING: 21,
    CALL_PROGRESS: 22,
    CALL_ACCEPTED: 23,
    CALL_CONFIRMED: 24,
    CALL_ENDED: 25,
    CALL_HELD: 26,
    CALL_RESUMED: 27,
    CALL_UPDATED: 28,
    CALL_REDIRECTED: 29,
    DTMF: 30,
    INFO: 31,
    DTMF_SENT: 32,
    CALL_MOVED: 33,
    CALL_CHANGE_REQUESTED: 34,
    CALL_CHANGE_FAILED: 35,
    CALL_MUTED: 36,
    CALL_UNMUTED: 37,
    CALL_REPLACED: 38,
    REQUEST_ANSWERED: 39,
    MESSAGE: 40,
    MESSAGE_ANSWERED: 41,
    MESSAGE_DELIVERED: 42,
    MESSAGE_FAILED: 43,
    MESSAGE_COMPOSING: 44,
    MESSAGE_DISPOSITION: 45,
    OPTIONS: 50,
    OPTIONS_ANSWERED: 51,
    SUBSCRIBE_REQUESTED: 52,
    NOTIFY: 53,
    SUBSCRIPTION_STATE: 54,
    PUBLISH_STATE: 55,
    TRANSFER_REQUESTED: 56,
    TRANSFER_PROGRESS: 57,
    TRANSFER_DONE: 58,
    MEDIA_READY: 60,
    MEDIA_STALLED: 61,
    MEDIA_RESUMED: 62,
    MARK: 63,
    FLUSHED: 64,
    AUDIO_READY: 65,
    PLAY_DONE: 66,
    RECORD_DONE: 67,
    COLLECTED: 68,
    CONFERENCE_CHANGED: 70,
    CONFERENCE_ENDED: 71,
    BRIDGE_CHANGED: 72,
    BRIDGE_ENDED: 73,
    SERVER_BINDING: 80,
    SERVER_CLOSED: 81,
    STATS: 90,
    TRACE: 91,
    LOG: 92,
    OVERFLOW: 93,
    REPLY: 94,
    SHUTDOWN: 95,
    SUSPICIOUS: 96,
    DRAINED: 97,
});

const EventFlags = Object.freeze({
    REFRESH: 1,
    EARLY_MEDIA: 2,
    ESTABLISHED: 4,
    DEFAULT: 8,
    FLUSHED: 16,
    FINAL: 32,
    FOLLOWED: 64,
    HOLD: 128,
    RESUME: 256,
    OFFERLESS: 512,
    SEND: 1024,
    RECEIVE: 2048,
    JOIN: 4096,
    ADDED: 8192,
    WANTS_DELIVERED: 16384,
    WANTS_DISPLAYED: 32768,
    EARLY_ONLY: 65536,
    AUTO_ANSWER: 131072,
});

const Media = Object.freeze({
    DEFAULT: 0,
    RTP: 1,
    NONE: 2,
});

const RecordSide = Object.freeze({
    FAR: 0,
    NEAR: 1,
    STEREO: 2,
});

const ChangeMethod = Object.freeze({
    AUTO: 0,
    INVITE: 1,
    UPDATE: 2,
});

const AudioFlags = Object.freeze({
    CONCEALED: 1,
    SILENCE: 2,
});

const Disposition = Object.freeze({
    DELIVERED: 1,
    DISPLAYED: 2,
    PROCESSED: 4,
});

const ServerMode = Object.freeze({
    PROXY: 0,
    REDIRECT: 1,
});

module.exports = {
    ErrorCode,
    Cause,
    causeOf,
    Switch,
    Originator,
    originatorOf,
    LogLevel,
    AskKind,
    EventType,
    EventFlags,
    Media,
    RecordSide,
    ChangeMethod,
    AudioFlags,
    Disposition,
    ServerMode,
};
