"""Frames of 20 ms written into one call as fast as they are taken: write.py N prints how many a second."""

import asyncio
import json
import socket
import sys
import time

import sipua

QUEUE = 2000  # frames, of the 60 s that a call takes


async def main(count: int) -> None:
    async with sipua.Agent(bind="127.0.0.1") as agent:
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # it never answers: what is written waits
        silent.bind(("127.0.0.1", 0))
        audio = agent.dial(f"sip:bench@127.0.0.1:{silent.getsockname()[1]}", rate=8000).audio
        frame = bytes(320)
        start = time.perf_counter()
        for i in range(count):
            if i % QUEUE == 0:
                audio.flush()
            audio.write(frame)
        print(json.dumps({"frames_per_s": round(count / (time.perf_counter() - start))}), flush=True)


asyncio.run(main(int(sys.argv[1])))
