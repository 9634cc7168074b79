# Written by abi/gen/generate from sipua.h. Do not edit.
"""The constants of the library. All of them are open: a newer library may know more, and an unknown number
becomes a member named UNKNOWN_n instead of an error."""

from __future__ import annotations

import enum

__all__ = [
    "AskKind",
    "AudioFlags",
    "Cause",
    "ChangeMethod",
    "Disposition",
    "ErrorCode",
    "EventFlags",
    "EventType",
    "LogLevel",
    "Media",
    "Originator",
    "RecordSide",
    "ServerMode",
    "Switch",
]


class _OpenInt(enum.IntEnum):
    @classmethod
    def _missing_(cls, value: object) -> _OpenInt | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member


class _OpenWord(enum.StrEnum):
    @classmethod
    def _missing_(cls, value: object) -> _OpenWord | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = "UNKNOWN_" + value.upper().replace(" ", "_")
        member._value_ = value
        return member


class ErrorCode(_OpenInt):
    """What a function returns, and what an event's `code` says."""

    OK = 0
    INVALID = -1  # an argument is wrong
    NOMEM = -2  # memory ran out
    CLOSED = -3  # the agent has been closed
    GONE = -4  # the object has ended, or never was
    KIND = -5  # the id belongs to an object of another kind
    STATE = -6  # not possible at this point of the object's life
    VERSION = -7  # a struct whose size, padding or tail this library does not know
    FORKED = -8  # the agent belongs to the parent process
    BUSY = -9  # somebody else is doing this now
    INTERRUPTED = -10  # a signal arrived, or sipua_poll_interrupt() was called
    CANCELED = -11  # given up before it was done
    TIMEOUT = -12  # no answer in time
    EOF = -13  # the call has ended and all its audio has been read
    FULL = -14  # a queue is full: try again later
    LIMIT = -15  # a configured limit is reached
    UNSUPPORTED = -16  # this library cannot do that
    URI = -17  # not a usable URI
    HEADER = -18  # not a usable header name or value: CR or LF in it, or the stack's own header
    ADDRESS = -19  # not a usable address
    IN_USE = -20  # the address is taken
    IO = -21  # the operating system said no
    NOT_FOUND = -22  # no such file, name or option
    FORMAT = -23  # a file or text in a form that cannot be read
    DNS = -24  # the name could not be resolved
    TRANSPORT = -25  # the connection failed or was lost
    PROTOCOL = -26  # the peer broke the protocol
    AUTH = -27  # credentials are missing or were refused
    MEDIA = -28  # no media in common, or media could not be started
    PERMISSION = -29  # the operating system forbids it
    INTERNAL = -30  # a defect in this library: please report it
    TLS = -31  # a certificate or key is unusable, or a TLS handshake failed


class Cause(_OpenWord):
    """Why a call, a registration or a request ended."""

    NONE = ""
    TERMINATED = "Terminated"  # hung up by BYE
    CANCELED = "Canceled"  # given up before the answer
    BUSY = "Busy"  # 486, 600
    REJECTED = "Rejected"  # 403, 603, or refused by us
    REDIRECTED = "Redirected"  # 300, 301, 302, 305, 380
    UNAVAILABLE = "Unavailable"  # 480, 410, 408, 430
    NOT_FOUND = "Not Found"  # 404, 604
    ADDRESS_INCOMPLETE = "Address Incomplete"  # 484, 424
    INCOMPATIBLE_SDP = "Incompatible SDP"  # 488, 606
    MISSING_SDP = "Missing SDP"  # an answer never came
    BAD_MEDIA = "Bad Media Description"  # SDP that cannot be used
    AUTHENTICATION = "Authentication Error"  # 401, 407
    NO_ANSWER = "No Answer"  # nobody answered in the time given
    NO_ACK = "No ACK"  # our 200 was never acknowledged
    EXPIRES = "Expires"  # the caller's Expires passed
    DIALOG_ERROR = "Dialog Error"  # 481 or 408 inside the call
    REQUEST_TIMEOUT = "Request Timeout"  # no response at all
    CONNECTION_ERROR = "Connection Error"  # transport or name resolution
    RTP_TIMEOUT = "RTP Timeout"  # the media went silent for too long
    SIP_FAILURE_CODE = "SIP Failure Code"  # any other final response of 300 and up
    INTERNAL_ERROR = "Internal Error"  # ours, with the reason in words
    OVERLOAD = "Overload"  # the program did not take its events
    REPLACED = "Replaced"  # another call took its place (RFC 3891)
    TRANSFERRED = "Transferred"  # hung up because its transfer succeeded
    TIME_LIMIT = "Time Limit"  # max_call_ms was over
    SESSION_EXPIRED = "Session Expired"  # the peer let the session timer run out (RFC 4028)


_CAUSE_OF: dict[int, Cause] = {
    0: Cause.NONE,
    1: Cause.TERMINATED,
    2: Cause.CANCELED,
    3: Cause.BUSY,
    4: Cause.REJECTED,
    5: Cause.REDIRECTED,
    6: Cause.UNAVAILABLE,
    7: Cause.NOT_FOUND,
    8: Cause.ADDRESS_INCOMPLETE,
    9: Cause.INCOMPATIBLE_SDP,
    10: Cause.MISSING_SDP,
    11: Cause.BAD_MEDIA,
    12: Cause.AUTHENTICATION,
    13: Cause.NO_ANSWER,
    14: Cause.NO_ACK,
    15: Cause.EXPIRES,
    16: Cause.DIALOG_ERROR,
    17: Cause.REQUEST_TIMEOUT,
    18: Cause.CONNECTION_ERROR,
    19: Cause.RTP_TIMEOUT,
    20: Cause.SIP_FAILURE_CODE,
    21: Cause.INTERNAL_ERROR,
    22: Cause.OVERLOAD,
    23: Cause.REPLACED,
    24: Cause.TRANSFERRED,
    25: Cause.TIME_LIMIT,
    26: Cause.SESSION_EXPIRED,
}


def cause_of(number: int) -> Cause:
    """The Cause of the library's number."""
    known = _CAUSE_OF.get(number)
    return Cause(f"{number}") if known is None else known


class Switch(_OpenInt):
    """A switch: 0 default, 1 on, 2 off."""

    DEFAULT = 0
    ON = 1
    OFF = 2


class Originator(_OpenWord):
    """Who brought something about."""

    NONE = ""
    LOCAL = "local"
    REMOTE = "remote"
    SYSTEM = "system"


_ORIGINATOR_OF: dict[int, Originator] = {
    0: Originator.NONE,
    1: Originator.LOCAL,
    2: Originator.REMOTE,
    3: Originator.SYSTEM,
}


def originator_of(number: int) -> Originator:
    """The Originator of the library's number."""
    known = _ORIGINATOR_OF.get(number)
    return Originator(f"{number}") if known is None else known


class LogLevel(_OpenInt):
    """How much the log says; each level includes those before it."""

    DEFAULT = 0  # warnings
    NONE = -1
    ERROR = 1
    WARNING = 2
    INFO = 3
    DEBUG = 4


class AskKind(_OpenInt):
    """Kinds of questions. What a peer wants is refused at once unless the program has said that it takes decisions."""

    CALL = 1  # off: an INVITE gets 480. On: SIPUA_EVENT_INCOMING_CALL waits for a decision
    MESSAGE = 2
    CHANGE = 3
    TRANSFER = 4
    SUBSCRIBE = 5  # off: a SUBSCRIBE gets 489. On: SIPUA_EVENT_SUBSCRIBE_REQUESTED waits for a decision
    REPLACE = 6
    JOIN = 7


class EventType(_OpenInt):
    """What an event is about. Each comment says who is meant by `id`; account, call, user, tag and time are filled where they apply."""

    LISTENING = 1
    LISTENER_CLOSED = 2  # terminal
    TRANSPORT_CONNECTING = 3
    TRANSPORT_CONNECTED = 4  # usable: after the handshakes of TLS and WebSocket
    TRANSPORT_DISCONNECTED = 5  # also one that never came up; with SIPUA_E_TLS check says which check failed
    NETWORK_CHANGED = 6  # no id; local: the program said so; system: it was noticed
    REGISTERED = 10
    REGISTRATION_DEGRADED = 11  # a flow was lost or a refresh failed; the binding holds until its time is over
    UNREGISTERED = 12
    REGISTRATION_FAILED = 13
    ACCOUNT_CLOSED = 14  # terminal
    PATH_QUALITY = 15
    INCOMING_CALL = 20
    CALL_SENDING = 21
    CALL_PROGRESS = 22  # flag EARLY_MEDIA
    CALL_ACCEPTED = 23
    CALL_CONFIRMED = 24
    CALL_ENDED = 25  # terminal; flag ESTABLISHED: the call had been answered; other: the call that replaced it
    CALL_HELD = 26  # this and the next two, when we brought it about: tag of our sipua_call_change()
    CALL_RESUMED = 27
    CALL_UPDATED = 28  # body: with SIPUA_MEDIA_NONE the SDP of the peer, in the two above as well
    CALL_REDIRECTED = 29  # flag FOLLOWED: target is being called now
    DTMF = 30
    INFO = 31
    DTMF_SENT = 32
    CALL_MOVED = 33  # signalling and media run over this address of ours now; code: why they could not be moved
    CALL_CHANGE_REQUESTED = 34  # the peer wants the call changed; flags HOLD, RESUME, OFFERLESS
    CALL_CHANGE_FAILED = 35
    CALL_MUTED = 36  # flags SEND, RECEIVE: the sides that are muted now
    CALL_UNMUTED = 37  # flags SEND, RECEIVE: those that still are
    CALL_REPLACED = 38
    REQUEST_ANSWERED = 39  # id: the request of sipua_call_request(); terminal
    MESSAGE = 40
    MESSAGE_ANSWERED = 41  # terminal of an incoming one; flag DEFAULT: it was not decided in time
    MESSAGE_DELIVERED = 42  # terminal of an outgoing one
    MESSAGE_FAILED = 43  # terminal of an outgoing one
    MESSAGE_COMPOSING = 44
    MESSAGE_DISPOSITION = 45
    OPTIONS = 50
    OPTIONS_ANSWERED = 51  # terminal; any final status; 408 or 503 with code and text when there was none
    SUBSCRIBE_REQUESTED = 52  # id: the notifier
    NOTIFY = 53
    SUBSCRIPTION_STATE = 54
    PUBLISH_STATE = 55
    TRANSFER_REQUESTED = 56
    TRANSFER_PROGRESS = 57  # id: the transfer; what the new call is doing
    TRANSFER_DONE = 58  # id: the transfer; terminal; status 2xx: it succeeded
    MEDIA_READY = 60  # audio can flow; flag EARLY_MEDIA
    MEDIA_STALLED = 61
    MEDIA_RESUMED = 62  # audio comes again; flag EARLY_MEDIA: what the stall had said
    MARK = 63  # flag FLUSHED: dropped before it was played
    FLUSHED = 64
    AUDIO_READY = 65  # no id: ask sipua_audio_ready()
    PLAY_DONE = 66  # terminal of a player; flag FLUSHED
    RECORD_DONE = 67  # terminal of a recorder; target: the file
    COLLECTED = 68  # terminal of a collector; state "full", "terminator", "timeout", "ended" (the call did), "stopped"
    CONFERENCE_CHANGED = 70  # other: the call; flag ADDED: it is in, else it left; count: the calls in it now
    CONFERENCE_ENDED = 71  # terminal
    BRIDGE_CHANGED = 72
    BRIDGE_ENDED = 73  # terminal
    SERVER_BINDING = 80  # from: the user; target: its contact; expires 0: gone
    SERVER_CLOSED = 81  # terminal
    STATS = 90  # id: the call, or none for the agent's own
    TRACE = 91  # body: the SIP message, credentials redacted
    LOG = 92
    OVERFLOW = 93
    REPLY = 94
    SHUTDOWN = 95  # the last of all
    SUSPICIOUS = 96  # requests for nobody here were dropped
    DRAINED = 97  # no call is left since sipua_agent_drain()


class EventFlags(enum.IntFlag):
    """Bits of an event's `flags`."""

    REFRESH = 1  # registered: a refresh of a binding that was there
    EARLY_MEDIA = 2  # before the answer
    ESTABLISHED = 4  # the call had been answered
    DEFAULT = 8  # no decision came in time: the default was taken
    FLUSHED = 16  # mark: dropped before it was played; player: stopped before its end
    FINAL = 32  # stats: the last of this call; notify: the subscription, or this fork of it, ends with it
    FOLLOWED = 64  # redirected: target is being called now
    HOLD = 128  # the peer wants to hold us
    RESUME = 256  # ... or to go on
    OFFERLESS = 512  # the peer wants our offer
    SEND = 1024  # what we send
    RECEIVE = 2048  # what we hear
    JOIN = 4096  # the call wants to join `other` (RFC 3911), not to replace it
    ADDED = 8192  # conference: the call is in
    WANTS_DELIVERED = 16384  # message: its sender wants to know when it has arrived
    WANTS_DISPLAYED = 32768  # ... and when it was shown
    EARLY_ONLY = 65536  # replaces the other only while that is not answered
    AUTO_ANSWER = 131072  # the caller asks for an answer without a hand: answer_after_s


class Media(_OpenInt):
    """What carries a call's audio."""

    DEFAULT = 0  # the account's default, else RTP
    RTP = 1
    NONE = 2  # signalling only: the program brings its own SDP and media


class RecordSide(_OpenInt):
    """What is recorded."""

    FAR = 0  # what the peer says, mono
    NEAR = 1  # what we send, mono
    STEREO = 2  # near left, far right


class ChangeMethod(_OpenInt):
    """By which request a change is sent."""

    AUTO = 0  # re-INVITE; UPDATE before the answer
    INVITE = 1
    UPDATE = 2  # re-INVITE all the same when the peer knows no UPDATE


class AudioFlags(enum.IntFlag):
    """Bits of *flags of sipua_audio_read()."""

    CONCEALED = 1  # part of it was made up for lost packets
    SILENCE = 2  # nothing came: hold, a gap, or before media


class Disposition(enum.IntFlag):
    """Which delivery notifications the sender of a message asks for (RFC 5438)."""

    DELIVERED = 1
    DISPLAYED = 2
    PROCESSED = 4


class ServerMode(_OpenInt):
    """What the server does with a request for a registered user."""

    PROXY = 0  # forwards it to all contacts at once, staying in the path
    REDIRECT = 1  # answers 302 with the contacts
