"""Kamailio over every transport and both versions of IP: registrations, messages, calls; and Kamailio killed in between."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
import sipua
import tone
from waiting import QUICK, event, hears, passes, run, talk, until

TRANSPORTS = ["udp", "tcp", "tls", "ws", "wss"]
CONNECTED = ["tcp", "tls", "ws", "wss"]
HOSTS = ["127.0.0.1", "::1"]


@contextlib.asynccontextmanager
async def pair(proxy, certificates, transport, host="127.0.0.1", **settings):
    """alice and bob, each in an agent of its own, registered over that transport."""
    async with sipua.Agent(bind=host, tls_ca=certificates.ca) as left, sipua.Agent(bind=host, tls_ca=certificates.ca) as right:
        server = proxy.uri(transport, host)
        domain = f"[{host}]" if ":" in host else host
        both = []
        for agent, user, password in ((left, "alice", "secret"), (right, "bob", "hunter2")):
            both.append(await agent.register(f"sip:{user}@{domain}:{proxy.port}", password=password, server=server,
                                             outbound_proxy=server, **settings))
        yield tuple(both)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_messages_and_calls_pass_over_every_transport(roads, certificates, transport, host):
    proxy = roads()

    async def main():
        async with pair(proxy, certificates, transport, host) as (alice, bob):
            assert len(proxy.contacts("alice")) == 1
            if transport in ("ws", "wss"):
                assert ".invalid" in proxy.contacts("alice")[0]
            assert "0.0.0.0" not in proxy.rpc("ul.dump")
            await passes(alice, bob, "grüße")
            await passes(bob, alice, "zurück")
            async with talk(alice, bob) as (calling, called):
                calling.audio.write(tone.make(660, 3, 16000), rate=16000)
                called.audio.write(tone.make(440, 3, 16000), rate=16000)
                await asyncio.gather(hears(calling, 440), hears(called, 660))
            await alice.unregister()
            assert proxy.contacts("alice") == []

    run(main())


def test_each_of_two_talks_over_another_transport(roads, certificates):
    proxy = roads()

    async def main():
        async with (
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as left,
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as right,
        ):
            alice = await left.register(f"sip:alice@{proxy.at}", password="secret", server=proxy.uri("wss"),
                                        outbound_proxy=proxy.uri("wss"))
            bob = await right.register(f"sip:bob@{proxy.at}", password="hunter2", server=proxy.uri("udp"),
                                       outbound_proxy=proxy.uri("udp"))
            await passes(alice, bob, "from WSS to UDP")
            await passes(bob, alice, "from UDP to WSS")
            async with talk(bob, alice) as (calling, called):
                called.audio.write(tone.make(500, 2, 16000), rate=16000)
                await hears(calling, 500)

    run(main())


@pytest.mark.parametrize("transport", CONNECTED)
def test_a_killed_server_degrades_the_registration_until_it_is_back(roads, certificates, transport):
    proxy = roads()

    async def main():
        async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, options=QUICK) as agent:
            server = proxy.uri(transport)
            alice = await agent.register(f"sip:alice@{proxy.at}", password="secret", server=server, outbound_proxy=server)
            events = aiter(alice.events())
            proxy.kill()
            await event(events, sipua.events.RegistrationDegraded)
            assert alice.registered  # the grant still holds
            proxy.begin()
            assert proxy.contacts("alice") == []
            await event(events, sipua.events.Registered)
            assert len(proxy.contacts("alice")) == 1
            await alice.unregister()
            assert proxy.contacts("alice") == []

    run(main())


@pytest.mark.parametrize("transport", ["udp", *CONNECTED])
def test_a_call_survives_the_death_of_the_server(roads, certificates, transport):
    proxy = roads()

    async def main():
        async with (
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, options=QUICK) as left,
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, options=QUICK) as right,
        ):
            alice = await left.register(f"sip:alice@{proxy.at}", password="secret", server=proxy.uri(transport),
                                        outbound_proxy=proxy.uri(transport))
            bob = await right.register(f"sip:bob@{proxy.at}", password="hunter2", server=proxy.uri(),
                                       outbound_proxy=proxy.uri())
            events = aiter(left.events())
            async with talk(alice, bob) as (calling, called):
                proxy.kill()
                called.audio.write(tone.make(500, 2, 16000), rate=16000)
                await hears(calling, 500)
                proxy.begin()
                if transport != "udp":
                    await event(events, sipua.events.CallMoved)  # to the new connection
                called.audio.write(tone.make(700, 2, 16000), rate=16000)
                await hears(calling, 700)
                await called.hangup()  # finds its way to where the caller is now
                ended = await asyncio.wait_for(calling.wait_ended(), 40)
                assert ended.originator == sipua.Originator.REMOTE

    run(main())
