"""What breaks calls in the field, with the peers that break them: forks, odd provisional answers, glare, digits of sipp's
captures, registrars, and requests that are too long. Each test is named by its number in the table of docs/calls.md."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import re
import socket
import struct
from pathlib import Path

import network
import pytest
import sipua
from peers import free_port
from scenario import Scenario, sdp
from test_features import finished, port_of, start, until, watched
from test_hold import Listening, Rtp, rtp  # noqa: F401  (a fixture)

CAPTURES = Path("/usr/share/sip-tester")


def log_of(peer) -> list[tuple[datetime.datetime, str, str]]:
    """When, "sent" or "received", and the text of each message of a sipp."""
    parts = re.split(r"-{20,} (\S+ \S+)\nUDP message (sent|received)[^\n]*\n\n", peer.messages)[1:]
    return [(datetime.datetime.fromisoformat(when), way, text) for when, way, text in zip(*[iter(parts)] * 3, strict=True)]


# ---- 2: forks


@pytest.mark.parametrize("winner", ["A", "B"])
def test_field2_media_follows_the_fork_that_answers(sipp, tmp_path, winner):
    """Two forks with media of their own, a 200 of one without a description, then a late 200 of a third."""
    ears = {"A": Rtp(), "B": Rtp()}
    third = free_port()
    talk = (Scenario(calls=False).receive("INVITE").fork("A", 183, sdp(ears["A"].port, formats="0"))
            .fork("B", 183, sdp(ears["B"].port, formats="8")).pause(300).fork(winner, 200)
            .receive("ACK", f"tag={winner}").fork("C", 200, sdp(third, version=7)).receive("ACK", "tag=C")
            .receive("BYE", "tag=C").reply(200).receive("BYE", f"tag={winner}").reply(200))

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu", "pcma"]) as agent:
            peer = start(sipp, tmp_path, talk, "forks")
            await asyncio.sleep(0.5)
            call = await asyncio.wait_for(agent.call(f"sip:bob@127.0.0.1:{peer.port}"), 20)
            assert call.codec == {"A": "PCMU", "B": "PCMA"}[winner]
            await asyncio.sleep(0.2)  # for what was on its way
            won, lost = await asyncio.gather(ears[winner].heard(0.6), ears["A" if winner == "B" else "B"].heard(0.6))
            assert won >= 15 and lost == 0
            await call.hangup()
            await finished(peer)

    try:
        asyncio.run(main())
    finally:
        for ear in ears.values():
            ear.close()


# ---- 3: provisional answers of every shape


def test_field3_only_a_description_makes_early_media_and_no_later_180_stops_it(sipp, rtp, tmp_path):  # noqa: F811
    """183 without one, 180 with one, 180 without; no packet for a second, which the program is told; then they come."""
    talk = (Scenario(calls=False).receive("INVITE").fork("A", 183).pause(200).fork("A", 180, sdp(rtp.port)).pause(200)
            .fork("A", 180).receive("INFO").reply(200).fork("A", 200, sdp(rtp.port)).receive("ACK").hung_up())
    rtp.speaks = False

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"]) as agent:
            peer = start(sipp, tmp_path, talk, "shapes")
            await asyncio.sleep(0.5)
            call = agent.dial(f"sip:bob@127.0.0.1:{peer.port}")
            events = watched(call)
            await until(events, "call_progress", 3)
            assert [(event.status, event.early_media) for event in events if event.name == "call_progress"] == [
                (183, False), (180, True), (180, False)]
            stalled = await until(events, "media_stalled")
            assert stalled.early_media, "the program may let the caller hear ringing"
            rtp.speaks = True
            assert (await until(events, "media_resumed")).early_media
            ear = Listening(call)
            for _ in range(20):
                if await ear.frames(0.4) >= 12:
                    break
            else:
                raise AssertionError("early media is not heard")
            ear.task.cancel()
            assert "call_accepted" not in [event.name for event in events]
            await call.request("INFO")
            await until(events, "call_confirmed")
            await call.hangup()
            await finished(peer)

    asyncio.run(main())


# ---- 7: both at once


@pytest.mark.parametrize("ours", [True, False], ids=["our_call", "their_call"])
def test_field7_a_hold_that_meets_theirs_waits_by_the_rule_and_is_taken(sipp, rtp, tmp_path, ours):  # noqa: F811
    """sipp answers 491 and sends its own at once. Whose call it is decides how long: 2.1 to 4 s, or 0 to 2 s."""
    talk = (Scenario(calls=False).answered(sdp(rtp.port)) if ours else
            Scenario(calls=True).invite(sdp(rtp.port)).expect(200).ack())
    (talk.receive("INVITE", "a=sendonly").reply(491).receive("ACK")
     .request("INVITE", sdp(rtp.port, version=2, formats="8")).expect(200, "m=audio [0-9]+ RTP/AVP 8").ack()
     .receive("INVITE", "a=sendonly").reply(200, sdp(rtp.port, "a=recvonly", version=3, formats="8"), again=True).receive("ACK")
     .receive("INFO").reply(200).request("INVITE", sdp(rtp.port, version=4, formats="0")).expect(200, "m=audio [0-9]+ RTP/AVP 0").ack().hung_up())

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu", "pcma"], open=True) as agent:
            if ours:
                peer = start(sipp, tmp_path, talk, "glare")
                await asyncio.sleep(0.5)
                call = await asyncio.wait_for(agent.call(f"sip:bob@127.0.0.1:{peer.port}"), 20)
            else:
                calls = aiter(agent.calls())
                peer = start(sipp, tmp_path, talk, "glare", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
                call = await asyncio.wait_for(anext(calls), 20)
                await call.answer()
            events = watched(call)
            await until(events, "call_confirmed")
            holding = asyncio.create_task(call.hold())
            await until(events, "call_updated")  # theirs
            if ours:
                assert not call.holding and not holding.done()
                assert await rtp.heard(0.5) >= 12, "nothing has changed but what the peer wanted"
            await holding
            assert call.holding and call.codec == "PCMA"
            await call.request("INFO")
            await until(events, "call_updated", 2)
            assert call.codec == "PCMU"
            assert "call_change_failed" not in [event.name for event in events]
            await call.hangup()
            await finished(peer)
            return log_of(peer)

    log = asyncio.run(main())
    glare = next(when for when, way, text in log if way == "sent" and text.startswith("SIP/2.0 491"))
    offers = [(when, int(re.search(r"CSeq: (\d+)", text).group(1))) for when, way, text in log
              if way == "received" and text.startswith("INVITE") and "a=sendonly" in text]
    waited = (offers[-1][0] - glare).total_seconds()
    assert offers[-1][1] > offers[0][1], "another CSeq"
    low, high = (2.05, 4) if ours else (0, 2)
    assert low <= waited <= high + 2, f"{waited} s"  # a busy machine may be late, never early


def test_field7_what_overlaps_an_undecided_change_gets_500_with_retry_after(sipp, tmp_path):
    talk = (Scenario(calls=True).invite(sdp(free_port())).expect(200).ack().pause(200)
            .request("INVITE", sdp(free_port(), "a=sendonly", version=2)))
    talk.steps.append('<recv response="100"/>')  # the program is asked
    (talk.request("INVITE", sdp(free_port(), version=3)).expect(500, "CSeq: 3 INVITE", "Retry-After: [0-9]").ack()
            .request("INFO").expect(200, "CSeq: 4 INFO").expect(200, "CSeq: 2 INVITE", "a=recvonly").ack(cseq=2)
            .request("INVITE", sdp(free_port(), version=4)).expect(200, "CSeq: 5 INVITE", "a=sendrecv").ack().bye())

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"], open=True) as agent:
            calls, changes = aiter(agent.calls()), aiter(agent.changes())
            peer = start(sipp, tmp_path, talk, "overlap", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 20)
            events = watched(call)
            await call.answer()
            change = await asyncio.wait_for(anext(changes), 20)
            assert change.hold
            await until(events, "info")  # sipp has its 500
            await change.accept()
            await until(events, "call_held")
            again = await asyncio.wait_for(anext(changes), 20)
            assert again.resume
            await again.accept()
            await finished(peer)
            assert [event.name for event in events].count("call_change_requested") == 2

    asyncio.run(main())


# ---- 8: digits as sipp plays them


def capture(folder: Path, digit: str, lost: int) -> str:
    """sipp's capture of a pressed key, without the last packets."""
    data = (CAPTURES / f"dtmf_2833_{digit}.pcap").read_bytes()
    at, ends = 24, []
    while at < len(data):
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
        ends.append(at)
    assert len(ends) == 10, "seven packets, and three with END"
    (folder / f"{digit}.pcap").write_bytes(data[:ends[-1 - lost]])
    return str(folder / f"{digit}.pcap")


@pytest.mark.network
@pytest.mark.parametrize("lost", [0, 1, 3], ids=["all_ends", "one_end_lost", "all_ends_lost"])
def test_field8_a_key_that_sipp_plays_is_one_digit(sipp, tmp_path, lost):
    """play_pcap_audio. Its three END packets share one sequence number; without any the digit ends with a pause, or the next.
    What bites: sipp writes these packets to a raw socket, for which it must be root, here or in a user namespace (so it is run
    in one); a message that comes while it pauses ends its scenario; the same capture twice is one digit, by its timestamp."""
    keys = [*"0123456789", "star", "pound"] if lost == 0 else ["1", "5", "pound"]
    talk = Scenario(calls=True).invite(sdp("[media_port]", "a=rtpmap:101 telephone-event/8000", formats="0 101"))
    talk.expect(200).ack().pause(300)
    for key in keys:
        talk.steps.append(f'<nop><action><exec play_pcap_audio="{capture(tmp_path, key, lost)}"/></action></nop>')
        talk.pause(500)
    talk.pause(700).bye()
    network.Place(here=True)  # its loopback

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"], open=True) as agent:
            calls = aiter(agent.calls())
            peer = start(sipp, tmp_path, talk, "keys", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 20)
            await call.answer()
            events = watched(call)
            await until(events, "call_ended", 1, 40)
            await finished(peer)
            digits = [event for event in events if event.name == "dtmf"]
            assert "".join(event.digit for event in digits) == "".join({"star": "*", "pound": "#"}.get(key, key) for key in keys)
            if lost < 3:
                assert {event.duration_ms for event in digits} == {280}

    asyncio.run(main())


# ---- 10: registrars


def test_field10_an_odd_registrar_is_understood(sipp, tmp_path):
    """A second 401 with another nonce and without stale, 423, and a 200 with three Contacts: how long ours lives says only
    the header, and the others are not ours."""
    others = "<sip:other@192.0.2.7>;expires=600, <[$target]>, <sip:alice@192.0.2.8:5070>;expires=20"
    digest = 'WWW-Authenticate: Digest realm="pbx", nonce="{}", qop="auth", algorithm=MD5'
    talk = (Scenario(calls=False).receive("REGISTER").reply(401, "", digest.format("n1"), tag=True)
            .receive("REGISTER", "nonce=.n1.", "nc=00000001").reply(401, "", digest.format("n2"), tag=True)
            .receive("REGISTER", "nonce=.n2.", "nc=00000001").reply(423, "", "Min-Expires: 200", tag=True)
            .receive("REGISTER", "Expires: 200|expires=200").reply(200, "", "Expires: 180", tag=True, contact=f"Contact: {others}")
            .receive("REGISTER", "Expires: 0|expires=0").reply(200, tag=True, contact="Contact: <sip:other@192.0.2.7>;expires=500"))

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            peer = start(sipp, tmp_path, talk, "registrar")
            await asyncio.sleep(0.5)
            account = await asyncio.wait_for(agent.register(f"sip:alice@127.0.0.1:{peer.port}", password="secret", expires=60), 20)
            assert account.expires == 180
            await account.unregister()
            await finished(peer)

    asyncio.run(main())


class Registrar:
    """Asks for a password in the given algorithms, in their order, and takes only the strongest."""

    def __init__(self, *algorithms: str) -> None:
        self.algorithms = algorithms
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(20)
        self.port = self.socket.getsockname()[1]
        self.used: list[str] = []

    def serve(self, count: int) -> None:
        for _ in range(count):
            data, source = self.socket.recvfrom(65535)
            text = data.decode()
            head = {name: re.search(rf"^{name}: (.*)\r$", text, re.M).group(1)
                    for name in ("Via", "From", "To", "Call-ID", "CSeq", "Contact")}
            more = ""
            if credentials := re.search(r"^Authorization: Digest (.*)\r$", text, re.M):
                status = self.check(dict(re.findall(r'([\w-]+)="?([^",]+)', credentials.group(1))))
                more = f"Contact: {head.pop('Contact').split(';')[0]};expires=60\r\n"
            else:
                status = "401 Unauthorized"
                del head["Contact"]
                for algorithm in self.algorithms:
                    more += f'WWW-Authenticate: Digest realm="pbx", nonce="n", qop="auth", algorithm={algorithm}\r\n'
            lines = "".join(f"{name}: {value}{';tag=r' if name == 'To' else ''}\r\n" for name, value in head.items())
            self.socket.sendto(f"SIP/2.0 {status}\r\n{lines}{more}Content-Length: 0\r\n\r\n".encode(), source)

    def check(self, given: dict[str, str]) -> str:
        self.used.append(given["algorithm"])

        def h(text: str) -> str:
            return hashlib.new("sha256" if given["algorithm"] == "SHA-256" else "md5", text.encode()).hexdigest()

        want = h(":".join((h(f"{given['username']}:pbx:secret"), "n", given["nc"], given["cnonce"], "auth",
                           h(f"REGISTER:{given['uri']}"))))
        return "200 OK" if given["response"] == want else "403 Forbidden"


@pytest.mark.parametrize("algorithms", [("MD5", "SHA-256"), ("SHA-256", "MD5")], ids="_then_".join)
def test_field10_the_strongest_algorithm_registers_in_either_order(algorithms):
    registrar = Registrar(*algorithms)

    async def main():
        serving = asyncio.create_task(asyncio.to_thread(registrar.serve, 2))
        async with sipua.Agent(bind="127.0.0.1") as agent:
            account = await asyncio.wait_for(agent.register(f"sip:alice@127.0.0.1:{registrar.port}", password="secret"), 20)
            assert account.registered
            await serving
            ending = asyncio.create_task(asyncio.to_thread(registrar.serve, 1))
            await account.unregister()
            await ending

    asyncio.run(main())
    assert registrar.used[0] == "SHA-256" and "MD5" not in registrar.used


# ---- 11: too long for a datagram


def test_field11_what_is_too_long_goes_by_udp_where_nobody_takes_tcp(sipp, tmp_path):
    """sipp has no TCP here, and has all three all the same: nothing but the request that is too long ever asked."""
    talk = Scenario(calls=False).receive("MESSAGE", "Via: SIP/2.0/UDP", "x{200}").reply(200, tag=True)

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            peer = start(sipp, tmp_path, talk, "udp", calls=3)
            await asyncio.sleep(0.5)
            for size in (2000, 300, 2000):
                assert (await agent.message(f"sip:bob@127.0.0.1:{peer.port}", "x" * size)).status == 200
            await finished(peer)

    asyncio.run(main())


def test_field11_a_call_whose_invite_is_too_long_goes_to_kamailio_by_tcp_and_on_by_its_route(kamailio):
    proxy = kamailio()

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as left, sipua.Agent(bind="127.0.0.1") as right:
            alice = left.account(f"sip:alice@{proxy.host}", password="secret")  # registered by UDP it would keep to that flow
            calls = aiter(right.calls())
            await right.register(f"sip:bob@{proxy.host}", password="hunter2")
            calling = asyncio.create_task(alice.call(f"sip:bob@{proxy.host}", headers={"X-Long": "x" * 1400}))
            incoming = await asyncio.wait_for(anext(calls), 20)
            events = watched(incoming)
            vias = (await until(events, "incoming_call")).headers.get_all("Via")
            assert "SIP/2.0/TCP" in vias[-1], vias
            await incoming.answer()
            call = await asyncio.wait_for(calling, 20)
            await until(events, "call_confirmed")
            await incoming.hangup()
            await asyncio.wait_for(call.wait_ended(), 20)

    asyncio.run(main())
