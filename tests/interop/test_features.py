"""Redirects, identities, requests and digits inside a call, limits, with sipp (the sequence of messages checked) and baresip;
RTP from surprising sources and a TCP peer that dribbles, made by hand."""

from __future__ import annotations

import array
import asyncio
import contextlib
import re
import socket
import struct
import threading
import time

import pytest
import sipua
from peers import free_port
from scenario import COPIED, Scenario, sdp
from test_captures import Caller

KEPT: set[asyncio.Task[None]] = set()
RTP = free_port()  # where the described media would be: nobody listens, nothing comes


def port_of(agent: sipua.Agent) -> int:
    return next(listener.port for listener in agent.listeners if listener.transport == "udp")


async def until(events: list[sipua.Event], name: str, count: int = 1, seconds: float = 10) -> sipua.Event:
    end = time.monotonic() + seconds
    while len(found := [event for event in events if event.name == name]) < count:
        assert time.monotonic() < end, f"{name} never came: {[event.name for event in events]}"
        await asyncio.sleep(0.01)
    return found[count - 1]


def watched(call: sipua.Call) -> list[sipua.Event]:
    events: list[sipua.Event] = []

    async def watch() -> None:
        async for event in call.events():
            events.append(event)

    task = asyncio.create_task(watch())
    KEPT.add(task)
    task.add_done_callback(KEPT.discard)
    return events


def refuse(status: int, *lines: str) -> Scenario:
    talk = Scenario(calls=False).receive("INVITE")
    talk._send(talk._message([f"SIP/2.0 {status} Elsewhere", *COPIED, "[last_To:];tag=[pid]Sipp[call_number]", "[last_Call-ID:]",
                              "[last_CSeq:]", *lines], ""), True)
    return talk.receive("ACK")


def start(sipp, tmp_path, talk: Scenario, name: str, *arguments: str, **settings: object):
    path = tmp_path / "scenario" / name
    talk.write(path.parent, name)
    return sipp(str(path), *arguments, **settings)


async def finished(*peers: object) -> None:
    for peer in peers:
        await asyncio.to_thread(peer.verdict)  # type: ignore[attr-defined]


def test_a_redirect_is_followed_by_q_until_somebody_answers(sipp, tmp_path):
    async def main():
        busy, there = free_port(), free_port()
        first = start(sipp, tmp_path, refuse(302, f"Contact: <sip:low@127.0.0.1:{there}>;q=0.2, <sip:high@127.0.0.1:{busy}>;q=0.9"),
                      "first")
        second = start(sipp, tmp_path, refuse(486), "second", port=busy)
        talk = Scenario(calls=False).receive("INVITE", "INVITE sip:low@", "Diversion: <sip:bob@", r"index=1\.2;mp=1",
                                             r"Reason=SIP%3Bcause%3D486")
        third = start(sipp, tmp_path, talk.reply(200, sdp(RTP), tag=True, again=True).receive("ACK").hung_up(), "third", port=there)
        await asyncio.sleep(0.5)
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"]) as agent:
            call = agent.dial(f"sip:bob@127.0.0.1:{first.port}", max_redirects=5)
            events = watched(call)
            await until(events, "call_confirmed")
            assert [(event.status, event.flags & 64) for event in events if event.name == "call_redirected"] == [(302, 64), (486, 64)]
            await call.hangup()
            await finished(first, second, third)

    asyncio.run(main())


def test_a_circle_of_redirects_ends_with_the_last_answer(sipp, tmp_path):
    async def main():
        other = free_port()
        first = start(sipp, tmp_path, refuse(302, f"Contact: <sip:b@127.0.0.1:{other}>"), "first")
        second = start(sipp, tmp_path, refuse(301, f"Contact: <sip:bob@127.0.0.1:{first.port}>"), "second", port=other)
        await asyncio.sleep(0.5)
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"]) as agent:
            call = agent.dial(f"sip:bob@127.0.0.1:{first.port}", max_redirects=50)
            ended = await until(watched(call), "call_ended")
            assert (ended.status, ended.cause) == (301, "Redirected")
            await finished(first, second)

    asyncio.run(main())


def test_who_calls_is_said_and_hidden_and_the_reason_of_a_bye(sipp, tmp_path):
    async def main():
        talk = (Scenario(calls=False)
                .receive("INVITE", "From: .Anonymous. <sip:anonymous@anonymous.invalid>", "Privacy: id", "P-Preferred-Identity: <sip:alice@127.0.0.1>")
                .reply(200, sdp(RTP), "P-Asserted-Identity: \"Bob\" <sip:bob@pbx.example>", tag=True, again=True).receive("ACK")
                .receive("BYE", r"Reason: Q\.850;cause=31", "X-Mine: yes").reply(200))
        peer = start(sipp, tmp_path, talk, "callee")
        await asyncio.sleep(0.5)
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"]) as agent:
            call = agent.account("sip:alice@127.0.0.1").dial(f"sip:bob@127.0.0.1:{peer.port}", anonymous=True)
            events = watched(call)
            accepted = await until(events, "call_accepted")
            assert (accepted.identity, accepted.identity_name) == ("sip:bob@pbx.example", "Bob")
            await until(events, "call_confirmed")
            await call.hangup(q850=31, headers={"X-Mine": "yes"})
            await finished(peer)

    asyncio.run(main())


def test_an_intercom_call_is_answered_without_a_hand_and_says_who_sent_it(sipp, tmp_path):
    async def main():
        talk = (Scenario(calls=True)
                .invite(sdp(RTP), "P-Asserted-Identity: \"Desk\" <sip:desk@pbx.example>", "Diversion: <sip:boss@pbx.example>;reason=away",
                        "Call-Info: <sip:pbx.example>;answer-after=0", "Privacy: user")
                .expect(200).ack().request("BYE", "", "Reason: Q.850;cause=19;text=\"no answer\"").expect(200))
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"], open=True, options={"answer_after": True}) as agent:
            calls = aiter(agent.calls())
            peer = start(sipp, tmp_path, talk, "caller", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 20)
            await finished(peer)
            events = [event async for event in call.events()]
            incoming = events[0] if events[0].name == "incoming_call" else call._parties
            assert (incoming.identity, incoming.identity_name, incoming.diversion, incoming.privacy) == (
                "sip:desk@pbx.example", "Desk", "sip:boss@pbx.example", "user")
            assert incoming.flags & 131072 and incoming.default_status == 200
            assert events[-1].q850 == 19

    asyncio.run(main())


def relay(digit: str) -> tuple[str, str]:
    return f"Signal={digit}\nDuration=120\n", "application/dtmf-relay"


def test_requests_and_digits_pass_by_info_both_ways(sipp, tmp_path):
    """Without telephone-event: digits of ours are INFO, one after the other's 200; those of sipp are collected."""

    def info(talk: Scenario, body: str, kind: str) -> Scenario:
        talk.cseq += 1
        return talk._send(talk._message(["INFO [next_url] SIP/2.0", "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
                                         *talk._dialog(), "Call-ID: [call_id]", f"CSeq: {talk.cseq} INFO", "Max-Forwards: 70"],
                                        body, kind), True).expect(200)

    async def main():
        talk = Scenario(calls=True).invite(sdp(RTP)).expect(200).ack()
        for digit in "42#":
            info(talk, *relay(digit))
        info(talk, "7", "application/dtmf")
        info(talk, "<door/>", "application/door+xml")
        for digit in ("Signal=1", "Signal=\\*"):
            talk.receive("INFO", "application/dtmf-relay", digit, "Duration=100").reply(200)
        talk.receive("INFO", "application/light", "on").reply(200)
        talk.receive("DANCE").reply(501).bye()
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"], open=True) as agent:
            calls = aiter(agent.calls())
            peer = start(sipp, tmp_path, talk, "caller", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 20)
            events = watched(call)
            collecting = asyncio.create_task(call.collect(8, terminators="#"))
            await call.answer()
            collected = await asyncio.wait_for(collecting, 10)
            assert (collected.digits, collected.state) == ("42", "terminator")
            told = await until(events, "info")
            assert b"<door/>" in bytes(told.body) and told.content_type == "application/door+xml"
            assert [event.digit for event in events if event.name == "dtmf"] == ["4", "2", "#", "7"]
            await call.send_dtmf("1*")
            assert (await call.info(b"on", content_type="application/light")).status == 200
            with pytest.raises(sipua.SipError) as refused:
                await call.request("DANCE")
            assert refused.value.status == 501
            await finished(peer)

    asyncio.run(main())


def test_a_draining_agent_sends_new_callers_elsewhere(sipp, tmp_path):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"], open=True) as agent:
            calls = aiter(agent.calls())
            waiting = asyncio.ensure_future(anext(calls))
            await asyncio.wait_for(agent.drain(), 10)
            turned_away = Scenario(calls=True).invite(sdp(RTP)).expect(503, "Retry-After: 30").ack()
            await finished(start(sipp, tmp_path, turned_away, "late", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}"))
            assert not waiting.done()
            waiting.cancel()

    asyncio.run(main())


@pytest.mark.parametrize("method", ["rtp", "info"])
def test_baresip_understands_our_digits(baresip, method):
    async def main():
        phone = baresip(echo=True)
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"], options={"dtmf_method": method}) as agent:
            call = await asyncio.wait_for(agent.account("sip:alice@127.0.0.1").call(f"sip:bob@127.0.0.1:{phone.port}"), 20)
            await asyncio.sleep(0.3)
            await call.send_dtmf("17#")
            await asyncio.to_thread(phone.wait_for, "'#'")
            await call.hangup()
        heard = re.findall(r"received (?:event|.*DTMF).*?'(.)'", phone.log)
        assert list(dict.fromkeys(heard)) == ["1", "7", "#"], phone.log[-2000:]

    asyncio.run(main())


def test_digits_of_baresip_are_collected(baresip):
    phone = baresip(echo=True)

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"]) as agent:
            call = await asyncio.wait_for(agent.account("sip:alice@127.0.0.1").call(f"sip:bob@127.0.0.1:{phone.port}"), 20)
            events = watched(call)
            call.audio.write(bytes(2 * 16000 * 10), rate=16000)  # ten seconds of a prompt
            collecting = asyncio.create_task(call.collect(3))
            for digit in "90*":
                await asyncio.to_thread(phone.command, "sndcode", digit)
                await asyncio.sleep(0.3)
            assert (await until(events, "flushed")).discarded_ms > 5000, "the first key silences it"
            collected = await asyncio.wait_for(collecting, 10)
            assert (collected.digits, collected.state) == ("90*", "full")
            await call.hangup()

    asyncio.run(main())


# ---- RTP from surprising sources


class Mouth:
    """Says 1 kHz in PCMU or PCMA from a socket of its own, and counts what comes back to it."""

    def __init__(self, to: tuple[str, int], ssrc: int, *, number: int = 0, ptime: int = 20, pt: int = 0) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.to, self.ssrc, self.number, self.ptime, self.pt = to, ssrc, number, ptime, pt
        self.stamp = number * 8 * ptime
        self.sent = self.came = 0
        self.latched_at = 0
        self.running = True
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        due = time.monotonic()
        loud = {0: b"\x00" * 4 + b"\x80" * 4, 8: b"\x2a" * 4 + b"\xaa" * 4}
        while self.running:
            head = struct.pack("!BBHII", 0x80, self.pt, self.number & 0xffff, self.stamp & 0xffffffff, self.ssrc)
            self.socket.sendto(head + loud[self.pt] * self.ptime, self.to)
            self.sent += 1
            self.number += 1
            self.stamp += 8 * self.ptime
            due += self.ptime / 1000
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                while True:
                    self.socket.recv(2048)
                    self.came += 1
                    self.latched_at = self.latched_at or self.sent
            except BlockingIOError:
                pass

    def close(self) -> None:
        self.running = False
        self.thread.join()
        self.socket.close()


def test_field9_surprising_sources_of_rtp_are_heard_and_strangers_are_not():
    """Another port than signalled; a new SSRC with other numbers; packets of 60 ms; another payload type; never any RTCP."""

    async def main():
        async with sipua.Agent(bind="127.0.0.1", open=True, codecs=["pcmu", "pcma"]) as agent:
            calls = agent.calls()
            caller = Caller(agent.listeners[0].port)
            mouth = stranger = None
            try:
                body = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                        f"m=audio {caller.rtp.getsockname()[1]} RTP/AVP 0 8\r\n")
                asking = asyncio.create_task(asyncio.to_thread(caller.call, body))
                call = await asyncio.wait_for(anext(calls), 10)
                audio = await call.answer(rate=8000)
                await asking
                loud: list[float] = []

                async def hear() -> None:
                    async for pcm in audio.frames(ms=20):
                        if max(map(abs, array.array("h", bytes(pcm))), default=0) > 1000:
                            loud.append(time.monotonic())

                hearing = asyncio.create_task(hear())

                async def heard(seconds: float) -> int:
                    begin = time.monotonic()
                    await asyncio.sleep(seconds)
                    return sum(1 for at in loud if at >= begin)

                mouth = Mouth(caller.remote, 0x1111)
                assert await heard(1.0) >= 25, "heard though it comes from another port"
                assert mouth.came >= 10 and mouth.latched_at <= 10, f"we answer there: {mouth.latched_at}"
                # somebody else sends to our port: neither heard nor answered
                stranger = Mouth(caller.remote, 0x6666, number=30000)
                await asyncio.sleep(0.5)
                assert stranger.came == 0
                stranger.close()
                stranger = None
                # the source begins anew: another SSRC, other numbers, 60 ms, another codec
                for change in ({"ssrc": 0x2222, "number": 40000, "stamp": 7}, {"ptime": 60}, {"pt": 8}):
                    before = time.monotonic()
                    for name, value in change.items():
                        setattr(mouth, name, value)
                    await asyncio.sleep(0.45)
                    after = [at for at in loud if at >= before]
                    assert after and after[0] - before < 0.25, change
                    assert max(b - a for a, b in zip(after, after[1:])) < 0.25, change
                assert call.ended is None
                hearing.cancel()
                await asyncio.to_thread(caller.hang_up)
                await asyncio.wait_for(call.wait_ended(), 10)
            finally:
                for one in (mouth, stranger):
                    if one:
                        one.close()
                caller.close()

    asyncio.run(main())


# ---- a TCP peer that dribbles


def test_field11_answers_come_byte_by_byte_behind_pongs_and_two_at_once():
    def answer(message: str, status: str) -> bytes:
        head = {name: re.search(rf"^{name}: (.*)\r$", message, re.M).group(1) for name in ("Via", "From", "To", "Call-ID", "CSeq")}
        lines = "".join(f"{name}: {value}{';tag=s' if name == 'To' else ''}\r\n" for name, value in head.items())
        return f"SIP/2.0 {status}\r\n{lines}Content-Length: 0\r\n\r\n".encode()

    def serve(listener: socket.socket) -> None:
        conn, _ = listener.accept()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        conn.settimeout(10)
        buffer, asked = b"", []
        while len(asked) < 3:
            buffer += conn.recv(65536)
            while (at := buffer.find(b"\r\n\r\n")) >= 0:
                size = int(re.search(rb"Content-Length: (\d+)", buffer[:at]).group(1))
                if len(buffer) < at + 4 + size:
                    break
                asked.append(buffer[:at + 4].decode())
                buffer = buffer[at + 4 + size:]
                if len(asked) == 1:  # a lone pong, then a byte at a time
                    for byte in b"\r\n" + answer(asked[0], "200 OK"):
                        conn.sendall(bytes([byte]))
                        time.sleep(0.0005)
        conn.sendall(answer(asked[1], "200 OK") + b"\r\n\r\n" + answer(asked[2], "202 Accepted"))
        with contextlib.suppress(OSError):
            conn.recv(65536)
        conn.close()

    async def main():
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            target = f"sip:x@127.0.0.1:{listener.getsockname()[1]};transport=tcp"
            serving = asyncio.create_task(asyncio.to_thread(serve, listener))
            async with sipua.Agent(bind="127.0.0.1") as agent:
                assert (await asyncio.wait_for(agent.message(target, "one"), 10)).status == 200
                both = await asyncio.wait_for(asyncio.gather(agent.message(target, "two"), agent.message(target, "x" * 1400)), 10)
                assert [event.status for event in both] == [200, 202]
            await asyncio.wait_for(serving, 10)

    asyncio.run(main())
