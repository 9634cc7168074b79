// Written by abi/gen/generate from sipua.h. Do not edit.
'use strict';

const { SipuaEvent } = require('../src/event.js');
const { causeOf, originatorOf } = require('./constants.js');

const EMPTY = Buffer.alloc(0);

class Listening extends SipuaEvent {
    constructor(a) {
        super(a);
        this.transport = a[8] ?? '';
        this.host = a[9] ?? '';
        this.port = a[10];
    }
}
Listening.prototype.name = 'listening';

class ListenerClosed extends SipuaEvent {
    constructor(a) {
        super(a);
        this.code = a[8];
        this.text = a[9] ?? '';
    }
}
ListenerClosed.prototype.name = 'listener_closed';

class TransportConnecting extends SipuaEvent {
    constructor(a) {
        super(a);
        this.transport = a[8] ?? '';
        this.host = a[9] ?? '';
        this.port = a[10];
    }
}
TransportConnecting.prototype.name = 'transport_connecting';

class TransportConnected extends SipuaEvent {
    constructor(a) {
        super(a);
        this.transport = a[8] ?? '';
        this.host = a[9] ?? '';
        this.port = a[10];
    }
}
TransportConnected.prototype.name = 'transport_connected';

class TransportDisconnected extends SipuaEvent {
    constructor(a) {
        super(a);
        this.transport = a[8] ?? '';
        this.host = a[9] ?? '';
        this.port = a[10];
        this.code = a[11];
        this.text = a[12] ?? '';
        this.check = a[13] ?? '';
        this.names = a[14] ?? '';
    }
}
TransportDisconnected.prototype.name = 'transport_disconnected';

class NetworkChanged extends SipuaEvent {
    constructor(a) {
        super(a);
        this.originator = originatorOf(a[8]);
        this.text = a[9] ?? '';
    }
}
NetworkChanged.prototype.name = 'network_changed';

class Registered extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.expires = a[10];
        this.flags = a[11];
        this.transport = a[12] ?? '';
        this.host = a[13] ?? '';
        this.port = a[14];
        this.localHost = a[15] ?? '';
        this.localPort = a[16];
        this.pubGruu = a[17] ?? '';
        this.tempGruu = a[18] ?? '';
    }

    get refresh() {
        return (this.flags & 1) !== 0;
    }
}
Registered.prototype.name = 'registered';

class RegistrationDegraded extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.cause = causeOf(a[10]);
        this.code = a[11];
        this.text = a[12] ?? '';
        this.retryMs = a[13];
    }
}
RegistrationDegraded.prototype.name = 'registration_degraded';

class Unregistered extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.cause = causeOf(a[10]);
        this.code = a[11];
        this.text = a[12] ?? '';
    }
}
Unregistered.prototype.name = 'unregistered';

class RegistrationFailed extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.cause = causeOf(a[10]);
        this.code = a[11];
        this.text = a[12] ?? '';
        this.retryMs = a[13];
    }
}
RegistrationFailed.prototype.name = 'registration_failed';

class AccountClosed extends SipuaEvent {
}
AccountClosed.prototype.name = 'account_closed';

class IncomingCall extends SipuaEvent {
    constructor(a) {
        super(a);
        this.from = a[8] ?? '';
        this.fromName = a[9] ?? '';
        this.to = a[10] ?? '';
        this.toName = a[11] ?? '';
        this.target = a[12] ?? '';
        this.deadlineMs = a[13];
        this.defaultStatus = a[14];
        this.body = a[15] ?? EMPTY;
        this.contentType = a[16] ?? '';
    }
}
IncomingCall.prototype.name = 'incoming_call';

class CallSending extends SipuaEvent {
    constructor(a) {
        super(a);
        this.from = a[8] ?? '';
        this.to = a[9] ?? '';
        this.target = a[10] ?? '';
    }
}
CallSending.prototype.name = 'call_sending';

class CallProgress extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.flags = a[10];
        this.originator = originatorOf(a[11]);
        this.body = a[12] ?? EMPTY;
        this.contentType = a[13] ?? '';
    }

    get earlyMedia() {
        return (this.flags & 2) !== 0;
    }
}
CallProgress.prototype.name = 'call_progress';

class CallAccepted extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.originator = originatorOf(a[10]);
        this.from = a[11] ?? '';
        this.to = a[12] ?? '';
        this.body = a[13] ?? EMPTY;
        this.contentType = a[14] ?? '';
    }
}
CallAccepted.prototype.name = 'call_accepted';

class CallConfirmed extends SipuaEvent {
    constructor(a) {
        super(a);
        this.originator = originatorOf(a[8]);
    }
}
CallConfirmed.prototype.name = 'call_confirmed';

class CallEnded extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.cause = causeOf(a[10]);
        this.code = a[11];
        this.text = a[12] ?? '';
        this.q850 = a[13];
        this.originator = originatorOf(a[14]);
        this.flags = a[15];
        this.durationMs = a[16];
    }

    get established() {
        return (this.flags & 4) !== 0;
    }
}
CallEnded.prototype.name = 'call_ended';

class CallHeld extends SipuaEvent {
    constructor(a) {
        super(a);
        this.originator = originatorOf(a[8]);
    }
}
CallHeld.prototype.name = 'call_held';

class CallResumed extends SipuaEvent {
    constructor(a) {
        super(a);
        this.originator = originatorOf(a[8]);
    }
}
CallResumed.prototype.name = 'call_resumed';

class CallUpdated extends SipuaEvent {
    constructor(a) {
        super(a);
        this.originator = originatorOf(a[8]);
        this.codec = a[9] ?? '';
    }
}
CallUpdated.prototype.name = 'call_updated';

class CallRedirected extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.target = a[10] ?? '';
    }
}
CallRedirected.prototype.name = 'call_redirected';

class Dtmf extends SipuaEvent {
    constructor(a) {
        super(a);
        this.digit = a[8] ? String.fromCharCode(a[8]) : '';
        this.durationMs = a[9];
    }
}
Dtmf.prototype.name = 'dtmf';

class Info extends SipuaEvent {
    constructor(a) {
        super(a);
        this.body = a[8] ?? EMPTY;
        this.contentType = a[9] ?? '';
    }
}
Info.prototype.name = 'info';

class DtmfSent extends SipuaEvent {
    constructor(a) {
        super(a);
        this.code = a[8];
        this.text = a[9] ?? '';
    }
}
DtmfSent.prototype.name = 'dtmf_sent';

class CallMoved extends SipuaEvent {
    constructor(a) {
        super(a);
        this.localHost = a[8] ?? '';
        this.localPort = a[9];
        this.status = a[10];
        this.reason = a[11] ?? '';
        this.code = a[12];
        this.text = a[13] ?? '';
    }
}
CallMoved.prototype.name = 'call_moved';

class Message extends SipuaEvent {
    constructor(a) {
        super(a);
        this.from = a[8] ?? '';
        this.fromName = a[9] ?? '';
        this.to = a[10] ?? '';
        this.toName = a[11] ?? '';
        this.target = a[12] ?? '';
        this.deadlineMs = a[13];
        this.defaultStatus = a[14];
        this.body = a[15] ?? EMPTY;
        this.contentType = a[16] ?? '';
    }
}
Message.prototype.name = 'message';

class MessageAnswered extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.flags = a[9];
    }

    get byDefault() {
        return (this.flags & 8) !== 0;
    }
}
MessageAnswered.prototype.name = 'message_answered';

class MessageDelivered extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
    }
}
MessageDelivered.prototype.name = 'message_delivered';

class MessageFailed extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.cause = causeOf(a[10]);
        this.code = a[11];
        this.text = a[12] ?? '';
    }
}
MessageFailed.prototype.name = 'message_failed';

class Options extends SipuaEvent {
    constructor(a) {
        super(a);
        this.from = a[8] ?? '';
        this.to = a[9] ?? '';
    }
}
Options.prototype.name = 'options';

class OptionsAnswered extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.cause = causeOf(a[10]);
        this.code = a[11];
        this.text = a[12] ?? '';
        this.durationMs = a[13];
        this.body = a[14] ?? EMPTY;
        this.contentType = a[15] ?? '';
    }
}
OptionsAnswered.prototype.name = 'options_answered';

class MediaReady extends SipuaEvent {
    constructor(a) {
        super(a);
        this.codec = a[8] ?? '';
        this.rate = a[9];
        this.host = a[10] ?? '';
        this.port = a[11];
        this.flags = a[12];
    }

    get earlyMedia() {
        return (this.flags & 2) !== 0;
    }
}
MediaReady.prototype.name = 'media_ready';

class MediaStalled extends SipuaEvent {
    constructor(a) {
        super(a);
        this.durationMs = a[8];
    }
}
MediaStalled.prototype.name = 'media_stalled';

class MediaResumed extends SipuaEvent {
}
MediaResumed.prototype.name = 'media_resumed';

class Mark extends SipuaEvent {
    constructor(a) {
        super(a);
        this.mark = a[8];
        this.flags = a[9];
        this.playedMs = a[10];
    }

    get flushed() {
        return (this.flags & 16) !== 0;
    }
}
Mark.prototype.name = 'mark';

class Flushed extends SipuaEvent {
    constructor(a) {
        super(a);
        this.segment = a[8];
        this.playedMs = a[9];
        this.discardedMs = a[10];
    }
}
Flushed.prototype.name = 'flushed';

class AudioReady extends SipuaEvent {
}
AudioReady.prototype.name = 'audio_ready';

class PlayDone extends SipuaEvent {
    constructor(a) {
        super(a);
        this.code = a[8];
        this.text = a[9] ?? '';
        this.durationMs = a[10];
        this.flags = a[11];
    }

    get flushed() {
        return (this.flags & 16) !== 0;
    }
}
PlayDone.prototype.name = 'play_done';

class RecordDone extends SipuaEvent {
    constructor(a) {
        super(a);
        this.code = a[8];
        this.text = a[9] ?? '';
        this.durationMs = a[10];
        this.target = a[11] ?? '';
    }
}
RecordDone.prototype.name = 'record_done';

class ServerBinding extends SipuaEvent {
    constructor(a) {
        super(a);
        this.from = a[8] ?? '';
        this.target = a[9] ?? '';
        this.expires = a[10];
    }
}
ServerBinding.prototype.name = 'server_binding';

class ServerClosed extends SipuaEvent {
}
ServerClosed.prototype.name = 'server_closed';

class Stats extends SipuaEvent {
    constructor(a) {
        super(a);
        this.flags = a[8];
    }
}
Stats.prototype.name = 'stats';

class Trace extends SipuaEvent {
    constructor(a) {
        super(a);
        this.originator = originatorOf(a[8]);
        this.transport = a[9] ?? '';
        this.host = a[10] ?? '';
        this.port = a[11];
        this.body = a[12] ?? EMPTY;
    }
}
Trace.prototype.name = 'trace';

class Log extends SipuaEvent {
    constructor(a) {
        super(a);
        this.level = a[8];
        this.module = a[9] ?? '';
        this.text = a[10] ?? '';
    }
}
Log.prototype.name = 'log';

class Overflow extends SipuaEvent {
    constructor(a) {
        super(a);
        this.count = a[8];
        this.text = a[9] ?? '';
    }
}
Overflow.prototype.name = 'overflow';

class Reply extends SipuaEvent {
    constructor(a) {
        super(a);
        this.code = a[8];
        this.text = a[9] ?? '';
    }
}
Reply.prototype.name = 'reply';

class Shutdown extends SipuaEvent {
}
Shutdown.prototype.name = 'shutdown';

class Suspicious extends SipuaEvent {
    constructor(a) {
        super(a);
        this.host = a[8] ?? '';
        this.port = a[9];
        this.count = a[10];
        this.text = a[11] ?? '';
    }
}
Suspicious.prototype.name = 'suspicious';

// What each number is.
const CLASSES = [];
CLASSES[1] = Listening;
CLASSES[2] = ListenerClosed;
CLASSES[3] = TransportConnecting;
CLASSES[4] = TransportConnected;
CLASSES[5] = TransportDisconnected;
CLASSES[6] = NetworkChanged;
CLASSES[10] = Registered;
CLASSES[11] = RegistrationDegraded;
CLASSES[12] = Unregistered;
CLASSES[13] = RegistrationFailed;
CLASSES[14] = AccountClosed;
CLASSES[20] = IncomingCall;
CLASSES[21] = CallSending;
CLASSES[22] = CallProgress;
CLASSES[23] = CallAccepted;
CLASSES[24] = CallConfirmed;
CLASSES[25] = CallEnded;
CLASSES[26] = CallHeld;
CLASSES[27] = CallResumed;
CLASSES[28] = CallUpdated;
CLASSES[29] = CallRedirected;
CLASSES[30] = Dtmf;
CLASSES[31] = Info;
CLASSES[32] = DtmfSent;
CLASSES[33] = CallMoved;
CLASSES[40] = Message;
CLASSES[41] = MessageAnswered;
CLASSES[42] = MessageDelivered;
CLASSES[43] = MessageFailed;
CLASSES[50] = Options;
CLASSES[51] = OptionsAnswered;
CLASSES[60] = MediaReady;
CLASSES[61] = MediaStalled;
CLASSES[62] = MediaResumed;
CLASSES[63] = Mark;
CLASSES[64] = Flushed;
CLASSES[65] = AudioReady;
CLASSES[66] = PlayDone;
CLASSES[67] = RecordDone;
CLASSES[80] = ServerBinding;
CLASSES[81] = ServerClosed;
CLASSES[90] = Stats;
CLASSES[91] = Trace;
CLASSES[92] = Log;
CLASSES[93] = Overflow;
CLASSES[94] = Reply;
CLASSES[95] = Shutdown;
CLASSES[96] = Suspicious;

module.exports = {
    CLASSES,
    Listening,
    ListenerClosed,
    TransportConnecting,
    TransportConnected,
    TransportDisconnected,
    NetworkChanged,
    Registered,
    RegistrationDegraded,
    Unregistered,
    RegistrationFailed,
    AccountClosed,
    IncomingCall,
    CallSending,
    CallProgress,
    CallAccepted,
    CallConfirmed,
    CallEnded,
    CallHeld,
    CallResumed,
    CallUpdated,
    CallRedirected,
    Dtmf,
    Info,
    DtmfSent,
    CallMoved,
    Message,
    MessageAnswered,
    MessageDelivered,
    MessageFailed,
    Options,
    OptionsAnswered,
    MediaReady,
    MediaStalled,
    MediaResumed,
    Mark,
    Flushed,
    AudioReady,
    PlayDone,
    RecordDone,
    ServerBinding,
    ServerClosed,
    Stats,
    Trace,
    Log,
    Overflow,
    Reply,
    Shutdown,
    Suspicious,
};
