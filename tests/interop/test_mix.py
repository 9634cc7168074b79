"""Calls together: three baresips in one conference, told apart by their tones, and bridges between baresips and sipps."""

from __future__ import annotations

import array
import asyncio
import contextlib
import time

import pytest
import sipua
import tone
from scenario import Scenario, sdp
from sipua._native import Struct, check, ffi, lib

KINDS = {"pcmu": ("PCMU/8000/1", 8000), "pcma": ("PCMA/8000/1", 8000), "opus": ("opus/48000/2", 48000)}


class Phone:
    """An agent that keeps all its events, and the commands of conferences and bridges as C has them."""

    def __init__(self, agent: sipua.Agent) -> None:
        self.agent = agent
        self.seen: list[sipua.Event] = []
        agent._taps.append(self.seen.append)
        self.port = next(one.port for one in agent.listeners if one.transport == "udp")

    async def wait(self, name: str, count: int = 1, seconds: float = 15) -> sipua.Event:
        for _ in range(int(seconds / 0.02)):
            found = [event for event in self.seen if event.name == name]
            if len(found) >= count:
                return found[count - 1]
            await asyncio.sleep(0.02)
        raise AssertionError(f"no {name}: {[event.name for event in self.seen]}")

    def conference(self, rate: int = 16000) -> int:
        out = ffi.new("sipua_id *")
        config = Struct("sipua_conference_config", rate=rate)
        check(lib.sipua_conference_create(self.agent._native, config.p, 0, out))
        return out[0]

    def listen(self, conference: int, samples: array.array, most: int) -> None:
        """What has been heard in the conference since the last time, at 16 kHz."""
        room = ffi.new("int16_t[]", most)
        got = check(lib.sipua_audio_read(self.agent._native, conference, room, most, 0, ffi.NULL))
        samples.frombytes(ffi.buffer(room, 2 * got)[:])

    def add(self, conference: int, call: sipua.Call) -> None:
        check(lib.sipua_conference_add(self.agent._native, conference, call.id, 0))

    def bridge(self, a: int, b: int, **config: object) -> int:
        out = ffi.new("sipua_id *")
        check(lib.sipua_bridge_create(self.agent._native, a, b, Struct("sipua_bridge_config", **config).p, 0, out))
        return out[0]

    def place(self, target: str) -> int:
        out = ffi.new("sipua_id *")
        check(lib.sipua_call_create(self.agent._native, 0, Struct("sipua_call_config", target=target).p, 0, out))
        return out[0]

    async def connecting(self, target: str, **config: object) -> None:
        """Every call that comes in is connected with a new one to the target."""
        async for call in self.agent.calls():
            self.bridge(call.id, self.place(target), **config)


@contextlib.asynccontextmanager
async def phone(**settings: object):
    async with sipua.Agent(bind="127.0.0.1", open=True, **settings) as agent:
        yield Phone(agent)


def sounding(baresip, folder, hertz: float, kind: str, *commands: str):
    """A baresip that plays this tone for ever and speaks this codec."""
    codec, rate = KINDS[kind]
    wav = tone.make(hertz, 20, rate, 0.25)
    if kind == "opus":
        wav = b"".join(wav[i : i + 2] * 2 for i in range(0, len(wav), 2))
    tone.write_wav(folder / "tone.wav", wav, rate, 2 if kind == "opus" else 1)
    return baresip(codec=codec, rate=rate, commands=commands)


def heard(peer) -> dict[float, float]:
    samples, rate = tone.read_wav(peer.recording())
    return {hertz: tone.share(samples, hertz, rate) for hertz in (500, 900, 1400)}


def test_three_phones_with_three_codecs_hear_the_two_others(baresip, tmp_path):
    tones = {500: "pcmu", 900: "pcma", 1400: "opus"}
    phones = [sounding(baresip, tmp_path / f"baresip{i}", hertz, kind) for i, (hertz, kind) in enumerate(tones.items())]

    async def main():
        async with phone() as us:
            room = us.conference()
            for peer in phones:
                us.add(room, await asyncio.wait_for(us.agent.call(f"sip:bob@127.0.0.1:{peer.port}"), 20))
            await us.wait("conference_changed", 3)
            everything = array.array("h")
            for _ in range(7):
                us.listen(room, everything, 16000)
                await asyncio.sleep(0.5)
            assert all(tone.share(everything, hertz, 16000) > 0.15 for hertz in tones), "the program hears them all"
            check(lib.sipua_conference_end(us.agent._native, room, 1, 0))
            await us.wait("conference_ended")
            await us.wait("call_ended", 3)

    asyncio.run(main())
    time.sleep(0.5)
    for hertz, peer in zip(tones, phones, strict=True):
        peer.stop()
        shares = heard(peer)
        own = shares.pop(hertz)
        assert own < 0.02, f"{hertz} hears itself: {own}"
        assert all(share > 0.3 for share in shares.values()), f"{hertz} hears {shares}"


@pytest.mark.parametrize(("theirs", "state"), [("pcmu", "untouched"), ("opus", "transcoded")])
def test_two_phones_are_connected(baresip, tmp_path, theirs, state):
    callee = sounding(baresip, tmp_path / "baresip0", 900, theirs)

    async def main():
        async with phone(codecs=["opus", "pcmu"]) as us:
            task = asyncio.create_task(us.connecting(f"sip:bob@127.0.0.1:{callee.port}"))
            caller = await asyncio.to_thread(
                lambda: sounding(baresip, tmp_path / "baresip1", 500, "pcmu", f"dsip:bot@127.0.0.1:{us.port}"))
            await us.wait("call_confirmed", 2, 20)
            await asyncio.sleep(2.5)
            told = [event for event in us.seen if event.name == "bridge_changed"]
            assert told[0].state == "waiting" and told[-1].state == state, [event.state for event in told]
            await asyncio.to_thread(caller.stop)
            await us.wait("bridge_ended")
            await us.wait("call_ended", 2)
            task.cancel()
            return caller

    caller = asyncio.run(main())
    callee.stop()
    assert heard(callee)[500] > 0.8 and heard(callee)[900] < 0.05
    assert heard(caller)[900] > 0.8 and heard(caller)[500] < 0.05


# sipp on both sides: the sequence is in the scenarios.


def between_two_sipps(sipp, folder, caller: Scenario, callee: Scenario, **config: object) -> None:
    async def main():
        async with phone(codecs=["pcmu"]) as us:
            called = sipp(str(folder / callee.write(folder, "callee")))
            task = asyncio.create_task(us.connecting(f"sip:callee@127.0.0.1:{called.port}", **config))
            calling = sipp(str(folder / caller.write(folder, "caller")), "-s", "bot", target=f"127.0.0.1:{us.port}")
            await asyncio.to_thread(calling.verdict)
            await asyncio.to_thread(called.verdict)
            await us.wait("bridge_ended")
            await us.wait("call_ended", 2)
            task.cancel()

    asyncio.run(main())


def test_sipp_rings_answers_holds_and_hangs_up_through_us(sipp, tmp_path):
    plain, held = sdp(6000), sdp(6000, "a=sendonly", version=2)
    caller = (Scenario(calls=True).invite(plain).expect(180).expect(200, "m=audio").ack().pause(300)
              .request("INVITE", held).expect(200, "a=recvonly").ack().pause(300)
              .request("INVITE", sdp(6000, version=3)).expect(200).ack().pause(300).bye())
    callee = (Scenario(calls=False).receive("INVITE").reply(180, tag=True).pause(100)
              .reply(200, sdp(6100), tag=True, again=True).receive("ACK")
              .receive("INVITE", "a=sendonly").reply(200, sdp(6100, "a=recvonly", version=2), again=True).receive("ACK")
              .receive("INVITE", "m=audio").reply(200, sdp(6100, version=3), again=True).receive("ACK").hung_up())
    between_two_sipps(sipp, tmp_path, caller, callee)


def test_sipp_refuses_through_us(sipp, tmp_path):
    caller = Scenario(calls=True).invite(sdp(6000)).expect(180).expect(486).ack()
    callee = Scenario(calls=False).receive("INVITE").reply(180, tag=True).pause(100).reply(486, tag=True, again=True).receive("ACK")
    between_two_sipps(sipp, tmp_path, caller, callee)
