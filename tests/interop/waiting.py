"""What the tests with asyncio share: bounds, messages that must pass, sound that must be heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import sipua

T = TypeVar("T")


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
        async with asyncio.timeout(40):
            got = await anext(messages)
            assert got.text == text
            await got.accept()
            assert (await sending).status == 200
        return got


async def hear(call: sipua.Call, seconds: float, rate: int = 16000) -> memoryview:
    """So much of what the other side says from now on."""
    heard = bytearray()
    async with asyncio.timeout(seconds + 30):
        async for pcm in call.audio.frames(ms=20):
            heard += pcm
            if len(heard) >= seconds * rate * 2:
                break
    return memoryview(bytes(heard)).cast("h")
