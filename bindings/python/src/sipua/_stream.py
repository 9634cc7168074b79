"""Streams of events and of incoming things, and futures that nobody need look at."""

from __future__ import annotations

import asyncio
import collections
import collections.abc
import typing

from ._errors import EventsLost, StateError
from ._wait import Waiter

__all__ = ["EventLog", "Events", "Inbox", "Outcome", "quiet"]

T = typing.TypeVar("T")
E = typing.TypeVar("E")
C = typing.TypeVar("C", covariant=True)


def quiet(future: asyncio.Future[T]) -> asyncio.Future[T]:
    """The future, which does not complain when its exception is never looked at."""
    future.add_done_callback(lambda f: f.cancelled() or f.exception())
    return future


class Outcome(collections.abc.Awaitable[T]):
    """What something already under way leads to. Awaiting it is optional, and legal more than once."""

    def __init__(self, future: asyncio.Future[T]) -> None:
        self._future = quiet(future)

    def done(self) -> bool:
        """Whether it is known by now."""
        return self._future.done()

    def __await__(self) -> collections.abc.Generator[typing.Any, None, T]:
        return asyncio.shield(self._future).__await__()


class EventLog(typing.Generic[E]):
    """A bounded history that any number of readers follow. A reader that falls out of it is told how many it lost."""

    def __init__(self, limit: int) -> None:
        self._items: collections.deque[E] = collections.deque()
        self._limit = limit
        self._first = 0  # the number of the oldest item that is kept
        self._ended = False
        self._failure: Exception | None = None
        self._waiting: list[asyncio.Future[None]] = []

    def put(self, item: E) -> None:
        """Adds an event and wakes the readers."""
        items = self._items
        if len(items) >= self._limit:
            items.popleft()
            self._first += 1
        items.append(item)
        if self._waiting:
            self._wake()

    def end(self, failure: Exception | None = None) -> None:
        """Nothing more will come: readers stop once they have read all, after that exception if there is one."""
        self._ended = True
        self._failure = failure
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def follow(self, replay: bool) -> Events[E]:
        """A reader, from the oldest event or from now on."""
        return Events(self, 0 if replay else self._first + len(self._items))


class Events(collections.abc.AsyncIterator[E]):
    """Events in order, with `async for`. Raises EventsLost when the reader was too slow; it may go on after that."""

    def __init__(self, log: EventLog[E], at: int) -> None:
        self._log = log
        self._at = at
        self._failed = False

    def __aiter__(self) -> Events[E]:
        return self

    async def __anext__(self) -> E:
        log = self._log
        while True:
            if self._at < log._first:
                lost, self._at = log._first - self._at, log._first
                raise EventsLost(lost)
            if self._at < log._first + len(log._items):
                item = log._items[self._at - log._first]
                self._at += 1
                return item
            if log._ended:
                failure, self._failed = None if self._failed else log._failure, True
                if failure:
                    raise failure
                raise StopAsyncIteration
            future: Waiter[None] = Waiter(loop=asyncio.get_running_loop())
            log._waiting.append(future)
            try:
                await future
            finally:
                if future in log._waiting:
                    log._waiting.remove(future)


class Inbox(collections.abc.AsyncIterator[T]):
    """What comes in, for one consumer: `async for`, or `anext()`. It is open from its making until `aclose()`, the end
    of the agent, or until nobody holds it any more; what was not taken by then is refused."""

    def __init__(self, closed: collections.abc.Callable[[list[T]], None]) -> None:
        self._items: collections.deque[T] = collections.deque()
        self._closed: collections.abc.Callable[[list[T]], None] | None = closed
        self._waiting: asyncio.Future[None] | None = None

    def _put(self, item: T) -> None:
        self._items.append(item)
        self._wake()

    def _wake(self) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    def __aiter__(self) -> Inbox[T]:
        return self

    async def __anext__(self) -> T:
        while not self._items:
            if not self._closed:
                raise StopAsyncIteration
            if self._waiting:
                raise StateError("somebody else is waiting here already")
            self._waiting = Waiter(loop=asyncio.get_running_loop())
            try:
                await self._waiting
            finally:
                self._waiting = None
        return self._items.popleft()

    async def __aenter__(self) -> Inbox[T]:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Takes nothing more."""
        self._close()

    def _close(self) -> None:
        closed, self._closed = self._closed, None
        if closed:
            left = list(self._items)
            self._items.clear()
            closed(left)
        self._wake()

    def __del__(self) -> None:
        self._close()
