"""What a call is: who takes part, in what state it is, where it came from."""

from __future__ import annotations

import time
import typing

from ._event import Event, Headers
from ._events import CallEnded, CallReplaced, CallSending, CallUpdated, IncomingCall, MediaReady

if typing.TYPE_CHECKING:
    from ._account import Account
    from ._agent import Agent
    from ._call import Call

__all__ = ["About"]


class About:
    """The part of a call that says what it is."""

    _agent: Agent
    _id: int
    _account_id: int
    _direction: str
    _target: str
    _parties: IncomingCall | CallSending | CallReplaced | None  # the event that names them
    _media: MediaReady | CallUpdated | None
    _message: Event | None
    _accepted_ms: int
    _held: bool
    _holding: bool
    _ended: CallEnded | None
    _other: int
    _replaced_by: Call | None

    @property
    def id(self) -> int:
        """The number that its events carry as `call_id`."""
        return self._id

    @property
    def account(self) -> Account | None:
        """The account that it belongs to; None for a direct call."""
        return self._agent._account_of(self._account_id)

    @property
    def direction(self) -> typing.Literal["incoming", "outgoing"]:
        """Who called."""
        return "incoming" if self._direction == "incoming" else "outgoing"

    @property
    def from_(self) -> str:
        """The caller's URI."""
        return self._parties.from_ if self._parties else ""

    @property
    def from_name(self) -> str:
        """The caller's display name."""
        return "" if self._parties is None or isinstance(self._parties, CallSending) else self._parties.from_name

    @property
    def to(self) -> str:
        """The URI that was called."""
        return (self._parties.to if self._parties else "") or self._target

    @property
    def to_name(self) -> str:
        """The display name that was called."""
        return "" if self._parties is None or isinstance(self._parties, CallSending) else self._parties.to_name

    @property
    def target(self) -> str:
        """The Request-URI."""
        told = "" if self._parties is None or isinstance(self._parties, CallReplaced) else self._parties.target
        return told or self._target

    @property
    def identity(self) -> str:
        """The URI of P-Asserted-Identity or Remote-Party-ID: worth as much as who sent it. "" without one."""
        return self._said("identity")

    @property
    def identity_name(self) -> str:
        """The display name of that."""
        return self._said("identity_name")

    @property
    def diversion(self) -> str:
        """Who diverted an incoming call last (Diversion, History-Info); "" if nobody did."""
        return self._said("diversion")

    @property
    def referred_by(self) -> str:
        """In whose name an incoming call is made, after a transfer; "" if nobody's."""
        return self._said("referred_by")

    @property
    def replaces(self) -> str:
        """The call that an incoming one names in Replaces or Join: "CALL-ID;to-tag=X;from-tag=Y"; "" without one."""
        return self._said("replaces")

    @property
    def privacy(self) -> str:
        """What the caller wants kept private: "id;user" (RFC 3323)."""
        return self._said("privacy")

    @property
    def dialog(self) -> str:
        """"CALL-ID;to-tag=OURS;from-tag=PEERS": what a Replaces to us says, and a dialog-info document of ours; "" before
        the peer has a tag."""
        return self._said("dialog")

    @property
    def answer_after(self) -> int | None:
        """The seconds after which the caller wants an answer without a hand (an intercom); None: it does not."""
        event = self._parties
        return event.answer_after_s if isinstance(event, IncomingCall) and event.auto_answer else None

    @property
    def other(self) -> Call | None:
        """Of an incoming call that wants to replace or join one of ours: that one."""
        return self._agent._call_of(self._other) if self._other else None

    @property
    def replaced_by(self) -> Call | None:
        """The call that took its place, as after an attended transfer by the peer; None without one."""
        return self._replaced_by

    def _said(self, what: str) -> str:
        return str(getattr(self._message, what, "") or getattr(self._parties, what, ""))

    @property
    def headers(self) -> Headers:
        """The headers of the INVITE that came in; of an outgoing call, those of the peer's last response."""
        return self._message.headers if self._message else Headers()

    @property
    def codec(self) -> str:
        """The codec in use, "opus", "PCMU", "PCMA"; "" before there is one."""
        return self._media.codec if self._media else ""

    @property
    def established(self) -> bool:
        """Whether it was answered and is still up."""
        return bool(self._accepted_ms) and not self._ended

    @property
    def held(self) -> bool:
        """Whether the peer has put us on hold."""
        return self._held

    @property
    def holding(self) -> bool:
        """Whether we hold the peer."""
        return self._holding

    @property
    def ended(self) -> CallEnded | None:
        """How it ended; None while it lasts."""
        return self._ended

    @property
    def duration(self) -> float:
        """The seconds since the answer, up to now or to its end; 0 before the answer."""
        if self._ended:
            return self._ended.duration_ms / 1000
        return max(0.0, time.time() - self._accepted_ms / 1000) if self._accepted_ms else 0.0
