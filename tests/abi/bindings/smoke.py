"""The Python layer on whatever library the loader found: registers, messages, calls."""

import asyncio
import sys

import sipua
from sipua.testing import Registrar


async def answer(calls: sipua.Inbox[sipua.Call]) -> None:
    call = await anext(calls)
    await call.answer(rate=8000)
    async for frame in call.audio.frames(ms=20):
        call.audio.write(frame)


async def newer(agent: sipua.Agent) -> bool:
    """Whether the library has a function of version 0.2; the error is the same for each that is missing."""
    try:
        await agent.network_changed()
    except sipua.Error as error:
        assert error.code == sipua.ErrorCode.UNSUPPORTED, error
        return False
    return True


async def main() -> None:
    settings = {"bind": "127.0.0.1"}
    async with Registrar({"alice": "one", "bob": "two"}) as registrar, sipua.Agent(**settings) as a, sipua.Agent(**settings) as b:
        alice = await a.register(registrar.aor("alice"), password="one")
        await b.register(registrar.aor("bob"), password="two")
        b.spawn(answer(b.calls()))
        call = await alice.call("bob", timeout=20)
        call.audio.write(bytes(6400), rate=8000)
        await call.audio.mark(7)
        ended = await call.hangup()
        assert (await call.wait_ended()).cause == "Terminated", ended
        assert await newer(a) == (not sipua.library_version().startswith("0.1."))
        print(sipua.library_version(), "from Python", sys.version.split()[0])


asyncio.run(asyncio.wait_for(main(), 60))
