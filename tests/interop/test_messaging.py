"""Messages with more than text in them: through Kamailio between two of ours, inside a call behind its Record-Route, and to a
baresip that takes only text."""

from __future__ import annotations

import asyncio

import pytest
import sipua
from test_transfer import Phone, answering, phone, settled


async def taking(it: Phone, taken: list[sipua.IncomingMessage]) -> None:
    async with it.agent.messages() as messages:
        async for message in messages:
            await message.accept()
            taken.append(message)


async def registered(it: Phone, proxy, user: str, password: str) -> sipua.Account:
    return await it.agent.register(f"sip:{user}@{proxy.host}", password=password)


def test_wrapped_long_and_reported_messages_pass_kamailio(kamailio):
    proxy = kamailio()

    async def main():
        async with phone() as ours, phone() as theirs:
            alice = await registered(ours, proxy, "alice", "secret")
            await registered(theirs, proxy, "bob", "hunter2")
            at_us, at_them = [], []
            tasks = [asyncio.create_task(taking(ours, at_us)), asyncio.create_task(taking(theirs, at_them))]
            await asyncio.sleep(0.1)
            target = f"sip:bob@{proxy.host}"
            await alice.composing(target)
            assert (await theirs.wait("message_composing")).state == "active"
            text = "grüße " * 1700
            sent = await alice.message(target, text, disposition=["delivered", "displayed"])
            got = await theirs.wait("message")
            assert got.body == text.encode() and got.message_id == sent.message_id
            assert got.headers["Content-Type"] == "message/cpim"
            assert "TCP" in got.headers.get_all("Via")[-1], "more than 10 KB leave by TCP"
            assert (await theirs.wait("message_composing", 2)).state == "idle", "what was written is here"
            delivered = await ours.wait("message_disposition")
            assert (delivered.state, delivered.message_id) == ("delivered", got.message_id)
            await at_them[0].displayed()
            read = await ours.wait("message_disposition", 2)
            assert (read.state, read.message_id) == ("displayed", got.message_id)
            assert not at_us and len(at_them) == 1
            await settled(*tasks)

    asyncio.run(main())


def test_messages_inside_a_call_follow_its_route(kamailio):
    proxy = kamailio()

    async def main():
        async with phone() as ours, phone() as theirs:
            alice = await registered(ours, proxy, "alice", "secret")
            await registered(theirs, proxy, "bob", "hunter2")
            tasks = [asyncio.create_task(answering(theirs, [])), asyncio.create_task(taking(theirs, []))]
            call = await alice.call(f"sip:bob@{proxy.host}")
            assert (await call.message("in the call")).status == 200
            got = await theirs.wait("message")
            assert got.body == b"in the call"
            assert got.headers["Call-ID"] == (await theirs.wait("incoming_call")).headers["Call-ID"]
            assert str(proxy.port) in got.headers["Via"], "by the proxy, which has recorded its route"
            await call.hangup()
            await settled(*tasks)

    asyncio.run(main())


def test_baresip_takes_a_message_and_refuses_what_it_cannot_read(baresip):
    peer = baresip()

    async def main():
        async with phone() as us:
            target = f"sip:bob@127.0.0.1:{peer.port}"
            assert (await us.agent.message(target, "hello baresip")).status == 200
            with pytest.raises(sipua.SipError) as refused:
                await us.agent.message(target, "wrapped", cpim=True)
            assert refused.value.status == 415, "it can be sent again unwrapped"

    asyncio.run(main())
