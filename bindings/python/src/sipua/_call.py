"""Calls, both ways."""

from __future__ import annotations

import asyncio
import collections.abc
import os
import time
import typing
import weakref

from ._audio import Audio, Player, Recorder
from ._enums import Cause, ErrorCode, RecordSide
from ._errors import ClosedError, StateError
from ._event import Event, Headers
from ._events import (
    CallAccepted, CallEnded, CallHeld, CallProgress, CallResumed, CallSending, CallStats, CallUpdated, DtmfSent, Flushed,
    IncomingCall, Mark, MediaReady, Stats,
)
from ._native import HeadersIn, Struct, check, lib, utf8
from ._stream import EventLog, Events

if typing.TYPE_CHECKING:
    from ._account import Account
    from ._agent import Agent

__all__ = ["Answer", "Call"]

HISTORY = 1024  # events kept for those who read later
T = typing.TypeVar("T")
# Events that say something about the call that it keeps: one look decides.
_TELLING: frozenset[type[Event]] = frozenset(
    {IncomingCall, CallSending, CallProgress, CallAccepted, MediaReady, CallUpdated, CallHeld, CallResumed, Stats})


class Call:
    """A call, incoming or outgoing. Dropping the object never hangs up; `hangup()` does."""

    def __init__(self, agent: Agent, number: int, direction: str, *, account: int = 0, target: str = "",
                 rate: int = 16000) -> None:
        self._agent = agent
        self._id = number
        self._direction = direction
        self._account_id = account
        self._from = self._from_name = self._to_name = ""
        self._to = self._target = target
        self._codec = ""
        self._message: Event | None = None
        self._accepted_ms = 0
        self._held = False
        self._ended: CallEnded | None = None
        self._last_stats: CallStats | None = None
        self._log: EventLog[Event] = EventLog(HISTORY)
        self._waiting: list[tuple[tuple[type[Event], ...], asyncio.Future[Event]]] = []
        self._tasks: set[asyncio.Task[typing.Any]] = set()
        # Each knows the other; with the call's end this side lets go, so that both are freed at once.
        self._audio: Audio | None = Audio(self, rate)
        self._audio_left: weakref.ref[Audio] | None = None
        self._rate = rate

    def __repr__(self) -> str:
        state = "ended" if self._ended else "established" if self._accepted_ms else "not yet answered"
        peer = self._from if self._direction == "incoming" else self._to
        return f"<sipua.Call {self._id} {self._direction} {peer} {state}>"

    # What it is

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
        return self._from

    @property
    def from_name(self) -> str:
        """The caller's display name."""
        return self._from_name

    @property
    def to(self) -> str:
        """The URI that was called."""
        return self._to

    @property
    def to_name(self) -> str:
        """The display name that was called."""
        return self._to_name

    @property
    def target(self) -> str:
        """The Request-URI."""
        return self._target

    @property
    def headers(self) -> Headers:
        """The headers of the INVITE that came in; of an outgoing call, those of the peer's last response."""
        return self._message.headers if self._message else Headers()

    @property
    def codec(self) -> str:
        """The codec in use, "opus", "PCMU", "PCMA"; "" before there is one."""
        return self._codec

    @property
    def established(self) -> bool:
        """Whether it was answered and is still up."""
        return bool(self._accepted_ms) and not self._ended

    @property
    def held(self) -> bool:
        """Whether the peer has put us on hold."""
        return self._held

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

    @property
    def audio(self) -> Audio:
        """Its audio, to hear and to speak."""
        audio = self._audio or (self._audio_left() if self._audio_left else None)
        if not audio:
            audio = Audio(self, self._rate)
            self._audio_left = weakref.ref(audio)
        return audio

    def events(self) -> Events[Event]:
        """Its events from its very start on, ending after CallEnded. Raises EventsLost(n) when the reader is so slow
        that events had to be dropped."""
        return self._log.follow(replay=True)

    # Taking a call

    async def ring(
        self, status: int = 180, reason: str | None = None, *, headers: HeadersIn | None = None,
        early_media: bool = False,
    ) -> None:
        """Tells the caller that it rings. early_media: audio flows from now on, before the answer."""
        reply = Struct("sipua_reply", status=status, reason=reason, early_media=early_media or None)
        reply.pairs("headers", headers)
        await self._do(lambda tag: lib.sipua_call_ring(self._native, self._id, reply.p, tag))

    def answer(self, rate: int = 16000, *, headers: HeadersIn | None = None) -> Answer:
        """Answers. Either `audio = await call.answer()`, or `async with call.answer() as audio:`, which hangs up when
        the block is left. rate: samples per second of `audio.frames()`: 8000, 16000, 24000 or 48000."""
        return Answer(self, rate, headers)

    async def _answer(self, rate: int, headers: HeadersIn | None) -> Audio:
        reply = Struct("sipua_reply", rate=rate).pairs("headers", headers)
        await self._until(
            lambda tag: lib.sipua_call_answer(self._native, self._id, reply.p, tag), CallAccepted)
        audio = self.audio
        audio._rate = rate
        return audio

    async def reject(self, status: int = 486, reason: str | None = None, *, headers: HeadersIn | None = None) -> None:
        """Refuses the call."""
        reply = Struct("sipua_reply", status=status, reason=reason).pairs("headers", headers)
        await self._do(lambda tag: lib.sipua_call_reject(self._native, self._id, reply.p, tag))
        await self.wait_ended()

    # During a call

    async def answered(self) -> None:
        """Waits until it is answered. Raises CallEnded when it is not."""
        self._alive()
        if not self._accepted_ms:
            await self._until(None, CallAccepted)

    async def hangup(self, *, headers: HeadersIn | None = None, reason: str | None = None) -> CallEnded:
        """Ends the call, in whatever state it is, and says how it ended. On an ended call it does nothing.

        reason: a Reason header, as in 'Q.850;cause=16'."""
        if not self._ended:
            reply = Struct("sipua_reply", reason=reason).pairs("headers", headers)
            result = lib.sipua_call_hangup(self._native, self._id, reply.p, 0)
            if result != ErrorCode.GONE:  # else its end is on the way already
                check(result)
        return await self.wait_ended()

    async def wait_ended(self) -> CallEnded:
        """Waits for its end and says how it ended."""
        if not self._ended:
            try:
                await self._until(None, CallEnded)
            except CallEnded:
                pass
        assert self._ended
        return self._ended

    async def send_dtmf(self, digits: str, *, ms: int = 100, gap: int = 70) -> None:
        """Sends digits (0-9 * # A-D, and a comma for a pause of 2 s) and waits until the last has left."""
        text = utf8(digits)
        event = await self._until(
            lambda tag: lib.sipua_call_dtmf(self._native, self._id, text, ms, gap, tag), DtmfSent)
        if isinstance(event, DtmfSent) and event.code == ErrorCode.CANCELED:
            await self.wait_ended()
            self._alive()

    def play(self, file: str | os.PathLike[str], *, loop: bool = False) -> Player:
        """Plays a WAV file to the peer, after what is queued. `await` the result to wait for its end."""
        self._alive()
        return Player._start(self, file, loop)

    def record(self, file: str | os.PathLike[str], *, stereo: bool = False) -> Recorder:
        """Records the far end, mono; stereo: near left, far right. Ends with the call, or with `stop()`. Any number
        of recordings at a time, each to a file of its own."""
        self._alive()
        return Recorder._start(self, file, RecordSide.STEREO if stereo else RecordSide.FAR)

    async def stats(self) -> CallStats:
        """The figures of its media: now, or of an ended call the last ones."""
        if not self._ended:
            try:
                event = await self._until(
                    lambda tag: lib.sipua_call_stats_request(self._native, self._id, tag), Stats)
                assert isinstance(event, Stats) and isinstance(event.figures, CallStats)
                return event.figures
            except CallEnded:
                pass
        return self._last_stats or CallStats()

    # Inside

    @property
    def _native(self) -> typing.Any:
        return self._agent._handle()

    def _alive(self) -> None:
        if self._ended:
            raise self._ended._copy()

    async def _do(self, command: typing.Callable[[int], int]) -> None:
        """A command whose refusal, because the call has ended meanwhile, is CallEnded."""
        self._alive()
        try:
            await self._agent._do(command)
        except StateError as error:
            if error.code == ErrorCode.GONE:
                await self.wait_ended()
                self._alive()
            raise

    async def _until(self, command: typing.Callable[[int], int] | None, *types: type[Event]) -> Event:
        """Does that, and waits for such an event. Raises CallEnded when the call ends first."""
        self._alive()
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        entry = (types, future)
        self._waiting.append(entry)
        try:
            if command:
                await self._do(command)
            return await future
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
            if future.done() and not future.cancelled():
                future.exception()

    def _abandon(self, status: int = 0) -> None:
        """Nobody holds it: ends it without waiting. status: for an incoming call that was not answered."""
        if self._ended or not self._agent._native:
            return
        if status and self._direction == "incoming" and not self._accepted_ms:
            reply = Struct("sipua_reply", status=status)
            if lib.sipua_call_reject(self._agent._native, self._id, reply.p, 0) >= 0:
                return
        lib.sipua_call_hangup(self._agent._native, self._id, Struct("sipua_reply").p, 0)

    def _read(self, event: Event) -> None:
        match event:
            case IncomingCall():
                self._from, self._from_name = event.from_, event.from_name
                self._to, self._to_name, self._target = event.to, event.to_name, event.target
                self._account_id = event.account_id
                self._message = event
            case CallSending():
                self._from, self._to = event.from_ or self._from, event.to or self._to
                self._target = event.target or self._target
            case CallProgress() | CallAccepted():
                if self._direction == "outgoing" and event.message:
                    self._message = event
                if isinstance(event, CallAccepted):
                    self._accepted_ms = event.time_ms or int(time.time() * 1000)
            case MediaReady() | CallUpdated():
                self._codec = event.codec or self._codec
            case CallHeld(originator="remote"):
                self._held = True
            case CallResumed(originator="remote"):
                self._held = False
            case Stats(figures=CallStats() as figures):
                self._last_stats = figures
            case _:
                pass

    def _on_event(self, event: Event) -> None:
        kind = type(event)
        if kind in _TELLING:
            self._read(event)
        elif kind is Flushed or kind is Mark:
            self.audio._on_event(event)
        self._log.put(event)
        for entry in list(self._waiting):
            types, future = entry
            if isinstance(event, types) and not future.done():
                self._waiting.remove(entry)
                future.set_result(event)
                if isinstance(event, DtmfSent):
                    break  # one event belongs to one send_dtmf()
        if isinstance(event, CallEnded):
            self._finish(event)

    def _finish(self, event: CallEnded) -> None:
        self._ended = event
        self._log.end()
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(event._copy())
        self._waiting.clear()
        audio, self._audio = self.audio, None
        self._audio_left, self._rate = weakref.ref(audio), audio.rate
        audio._finish(event)
        for task in list(self._tasks):
            task.cancel(f"the call ended: {event}")
        self._agent._objects.pop(self._id, None)

    def _end(self) -> None:
        """The agent was closed before the call's end was told."""
        error = ClosedError("the agent was closed")
        self._on_event(CallEnded(
            id=self._id, call_id=self._id, account_id=self._account_id, time_ms=int(time.time() * 1000),
            cause=Cause.TERMINATED, code=ErrorCode.CLOSED, text=error.text))


class Answer(collections.abc.Awaitable[Audio]):
    """An answer about to be given: await it, or use it with `async with`."""

    def __init__(self, call: Call, rate: int, headers: HeadersIn | None) -> None:
        self._call = call
        self._rate = rate
        self._headers = headers

    def __await__(self) -> collections.abc.Generator[typing.Any, None, Audio]:
        return self._call._answer(self._rate, self._headers).__await__()

    async def __aenter__(self) -> Audio:
        return await self

    async def __aexit__(self, *_: object) -> None:
        if not self._call.ended and self._call._agent._native:
            self._call._abandon()
            await self._call.wait_ended()
