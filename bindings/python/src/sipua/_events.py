# Written by abi/gen/generate from sipua.h. Do not edit.
"""The events, one dataclass each. Their names are those of every language: call_ended is CallEnded."""

from __future__ import annotations

import dataclasses
import typing

from ._enums import *
from ._enums import cause_of, originator_of
from ._errors import SipError
from ._event import Event, read_figures_when_asked, read_when_asked
from ._native import ffi, lib

__all__ = [
    "AccountClosed",
    "AgentStats",
    "AudioReady",
    "BridgeChanged",
    "BridgeEnded",
    "CallAccepted",
    "CallChangeFailed",
    "CallChangeRequested",
    "CallConfirmed",
    "CallEnded",
    "CallHeld",
    "CallMoved",
    "CallMuted",
    "CallProgress",
    "CallRedirected",
    "CallReplaced",
    "CallResumed",
    "CallSending",
    "CallStats",
    "CallUnmuted",
    "CallUpdated",
    "Collected",
    "ConferenceChanged",
    "ConferenceEnded",
    "Drained",
    "Dtmf",
    "DtmfSent",
    "Flushed",
    "IncomingCall",
    "Info",
    "ListenerClosed",
    "Listening",
    "Log",
    "Mark",
    "MediaReady",
    "MediaResumed",
    "MediaStalled",
    "Message",
    "MessageAnswered",
    "MessageComposing",
    "MessageDelivered",
    "MessageDisposition",
    "MessageFailed",
    "NetworkChanged",
    "Notify",
    "Options",
    "OptionsAnswered",
    "Overflow",
    "PathQuality",
    "PlayDone",
    "PublishState",
    "RecordDone",
    "Registered",
    "RegistrationDegraded",
    "RegistrationFailed",
    "Reply",
    "RequestAnswered",
    "ServerBinding",
    "ServerClosed",
    "Shutdown",
    "Stats",
    "SubscribeRequested",
    "SubscriptionState",
    "Suspicious",
    "Trace",
    "TransferDone",
    "TransferProgress",
    "TransferRequested",
    "TransportConnected",
    "TransportConnecting",
    "TransportDisconnected",
    "Unregistered",
]


def _text(pointer: typing.Any) -> str:
    if not pointer:
        return ""
    text: str = ffi.string(pointer).decode("utf-8", "replace")
    return text


def _bytes(pointer: typing.Any, size: int) -> bytes:
    return bytes(ffi.buffer(pointer, size)) if size else b""


@dataclasses.dataclass(frozen=True)
class CallStats:
    """Figures of a call's media."""

    ptime_ms: int = 0
    duration_ms: int = 0  # since the answer
    packets_sent: int = 0
    bytes_sent: int = 0  # RTP payload
    packets_received: int = 0
    bytes_received: int = 0
    packets_lost: int = 0  # expected and never come
    packets_late: int = 0  # came after their time and were thrown away
    packets_duplicate: int = 0
    packets_reordered: int = 0
    packets_invalid: int = 0  # not RTP, from a stranger, or of an unknown payload type
    frames_concealed: int = 0  # 20 ms frames made up for lost or late ones
    underrun_ms: int = 0  # silence sent because the app's queue ran dry
    overrun_ms: int = 0  # received audio dropped because nobody read it
    remote_packets_lost: int = 0  # what the peer says it did not get
    jitter_us: int = 0  # RFC 3550 interarrival jitter of what we receive
    remote_jitter_us: int = 0  # the same, as the peer reports it
    rtt_us: int = 0  # round trip by RTCP; -1: not known
    jitter_buffer_ms: int = 0  # depth now
    queued_ms: int = 0  # app audio waiting to be sent
    codec: str = ""  # lives as long as the event
    remote_address: str = ""  # "192.0.2.7:40002", lives as long as the event


def read_call_stats(event: typing.Any) -> CallStats:
    """The figures behind a stats event of the library."""
    c = ffi.new("sipua_call_stats *")
    c.struct_size = ffi.sizeof("sipua_call_stats")
    lib.sipua_event_call_stats(event, c)
    figures = object.__new__(CallStats)  # without the frozen class's __init__, which takes longer than all else here
    figures.__dict__.update(
        ptime_ms=c.ptime_ms,
        duration_ms=c.duration_ms,
        packets_sent=c.packets_sent,
        bytes_sent=c.bytes_sent,
        packets_received=c.packets_received,
        bytes_received=c.bytes_received,
        packets_lost=c.packets_lost,
        packets_late=c.packets_late,
        packets_duplicate=c.packets_duplicate,
        packets_reordered=c.packets_reordered,
        packets_invalid=c.packets_invalid,
        frames_concealed=c.frames_concealed,
        underrun_ms=c.underrun_ms,
        overrun_ms=c.overrun_ms,
        remote_packets_lost=c.remote_packets_lost,
        jitter_us=c.jitter_us,
        remote_jitter_us=c.remote_jitter_us,
        rtt_us=c.rtt_us,
        jitter_buffer_ms=c.jitter_buffer_ms,
        queued_ms=c.queued_ms,
        codec=_text(c.codec),
        remote_address=_text(c.remote_address),
    )
    return figures


@dataclasses.dataclass(frozen=True)
class AgentStats:
    """Counters of the whole agent, since its creation unless `now`."""

    calls_now: int = 0
    calls_total: int = 0
    accounts_now: int = 0
    transactions_now: int = 0
    connections_now: int = 0
    messages_received: int = 0  # SIP messages of any kind
    messages_sent: int = 0
    retransmissions: int = 0  # sent by us
    malformed: int = 0  # answered with 400, or dropped
    refused: int = 0  # requests for nobody here, dropped or refused
    events_dropped: int = 0


def read_agent_counters(event: typing.Any) -> AgentStats:
    """The figures behind a stats event of the library."""
    c = ffi.new("sipua_agent_counters *")
    c.struct_size = ffi.sizeof("sipua_agent_counters")
    lib.sipua_event_agent_stats(event, c)
    figures = object.__new__(AgentStats)  # without the frozen class's __init__, which takes longer than all else here
    figures.__dict__.update(
        calls_now=c.calls_now,
        calls_total=c.calls_total,
        accounts_now=c.accounts_now,
        transactions_now=c.transactions_now,
        connections_now=c.connections_now,
        messages_received=c.messages_received,
        messages_sent=c.messages_sent,
        retransmissions=c.retransmissions,
        malformed=c.malformed,
        refused=c.refused,
        events_dropped=c.events_dropped,
    )
    return figures


_NO_FIGURES = CallStats()


@dataclasses.dataclass(eq=False)
class Listening(Event):
    """listening."""

    name: typing.ClassVar[str] = "listening"
    transport: str = ""  # "udp", "tcp", "tls", "ws", "wss"
    host: str = ""
    port: int = 0


@dataclasses.dataclass(eq=False)
class ListenerClosed(Event):
    """listener_closed: terminal."""

    name: typing.ClassVar[str] = "listener_closed"
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person


@dataclasses.dataclass(eq=False)
class TransportConnecting(Event):
    """transport_connecting."""

    name: typing.ClassVar[str] = "transport_connecting"
    transport: str = ""  # "udp", "tcp", "tls", "ws", "wss"
    host: str = ""
    port: int = 0


@dataclasses.dataclass(eq=False)
class TransportConnected(Event):
    """transport_connected: usable: after the handshakes of TLS and WebSocket."""

    name: typing.ClassVar[str] = "transport_connected"
    transport: str = ""  # "udp", "tcp", "tls", "ws", "wss"
    host: str = ""
    port: int = 0


@dataclasses.dataclass(eq=False)
class TransportDisconnected(Event):
    """transport_disconnected: also one that never came up; with SIPUA_E_TLS check says which check failed."""

    name: typing.ClassVar[str] = "transport_disconnected"
    transport: str = ""  # "udp", "tcp", "tls", "ws", "wss"
    host: str = ""
    port: int = 0
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    check: str = ""
    names: str = ""  # for whom the certificate was made out, with ", " between


@dataclasses.dataclass(eq=False)
class NetworkChanged(Event):
    """network_changed: no id; local: the program said so; system: it was noticed."""

    name: typing.ClassVar[str] = "network_changed"
    originator: Originator = Originator.NONE
    text: str = ""  # in words, for a person


@dataclasses.dataclass(eq=False)
class Registered(Event):
    """registered: flag REFRESH: not the first; transport, host and port: the way it took; local_host, local_port: our address in the Contact."""

    name: typing.ClassVar[str] = "registered"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    expires: int = 0  # seconds granted
    flags: EventFlags = EventFlags(0)
    transport: str = ""  # "udp", "tcp", "tls", "ws", "wss"
    host: str = ""
    port: int = 0
    local_host: str = ""  # an address of ours
    local_port: int = 0
    pub_gruu: str = ""  # URI that reaches this very device (RFC 5627)
    temp_gruu: str = ""  # the same, without telling who we are

    @property
    def refresh(self) -> bool:
        """Registered: a refresh of a binding that was there."""
        return bool(self.flags & EventFlags.REFRESH)


@dataclasses.dataclass(eq=False)
class RegistrationDegraded(Event):
    """registration_degraded: a flow was lost or a refresh failed; the binding holds until its time is over."""

    name: typing.ClassVar[str] = "registration_degraded"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    cause: Cause = Cause.NONE
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    retry_ms: int = 0  # when the stack tries again by itself; -1: it does not


@dataclasses.dataclass(eq=False)
class Unregistered(Event):
    """unregistered."""

    name: typing.ClassVar[str] = "unregistered"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    cause: Cause = Cause.NONE
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person


@dataclasses.dataclass(eq=False)
class RegistrationFailed(Event):
    """registration_failed."""

    name: typing.ClassVar[str] = "registration_failed"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    cause: Cause = Cause.NONE
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    retry_ms: int = 0  # when the stack tries again by itself; -1: it does not


@dataclasses.dataclass(eq=False)
class AccountClosed(Event):
    """account_closed: terminal."""

    name: typing.ClassVar[str] = "account_closed"


@dataclasses.dataclass(eq=False)
class PathQuality(Event):
    """path_quality: an OPTIONS of qualify_s was answered, or not; duration_ms: round trip; count: unanswered ones in a row."""

    name: typing.ClassVar[str] = "path_quality"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    duration_ms: int = 0
    count: int = 0


@dataclasses.dataclass(eq=False)
class IncomingCall(Event):
    """incoming_call: other: the call that it wants to replace, or (flag JOIN) to join; flags EARLY_ONLY, AUTO_ANSWER."""

    name: typing.ClassVar[str] = "incoming_call"
    from_: str = ""  # URI
    from_name: str = ""  # display name
    to: str = ""
    to_name: str = ""
    target: str = ""  # URI, or a file's path
    deadline_ms: int = 0  # how long a decision may take
    default_status: int = 0  # what is answered when none comes
    body: bytes = b""  # raw bytes
    content_type: str = ""
    other: int = 0  # another call that it is about
    flags: EventFlags = EventFlags(0)
    identity: str = ""  # URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it
    identity_name: str = ""
    diversion: str = ""  # URI of who diverted the call last (Diversion, else History-Info)
    referred_by: str = ""  # URI of who had us called, or wants us to call
    replaces: str = ""  # "CALL-ID;to-tag=X;from-tag=Y", as sipua_call_config takes it
    privacy: str = ""  # "id;user" (RFC 3323)
    answer_after_s: int = 0  # with flag AUTO_ANSWER
    dialog: str = ""

    @property
    def join(self) -> bool:
        """The call wants to join `other` (RFC 3911), not to replace it."""
        return bool(self.flags & EventFlags.JOIN)

    @property
    def early_only(self) -> bool:
        """Replaces the other only while that is not answered."""
        return bool(self.flags & EventFlags.EARLY_ONLY)

    @property
    def auto_answer(self) -> bool:
        """The caller asks for an answer without a hand: answer_after_s."""
        return bool(self.flags & EventFlags.AUTO_ANSWER)


@dataclasses.dataclass(eq=False)
class CallSending(Event):
    """call_sending."""

    name: typing.ClassVar[str] = "call_sending"
    from_: str = ""  # URI
    to: str = ""
    target: str = ""  # URI, or a file's path


@dataclasses.dataclass(eq=False)
class CallProgress(Event):
    """call_progress: flag EARLY_MEDIA."""

    name: typing.ClassVar[str] = "call_progress"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    flags: EventFlags = EventFlags(0)
    originator: Originator = Originator.NONE
    body: bytes = b""  # raw bytes
    content_type: str = ""
    identity: str = ""  # URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it
    identity_name: str = ""
    dialog: str = ""

    @property
    def early_media(self) -> bool:
        """Before the answer."""
        return bool(self.flags & EventFlags.EARLY_MEDIA)


@dataclasses.dataclass(eq=False)
class CallAccepted(Event):
    """call_accepted."""

    name: typing.ClassVar[str] = "call_accepted"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    originator: Originator = Originator.NONE
    from_: str = ""  # URI
    to: str = ""
    body: bytes = b""  # raw bytes
    content_type: str = ""
    identity: str = ""  # URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it
    identity_name: str = ""
    dialog: str = ""


@dataclasses.dataclass(eq=False)
class CallConfirmed(Event):
    """call_confirmed."""

    name: typing.ClassVar[str] = "call_confirmed"
    originator: Originator = Originator.NONE


@dataclasses.dataclass(eq=False)
class CallEnded(Event, SipError):
    """call_ended: terminal; flag ESTABLISHED: the call had been answered; other: the call that replaced it."""

    name: typing.ClassVar[str] = "call_ended"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    cause: Cause = Cause.NONE
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    q850: int = 0  # Q.850 cause of a Reason header, 0 without one
    originator: Originator = Originator.NONE
    flags: EventFlags = EventFlags(0)
    duration_ms: int = 0
    other: int = 0  # another call that it is about

    @property
    def established(self) -> bool:
        """The call had been answered."""
        return bool(self.flags & EventFlags.ESTABLISHED)


@dataclasses.dataclass(eq=False)
class CallHeld(Event):
    """call_held: this and the next two, when we brought it about: tag of our sipua_call_change()."""

    name: typing.ClassVar[str] = "call_held"
    originator: Originator = Originator.NONE
    body: bytes = b""  # raw bytes
    content_type: str = ""


@dataclasses.dataclass(eq=False)
class CallResumed(Event):
    """call_resumed."""

    name: typing.ClassVar[str] = "call_resumed"
    originator: Originator = Originator.NONE
    body: bytes = b""  # raw bytes
    content_type: str = ""


@dataclasses.dataclass(eq=False)
class CallUpdated(Event):
    """call_updated: body: with SIPUA_MEDIA_NONE the SDP of the peer, in the two above as well."""

    name: typing.ClassVar[str] = "call_updated"
    originator: Originator = Originator.NONE
    codec: str = ""  # "opus", "PCMU"
    body: bytes = b""  # raw bytes
    content_type: str = ""


@dataclasses.dataclass(eq=False)
class CallRedirected(Event):
    """call_redirected: flag FOLLOWED: target is being called now."""

    name: typing.ClassVar[str] = "call_redirected"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    target: str = ""  # URI, or a file's path
    flags: EventFlags = EventFlags(0)

    @property
    def followed(self) -> bool:
        """Redirected: target is being called now."""
        return bool(self.flags & EventFlags.FOLLOWED)


@dataclasses.dataclass(eq=False)
class Dtmf(Event):
    """dtmf."""

    name: typing.ClassVar[str] = "dtmf"
    digit: str = ""  # the character: '0'-'9', '*', '#', 'A'-'D', 'F' for flash
    duration_ms: int = 0


@dataclasses.dataclass(eq=False)
class Info(Event):
    """info."""

    name: typing.ClassVar[str] = "info"
    body: bytes = b""  # raw bytes
    content_type: str = ""


@dataclasses.dataclass(eq=False)
class DtmfSent(Event):
    """dtmf_sent: all digits of one sipua_call_dtmf() have left; code SIPUA_E_CANCELED: the call ended before; SIPUA_E_PROTOCOL: by INFO, refused with status."""

    name: typing.ClassVar[str] = "dtmf_sent"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person


@dataclasses.dataclass(eq=False)
class CallMoved(Event):
    """call_moved: signalling and media run over this address of ours now; code: why they could not be moved."""

    name: typing.ClassVar[str] = "call_moved"
    local_host: str = ""  # an address of ours
    local_port: int = 0
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person


@dataclasses.dataclass(eq=False)
class CallChangeRequested(Event):
    """call_change_requested: the peer wants the call changed; flags HOLD, RESUME, OFFERLESS."""

    name: typing.ClassVar[str] = "call_change_requested"
    deadline_ms: int = 0  # how long a decision may take
    default_status: int = 0  # what is answered when none comes
    flags: EventFlags = EventFlags(0)
    body: bytes = b""  # raw bytes
    content_type: str = ""

    @property
    def hold(self) -> bool:
        """The peer wants to hold us."""
        return bool(self.flags & EventFlags.HOLD)

    @property
    def resume(self) -> bool:
        """... or to go on."""
        return bool(self.flags & EventFlags.RESUME)

    @property
    def offerless(self) -> bool:
        """The peer wants our offer."""
        return bool(self.flags & EventFlags.OFFERLESS)


@dataclasses.dataclass(eq=False)
class CallChangeFailed(Event):
    """call_change_failed: local: what we wanted changed (tag: by which command) was refused; system: nobody decided in time on what the peer wanted (flag DEFAULT); remote: the peer took that back. The call is as it was."""

    name: typing.ClassVar[str] = "call_change_failed"
    originator: Originator = Originator.NONE
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    cause: Cause = Cause.NONE
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    flags: EventFlags = EventFlags(0)

    @property
    def by_default(self) -> bool:
        """No decision came in time: the default was taken."""
        return bool(self.flags & EventFlags.DEFAULT)


@dataclasses.dataclass(eq=False)
class CallMuted(Event):
    """call_muted: flags SEND, RECEIVE: the sides that are muted now."""

    name: typing.ClassVar[str] = "call_muted"
    flags: EventFlags = EventFlags(0)

    @property
    def send(self) -> bool:
        """What we send."""
        return bool(self.flags & EventFlags.SEND)

    @property
    def receive(self) -> bool:
        """What we hear."""
        return bool(self.flags & EventFlags.RECEIVE)


@dataclasses.dataclass(eq=False)
class CallUnmuted(Event):
    """call_unmuted: flags SEND, RECEIVE: those that still are."""

    name: typing.ClassVar[str] = "call_unmuted"
    flags: EventFlags = EventFlags(0)

    @property
    def send(self) -> bool:
        """What we send."""
        return bool(self.flags & EventFlags.SEND)

    @property
    def receive(self) -> bool:
        """What we hear."""
        return bool(self.flags & EventFlags.RECEIVE)


@dataclasses.dataclass(eq=False)
class CallReplaced(Event):
    """call_replaced: id: a new call, answered already, in place of `other`, which ends; it has the `user` of the other."""

    name: typing.ClassVar[str] = "call_replaced"
    other: int = 0  # another call that it is about
    from_: str = ""  # URI
    from_name: str = ""  # display name
    to: str = ""
    to_name: str = ""
    target: str = ""  # URI, or a file's path
    identity: str = ""  # URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it
    identity_name: str = ""
    body: bytes = b""  # raw bytes
    content_type: str = ""
    dialog: str = ""


@dataclasses.dataclass(eq=False)
class RequestAnswered(Event):
    """request_answered: id: the request of sipua_call_request(); terminal."""

    name: typing.ClassVar[str] = "request_answered"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    cause: Cause = Cause.NONE
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    duration_ms: int = 0
    body: bytes = b""  # raw bytes
    content_type: str = ""


@dataclasses.dataclass(eq=False)
class Message(Event):
    """message: flags WANTS_DELIVERED, WANTS_DISPLAYED; body: what a CPIM wrapper contains; from and to then are those of the wrapper, words of the sender: who sent it by SIP stands in the headers."""

    name: typing.ClassVar[str] = "message"
    from_: str = ""  # URI
    from_name: str = ""  # display name
    to: str = ""
    to_name: str = ""
    target: str = ""  # URI, or a file's path
    deadline_ms: int = 0  # how long a decision may take
    default_status: int = 0  # what is answered when none comes
    body: bytes = b""  # raw bytes
    content_type: str = ""
    message_id: str = ""  # of a message, as delivery notifications name it
    flags: EventFlags = EventFlags(0)

    @property
    def wants_delivered(self) -> bool:
        """Message: its sender wants to know when it has arrived."""
        return bool(self.flags & EventFlags.WANTS_DELIVERED)

    @property
    def wants_displayed(self) -> bool:
        """... and when it was shown."""
        return bool(self.flags & EventFlags.WANTS_DISPLAYED)


@dataclasses.dataclass(eq=False)
class MessageAnswered(Event):
    """message_answered: terminal of an incoming one; flag DEFAULT: it was not decided in time."""

    name: typing.ClassVar[str] = "message_answered"
    status: int = 0  # SIP status, 0 without one
    flags: EventFlags = EventFlags(0)

    @property
    def by_default(self) -> bool:
        """No decision came in time: the default was taken."""
        return bool(self.flags & EventFlags.DEFAULT)


@dataclasses.dataclass(eq=False)
class MessageDelivered(Event):
    """message_delivered: terminal of an outgoing one."""

    name: typing.ClassVar[str] = "message_delivered"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    message_id: str = ""  # of a message, as delivery notifications name it


@dataclasses.dataclass(eq=False)
class MessageFailed(Event):
    """message_failed: terminal of an outgoing one."""

    name: typing.ClassVar[str] = "message_failed"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    cause: Cause = Cause.NONE
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    message_id: str = ""  # of a message, as delivery notifications name it


@dataclasses.dataclass(eq=False)
class MessageComposing(Event):
    """message_composing: no id; state "active" or "idle" (RFC 3994); expires: idle after so many seconds without news."""

    name: typing.ClassVar[str] = "message_composing"
    from_: str = ""  # URI
    from_name: str = ""  # display name
    state: str = ""  # in one word, which stands beside the event's type
    expires: int = 0  # seconds granted


@dataclasses.dataclass(eq=False)
class MessageDisposition(Event):
    """message_disposition: no id; what became of the message that we sent as message_id (RFC 5438): state "delivered", "displayed", "processed", "stored", "failed", "forbidden", "error"."""

    name: typing.ClassVar[str] = "message_disposition"
    from_: str = ""  # URI
    message_id: str = ""  # of a message, as delivery notifications name it
    state: str = ""  # in one word, which stands beside the event's type
    status: int = 0  # SIP status, 0 without one


@dataclasses.dataclass(eq=False)
class Options(Event):
    """options."""

    name: typing.ClassVar[str] = "options"
    from_: str = ""  # URI
    to: str = ""


@dataclasses.dataclass(eq=False)
class OptionsAnswered(Event):
    """options_answered: terminal; any final status; 408 or 503 with code and text when there was none."""

    name: typing.ClassVar[str] = "options_answered"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    cause: Cause = Cause.NONE
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    duration_ms: int = 0
    body: bytes = b""  # raw bytes
    content_type: str = ""


@dataclasses.dataclass(eq=False)
class SubscribeRequested(Event):
    """subscribe_requested: id: the notifier."""

    name: typing.ClassVar[str] = "subscribe_requested"
    from_: str = ""  # URI
    from_name: str = ""  # display name
    to: str = ""
    to_name: str = ""
    target: str = ""  # URI, or a file's path
    package: str = ""  # of events: "presence", "message-summary", "dialog"
    expires: int = 0  # seconds granted
    deadline_ms: int = 0  # how long a decision may take
    default_status: int = 0  # what is answered when none comes
    body: bytes = b""  # raw bytes
    content_type: str = ""


@dataclasses.dataclass(eq=False)
class Notify(Event):
    """notify: id: the subscription, or none where nobody had subscribed; state that of Subscription-State (with "terminated" SIPUA_FLAG_FINAL is set); sipua_event_document_at() reads the body."""

    name: typing.ClassVar[str] = "notify"
    from_: str = ""  # URI
    package: str = ""  # of events: "presence", "message-summary", "dialog"
    state: str = ""  # in one word, which stands beside the event's type
    expires: int = 0  # seconds granted
    fork: int = 0  # notify: which dialog of a forked subscription, from 0
    flags: EventFlags = EventFlags(0)
    body: bytes = b""  # raw bytes
    content_type: str = ""


@dataclasses.dataclass(eq=False)
class SubscriptionState(Event):
    """subscription_state: id: the subscription or the notifier; state "pending", "active", "terminated" (terminal); flag REFRESH: only kept fresh; reason: that of Subscription-State, or of the refusal."""

    name: typing.ClassVar[str] = "subscription_state"
    package: str = ""  # of events: "presence", "message-summary", "dialog"
    state: str = ""  # in one word, which stands beside the event's type
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    expires: int = 0  # seconds granted
    retry_ms: int = 0  # when the stack tries again by itself; -1: it does not
    flags: EventFlags = EventFlags(0)

    @property
    def refresh(self) -> bool:
        """Registered: a refresh of a binding that was there."""
        return bool(self.flags & EventFlags.REFRESH)


@dataclasses.dataclass(eq=False)
class PublishState(Event):
    """publish_state: id: the publication; state "published" (flag REFRESH: only kept fresh), "failed" (retry_ms -1: until the next sipua_publication_update()), "removed" (terminal)."""

    name: typing.ClassVar[str] = "publish_state"
    package: str = ""  # of events: "presence", "message-summary", "dialog"
    state: str = ""  # in one word, which stands beside the event's type
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    cause: Cause = Cause.NONE
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    expires: int = 0  # seconds granted
    retry_ms: int = 0  # when the stack tries again by itself; -1: it does not
    flags: EventFlags = EventFlags(0)

    @property
    def refresh(self) -> bool:
        """Registered: a refresh of a binding that was there."""
        return bool(self.flags & EventFlags.REFRESH)


@dataclasses.dataclass(eq=False)
class TransferRequested(Event):
    """transfer_requested: id: the transfer; call: the one that it came in or names, or none; flag JOIN: `replaces` is the value of a Join: the new call joins that one."""

    name: typing.ClassVar[str] = "transfer_requested"
    target: str = ""  # URI, or a file's path
    from_: str = ""  # URI
    from_name: str = ""  # display name
    referred_by: str = ""  # URI of who had us called, or wants us to call
    replaces: str = ""  # "CALL-ID;to-tag=X;from-tag=Y", as sipua_call_config takes it
    flags: EventFlags = EventFlags(0)
    deadline_ms: int = 0  # how long a decision may take
    default_status: int = 0  # what is answered when none comes

    @property
    def join(self) -> bool:
        """The call wants to join `other` (RFC 3911), not to replace it."""
        return bool(self.flags & EventFlags.JOIN)


@dataclasses.dataclass(eq=False)
class TransferProgress(Event):
    """transfer_progress: id: the transfer; what the new call is doing."""

    name: typing.ClassVar[str] = "transfer_progress"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase


@dataclasses.dataclass(eq=False)
class TransferDone(Event):
    """transfer_done: id: the transfer; terminal; status 2xx: it succeeded."""

    name: typing.ClassVar[str] = "transfer_done"
    status: int = 0  # SIP status, 0 without one
    reason: str = ""  # the SIP reason phrase
    cause: Cause = Cause.NONE
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person


@dataclasses.dataclass(eq=False)
class MediaReady(Event):
    """media_ready: audio can flow; flag EARLY_MEDIA."""

    name: typing.ClassVar[str] = "media_ready"
    codec: str = ""  # "opus", "PCMU"
    rate: int = 0  # samples per second
    host: str = ""
    port: int = 0
    flags: EventFlags = EventFlags(0)

    @property
    def early_media(self) -> bool:
        """Before the answer."""
        return bool(self.flags & EventFlags.EARLY_MEDIA)


@dataclasses.dataclass(eq=False)
class MediaStalled(Event):
    """media_stalled: no audio comes; flag EARLY_MEDIA: none came within a second of the peer's promise, so that the program should let the caller hear ringing."""

    name: typing.ClassVar[str] = "media_stalled"
    duration_ms: int = 0
    flags: EventFlags = EventFlags(0)

    @property
    def early_media(self) -> bool:
        """Before the answer."""
        return bool(self.flags & EventFlags.EARLY_MEDIA)


@dataclasses.dataclass(eq=False)
class MediaResumed(Event):
    """media_resumed: audio comes again; flag EARLY_MEDIA: what the stall had said."""

    name: typing.ClassVar[str] = "media_resumed"
    flags: EventFlags = EventFlags(0)

    @property
    def early_media(self) -> bool:
        """Before the answer."""
        return bool(self.flags & EventFlags.EARLY_MEDIA)


@dataclasses.dataclass(eq=False)
class Mark(Event):
    """mark: flag FLUSHED: dropped before it was played."""

    name: typing.ClassVar[str] = "mark"
    mark: int | str = 0
    flags: EventFlags = EventFlags(0)
    played_ms: int = 0

    @property
    def flushed(self) -> bool:
        """Mark: dropped before it was played; player: stopped before its end."""
        return bool(self.flags & EventFlags.FLUSHED)


@dataclasses.dataclass(eq=False)
class Flushed(Event):
    """flushed."""

    name: typing.ClassVar[str] = "flushed"
    segment: int | str = 0
    played_ms: int = 0
    discarded_ms: int = 0


@dataclasses.dataclass(eq=False)
class AudioReady(Event):
    """audio_ready: no id: ask sipua_audio_ready()."""

    name: typing.ClassVar[str] = "audio_ready"


@dataclasses.dataclass(eq=False)
class PlayDone(Event):
    """play_done: terminal of a player; flag FLUSHED."""

    name: typing.ClassVar[str] = "play_done"
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    duration_ms: int = 0
    flags: EventFlags = EventFlags(0)

    @property
    def flushed(self) -> bool:
        """Mark: dropped before it was played; player: stopped before its end."""
        return bool(self.flags & EventFlags.FLUSHED)


@dataclasses.dataclass(eq=False)
class RecordDone(Event):
    """record_done: terminal of a recorder; target: the file."""

    name: typing.ClassVar[str] = "record_done"
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    duration_ms: int = 0
    target: str = ""  # URI, or a file's path


@dataclasses.dataclass(eq=False)
class Collected(Event):
    """collected: terminal of a collector; state "full", "terminator", "timeout", "ended" (the call did), "stopped"."""

    name: typing.ClassVar[str] = "collected"
    digits: str = ""  # collected
    state: str = ""  # in one word, which stands beside the event's type
    duration_ms: int = 0


@dataclasses.dataclass(eq=False)
class ConferenceChanged(Event):
    """conference_changed: other: the call; flag ADDED: it is in, else it left; count: the calls in it now."""

    name: typing.ClassVar[str] = "conference_changed"
    other: int = 0  # another call that it is about
    count: int = 0
    flags: EventFlags = EventFlags(0)

    @property
    def added(self) -> bool:
        """Conference: the call is in."""
        return bool(self.flags & EventFlags.ADDED)


@dataclasses.dataclass(eq=False)
class ConferenceEnded(Event):
    """conference_ended: terminal."""

    name: typing.ClassVar[str] = "conference_ended"
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    duration_ms: int = 0


@dataclasses.dataclass(eq=False)
class BridgeChanged(Event):
    """bridge_changed: state "waiting" (not both are answered), "untouched" (packets pass as they are), "transcoded", "held"."""

    name: typing.ClassVar[str] = "bridge_changed"
    state: str = ""  # in one word, which stands beside the event's type
    codec: str = ""  # "opus", "PCMU"


@dataclasses.dataclass(eq=False)
class BridgeEnded(Event):
    """bridge_ended: terminal."""

    name: typing.ClassVar[str] = "bridge_ended"
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person
    duration_ms: int = 0


@dataclasses.dataclass(eq=False)
class ServerBinding(Event):
    """server_binding: from: the user; target: its contact; expires 0: gone."""

    name: typing.ClassVar[str] = "server_binding"
    from_: str = ""  # URI
    target: str = ""  # URI, or a file's path
    expires: int = 0  # seconds granted


@dataclasses.dataclass(eq=False)
class ServerClosed(Event):
    """server_closed: terminal."""

    name: typing.ClassVar[str] = "server_closed"


@dataclasses.dataclass(eq=False)
class Stats(Event):
    """stats: id: the call, or none for the agent's own."""

    name: typing.ClassVar[str] = "stats"
    flags: EventFlags = EventFlags(0)
    figures: CallStats | AgentStats = _NO_FIGURES


@dataclasses.dataclass(eq=False)
class Trace(Event):
    """trace: body: the SIP message, credentials redacted."""

    name: typing.ClassVar[str] = "trace"
    originator: Originator = Originator.NONE
    transport: str = ""  # "udp", "tcp", "tls", "ws", "wss"
    host: str = ""
    port: int = 0
    body: bytes = b""  # raw bytes


@dataclasses.dataclass(eq=False)
class Log(Event):
    """log."""

    name: typing.ClassVar[str] = "log"
    level: LogLevel = LogLevel.DEFAULT  # sipua_log_level
    module: str = ""
    text: str = ""  # in words, for a person


@dataclasses.dataclass(eq=False)
class Overflow(Event):
    """overflow: so many events that may be lost (log, trace, stats, digits) were dropped; text: of what kind, "log 12, digit 3"."""

    name: typing.ClassVar[str] = "overflow"
    count: int = 0
    text: str = ""  # in words, for a person


@dataclasses.dataclass(eq=False)
class Reply(Event):
    """reply."""

    name: typing.ClassVar[str] = "reply"
    code: ErrorCode = ErrorCode.OK  # SIPUA_OK or SIPUA_E_
    text: str = ""  # in words, for a person


@dataclasses.dataclass(eq=False)
class Shutdown(Event):
    """shutdown: the last of all."""

    name: typing.ClassVar[str] = "shutdown"


@dataclasses.dataclass(eq=False)
class Suspicious(Event):
    """suspicious: requests for nobody here were dropped."""

    name: typing.ClassVar[str] = "suspicious"
    host: str = ""
    port: int = 0
    count: int = 0
    text: str = ""  # in words, for a person


@dataclasses.dataclass(eq=False)
class Drained(Event):
    """drained: no call is left since sipua_agent_drain()."""

    name: typing.ClassVar[str] = "drained"


# How a field is read from the library's view of an event.
_FIELDS: dict[str, typing.Callable[[typing.Any], typing.Any]] = {
    "answer_after_s": lambda v: v.answer_after_s,
    "body": lambda v: _bytes(v.body, v.body_size),
    "cause": lambda v: cause_of(v.cause),
    "check": lambda v: _text(v.check),
    "code": lambda v: ErrorCode(v.code),
    "codec": lambda v: _text(v.codec),
    "content_type": lambda v: _text(v.content_type),
    "count": lambda v: v.count,
    "deadline_ms": lambda v: v.deadline_ms,
    "default_status": lambda v: v.default_status,
    "dialog": lambda v: _text(v.dialog),
    "digit": lambda v: chr(v.digit) if v.digit else "",
    "digits": lambda v: _text(v.digits),
    "discarded_ms": lambda v: v.discarded_ms,
    "diversion": lambda v: _text(v.diversion),
    "duration_ms": lambda v: v.duration_ms,
    "expires": lambda v: v.expires,
    "flags": lambda v: EventFlags(v.flags),
    "fork": lambda v: v.fork,
    "from_": lambda v: _text(getattr(v, "from")),
    "from_name": lambda v: _text(v.from_name),
    "host": lambda v: _text(v.host),
    "identity": lambda v: _text(v.identity),
    "identity_name": lambda v: _text(v.identity_name),
    "level": lambda v: LogLevel(v.level),
    "local_host": lambda v: _text(v.local_host),
    "local_port": lambda v: v.local_port,
    "mark": lambda v: v.mark,
    "message_id": lambda v: _text(v.message_id),
    "module": lambda v: _text(v.module),
    "names": lambda v: _text(v.names),
    "originator": lambda v: originator_of(v.originator),
    "other": lambda v: v.other,
    "package": lambda v: _text(v.package),
    "played_ms": lambda v: v.played_ms,
    "port": lambda v: v.port,
    "privacy": lambda v: _text(v.privacy),
    "pub_gruu": lambda v: _text(v.pub_gruu),
    "q850": lambda v: v.q850,
    "rate": lambda v: v.rate,
    "reason": lambda v: _text(v.reason),
    "referred_by": lambda v: _text(v.referred_by),
    "replaces": lambda v: _text(v.replaces),
    "retry_ms": lambda v: v.retry_ms,
    "segment": lambda v: v.segment,
    "state": lambda v: _text(v.state),
    "status": lambda v: v.status,
    "target": lambda v: _text(v.target),
    "temp_gruu": lambda v: _text(v.temp_gruu),
    "text": lambda v: _text(v.text),
    "to": lambda v: _text(v.to),
    "to_name": lambda v: _text(v.to_name),
    "transport": lambda v: _text(v.transport),
}

# The class of each, by the library's number.
KINDS: dict[int, type[Event]] = {
    1: Listening,
    2: ListenerClosed,
    3: TransportConnecting,
    4: TransportConnected,
    5: TransportDisconnected,
    6: NetworkChanged,
    10: Registered,
    11: RegistrationDegraded,
    12: Unregistered,
    13: RegistrationFailed,
    14: AccountClosed,
    15: PathQuality,
    20: IncomingCall,
    21: CallSending,
    22: CallProgress,
    23: CallAccepted,
    24: CallConfirmed,
    25: CallEnded,
    26: CallHeld,
    27: CallResumed,
    28: CallUpdated,
    29: CallRedirected,
    30: Dtmf,
    31: Info,
    32: DtmfSent,
    33: CallMoved,
    34: CallChangeRequested,
    35: CallChangeFailed,
    36: CallMuted,
    37: CallUnmuted,
    38: CallReplaced,
    39: RequestAnswered,
    40: Message,
    41: MessageAnswered,
    42: MessageDelivered,
    43: MessageFailed,
    44: MessageComposing,
    45: MessageDisposition,
    50: Options,
    51: OptionsAnswered,
    52: SubscribeRequested,
    53: Notify,
    54: SubscriptionState,
    55: PublishState,
    56: TransferRequested,
    57: TransferProgress,
    58: TransferDone,
    60: MediaReady,
    61: MediaStalled,
    62: MediaResumed,
    63: Mark,
    64: Flushed,
    65: AudioReady,
    66: PlayDone,
    67: RecordDone,
    68: Collected,
    70: ConferenceChanged,
    71: ConferenceEnded,
    72: BridgeChanged,
    73: BridgeEnded,
    80: ServerBinding,
    81: ServerClosed,
    90: Stats,
    91: Trace,
    92: Log,
    93: Overflow,
    94: Reply,
    95: Shutdown,
    96: Suspicious,
    97: Drained,
}
for _kind in KINDS.values():
    read_when_asked(_kind, _FIELDS)
read_figures_when_asked(Stats, lambda raw, id: read_call_stats(raw) if id else read_agent_counters(raw))
