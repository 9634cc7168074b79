"""Coroutines whose end is told at once."""

from __future__ import annotations

import collections.abc
import typing

__all__ = ["Watched"]

T = typing.TypeVar("T")


class Watched(collections.abc.Coroutine[typing.Any, typing.Any, T]):
    """A coroutine whose owner learns of its end in the step that ends it: a task calls those who wait for it one turn
    of the event loop later, a turn that every call would have to pay for. `over` gets the exception, StopIteration for
    a result."""

    def __init__(
        self, work: collections.abc.Coroutine[typing.Any, typing.Any, T],
        over: collections.abc.Callable[[BaseException], None],
    ) -> None:
        self._work = work
        self._over = over

    def __getattr__(self, name: str) -> typing.Any:  # cr_frame, cr_code and so on, for those who print tasks
        return getattr(self._work, name)

    def __await__(self) -> collections.abc.Generator[typing.Any, None, T]:
        return (yield from self._work.__await__())

    def send(self, value: typing.Any) -> typing.Any:
        try:
            return self._work.send(value)
        except BaseException as end:
            self._over(end)
            raise

    def throw(self, *error: typing.Any) -> typing.Any:
        try:
            return self._work.throw(*error)
        except BaseException as end:
            self._over(end)
            raise

    def close(self) -> None:
        self._work.close()
