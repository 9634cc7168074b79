"""What the tests share: two agents on loopback, tones, and an ear for them."""

from __future__ import annotations

import array
import asyncio
import contextlib
import math
import pathlib
import socket
import wave
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, TypeVar

import sipua

T = TypeVar("T")
PATIENCE = 40.0  # a bound, not a wait: slow machines and sanitizers pass too


def run(work: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
    """A coroutine that must end in time."""
    return asyncio.run(asyncio.wait_for(work, patience))


@contextlib.asynccontextmanager
async def two(**settings: Any) -> AsyncIterator[tuple[sipua.Agent, sipua.Agent]]:
    """Two agents that take calls from anybody."""
    async with (
        sipua.Agent(bind="127.0.0.1", open=True, **settings) as left,
        sipua.Agent(bind="127.0.0.1", open=True, **settings) as right,
    ):
        yield left, right


def uri(agent: sipua.Agent, user: str = "bob", transport: str = "udp") -> str:
    port = next(one.port for one in agent.listeners if one.transport == transport)
    return f"sip:{user}@127.0.0.1:{port}" + (";transport=tcp" if transport == "tcp" else "")


@contextlib.asynccontextmanager
async def call_between(left: sipua.Agent, right: sipua.Agent, **settings: Any) -> AsyncIterator[tuple[sipua.Call, sipua.Call]]:
    """An established call: the caller's side and the other."""

    async def take() -> sipua.Call:
        async with right.calls() as calls:
            incoming = await anext(calls)
            await incoming.answer()
            return incoming

    taking = asyncio.create_task(take())
    outgoing = await left.call(uri(right), **settings)
    incoming = await taking
    yield outgoing, incoming
    await outgoing.hangup()
    await incoming.wait_ended()


@contextlib.contextmanager
def silence() -> Iterator[str]:
    """HOST:PORT of somebody who never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{deaf.getsockname()[1]}"


async def until(condition: Any, patience: float = 10.0) -> None:
    """Waits for something that becomes true by itself."""
    async with asyncio.timeout(patience):
        while not condition():
            await asyncio.sleep(0.01)


async def nothing_left(*agents: sipua.Agent) -> None:
    """No agent has a live call."""
    async with asyncio.timeout(15):
        for agent in agents:
            while (await agent.stats()).calls_now:
                await asyncio.sleep(0.05)


def tone(hertz: float, seconds: float, rate: int = 16000) -> bytes:
    step = 2 * math.pi * hertz / rate
    return array.array("h", (int(10000 * math.sin(step * i)) for i in range(int(seconds * rate)))).tobytes()


def share(pcm: bytes, hertz: float, rate: int = 16000) -> float:
    """How much of the power lies at that frequency, in the best quarter second."""
    samples = array.array("h", pcm)
    size = rate // 4
    best = 0.0
    for start in range(0, max(1, len(samples) - size + 1), size // 2):
        part = samples[start : start + size]
        power = sum(x * x for x in part)
        if len(part) < size or power < size * 200 * 200:
            continue
        turn = 2 * math.cos(2 * math.pi * hertz / rate)
        a = b = 0.0
        for x in part:
            a, b = x + turn * a - b, a
        best = max(best, 2 * (a * a + b * b - turn * a * b) / (power * size))
    return best


async def hear(call: sipua.Call, seconds: float, ms: int = 20) -> bytes:
    """So much of what the peer says."""
    heard = bytearray()
    async for frame in call.audio.frames(ms=ms):
        heard += frame
        if len(heard) >= seconds * call.audio.rate * 2:
            break
    return bytes(heard)


def write_wav(path: pathlib.Path, pcm: bytes, rate: int = 16000, channels: int = 1) -> pathlib.Path:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(pcm)
    return path


def read_wav(path: pathlib.Path) -> tuple[list[bytes], int]:
    """Its channels and its rate."""
    with wave.open(str(path), "rb") as source:
        samples = array.array("h", source.readframes(source.getnframes()))
        channels = source.getnchannels()
        return [samples[i::channels].tobytes() for i in range(channels)], source.getframerate()
