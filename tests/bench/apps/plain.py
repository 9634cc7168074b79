"""For control: what a datagram costs on its way to a coroutine when no library is between. Takes the messages of
bench_stamp from a socket in the event loop and answers them with as much as bench_stamp reads."""

import asyncio
import json
import socket
import sys
import time


async def main(count: int) -> None:
    inbox: asyncio.Queue[bytes] = asyncio.Queue()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.setblocking(False)

        def readable() -> None:
            data, peer = s.recvfrom(4096)
            s.sendto(b"SIP/2.0 200 OK\r\n\r\n", peer)
            inbox.put_nowait(data)

        asyncio.get_running_loop().add_reader(s, readable)
        print("listening", s.getsockname()[1], flush=True)
        took = []
        while len(took) < count:
            data = await inbox.get()
            took.append((time.monotonic_ns() - int(data[-20:])) / 1e3)
        asyncio.get_running_loop().remove_reader(s)
    took.sort()
    print(json.dumps({"p50": took[len(took) // 2], "p99": took[len(took) * 99 // 100]}), flush=True)


asyncio.run(main(int(sys.argv[1])))
