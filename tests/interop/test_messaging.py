"""Messages with more than text in them: through Kamailio between two of ours, inside a call behind its Record-Route, and to a
baresip that takes them."""

from __future__ import annotations

import asyncio

import sipua
from sipua._native import Struct, check, ffi, lib
from test_transfer import Phone, answering, phone, settled

DELIVERED, DISPLAYED = 1, 2  # sipua_disposition
ON = 1


def send(it: Phone, account: sipua.Account | None, **members: object) -> int:
    """A MESSAGE with members of sipua_message_config."""
    out = ffi.new("sipua_id *")
    config = Struct("sipua_message_config", **members)
    check(lib.sipua_message_send(it.agent._native, account.id if account else 0, config.p, 0, out))
    return out[0]


async def taking(it: Phone) -> None:
    async with it.agent.messages() as messages:
        async for message in messages:
            await message.accept()


async def registered(it: Phone, proxy, user: str, password: str) -> sipua.Account:
    return await it.agent.register(f"sip:{user}@{proxy.host}", password=password)


def test_wrapped_long_and_reported_messages_pass_kamailio(kamailio):
    proxy = kamailio()

    async def main():
        async with phone() as ours, phone() as theirs:
            alice = await registered(ours, proxy, "alice", "secret")
            bob = await registered(theirs, proxy, "bob", "hunter2")
            tasks = [asyncio.create_task(taking(ours)), asyncio.create_task(taking(theirs))]
            await asyncio.sleep(0.1)
            target = f"sip:bob@{proxy.host}"
            send(ours, alice, target=target, composing=ON)
            assert (await theirs.wait("message_composing")).state == "active"
            text = "grüße " * 1700
            send(ours, alice, target=target, body=text.encode(), disposition=DELIVERED | DISPLAYED)
            got = await theirs.wait("message")
            assert got.body == text.encode() and got.message_id
            assert got.headers["Content-Type"] == "message/cpim"
            assert "TCP" in got.headers.get_all("Via")[-1], "more than 10 KB leave by TCP"
            assert (await theirs.wait("message_composing", 2)).state == "idle", "what was written is here"
            delivered = await ours.wait("message_disposition")
            assert (delivered.state, delivered.message_id) == ("delivered", got.message_id)
            send(theirs, bob, target=f"sip:alice@{proxy.host}", report="displayed", message_id=got.message_id)
            read = await ours.wait("message_disposition", 2)
            assert (read.state, read.message_id) == ("displayed", got.message_id)
            assert ours.names().count("message") == 0 and theirs.names().count("message") == 1
            await settled(*tasks)

    asyncio.run(main())


def test_messages_inside_a_call_follow_its_route(kamailio):
    proxy = kamailio()

    async def main():
        async with phone() as ours, phone() as theirs:
            alice = await registered(ours, proxy, "alice", "secret")
            await registered(theirs, proxy, "bob", "hunter2")
            calls: list[sipua.Call] = []
            tasks = [asyncio.create_task(answering(theirs, calls)), asyncio.create_task(taking(theirs))]
            call = await alice.call(f"sip:bob@{proxy.host}")
            send(ours, None, call=call.id, body=b"in the call", disposition=DELIVERED)
            got = await theirs.wait("message")
            assert got.body == b"in the call" and got.headers["Call-ID"] == (await theirs.wait("incoming_call")).headers["Call-ID"]
            assert got.headers.get_all("Via")[0].count(str(proxy.port)), "by the proxy, which has recorded its route"
            await settled(*tasks)
            await call.hangup()

    asyncio.run(main())


def test_baresip_takes_a_message_and_refuses_what_it_cannot_read(baresip):
    peer = baresip()

    async def main():
        async with phone() as us:
            target = f"sip:bob@127.0.0.1:{peer.port}"
            send(us, None, target=target, body=b"hello baresip")
            assert (await us.wait("message_delivered")).status == 200
            send(us, None, target=target, body=b"wrapped", cpim=ON)
            answer = await us.wait("message_failed")
            assert answer.status == 415, "the program may send it again unwrapped"

    asyncio.run(main())
