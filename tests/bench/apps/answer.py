"""A user agent server in Python: rings, answers and waits for the end of each call, until stdin ends."""

import asyncio
import sys

import sipua


async def handle(call: sipua.Call) -> None:
    await call.ring()
    await call.answer()
    await call.wait_ended()


async def serve() -> None:
    async with sipua.Agent(bind="127.0.0.1", listen=["udp:127.0.0.1:0"], open=True, codecs=["pcmu"]) as agent:
        calls = agent.calls()
        print("listening", agent.listeners[0].port, flush=True)
        async for call in calls:
            agent.spawn(handle(call), call=call)


async def main() -> None:
    server = asyncio.create_task(serve())
    await asyncio.to_thread(sys.stdin.read)
    server.cancel()
    await asyncio.wait([server])


asyncio.run(main())
