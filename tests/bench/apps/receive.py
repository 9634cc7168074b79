"""Latency from a datagram to a coroutine: messages whose body is the time of their sending (bench_stamp)."""

import asyncio
import json
import sys
import time

import sipua


async def main(count: int) -> None:
    took = []
    async with sipua.Agent(listen=["udp:127.0.0.1:0"], open=True) as agent:
        messages = agent.messages()
        print("listening", agent.listeners[0].port, flush=True)
        async for message in messages:
            took.append((time.monotonic_ns() - int(message.text)) / 1e3)
            await message.accept()
            if len(took) == count:
                break
        await asyncio.sleep(0.1)
    took.sort()
    print(json.dumps({"p50": took[len(took) // 2], "p99": took[len(took) * 99 // 100]}), flush=True)


asyncio.run(main(int(sys.argv[1])))
