"""A B2BUA: whoever calls is put through to the target, with ringing, answer, digits, hold and the end passing across.
SIGTERM lets the calls that are up end in peace.

    python b2bua.py sip:+4930123@trunk.example.com [udp:0.0.0.0:5060]
"""

import asyncio
import signal
import sys

import sipua


async def main(target: str, listen: str = "udp:0.0.0.0:5060") -> None:
    async with sipua.Agent(listen=[listen], open=True) as agent, agent.calls() as calls:
        for one in agent.listeners:
            print(f"listening at {one.transport} {one.host}:{one.port}", flush=True)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        working = asyncio.create_task(connect(agent, calls, target))
        await stop.wait()
        await agent.drain()
        working.cancel()


async def connect(agent: sipua.Agent, calls: sipua.Inbox[sipua.Call], target: str) -> None:
    async for call in calls:
        try:
            agent.bridge(call, agent.dial(target, from_name=call.from_name or None))
        except sipua.Error as error:  # no room, or it is about to leave
            print(f"{call.from_}: {error}", flush=True)
            await call.reject(503)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
