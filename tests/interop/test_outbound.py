"""Flows over edge proxies (RFC 5626, 3327), and addresses that reach one device (RFC 5627), at Kamailio."""

from __future__ import annotations

import asyncio

import pytest
import sipua
from waiting import QUICK, event, passes, run, talk, until

INSTANCES = {"alice": "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "bob": "urn:uuid:0c67446e-f1a1-11d9-94d3-000a95a0e128"}


async def register(agent, proxy, edges, transport, user, password, **settings):
    return await agent.register(
        f"sip:{user}@{proxy.at}", password=password, server=f"sip:{proxy.at}",
        outbound_proxy=[edge.uri(transport) for edge in edges], instance_id=INSTANCES[user], **settings)


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls", "wss"])
def test_two_flows_are_kept_and_either_may_die(roads, edge, certificates, transport):
    proxy = roads(learn_contacts=0, fr_timer=2000)
    edges = [edge(proxy), edge(proxy)]

    async def main():
        async with (
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, options=QUICK) as left,
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, options=QUICK) as right,
        ):
            alice = await register(left, proxy, edges, transport, "alice", "secret", flows=2)
            bob = await register(right, proxy, edges[1:], transport, "bob", "hunter2")
            await until(lambda: len(proxy.contacts("alice")) == 2)
            shown = proxy.rpc("ul.dump")
            assert "Reg-Id: 1" in shown and "Reg-Id: 2" in shown
            assert INSTANCES["alice"] in shown
            for one in edges:
                assert f":{one.port}" in shown or f":{one.port + 1}" in shown or f":{one.port + 3}" in shown  # its Path
            await passes(bob, alice, "over one of two")
            edges[0].kill()
            await passes(bob, alice, "over the other")
            await passes(alice, bob, "and back")
            await alice.unregister()

    run(main())


@pytest.mark.parametrize("transport", ["tcp", "tls", "ws"])
def test_a_lost_flow_is_replaced_and_leaves_no_ghost(roads, edge, certificates, transport):
    proxy = roads(learn_contacts=0, fr_timer=2000)
    one = edge(proxy)

    async def main():
        async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, options=QUICK) as agent:
            alice = await register(agent, proxy, [one], transport, "alice", "secret")
            assert len(proxy.contacts("alice")) == 1
            events = aiter(alice.events())
            one.kill()
            await event(events, sipua.events.RegistrationDegraded)
            one.begin()
            await event(events, sipua.events.Registered)
            assert len(proxy.contacts("alice")) == 1  # reg-id and instance: the same binding

    run(main())


@pytest.mark.parametrize("transport", ["udp", "tls", "ws"])
def test_the_gruu_reaches_this_device_and_no_other(roads, certificates, transport):
    proxy = roads()

    async def main():
        async with (
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, options=QUICK) as first,
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, options=QUICK) as second,
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, options=QUICK) as right,
        ):
            server = proxy.uri(transport)
            told = asyncio.create_task(event(aiter(first.events()), sipua.events.Registered))
            settings = {"password": "secret", "server": server, "outbound_proxy": server}
            alice = await first.register(f"sip:alice@{proxy.at}", instance_id=INSTANCES["alice"], **settings)
            await second.register(f"sip:alice@{proxy.at}", instance_id=INSTANCES["bob"], **settings)
            bob = await right.register(f"sip:bob@{proxy.at}", password="hunter2", server=server, outbound_proxy=server)
            gruu = (await told).pub_gruu
            assert f"gr={INSTANCES['alice']}" in gruu
            assert (await told).temp_gruu
            assert len(proxy.contacts("alice")) == 2
            async with second.calls() as others:
                async with talk(bob, alice, gruu) as (calling, called):
                    assert called.account is alice
                    assert calling.codec
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(others), 0.1)

    run(main())


def test_requests_follow_the_service_route_of_the_200(roads, edge, certificates):
    second = roads(challenge_calls=0)  # where requests must come by
    proxy = roads(service_route=f'append_to_reply("Service-Route: <sip:{second.at};lr>\\r\\n");')

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            alice = await agent.register(f"sip:alice@{proxy.at}", password="secret", outbound=False)
            with pytest.raises(sipua.SipError) as caught:
                await alice.message(f"sip:nobody@{second.at}", "hello?")
            assert caught.value.status == 404
            assert "MESSAGE" in second.log

    run(main())
