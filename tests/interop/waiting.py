"""What the tests with asyncio share: bounds, messages that must pass, sound that must be heard."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

import sipua
import tone

T = TypeVar("T")
E = TypeVar("E", bound=sipua.Event)

# A test need not wait as long for a lost flow as a network with a million phones wants.
QUICK: dict[str, str | int | bool] = {"flow_retry_base_s": 1, "flow_retry_max_s": 2, "target_penalty_ms": 1000}


def run(work: Coroutine[Any, Any, T], patience: float = 100) -> T:
    """A coroutine that must end in time: a bound, not a wait."""
    return asyncio.run(asyncio.wait_for(work, patience))


async def until(condition: Callable[[], Any], patience: float = 30) -> None:
    async with asyncio.timeout(patience):
        while not condition():
            await asyncio.sleep(0.02)


async def passes(sender: sipua.Account, receiver: sipua.Account, text: str) -> sipua.IncomingMessage:
    """A MESSAGE from one account to the other arrives and is answered 200."""
    async with receiver.agent.messages() as messages:
        sending = asyncio.create_task(sender.message(receiver.aor, text))
        coming = asyncio.create_task(anext(messages))
        async with asyncio.timeout(60):
            await asyncio.wait([sending, coming], return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                coming.cancel()
                raise AssertionError(f"the sender has its answer, and nothing came: {await sending}")
            got = coming.result()
            assert got.text == text
            await got.accept()
            assert (await sending).status == 200
        return got


async def hears(call: sipua.Call, hertz: float, rate: int = 16000, patience: float = 40) -> None:
    """Reads on until half a second of that tone has come, after whatever was said before."""
    heard = bytearray()
    async with asyncio.timeout(patience):
        async for pcm in call.audio.frames(ms=20):
            heard += pcm
            if len(heard) >= rate:  # half a second of s16
                if tone.share(memoryview(heard).cast("h"), hertz, rate) > 0.9:
                    return
                heard = heard[rate // 4 * 2:]
    raise AssertionError(f"the call ended before {hertz} Hz was heard")


async def event(events: AsyncIterator[sipua.Event], kind: type[E], patience: float = 60) -> E:
    """The next event of that kind."""
    async with asyncio.timeout(patience):
        async for one in events:
            if isinstance(one, kind):
                return one
    raise AssertionError(f"the events ended without {kind.__name__}")


@contextlib.asynccontextmanager
async def talk(caller: sipua.Account, other: sipua.Account, target: str = "") -> AsyncIterator[tuple[sipua.Call, sipua.Call]]:
    """An established call through the server: the caller's side and the other."""
    async with other.agent.calls() as calls:
        calling = asyncio.create_task(caller.call(target or other.aor, timeout=60))
        async with asyncio.timeout(60):
            taken = asyncio.create_task(anext(calls))
            done, _ = await asyncio.wait([calling, taken], return_when=asyncio.FIRST_COMPLETED)
            if calling in done:
                taken.cancel()
                calling.result()  # why it failed
            called = await taken
            await called.answer(rate=16000)
            call = await calling
        yield call, called
        await call.hangup()
        await asyncio.wait_for(called.wait_ended(), 40)
