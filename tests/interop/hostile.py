"""Clients that misbehave, byte by byte: plain, in TLS, in WebSocket frames."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator

ADDRESS = "127.0.0.66"  # not that of the good client


class Closed(Exception):
    """The other side has closed the connection."""


class Client:
    """One connection of somebody who means harm."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def send(self, data: bytes) -> None:
        try:
            self.sock.sendall(data)
        except TimeoutError:
            raise  # it reads no more, and has not closed either
        except (OSError, ssl.SSLError) as error:
            raise Closed from error

    def receive(self, timeout: float) -> bytes:
        """What came, or nothing if nothing did in time."""
        self.sock.settimeout(timeout)
        try:
            data = self.sock.recv(65536)
        except TimeoutError:
            return b""
        except (OSError, ssl.SSLError) as error:
            raise Closed from error
        if not data:
            raise Closed
        return data

    def closed_within(self, seconds: float, meanwhile: Callable[[], None] | None = None, pause: float = 0.05) -> float:
        """How long it took until the other side closed; the client does `meanwhile` again and again."""
        start = time.monotonic()
        said = b""
        try:
            while time.monotonic() - start < seconds:
                if meanwhile:
                    self.sock.settimeout(seconds)
                    meanwhile()
                said += self.receive(pause)
        except Closed:
            return time.monotonic() - start
        raise AssertionError(f"still open after {seconds} s; it had said {said[:300]!r}")


def trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def hello() -> bytes:
    """How a TLS client begins."""
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        trusting().wrap_bio(coming, going, server_hostname="sip.test").do_handshake()
    return going.read()


@contextlib.contextmanager
def plain(port: int, address: str = ADDRESS) -> Iterator[Client]:
    with socket.create_connection(("127.0.0.1", port), 20, source_address=(address, 0)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield Client(sock)


@contextlib.contextmanager
def secure(port: int, address: str = ADDRESS, version: ssl.TLSVersion | None = None) -> Iterator[Client]:
    context = trusting()
    if version:
        context.maximum_version = version
    with plain(port, address) as under, context.wrap_socket(under.sock) as sock:
        yield Client(sock)


def upgrade(client: Client, *headers: str, path: str = "/", protocol: str = "sip") -> str:
    """Asks for a WebSocket; the status line of the answer."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
             f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13",
             *([f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []), *headers]
    client.send("\r\n".join([*lines, "", ""]).encode())
    return status(client)


def status(client: Client) -> str:
    answer = b""
    with contextlib.suppress(Closed):
        while b"\r\n\r\n" not in answer:
            got = client.receive(20)
            if not got:
                break
            answer += got
    return answer.split(b"\r\n")[0].decode(errors="replace")


@contextlib.contextmanager
def connect(transport: str, port: int, address: str = ADDRESS) -> Iterator[Client]:
    """Ready to misbehave in SIP: for ws and wss after the upgrade."""
    with (secure if transport in ("tls", "wss") else plain)(port, address) as client:
        if transport in ("ws", "wss"):
            line = upgrade(client)
            assert " 101 " in line, line
        yield client


def frame(payload: bytes, *, opcode: int = 1, last: bool = True, reserved: int = 0, mask: bool = True,
          length: int | None = None) -> bytes:
    """A WebSocket frame, also one that lies."""
    size = len(payload) if length is None else length
    first = (0x80 if last else 0) | reserved << 4 | opcode
    if size < 126:
        head = struct.pack("!BB", first, size | (0x80 if mask else 0))
    elif size < 65536:
        head = struct.pack("!BBH", first, 126 | (0x80 if mask else 0), size)
    else:
        head = struct.pack("!BBQ", first, 127 | (0x80 if mask else 0), size)
    if not mask:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[i & 3] for i, byte in enumerate(payload))


def options(port: int, transport: str, more: str = "", body: str = "") -> bytes:
    """A request that nobody can object to."""
    return (f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/{transport.upper()} {ADDRESS}:9;branch=z9hG4bK"
            f"{os.urandom(6).hex()};rport\r\nMax-Forwards: 70\r\nFrom: <sip:mallory@{ADDRESS}>;tag={os.urandom(4).hex()}\r\n"
            f"To: <sip:127.0.0.1:{port}>\r\nCall-ID: {os.urandom(8).hex()}\r\nCSeq: 1 OPTIONS\r\n{more}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
