"""Leaves the process in mid-call in every way there is: leaving.py URI TIMES. Forks a child each time, from a process that
has imported the package and started nothing, and prints how each ended: its way, its status or -signal."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import sipua
import sipua.sync
from sipua._native import Struct, ffi, lib

kept: list[Any] = []  # what only the end of the interpreter takes away


async def call(uri: str) -> tuple[sipua.Agent, sipua.Call]:
    agent = sipua.Agent(bind="127.0.0.1", codecs=["pcmu"])
    await agent.start()
    established = await agent.call(uri, timeout=20)
    established.audio.write(bytes(3200))
    return agent, established


def in_call(uri: str) -> asyncio.AbstractEventLoop:
    """Now in a call, with a loop that nobody closes."""
    loop = asyncio.new_event_loop()
    kept.append((loop, loop.run_until_complete(call(uri))))
    return loop


def at_the_end(uri: str) -> None:
    in_call(uri)


def by_exit_in_a_coroutine(uri: str) -> None:
    async def main() -> None:
        kept.append(await call(uri))
        sys.exit(0)

    asyncio.run(main())


def at_once(uri: str) -> None:
    in_call(uri)
    os._exit(0)


def by_an_exception(uri: str) -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1") as agent:
            kept.append(await agent.call(uri, timeout=20))
            raise SystemExit(0)

    asyncio.run(main())


def with_everything_dropped(uri: str) -> None:
    in_call(uri)
    kept.clear()
    gc.collect()


def with_a_thread_in_poll(uri: str) -> None:
    config, wanted = Struct("sipua_agent_config", bind="127.0.0.1"), Struct("sipua_call_config", target=uri)
    out, made = ffi.new("sipua_agent **"), ffi.new("sipua_id *")
    lib.sipua_agent_create(config.p, out)
    lib.sipua_call_create(out[0], 0, wanted.p, 0, made)
    kept.append((out, made))

    def poll() -> None:
        event = ffi.new("sipua_event **")
        while lib.sipua_poll(out[0], -1, event) >= 0:
            lib.sipua_event_destroy(event[0])

    threading.Thread(target=poll, daemon=True).start()
    time.sleep(0.05)


def with_the_blocking_side_open(uri: str) -> None:
    agent = sipua.sync.Agent(bind="127.0.0.1").__enter__()
    kept.append((agent, agent.call(uri, timeout=20)))


def with_a_thread_that_waits_for_frames(uri: str) -> None:
    agent = sipua.sync.Agent(bind="127.0.0.1").__enter__()
    established = agent.call(uri, timeout=20)
    threading.Thread(target=lambda: [frame for frame in established.audio.frames()], daemon=True).start()
    time.sleep(0.05)


def with_an_event_that_outlives_all(uri: str) -> None:
    async def main() -> None:
        agent, established = await call(uri)
        events = established.events()
        kept.append([await anext(events), await anext(events)])
        await agent.close(deadline=0)

    asyncio.run(main())


WAYS: list[Callable[[str], None]] = [
    at_the_end, by_exit_in_a_coroutine, at_once, by_an_exception, with_everything_dropped, with_a_thread_in_poll,
    with_the_blocking_side_open, with_a_thread_that_waits_for_frames, with_an_event_that_outlives_all,
]


def main() -> None:
    uri, times = sys.argv[1], int(sys.argv[2])
    running: dict[int, str] = {}
    for n in range(times + 4):
        if n >= 4:
            child, status = os.wait()
            print(running.pop(child), os.waitstatus_to_exitcode(status), flush=True)
        if n < times:
            way = WAYS[n % len(WAYS)]
            child = os.fork()
            if child == 0:
                signal.alarm(60)  # what hangs ends by a signal too
                way(uri)
                return  # through the interpreter's own end
            running[child] = way.__name__


if __name__ == "__main__":
    main()
