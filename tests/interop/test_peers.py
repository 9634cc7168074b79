"""The peers against each other, without sipua: when this fails, the other files say nothing about us."""

from __future__ import annotations

import asyncio
import socket

import javascript
import network
import pytest


@pytest.mark.parametrize("transport", ["ws", "wss"])
@pytest.mark.parametrize("where", ["chromium", "node"])
def test_jssip_and_kamailio_understand_each_other(roads, certificates, tmp_path, where, transport):
    proxy = roads()

    async def main():
        async with javascript.here(where, tmp_path, certificates.ca) as page:
            host = f"127.0.0.1:{proxy.port}"
            alice = await page.phone("alice", url=proxy.uri(transport), uri=f"sip:alice@{host}", password="secret")
            bob = await page.phone("bob", url=proxy.uri(transport), uri=f"sip:bob@{host}", password="hunter2")
            assert (await alice.register())["status"] == 200
            await bob.register()
            assert len(proxy.contacts("alice")) == 1
            assert (await alice.message(f"sip:bob@{host}", "grüße"))["status"] == 200
            assert (await bob.next("newMessage"))["body"] == "grüße"
            assert (await alice.options(f"sip:bob@{host}"))["status"] == 200
            await alice.unregister()
            assert proxy.contacts("alice") == []

    asyncio.run(asyncio.wait_for(main(), 100))


@pytest.mark.network
def test_the_nat_hides_an_address_and_can_change_it_in_the_middle_of_a_flow(tmp_path):
    nat = network.Nat()
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("192.0.2.1", 0))
    server.settimeout(10)
    with nat.inside:
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(10)
    client.connect(server.getsockname())
    seen = []
    for to in (None, "192.0.2.10:30000-39999", "192.0.2.11:30000-39999"):
        if to:
            nat.map(to)
        client.send(b"here I am")
        seen.append(server.recvfrom(100)[1])
        server.sendto(b"welcome", seen[-1])
        assert client.recv(100) == b"welcome"
    assert [host for host, _ in seen] == ["192.0.2.10", "192.0.2.10", "192.0.2.11"]
    assert seen[0][1] < 30000 <= seen[1][1]
    server.sendto(b"nobody is there any more", seen[0])
    client.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.recv(100)


@pytest.mark.network
def test_two_places_on_one_link_speak_both_versions_of_ip(tmp_path):
    lan = network.Lan()
    for host, other in (("192.0.2.1", "192.0.2.2"), ("fd00:2::1", "fd00:2::2")):
        listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        with lan.right:
            client = socket.create_connection(listener.getsockname()[:2], 10)
        assert client.getsockname()[0] == other
        client.close()
        listener.close()
