"""The library's agent seen from one event loop: commands and their replies out, events in."""

from __future__ import annotations

import asyncio
import collections.abc
import itertools
import typing

from ._enums import ErrorCode
from ._errors import ClosedError, error_of
from ._event import Event, UnknownEvent
from ._events import KINDS, Reply
from ._native import Struct, check, ffi, lib
from ._wait import Waiter, turn

__all__ = ["Pump", "opted", "settled"]

AT_ONCE = 64  # events a turn of the loop: the program's other tasks get their turn too
NUMBERS = 6  # that cdef/take.c writes for each event
T = typing.TypeVar("T")
_tags = itertools.count(1)
_opting: set[asyncio.Future[typing.Any]] = set()


def opted(reply: asyncio.Future[typing.Any]) -> None:
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


def event_of(
    kind: int, number: int, call: int, account: int, time_ms: int, tag: int, raw: typing.Any,
) -> Event:
    """The library's event as ours, which owns it. Its fields are read when they are asked for."""
    known = KINDS.get(kind)
    if known:
        event = known.__new__(known)
    else:
        event = UnknownEvent(kind, ffi.string(lib.sipua_event_type_name(kind)).decode())
    told = event.__dict__
    told["id"] = number
    told["call_id"] = call
    told["account_id"] = account
    told["time_ms"] = time_ms
    told["tag"] = tag
    told["_raw"] = ffi.gc(raw, lib.sipua_event_destroy)
    return event


class Pump:
    """Owns the library's agent. Everything happens on the loop that started it."""

    def __init__(
        self, config: Struct, sink: collections.abc.Callable[[Event], None],
        taps: list[collections.abc.Callable[[Event], None]],
    ) -> None:
        out = ffi.new("sipua_agent **")
        check(lib.sipua_agent_create(config.p, out))
        self.native: typing.Any = out[0]
        self._sink = sink
        self._taps = taps  # while there are any, they want the replies too that say only that a command was carried out
        self._loop = asyncio.get_running_loop()
        self._events = ffi.new("sipua_event *[]", AT_ONCE)
        self._numbers_of = ffi.new("uint64_t[]", AT_ONCE * NUMBERS)
        self._numbers = memoryview(ffi.buffer(self._numbers_of)).cast("Q")
        self._replies: dict[int, tuple[asyncio.Future[typing.Any], bool]] = {}
        self._fd = check(lib.sipua_agent_fd(self.native))
        self._loop.add_reader(self._fd, self._turn)

    def _turn(self) -> None:
        """Takes what waits, AT_ONCE at most: the descriptor stays readable while more is left."""
        if self.native:
            turn(self._take)

    def _take(self) -> bool:
        events = self._events
        count = lib.sipua_py_take(self.native, AT_ONCE, 1 if self._taps else 0, events, self._numbers_of)
        if count <= 0:
            return False
        taken = ffi.unpack(events, count)
        each = iter(self._numbers[: count * NUMBERS].tolist())
        for raw, kind, number, call, account, time_ms, tag in zip(taken, each, each, each, each, each, each):
            try:
                if not raw:
                    self._carried_out(tag)
                    continue
                event = event_of(kind, number, call, account, time_ms, tag, raw)
                if type(event) is Reply:
                    self._reply(event)
                self._sink(event)
            except Exception as error:  # the events behind it are not lost
                self._loop.call_exception_handler({"message": "an event could not be handled", "exception": error})
        return True

    def _carried_out(self, tag: int) -> None:
        known = self._replies.pop(tag, None)
        if known and known[1] and not known[0].done():
            known[0].set_result(None)

    def _reply(self, event: Reply) -> None:
        if event.code >= 0:
            self._carried_out(event.tag)
            return
        known = self._replies.pop(event.tag, None)
        if known and not known[0].done():
            known[0].set_exception(error_of(event.code, event.text or _text_of(event.code)))

    def submit(
        self, command: collections.abc.Callable[[int], int], future: asyncio.Future[T] | None = None, *,
        done: bool = True,
    ) -> asyncio.Future[T]:
        """Runs a command with a fresh tag. The stack's refusal becomes the future's exception; that it carried the
        command out completes the future too, unless it is done only with a later event. Raises what is wrong at
        once."""
        if not self.native:
            raise ClosedError("the agent was closed")
        tag = next(_tags)
        check(command(tag))
        if future is None:
            future = Waiter(loop=self._loop)
        self._replies[tag] = (future, done)
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
        for future, _ in self._replies.values():
            if not future.done():
                future.set_exception(ClosedError("the agent was closed"))
        self._replies.clear()

    def __del__(self) -> None:
        if getattr(self, "native", None):  # never closed: the threads must not outlive the interpreter
            lib.sipua_agent_free(self.native)


def _text_of(code: ErrorCode) -> str:
    return str(ffi.string(lib.sipua_error_text(code)).decode())
