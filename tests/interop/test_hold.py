"""Hold, resume and renegotiation with real phones: sipp with the whole sequence of messages checked and packets counted, and
baresip by ear."""

from __future__ import annotations

import array
import asyncio
import re
import socket
import threading
import time

import pytest
import sipua
import tone
from peers import free_port
from scenario import Scenario, sdp


def port_of(agent: sipua.Agent) -> int:
    return next(listener.port for listener in agent.listeners if listener.transport == "udp")


class Rtp:
    """A phone's ear and mouth: counts what comes, says a tone of PCMU for ever."""

    def __init__(self) -> None:
        self.port = free_port()
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for step, one in enumerate(self.sockets):
            one.bind(("127.0.0.1", self.port + step))
        self.sockets[0].settimeout(0.02)
        self.came: list[float] = []
        self.speaks = True
        self.to: tuple[str, int] | None = None
        self.running = True
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        number, due = 0, time.monotonic()
        loud = (b"\x00" * 4 + b"\x80" * 4) * 20  # full swing at 1 kHz
        while self.running:
            try:
                _, self.to = self.sockets[0].recvfrom(2048)
                self.came.append(time.monotonic())
            except (TimeoutError, ConnectionError):
                pass
            if self.to and self.speaks and time.monotonic() >= due:
                number += 1
                head = b"\x80\x00" + number.to_bytes(2, "big") + (number * 160).to_bytes(4, "big") + b"\x12\x34\x56\x78"
                self.sockets[0].sendto(head + loud, self.to)
                due = max(due + 0.02, time.monotonic() - 0.1)

    async def heard(self, seconds: float) -> int:
        """Packets within the next so many seconds."""
        begin = time.monotonic()
        await asyncio.sleep(seconds)
        return sum(1 for at in self.came if at >= begin)

    def close(self) -> None:
        self.running = False
        self.thread.join()
        for one in self.sockets:
            one.close()


@pytest.fixture
def rtp():
    ear = Rtp()
    yield ear
    ear.close()


class Listening:
    """What our app reads: is it silence now?"""

    def __init__(self, call: sipua.Call) -> None:
        self.loud = 0
        self.task = asyncio.create_task(self._read(call))

    async def _read(self, call: sipua.Call) -> None:
        async for pcm in call.audio.frames(ms=20):
            samples = array.array("h", bytes(pcm))
            self.loud += max(map(abs, samples), default=0) > 1000

    async def frames(self, seconds: float) -> int:
        """Loud ones within the next so many seconds."""
        before = self.loud
        await asyncio.sleep(seconds)
        return self.loud - before


async def told(call: sipua.Call, names: list[str]) -> None:
    async for event in call.events():
        names.append(event.name)


async def until(names: list[str], name: str, count: int, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while names.count(name) < count:
        assert time.monotonic() < end, f"{name} never came: {names}"
        await asyncio.sleep(0.01)


def run(sipp, tmp_path, talk: Scenario, play, *, name: str = "talk", timeout: float = 30, more: tuple[str, ...] = ()):
    """Our app calls, or is called by, sipp, and does `play` with the call."""

    async def main():
        path = tmp_path / "scenario" / name
        talk.write(path.parent, name)
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu", "pcma"], open=True) as agent:
            if talk.calls:
                calls = aiter(agent.calls())
                peer = sipp(str(path), "-s", "bot", *more, target=f"127.0.0.1:{port_of(agent)}")
                call = await asyncio.wait_for(anext(calls), 20)
                names: list[str] = []
                watch = asyncio.create_task(told(call, names))
                await call.answer()
            else:
                peer = sipp(str(path), *more)
                await asyncio.sleep(0.5)
                call = await asyncio.wait_for(agent.account("sip:alice@127.0.0.1").call(f"sip:bob@127.0.0.1:{peer.port}"), 20)
                names = []
                watch = asyncio.create_task(told(call, names))
            await asyncio.wait_for(play(call, names), timeout)
            await asyncio.to_thread(peer.verdict)
            await asyncio.wait_for(watch, 10)
            assert names[-1] == "call_ended"
            return peer, names

    return asyncio.run(main())


HOLDS = {
    "sendonly": ({"more": ("a=sendonly",)}, "a=recvonly"),
    "inactive": ({"more": ("a=inactive",)}, "a=inactive"),
    "0.0.0.0": ({"host": "0.0.0.0"}, "a=sendrecv|a=recvonly"),
    "for the session": ({"session": "a=sendonly"}, "a=recvonly"),
    "inactive for the session": ({"session": "a=inactive"}, "a=inactive"),
    "by UPDATE": ({"more": ("a=sendonly",)}, "a=recvonly"),
}


def test_field5_a_peer_holds_in_every_form_and_media_comes_back(sipp, tmp_path):
    """The direction as the last line, which nothing ends; the port stays. sipp echoes what reaches it: nothing in a hold, all
    of it afterwards. The version of its description goes up with each."""
    echo = "[media_port]"
    talk = Scenario(calls=True).invite(sdp(echo)).expect(200).ack().pause(300)
    version = 1
    for what, (form, answer) in HOLDS.items():
        method = "UPDATE" if what == "by UPDATE" else "INVITE"
        for body, want in ((sdp(echo, *form.get("more", ()), host=form.get("host", "127.0.0.1"),
                                session=form.get("session", ""), version=version + 1), answer),
                           (sdp(echo, version=version + 2), "a=sendrecv")):
            talk.request(method, body).expect(200, want)
            if method == "INVITE":
                talk.ack()
            talk.receive("INFO").reply(200)  # the program has counted
        version += 2
    talk.bye()

    async def play(call, names):
        async def passed(seconds: float) -> tuple[int, int]:
            before = await call.stats()
            await asyncio.sleep(seconds)
            after = await call.stats()
            return after.packets_sent - before.packets_sent, after.packets_received - before.packets_received

        for number in range(len(HOLDS)):
            await until(names, "call_held", number + 1)
            await asyncio.sleep(0.1)  # for what was on its way
            assert await passed(0.3) == (0, 0), "nothing while held"
            await call.info(b"held", content_type="text/plain")
            await until(names, "call_resumed", number + 1)
            for _ in range(20):
                sent, returned = await passed(0.3)
                if min(sent, returned) >= 8:
                    break
            assert min(sent, returned) >= 8, f"it comes back: {sent}, {returned}"
            await call.info(b"resumed", content_type="text/plain")

    peer, names = run(sipp, tmp_path, talk, play, more=("-rtp_echo",))
    assert names.count("call_updated") == 0
    assert len(re.findall(r"a=(?:sendonly|inactive)\n-{20}", peer.messages)) >= 3, "the last line has no end"


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_we_hold_and_resume_a_peer(sipp, rtp, tmp_path, method):
    talk = Scenario(calls=False).answered(sdp(rtp.port), "Allow: INVITE, ACK, BYE, CANCEL, UPDATE")
    for want, body in (("a=sendonly", sdp(rtp.port, "a=recvonly", version=2)), ("a=sendrecv", sdp(rtp.port, version=3))):
        talk.receive(method, want).reply(200, body, again=method == "INVITE")
        if method == "INVITE":
            talk.receive("ACK")
    talk.hung_up()

    async def play(call, names):
        ear = Listening(call)
        how = method.lower()
        assert await rtp.heard(0.4) >= 12
        assert await ear.frames(0.4) >= 12, "the tone is heard"
        await call.hold(method=how)
        assert call.holding
        await asyncio.sleep(0.3)
        assert await ear.frames(0.4) == 0, "whoever is held is not heard"
        assert await rtp.heard(0.4) >= 12, "but hears us: sendonly"
        await call.resume(method=how)
        assert not call.holding
        await asyncio.sleep(0.3)
        assert await ear.frames(0.4) >= 12
        assert await rtp.heard(0.4) >= 12
        await call.hangup()
        ear.task.cancel()

    run(sipp, tmp_path, talk, play)


def test_a_refused_hold_leaves_the_call_and_its_media(sipp, rtp, tmp_path):
    talk = (Scenario(calls=False).answered(sdp(rtp.port)).receive("INVITE", "a=sendonly").reply(488, again=True).receive("ACK")
            .hung_up())

    async def play(call, names):
        ear = Listening(call)
        with pytest.raises(sipua.SipError) as caught:
            await call.hold()
        assert caught.value.status == 488 and not call.holding
        assert await ear.frames(0.4) >= 12
        assert await rtp.heard(0.4) >= 12
        await call.hangup()
        ear.task.cancel()

    _, names = run(sipp, tmp_path, talk, play)
    assert "call_held" not in names


def test_an_update_that_nobody_knows_becomes_a_reinvite(sipp, rtp, tmp_path):
    talk = (Scenario(calls=False).answered(sdp(rtp.port)).receive("UPDATE", "a=sendonly").reply(405, "", "Allow: INVITE, ACK, BYE")
            .receive("INVITE", "a=sendonly").reply(200, sdp(rtp.port, "a=recvonly", version=2), again=True).receive("ACK")
            .hung_up())

    async def play(call, names):
        await call.hold(method="update")
        await call.hangup()

    run(sipp, tmp_path, talk, play)


def test_glare_waits_answers_theirs_and_comes_again(sipp, rtp, tmp_path):
    """Field 7: theirs is answered 200, not 488; we own the Call-ID, so ours comes again after 2.1 to 4 s."""
    talk = (Scenario(calls=False).answered(sdp(rtp.port)).receive("INVITE", "a=sendonly").reply(491, again=True).receive("ACK")
            .request("INVITE", sdp(rtp.port, version=2)).expect(200, "a=sendrecv").ack()
            .receive("INVITE", "a=sendonly").reply(200, sdp(rtp.port, "a=recvonly", version=3), again=True).receive("ACK")
            .hung_up())

    async def play(call, names):
        begin = time.monotonic()
        await call.hold()
        assert 2.0 < time.monotonic() - begin < 6
        await call.hangup()

    _, names = run(sipp, tmp_path, talk, play)
    assert "call_change_failed" not in names


def test_a_codec_is_changed_by_either_side(sipp, rtp, tmp_path):
    talk = (Scenario(calls=False).answered(sdp(rtp.port)).receive("INVITE", "RTP/AVP 8 101")
            .reply(200, sdp(rtp.port, formats="8", version=2), again=True).receive("ACK")
            .request("INVITE", sdp(rtp.port, formats="18", version=3)).expect(488, "Warning: 305").ack()
            .request("INVITE", sdp(rtp.port, "m=video 5000 RTP/AVP 31", formats="8", version=4))
            .expect(200, "m=audio [0-9]+ RTP/AVP 8", "m=video 0 RTP/AVP 31").ack().hung_up())

    async def play(call, names):
        await call.renegotiate(codecs=["pcma"])
        assert call.codec.lower() == "pcma"
        await asyncio.sleep(0.3)
        assert await rtp.heard(0.4) >= 12
        await call.hangup()

    run(sipp, tmp_path, talk, play)


def test_an_offer_that_was_asked_for_is_our_full_wish_and_needs_an_answer(sipp, rtp, tmp_path):
    """Field 4: held by the peer, asked by it without SDP: everything is offered anew. An ACK without an answer ends it."""
    talk = (Scenario(calls=True).invite().expect(200, "RTP/AVP 0 8").ack(sdp(rtp.port)).pause(300)
            .request("INVITE", sdp(rtp.port, "a=sendonly", version=2)).expect(200, "a=recvonly").ack().pause(300)
            .request("INVITE").expect(200, "RTP/AVP 0 8", "a=sendrecv").ack(sdp(rtp.port, version=3)).pause(300)
            .request("INVITE").expect(200, "a=sendrecv").ack().hung_up())

    async def play(call, names):
        await until(names, "call_resumed", 1)
        assert await rtp.heard(0.2) >= 5
        await until(names, "call_ended", 1)

    _, names = run(sipp, tmp_path, talk, play)
    assert names.count("call_held") == 1


# ---- baresip ----


async def share(call: sipua.Call, hertz: float, seconds: float = 0.6) -> float:
    heard = bytearray()
    async for pcm in call.audio.frames(ms=20):
        heard += pcm
        if len(heard) >= seconds * 16000 * 2:
            return tone.share(memoryview(bytes(heard)).cast("h"), hertz, 16000)
    return 0


async def hears(call: sipua.Call, hertz: float) -> None:
    """Until it does; what was on its way is heard first."""
    for _ in range(6):
        if await share(call, hertz) > 0.9:
            return
    raise AssertionError("nothing is heard")


async def hears_nothing(call: sipua.Call, hertz: float) -> None:
    for _ in range(6):
        if await share(call, hertz) < 0.1:
            return
    raise AssertionError("it is still heard")


def test_we_and_baresip_hold_and_resume_each_other(baresip, tmp_path):
    tone.write_wav(tmp_path / "baresip0" / "tone.wav", tone.make(500, 60, 8000), 8000, 1)
    phone = baresip(codec="PCMU/8000/1", rate=8000)

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"]) as agent:
            call = await asyncio.wait_for(agent.account("sip:alice@127.0.0.1").call(f"sip:bob@127.0.0.1:{phone.port}"), 20)
            names: list[str] = []
            watch = asyncio.create_task(told(call, names))
            await hears(call, 500)
            await call.hold()
            await hears_nothing(call, 500)
            await call.resume()
            await hears(call, 500)
            await asyncio.to_thread(phone.command, "hold")
            await until(names, "call_held", 2)
            await call.hold()  # both
            await call.resume()
            await asyncio.to_thread(phone.command, "resume")
            await until(names, "call_resumed", 3)
            await hears(call, 500)
            stats = await call.stats()
            assert stats.packets_sent > 100
            await call.hangup()
            await asyncio.wait_for(watch, 10)
            assert "call_change_failed" not in names

    asyncio.run(main())
