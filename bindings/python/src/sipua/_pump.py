"""The library's agent seen from one event loop: commands and their replies out, events in."""

from __future__ import annotations

import asyncio
import collections.abc
import itertools
import typing

from ._enums import ErrorCode
from ._errors import ClosedError, error_of
from ._event import Event, UnknownEvent
from ._events import READERS, Reply, Stats, read_agent_counters, read_call_stats
from ._native import Struct, check, ffi, lib
from ._stream import quiet

__all__ = ["Pump", "opted", "settled"]

AT_ONCE = 64  # events a turn of the loop: the program's other tasks get their turn too
_tags = itertools.count(1)
_opting: set[asyncio.Future[None]] = set()


def opted(reply: asyncio.Future[None]) -> None:
    """Remembers that an agent has begun to take calls or messages, until its stack knows."""
    _opting.add(reply)
    reply.add_done_callback(_opting.discard)


async def settled() -> None:
    """Tasks made just before have begun, and whoever has said that it takes calls does take them: within one program,
    `create_task(phone()); await account.call(...)` reaches that phone."""
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    waiting = [f for f in _opting if f.get_loop() is loop]
    if waiting:
        await asyncio.wait(waiting, timeout=1)


def read_event(raw: typing.Any, view: typing.Any) -> Event:
    """The library's event as ours."""
    result = lib.sipua_event_get(raw, view)
    if result < 0:
        check(result)
    kind = view.type
    reader = READERS.get(kind)
    if reader:
        event = reader(view)
    else:
        event = UnknownEvent(kind, ffi.string(lib.sipua_event_type_name(kind)).decode())
    event.id, event.call_id, event.account_id = view.id, view.call, view.account
    event.time_ms, event.tag = view.time_ms, view.tag
    event.__dict__["_raw"] = raw
    if type(event) is Stats:
        event.figures = read_call_stats(raw) if event.id else read_agent_counters(raw)
    return event


class Pump:
    """Owns the library's agent. Everything happens on the loop that started it."""

    def __init__(self, config: Struct, sink: collections.abc.Callable[[Event], None]) -> None:
        out = ffi.new("sipua_agent **")
        check(lib.sipua_agent_create(config.p, out))
        self.native: typing.Any = out[0]
        self._sink = sink
        self._loop = asyncio.get_running_loop()
        self._event = ffi.new("sipua_event **")
        self._view = Struct("sipua_event_view").p
        self._replies: dict[int, asyncio.Future[None]] = {}
        self._fd = check(lib.sipua_agent_fd(self.native))
        self._loop.add_reader(self._fd, self._turn)

    def _turn(self) -> None:
        """Takes what waits, AT_ONCE at most: the descriptor stays readable while more is left."""
        for _ in range(AT_ONCE):
            if not self.native or not self._take():
                return

    def _take(self) -> bool:
        result = lib.sipua_poll(self.native, 0, self._event)
        if result <= 0:
            return False
        event = read_event(ffi.gc(self._event[0], lib.sipua_event_destroy), self._view)
        if type(event) is Reply:
            future = self._replies.pop(event.tag, None)
            if future and not future.done():
                if event.code < 0:
                    future.set_exception(error_of(event.code, event.text or _text_of(event.code)))
                else:
                    future.set_result(None)
        self._sink(event)
        return True

    def submit(self, command: collections.abc.Callable[[int], int]) -> asyncio.Future[None]:
        """Runs a command with a fresh tag; the future is what the stack says to it. Raises what is wrong at once."""
        if not self.native:
            raise ClosedError("the agent was closed")
        tag = next(_tags)
        check(command(tag))
        future: asyncio.Future[None] = quiet(self._loop.create_future())
        self._replies[tag] = future
        future.add_done_callback(lambda _: self._replies.pop(tag, None))
        return future

    def close(self) -> None:
        """Stops the library's threads, takes the events that are left, and releases everything."""
        if not self.native:
            return
        self._loop.remove_reader(self._fd)
        lib.sipua_agent_close(self.native)
        while self._take():
            pass
        native, self.native = self.native, None
        lib.sipua_agent_free(native)
        for future in self._replies.values():
            if not future.done():
                future.set_exception(ClosedError("the agent was closed"))
        self._replies.clear()

    def __del__(self) -> None:
        if getattr(self, "native", None):  # never closed: the threads must not outlive the interpreter
            lib.sipua_agent_free(self.native)


def _text_of(code: ErrorCode) -> str:
    return str(ffi.string(lib.sipua_error_text(code)).decode())
