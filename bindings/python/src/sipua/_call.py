"""Calls, both ways."""

from __future__ import annotations

import asyncio
import collections.abc
import functools
import os
import time
import typing
import weakref

from ._about import About
from ._audio import Audio, Player, Recorder
from ._control import CHANGED, Control
from ._enums import Cause, ErrorCode, EventFlags, Originator, RecordSide
from ._errors import ClosedError, StateError
from ._event import Event
from ._events import (
    CallAccepted, CallEnded, CallHeld, CallMuted, CallProgress, CallReplaced, CallResumed, CallSending, CallStats,
    CallUnmuted, CallUpdated, DtmfSent, Flushed, IncomingCall, Mark, MediaReady, Stats,
)
from ._given import content, switch, text, whole
from ._native import HeadersIn, Struct, check, ffi, lib
from ._question import refusal
from ._stream import EventLog, Events
from ._wait import Waiter

if typing.TYPE_CHECKING:
    from ._agent import Agent

__all__ = ["Answer", "Call"]

HISTORY = 1024  # events kept for those who read later
GRACE = 0.1  # seconds after a call's timeout in which a peer that rang may say what came of the CANCEL
T = typing.TypeVar("T")


class Call(About, Control):
    """A call, incoming or outgoing. Dropping the object never hangs up; `hangup()` does."""

    _last = CallEnded

    def __init__(self, agent: Agent, number: int, direction: str, *, account: int = 0, target: str = "",
                 rate: int = 16000) -> None:
        self._agent = agent
        self._id = number
        self._direction = direction
        self._account_id = account
        self._target = target
        self._parties: IncomingCall | CallSending | CallReplaced | None = None  # the event that names them
        self._media: MediaReady | CallUpdated | None = None
        self._message: Event | None = None
        self._accepted_ms = 0
        self._held = self._holding = False
        self._muted = EventFlags(0)
        self._changes: dict[int, asyncio.Future[Event]] = {}
        self._other = 0
        self._replaced_by: Call | None = None
        self._ended: CallEnded | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unanswered: CallEnded | None = None  # its time was up
        self._last_stats: Stats | None = None
        self._log: EventLog[Event] = EventLog(HISTORY)
        self._waiting: list[tuple[tuple[type[Event], ...], asyncio.Future[Event]]] = []
        self._tasks: set[asyncio.Task[typing.Any]] = set()
        # Each knows the other; with the call's end this side lets go, so that both are freed at once.
        self._audio: Audio | None = None
        self._audio_left: weakref.ref[Audio] | None = None
        self._rate = rate

    def __repr__(self) -> str:
        state = "ended" if self._ended else "established" if self._accepted_ms else "not yet answered"
        peer = self.from_ if self._direction == "incoming" else self.to
        return f"<sipua.Call {self._id} {self._direction} {peer} {state}>"

    @property
    def audio(self) -> Audio:
        """Its audio, to hear and to speak."""
        audio = self._audio or (self._audio_left() if self._audio_left else None)
        if not audio:
            audio = Audio(self, self._rate)
            if self._ended:
                self._audio_left = weakref.ref(audio)
            else:
                self._audio = audio
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
        if status == 180 and reason is None and headers is None and early_media is False:
            await self._just_ring()
            return
        reply = Struct(
            "sipua_reply", status=whole("status", status), reason=reason,
            early_media=switch("early_media", early_media) or None)
        reply.pairs("headers", headers)
        await self._do(lambda tag: lib.sipua_call_ring(self._native, self._id, reply.p, tag))

    async def _just_ring(self) -> None:
        """A plain 180 can only come too late or twice. That is known here: waiting for the stack's word on it would cost
        every call two changes of thread."""
        self._alive()
        if self._direction == "outgoing" or self._accepted_ms:
            raise StateError("only an incoming call can ring, before its answer", ErrorCode.STATE)
        try:
            check(lib.sipua_call_ring(self._native, self._id, ffi.NULL, 0))
        except StateError as error:
            await self._too_late(error)
            raise

    def answer(self, rate: int = 16000, *, headers: HeadersIn | None = None) -> Answer:
        """Answers. Either `audio = await call.answer()`, or `async with call.answer() as audio:`, which hangs up when
        the block is left. rate: samples per second of `audio.frames()`: 8000, 16000, 24000 or 48000."""
        return Answer(self, rate, headers)

    async def _answer(self, rate: int, headers: HeadersIn | None) -> Audio:
        rate = whole("rate", rate)
        reply = _plain_answer(rate) if headers is None else Struct("sipua_reply", rate=rate).pairs("headers", headers)
        await self._until(
            lambda tag: lib.sipua_call_answer(self._native, self._id, reply.p, tag), CallAccepted)
        self._rate = rate
        audio = self.audio
        audio._rate = rate
        return audio

    async def reject(
        self, status: int = 486, reason: str | None = None, *, headers: HeadersIn | None = None, q850: int = 0,
    ) -> None:
        """Refuses the call. q850: the cause in a Reason header."""
        reply = refusal(status, reason, headers)
        _with_q850(reply, q850)
        await self._do(lambda tag: lib.sipua_call_reject(self._native, self._id, reply.p, tag))
        await self.wait_ended()

    # During a call

    async def answered(self) -> None:
        """Waits until it is answered. Raises CallEnded when it is not, with the cause "No Answer" as soon as its time is
        up, though a peer that says nothing at all may take seconds more to be given up for good."""
        await self._answered(CallAccepted)

    async def _answered(self, first: type[Event]) -> None:
        self._alive()
        if self._accepted_ms:
            return
        if self._unanswered:
            raise self._unanswered._copy()
        await self._until(None, first, CallAccepted)

    async def hangup(
        self, *, headers: HeadersIn | None = None, reason: str | None = None, q850: int = 0,
        body: str | bytes = b"", content_type: str | None = None,
    ) -> CallEnded:
        """Ends the call, in whatever state it is, and says how it ended. On an ended call it does nothing.

        reason: words for a Reason header. q850: the cause for one, such as 16. body: goes into a BYE only, and says
        what it is by its content_type."""
        reply = Struct(
            "sipua_reply", reason=reason, content_type=content_type,
            body=content("body", body) or None).pairs("headers", headers)
        _with_q850(reply, q850)
        if not self._ended:
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
        """Sends digits (0-9 * # A-D, and a comma for a pause of 2 s) and waits until the last has left. Raises SipError when
        the peer refuses them by INFO."""
        said = text("digits", digits)
        ms, gap = whole("ms", ms, 40, 6000), whole("gap", gap, 50)
        event = await self._until(
            lambda tag: lib.sipua_call_dtmf(self._native, self._id, said, ms, gap, tag), DtmfSent)
        if isinstance(event, DtmfSent) and (event.code or event.status >= 300):
            raise await self._failure(event)

    def play(self, file: str | os.PathLike[str], *, loop: bool = False) -> Player:
        """Plays a WAV file to the peer, after what is queued. `await` the result to wait for its end."""
        path, loop = text("file", file), switch("loop", loop)
        self._alive()
        return Player._start(self, path, loop)

    def record(self, file: str | os.PathLike[str], *, stereo: bool = False) -> Recorder:
        """Records the far end, mono; stereo: near left, far right. Ends with the call, or with `stop()`. Any number
        of recordings at a time, each to a file of its own."""
        path, side = text("file", file), RecordSide.STEREO if switch("stereo", stereo) else RecordSide.FAR
        self._alive()
        return Recorder._start(self, path, side)

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
        figures = self._last_stats.figures if self._last_stats else None
        return figures if isinstance(figures, CallStats) else CallStats()

    # Inside

    @property
    def _native(self) -> typing.Any:
        return self._agent._handle()

    def _alive(self) -> None:
        if self._ended:
            raise self._ended._copy()

    async def _do(self, command: typing.Callable[[int], int]) -> None:
        """A command. One that is refused because the call has ended meanwhile raises CallEnded."""
        self._alive()
        try:
            await self._agent._submit(command)
        except StateError as error:
            await self._too_late(error)
            raise

    async def _too_late(self, error: StateError) -> None:
        if error.code == ErrorCode.GONE:
            await self.wait_ended()
            self._alive()

    async def _until(self, command: typing.Callable[[int], int] | None, *types: type[Event]) -> Event:
        """Does that, and waits for such an event. Raises CallEnded when the call ends first."""
        self._alive()
        future: Waiter[Event] = Waiter(loop=asyncio.get_running_loop())
        entry = (types, future)
        self._waiting.append(entry)
        try:
            if command:
                self._agent._submit(command, future, done=False)
            return await future
        except StateError as error:
            await self._too_late(error)
            raise
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
            del entry, future  # an exception in it knows this frame by its traceback

    def _abandon(self, status: int = 0) -> None:
        """Nobody holds it: ends it without waiting. status: for an incoming call that was not answered."""
        if self._ended or not self._agent._native:
            return
        if status and self._direction == "incoming" and not self._accepted_ms:
            reply = Struct("sipua_reply", status=status)
            if lib.sipua_call_reject(self._agent._native, self._id, reply.p, 0) >= 0:
                return
        lib.sipua_call_hangup(self._agent._native, self._id, Struct("sipua_reply").p, 0)

    def _answer_within(self, timeout: float) -> None:
        """Whoever waits for the answer longer than that, and a moment for the stack to say it itself, is told."""
        self._timer = asyncio.get_running_loop().call_later(timeout + GRACE, self._no_answer, timeout)

    def _no_answer(self, timeout: float) -> None:
        if self._ended or self._accepted_ms:
            return
        told = self._unanswered = CallEnded(
            id=self._id, call_id=self._id, account_id=self._account_id, time_ms=int(time.time() * 1000),
            cause=Cause.NO_ANSWER, code=ErrorCode.TIMEOUT, text=f"nobody answered within {timeout:g} s",
            originator=Originator.LOCAL)
        for types, future in self._waiting:
            if CallAccepted in types and not future.done():
                future.set_exception(told._copy())
        self._abandon()  # the stack is about to do so by itself, unless it began later

    def _play(self, path: bytes, on: int, tag: int, out: typing.Any) -> int:
        return int(lib.sipua_call_play(self._native, self._id, path, on, 0, tag, out))

    def _record(self, path: bytes, side: int, tag: int, out: typing.Any) -> int:
        return int(lib.sipua_call_record(self._native, self._id, path, side, 0, tag, out))

    def _was_offered(self, event: IncomingCall | CallReplaced) -> None:
        self._parties = self._message = event
        self._account_id = event.account_id
        self._other = event.other

    def _was_replaced(self, new: Call, event: CallReplaced) -> None:
        self._replaced_by = new
        self._log.put(event)

    def _is_sent(self, event: CallSending) -> None:
        self._parties = event

    def _was_answered(self, event: CallAccepted) -> None:
        self._accepted_ms = event.time_ms or int(time.time() * 1000)
        if self._timer:
            self._timer.cancel()
        self._was_responded(event)

    def _was_responded(self, event: CallAccepted | CallProgress) -> None:
        if self._direction == "outgoing" and lib.sipua_event_header_count(event._raw) > 0:
            self._message = event

    def _has_media(self, event: MediaReady | CallUpdated) -> None:
        if not self._media or event.codec:
            self._media = event

    def _was_held(self, event: CallHeld | CallResumed) -> None:
        if event.originator == "remote":
            self._held = isinstance(event, CallHeld)
        else:
            self._holding = isinstance(event, CallHeld)

    def _has_stats(self, event: Stats) -> None:
        self._last_stats = event

    def _has_played(self, event: Flushed | Mark) -> None:
        self.audio._on_event(event)

    def _on_event(self, event: Event) -> None:
        kind = type(event)
        told = _TELLING.get(kind)
        if told:
            told(self, event)
        self._log.put(event)
        if self._changes and kind in CHANGED:
            self._was_changed(event)
        if self._waiting:
            self._wake(event)
        if kind is CallEnded:
            self._finish(typing.cast(CallEnded, event))

    def _wake(self, event: Event) -> None:
        kind = type(event)
        for entry in list(self._waiting):
            types, future = entry
            if kind in types and not future.done():
                self._waiting.remove(entry)
                future.set_result(event)
                if kind is DtmfSent:
                    break  # one event belongs to one send_dtmf()

    def _finish(self, event: CallEnded) -> None:
        self._ended = event
        if self._timer:
            self._timer.cancel()
        self._log.end()
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(event._copy())
        self._waiting.clear()
        for change in self._changes.values():
            if not change.done():
                change.set_exception(event._copy())
        self._changes.clear()
        audio, self._audio = self._audio, None
        if audio:
            self._audio_left, self._rate = weakref.ref(audio), audio.rate
            audio._finish(event)
        for task in list(self._tasks):
            task.cancel("the call has ended")
        self._agent._objects.pop(self._id, None)

    def _end(self) -> None:
        """The agent was closed before the call's end was told."""
        error = ClosedError("the agent was closed")
        self._on_event(CallEnded(
            id=self._id, call_id=self._id, account_id=self._account_id, time_ms=int(time.time() * 1000),
            cause=Cause.TERMINATED, code=ErrorCode.CLOSED, text=error.text))


# What an event says about the call that it keeps: most say nothing, and one look decides.
_TELLING: dict[type[Event], collections.abc.Callable[[Call, typing.Any], None]] = {
    IncomingCall: Call._was_offered, CallSending: Call._is_sent, CallProgress: Call._was_responded,
    CallAccepted: Call._was_answered, MediaReady: Call._has_media, CallUpdated: Call._has_media,
    CallHeld: Call._was_held, CallResumed: Call._was_held, Stats: Call._has_stats, Flushed: Call._has_played,
    Mark: Call._has_played, CallReplaced: Call._was_offered, CallMuted: Call._was_muted, CallUnmuted: Call._was_muted,
}


def _with_q850(reply: Struct, cause: int) -> None:
    if cause:
        reply.set("q850", whole("q850", cause, 1, 127))


@functools.lru_cache(8)
def _plain_answer(rate: int) -> Struct:
    return Struct("sipua_reply", rate=rate)


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
