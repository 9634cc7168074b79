"""Says back what it hears, until stdin ends."""

import asyncio
import sys

import sipua


async def echo(call: sipua.Call) -> None:
    audio = await call.answer(rate=8000)
    async for frame in audio.frames(ms=20):
        audio.write(frame)


async def serve() -> None:
    async with sipua.Agent(bind="127.0.0.1", listen=["udp:127.0.0.1:0"], open=True, codecs=["pcmu"]) as agent:
        calls = agent.calls()
        print("listening", agent.listeners[0].port, flush=True)
        async for call in calls:
            agent.spawn(echo(call), call=call)


async def main() -> None:
    server = asyncio.create_task(serve())
    await asyncio.to_thread(sys.stdin.read)
    server.cancel()
    await asyncio.wait([server])


asyncio.run(main())
