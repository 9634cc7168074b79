"""For control: what a call costs an event loop without the library. Three datagrams a call, "CALL STEP": the first makes a
task, the second wakes it, the third ends it."""

import asyncio
import socket
import sys


async def handle(inbox: asyncio.Queue[bytes]) -> None:
    while await inbox.get() != b"2":
        pass


async def main() -> None:
    inboxes: dict[bytes, asyncio.Queue[bytes]] = {}
    tasks: set[asyncio.Task[None]] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.setblocking(False)

        def readable() -> None:
            for _ in range(64):
                try:
                    call, step = s.recv(4096).split()
                except BlockingIOError:
                    return
                if step == b"0":
                    inboxes[call] = asyncio.Queue()
                    task = asyncio.create_task(handle(inboxes[call]))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                inboxes[call].put_nowait(step)
                if step == b"2":
                    del inboxes[call]

        asyncio.get_running_loop().add_reader(s, readable)
        print("listening", s.getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        asyncio.get_running_loop().remove_reader(s)


asyncio.run(main())
