"""TLS and WebSocket: settings, certificates and what is said when they are wrong."""

from __future__ import annotations

import asyncio
import pathlib
import ssl
import sys
import types
from typing import Any

import pytest
import sipua
from sipua import _settings
from sipua.testing import Registrar
from support import run

TLS = pathlib.Path(__file__).resolve().parents[1] / "conformance/tls"
SHOWN: dict[str, Any] = {"tls_cert": TLS / "server.pem", "tls_key": TLS / "server.key"}


def where(registrar: Registrar, transport: str) -> str:
    """The server as an account names it: a URL for WebSockets, a URI else."""
    port = next(one.port for one in registrar.listeners if one.transport == transport)
    if transport in ("ws", "wss"):
        return f"{transport}://127.0.0.1:{port}/sip?x=y"
    return f"sip:127.0.0.1:{port};transport={transport}"


@pytest.mark.parametrize("transport", ["tls", "ws", "wss"])
def test_a_call_and_a_message_over_each_transport(transport: str) -> None:
    async def main() -> None:
        async with (
            Registrar({"alice": "one", "bob": "two"}, listen=[f"{transport}:127.0.0.1:0"], **SHOWN) as registrar,
            sipua.Agent(bind="127.0.0.1", tls_ca=TLS / "ca.pem") as agent,
        ):
            server = where(registrar, transport)
            alice = await agent.register("sip:alice@127.0.0.1", password="one", server=server, ws_headers={"Cookie": "a=b"})
            bob = await agent.register("sip:bob@127.0.0.1", password="two", server=server, gruu=False)
            assert alice.gruu.startswith("sip:alice@") and ";gr=" in alice.gruu
            assert bob.gruu == ""

            async def take() -> None:
                async for message in agent.messages():
                    await message.accept()

            async def answer() -> None:
                async for call in agent.calls():
                    await call.answer()

            agent.spawn(take())
            agent.spawn(answer())
            assert (await alice.message("bob", "hello")).status == 200
            call = await alice.call("bob")
            await call.hangup()

    run(main())


def test_what_is_wrong_with_a_certificate_is_told_by_name() -> None:
    async def main() -> None:
        other: dict[str, Any] = {"tls_cert": TLS / "other.pem", "tls_key": TLS / "other.key"}
        async with (
            Registrar({"alice": "one"}, listen=["tls:127.0.0.1:0"], **other) as registrar,
            sipua.Agent(bind="127.0.0.1", tls_ca=(TLS / "ca.pem").read_bytes()) as agent,
        ):
            events = agent.events()
            with pytest.raises(sipua.SipError) as caught:
                await agent.register("sip:alice@127.0.0.1", password="one", server=where(registrar, "tls"))
            assert caught.value.code == sipua.ErrorCode.TLS and caught.value.cause is sipua.Cause.CONNECTION_ERROR
            async for event in events:
                if isinstance(event, sipua.TransportDisconnected):
                    assert event.check == "name mismatch" and event.names == "elsewhere.example"
                    break
            account = await agent.register(
                "sip:alice@127.0.0.1", password="one", server=where(registrar, "tls"), tls_verify=False)
            assert account.registered

    run(main())


def test_clients_without_a_certificate_are_refused_where_one_is_needed() -> None:
    async def main() -> None:
        async with (
            Registrar({"alice": "one"}, listen=["tls:127.0.0.1:0"], tls_ca=TLS / "ca.pem", tls_need_client=True,
                      **SHOWN) as registrar,
            sipua.Agent(bind="127.0.0.1", tls_ca=TLS / "ca.pem") as agent,
        ):
            server = where(registrar, "tls")
            with pytest.raises(sipua.SipError):
                await agent.register("sip:alice@127.0.0.1", password="one", server=server)
            account = await agent.register("sip:alice@127.0.0.1", password="one", server=server, **SHOWN)
            assert account.registered

    run(main())


@pytest.mark.parametrize(("settings", "error", "says"), [
    ({"transport": "pigeon"}, sipua.InvalidError, "pigeon"),
    ({"server": "wss://"}, sipua.InvalidError, "server"),
    ({"outbound_proxy": ["sip:127.0.0.1", "ws://h:99999"]}, sipua.InvalidError, "outbound_proxies"),
    ({"outbound_proxy": 5}, TypeError, "outbound_proxy"),
    ({"tls_ca": "/missing.pem"}, sipua.NotFoundError, "/missing.pem"),
    ({"tls_ca": b"not PEM"}, sipua.InvalidError, "tls_ca"),
    ({"tls_cert": __file__}, sipua.InvalidError, "PEM"),
    ({"tls_pins": ["sha1/x"]}, sipua.InvalidError, "pin"),
    ({"tls_verify": "no"}, TypeError, "tls_verify"),
    ({"ws_headers": {"Host": "x"}}, sipua.InvalidError, "Host"),
    ({"ws_headers": {"X": "a\r\nb"}}, sipua.InvalidError, "X"),
    ({"flows": 3}, sipua.InvalidError, "flows"),
    ({"flows": "2"}, TypeError, "flows"),
    ({"ha1": "12"}, sipua.InvalidError, "ha1"),
    ({"bearer_token": "a b"}, sipua.InvalidError, "token"),
    ({"contact_params": ";;"}, sipua.InvalidError, "contact_params"),
    ({"tls_kert": "x"}, TypeError, "tls_kert"),
])
def test_a_bad_setting_of_an_account_is_named(settings: dict[str, Any], error: type[Exception], says: str) -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1") as agent:
            with pytest.raises(error, match=says):
                agent.account("sip:alice@127.0.0.1", **settings)

    run(main())


@pytest.mark.parametrize(("settings", "error", "says"), [
    ({"listen": ["tls:127.0.0.1:0"]}, sipua.InvalidError, "tls_cert"),
    ({"listen": ["sctp:127.0.0.1:0"]}, sipua.InvalidError, "sctp"),
    ({"tls_min_version": "1.1"}, sipua.InvalidError, "tls_min_version"),
    ({"tls_cert": TLS / "server.pem", "tls_key": TLS / "other.key"}, sipua.InvalidError, "key"),
    ({"tls_key": TLS / "other.key"}, sipua.InvalidError, "tls_cert"),
    ({"media_bind": "example.com"}, sipua.InvalidError, "media_bind"),
    ({"watch_network": 1}, TypeError, "watch_network"),
    ({"no_such": 1}, TypeError, "no_such"),
])
def test_a_bad_setting_of_an_agent_is_named(settings: dict[str, Any], error: type[Exception], says: str) -> None:
    async def main() -> None:
        async with sipua.Agent(**{"bind": "127.0.0.1", **settings}):
            pass

    with pytest.raises(error, match=says):
        run(main())


def test_a_changed_network_is_told_and_files_are_read_again(tmp_path: pathlib.Path) -> None:
    async def main() -> None:
        cert = tmp_path / "cert.pem"
        cert.write_bytes((TLS / "server.pem").read_bytes())
        async with (
            Registrar({"alice": "one"}) as registrar,
            sipua.Agent(bind="127.0.0.1", tls_cert=cert, tls_key=TLS / "server.key") as agent,
        ):
            account = await agent.register(registrar.aor("alice"), password="one")
            events, own = agent.events(), account.events()
            await agent.network_changed()
            async for event in events:
                if isinstance(event, sipua.NetworkChanged):
                    assert event.originator == "local"
                    break
            async for event in own:
                if isinstance(event, sipua.Registered):
                    break
            await account.set_token("abc")
            await account.set_token(None)
            await agent.reload_tls()
            cert.unlink()
            with pytest.raises(sipua.NotFoundError, match="cert.pem"):
                await agent.reload_tls()

    run(main())


def test_certifi_is_trusted_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    package = types.ModuleType("certifi")
    package.where = lambda: str(TLS / "ca.pem")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "certifi", package)
    _settings.certifi.cache_clear()
    try:
        assert _settings.certifi() == str(TLS / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")
        run(start())
    finally:
        _settings.certifi.cache_clear()


async def start() -> None:
    async with sipua.Agent(bind="127.0.0.1"):
        await asyncio.sleep(0)
    assert ssl.OPENSSL_VERSION  # Python's own OpenSSL is not disturbed
