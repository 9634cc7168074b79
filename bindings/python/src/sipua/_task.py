"""The tasks of an agent and of its calls."""

from __future__ import annotations

import asyncio
import collections.abc
import re
import typing

from ._enums import ErrorCode
from ._errors import StateError
from ._events import CallEnded
from ._given import wrong
from ._log import logger
from ._stream import quiet

if typing.TYPE_CHECKING:
    from ._call import Call

__all__ = ["Watched", "start"]

Tasks: typing.TypeAlias = set[asyncio.Task[typing.Any]]
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
        self._over: collections.abc.Callable[[BaseException], None] | None = over

    def __getattr__(self, name: str) -> typing.Any:  # cr_frame, cr_code and so on, for those who print tasks
        return getattr(self._work, name)

    def __await__(self) -> collections.abc.Generator[typing.Any, None, T]:
        return (yield from self._work.__await__())

    def send(self, value: typing.Any) -> typing.Any:
        try:
            return self._work.send(value)
        except BaseException as end:
            self._end(end)
            raise

    def throw(self, *error: typing.Any) -> typing.Any:
        try:
            return self._work.throw(*error)
        except BaseException as end:
            self._end(end)
            raise
        finally:
            error = ()  # its traceback knows this frame: together they would wait for the garbage collector

    def _end(self, end: BaseException) -> None:
        over, self._over = self._over, None  # it knows the task, which knows this
        if over:
            over(end)

    def close(self) -> None:
        self._work.close()


def start(
    tasks: Tasks, work: collections.abc.Coroutine[typing.Any, typing.Any, T], call: Call | None, name: str | None,
    closed: str,
) -> asyncio.Task[T]:
    """Runs a coroutine as one of these tasks and of the call's; closed: why it must not even begin."""
    if not asyncio.iscoroutine(work):
        raise wrong("work", "a coroutine", work)
    made: list[asyncio.Task[T]] = []
    ends: list[BaseException] = []  # with an eager task factory it may end before it is made

    def over(end: BaseException) -> None:
        if made:
            _over(tasks, made[0], call, end)
        else:
            ends.append(end)

    task: asyncio.Task[T] = asyncio.get_running_loop().create_task(Watched(work, over), name=name)
    made.append(task)
    tasks.add(task)
    if call:
        if call.ended:
            task.cancel("the call has ended")
        else:
            call._tasks.add(task)
    if closed:
        task.cancel(closed)
    for end in ends:
        _over(tasks, task, call, end)
    return task


def _over(tasks: Tasks, task: asyncio.Task[typing.Any], call: Call | None, end: BaseException) -> None:
    tasks.discard(task)
    if call:
        call._tasks.discard(task)
    if isinstance(end, (StopIteration, asyncio.CancelledError)):
        return
    quiet(task)
    if call and _hung_up_on(end, call):
        return  # the usual end of a bot
    who = f"the task of {call!r}" if call else f"the task {task.get_name()}"
    logger.error("%s failed: %s", who, end, exc_info=end)
    if call:
        call._abandon(500)


def _hung_up_on(end: BaseException, call: Call) -> bool:
    if isinstance(end, BaseExceptionGroup):  # of a TaskGroup whose tasks all found the call ended
        return all(_hung_up_on(one, call) for one in end.exceptions)
    if isinstance(end, StateError):  # its CallEnded is on the way
        gone = rf"there is no (call|call or conference|object) {call.id}, or it has ended"
        return end.code == ErrorCode.GONE and re.fullmatch(gone, end.text) is not None
    return isinstance(end, CallEnded) and end.call_id == call.id
