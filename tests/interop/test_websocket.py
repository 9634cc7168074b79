"""Both ends of WebSocket against somebody else's: the `websockets` package, as a client of our registrar and as a server
of our accounts."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator

import pytest
import sipua
import websockets
from waiting import event, run, until
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve


def options(more: str = "", body: bytes = b"") -> bytes:
    return (f"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/WS client.invalid;branch=z9hG4bK{os.urandom(6).hex()}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:eve@client.invalid>;tag={os.urandom(4).hex()}\r\nTo: <sip:127.0.0.1>\r\n"
            f"Call-ID: {os.urandom(8).hex()}\r\nCSeq: 1 OPTIONS\r\n{more}Content-Length: {len(body)}\r\n\r\n").encode() + body


def answer(request: str, more: str = "") -> str:
    """200, as the simplest of servers gives it."""
    kept = [line for line in request.split("\r\n") if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq", "Contact")]
    to = next(line for line in request.split("\r\n") if line.startswith("To:"))
    return "\r\n".join(["SIP/2.0 200 OK", *kept, f"{to};tag=server", "Expires: 600", f"{more}Content-Length: 0", "", ""])


# ---- their client, our registrar


@pytest.mark.parametrize("transport", ["ws", "wss"])
def test_a_foreign_client_talks_to_our_registrar(embedded, certificates, transport):
    registrar = embedded(listen=[f"{transport}:127.0.0.1:0"], tls_cert=certificates.good.cert, tls_key=certificates.good.key)
    context = ssl.create_default_context(cafile=certificates.ca) if transport == "wss" else None

    async def main() -> None:
        # it offers compression, which is not taken
        async with connect(registrar.uri(transport) + "/", subprotocols=["chat", "sip"], ssl=context) as client:
            assert client.subprotocol == "sip"
            await client.send(options().decode())
            got = await client.recv()
            assert isinstance(got, str) and got.startswith("SIP/2.0 200 ")
            # in fragments, with a ping between them
            text = options().decode()

            async def pieces() -> AsyncIterator[str]:
                for at in range(0, len(text), 50):
                    yield text[at:at + 50]
                    await (await client.ping(b"are you there"))

            await client.send(pieces())
            assert (await client.recv()).startswith("SIP/2.0 200 ")
            # what is no text comes as binary
            await client.send(options("Content-Type: application/octet-stream\r\n", b"\xff\xfe" * 5000))
            assert (await client.recv()).startswith("SIP/2.0 200 ")
            await client.send("\r\n\r\n")
            await (await client.ping())
            await client.close(4001, "enough")
            assert client.close_code == 4001

    run(main())


def test_a_foreign_client_is_told_what_it_did_wrong(embedded):
    registrar = embedded(listen=["ws:127.0.0.1:0"], origins=["https://phone.example"], ws_path="/sip")
    uri = registrar.uri("ws")

    async def refused(path: str, **settings: object) -> int:
        with pytest.raises(websockets.exceptions.InvalidStatus) as caught:
            async with connect(uri + path, **settings):  # type: ignore[arg-type]
                pass
        return caught.value.response.status_code

    async def main() -> None:
        assert await refused("/other", subprotocols=["sip"]) == 404
        assert await refused("/sip", subprotocols=["chat"]) == 400
        assert await refused("/sip") == 400
        assert await refused("/sip", subprotocols=["sip"], origin="https://evil.example") == 403
        async with connect(uri + "/sip?token=1", subprotocols=["sip"], origin="https://phone.example") as client:
            await client.send("x" * 70000)
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                await client.recv()
            assert client.close_code == 1009
        async with connect(uri + "/sip", subprotocols=["sip"]) as client:
            await client.send(b"caf\xe9", text=True)
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                await client.recv()
            assert client.close_code == 1007

    run(main())


# ---- their server, our account


class Server:
    """Grants every REGISTER."""

    def __init__(self) -> None:
        self.seen: list[ServerConnection] = []
        self.requests: list[str] = []

    async def talk(self, connection: ServerConnection) -> None:
        self.seen.append(connection)
        async for message in connection:
            assert isinstance(message, str)
            self.requests.append(message)
            text = answer(message)
            await connection.ping()
            await connection.send([text[at:at + 40] for at in range(0, len(text), 40)])  # in fragments


@pytest.mark.parametrize("transport", ["ws", "wss"])
def test_our_account_registers_with_a_foreign_server(certificates, transport):
    async def main() -> None:
        server, context = Server(), None
        if transport == "wss":
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificates.good.cert, certificates.good.key)
        async with serve(server.talk, "127.0.0.1", 0, subprotocols=["sip"], ssl=context) as listening:
            port = listening.sockets[0].getsockname()[1]
            async with sipua.Agent(bind="127.0.0.1", tls_ca=certificates.ca) as agent:
                account = await agent.register("sip:alice@127.0.0.1", server=f"{transport}://127.0.0.1:{port}/sip?x=1",
                                               ws_headers={"Cookie": "session=7", "Origin": "https://phone.example"})
                assert account.registered
                assert server.seen[0].request.path == "/sip?x=1"
                assert server.seen[0].request.headers["Cookie"] == "session=7"
                assert server.seen[0].request.headers["Host"] == f"127.0.0.1:{port}"
                assert server.requests[0].startswith("REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/" + transport.upper())
                await account.unregister()
            await until(lambda: server.seen[0].close_code is not None)
            assert server.seen[0].close_code in (1000, 1001)

    run(main())


def test_a_foreign_server_that_goes_away_is_come_back_to(certificates):
    async def main() -> None:
        server = Server()
        async with serve(server.talk, "127.0.0.1", 0, subprotocols=["sip"]) as listening:
            port = listening.sockets[0].getsockname()[1]
            async with sipua.Agent(bind="127.0.0.1") as agent:
                events = agent.events()
                await agent.register("sip:alice@127.0.0.1", server=f"ws://127.0.0.1:{port}")
                await server.seen[0].close(1012, "restarting")
                lost = await event(events, sipua.TransportDisconnected)
                assert "1012 restarting" in lost.text
                await until(lambda: len(server.seen) == 2 and len(server.requests) == 2)

    run(main())


@pytest.mark.parametrize("protocols, words", [(None, "did not take the subprotocol sip"), (["sip"], "404")])
def test_a_server_that_is_not_for_sip_is_a_clear_error(protocols, words):
    async def main() -> None:
        def refuse(connection: ServerConnection, request: object) -> object:
            return connection.respond(404, "no such thing\n") if words == "404" else None

        async def talk(connection: ServerConnection) -> None:
            await connection.wait_closed()

        async with serve(talk, "127.0.0.1", 0, subprotocols=protocols, process_request=refuse,
                         select_subprotocol=lambda *_: None if not protocols else "sip") as listening:
            port = listening.sockets[0].getsockname()[1]
            async with sipua.Agent(bind="127.0.0.1") as agent:
                events = agent.events()
                with pytest.raises(sipua.SipError) as caught:
                    await agent.register("sip:alice@127.0.0.1", server=f"ws://127.0.0.1:{port}")
                assert caught.value.cause == "Connection Error"
                lost = await event(events, sipua.TransportDisconnected)
                assert words in lost.text

    run(main())
