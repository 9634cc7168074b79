"""sipp as the other phone: the exit status of its scenario is the verdict; what our app was told is checked too."""

from __future__ import annotations

import asyncio

import pytest
import sipua


def port_of(agent: sipua.Agent, transport: str = "udp") -> int:
    return next(listener.port for listener in agent.listeners if listener.transport == transport)


async def finished(peer) -> None:
    await asyncio.to_thread(peer.verdict)


async def answer_all(agent: sipua.Agent, seen: list[str]) -> None:
    """A phone that rings, answers, and stays until the other side hangs up."""
    async for call in agent.calls():
        await call.ring()
        await call.answer()
        async for event in call.events():
            seen.append(event.name)


@pytest.mark.parametrize("transport", ["u1", "t1"])
@pytest.mark.parametrize("scenario", ["uac_basic", "uac_offerless", "uac_reinvite"])
def test_sipp_calls_us(sipp, scenario, transport):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", open=True) as agent:
            seen: list[str] = []
            phone = asyncio.create_task(answer_all(agent, seen))
            port = port_of(agent, "udp" if transport == "u1" else "tcp")
            await finished(sipp(scenario, "-s", "bot", "-t", transport, target=f"127.0.0.1:{port}"))
            await asyncio.sleep(0.2)
            phone.cancel()
            assert seen[-1] == "call_ended"
            assert "call_confirmed" in seen
            if scenario == "uac_reinvite":
                assert seen.count("call_held") == 1 and seen.count("call_resumed") == 1
                assert "dtmf" in seen or "info" in seen

    asyncio.run(main())


def test_sipp_gives_up_while_we_ring(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", open=True) as agent:
            calls = aiter(agent.calls())
            peer = sipp("uac_cancel", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 10)
            await call.ring()
            await finished(peer)
            ended = [event async for event in call.events()][-1]
            assert ended.cause == "Canceled" and ended.originator == "remote"

    asyncio.run(main())


def test_sipp_is_refused(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", open=True) as agent:
            calls = aiter(agent.calls())
            peer = sipp("uac_refused", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 10)
            await call.reject(486)
            await finished(peer)

    asyncio.run(main())


def test_an_extension_nobody_has_gets_420(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", open=True) as agent:
            calls = aiter(agent.calls())
            waiting = asyncio.ensure_future(anext(calls))
            await finished(sipp("uac_require", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}"))
            assert not waiting.done()
            waiting.cancel()

    asyncio.run(main())


def test_an_unacknowledged_answer_is_repeated_then_given_up_with_bye(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", open=True, options={"t1_ms": 50}) as agent:
            calls = aiter(agent.calls())
            peer = sipp("uac_no_ack", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 10)
            await call.answer()
            await finished(peer)
            assert peer.messages.count("SIP/2.0 200 OK") > 3, "an unacknowledged 200 is repeated"
            ended = [event async for event in call.events()][-1]
            assert ended.cause == "No ACK"

    asyncio.run(main())


def test_sipp_sends_a_message_that_is_accepted_later(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", open=True) as agent:
            messages = aiter(agent.messages())
            peer = sipp("uac_message", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            message = await asyncio.wait_for(anext(messages), 10)
            assert message.text.strip() == "hello from sipp"
            await asyncio.sleep(0.7)  # longer than a retransmission: the decision may come later
            await message.accept()
            await finished(peer)

    asyncio.run(main())


@pytest.mark.parametrize("scenario", ["uas_basic", "uas_early_media", "uas_fork", "uas_two_challenges"])
def test_we_call_sipp(sipp, scenario):
    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            peer = sipp(scenario)
            await asyncio.sleep(0.5)
            account = agent.account("sip:alice@127.0.0.1", password="secret", auth_user="alice")
            call = await asyncio.wait_for(account.call(f"sip:bob@127.0.0.1:{peer.port}"), 20)
            await asyncio.sleep(1)
            await call.hangup()
            await finished(peer)
            names = [event.name async for event in call.events()]
            assert names[-1] == "call_ended"
            if scenario == "uas_early_media":
                ready = names.index("media_ready")
                assert ready < names.index("call_accepted"), "early media comes before the answer"

    asyncio.run(main())


def test_sipp_hangs_up_on_us(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            peer = sipp("uas_hangs_up")
            await asyncio.sleep(0.5)
            call = await asyncio.wait_for(agent.account("sip:alice@127.0.0.1").call(f"sip:bob@127.0.0.1:{peer.port}"), 20)
            ended = [event async for event in call.events()][-1]
            assert ended.cause == "Terminated" and ended.originator == "remote"
            assert ended.q850 == 16
            await finished(peer)

    asyncio.run(main())


@pytest.mark.parametrize(("scenario", "status", "cause"),
                         [("uas_busy", 486, "Busy"), ("uas_redirect", 302, "Redirected")])
def test_sipp_refuses_us(sipp, scenario, status, cause):
    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            peer = sipp(scenario)
            await asyncio.sleep(0.5)
            with pytest.raises(sipua.SipError) as caught:
                await agent.account("sip:alice@127.0.0.1").call(f"sip:bob@127.0.0.1:{peer.port}")
            assert (caught.value.status, caught.value.cause) == (status, cause)
            await finished(peer)

    asyncio.run(main())


@pytest.mark.parametrize("scenario", ["uas_rings", "uas_cancel_race"])
def test_a_call_that_nobody_waits_for_is_cancelled_or_hung_up(sipp, scenario):
    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            peer = sipp(scenario)
            await asyncio.sleep(0.5)
            with pytest.raises((TimeoutError, sipua.SipError)):
                await agent.account("sip:alice@127.0.0.1").call(f"sip:bob@127.0.0.1:{peer.port}", timeout=1)
            await finished(peer)

    asyncio.run(main())


def test_a_message_survives_a_lossy_path(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            peer = sipp("uas_message", "-lost", "30", calls=100)  # more than come: it stays for lost answers
            await asyncio.sleep(0.5)
            account = agent.account("sip:alice@127.0.0.1")
            for number in range(5):
                await asyncio.wait_for(account.message(f"sip:bob@127.0.0.1:{peer.port}", f"number {number}"), 40)
            peer.stop()

    asyncio.run(main())


def test_options_answers_say_what_is_allowed(sipp):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", open=True) as agent:
            peer = sipp("uac_options", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            await finished(peer)
            assert "INVITE" in peer.messages.split("SIP/2.0 200", 1)[1]

    asyncio.run(main())
