"""The peers against each other, without sipua: when this fails, the other files say nothing about us."""

from __future__ import annotations

import asyncio

import javascript
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
