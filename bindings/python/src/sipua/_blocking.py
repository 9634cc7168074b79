"""What `sipua.sync` stands on: one private thread with an event loop, and waits that Ctrl-C can interrupt."""

from __future__ import annotations

import asyncio
import collections.abc
import concurrent.futures
import threading
import typing

__all__ = ["END", "Blocking", "following", "on_loop", "register", "run", "unwrap", "wrap"]

T = typing.TypeVar("T")
SLICE = 0.5  # seconds; a wait without an end would hold signals back on some systems
END: typing.Any = object()  # what an iterator that has ended gives

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_kinds: dict[type, type[Blocking]] = {}


def loop() -> asyncio.AbstractEventLoop:
    """The private loop, started when it is first needed."""
    global _loop
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="sipua.sync", daemon=True).start()
        return _loop


def run(work: collections.abc.Coroutine[typing.Any, typing.Any, T], timeout: float | None = None) -> T:
    """Runs a coroutine on the private loop and waits for it. Ctrl-C cancels it, and so does the timeout."""
    if threading.current_thread().name == "sipua.sync":
        work.close()
        raise RuntimeError("sipua.sync waits: it cannot be used on its own loop")
    future = asyncio.run_coroutine_threadsafe(work, loop())
    left = timeout
    while True:
        try:
            return future.result(SLICE if left is None else min(SLICE, left))
        except concurrent.futures.TimeoutError:
            if future.done():  # its own TimeoutError
                raise
            left = None if left is None else left - SLICE
            if left is not None and left <= 0:
                _give_up(future)
                raise
        except KeyboardInterrupt:
            _give_up(future)
            raise


def _give_up(future: concurrent.futures.Future[typing.Any]) -> None:
    """Cancels, and gives what is under way a moment: a call given up sends its CANCEL."""
    future.cancel()
    try:
        future.exception(1)
    except (concurrent.futures.CancelledError, concurrent.futures.TimeoutError):
        pass


def on_loop(function: collections.abc.Callable[[], T]) -> T:
    """Calls a function on the private loop."""

    async def call() -> T:
        return function()

    return run(call())


async def following(iterator: collections.abc.AsyncIterator[T]) -> T:
    """The next of it, or END."""
    try:
        return await anext(iterator)
    except StopAsyncIteration:
        return typing.cast(T, END)


class Blocking:
    """The blocking side of one object."""

    _async: typing.Any
    kept: typing.ClassVar[bool] = True  # the same object every time; streams are not, so that dropping one closes it

    def __repr__(self) -> str:
        return repr(self._async).replace("sipua.", "sipua.sync.", 1)


def register(kinds: dict[type, type[Blocking]]) -> None:
    """Which blocking class stands for which."""
    _kinds.update(kinds)


def wrap(value: typing.Any) -> typing.Any:
    """The blocking side of an object, other values as they are."""
    if type(value) is list:
        return [wrap(one) for one in value]
    kind = _kinds.get(type(value))
    if not kind:
        return value
    side = value.__dict__.get("_blocking")
    if side is None:
        side = object.__new__(kind)
        side._async = value
        if kind.kept:
            value.__dict__["_blocking"] = side
    return side


def unwrap(value: typing.Any) -> typing.Any:
    """The other way round."""
    return value._async if isinstance(value, Blocking) else value
