"""A phone behind a NAT, whose mapping changes under it, and a phone whose own address changes."""

from __future__ import annotations

import asyncio
import contextlib

import network
import pytest
import sipua
import tone
from waiting import hear, passes, run, until

pytestmark = pytest.mark.network

NETWORK = {"hosts": ("192.0.2.1",), "proxy_realm": "192.0.2.1"}


@contextlib.asynccontextmanager
async def phone(place: network.Place | None, bind: str, **settings):
    """An agent whose sockets are made in that place."""
    with place or contextlib.nullcontext():
        agent = sipua.Agent(bind=bind, **settings)
        await agent.start()
    try:
        yield agent
    finally:
        await agent.close()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_calls_and_messages_reach_a_phone_behind_a_nat(roads, tmp_path, transport):
    nat = network.Nat()
    proxy = roads(**NETWORK)
    server = proxy.uri(transport)

    async def main():
        async with phone(nat.inside, "10.0.0.2") as inner, phone(None, "192.0.2.1") as outer:
            alice = await inner.register(f"sip:alice@{proxy.at}", password="secret", server=server, outbound_proxy=server)
            bob = await outer.register(f"sip:bob@{proxy.at}", password="hunter2", server=server, outbound_proxy=server)
            await passes(bob, alice, "in")
            await passes(alice, bob, "out")
            calls = aiter(inner.calls())

            async def answer():
                call = await anext(calls)
                await call.answer(rate=16000)
                call.audio.write(tone.make(440, 3, 16000), rate=16000)
                return await hear(call, 2)

            answering = asyncio.create_task(answer())
            call = await bob.call(alice.aor)
            call.audio.write(tone.make(660, 3, 16000), rate=16000)
            heard, said = await hear(call, 2), await answering
            await call.hangup()
            assert tone.share(heard, 440, 16000) > 0.9
            assert tone.share(said, 660, 16000) > 0.9

    run(main())
