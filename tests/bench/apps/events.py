"""Events through Python: commands whose replies are awaited, and each reply also read as an event."""

import asyncio
import json
import sys
import time

import sipua

WINDOW = 64


async def ask(agent: sipua.Agent, count: int) -> None:
    for _ in range(count):
        await agent.set_option("keepalive_s", 25)


async def main(count: int) -> None:
    async with sipua.Agent(listen=["udp:127.0.0.1:0"]) as agent:
        start, cpu = time.monotonic(), time.process_time()
        await asyncio.gather(*(ask(agent, count // WINDOW) for _ in range(WINDOW)))
        took, used = time.monotonic() - start, time.process_time() - cpu
    done = count // WINDOW * WINDOW
    print(json.dumps({"events_per_s": round(done / took), "cpu_us": round(used * 1e6 / done, 3)}), flush=True)


asyncio.run(main(int(sys.argv[1])))
