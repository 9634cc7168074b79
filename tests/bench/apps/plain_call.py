"""For control: what a call costs an event loop without the library. Four datagrams a call, "CALL STEP", each a wake-up: the
first makes a task, the others wake it, the last ends it."""

import asyncio
import socket
import sys


async def handle(inbox: asyncio.Queue[bytes]) -> None:
    while await inbox.get() != b"3":
        pass


async def main() -> None:
    inboxes: dict[bytes, asyncio.Queue[bytes]] = {}
    tasks: set[asyncio.Task[None]] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.setblocking(False)

        def readable() -> None:
            call, step = s.recv(4096).split()
            if step == b"0":
                inboxes[call] = asyncio.Queue()
                task = asyncio.create_task(handle(inboxes[call]))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            inboxes[call].put_nowait(step)
            if step == b"3":
                del inboxes[call]

        asyncio.get_running_loop().add_reader(s, readable)
        print("listening", s.getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        asyncio.get_running_loop().remove_reader(s)


asyncio.run(main())
