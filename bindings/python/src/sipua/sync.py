# Written by bindings/python/tools/make_sync.py from the asyncio classes. Do not edit.
"""The names of `sipua`, blocking, for scripts. Everything runs on one private thread; waits end with Ctrl-C.

    with sipua.sync.Agent() as agent:
        alice = agent.register("sip:alice@example.com", password="secret")
        call = alice.call("sip:bob@example.com", timeout=30)
        call.play("hello.wav").wait()
        call.hangup()
"""

from __future__ import annotations

import collections.abc
import os
import threading
import typing

from . import (
    _account, _agent, _audio, _call, _conference, _control, _message, _stream, _subscription, _transfer,
)
from ._blocking import END, Blocking, following, on_loop, register, run, unwrap, wrap
from ._events import *
from ._events import AgentStats, CallStats
from ._event import Event, Headers
from ._audio import Frame
from ._log import logger
from ._native import HeadersIn
from ._document import Document
from ._settings import AccountSettings, AgentSettings, CallSettings, MessageSettings

if typing.TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = [
    "Account", "Agent", "Audio", "Bridge", "Call", "ChangeRequest", "Conference", "Events", "Frames", "Inbox",
    "IncomingMessage", "Notifier", "Outcome", "Player", "Publication", "Recorder", "Subscription", "Transfer",
    "TransferRequest",
]

T = typing.TypeVar("T")
E = typing.TypeVar("E")
Number: typing.TypeAlias = "int | str"


class Outcome(Blocking, typing.Generic[T]):
    """What something already under way leads to. Awaiting it is optional, and legal more than once."""

    kept = False

    def done(self) -> bool:
        """Whether it is known by now."""
        value: bool = wrap(on_loop(lambda: self._async.done()))
        return value

    def wait(self, timeout: float | None = None) -> T:
        """Waits for it, for that many seconds at most, and returns it."""

        async def wait() -> T:
            return typing.cast(T, await self._async)

        return run(wait(), timeout)


class Events(Blocking, typing.Generic[E]):
    """Events in order, with `for`. Raises EventsLost when the reader was too slow; it may go on after that."""

    kept = False

    def __iter__(self) -> typing.Self:
        return self

    def __next__(self) -> E:
        item = run(following(self._async))
        if item is END:
            raise StopIteration
        return typing.cast('E', wrap(item))


class Inbox(Blocking, typing.Generic[T]):
    """What comes in, for one consumer: `for`, or `anext()`. It is open from its making until `aclose()`, the end
    of the agent, or until nobody holds it any more; what was not taken by then is refused."""

    kept = False

    def __iter__(self) -> typing.Self:
        return self

    def __next__(self) -> T:
        item = run(following(self._async))
        if item is END:
            raise StopIteration
        return typing.cast('T', wrap(item))

    def __enter__(self) -> typing.Self:
        run(self._async.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        run(self._async.__aexit__(None, None, None))

    def close(self) -> None:
        """Takes nothing more."""
        run(self._async.aclose())


class Player(Outcome[PlayDone]):
    """A file that plays. Awaiting it waits for its end."""

    def stop(self) -> PlayDone:
        """Stops it and says how far it came."""
        value: PlayDone = wrap(run(self._async.stop()))
        return value


class Recorder(Outcome[RecordDone]):
    """A recording. Awaiting it waits until the file is complete."""

    def stop(self) -> RecordDone:
        """Completes the file and says how long it is."""
        value: RecordDone = wrap(run(self._async.stop()))
        return value


class Frames(Blocking):
    """Received audio, piece by piece."""

    kept = False

    def __iter__(self) -> typing.Self:
        return self

    def __next__(self) -> Frame:
        item = run(following(self._async))
        if item is END:
            raise StopIteration
        return typing.cast('Frame', wrap(item))

    def close(self) -> None:
        """Ends the reading; another `frames()` may follow."""
        run(self._async.aclose())


class Audio(Blocking):
    """What a call hears and says. The library owns the clock: write as much as there is, read when it suits."""

    @property
    def call(self) -> Call | Conference:
        """The call, or the conference."""
        value: Call | Conference = wrap(on_loop(lambda: self._async.call))
        return value

    @property
    def rate(self) -> int:
        """Samples per second of `frames()`, and of `write()` unless it says otherwise."""
        value: int = wrap(on_loop(lambda: self._async.rate))
        return value

    @rate.setter
    def rate(self, rate: int) -> None:
        on_loop(lambda: setattr(self._async, 'rate', rate))

    def frames(self, ms: int=20) -> Frames:
        """What the peer says, in pieces of that many milliseconds, with `for`; ends when the call has ended and
        all was read. A steady stream: silence in hold, in gaps and before the answer. What nobody takes in time is
        dropped, oldest first, and counted in `stats().overrun_ms`."""
        value: Frames = wrap(on_loop(lambda: self._async.frames(ms)))
        return value

    def write(self, pcm: Buffer, rate: int | None=None, *, segment: Number=0) -> int:
        """Queues samples to be sent, any number of them, and returns the milliseconds that are queued now; nothing is
        ever dropped. `drain()` where the program should not run far ahead. rate: that of these samples, 8000,
        16000, 24000 or 48000. segment: names this piece of audio in the result of `flush()`."""
        value: int = wrap(on_loop(lambda: self._async.write(pcm, rate, segment=segment)))
        return value

    @property
    def queued_ms(self) -> int:
        """Milliseconds of audio that wait to be sent."""
        value: int = wrap(on_loop(lambda: self._async.queued_ms))
        return value

    def drain(self, below_ms: int=0) -> None:
        """Waits until no more than that waits to be sent. Raises CallEnded when the call ends first."""
        run(self._async.drain(below_ms))

    def flush(self) -> Flushed:
        """Drops all that is queued, now, and says which segment was playing,
        how much of it the peer was sent\n        (`played_ms`), and how much was dropped (`discarded_ms`)."""

        async def flush() -> Flushed:
            return typing.cast(Flushed, await self._async.flush())

        return run(flush())

    def __enter__(self) -> Audio:
        return self

    def __exit__(self, *_: object) -> None:
        call = self.call
        if isinstance(call, Call):
            call.hangup()

    def mark(self, mark: Number) -> Outcome[Mark]:
        """Names this point of what is written: the Mark event comes, and the result is there when awaited, once all
        before it has been played or flushed."""
        value: Outcome[Mark] = wrap(on_loop(lambda: self._async.mark(mark)))
        return value

    def play(self, file: str | os.PathLike[str], *, loop: bool=False) -> Player:
        """As `Call.play()`, `Conference.play()`."""
        value: Player = wrap(on_loop(lambda: self._async.play(file, loop=loop)))
        return value

    def record(self, file: str | os.PathLike[str], *, stereo: bool=False) -> Recorder:
        """As `Call.record()`, `Conference.record()`."""
        value: Recorder = wrap(on_loop(lambda: self._async.record(file, stereo=stereo)))
        return value


class Transfer(Outcome[TransferDone]):
    """A transfer under way. Awaiting it waits for its end, and raises SipError when it failed."""

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    def events(self) -> Events[Event]:
        """Its events from its start on: TransferProgress with the status of the new call, at last TransferDone."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value


class TransferRequest(Blocking):
    """Somebody wants us to call somebody else. It waits for `accept()` or `reject()`, now or within `deadline`
    seconds."""

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def call(self) -> Call | None:
        """The call that it came in; None outside one."""
        value: Call | None = wrap(on_loop(lambda: self._async.call))
        return value

    @property
    def target(self) -> str:
        """Whom we are to call."""
        value: str = wrap(on_loop(lambda: self._async.target))
        return value

    @property
    def from_(self) -> str:
        """Who asks."""
        value: str = wrap(on_loop(lambda: self._async.from_))
        return value

    @property
    def from_name(self) -> str:
        """The display name."""
        value: str = wrap(on_loop(lambda: self._async.from_name))
        return value

    @property
    def referred_by(self) -> str:
        """In whose name."""
        value: str = wrap(on_loop(lambda: self._async.referred_by))
        return value

    @property
    def replaces(self) -> str:
        """The call that the new one is to replace, when it is an attended transfer; with `joins`, to join."""
        value: str = wrap(on_loop(lambda: self._async.replaces))
        return value

    @property
    def joins(self) -> bool:
        """The new call is to join the one that `replaces` names (RFC 3911), not to take its place."""
        value: bool = wrap(on_loop(lambda: self._async.joins))
        return value

    @property
    def done(self) -> TransferDone | None:
        """How it ended; None before."""
        value: TransferDone | None = wrap(on_loop(lambda: self._async.done))
        return value

    def accept(
        self, *, headers: HeadersIn | None=None, timeout: float | None=None, rate: int=16000,
        codecs: collections.abc.Sequence[str] | None=None, **settings: typing.Unpack[CallSettings],
    ) -> Call:
        """Calls the target, and tells the other side how that goes; returns the new call at once. The call in which
        this came goes on until somebody hangs up."""
        value: Call = wrap(run(self._async.accept(headers=headers, timeout=timeout, rate=rate, codecs=codecs,
        **settings)))
        return value

    def reject(self, status: int=603, reason: str | None=None, *, headers: HeadersIn | None=None) -> None:
        """Refuses it."""
        run(self._async.reject(status, reason, headers=headers))

    @property
    def headers(self) -> Headers:
        """The headers of the request."""
        value: Headers = wrap(on_loop(lambda: self._async.headers))
        return value

    @property
    def account(self) -> Account | None:
        """The account that it came for; None without one."""
        value: Account | None = wrap(on_loop(lambda: self._async.account))
        return value

    @property
    def deadline(self) -> float:
        """The seconds that a decision may take, counted from its arrival."""
        value: float = wrap(on_loop(lambda: self._async.deadline))
        return value


class Call(Blocking):
    """A call, incoming or outgoing. Dropping the object never hangs up; `hangup()` does."""

    @property
    def audio(self) -> Audio:
        """Its audio, to hear and to speak."""
        value: Audio = wrap(on_loop(lambda: self._async.audio))
        return value

    def events(self) -> Events[Event]:
        """Its events from its very start on, ending after CallEnded. Raises EventsLost(n) when the reader is so slow
        that events had to be dropped."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value

    def ring(
        self, status: int=180, reason: str | None=None, *, headers: HeadersIn | None=None, early_media: bool=False,
    ) -> None:
        """Tells the caller that it rings. early_media: audio flows from now on, before the answer."""
        run(self._async.ring(status, reason, headers=headers, early_media=early_media))

    def answer(self, rate: int = 16000, *, headers: HeadersIn | None = None) -> Audio:
        """Answers. `with call.answer() as audio:` hangs up when the block is left. rate: samples per second of\n        `audio.frames()`: 8000, 16000, 24000 or 48000."""

        async def answer() -> typing.Any:
            return await self._async.answer(rate, headers=headers)

        audio: Audio = wrap(run(answer()))
        return audio

    def reject(self, status: int=486, reason: str | None=None, *, headers: HeadersIn | None=None, q850: int=0) -> None:
        """Refuses the call. q850: the cause in a Reason header."""
        run(self._async.reject(status, reason, headers=headers, q850=q850))

    def answered(self) -> None:
        """Waits until it is answered. Raises CallEnded when it is not,
        with the cause "No Answer" as soon as its time is
        up, though a peer that says nothing at all may take seconds more to be given up for good."""
        run(self._async.answered())

    def hangup(
        self, *, headers: HeadersIn | None=None, reason: str | None=None, q850: int=0, body: str | bytes=b'',
        content_type: str | None=None,
    ) -> CallEnded:
        """Ends the call, in whatever state it is, and says how it ended. On an ended call it does nothing.

        reason: words for a Reason header. q850: the cause for one, such as 16. body: goes into a BYE only, and says
        what it is by its content_type."""
        value: CallEnded = wrap(run(self._async.hangup(headers=headers, reason=reason, q850=q850, body=body,
        content_type=content_type)))
        return value

    def wait_ended(self) -> CallEnded:
        """Waits for its end and says how it ended."""
        value: CallEnded = wrap(run(self._async.wait_ended()))
        return value

    def send_dtmf(self, digits: str, *, ms: int=100, gap: int=70) -> None:
        """Sends digits (0-9 * # A-D,
        and a comma for a pause of 2 s) and waits until the last has left. Raises SipError when
        the peer refuses them by INFO."""
        run(self._async.send_dtmf(digits, ms=ms, gap=gap))

    def play(self, file: str | os.PathLike[str], *, loop: bool=False) -> Player:
        """Plays a WAV file to the peer, after what is queued. `await` the result to wait for its end."""
        value: Player = wrap(on_loop(lambda: self._async.play(file, loop=loop)))
        return value

    def record(self, file: str | os.PathLike[str], *, stereo: bool=False) -> Recorder:
        """Records the far end, mono; stereo: near left, far right. Ends with the call, or with `stop()`. Any number
        of recordings at a time, each to a file of its own."""
        value: Recorder = wrap(on_loop(lambda: self._async.record(file, stereo=stereo)))
        return value

    def stats(self) -> CallStats:
        """The figures of its media: now, or of an ended call the last ones."""
        value: CallStats = wrap(run(self._async.stats()))
        return value

    @property
    def id(self) -> int:
        """The number that its events carry as `call_id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def account(self) -> Account | None:
        """The account that it belongs to; None for a direct call."""
        value: Account | None = wrap(on_loop(lambda: self._async.account))
        return value

    @property
    def direction(self) -> typing.Literal['incoming', 'outgoing']:
        """Who called."""
        value: typing.Literal['incoming', 'outgoing'] = wrap(on_loop(lambda: self._async.direction))
        return value

    @property
    def from_(self) -> str:
        """The caller's URI."""
        value: str = wrap(on_loop(lambda: self._async.from_))
        return value

    @property
    def from_name(self) -> str:
        """The caller's display name."""
        value: str = wrap(on_loop(lambda: self._async.from_name))
        return value

    @property
    def to(self) -> str:
        """The URI that was called."""
        value: str = wrap(on_loop(lambda: self._async.to))
        return value

    @property
    def to_name(self) -> str:
        """The display name that was called."""
        value: str = wrap(on_loop(lambda: self._async.to_name))
        return value

    @property
    def target(self) -> str:
        """The Request-URI."""
        value: str = wrap(on_loop(lambda: self._async.target))
        return value

    @property
    def identity(self) -> str:
        """The URI of P-Asserted-Identity or Remote-Party-ID: worth as much as who sent it. "" without one."""
        value: str = wrap(on_loop(lambda: self._async.identity))
        return value

    @property
    def identity_name(self) -> str:
        """The display name of that."""
        value: str = wrap(on_loop(lambda: self._async.identity_name))
        return value

    @property
    def diversion(self) -> str:
        """Who diverted an incoming call last (Diversion, History-Info); "" if nobody did."""
        value: str = wrap(on_loop(lambda: self._async.diversion))
        return value

    @property
    def referred_by(self) -> str:
        """In whose name an incoming call is made, after a transfer; "" if nobody's."""
        value: str = wrap(on_loop(lambda: self._async.referred_by))
        return value

    @property
    def replaces(self) -> str:
        """The call that an incoming one names in Replaces or Join: "CALL-ID;to-tag=X;from-tag=Y"; "" without one."""
        value: str = wrap(on_loop(lambda: self._async.replaces))
        return value

    @property
    def privacy(self) -> str:
        """What the caller wants kept private: "id;user" (RFC 3323)."""
        value: str = wrap(on_loop(lambda: self._async.privacy))
        return value

    @property
    def dialog(self) -> str:
        """"CALL-ID;to-tag=OURS;from-tag=PEERS": what a Replaces to us says,
        and a dialog-info document of ours; "" before
        the peer has a tag."""
        value: str = wrap(on_loop(lambda: self._async.dialog))
        return value

    @property
    def answer_after(self) -> int | None:
        """The seconds after which the caller wants an answer without a hand (an intercom); None: it does not."""
        value: int | None = wrap(on_loop(lambda: self._async.answer_after))
        return value

    @property
    def other(self) -> Call | None:
        """Of an incoming call that wants to replace or join one of ours: that one."""
        value: Call | None = wrap(on_loop(lambda: self._async.other))
        return value

    @property
    def replaced_by(self) -> Call | None:
        """The call that took its place, as after an attended transfer by the peer; None without one."""
        value: Call | None = wrap(on_loop(lambda: self._async.replaced_by))
        return value

    @property
    def headers(self) -> Headers:
        """The headers of the INVITE that came in; of an outgoing call, those of the peer's last response."""
        value: Headers = wrap(on_loop(lambda: self._async.headers))
        return value

    @property
    def codec(self) -> str:
        """The codec in use, "opus", "PCMU", "PCMA"; "" before there is one."""
        value: str = wrap(on_loop(lambda: self._async.codec))
        return value

    @property
    def established(self) -> bool:
        """Whether it was answered and is still up."""
        value: bool = wrap(on_loop(lambda: self._async.established))
        return value

    @property
    def held(self) -> bool:
        """Whether the peer has put us on hold."""
        value: bool = wrap(on_loop(lambda: self._async.held))
        return value

    @property
    def holding(self) -> bool:
        """Whether we hold the peer."""
        value: bool = wrap(on_loop(lambda: self._async.holding))
        return value

    @property
    def ended(self) -> CallEnded | None:
        """How it ended; None while it lasts."""
        value: CallEnded | None = wrap(on_loop(lambda: self._async.ended))
        return value

    @property
    def duration(self) -> float:
        """The seconds since the answer, up to now or to its end; 0 before the answer."""
        value: float = wrap(on_loop(lambda: self._async.duration))
        return value

    def hold(self, *, method: str='auto', headers: HeadersIn | None=None) -> None:
        """Holds the peer: it is not heard; what is written or played is (music on hold). Raises SipError when the
        peer refuses; the call is then as it was.

        method: "invite", "update", or "auto"."""
        run(self._async.hold(method=method, headers=headers))

    def resume(self, *, method: str='auto', headers: HeadersIn | None=None) -> None:
        """Takes the peer back."""
        run(self._async.resume(method=method, headers=headers))

    def renegotiate(
        self, *, codecs: collections.abc.Sequence[str] | None=None, method: str='auto', headers: HeadersIn | None=None,
    ) -> None:
        """Offers everything anew; codecs: those from now on, in order of preference. Raises SipError when the peer
        refuses; the call is then as it was."""
        run(self._async.renegotiate(codecs=codecs, method=method, headers=headers))

    def mute(self, *, send: bool=True, receive: bool=False) -> None:
        """Lets the peer hear silence; receive: and us too. Nothing is signalled."""
        run(self._async.mute(send=send, receive=receive))

    def unmute(self, *, send: bool=True, receive: bool=True) -> None:
        """The other way round."""
        run(self._async.unmute(send=send, receive=receive))

    @property
    def muted(self) -> tuple[bool, bool]:
        """Whether what we send, and what we hear, is muted."""
        value: tuple[bool, bool] = wrap(on_loop(lambda: self._async.muted))
        return value

    def transfer(
        self, target: str | None=None, *, consult: Call | None=None, referred_by: str | None=None,
        subscribe: bool=True, hangup: bool=True, headers: HeadersIn | None=None, timeout: float | None=None,
    ) -> Transfer:
        """Has the peer call somebody else. `await` the result to learn how that went: it raises SipError when it
        failed, and this call goes on.

        consult: our other call, whose peer ours shall talk with (attended). referred_by: in whose name, without it
        ours. subscribe: False asks for no progress. hangup: False keeps the call (and consult) when it succeeded.
        timeout: seconds until it counts as failed."""
        value: Transfer = wrap(on_loop(lambda: self._async.transfer(target, consult=unwrap(consult),
        referred_by=referred_by, subscribe=subscribe, hangup=hangup, headers=headers, timeout=timeout)))
        return value

    def collect(
        self, max: int=1, *, timeout: float | None=10.0, between: float=3.0, terminators: str='',
        interrupt: bool=True, prompt: str | os.PathLike[str] | None=None,
    ) -> Collected:
        """Waits for digits of the peer: until `max` have come, one of the terminators, or nothing more. `.digits` are
        those, `.state` says why it is over: "full", "terminator", "timeout", "ended".

        timeout: seconds until the first digit, None for ever; they count from the end of `prompt`, a WAV file to play
        first, and without one from now, whatever plays. between: seconds until each further one. interrupt: the first
        digit stops what plays and drops what is queued."""
        value: Collected = wrap(run(self._async.collect(max, timeout=timeout, between=between,
        terminators=terminators, interrupt=interrupt, prompt=prompt)))
        return value

    def info(
        self, body: str | bytes=b'', *, content_type: str | None=None, headers: HeadersIn | None=None,
        timeout: float | None=None,
    ) -> RequestAnswered:
        """Sends an INFO and returns its answer. Raises SipError when the peer refuses."""
        value: RequestAnswered = wrap(run(self._async.info(body, content_type=content_type, headers=headers,
        timeout=timeout)))
        return value

    def request(
        self, method: str, body: str | bytes=b'', *, content_type: str | None=None, headers: HeadersIn | None=None,
        timeout: float | None=None,
    ) -> RequestAnswered:
        """Sends a request of any method that the stack does not do itself, and returns its answer."""
        value: RequestAnswered = wrap(run(self._async.request(method, body, content_type=content_type,
        headers=headers, timeout=timeout)))
        return value

    def message(
        self, text: str | bytes, *, content_type: str | None=None, headers: HeadersIn | None=None,
        timeout: float | None=None,
    ) -> MessageDelivered:
        """Sends a MESSAGE inside the call and waits until it is delivered."""
        value: MessageDelivered = wrap(run(self._async.message(text, content_type=content_type, headers=headers,
        timeout=timeout)))
        return value


class ChangeRequest(Blocking):
    """A change that the peer wants and that waits for `accept()` or `reject()`, now or within `deadline` seconds."""

    @property
    def call(self) -> Call:
        """The call."""
        value: Call = wrap(on_loop(lambda: self._async.call))
        return value

    @property
    def hold(self) -> bool:
        """Whether the peer wants to hold us."""
        value: bool = wrap(on_loop(lambda: self._async.hold))
        return value

    @property
    def resume(self) -> bool:
        """Whether it wants to go on after holding us."""
        value: bool = wrap(on_loop(lambda: self._async.resume))
        return value

    @property
    def body(self) -> bytes:
        """Its offer; empty when it wants ours."""
        value: bytes = wrap(on_loop(lambda: self._async.body))
        return value

    def accept(self) -> None:
        """Takes it as far as we can."""
        run(self._async.accept())

    def reject(self, status: int=488, reason: str | None=None, *, headers: HeadersIn | None=None) -> None:
        """Refuses it; the call is as it was."""
        run(self._async.reject(status, reason, headers=headers))

    @property
    def headers(self) -> Headers:
        """The headers of the request."""
        value: Headers = wrap(on_loop(lambda: self._async.headers))
        return value

    @property
    def account(self) -> Account | None:
        """The account that it came for; None without one."""
        value: Account | None = wrap(on_loop(lambda: self._async.account))
        return value

    @property
    def deadline(self) -> float:
        """The seconds that a decision may take, counted from its arrival."""
        value: float = wrap(on_loop(lambda: self._async.deadline))
        return value


class Conference(Blocking):
    """Calls that are mixed: everybody hears all others, and never himself. The program is one more member,
        by `audio`."""

    @property
    def calls(self) -> list[Call]:
        """The calls in it."""
        value: list[Call] = wrap(on_loop(lambda: self._async.calls))
        return value

    @property
    def audio(self) -> Audio:
        """The program's own audio: what it writes is heard by all, what it reads is the mix of all calls."""
        value: Audio = wrap(on_loop(lambda: self._async.audio))
        return value

    def add(self, call: Call) -> None:
        """Adds a call,
        answered or not; it leaves when it ends. Raises StateError when it is in a conference or a bridge
        already."""
        run(self._async.add(unwrap(call)))

    def remove(self, call: Call) -> None:
        """Takes a call out; it goes on by itself."""
        run(self._async.remove(unwrap(call)))

    def play(self, file: str | os.PathLike[str], *, loop: bool=False) -> Player:
        """Plays a WAV file to all; several at once are mixed. `await` the result to wait for its end."""
        value: Player = wrap(on_loop(lambda: self._async.play(file, loop=loop)))
        return value

    def record(self, file: str | os.PathLike[str], *, stereo: bool=False) -> Recorder:
        """Records all that is said and played, mono (there are no two sides). Ends with the conference, or with
        `stop()`."""
        value: Recorder = wrap(on_loop(lambda: self._async.record(file, stereo=stereo)))
        return value

    def end(self, *, hangup: bool=False) -> ConferenceEnded:
        """Ends it; its calls go on by themselves, or are hung up too."""
        value: ConferenceEnded = wrap(run(self._async.end(hangup=hangup)))
        return value

    def __enter__(self) -> typing.Self:
        run(self._async.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        run(self._async.__aexit__(None, None, None))

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def ended(self) -> ConferenceEnded | None:
        """How it ended; None while it lasts."""
        value: ConferenceEnded | None = wrap(on_loop(lambda: self._async.ended))
        return value

    def events(self) -> Events[Event]:
        """Its events from its very start on."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value

    def wait_ended(self) -> ConferenceEnded:
        """Waits for its end and says how it ended."""
        value: ConferenceEnded = wrap(run(self._async.wait_ended()))
        return value


class Bridge(Blocking):
    """Two calls connected with each other."""

    @property
    def state(self) -> str:
        """"waiting" until both are answered, "untouched" when packets pass as they are, "transcoded", or "held"."""
        value: str = wrap(on_loop(lambda: self._async.state))
        return value

    def end(self) -> BridgeEnded:
        """Takes them apart; both calls go on by themselves."""
        value: BridgeEnded = wrap(run(self._async.end()))
        return value

    def wait_ended(self) -> BridgeEnded:
        """Waits until one of the calls has ended,
        or `end()` took them apart. Raises what was wrong when they could not be
        connected."""
        value: BridgeEnded = wrap(run(self._async.wait_ended()))
        return value

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def ended(self) -> BridgeEnded | None:
        """How it ended; None while it lasts."""
        value: BridgeEnded | None = wrap(on_loop(lambda: self._async.ended))
        return value

    def events(self) -> Events[Event]:
        """Its events from its very start on."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value


class Subscription(Blocking):
    """A subscription that is kept fresh: `for note in subscription` gives what comes, until it ends; it raises
    SipError when it was refused or broke. With `with` it ends with the block."""

    @property
    def last(self) -> Notify | None:
        """The newest of what came."""
        value: Notify | None = wrap(on_loop(lambda: self._async.last))
        return value

    @property
    def document(self) -> Document | None:
        """What it said, if it is a document that the library reads."""
        value: Document | None = wrap(on_loop(lambda: self._async.document))
        return value

    @property
    def failure(self) -> Exception | None:
        """Why it was refused or broke; None when it was not, or has not ended."""
        value: Exception | None = wrap(on_loop(lambda: self._async.failure))
        return value

    def active(self) -> None:
        """Waits until it is active. Raises SipError when it is refused or ends before."""
        run(self._async.active())

    def __iter__(self) -> typing.Self:
        return self

    def __next__(self) -> Notify:
        item = run(following(self._async))
        if item is END:
            raise StopIteration
        return typing.cast('Notify', wrap(item))

    def refresh(self, expires: int=0) -> None:
        """Asks again now; expires: seconds, 0 as before."""
        run(self._async.refresh(expires))

    def end(self) -> None:
        """Unsubscribes."""
        run(self._async.end())

    def __enter__(self) -> typing.Self:
        run(self._async.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        run(self._async.__aexit__(None, None, None))

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def state(self) -> str:
        """In one word; "" before anything is known."""
        value: str = wrap(on_loop(lambda: self._async.state))
        return value

    def events(self) -> Events[Event]:
        """Its events from its start on."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value


class Notifier(Blocking):
    """Somebody who subscribes to us. It waits for `accept()` or `reject()`,
        now or within `deadline` seconds; then it is
    told by `notify()`."""

    @property
    def from_(self) -> str:
        """Who subscribes."""
        value: str = wrap(on_loop(lambda: self._async.from_))
        return value

    @property
    def from_name(self) -> str:
        """The display name."""
        value: str = wrap(on_loop(lambda: self._async.from_name))
        return value

    @property
    def to(self) -> str:
        """Whose events are asked for."""
        value: str = wrap(on_loop(lambda: self._async.to))
        return value

    @property
    def package(self) -> str:
        """Which events: "presence", "dialog" …"""
        value: str = wrap(on_loop(lambda: self._async.package))
        return value

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        value: bool = wrap(on_loop(lambda: self._async.ended))
        return value

    def accept(
        self, body: Document | str | bytes=b'', *, state: str='active', content_type: str | None=None,
        expires: int=0, headers: HeadersIn | None=None,
    ) -> None:
        """Answers 200 and sends the first NOTIFY. The last body is sent again whenever the subscriber refreshes. A document
        that does not say whom it is about is about `to`; versions are counted."""
        run(self._async.accept(body, state=state, content_type=content_type, expires=expires, headers=headers))

    def reject(self, status: int=403, reason: str | None=None, *, headers: HeadersIn | None=None) -> None:
        """Refuses it."""
        run(self._async.reject(status, reason, headers=headers))

    def notify(
        self, body: Document | str | bytes=b'', *, state: str | None=None, content_type: str | None=None,
        headers: HeadersIn | None=None,
    ) -> None:
        """Sends a NOTIFY. When several come faster than they are answered, the newest counts."""
        run(self._async.notify(body, state=state, content_type=content_type, headers=headers))

    def end(self, reason: str='noresource', *, body: Document | str | bytes=b'') -> None:
        """Ends it with a last NOTIFY. reason: "timeout", "noresource", "rejected", "deactivated", "probation",
        "giveup"."""
        run(self._async.end(reason, body=body))

    @property
    def headers(self) -> Headers:
        """The headers of the request."""
        value: Headers = wrap(on_loop(lambda: self._async.headers))
        return value

    @property
    def account(self) -> Account | None:
        """The account that it came for; None without one."""
        value: Account | None = wrap(on_loop(lambda: self._async.account))
        return value

    @property
    def deadline(self) -> float:
        """The seconds that a decision may take, counted from its arrival."""
        value: float = wrap(on_loop(lambda: self._async.deadline))
        return value

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def state(self) -> str:
        """In one word; "" before anything is known."""
        value: str = wrap(on_loop(lambda: self._async.state))
        return value

    def events(self) -> Events[Event]:
        """Its events from its start on."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value


class Publication(Blocking):
    """A state of ours that others may learn from a server. It is kept fresh. With `with` it ends with the block."""

    def update(self, body: Document | str | bytes, *, content_type: str | None=None) -> None:
        """Replaces what is published, and waits until it is there."""
        run(self._async.update(body, content_type=content_type))

    def end(self) -> None:
        """Takes it back."""
        run(self._async.end())

    def __enter__(self) -> typing.Self:
        run(self._async.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        run(self._async.__aexit__(None, None, None))

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def state(self) -> str:
        """In one word; "" before anything is known."""
        value: str = wrap(on_loop(lambda: self._async.state))
        return value

    def events(self) -> Events[Event]:
        """Its events from its start on."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value


class IncomingMessage(Blocking):
    """A MESSAGE that waits for `accept()` or `reject()`, now or later within `deadline` seconds."""

    @property
    def id(self) -> int:
        """The number of the message in events."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def from_(self) -> str:
        """The sender's URI."""
        value: str = wrap(on_loop(lambda: self._async.from_))
        return value

    @property
    def from_name(self) -> str:
        """The sender's display name."""
        value: str = wrap(on_loop(lambda: self._async.from_name))
        return value

    @property
    def to(self) -> str:
        """The URI it was meant for."""
        value: str = wrap(on_loop(lambda: self._async.to))
        return value

    @property
    def content_type(self) -> str:
        """What the body is, "text/plain" if nothing was said."""
        value: str = wrap(on_loop(lambda: self._async.content_type))
        return value

    @property
    def body(self) -> bytes:
        """The body as it came."""
        value: bytes = wrap(on_loop(lambda: self._async.body))
        return value

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 become U+FFFD."""
        value: str = wrap(on_loop(lambda: self._async.text))
        return value

    @property
    def document(self) -> Document | None:
        """What the body says, if it is a document that the library reads."""
        value: Document | None = wrap(on_loop(lambda: self._async.document))
        return value

    @property
    def message_id(self) -> str:
        """How notifications name it; "" if its sender gave no name."""
        value: str = wrap(on_loop(lambda: self._async.message_id))
        return value

    @property
    def call(self) -> Call | None:
        """The call that it came in; None outside one."""
        value: Call | None = wrap(on_loop(lambda: self._async.call))
        return value

    @property
    def answered(self) -> int:
        """The status that the sender got; 0 while it waits."""
        value: int = wrap(on_loop(lambda: self._async.answered))
        return value

    def accept(self, *, headers: HeadersIn | None=None) -> None:
        """Answers 200."""
        run(self._async.accept(headers=headers))

    def reject(self, status: int=480, reason: str | None=None, *, headers: HeadersIn | None=None) -> None:
        """Refuses it."""
        run(self._async.reject(status, reason, headers=headers))

    def displayed(self) -> None:
        """Tells the sender that it was shown, if he wanted to know. (That it has arrived is told by `accept()`.)"""
        run(self._async.displayed())

    @property
    def headers(self) -> Headers:
        """The headers of the request."""
        value: Headers = wrap(on_loop(lambda: self._async.headers))
        return value

    @property
    def account(self) -> Account | None:
        """The account that it came for; None without one."""
        value: Account | None = wrap(on_loop(lambda: self._async.account))
        return value

    @property
    def deadline(self) -> float:
        """The seconds that a decision may take, counted from its arrival."""
        value: float = wrap(on_loop(lambda: self._async.deadline))
        return value


class Account(Blocking):
    """Who we are towards a server, registered or not. Made by `Agent.register()` and `Agent.account()`."""

    @property
    def id(self) -> int:
        """The number that its events carry as `account_id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def agent(self) -> Agent:
        """The agent that it belongs to."""
        value: Agent = wrap(on_loop(lambda: self._async.agent))
        return value

    @property
    def aor(self) -> str:
        """The address of record."""
        value: str = wrap(on_loop(lambda: self._async.aor))
        return value

    @property
    def registered(self) -> bool:
        """Whether the server holds a registration of ours, as far as we know."""
        value: bool = wrap(on_loop(lambda: self._async.registered))
        return value

    @property
    def expires(self) -> int:
        """The seconds that the server granted last; 0 without a registration."""
        value: int = wrap(on_loop(lambda: self._async.expires))
        return value

    @property
    def gruu(self) -> str:
        """The URI that reaches this very device (RFC 5627); "" where the server gave none."""
        value: str = wrap(on_loop(lambda: self._async.gruu))
        return value

    def set_token(self, token: str | None) -> None:
        """Changes the bearer token for what is sent from now on; None: none any more."""
        run(self._async.set_token(token))

    def register(self) -> Registered:
        """Registers, or refreshes at once, and waits for the server's 200. The registration is then kept fresh.

        Raises SipError when the server refuses or cannot be reached."""
        value: Registered = wrap(run(self._async.register()))
        return value

    def unregister(self, *, all: bool=False) -> None:
        """Removes the registration; `all`: those of every device of this address."""
        run(self._async.unregister(all=all))

    def close(self) -> None:
        """Unregisters if need be, ends its calls and closes it."""
        run(self._async.close())

    def call(
        self, target: str, *, headers: HeadersIn | None=None, timeout: float | None=None, rate: int=16000,
        codecs: typing.Sequence[str] | None=None, early_media: bool=False, **settings: typing.Unpack[CallSettings],
    ) -> Call:
        """Calls somebody and waits for the answer.

        target: a URI, user@host, or a user or number of this account's domain. headers: added to the INVITE.
        timeout: seconds until the call is given up with the cause "No Answer". rate: samples per second of
        `audio.frames()`. codecs: in order of preference. early_media: returns as soon as audio flows, even before the
        answer; `call.answered()` then waits for that.

        replaces,
        join: "CALL-ID;to-tag=X;from-tag=Y" of a call of the peer's that this one replaces or joins. from_name,
        asserted_identity, preferred_identity, privacy, anonymous: who calls. max_redirects: follows so many 3xx.

        Raises SipError when the call is not answered. Cancelling the task gives the call up: CANCEL goes out, or ACK
        and BYE if the answer was faster."""
        value: Call = wrap(run(self._async.call(target, headers=headers, timeout=timeout, rate=rate, codecs=codecs,
        early_media=early_media, **settings)))
        return value

    def dial(
        self, target: str, *, headers: HeadersIn | None=None, timeout: float | None=None, rate: int=16000,
        codecs: typing.Sequence[str] | None=None, **settings: typing.Unpack[CallSettings],
    ) -> Call:
        """Calls somebody and returns at once; `call.answered()` waits for the answer. As `call()` else."""
        value: Call = wrap(on_loop(lambda: self._async.dial(target, headers=headers, timeout=timeout, rate=rate,
        codecs=codecs, **settings)))
        return value

    def message(
        self, target: str, text: Document | str | bytes, *, content_type: str | None=None,
        headers: HeadersIn | None=None, timeout: float | None=None, **settings: typing.Unpack[MessageSettings],
    ) -> MessageDelivered:
        """Sends a MESSAGE and waits until it is delivered. Raises SipError when it is not.

        disposition: what to be told later by events MessageDisposition of the agent with the same `message_id`:
        "delivered", "displayed", "processed". cpim: wraps it, as that does too."""
        value: MessageDelivered = wrap(run(self._async.message(target, text, content_type=content_type,
        headers=headers, timeout=timeout, **settings)))
        return value

    def composing(self, target: str, active: bool=True) -> None:
        """Tells somebody that a message to him is being written, or no longer."""
        run(self._async.composing(target, active))

    def refer(
        self, recipient: str, target: str, *, referred_by: str | None=None, subscribe: bool=True,
        headers: HeadersIn | None=None, timeout: float | None=None,
    ) -> Transfer:
        """Has somebody call somebody else, outside any call. As `Call.transfer()` else."""
        value: Transfer = wrap(on_loop(lambda: self._async.refer(recipient, target, referred_by=referred_by,
        subscribe=subscribe, headers=headers, timeout=timeout)))
        return value

    def subscribe(
        self, target: str, event: str, *, expires: int | None=None, accept: str | None=None, body: str | bytes=b'',
        content_type: str | None=None, headers: HeadersIn | None=None,
    ) -> Subscription:
        """Subscribes to somebody's events and keeps that fresh.

        event: "presence", "dialog", "message-summary" … expires: seconds to ask for; 0 asks once. accept: content
        types, without it those of the package."""
        value: Subscription = wrap(on_loop(lambda: self._async.subscribe(target, event, expires=expires,
        accept=accept, body=body, content_type=content_type, headers=headers)))
        return value

    def publish(
        self, event: str, body: Document | str | bytes, *, target: str | None=None, expires: int | None=None,
        content_type: str | None=None, headers: HeadersIn | None=None,
    ) -> Publication:
        """Publishes a state of ours, waits until it is there and keeps it fresh. Raises SipError when it is refused.

        event: "presence" … body: a document such as `Presence`, or its text; whom it is about need not be said. target:
        whose, without it ours."""
        value: Publication = wrap(run(self._async.publish(event, body, target=target, expires=expires,
        content_type=content_type, headers=headers)))
        return value

    def options(self, target: str, *, headers: HeadersIn | None=None, timeout: float | None=None) -> OptionsAnswered:
        """Asks a peer what it can do. Raises SipError when it refuses or does not answer."""
        value: OptionsAnswered = wrap(run(self._async.options(target, headers=headers, timeout=timeout)))
        return value

    def events(self) -> Events[Event]:
        """The account's events from now on: Registered, RegistrationFailed, Unregistered ..."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value


class Agent(Blocking):
    """A SIP stack: registers, calls, takes calls, and messages. Use it with `with`; several may run at once.

    bind: numeric address of all sockets. advertise: what peers are told instead, for NAT and containers. listen: where
    to listen, "udp:HOST:PORT" or tcp, tls, ws, wss; port 0 is any; without it udp and tcp on `bind` and a free port.
    open: takes calls and messages from anybody for any user. user_agent: the User-Agent header. codecs: in order of
    preference, of "opus", "pcmu", "pcma". rtp_ports: first and last RTP port. max_calls: at one time. display_name,
    auth_user and outbound_proxy are defaults for its accounts. log_level: how much of the library's log reaches
    `logging`; without it what the logger "sipua" lets through. trace: every SIP message is a Trace event, and logged by
    "sipua.trace". dns_servers: instead of the system's. options: what `set_option()` sets, from the start.

    tls_ca: who may sign a server's certificate, as PEM, a file or a directory; without it the system's, else certifi's.
    tls_cert, tls_key, tls_key_password: ours, for tls: and wss: listeners and for servers that ask. tls_crl: revoked
    ones. tls_pins: "sha256/BASE64" of keys, others are refused. tls_verify: False takes any certificate,
        for tests only.
    tls_min_version: "1.2" or "1.3". media_bind, media_advertise: as bind and advertise, of audio. stun_server:
    "HOST:PORT" that tells our public address. watch_network: False leaves it to the program to say when the network
    changed."""

    def __init__(
        self, *,
        bind: str | None=None, advertise: str | None=None, listen: collections.abc.Sequence[str]=(), open: bool=False,
        user_agent: str | None=None, display_name: str | None=None, auth_user: str | None=None,
        outbound_proxy: str | collections.abc.Sequence[str] | None=None,
        codecs: collections.abc.Sequence[str] | None=None, rtp_ports: tuple[int, int] | None=None,
        max_calls: int | None=None, log_level: int | None=None, trace: bool=False,
        dns_servers: collections.abc.Sequence[str]=(), options: collections.abc.Mapping[str,
        str | int | bool] | None=None, **settings: typing.Unpack[AgentSettings],
    ) -> None:
        self._async = on_loop(lambda: _agent.Agent(bind=bind, advertise=advertise, listen=listen, open=open,
        user_agent=user_agent, display_name=display_name, auth_user=auth_user, outbound_proxy=outbound_proxy,
        codecs=codecs, rtp_ports=rtp_ports, max_calls=max_calls, log_level=log_level, trace=trace,
        dns_servers=dns_servers, options=options, **settings))
        self._async.__dict__["_blocking"] = self

    def start(self) -> None:
        """Starts it; `with` does so by itself. When it returns, the listeners are up."""
        run(self._async.start())

    def close(self, deadline: float=2.0) -> None:
        """Ends everything politely: tasks made by `spawn()` are cancelled, calls get BYE, registrations are removed.
        Waits for the answers, up to that many seconds. Cancelling it closes at once."""
        run(self._async.close(deadline))

    def __enter__(self) -> typing.Self:
        run(self._async.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        run(self._async.__aexit__(None, None, None))

    def register(
        self, aor: str, *, password: str | None=None, server: str | None=None, expires: int | None=None,
        auth_user: str | None=None, display_name: str | None=None,
        outbound_proxy: str | collections.abc.Sequence[str] | None=None, advertise: str | None=None,
        codecs: collections.abc.Sequence[str] | None=None, headers: HeadersIn | None=None,
        instance_id: str | None=None, auto_answer: bool=False, peers: collections.abc.Sequence[str]=(),
        **settings: typing.Unpack[AccountSettings],
    ) -> Account:
        """Registers with a server and waits for its 200; the registration is then kept fresh until the agent or the
        account is closed.

        aor: the address of record, "sip:alice@example.com". server: the registrar, "sip:example.com;transport=tcp",
        without it the domain of the AOR. expires: seconds to ask for. auth_user: the user name for digest, without it
        the AOR's. outbound_proxy: where every request goes first,
        one or several in order. Server and proxies may be URLs
        of WebSocket servers, "wss://example.com/sip". headers: added to REGISTER. auto_answer: the stack
        answers calls by itself. peers: further addresses that may call, "192.0.2.0/24".

        transport: "udp", "tcp", "tls", "ws" or "wss" where no URI names one. ha1: instead of a password, the hash of
        "user:realm:password", "MD5:HEX". bearer_token: for servers that ask for one. ws_headers: of the request that
        opens a WebSocket. flows: 2 registers over two servers at once (RFC 5626). outbound, sticky, contact_rewrite,
        gruu: False leaves it off. contact_params, contact_features, contact_user: parts of the Contact. tls_ca,
        tls_cert, tls_key, tls_key_password, tls_pins, tls_verify: instead of the agent's.

        Raises SipError when the server refuses or cannot be reached."""
        value: Account = wrap(run(self._async.register(aor, password=password, server=server, expires=expires,
        auth_user=auth_user, display_name=display_name, outbound_proxy=outbound_proxy, advertise=advertise,
        codecs=codecs, headers=headers, instance_id=instance_id, auto_answer=auto_answer, peers=peers, **settings)))
        return value

    def account(
        self, aor: str, *, password: str | None=None, server: str | None=None, expires: int | None=None,
        auth_user: str | None=None, display_name: str | None=None,
        outbound_proxy: str | collections.abc.Sequence[str] | None=None, advertise: str | None=None,
        codecs: collections.abc.Sequence[str] | None=None, headers: HeadersIn | None=None,
        instance_id: str | None=None, auto_answer: bool=False, peers: collections.abc.Sequence[str]=(),
        **settings: typing.Unpack[AccountSettings],
    ) -> Account:
        """An account that is not registered: to call and message from, or to register later. As `register()`."""
        value: Account = wrap(on_loop(lambda: self._async.account(aor, password=password, server=server,
        expires=expires, auth_user=auth_user, display_name=display_name, outbound_proxy=outbound_proxy,
        advertise=advertise, codecs=codecs, headers=headers, instance_id=instance_id, auto_answer=auto_answer,
        peers=peers, **settings)))
        return value

    def network_changed(self) -> None:
        """Says that addresses or routes of this machine changed: every flow is tried at once,
        registrations are renewed,
        and calls move to the new address. Events NetworkChanged, Registered and CallMoved tell what comes of it."""
        run(self._async.network_changed())

    def reload_tls(self) -> None:
        """Reads all files of certificates, keys and trust again, for connections made from now on. Raises what is wrong
        with a file; that part then stays as it was."""
        run(self._async.reload_tls())

    def calls(self, *, replacing: bool=False, joining: bool=False) -> Inbox[Call]:
        """The calls that come in, with `for`. One consumer at a time: a second raises StateError. While there is
        none, callers get 480.

        replacing: calls that are to replace one of ours come here too, with `call.other`, instead of being answered by
        the stack. joining: so do those that want to join one, instead of getting 488."""
        value: Inbox[Call] = wrap(on_loop(lambda: self._async.calls(replacing=replacing, joining=joining)))
        return value

    def call(
        self, target: str, *, from_: str | None=None, headers: HeadersIn | None=None, timeout: float | None=None,
        rate: int=16000, codecs: collections.abc.Sequence[str] | None=None, early_media: bool=False,
        **settings: typing.Unpack[CallSettings],
    ) -> Call:
        """Calls somebody directly, without an account, and waits for the answer; from_ is then made up or given. Else
        as `Account.call()`."""
        value: Call = wrap(run(self._async.call(target, from_=from_, headers=headers, timeout=timeout, rate=rate,
        codecs=codecs, early_media=early_media, **settings)))
        return value

    def dial(
        self, target: str, *, from_: str | None=None, headers: HeadersIn | None=None, timeout: float | None=None,
        rate: int=16000, codecs: collections.abc.Sequence[str] | None=None, **settings: typing.Unpack[CallSettings],
    ) -> Call:
        """As `call()`, but returns at once; `call.answered()` waits for the answer."""
        value: Call = wrap(on_loop(lambda: self._async.dial(target, from_=from_, headers=headers, timeout=timeout,
        rate=rate, codecs=codecs, **settings)))
        return value

    def messages(self) -> Inbox[IncomingMessage]:
        """The messages that come in, with `for`; each waits for `accept()` or `reject()`. One consumer at a time:
        a second raises StateError. While there is none, senders get 405."""
        value: Inbox[IncomingMessage] = wrap(on_loop(lambda: self._async.messages()))
        return value

    def message(
        self, target: str, text: Document | str | bytes, *, from_: str | None=None, content_type: str | None=None,
        headers: HeadersIn | None=None, timeout: float | None=None, **settings: typing.Unpack[MessageSettings],
    ) -> MessageDelivered:
        """Sends a MESSAGE directly, without an account. Else as `Account.message()`."""
        value: MessageDelivered = wrap(run(self._async.message(target, text, from_=from_, content_type=content_type,
        headers=headers, timeout=timeout, **settings)))
        return value

    def options(
        self, target: str, *, from_: str | None=None, headers: HeadersIn | None=None, timeout: float | None=None,
    ) -> OptionsAnswered:
        """Asks a peer what it can do: `.status`, `.headers["Allow"]`, `.duration_ms` for the round trip. Raises
        SipError when it refuses or does not answer."""
        value: OptionsAnswered = wrap(run(self._async.options(target, from_=from_, headers=headers, timeout=timeout)))
        return value

    def spawn(
        self, work: collections.abc.Callable[[], object], *, call: Call | None = None, name: str | None = None,
    ) -> threading.Thread:
        """Runs a function in a thread. call: an exception in it ends that call, with 500 or BYE; what waits for that
        call in it raises CallEnded when it ends. Exceptions are logged and harm nobody else."""

        def body() -> None:
            try:
                work()
            except BaseException as error:
                if call and isinstance(error, CallEnded) and error.call_id == call.id:
                    return
                logger.error("the thread %s failed: %s", threading.current_thread().name, error, exc_info=error)
                if call:
                    on_loop(lambda: call._async._abandon(500))

        thread = threading.Thread(target=body, name=name, daemon=True)
        thread.start()
        return thread

    @property
    def listeners(self) -> list[Listening]:
        """Where it listens: each has `.transport`, `.host` and `.port`."""
        value: list[Listening] = wrap(on_loop(lambda: self._async.listeners))
        return value

    def events(self) -> Events[Event]:
        """All events of the agent from now on; also before it is started. For a look inside: whatever belongs to a
        call or an account is told there too."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value

    def stats(self) -> AgentStats:
        """The agent's counters."""
        value: AgentStats = wrap(run(self._async.stats()))
        return value

    def set_option(self, key: str, value: str | int | bool, *, of: Call | Account | None=None) -> None:
        """Sets one of the library's options, of the agent or of one call or account."""
        run(self._async.set_option(key, value, of=unwrap(of)))

    def conference(self, *, rate: int=16000) -> Conference:
        """A conference, to which `conference.add(call)` adds calls. rate: samples per second of mixing, and of
        what the program itself hears in it."""
        value: Conference = wrap(on_loop(lambda: self._async.conference(rate=rate)))
        return value

    def bridge(
        self, a: Call, b: Call, *, dtmf: bool=True, hold: bool=True, hangup: bool=True, transfer: bool=False,
        signalling: bool=True, untouched: bool=True, requests: bool=True,
    ) -> Bridge:
        """Connects two calls. With an incoming call that is not answered and one that was just dialled,
        `a` rings as `b`
        rings, is answered when `b` answers, and refused as `b` refuses.

        dtmf, hold, hangup, transfer: what passes from one to the other. signalling: False leaves ringing and answer of
        `a` to the program. untouched: False has all audio pass through our codecs. requests: INFO,
        MESSAGE and methods of
        your own pass, and their answers; False leaves them to the program."""
        value: Bridge = wrap(on_loop(lambda: self._async.bridge(unwrap(a), unwrap(b), dtmf=dtmf, hold=hold,
        hangup=hangup, transfer=transfer, signalling=signalling, untouched=untouched, requests=requests)))
        return value

    def transfers(self) -> Inbox[TransferRequest]:
        """The wishes of others that we call somebody (REFER), with `for`. While nobody takes them, they get 603."""
        value: Inbox[TransferRequest] = wrap(on_loop(lambda: self._async.transfers()))
        return value

    def changes(self) -> Inbox[ChangeRequest]:
        """The changes of calls that peers want, with `for`. While nobody takes them, the stack agrees to all that it
        can."""
        value: Inbox[ChangeRequest] = wrap(on_loop(lambda: self._async.changes()))
        return value

    def subscribers(self) -> Inbox[Notifier]:
        """Those who subscribe to us, with `for`. While nobody takes them, they get 489."""
        value: Inbox[Notifier] = wrap(on_loop(lambda: self._async.subscribers()))
        return value

    def refer(
        self, recipient: str, target: str, *, referred_by: str | None=None, subscribe: bool=True,
        headers: HeadersIn | None=None, timeout: float | None=None,
    ) -> Transfer:
        """Has somebody call somebody else, outside any call. As `Call.transfer()` else."""
        value: Transfer = wrap(on_loop(lambda: self._async.refer(recipient, target, referred_by=referred_by,
        subscribe=subscribe, headers=headers, timeout=timeout)))
        return value

    def subscribe(
        self, target: str, event: str, *, expires: int | None=None, accept: str | None=None, body: str | bytes=b'',
        content_type: str | None=None, headers: HeadersIn | None=None, from_: str | None=None,
    ) -> Subscription:
        """Subscribes without an account. Else as `Account.subscribe()`."""
        value: Subscription = wrap(on_loop(lambda: self._async.subscribe(target, event, expires=expires,
        accept=accept, body=body, content_type=content_type, headers=headers, from_=from_)))
        return value

    def drain(self, on: bool=True) -> None:
        """Takes no more calls (503), and waits until those that are up have ended; False: back to work,
        and who waits gets a
        ClosedError."""
        run(self._async.drain(on))


register({
    _stream.Outcome: Outcome,
    _stream.Events: Events,
    _stream.Inbox: Inbox,
    _audio.Player: Player,
    _audio.Recorder: Recorder,
    _audio.Frames: Frames,
    _audio.Audio: Audio,
    _transfer.Transfer: Transfer,
    _transfer.TransferRequest: TransferRequest,
    _call.Call: Call,
    _control.ChangeRequest: ChangeRequest,
    _conference.Conference: Conference,
    _conference.Bridge: Bridge,
    _subscription.Subscription: Subscription,
    _subscription.Notifier: Notifier,
    _subscription.Publication: Publication,
    _message.IncomingMessage: IncomingMessage,
    _account.Account: Account,
    _agent.Agent: Agent,
})
