"""A B2BUA with an account: a phone calls it through Kamailio, it calls another phone through Kamailio, and both talk."""

from __future__ import annotations

import asyncio

import sipua
import tone


def phone(baresip, folder, proxy, user: str, password: str, hertz: float):
    """A baresip that is registered, answers, and plays this tone for ever."""
    tone.write_wav(folder / "tone.wav", tone.make(hertz, 20, 8000, 0.25), 8000)
    return baresip(user=user, seconds=90, account=(
        f"<sip:{user}@{proxy.host}>;auth_user={user};auth_pass={password};regint=60;answermode=auto;"
        "audio_codecs=PCMU/8000/1\n"))


def heard(peer) -> dict[int, float]:
    samples, rate = tone.read_wav(peer.recording())
    return {hertz: tone.share(samples, hertz, rate) for hertz in (500, 900)}


async def reaches(bridge: sipua.Bridge, state: str) -> None:
    for _ in range(1000):
        if bridge.state == state:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"the bridge is {bridge.state}, not {state}")


def test_two_phones_talk_hold_and_hang_up_through_kamailio_and_us(kamailio, baresip, tmp_path):
    proxy = kamailio()
    caller = phone(baresip, tmp_path / "baresip1", proxy, "alice", "secret", 500)
    callee = phone(baresip, tmp_path / "baresip2", proxy, "carol", "carols", 900)
    for one in (caller, callee):
        one.wait_for("200 OK")

    async def main():
        server = f"sip:{proxy.host}"
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"]) as us:
            account = await us.register(f"sip:bob@{proxy.host}", password="hunter2", server=server, outbound_proxy=server)
            calls = us.calls()
            await asyncio.to_thread(caller.command, "dial", f"sip:bob@{proxy.host}")
            one = await asyncio.wait_for(anext(aiter(calls)), 20)
            assert f":{proxy.port};lr" in one.headers["Record-Route"], "what is said inside the call goes through the proxy too"
            two = account.dial(f"sip:carol@{proxy.host}")
            bridge = us.bridge(one, two)
            await reaches(bridge, "untouched")
            await asyncio.sleep(1.5)
            for call in (one, two):
                stats = await call.stats()
                assert stats.packets_received > 30 and stats.packets_sent > 30
            await asyncio.to_thread(caller.command, "hold")
            await reaches(bridge, "held")
            for _ in range(500):
                if two.holding:
                    break
                await asyncio.sleep(0.02)
            assert two.holding and one.held, "the hold of one phone is a hold of the other"
            await asyncio.to_thread(caller.command, "resume")
            await reaches(bridge, "untouched")
            await asyncio.sleep(2.5)
            await asyncio.to_thread(callee.command, "hangup")
            await asyncio.wait_for(bridge.wait_ended(), 20)
            await asyncio.wait_for(one.wait_ended(), 20)
            await asyncio.wait_for(two.wait_ended(), 20)
            await asyncio.sleep(0.5)

    asyncio.run(main())
    for one in (caller, callee):
        one.stop()
    assert heard(callee)[500] > 0.8 and heard(callee)[900] < 0.05
    assert heard(caller)[900] > 0.8 and heard(caller)[500] < 0.05
