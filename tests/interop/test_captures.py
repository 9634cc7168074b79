"""Real RTP of other phones, from the captures that sipp brings: sent to us as they were recorded, by a caller made by hand."""

from __future__ import annotations

import array
import asyncio
import re
import socket
import struct
from pathlib import Path

import sipua

CAPTURES = Path("/usr/share/sip-tester")


def rtp_of(name: str) -> list[tuple[float, bytes]]:
    """Seconds since the start, and the RTP packet, of each datagram in a capture of Ethernet frames."""
    data = (CAPTURES / name).read_bytes()
    at, packets = 24, []
    while at + 16 <= len(data):
        seconds, micros, size, _ = struct.unpack("<IIII", data[at:at + 16])
        frame = data[at + 16:at + 16 + size]
        at += 16 + size
        udp = 14 + (frame[14] & 15) * 4
        length = struct.unpack("!H", frame[udp + 4:udp + 6])[0]
        packets.append((seconds + micros / 1e6, frame[udp + 8:udp + length]))
    return [(when - packets[0][0], packet) for when, packet in packets]


class Caller:
    """The least of a phone: calls over UDP, sends RTP, hangs up."""

    def __init__(self, port: int) -> None:
        self.target = ("127.0.0.1", port)
        self.sip, self.rtp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for one in (self.sip, self.rtp):
            one.bind(("127.0.0.1", 0))
        self.sip.settimeout(15)
        self.to = ""
        self.remote = ("127.0.0.1", 0)

    def close(self) -> None:
        self.sip.close()
        self.rtp.close()

    def send(self, method: str, sequence: int, body: str = "") -> None:
        port = self.sip.getsockname()[1]
        self.sip.sendto((
            f"{method} sip:bot@127.0.0.1:{self.target[1]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{method}{sequence}-{port}\r\n"
            f"From: <sip:capture@127.0.0.1>;tag=c{port}\r\nTo: <sip:bot@127.0.0.1:{self.target[1]}>{self.to}\r\n"
            f"Call-ID: capture-{port}\r\nCSeq: {sequence} {method}\r\nMax-Forwards: 70\r\n"
            f"Contact: <sip:capture@127.0.0.1:{port}>\r\n"
            + ("Content-Type: application/sdp\r\n" if body else "") + f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode(), self.target)

    def answer(self) -> str:
        """The final answer."""
        while True:
            text = self.sip.recv(65535).decode()
            if text.startswith("SIP/2.0 ") and not text.startswith("SIP/2.0 1"):
                return text

    def call(self, body: str = "") -> None:
        self.send("INVITE", 1, body or (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.rtp.getsockname()[1]} RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"))
        ok = self.answer()
        assert ok.startswith("SIP/2.0 200"), ok
        self.to = ";tag=" + re.search(r"^To:.*;tag=([^;\r]+)", ok, re.M).group(1)
        self.remote = ("127.0.0.1", int(re.search(r"^m=audio (\d+)", ok, re.M).group(1)))
        self.send("ACK", 1)

    def hang_up(self) -> None:
        self.send("BYE", 2)
        assert self.answer().startswith("SIP/2.0 200")

    async def play(self, packets: list[tuple[float, bytes]]) -> None:
        loop = asyncio.get_running_loop()
        start = loop.time()
        for when, packet in packets:
            await asyncio.sleep(max(0.0, start + when - loop.time()))
            self.rtp.sendto(packet, self.remote)


async def called(work) -> sipua.Call:
    """Our side of a call in which the caller does that."""
    async with sipua.Agent(bind="127.0.0.1", open=True) as agent:
        calls = agent.calls()
        caller = Caller(agent.listeners[0].port)
        try:
            calling = asyncio.create_task(asyncio.to_thread(caller.call))
            call = await asyncio.wait_for(anext(calls), 10)
            await call.answer(rate=8000)
            await calling
            await work(caller, call)
            await asyncio.to_thread(caller.hang_up)
            await asyncio.wait_for(call.wait_ended(), 10)
            return call
        finally:
            caller.close()


def test_a_captured_conversation_is_heard_whole() -> None:
    packets = rtp_of("g711a.pcap")

    async def main() -> None:
        heard = bytearray()

        async def listen(caller: Caller, call: sipua.Call) -> None:
            async def hear() -> None:
                async for frame in call.audio.frames(ms=20):
                    heard.extend(frame)

            hearing = asyncio.create_task(hear())
            await caller.play(packets)
            await asyncio.sleep(0.3)
            hearing.cancel()

        call = await called(listen)
        assert call.codec == "PCMA"
        stats = await call.stats()
        assert len(packets) - 2 <= stats.packets_received <= len(packets), "the first may come before the media thread"
        assert stats.packets_lost == 0 and stats.packets_invalid == 0
        samples = array.array("h", bytes(heard[:len(heard) // 2 * 2]))
        assert len(samples) > 6.5 * 8000
        loud = sum(1 for sample in samples if abs(sample) > 1000)
        assert loud > 2000, "speech, not silence"

    asyncio.run(main())
