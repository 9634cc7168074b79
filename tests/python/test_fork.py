"""A forked child: the agent belongs to its parent, and says so."""

from __future__ import annotations

import asyncio
import os
import signal
import threading

import sipua
from support import run, two, uri


def test_a_forked_child_is_told_so_may_start_its_own_and_harms_nobody() -> None:
    async def main() -> None:
        async with two() as (left, right):
            ours, theirs = os.pipe()
            child = os.fork()
            if child == 0:
                signal.alarm(30)  # whatever happens, it ends
                said = []
                for use in (lambda: left.dial(uri(right)), lambda: left.account("sip:a@b"), left.calls):
                    try:
                        use()
                        said.append("worked")
                    except sipua.ClosedError:
                        said.append("closed")
                    except BaseException as error:
                        said.append(repr(error))

                async def own() -> None:
                    async with sipua.Agent(bind="127.0.0.1") as agent:
                        said.append("own" if agent.listeners else "deaf")

                thread = threading.Thread(target=lambda: asyncio.run(own()), daemon=True)
                thread.start()
                thread.join(20)
                os.write(theirs, " ".join(said).encode())
                os._exit(0)
            os.close(theirs)
            said = b""
            while piece := await asyncio.to_thread(os.read, ours, 4096):
                said += piece
            os.close(ours)
            os.waitpid(child, 0)
            assert said == b"closed closed closed own"
            assert (await left.options(uri(right))).status == 200

    run(main())
