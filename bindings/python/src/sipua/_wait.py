"""Futures that the library's events complete."""

from __future__ import annotations

import asyncio
import collections.abc
import contextvars
import threading
import typing

__all__ = ["Waiter", "Waiters", "turn"]

K = typing.TypeVar("K")
T = typing.TypeVar("T")
_turns: dict[int, list[Waiter[typing.Any]]] = {}  # by thread: whom the turn under way has to wake


class Waiter(asyncio.Future[T]):
    """A future whose task goes on in the very turn of the event loop that took the event: asyncio's own would have it
    wait for the next turn, which costs as much as all else that an event does. Made to be awaited by one task."""

    _resume: collections.abc.Callable[[typing.Self], object] | None = None
    _where: contextvars.Context

    def add_done_callback(
        self, fn: collections.abc.Callable[[typing.Self], object], /, *, context: contextvars.Context | None = None,
    ) -> None:
        if self._resume is None and not self.done():
            self._resume, self._where = fn, context or contextvars.copy_context()
        else:
            super().add_done_callback(fn, context=context)

    def remove_done_callback(self, fn: collections.abc.Callable[[typing.Self], object], /) -> int:
        own = int(self._resume is not None and self._resume == fn)
        if own:
            self._resume = None
        return own + super().remove_done_callback(fn)

    def set_result(self, result: T, /) -> None:
        super().set_result(result)
        if self._resume is not None:
            self._done()

    def set_exception(self, exception: type | BaseException, /) -> None:
        super().set_exception(exception)
        super().exception()  # a task that was cancelled meanwhile never looks at it: nothing to be complained of
        if self._resume is not None:
            self._done()

    def cancel(self, msg: typing.Any | None = None) -> bool:
        if not super().cancel(msg):
            return False
        if self._resume is not None:
            self._done()
        return True

    def _done(self) -> None:
        turn = _turns.get(threading.get_ident())
        if turn is not None:
            turn.append(self)
        else:
            self._later()

    def _later(self) -> None:
        resume, self._resume = self._resume, None
        if resume is not None:
            call = typing.cast(collections.abc.Callable[[Waiter[T]], object], resume)
            self.get_loop().call_soon(call, self, context=self._where)


def turn(work: collections.abc.Callable[[], object]) -> None:
    """Does work that completes waiters; then what waited for them goes on, here and now. Not inside a task."""
    thread = threading.get_ident()
    woken: list[Waiter[typing.Any]] = []
    _turns[thread] = woken
    try:
        work()
    finally:
        del _turns[thread]
        if woken:
            woken.reverse()
            _go_on(woken)


def _go_on(woken: list[Waiter[typing.Any]]) -> None:
    """From the last to the first. What an exception's traceback keeps of this frame must not know the task: nothing here
    is left for the garbage collector."""
    resume = None
    try:
        while woken:
            waiter = woken.pop()
            resume, waiter._resume = waiter._resume, None
            if resume is not None:
                waiter._where.run(resume, waiter)
    finally:
        del resume, waiter
        while woken:  # KeyboardInterrupt and SystemExit leave through here: the others lose nothing
            woken.pop()._later()


class Waiters(typing.Generic[K, T]):
    """Who waits for something of an object: each for one of several kinds of it."""

    def __init__(self) -> None:
        self._all: list[tuple[tuple[K, ...], asyncio.Future[T]]] = []

    async def wait(self, kinds: tuple[K, ...], begin: collections.abc.Callable[[asyncio.Future[T]], object] | None) -> T:
        """The next of these kinds. begin: what is done first; it may complete the future with an exception."""
        future: Waiter[T] = Waiter(loop=asyncio.get_running_loop())
        entry = (kinds, future)
        self._all.append(entry)
        try:
            if begin:
                begin(future)
            return await future
        finally:
            if entry in self._all:
                self._all.remove(entry)
            del entry, future  # an exception in it knows this frame by its traceback

    def wake(self, kind: K, what: T) -> None:
        """It has come."""
        for entry in list(self._all):
            kinds, future = entry
            if kind in kinds and not future.done():
                self._all.remove(entry)
                future.set_result(what)

    def fail(self, error: Exception, kind: K | None = None) -> None:
        """It will come no more: none of them, or not that kind."""
        for entry in list(self._all):
            kinds, future = entry
            if kind is not None and kind not in kinds:
                continue
            self._all.remove(entry)
            if not future.done():
                future.set_exception(error)
                future.exception()  # nobody need look at it
