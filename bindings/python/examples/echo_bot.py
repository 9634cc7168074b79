"""A phone that answers every call and repeats what it hears; a digit makes it stop talking.

    python echo_bot.py                                    takes calls from anybody, on any user
    python echo_bot.py sip:bot@example.com PASSWORD       registers first
"""

from __future__ import annotations

import asyncio
import sys

import sipua


async def echo(call: sipua.Call) -> None:
    """One call. The task ends with it, wherever it is."""
    print(f"{call.from_} calls, with {call.headers.get('User-Agent', 'an unknown phone')}")
    try:
        await call.ring()
        async with call.answer(rate=16000) as audio, asyncio.TaskGroup() as tasks:
            tasks.create_task(obey(call))
            async for frame in audio.frames(ms=20):
                audio.write(frame)
    finally:
        print(f"{call.from_} was here for {call.duration:.0f} s")


async def obey(call: sipua.Call) -> None:
    """Listens for digits."""
    async for event in call.events():
        match event:
            case sipua.Dtmf(digit=digit):
                cut = await call.audio.flush()
                print(f"pressed {digit}: {cut.discarded_ms} ms were not said")
            case sipua.CallHeld():
                print("on hold")


async def main(arguments: list[str]) -> None:
    async with sipua.Agent(open=not arguments) as agent:
        if arguments:
            await agent.register(arguments[0], password=arguments[1])
        for one in agent.listeners:
            print(f"listening at {one.transport} {one.host}:{one.port}")
        async for call in agent.calls():
            agent.spawn(echo(call), call=call)


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1:]))
    except KeyboardInterrupt:
        pass
