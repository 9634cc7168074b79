"""A phone behind a NAT, whose mapping changes under it, and a phone whose own address changes."""

from __future__ import annotations

import asyncio
import contextlib

import network
import pytest
import sipua
import tone
from waiting import QUICK, event, hears, passes, run, talk, until

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
            async with talk(bob, alice) as (calling, called):
                called.audio.write(tone.make(440, 3, 16000), rate=16000)
                calling.audio.write(tone.make(660, 3, 16000), rate=16000)
                await asyncio.gather(hears(calling, 440), hears(called, 660))

    run(main())


OTHER_PORT, OTHER_ADDRESS = "192.0.2.10:30000-39999", "192.0.2.11:30000-39999"


@pytest.mark.parametrize(("transport", "to"), [("udp", OTHER_PORT), ("tls", OTHER_PORT), ("udp", OTHER_ADDRESS),
                                               ("tcp", OTHER_ADDRESS), ("tls", OTHER_ADDRESS)])
def test_a_new_mapping_changes_the_contact_once_and_leaves_no_ghost(roads, certificates, tmp_path, transport, to):
    nat = network.Nat()
    proxy = roads(learn_contacts=0, **NETWORK)  # the Contact is what counts
    server = proxy.uri(transport)

    async def main():
        async with (
            phone(nat.inside, "10.0.0.2", tls_ca=certificates.ca, options=QUICK) as inner, phone(None, "192.0.2.1") as outer
        ):
            alice = await inner.register(f"sip:alice@{proxy.at}", password="secret", server=server, outbound_proxy=server,
                                         expires=60)
            bob = await outer.register(f"sip:bob@{proxy.at}", password="hunter2", server=proxy.uri())
            await until(lambda: len(proxy.contacts("alice")) == 1 and "192.0.2.10" in proxy.contacts("alice")[0])
            await passes(bob, alice, "before")
            before = proxy.contacts("alice")[0]
            registers = proxy.log.count("REGISTER over")
            nat.map(to)
            await alice.register()
            await until(lambda: len(proxy.contacts("alice")) == 1 and proxy.contacts("alice")[0] != before)
            assert to.split(":")[0] in proxy.contacts("alice")[0]
            await passes(bob, alice, "after")
            assert len(proxy.contacts("alice")) == 1
            assert proxy.log.count("REGISTER over") - registers <= 6

    run(main())


def test_a_websocket_behind_a_nat_is_replaced_by_another(roads, certificates, tmp_path):
    nat = network.Nat()
    proxy = roads(**NETWORK)
    server = proxy.uri("wss")

    async def main():
        async with (
            phone(nat.inside, "10.0.0.2", tls_ca=certificates.ca, options=QUICK) as inner, phone(None, "192.0.2.1") as outer
        ):
            alice = await inner.register(f"sip:alice@{proxy.at}", password="secret", server=server, outbound_proxy=server)
            bob = await outer.register(f"sip:bob@{proxy.at}", password="hunter2", server=proxy.uri())
            await passes(bob, alice, "before")
            nat.map(OTHER_ADDRESS)
            await alice.register()
            await passes(bob, alice, "after")
            assert len(proxy.contacts("alice")) == 1 and "Received: sip:192.0.2.11" in proxy.rpc("ul.dump")

    run(main())


@pytest.mark.parametrize(("transport", "to"), [("udp", OTHER_ADDRESS), ("tls", OTHER_ADDRESS), ("udp", OTHER_PORT)])
def test_a_call_goes_on_when_the_nat_maps_it_elsewhere(roads, certificates, tmp_path, transport, to):
    nat = network.Nat()
    proxy = roads(**NETWORK)
    server = proxy.uri(transport)

    async def main():
        async with (
            phone(nat.inside, "10.0.0.2", tls_ca=certificates.ca, options=QUICK) as inner, phone(None, "192.0.2.1") as outer
        ):
            alice = await inner.register(f"sip:alice@{proxy.at}", password="secret", server=server, outbound_proxy=server)
            bob = await outer.register(f"sip:bob@{proxy.at}", password="hunter2", server=proxy.uri(),
                                       outbound_proxy=proxy.uri())
            events = aiter(inner.events())
            async with talk(alice, bob) as (calling, called):
                called.audio.write(tone.make(500, 2, 16000), rate=16000)
                await hears(calling, 500)
                nat.map(to)
                await alice.register()
                await event(events, sipua.events.CallMoved)
                called.audio.write(tone.make(700, 4, 16000), rate=16000)
                calling.audio.write(tone.make(900, 4, 16000), rate=16000)
                await asyncio.gather(hears(calling, 700), hears(called, 900))
                await called.hangup()
                ended = await asyncio.wait_for(calling.wait_ended(), 40)
                assert ended.originator == sipua.Originator.REMOTE
            assert len(proxy.contacts("alice")) == 1

    run(main())


@pytest.mark.parametrize("transport", ["udp", "tls"])
def test_a_call_is_moved_when_our_own_address_changes(roads, certificates, tmp_path, transport):
    nat = network.Nat()
    proxy = roads(**NETWORK)
    server = proxy.uri(transport)

    async def main():
        async with phone(nat.inside, None, tls_ca=certificates.ca, options=QUICK) as inner, phone(None, "192.0.2.1") as outer:
            alice = await inner.register(f"sip:alice@{proxy.at}", password="secret", server=server, outbound_proxy=server)
            bob = await outer.register(f"sip:bob@{proxy.at}", password="hunter2", server=proxy.uri(),
                                       outbound_proxy=proxy.uri())
            events = aiter(inner.events())
            async with talk(alice, bob) as (calling, called):
                called.audio.write(tone.make(500, 1.5, 16000), rate=16000)
                await hears(calling, 500)
                nat.renumber("10.0.0.3")
                moved = await event(events, sipua.events.CallMoved)
                assert moved.local_host == "10.0.0.3" and not moved.code
                called.audio.write(tone.make(700, 3, 16000), rate=16000)
                calling.audio.write(tone.make(900, 3, 16000), rate=16000)
                await asyncio.gather(hears(calling, 700), hears(called, 900))
            await until(lambda: len(proxy.contacts("alice")) == 1)
            await passes(bob, alice, "at the new address")

    run(main())


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls", "ws"])
def test_both_versions_of_ip_are_used_by_one_agent_each_with_its_own_address(roads, certificates, tmp_path, transport):
    lan = network.Lan()
    proxy = roads(hosts=("192.0.2.1", "fd00:2::1"), proxy_realm="192.0.2.1")

    async def main():
        async with phone(lan.right, None, tls_ca=certificates.ca) as agent:
            accounts = []
            for user, password, host, written in (("alice", "secret", "192.0.2.1", "192.0.2.1"),
                                                  ("bob", "hunter2", "fd00:2::1", "[fd00:2::1]")):
                server = proxy.uri(transport, host)
                accounts.append(await agent.register(f"sip:{user}@{written}:{proxy.port}", password=password, server=server,
                                                     outbound_proxy=server))
            shown = proxy.rpc("ul.dump")
            assert "0.0.0.0" not in shown and "[::]" not in shown and "%" not in shown
            if transport != "ws":
                assert "@192.0.2.2" in proxy.contacts("alice")[0] and "@[fd00:2::2]" in proxy.contacts("bob")[0]
            alice, bob = accounts
            await passes(alice, bob, "from four to six")
            await passes(bob, alice, "from six to four")

    run(main())
