"""The audio of a call: signed 16-bit mono samples, at the rate that the program chooses."""

from __future__ import annotations

import asyncio
import collections
import collections.abc
import dataclasses
import os
import typing
import weakref

from ._enums import AudioFlags, ErrorCode
from ._errors import ClosedError, InvalidError, StateError, error_of
from ._event import Event
from ._events import CallEnded, Flushed, Mark, PlayDone, RecordDone
from ._log import logger
from ._given import text, whole, wrong
from ._native import check, ffi, lib
from ._stream import Outcome, quiet
from ._wait import Waiter

if typing.TYPE_CHECKING:
    from typing_extensions import Buffer

    from ._call import Call
    from ._conference import Conference

__all__ = ["Audio", "Frame", "Frames", "Player", "Recorder"]

_SAMPLES = ffi.typeof("int16_t[]")
RATES = (8000, 16000, 24000, 48000)
Number: typing.TypeAlias = "int | str"


class Frame(bytes):
    """A piece of received audio, s16le mono: just bytes, and two words about them."""

    concealed: bool = False  # part of it was made up for lost packets
    silence: bool = False  # nothing came: hold, a gap, or before media


@dataclasses.dataclass
class _Waiting:
    """Audio or a mark that the library has no room for yet."""

    pcm: bytes
    rate: int
    segment: int
    mark: int | None = None


class Audio:
    """What a call hears and says. The library owns the clock: write as much as there is, read when it suits."""

    def __init__(self, call: Call | Conference, rate: int) -> None:
        self._call = call
        self._rate = rate
        self._reader: weakref.ref[Frames] | None = None
        self._ready = False
        self._hearing: Waiter[None] | None = None  # of him who waits for that
        self._late: collections.deque[_Waiting] = collections.deque()
        self._late_ms = 0.0
        self._feeding: asyncio.TimerHandle | None = None
        self._flushes: collections.deque[tuple[asyncio.Future[Flushed], float]] = collections.deque()
        self._marks: dict[int, collections.deque[asyncio.Future[Mark]]] = {}
        self._names: dict[int, str] = {}
        self._numbers: dict[str, int] = {}

    @property
    def call(self) -> Call | Conference:
        """The call, or the conference."""
        return self._call

    @property
    def rate(self) -> int:
        """Samples per second of `frames()`, and of `write()` unless it says otherwise."""
        return self._rate

    @rate.setter
    def rate(self, rate: int) -> None:
        check(lib.sipua_audio_set_rate(self._native, self._call.id, whole("rate", rate)))
        self._rate = rate

    # Hearing

    def frames(self, ms: int = 20) -> Frames:
        """What the peer says, in pieces of that many milliseconds, with `async for`; ends when the call has ended and
        all was read. A steady stream: silence in hold, in gaps and before the answer. What nobody takes in time is
        dropped, oldest first, and counted in `stats().overrun_ms`."""
        reader = self._reader() if self._reader else None
        if reader and not reader._done:
            raise StateError("somebody reads the frames of this call already")
        ms = whole("ms", ms, 1, 1000)
        reader = Frames(self, ms)
        self._reader = weakref.ref(reader)
        return reader

    # Speaking

    def write(self, pcm: Buffer, rate: int | None = None, *, segment: Number = 0) -> int:
        """Queues samples to be sent, any number of them, and returns the milliseconds that are queued now; nothing is
        ever dropped. `await drain()` where the program should not run far ahead. rate: that of these samples, 8000,
        16000, 24000 or 48000. segment: names this piece of audio in the result of `flush()`."""
        rate = self._rate if rate is None else whole("rate", rate)
        if rate not in RATES:
            raise InvalidError(f"a rate of {rate}: 8000, 16000, 24000 and 48000 are possible", ErrorCode.INVALID)
        try:
            view = memoryview(pcm).cast("B")
        except TypeError:
            raise wrong("pcm", "bytes, or a buffer in one piece", pcm) from None
        if len(view) % 2:
            raise InvalidError(f"pcm: {len(view)} bytes are not a whole number of 16-bit samples", ErrorCode.INVALID)
        number = self._number("segment", segment)
        self._call._alive()
        taken = 0 if self._late else self._hand_over(view, rate, number)
        if taken < len(view):
            self._late.append(_Waiting(bytes(view[taken:]), rate, number))
            self._late_ms += (len(view) - taken) * 500 / rate
            self._feed_later()
        return self.queued_ms

    def _hand_over(self, view: memoryview, rate: int, segment: int) -> int:
        """Gives it to the library as far as there is room; the bytes taken."""
        samples = len(view) // 2
        if not samples:
            return 0
        result = lib.sipua_audio_write(
            self._native, self._call.id, ffi.from_buffer(_SAMPLES, view), samples, rate, segment, 0)
        if result == ErrorCode.FULL:
            return 0
        return 2 * self._checked(result)

    def _checked(self, result: int) -> int:
        if result == ErrorCode.GONE:
            self._call._alive()
            return 0  # it ends right now: its last event is on the way
        return check(result)

    def _feed_later(self) -> None:
        if self._late and not self._feeding:
            self._feeding = asyncio.get_running_loop().call_later(0.1, self._feed)

    def _feed(self) -> None:
        """Hands over what had to wait."""
        self._feeding = None
        while self._late and not self._call.ended:
            first = self._late[0]
            if first.mark is not None:
                lib.sipua_audio_mark(self._native, self._call.id, first.mark)
            else:
                taken = self._hand_over(memoryview(first.pcm), first.rate, first.segment)
                self._late_ms -= taken * 500 / first.rate
                if taken < len(first.pcm):
                    first.pcm = first.pcm[taken:]
                    break
            self._late.popleft()
        self._feed_later()

    @property
    def queued_ms(self) -> int:
        """Milliseconds of audio that wait to be sent."""
        if self._call.ended or not self._call._agent._native:
            return 0
        queued: int = lib.sipua_audio_queued(self._native, self._call.id)
        return max(0, queued) + round(self._late_ms)

    async def drain(self, below_ms: int = 0) -> None:
        """Waits until no more than that waits to be sent. Raises CallEnded when the call ends first."""
        below_ms = whole("below_ms", below_ms, 0)
        self._call._alive()
        while (left := self.queued_ms - below_ms) > 0:
            try:
                async with asyncio.timeout(max(0.005, left / 1000)):
                    await self._call._until(None, self._call._last)
            except TimeoutError:
                pass
            self._call._alive()

    def flush(self) -> Outcome[Flushed]:
        """Drops all that is queued, now. The result, when awaited, says which segment was playing, how much of it the
        peer was sent (`played_ms`), and how much was dropped (`discarded_ms`)."""
        self._call._alive()
        waited = self._late_ms
        marks = [w.mark for w in self._late if w.mark is not None]
        self._late.clear()
        self._late_ms = 0.0
        self._checked(lib.sipua_audio_flush(self._native, self._call.id, 0))
        for mark in marks:  # right behind the flush: told at once
            lib.sipua_audio_mark(self._native, self._call.id, mark)
        future: asyncio.Future[Flushed] = asyncio.get_running_loop().create_future()
        self._flushes.append((quiet(future), waited))
        return Outcome(future)

    def mark(self, mark: Number) -> Outcome[Mark]:
        """Names this point of what is written: the Mark event comes, and the result is there when awaited, once all
        before it has been played or flushed."""
        number = self._number("mark", mark)
        self._call._alive()
        if self._late:
            self._late.append(_Waiting(b"", self._rate, 0, number))
        else:
            self._checked(lib.sipua_audio_mark(self._native, self._call.id, number))
        future: asyncio.Future[Mark] = asyncio.get_running_loop().create_future()
        self._marks.setdefault(number, collections.deque()).append(quiet(future))
        return Outcome(future)

    def _number(self, argument: str, name: Number) -> int:
        """Words are numbered from 2^52 on."""
        if not isinstance(name, str):
            return whole(argument, name, 0, 2**52 - 1)
        if name not in self._numbers:
            text(argument, name)
            number = 2**52 + len(self._numbers)
            self._numbers[name], self._names[number] = number, name
        return self._numbers[name]

    def play(self, file: str | os.PathLike[str], *, loop: bool = False) -> Player:
        """As `Call.play()`, `Conference.play()`."""
        return self._call.play(file, loop=loop)

    def record(self, file: str | os.PathLike[str], *, stereo: bool = False) -> Recorder:
        """As `Call.record()`, `Conference.record()`."""
        return self._call.record(file, stereo=stereo)

    # What the call tells

    @property
    def _native(self) -> typing.Any:
        return self._call._agent._handle()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, Flushed):
            event.segment = self._names.get(typing.cast(int, event.segment), event.segment)
            if self._flushes:
                future, waited = self._flushes.popleft()
                event.discarded_ms += round(waited)
                if not future.done():
                    future.set_result(event)
        elif isinstance(event, Mark):
            number = typing.cast(int, event.mark)
            event.mark = self._names.get(number, number)
            futures = self._marks.get(number)
            if futures:
                future_mark = futures.popleft()
                if not futures:
                    del self._marks[number]
                if not future_mark.done():
                    future_mark.set_result(event)

    def _finish(self, event: Exception) -> None:
        self._late.clear()
        self._late_ms = 0.0
        if self._feeding:
            self._feeding.cancel()
            self._feeding = None
        waiting: list[asyncio.Future[typing.Any]] = [f for f, _ in self._flushes]
        waiting += [f for futures in self._marks.values() for f in futures]
        for future in waiting:
            if not future.done():
                future.set_exception(event._copy() if isinstance(event, CallEnded) else event)
        self._flushes.clear()
        self._marks.clear()
        self._is_ready()

    def _is_ready(self) -> None:
        self._ready = True
        hearing, self._hearing = self._hearing, None
        if hearing and not hearing.done():
            hearing.set_result(None)


class Frames(collections.abc.AsyncIterator[Frame]):
    """Received audio, piece by piece."""

    def __init__(self, audio: Audio, ms: int) -> None:
        self._audio = audio
        self._ms = ms
        self._samples = audio.rate * ms // 1000
        self._buffer = ffi.new(_SAMPLES, self._samples)
        self._flags = ffi.new("sipua_audio_flags *")
        self._got = 0
        self._said = 0
        self._armed = 0  # milliseconds watched for
        self._done = False

    def __aiter__(self) -> Frames:
        return self

    async def __anext__(self) -> Frame:
        audio = self._audio
        while not self._done:
            audio._ready = False
            native = audio._call._agent._native
            result = lib.sipua_audio_read(
                native, audio._call.id, self._buffer + self._got, self._samples - self._got, 0, self._flags,
            ) if native else ErrorCode.EOF
            if result in (ErrorCode.EOF, ErrorCode.GONE, ErrorCode.CLOSED):
                self._done = True
                break
            self._got += check(result)
            self._said |= self._flags[0]
            if self._got == self._samples:
                return self._take()
            if audio._call.ended:  # nothing will be ready again: what is left is read without waiting
                self._done = result == 0
                continue
            missing = -(-(self._samples - self._got) * 1000 // audio.rate)
            if missing != self._armed:  # reading arms again by itself
                lib.sipua_audio_watch(native, audio._call.id, missing, 0)
                self._armed = missing
            if not audio._ready:
                audio._hearing = Waiter(loop=asyncio.get_running_loop())
                await audio._hearing
        if self._got:
            return self._take()
        raise StopAsyncIteration

    def _take(self) -> Frame:
        frame = Frame(ffi.buffer(self._buffer, 2 * self._got))
        frame.concealed = bool(self._said & AudioFlags.CONCEALED)
        frame.silence = bool(self._said & AudioFlags.SILENCE)
        self._got = self._said = 0
        return frame

    async def aclose(self) -> None:
        """Ends the reading; another `frames()` may follow."""
        self._done = True


class _Worker(Outcome[typing.Any]):
    """A player or recorder: the object that the library works on until it is done."""

    def __init__(self, call: Call | Conference, create: collections.abc.Callable[[int, typing.Any], int]) -> None:
        super().__init__(asyncio.get_running_loop().create_future())
        self._call = call
        out = ffi.new("sipua_id *")
        reply: asyncio.Future[None] = call._agent._submit(lambda tag: create(tag, out))
        self.id: int = out[0]
        call._agent._objects[self.id] = self
        reply.add_done_callback(self._refused)

    def _refused(self, reply: asyncio.Future[None]) -> None:
        error = None if reply.cancelled() else reply.exception()
        if error and not self._future.done():
            if not self._call.ended:
                logger.error("%s: %s", self._call, error)
            self._call._agent._objects.pop(self.id, None)
            self._future.set_exception(error)

    def _on_event(self, event: Event) -> None:
        if not isinstance(event, (PlayDone, RecordDone)):
            return
        self._call._agent._objects.pop(self.id, None)
        if not self._future.done():
            if event.code < 0 and event.code not in (ErrorCode.CANCELED, ErrorCode.GONE):
                self._future.set_exception(error_of(event.code, event.text))
            else:
                self._future.set_result(event)

    def _end(self) -> None:
        self._call._agent._objects.pop(self.id, None)
        if not self._future.done():
            self._future.set_exception(ClosedError("the agent was closed"))

    async def _stop(self, command: typing.Any) -> typing.Any:
        if not self.done():
            native = self._call._agent._native
            result = command(native, self.id, 0) if native else 0
            if result != ErrorCode.GONE:
                check(result)
        return await self


class Player(_Worker):
    """A file that plays. Awaiting it waits for its end."""

    @classmethod
    def _start(cls, call: Call | Conference, path: bytes, loop: bool) -> Player:
        on = 1 if loop else 2
        return cls(call, lambda tag, out: call._play(path, on, tag, out))

    async def stop(self) -> PlayDone:
        """Stops it and says how far it came."""
        done: PlayDone = await self._stop(lib.sipua_player_stop)
        return done


class Recorder(_Worker):
    """A recording. Awaiting it waits until the file is complete."""

    @classmethod
    def _start(cls, call: Call | Conference, path: bytes, side: int) -> Recorder:
        return cls(call, lambda tag, out: call._record(path, side, tag, out))

    async def stop(self) -> RecordDone:
        """Completes the file and says how long it is."""
        done: RecordDone = await self._stop(lib.sipua_recorder_stop)
        return done
