"""Clients that misbehave at the embedded registrar's listeners: closed in bounded time, in bounded memory, and a good client
does not notice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import time

import hostile
import pytest
import sipua
from waiting import run

TRANSPORTS = ["tcp", "tls", "ws", "wss"]
SECURE = ["tls", "wss"]
SOCKETS = ["ws", "wss"]
STREAMS = ["tcp", "tls"]
BOUND = 20  # seconds; what is set is far less


@pytest.fixture
def server(embedded, certificates):
    """server(transport, **options): the registrar in a process of its own, impatient and small."""

    def start(*transports: str, settings=None, **options):
        return embedded(tls_cert=certificates.good.cert, tls_key=certificates.good.key, listen=[f"{one}:127.0.0.1:0" for one in transports],
                        options={"slow_message_ms": 1500, "handshake_ms": 1500, **options}, **(settings or {}))

    return start


@contextlib.asynccontextmanager
async def undisturbed(server, transport, certificates, path):
    """A good client is registered meanwhile; afterwards it is answered as before, and the server has not grown."""
    extra = {"tls_ca": certificates.ca} if transport in ("tls", "wss") else {}
    async with sipua.Agent(bind="127.0.0.1", **extra) as agent:
        where = server.uri(transport) + path
        alice = await agent.register(server.aor("alice"), password="secret", server=where, outbound_proxy=where)
        before = server.memory()
        yield alice
        started = time.monotonic()
        assert (await alice.options(alice.aor)).status in (200, 404, 405, 480)
        await alice.register()
        assert time.monotonic() - started < BOUND
        assert server.memory() - before < 24 << 20


def attack(server, transport, certificates, work, path=""):
    """Runs work() in a thread while the good client goes on."""

    async def main():
        async with undisturbed(server, transport, certificates, path):
            await asyncio.to_thread(work)

    run(main())


def ordered(transport, data):
    """SIP bytes as that transport carries them."""
    return hostile.frame(data) if transport in ("ws", "wss") else data


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_one_byte_at_a_time_is_not_waited_for(server, certificates, transport):
    there = server(transport)

    def work():
        with hostile.connect(transport, there.port(transport)) as client:
            rest = iter(ordered(transport, hostile.options(there.port(transport), transport, "X-Slow: " + "x" * 900 + "\r\n")))
            client.closed_within(BOUND, lambda: client.send(bytes([next(rest)])))

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_hundreds_of_silent_connections_leave_room_for_others(server, certificates, transport):
    there = server(transport, max_connections_per_source=100)

    def work():
        with contextlib.ExitStack() as held:
            # fewer than the 1024 descriptors that a process has by default
            clients = [held.enter_context(hostile.plain(there.port(transport))) for _ in range(400)]
            gone = 0
            for client in clients[200:]:
                try:
                    if not client.receive(1):
                        continue
                except hostile.Closed:
                    gone += 1
            assert gone >= 150
            return gone

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_header_without_end_is_cut_off(server, certificates, transport):
    there = server(transport)

    def work():
        with hostile.connect(transport, there.port(transport)) as client:
            client.send(ordered(transport, b"OPTIONS sip:x SIP/2.0\r\nX-Long: ")[:60])
            client.closed_within(BOUND, lambda: client.send(b"a" * 32768), pause=0.001)

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", STREAMS)
def test_a_body_larger_than_allowed_is_not_collected(server, certificates, transport):
    there = server(transport)

    def work():
        with hostile.connect(transport, there.port(transport)) as client:
            huge = hostile.options(there.port(transport), transport).replace(b"Content-Length: 0", b"Content-Length: 999999999")
            client.send(huge)
            client.closed_within(BOUND, lambda: client.send(b"b" * 32768), pause=0.001)

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", STREAMS)
def test_garbage_before_the_first_message_ends_the_connection(server, certificates, transport):
    there = server(transport)

    def work():
        for garbage in (b"\0\1\2\3" * 1000, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\xff\xfe" * 400 + b"\r\n\r\n",
                        b"hello\r\nthere\r\n\r\n"):
            with hostile.connect(transport, there.port(transport)) as client:
                with contextlib.suppress(hostile.Closed):
                    client.send(garbage)
                client.closed_within(BOUND)

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_many_who_connect_and_vanish_leave_nothing(server, certificates, transport):
    there = server(transport)

    def work():
        for turn in range(300):
            with contextlib.suppress(hostile.Closed, OSError), hostile.plain(there.port(transport)) as client:
                if turn % 3:
                    client.send(os.urandom(turn % 50))

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", SECURE)
def test_plain_sip_to_a_tls_port_is_turned_away(server, certificates, transport):
    there = server(transport)

    def work():
        for data in (hostile.options(there.port(transport), "tcp"), b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 100):
            with hostile.plain(there.port(transport)) as client:
                client.send(data)
                client.closed_within(BOUND)

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", ["tcp", "ws"])
def test_tls_to_a_plain_port_is_turned_away(server, certificates, transport):
    there = server(transport)

    def work():
        for _ in range(5):
            with hostile.plain(there.port(transport)) as client:
                client.send(hostile.hello())
                client.closed_within(BOUND)

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", SECURE)
def test_a_handshake_that_stops_half_way_is_not_waited_for(server, certificates, transport):
    there = server(transport)

    def work():
        with contextlib.ExitStack() as held:
            clients = [held.enter_context(hostile.plain(there.port(transport))) for _ in range(60)]
            for client in clients:
                with contextlib.suppress(hostile.Closed):
                    client.send(hostile.hello())
            for client in clients:
                client.closed_within(BOUND)

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", SECURE)
def test_renegotiation_is_refused(server, certificates, transport):
    there = server(transport)

    def work():
        done = subprocess.run(["openssl", "s_client", "-tls1_2", "-connect", f"127.0.0.1:{there.port(transport)}"],
                              input=b"R\nR\nR\n", capture_output=True, timeout=60)
        said = (done.stdout + done.stderr).decode(errors="replace")
        assert "RENEGOTIATING" in said
        assert "no renegotiation" in said or done.returncode != 0, said[-2000:]
        for old in ("-tls1", "-tls1_1"):
            done = subprocess.run(["openssl", "s_client", old, "-cipher", "ALL:@SECLEVEL=0", "-connect",
                                   f"127.0.0.1:{there.port(transport)}"], input=b"", capture_output=True, timeout=60)
            assert done.returncode != 0

    attack(there, transport, certificates, work)


BAD_FRAMES = {
    "not masked": hostile.frame(b"OPTIONS", mask=False),
    "compressed": hostile.frame(b"OPTIONS", reserved=4),
    "an opcode nobody knows": hostile.frame(b"OPTIONS", opcode=3),
    "a ping in pieces": hostile.frame(b"x", opcode=9, last=False),
    "a ping too large": hostile.frame(b"x" * 126, opcode=9),
    "a continuation of nothing": hostile.frame(b"x", opcode=0),
    "a length beyond reason": hostile.frame(b"x" * 100, length=1 << 62),
    "a length with its first bit set": hostile.frame(b"x" * 100, length=1 << 63),
    "a message in a message": hostile.frame(b"x", last=False) + hostile.frame(b"y"),
    "a close code of one byte": hostile.frame(b"x", opcode=8),
    "text that is no UTF-8": hostile.frame(b"\xff\xfe\xfd"),
    "not a frame at all": b"OPTIONS sip:x SIP/2.0\r\n\r\n" * 20,
}


@pytest.mark.parametrize("transport", SOCKETS)
def test_frames_against_the_rules_end_the_connection(server, certificates, transport):
    there = server(transport)

    def work():
        for what, data in BAD_FRAMES.items():
            with hostile.connect(transport, there.port(transport)) as client:
                try:
                    client.send(data)
                    client.closed_within(BOUND)
                except hostile.Closed:
                    continue
                except AssertionError as still:
                    raise AssertionError(f"{what}: {still}") from None

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", SOCKETS)
def test_a_message_of_endless_frames_is_cut_off(server, certificates, transport):
    there = server(transport)

    def work():
        with hostile.connect(transport, there.port(transport)) as client:
            client.send(hostile.frame(b"OPTIONS sip:x SIP/2.0\r\nX: ", last=False))
            piece = hostile.frame(b"a" * 8192, opcode=0, last=False)
            client.closed_within(BOUND, lambda: client.send(piece), pause=0.001)
        with hostile.connect(transport, there.port(transport)) as client:  # one frame that is announced and trickles
            client.send(hostile.frame(b"OPTIONS", length=60000))
            client.closed_within(BOUND, lambda: client.send(b"x"))
        with hostile.connect(transport, there.port(transport)) as client:  # nothing but empty pieces
            client.send(hostile.frame(b"O", last=False))
            piece = hostile.frame(b"", opcode=0, last=False)
            client.closed_within(BOUND, lambda: client.send(piece * 100))

    attack(there, transport, certificates, work)


@pytest.mark.parametrize("transport", SOCKETS)
def test_requests_for_a_websocket_that_cannot_be_granted_are_told_why(server, certificates, transport):
    there = server(transport, settings={"origins": ["https://here.test"], "ws_path": "/sip"})
    dial = hostile.secure if transport == "wss" else hostile.plain

    def work():
        key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
        asked = {
            "GET /sip HTTP/1.1\r\nHost: x\r\n\r\n": ("400", "426"),
            f"POST /sip HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{key}\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n": ("400", "405"),
            f"GET /sip HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{key}\r\n"
            "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Protocol: sip\r\n\r\n": ("426", "400"),
            "hello there\r\n\r\n": ("400", ""),
            "GET /sip HTTP/1.1\r\nHost: x\r\n" + "X-Long: " + "a" * 100000 + "\r\n\r\n": ("431", "400", ""),
        }
        for request, answers in asked.items():
            with dial(there.port(transport)) as client:
                with contextlib.suppress(hostile.Closed):
                    client.send(request.encode())
                line = hostile.status(client)
                assert line.split(" ")[1:2] == [] and "" in answers or line.split(" ")[1] in answers, (request[:200], line)
                with contextlib.suppress(hostile.Closed):
                    client.closed_within(BOUND)
        for headers, path, protocol, answer in (([], "/sip", "mqtt", "400"), ([], "/elsewhere", "sip", "404"),
                                                (["Origin: https://there.test"], "/sip", "sip", "403"),
                                                (["Origin: https://here.test"], "/sip", "sip", "101"), ([], "/sip", "sip", "101")):
            with dial(there.port(transport)) as client:
                assert hostile.upgrade(client, *headers, path=path, protocol=protocol).split(" ")[1] == answer, (headers, path)
        with dial(there.port(transport)) as client:  # an upgrade at one byte a time
            rest = iter(b"GET /sip HTTP/1.1\r\nX: " + b"y" * 2000)
            client.closed_within(BOUND, lambda: client.send(bytes([next(rest)])))

    attack(there, transport, certificates, work, path="/sip")
