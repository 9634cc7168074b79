"""Before the answer, and the session timer, with sipp and Kamailio: the sequence of messages is in the scenarios."""

from __future__ import annotations

import asyncio

import sipua
import tone
from waiting import hears


def port_of(agent: sipua.Agent) -> int:
    return next(listener.port for listener in agent.listeners if listener.transport == "udp")


async def finished(peer) -> None:
    await asyncio.to_thread(peer.verdict)


async def until(what) -> None:
    for _ in range(200):
        if what():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came to that")


async def answer(call: sipua.Call) -> None:
    await call.answer()


def test_jssip6_sipp_insists_on_reliable_provisional_answers(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", open=True) as agent:
            calls = aiter(agent.calls())
            peer = sipp("uac_prack", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 10)
            await call.ring(183, early_media=True)
            await until(lambda: call.codec == "PCMA")
            answering = asyncio.ensure_future(answer(call))
            await finished(peer)
            await answering
            names = [event.name async for event in call.events()]
            assert names.index("call_accepted") < names.index("call_confirmed") < names.index("call_ended")
            assert call.codec == "PCMA"
            assert peer.messages.count("SIP/2.0 183") >= 2, "repeated at T1"
            assert peer.messages.rfind("SIP/2.0 183") < peer.messages.find("CSeq: 3 PRACK"), "and no more after its PRACK"
            final = [text for text in peer.messages.split("UDP message received")[1:]
                     if "SIP/2.0 200" in text and "CSeq: 1 INVITE" in text]
            assert len(final) == 2 and all("Session-Expires: 1800;refresher=uac" in text for text in final)

    asyncio.run(main())


def test_we_follow_what_is_agreed_reliably_before_the_answer(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            peer = sipp("uas_prack")
            await asyncio.sleep(0.5)
            call = await asyncio.wait_for(agent.call(f"sip:bob@127.0.0.1:{peer.port}"), 20)
            await asyncio.sleep(0.4)
            assert call.codec == "PCMA"
            await call.hangup()
            await finished(peer)
            events = [event async for event in call.events()]
            names = [event.name for event in events]
            assert names.index("media_ready") < names.index("call_accepted")
            assert [event.early_media for event in events if event.name == "call_progress"] == [True, False]

    asyncio.run(main())


def test_field6_a_session_timer_is_negotiated_refreshed_and_at_last_runs_out(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            peer = sipp("uas_timer")
            await asyncio.sleep(0.5)
            call = await asyncio.wait_for(agent.call(f"sip:bob@127.0.0.1:{peer.port}"), 20)
            await finished(peer)
            ended = [event async for event in call.events()][-1]
            assert ended.cause == "Session Expired"

    asyncio.run(main())


async def listen(call: sipua.Call) -> dict[int, float]:
    heard = bytearray()
    async for pcm in call.audio.frames(ms=20):
        heard += pcm
        if len(heard) >= 16000:  # half a second
            return {hertz: tone.share(memoryview(heard).cast("h"), hertz, 16000) for hertz in (500, 700)}
    return {}


def test_field2_a_forking_proxy_with_record_route_carries_it_all(kamailio):
    """Two phones of bob ring with early media, reliably: one of them is heard; one answers, the other is cancelled, and only
    who answered is heard from then on, both ways."""
    proxy = kamailio()

    async def main():
        options = {"session_expires_s": 90, "session_refresher": "local"}
        async with (sipua.Agent(bind="127.0.0.1", options=options) as left, sipua.Agent(bind="127.0.0.1") as one,
                    sipua.Agent(bind="127.0.0.1") as two):
            alice = await left.register(f"sip:alice@{proxy.host}", password="secret")
            inboxes = {agent: agent.calls() for agent in (one, two)}  # taken from before the first call may come
            for agent in inboxes:
                await agent.register(f"sip:bob@{proxy.host}", password="hunter2")

            early, talked = asyncio.Event(), asyncio.Event()

            async def phone(agent: sipua.Agent, hertz: float, answers: bool) -> list[str]:
                async for call in inboxes[agent]:
                    await call.ring(183, early_media=True)
                    call.audio.write(tone.make(hertz, 20, 16000), rate=16000)
                    await early.wait()
                    if answers:
                        await call.answer()
                        await hears(call, 900)
                        talked.set()
                    return [event.name async for event in call.events()]
                return []

            first, second = (asyncio.create_task(phone(agent, hertz, agent is two)) for agent, hertz in ((one, 500), (two, 700)))
            call = alice.dial(f"sip:bob@{proxy.host}")
            for _ in range(20):
                heard = await listen(call)
                assert heard, f"it ended: {call.ended!r}"
                if max(heard.values()) > 0.9:
                    break
            assert sorted(share > 0.9 for share in heard.values()) == [False, True], f"one of the two: {heard}"
            early.set()
            await asyncio.wait_for(call.answered(), 20)
            call.audio.write(tone.make(900, 20, 16000), rate=16000)
            loser = await asyncio.wait_for(first, 10)
            assert "call_accepted" not in loser and loser[-1] == "call_ended"
            await hears(call, 700)
            await asyncio.wait_for(talked.wait(), 40)
            await call.hangup()
            winner = await asyncio.wait_for(second, 10)
            assert "call_confirmed" in winner and winner[-1] == "call_ended"
            names = [event.name async for event in call.events()]
            assert names.count("call_progress") >= 2

    asyncio.run(main())


def test_jssip2_of_two_phones_that_answer_at_once_one_is_talked_to(kamailio):
    """Both 200s pass Kamailio; the second gets ACK and BYE (or its phone the CANCEL, where that was faster)."""
    proxy = kamailio()

    async def main():
        async with (sipua.Agent(bind="127.0.0.1") as left, sipua.Agent(bind="127.0.0.1") as one,
                    sipua.Agent(bind="127.0.0.1") as two):
            inboxes = {agent: agent.calls() for agent in (one, two)}
            alice = await left.register(f"sip:alice@{proxy.host}", password="secret")
            for agent in inboxes:
                await agent.register(f"sip:bob@{proxy.host}", password="hunter2")
            ringing = [asyncio.create_task(anext(aiter(inbox))) for inbox in inboxes.values()]
            call = alice.dial(f"sip:bob@{proxy.host}")
            phones = await asyncio.wait_for(asyncio.gather(*ringing), 20)
            await asyncio.gather(*(answer(phone) for phone in phones), return_exceptions=True)
            await asyncio.wait_for(call.answered(), 20)
            ends = [asyncio.create_task(phone.wait_ended()) for phone in phones]
            done, left_over = await asyncio.wait(ends, timeout=20, return_when=asyncio.FIRST_COMPLETED)
            assert len(done) == 1, "the other is hung up"
            assert next(iter(done)).result().originator == sipua.Originator.REMOTE
            assert call.ended is None
            await call.hangup()
            await asyncio.wait_for(next(iter(left_over)), 20)

    asyncio.run(main())
