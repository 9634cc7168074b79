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

class PathQuality extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.code = a[10];
        this.text = a[11] ?? '';
        this.durationMs = a[12];
        this.count = a[13];
    }
}
PathQuality.prototype.name = 'path_quality';

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
        this.other = a[17];
        this.flags = a[18];
        this.identity = a[19] ?? '';
        this.identityName = a[20] ?? '';
        this.diversion = a[21] ?? '';
        this.referredBy = a[22] ?? '';
        this.replaces = a[23] ?? '';
        this.privacy = a[24] ?? '';
        this.answerAfterS = a[25];
        this.dialog = a[26] ?? '';
    }

    get join() {
        return (this.flags & 4096) !== 0;
    }

    get earlyOnly() {
        return (this.flags & 65536) !== 0;
    }

    get autoAnswer() {
        return (this.flags & 131072) !== 0;
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
        this.identity = a[14] ?? '';
        this.identityName = a[15] ?? '';
        this.dialog = a[16] ?? '';
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
        this.identity = a[15] ?? '';
        this.identityName = a[16] ?? '';
        this.dialog = a[17] ?? '';
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
        this.other = a[17];
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
        this.body = a[9] ?? EMPTY;
        this.contentType = a[10] ?? '';
    }
}
CallHeld.prototype.name = 'call_held';

class CallResumed extends SipuaEvent {
    constructor(a) {
        super(a);
        this.originator = originatorOf(a[8]);
        this.body = a[9] ?? EMPTY;
        this.contentType = a[10] ?? '';
    }
}
CallResumed.prototype.name = 'call_resumed';

class CallUpdated extends SipuaEvent {
    constructor(a) {
        super(a);
        this.originator = originatorOf(a[8]);
        this.codec = a[9] ?? '';
        this.body = a[10] ?? EMPTY;
        this.contentType = a[11] ?? '';
    }
}
CallUpdated.prototype.name = 'call_updated';

class CallRedirected extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.target = a[10] ?? '';
        this.flags = a[11];
    }

    get followed() {
        return (this.flags & 64) !== 0;
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
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.code = a[10];
        this.text = a[11] ?? '';
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

class CallChangeRequested extends SipuaEvent {
    constructor(a) {
        super(a);
        this.deadlineMs = a[8];
        this.defaultStatus = a[9];
        this.flags = a[10];
        this.body = a[11] ?? EMPTY;
        this.contentType = a[12] ?? '';
    }

    get hold() {
        return (this.flags & 128) !== 0;
    }

    get resume() {
        return (this.flags & 256) !== 0;
    }

    get offerless() {
        return (this.flags & 512) !== 0;
    }
}
CallChangeRequested.prototype.name = 'call_change_requested';

class CallChangeFailed extends SipuaEvent {
    constructor(a) {
        super(a);
        this.originator = originatorOf(a[8]);
        this.status = a[9];
        this.reason = a[10] ?? '';
        this.cause = causeOf(a[11]);
        this.code = a[12];
        this.text = a[13] ?? '';
        this.flags = a[14];
    }

    get byDefault() {
        return (this.flags & 8) !== 0;
    }
}
CallChangeFailed.prototype.name = 'call_change_failed';

class CallMuted extends SipuaEvent {
    constructor(a) {
        super(a);
        this.flags = a[8];
    }

    get send() {
        return (this.flags & 1024) !== 0;
    }

    get receive() {
        return (this.flags & 2048) !== 0;
    }
}
CallMuted.prototype.name = 'call_muted';

class CallUnmuted extends SipuaEvent {
    constructor(a) {
        super(a);
        this.flags = a[8];
    }

    get send() {
        return (this.flags & 1024) !== 0;
    }

    get receive() {
        return (this.flags & 2048) !== 0;
    }
}
CallUnmuted.prototype.name = 'call_unmuted';

class CallReplaced extends SipuaEvent {
    constructor(a) {
        super(a);
        this.other = a[8];
        this.from = a[9] ?? '';
        this.fromName = a[10] ?? '';
        this.to = a[11] ?? '';
        this.toName = a[12] ?? '';
        this.target = a[13] ?? '';
        this.identity = a[14] ?? '';
        this.identityName = a[15] ?? '';
        this.body = a[16] ?? EMPTY;
        this.contentType = a[17] ?? '';
        this.dialog = a[18] ?? '';
    }
}
CallReplaced.prototype.name = 'call_replaced';

class RequestAnswered extends SipuaEvent {
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
RequestAnswered.prototype.name = 'request_answered';

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
        this.messageId = a[17] ?? '';
        this.flags = a[18];
    }

    get wantsDelivered() {
        return (this.flags & 16384) !== 0;
    }

    get wantsDisplayed() {
        return (this.flags & 32768) !== 0;
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
        this.messageId = a[10] ?? '';
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
        this.messageId = a[13] ?? '';
    }
}
MessageFailed.prototype.name = 'message_failed';

class MessageComposing extends SipuaEvent {
    constructor(a) {
        super(a);
        this.from = a[8] ?? '';
        this.fromName = a[9] ?? '';
        this.state = a[10] ?? '';
        this.expires = a[11];
    }
}
MessageComposing.prototype.name = 'message_composing';

class MessageDisposition extends SipuaEvent {
    constructor(a) {
        super(a);
        this.from = a[8] ?? '';
        this.messageId = a[9] ?? '';
        this.state = a[10] ?? '';
        this.status = a[11];
    }
}
MessageDisposition.prototype.name = 'message_disposition';

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

class SubscribeRequested extends SipuaEvent {
    constructor(a) {
        super(a);
        this.from = a[8] ?? '';
        this.fromName = a[9] ?? '';
        this.to = a[10] ?? '';
        this.toName = a[11] ?? '';
        this.target = a[12] ?? '';
        this.package = a[13] ?? '';
        this.expires = a[14];
        this.deadlineMs = a[15];
        this.defaultStatus = a[16];
        this.body = a[17] ?? EMPTY;
        this.contentType = a[18] ?? '';
    }
}
SubscribeRequested.prototype.name = 'subscribe_requested';

class Notify extends SipuaEvent {
    constructor(a) {
        super(a);
        this.from = a[8] ?? '';
        this.package = a[9] ?? '';
        this.state = a[10] ?? '';
        this.expires = a[11];
        this.fork = a[12];
        this.flags = a[13];
        this.body = a[14] ?? EMPTY;
        this.contentType = a[15] ?? '';
    }
}
Notify.prototype.name = 'notify';

class SubscriptionState extends SipuaEvent {
    constructor(a) {
        super(a);
        this.package = a[8] ?? '';
        this.state = a[9] ?? '';
        this.status = a[10];
        this.reason = a[11] ?? '';
        this.code = a[12];
        this.text = a[13] ?? '';
        this.expires = a[14];
        this.retryMs = a[15];
        this.flags = a[16];
    }

    get refresh() {
        return (this.flags & 1) !== 0;
    }
}
SubscriptionState.prototype.name = 'subscription_state';

class PublishState extends SipuaEvent {
    constructor(a) {
        super(a);
        this.package = a[8] ?? '';
        this.state = a[9] ?? '';
        this.status = a[10];
        this.reason = a[11] ?? '';
        this.cause = causeOf(a[12]);
        this.code = a[13];
        this.text = a[14] ?? '';
        this.expires = a[15];
        this.retryMs = a[16];
        this.flags = a[17];
    }

    get refresh() {
        return (this.flags & 1) !== 0;
    }
}
PublishState.prototype.name = 'publish_state';

class TransferRequested extends SipuaEvent {
    constructor(a) {
        super(a);
        this.target = a[8] ?? '';
        this.from = a[9] ?? '';
        this.fromName = a[10] ?? '';
        this.referredBy = a[11] ?? '';
        this.replaces = a[12] ?? '';
        this.flags = a[13];
        this.deadlineMs = a[14];
        this.defaultStatus = a[15];
    }

    get join() {
        return (this.flags & 4096) !== 0;
    }
}
TransferRequested.prototype.name = 'transfer_requested';

class TransferProgress extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
    }
}
TransferProgress.prototype.name = 'transfer_progress';

class TransferDone extends SipuaEvent {
    constructor(a) {
        super(a);
        this.status = a[8];
        this.reason = a[9] ?? '';
        this.cause = causeOf(a[10]);
        this.code = a[11];
        this.text = a[12] ?? '';
    }
}
TransferDone.prototype.name = 'transfer_done';

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
        this.flags = a[9];
    }

    get earlyMedia() {
        return (this.flags & 2) !== 0;
    }
}
MediaStalled.prototype.name = 'media_stalled';

class MediaResumed extends SipuaEvent {
    constructor(a) {
        super(a);
        this.flags = a[8];
    }

    get earlyMedia() {
        return (this.flags & 2) !== 0;
    }
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

class Collected extends SipuaEvent {
    constructor(a) {
        super(a);
        this.digits = a[8] ?? '';
        this.state = a[9] ?? '';
        this.durationMs = a[10];
    }
}
Collected.prototype.name = 'collected';

class ConferenceChanged extends SipuaEvent {
    constructor(a) {
        super(a);
        this.other = a[8];
        this.count = a[9];
        this.flags = a[10];
    }

    get added() {
        return (this.flags & 8192) !== 0;
    }
}
ConferenceChanged.prototype.name = 'conference_changed';

class ConferenceEnded extends SipuaEvent {
    constructor(a) {
        super(a);
        this.code = a[8];
        this.text = a[9] ?? '';
        this.durationMs = a[10];
    }
}
ConferenceEnded.prototype.name = 'conference_ended';

class BridgeChanged extends SipuaEvent {
    constructor(a) {
        super(a);
        this.state = a[8] ?? '';
        this.codec = a[9] ?? '';
    }
}
BridgeChanged.prototype.name = 'bridge_changed';

class BridgeEnded extends SipuaEvent {
    constructor(a) {
        super(a);
        this.code = a[8];
        this.text = a[9] ?? '';
        this.durationMs = a[10];
    }
}
BridgeEnded.prototype.name = 'bridge_ended';

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

class Drained extends SipuaEvent {
}
Drained.prototype.name = 'drained';

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
CLASSES[15] = PathQuality;
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
CLASSES[34] = CallChangeRequested;
CLASSES[35] = CallChangeFailed;
CLASSES[36] = CallMuted;
CLASSES[37] = CallUnmuted;
CLASSES[38] = CallReplaced;
CLASSES[39] = RequestAnswered;
CLASSES[40] = Message;
CLASSES[41] = MessageAnswered;
CLASSES[42] = MessageDelivered;
CLASSES[43] = MessageFailed;
CLASSES[44] = MessageComposing;
CLASSES[45] = MessageDisposition;
CLASSES[50] = Options;
CLASSES[51] = OptionsAnswered;
CLASSES[52] = SubscribeRequested;
CLASSES[53] = Notify;
CLASSES[54] = SubscriptionState;
CLASSES[55] = PublishState;
CLASSES[56] = TransferRequested;
CLASSES[57] = TransferProgress;
CLASSES[58] = TransferDone;
CLASSES[60] = MediaReady;
CLASSES[61] = MediaStalled;
CLASSES[62] = MediaResumed;
CLASSES[63] = Mark;
CLASSES[64] = Flushed;
CLASSES[65] = AudioReady;
CLASSES[66] = PlayDone;
CLASSES[67] = RecordDone;
CLASSES[68] = Collected;
CLASSES[70] = ConferenceChanged;
CLASSES[71] = ConferenceEnded;
CLASSES[72] = BridgeChanged;
CLASSES[73] = BridgeEnded;
CLASSES[80] = ServerBinding;
CLASSES[81] = ServerClosed;
CLASSES[90] = Stats;
CLASSES[91] = Trace;
CLASSES[92] = Log;
CLASSES[93] = Overflow;
CLASSES[94] = Reply;
CLASSES[95] = Shutdown;
CLASSES[96] = Suspicious;
CLASSES[97] = Drained;

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
    PathQuality,
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
    CallChangeRequested,
    CallChangeFailed,
    CallMuted,
    CallUnmuted,
    CallReplaced,
    RequestAnswered,
    Message,
    MessageAnswered,
    MessageDelivered,
    MessageFailed,
    MessageComposing,
    MessageDisposition,
    Options,
    OptionsAnswered,
    SubscribeRequested,
    Notify,
    SubscriptionState,
    PublishState,
    TransferRequested,
    TransferProgress,
    TransferDone,
    MediaReady,
    MediaStalled,
    MediaResumed,
    Mark,
    Flushed,
    AudioReady,
    PlayDone,
    RecordDone,
    Collected,
    ConferenceChanged,
    ConferenceEnded,
    BridgeChanged,
    BridgeEnded,
    ServerBinding,
    ServerClosed,
    Stats,
    Trace,
    Log,
    Overflow,
    Reply,
    Shutdown,
    Suspicious,
    Drained,
};
