"""Several calls together: conferences, and bridges of two."""

from __future__ import annotations

import asyncio
import os
import typing
import weakref

from ._audio import Audio, Player, Recorder
from ._enums import ErrorCode, RecordSide
from ._errors import ClosedError, InvalidError, StateError
from ._event import Event
from ._events import (
    BridgeChanged, BridgeEnded, ConferenceChanged, ConferenceEnded, Flushed, Mark,
)
from ._given import switch, text, whole
from ._native import Struct, check, ffi, lib
from ._stream import EventLog, Events
from ._wait import Waiters

if typing.TYPE_CHECKING:
    from ._agent import Agent
    from ._call import Call

__all__ = ["Bridge", "Conference"]

HISTORY = 1024
E = typing.TypeVar("E", bound=Event)


class _Together(typing.Generic[E]):
    """What a conference and a bridge have in common: a life of their own, and its events."""

    _agent: Agent
    _last: type[E]

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._id = 0
        self._ended: E | None = None
        self._closed = False
        self._log: EventLog[Event] = EventLog(HISTORY)
        self._waiting: Waiters[type[Event], Event] = Waiters()

    def _made(self, number: int) -> None:
        self._id = number
        self._agent._objects[number] = typing.cast(typing.Any, self)

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        return self._id

    @property
    def ended(self) -> E | None:
        """How it ended; None while it lasts."""
        return self._ended

    def events(self) -> Events[Event]:
        """Its events from its very start on."""
        return self._log.follow(replay=True)

    async def wait_ended(self) -> E:
        """Waits for its end and says how it ended."""
        if not self._ended:
            try:
                await self._until(None, self._last)
            except StateError:
                pass
        if not self._ended:
            raise ClosedError("the agent was closed")
        return self._ended

    @property
    def _native(self) -> typing.Any:
        return self._agent._handle()

    def _alive(self) -> None:
        if self._ended or self._closed:
            raise StateError(f"{self!r} has ended", ErrorCode.GONE)

    async def _until(self, command: typing.Callable[[int], int] | None, *types: type[Event]) -> Event:
        self._alive()
        return await self._waiting.wait(types, self._agent._begin(command) if command else None)

    def _on_event(self, event: Event) -> None:
        self._told(event)
        self._log.put(event)
        self._waiting.wake(type(event), event)
        if isinstance(event, self._last):
            self._ended = event
            self._finish(StateError(f"{self!r} has ended", ErrorCode.GONE))

    def _told(self, event: Event) -> None: ...

    def _finish(self, error: Exception) -> None:
        self._closed = True
        self._log.end()
        self._waiting.fail(error)
        self._agent._objects.pop(self._id, None)

    def _end(self) -> None:
        self._finish(ClosedError("the agent was closed"))


class Conference(_Together[ConferenceEnded]):
    """Calls that are mixed: everybody hears all others, and never himself. The program is one more member, by `audio`."""

    _last = ConferenceEnded

    def __init__(self, agent: Agent, rate: int) -> None:
        super().__init__(agent)
        self._rate = whole("rate", rate)
        self._audio: Audio | None = None
        self._audio_left: weakref.ref[Audio] | None = None
        self._members: dict[int, Call] = {}
        config = Struct("sipua_conference_config", rate=self._rate)
        out = ffi.new("sipua_id *")
        check(lib.sipua_conference_create(self._native, config.p, 0, out))
        self._made(out[0])

    def __repr__(self) -> str:
        return f"<sipua.Conference {self._id} of {len(self._members)}>"

    @property
    def calls(self) -> list[Call]:
        """The calls in it."""
        return list(self._members.values())

    @property
    def audio(self) -> Audio:
        """The program's own audio: what it writes is heard by all, what it reads is the mix of all calls."""
        audio = self._audio or (self._audio_left() if self._audio_left else None)
        if not audio:
            audio = Audio(self, self._rate)
            if self._ended:
                self._audio_left = weakref.ref(audio)
            else:
                self._audio = audio
        return audio

    async def add(self, call: Call) -> None:
        """Adds a call, answered or not; it leaves when it ends. Raises StateError when it is in a conference or a bridge
        already."""
        number = self._agent._mine("call", call)
        self._alive()
        await self._agent._do(lambda tag: lib.sipua_conference_add(self._native, self._id, number, tag))

    async def remove(self, call: Call) -> None:
        """Takes a call out; it goes on by itself."""
        number = self._agent._mine("call", call)
        self._alive()
        await self._agent._do(lambda tag: lib.sipua_conference_remove(self._native, self._id, number, tag))

    def play(self, file: str | os.PathLike[str], *, loop: bool = False) -> Player:
        """Plays a WAV file to all; several at once are mixed. `await` the result to wait for its end."""
        path, loop = text("file", file), switch("loop", loop)
        self._alive()
        return Player._start(self, path, loop)

    def record(self, file: str | os.PathLike[str], *, stereo: bool = False) -> Recorder:
        """Records all that is said and played, mono (there are no two sides). Ends with the conference, or with
        `stop()`."""
        path = text("file", file)
        if switch("stereo", stereo):
            raise InvalidError("stereo: a conference has no two sides to tell apart", ErrorCode.INVALID)
        self._alive()
        return Recorder._start(self, path, RecordSide.FAR)

    async def end(self, *, hangup: bool = False) -> ConferenceEnded:
        """Ends it; its calls go on by themselves, or are hung up too."""
        if not self._ended:
            result = lib.sipua_conference_end(self._native, self._id, 1 if switch("hangup", hangup) else 2, 0)
            if result != ErrorCode.GONE:
                check(result)
        return await self.wait_ended()

    async def __aenter__(self) -> typing.Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._ended and self._agent._native:
            await self.end()

    def _told(self, event: Event) -> None:
        if isinstance(event, ConferenceChanged):
            call = self._agent._call_of(event.other)
            if event.added and call:
                self._members[event.other] = call
            else:
                self._members.pop(event.other, None)
        elif isinstance(event, (Flushed, Mark)):
            self.audio._on_event(event)

    def _play(self, path: bytes, on: int, tag: int, out: typing.Any) -> int:
        return int(lib.sipua_conference_play(self._native, self._id, path, on, 0, tag, out))

    def _record(self, path: bytes, side: int, tag: int, out: typing.Any) -> int:
        return int(lib.sipua_conference_record(self._native, self._id, path, 0, tag, out))

    def _finish(self, error: Exception) -> None:
        super()._finish(error)
        self._members.clear()
        audio, self._audio = self._audio, None
        if audio:
            self._audio_left, self._rate = weakref.ref(audio), audio.rate
            audio._finish(error)


class Bridge(_Together[BridgeEnded]):
    """Two calls connected with each other."""

    _last = BridgeEnded

    def __init__(self, agent: Agent, a: int, b: int, config: Struct) -> None:
        super().__init__(agent)
        self._state = "waiting"
        out = ffi.new("sipua_id *")
        reply: asyncio.Future[None] = agent._submit(
            lambda tag: lib.sipua_bridge_create(self._native, a, b, config.p, tag, out))
        reply.add_done_callback(self._refused)
        self._error: BaseException | None = None
        self._made(out[0])

    def __repr__(self) -> str:
        return f"<sipua.Bridge {self._id} {'ended' if self._ended else self._state}>"

    @property
    def state(self) -> str:
        """"waiting" until both are answered, "untouched" when packets pass as they are, "transcoded", or "held"."""
        return self._state

    async def end(self) -> BridgeEnded:
        """Takes them apart; both calls go on by themselves."""
        if not self._ended:
            result = lib.sipua_bridge_end(self._native, self._id, 0)
            if result != ErrorCode.GONE:
                check(result)
        return await self.wait_ended()

    async def wait_ended(self) -> BridgeEnded:
        """Waits until one of the calls has ended, or `end()` took them apart. Raises what was wrong when they could not be
        connected."""
        ended = await super().wait_ended()
        if self._error:
            raise self._error
        return ended

    def _refused(self, reply: asyncio.Future[None]) -> None:
        if not reply.cancelled():
            self._error = reply.exception()

    def _told(self, event: Event) -> None:
        if isinstance(event, BridgeChanged):
            self._state = event.state
