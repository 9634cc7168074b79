"""Futures that the library's events complete."""

from __future__ import annotations

import asyncio
import collections.abc
import contextvars
import threading
import typing

__all__ = ["Waiter", "turn"]

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
        if self._resume is not None:
            resume = typing.cast(collections.abc.Callable[[Waiter[T]], object], self._resume)
            self.get_loop().call_soon(resume, self, context=self._where)


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
            _go_on(iter(woken))


def _go_on(woken: collections.abc.Iterator[Waiter[typing.Any]]) -> None:
    try:
        for waiter in woken:
            if waiter._resume is not None:
                waiter._where.run(waiter._resume, waiter)
    finally:  # KeyboardInterrupt and SystemExit leave through here: the others lose nothing
        for waiter in woken:
            waiter._later()
