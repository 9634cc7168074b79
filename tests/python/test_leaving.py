"""Leaving the process in mid-call, a hundred times and in every way, never crashes and never hangs."""

from __future__ import annotations

import asyncio
import pathlib
import sys

import sipua
from support import run, uri

TIMES = 100
PROGRAM = pathlib.Path(__file__).with_name("leaving.py")


def test_leaving_the_process_in_mid_call_a_hundred_times_never_crashes() -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1", open=True, codecs=["pcmu"]) as peer:

            async def take() -> None:
                async for call in peer.calls():
                    peer.spawn(bot(call), call=call)

            async def bot(call: sipua.Call) -> None:
                audio = await call.answer(rate=8000)
                audio.write(bytes(8000))
                await asyncio.sleep(2)  # nobody says BYE: the other side is gone
                await call.hangup()

            peer.spawn(take())
            leaving = await asyncio.create_subprocess_exec(
                sys.executable, str(PROGRAM), uri(peer), str(TIMES), stdout=asyncio.subprocess.PIPE)
            said, _ = await leaving.communicate()
            ends = said.decode().splitlines()
            assert leaving.returncode == 0 and len(ends) == TIMES, ends
            assert not [end for end in ends if not end.endswith(" 0")]
            assert (await peer.stats()).calls_total >= TIMES

    run(main(), 200)
