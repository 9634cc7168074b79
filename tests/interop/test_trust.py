"""Whom TLS lets through, at Kamailio: each bad certificate is refused with the check that failed, the good ones pass."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import shutil
import ssl

import pytest
import sipua
import sipua.testing
from certificates import openssl
from waiting import event, passes, run

BAD = {
    "expired": "expired",
    "not_yet": "not yet valid",
    "wrong_name": "name mismatch",
    "unknown": "unknown issuer",
    "self_signed": "self-signed",
    "wrong_usage": "wrong key usage",
    "revoked": "revoked",
}


async def register(agent, proxy, transport="tls", **settings):
    server = settings.pop("server", proxy.uri(transport))
    return await agent.register(f"sip:alice@{proxy.at}", password="secret", server=server, outbound_proxy=server, **settings)


async def refused(agent, proxy, transport="tls", **settings):
    """The event that says why the connection did not come up."""
    events = aiter(agent.events())
    with pytest.raises(sipua.Error) as caught:
        await asyncio.wait_for(register(agent, proxy, transport, **settings), 40)
    gone = await event(events, sipua.events.TransportDisconnected)
    assert gone.code == sipua.ErrorCode.TLS, (gone, caught.value)
    assert proxy.contacts("alice") == []
    return gone


@pytest.mark.parametrize("which", BAD)
@pytest.mark.parametrize("transport", ["tls", "wss"])
def test_a_bad_certificate_is_refused_by_its_reason(roads, certificates, transport, which):
    proxy = roads(pair=getattr(certificates, which))
    crl = certificates.authority.revocations()

    async def main():
        async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, tls_crl=crl) as agent:
            gone = await refused(agent, proxy, transport)
            assert gone.check == BAD[which]
            assert gone.text
            if which == "wrong_name":
                assert "other.test" in gone.names
            await register(agent, proxy, transport, tls_verify=False)  # it was only that

    run(main())


def test_the_good_certificate_passes_with_every_way_to_trust_it(roads, certificates, tmp_path, monkeypatch):
    proxy = roads()
    folder = tmp_path / "trusted"
    folder.mkdir()
    shutil.copy(certificates.ca, folder / "one.pem")
    openssl("rehash", str(folder))
    with open(certificates.ca) as file:
        text = file.read()
    key = openssl("pkey", "-in", certificates.good.key, "-pubout", "-outform", "DER")
    pin = "sha256/" + base64.b64encode(hashlib.sha256(key).digest()).decode()

    async def main():
        for settings in ({"tls_ca": certificates.ca}, {"tls_ca": str(folder)}, {"tls_ca": text},
                         {"tls_ca": certificates.ca, "tls_pins": [pin]},
                         {"tls_ca": certificates.ca, "tls_crl": certificates.authority.revocations()}):
            async with sipua.Agent(bind="127.0.0.1", **settings) as agent:
                await register(agent, proxy)
        for name, value in (("SSL_CERT_FILE", certificates.ca), ("SSL_CERT_DIR", str(folder))):
            with monkeypatch.context() as environment:
                environment.setenv(name, value)
                async with sipua.Agent(bind="127.0.0.1") as agent:
                    await register(agent, proxy)

    run(main())


def test_a_server_with_another_key_than_the_pinned_one_is_refused(roads, certificates):
    proxy = roads()
    pin = "sha256/" + base64.b64encode(hashlib.sha256(b"another key").digest()).decode()

    async def main():
        async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, tls_pins=[pin]) as agent:
            assert (await refused(agent, proxy)).check == "pin mismatch"

    run(main())


def test_without_trust_nothing_passes_and_what_was_tried_is_said(roads, certificates, monkeypatch, tmp_path):
    proxy = roads()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "nowhere"))

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            gone = await refused(agent, proxy)
            assert gone.check == "unknown issuer"
            assert "nothing.pem" in gone.text

    run(main())


def test_the_name_asked_for_decides_which_certificate_a_server_shows(roads, certificates):
    proxy = roads(pair=certificates.wrong_name, sni={"localhost": certificates.good})

    async def main():
        async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as agent:
            await register(agent, proxy, server=f"sip:localhost:{proxy.port + 1};transport=tls")
            assert "sni=localhost" in proxy.log
            gone = await refused_at(agent, proxy, f"sip:127.0.0.1:{proxy.port + 1};transport=tls")
            assert gone.check == "name mismatch"

    async def refused_at(agent, proxy, server):
        events = aiter(agent.events())
        with pytest.raises(sipua.Error):
            await register(agent, proxy, server=server)
        return await event(events, sipua.events.TransportDisconnected)

    run(main())


@pytest.mark.parametrize("transport", ["tls", "wss"])
def test_a_server_that_asks_gets_our_certificate(roads, certificates, transport):
    proxy = roads(client_ca=certificates.ca)
    pair = certificates.client

    async def main():
        async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, tls_cert=pair.cert, tls_key=pair.key) as agent:
            await register(agent, proxy, transport)
            assert transport == "wss" or "tls=client" in proxy.log

    run(main())


@pytest.mark.parametrize("shown", ["none", "unknown", "revoked"])
def test_a_server_refuses_a_client_without_a_good_certificate(roads, certificates, shown):
    certificates.revoked
    proxy = roads(client_ca=certificates.ca, crl=certificates.authority.revocations())
    pair = None if shown == "none" else getattr(certificates, shown)

    async def main():
        mine = {"tls_cert": pair.cert, "tls_key": pair.key} if pair else {}
        async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, **mine) as agent:
            with pytest.raises(sipua.Error):
                await asyncio.wait_for(register(agent, proxy), 40)
            assert proxy.contacts("alice") == []

    run(main())


def test_old_versions_of_tls_and_things_that_are_no_tls_are_named(roads, certificates):
    proxy = roads(tls="TLSv1.2")

    async def main():
        async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca, tls_min_version="1.3") as agent:
            assert (await refused(agent, proxy)).check == "protocol version"
        async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as agent:
            await register(agent, proxy)

    run(main())


def test_a_certificate_signed_with_sha1_is_refused(roads, certificates):
    """By a server of our own: Kamailio would not even load it."""
    proxy = roads()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(certificates.sha1.cert, certificates.sha1.key)

    async def main():
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        async with server, sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as agent:
            gone = await refused(agent, proxy, server=f"sip:127.0.0.1:{port};transport=tls")
            assert gone.check == "weak signature"

    run(main())


def test_a_server_that_speaks_no_tls_is_told_apart(roads, certificates):
    proxy = roads()

    async def main():
        async def banner(reader, writer):
            writer.write(b"220 mail.test ESMTP\r\n")
            await writer.drain()
            with contextlib.suppress(ConnectionError):
                await reader.read()
            writer.close()

        server = await asyncio.start_server(banner, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as agent:
            gone = await refused(agent, proxy, server=f"sip:127.0.0.1:{port};transport=tls")
            assert gone.check == "not TLS"

    run(main())


def test_a_sips_address_is_reached_over_tls_alone(roads, certificates):
    proxy = roads()

    async def main():
        async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as agent:
            server = f"sips:127.0.0.1:{proxy.port + 1}"
            account = await agent.register(f"sips:alice@127.0.0.1:{proxy.port + 1}", password="secret", server=server,
                                           outbound_proxy=server)
            assert account.registered
            assert "REGISTER over tls" in proxy.log

    run(main())


def test_a_renewed_certificate_serves_without_a_restart(embedded, certificates, tmp_path):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"

    def put(pair):
        shutil.copy(pair.key, key)
        shutil.copy(pair.cert, cert)

    async def main():
        put(certificates.expired)
        async with sipua.testing.Registrar({"alice": "secret", "bob": "hunter2"}, listen=["tls:127.0.0.1:0"],
                                           tls_cert=str(cert), tls_key=str(key)) as registrar:
            server = f"sip:127.0.0.1:{registrar.port};transport=tls"
            async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as agent:
                with pytest.raises(sipua.Error):
                    await agent.register(registrar.aor("alice"), password="secret", server=server)
                put(certificates.good)
                await registrar._agent.reload_tls()
                alice = await agent.register(registrar.aor("alice"), password="secret", server=server, outbound_proxy=server)
                bob = await agent.register(registrar.aor("bob"), password="hunter2", server=server, outbound_proxy=server)
                await passes(alice, bob, "renewed")

    run(main())
