'use strict';

// JsSIP's constants: the names and strings that programs compare with.

const { STATUS_CODES } = require('./status_codes.js');

const causes = {
    CONNECTION_ERROR: 'Connection Error',
    REQUEST_TIMEOUT: 'Request Timeout',
    SIP_FAILURE_CODE: 'SIP Failure Code',
    INTERNAL_ERROR: 'Internal Error',
    BUSY: 'Busy',
    REJECTED: 'Rejected',
    REDIRECTED: 'Redirected',
    UNAVAILABLE: 'Unavailable',
    NOT_FOUND: 'Not Found',
    ADDRESS_INCOMPLETE: 'Address Incomplete',
    INCOMPATIBLE_SDP: 'Incompatible SDP',
    MISSING_SDP: 'Missing SDP',
    AUTHENTICATION_ERROR: 'Authentication Error',
    BYE: 'Terminated',
    WEBRTC_ERROR: 'WebRTC Error',
    CANCELED: 'Canceled',
    NO_ANSWER: 'No Answer',
    EXPIRES: 'Expires',
    NO_ACK: 'No ACK',
    DIALOG_ERROR: 'Dialog Error',
    USER_DENIED_MEDIA_ACCESS: 'User Denied Media Access',
    BAD_MEDIA_DESCRIPTION: 'Bad Media Description',
    RTP_TIMEOUT: 'RTP Timeout',
};

const methods = {};
for (const method of [
    'ACK',
    'BYE',
    'CANCEL',
    'INFO',
    'INVITE',
    'MESSAGE',
    'NOTIFY',
    'OPTIONS',
    'REGISTER',
    'REFER',
    'UPDATE',
    'SUBSCRIBE',
])
    methods[method] = method;

module.exports = {
    USER_AGENT: `libsipua/${require('../../package.json').version}`,
    SIP: 'sip',
    SIPS: 'sips',
    causes,
    SIP_ERROR_CAUSES: {
        REDIRECTED: [300, 301, 302, 305, 380],
        BUSY: [486, 600],
        REJECTED: [403, 603],
        NOT_FOUND: [404, 604],
        UNAVAILABLE: [480, 410, 408, 430],
        ADDRESS_INCOMPLETE: [484, 424],
        INCOMPATIBLE_SDP: [488, 606],
        AUTHENTICATION_ERROR: [401, 407],
    },
    ...methods,
    DTMF_TRANSPORT: { INFO: 'INFO', RFC2833: 'RFC2833' },
    REASON_PHRASE: STATUS_CODES,
    ALLOWED_METHODS: 'INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE,OPTIONS,INFO',
    ACCEPTED_BODY_TYPES: 'application/sdp, application/dtmf-relay',
    MAX_FORWARDS: 69,
    SESSION_EXPIRES: 90,
    MIN_SESSION_EXPIRES: 60,
    CONNECTION_RECOVERY_MAX_INTERVAL: 30,
    CONNECTION_RECOVERY_MIN_INTERVAL: 2,
};
