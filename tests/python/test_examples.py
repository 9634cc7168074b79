"""The examples run as they stand."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import sipua
import sipua.testing
from support import run, tone, uri, write_wav

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "bindings/python/examples"


@contextlib.asynccontextmanager
async def example(name: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(EXAMPLES / name), *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    return (await process.stdout.readline()).decode()


async def answer(agent: sipua.Agent) -> None:
    async for call in agent.calls():
        await call.answer()


def test_the_b2bua_puts_through_and_leaves_in_peace() -> None:
    async def body() -> None:
        async with sipua.Agent(bind="127.0.0.1", open=True) as bob, sipua.Agent(bind="127.0.0.1") as alice:
            answering = asyncio.create_task(answer(bob))
            async with example("b2bua.py", uri(bob), "udp:127.0.0.1:0") as process:
                port = re.search(r":(\d+)$", (await line(process)).strip())
                assert port
                target = f"sip:anybody@127.0.0.1:{port[1]}"
                call = await alice.call(target)
                process.send_signal(signal.SIGTERM)
                while True:  # until it takes no more
                    try:
                        await (await alice.call(target)).hangup()
                    except sipua.CallEnded as refused:
                        if refused.status == 503:
                            break
                assert process.returncode is None
                await call.hangup()
                assert await process.wait() == 0
            answering.cancel()

    run(body())


def test_the_ivr_transfers_to_the_extension(tmp_path: pathlib.Path) -> None:
    async def body() -> None:
        prompt = write_wav(tmp_path / "prompt.wav", tone(440, 0.2))
        async with (
            sipua.testing.Registrar({"desk": "s", "alice": "s", "200": "s"}) as registrar,
            sipua.Agent(bind="127.0.0.1") as alice, sipua.Agent(bind="127.0.0.1") as bob,
            example("ivr.py", registrar.aor("desk"), "s", str(prompt)) as process,
        ):
            caller = await alice.register(registrar.aor("alice"), password="s")
            await bob.register(registrar.aor("200"), password="s")
            answering = asyncio.create_task(answer(bob))
            wishes = alice.transfers()
            assert await line(process) == "ready\n"
            call = await caller.call("desk")
            await call.send_dtmf("999")
            await (await anext(wishes)).reject(486)
            assert "999: 486 Busy Here" in await line(process)
            await call.send_dtmf("200")
            new = await (await anext(wishes)).accept()
            await new.answered()
            assert (await call.wait_ended()).originator == "remote"
            assert "talks with 200" in await line(process)
            await new.hangup()
            answering.cancel()

    run(body())
