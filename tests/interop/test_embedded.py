"""JsSIP in a browser and under Node registers with the registrar inside sipua, over ws and wss."""

from __future__ import annotations

import asyncio

import javascript
import pytest
import sipua
from sipua.testing import Registrar
from waiting import passes, run, until


def registrar(certificates, **settings):
    return Registrar({"alice": "secret", "bob": "hunter2"}, realm="sip.test",
                     listen=["udp:127.0.0.1:0", "ws:127.0.0.1:0", "wss:127.0.0.1:0"], tls_cert=certificates.good.cert,
                     tls_key=certificates.good.key, **settings)


def url(server, transport):
    port = next(one.port for one in server.listeners if one.transport == transport)
    return f"{transport}://127.0.0.1:{port}/"


@pytest.mark.parametrize("transport", ["ws", "wss"])
@pytest.mark.parametrize("where", ["chromium", "node"])
def test_jssip_registers_and_messages_both_ways(certificates, tmp_path, where, transport):
    async def main():
        async with (
            registrar(certificates) as server,
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as agent,
            javascript.here(where, tmp_path, certificates.ca) as page,
        ):
            bob = await agent.register(server.aor("bob"), password="hunter2",
                                       server=f"sip:127.0.0.1:{server.port};transport=udp",
                                       outbound_proxy=f"sip:127.0.0.1:{server.port};transport=udp")
            alice = await page.phone(url=url(server, transport), uri=server.aor("alice"), password="secret")
            registered = await alice.register()
            assert registered["status"] == 200
            await until(lambda: len(server.bindings.get("alice", [])) == 1)
            async with agent.messages() as messages:
                sending = asyncio.create_task(alice.message(server.aor("bob"), "grüße aus dem Browser"))
                got = await asyncio.wait_for(anext(messages), 40)
                assert got.text == "grüße aus dem Browser"
                await got.accept()
                assert (await sending)["status"] == 200
            assert (await bob.message(server.aor("alice"), "zurück")).status == 200
            assert (await alice.next("newMessage"))["body"] == "zurück"
            assert (await bob.options(server.aor("alice"))).status == 200
            assert (await alice.options(server.aor("bob")))["status"] == 200
            await alice.unregister()
            await until(lambda: not server.bindings.get("alice"))
            bad = await page.phone("bad", url=url(server, transport), uri=server.aor("alice"), password="wrong")
            assert (await bad.refused())["status"] in (401, 403)

    run(main())


@pytest.mark.parametrize("transport", ["ws", "wss"])
def test_a_page_and_a_phone_of_ours_share_the_registrar(certificates, tmp_path, transport):
    """Two phones in the page, one of ours over the same transport."""

    async def main():
        async with (
            registrar(certificates) as server,
            sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as agent,
            javascript.here("chromium", tmp_path) as page,
        ):
            await server.set_user("carol", "carols")
            here = url(server, transport)
            ours = await agent.register(server.aor("carol"), password="carols", server=here, outbound_proxy=here)
            alice = await page.phone("alice", url=here, uri=server.aor("alice"), password="secret")
            bob = await page.phone("bob", url=here, uri=server.aor("bob"), password="hunter2")
            await alice.register()
            await bob.register()
            assert (await alice.message(server.aor("bob"), "page to page"))["status"] == 200
            assert (await bob.next("newMessage"))["body"] == "page to page"
            assert (await ours.message(server.aor("bob"), "to the page")).status == 200
            assert (await bob.next("newMessage"))["body"] == "to the page"
            await page.evaluate("alice.stop()")
            await until(lambda: not server.bindings.get("alice"))

    run(main())


def test_only_pages_of_the_allowed_origin_get_in(certificates, tmp_path):
    async def main():
        async with javascript.chromium(tmp_path) as (page, origin):
            for allowed, outcome in ((origin, "connected"), ("https://elsewhere.test", "disconnected")):
                async with registrar(certificates, origins=[allowed]) as server:
                    phone = await page.phone(url=url(server, "ws"), uri=server.aor("alice"), password="secret")
                    await phone.next(outcome)
                    await page.evaluate("phone.stop()")
            async with registrar(certificates, origins=["https://elsewhere.test"]) as server:
                async with sipua.Agent(bind="127.0.0.1") as agent:  # no browser: it says no Origin
                    here = url(server, "ws")
                    await agent.register(server.aor("alice"), password="secret", server=here, outbound_proxy=here)
                    bob = await agent.register(server.aor("bob"), password="hunter2", server=here, outbound_proxy=here,
                                               ws_headers={"Origin": "https://elsewhere.test", "Cookie": "a=b"})
                    await passes(bob, bob, "to myself")

    run(main())


def test_jssip_comes_back_when_the_registrar_does(embedded, certificates, tmp_path):
    async def main():
        async with javascript.here("chromium", tmp_path) as page:
            first = embedded(listen=["ws:127.0.0.1:0"])
            phone = await page.phone(url=first.uri("ws"), uri=first.aor("alice"), password="secret")
            await phone.register()
            port = first.port("ws")
            first.stop()
            await phone.next("disconnected")
            again = embedded(listen=[f"ws:127.0.0.1:{port}"])
            await phone.next("connected")
            await phone.register()
            assert again.counters()

    run(main())
