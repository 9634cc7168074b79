"""Calls between two agents: what a program sees, and who owns a call when something goes wrong."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest
import sipua
from support import call_between, nothing_left, run, silence, two, until, uri


def test_a_call_is_placed_answered_and_hung_up_and_both_sides_know_everything() -> None:
    async def main() -> None:
        async with two() as (left, right):
            async with call_between(left, right, headers={"X-Room": ["1", "2"]}) as (out, inc):
                assert (out.direction, inc.direction) == ("outgoing", "incoming")
                assert out.established and inc.established and not out.held
                assert out.codec.lower() == inc.codec.lower() == "opus"
                assert "bob@" in inc.to and "bob@" in out.to and inc.from_.startswith("sip:")
                assert inc.headers.get_all("x-room") == ["1", "2"]
                assert inc.headers["X-ROOM"] == "1" and "nothing" not in inc.headers
                assert inc.headers["v"] == inc.headers["Via"]
                assert out.headers["CSeq"].endswith("INVITE")
                await until(lambda: out.duration > 0.05)
                stats = await out.stats()
                assert stats.codec.lower() == "opus"
            assert out.ended and inc.ended
            assert out.ended.cause == inc.ended.cause == sipua.Cause.TERMINATED == "Terminated"
            assert (out.ended.originator, inc.ended.originator) == ("local", "remote")
            assert out.ended.established and out.duration > 0.05
            assert (await out.stats()).packets_sent > 0
            await nothing_left(left, right)

    run(main())


def test_the_other_side_hangs_up() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, inc):
            await inc.hangup()
            ended = await out.wait_ended()
            assert ended.cause == "Terminated" and ended.originator == "remote"

    run(main())


@pytest.mark.parametrize(("status", "cause"), [(486, "Busy"), (603, "Rejected"), (404, "Not Found"), (488, "Incompatible SDP")])
def test_a_refusal_is_an_exception_with_status_reason_and_cause(status: int, cause: str) -> None:
    async def main() -> None:
        async with two() as (left, right):

            async def refuse() -> None:
                async for call in right.calls():
                    await call.reject(status, "Not now")

            refusing = asyncio.create_task(refuse())
            with pytest.raises(sipua.SipError) as caught:
                await left.call(uri(right))
            assert (caught.value.status, caught.value.reason, caught.value.cause) == (status, "Not now", cause)
            assert str(status) in str(caught.value)
            refusing.cancel()
            await nothing_left(left, right)

    run(main())


def test_nobody_takes_calls_so_the_caller_gets_480_at_once() -> None:
    async def main() -> None:
        async with two() as (left, right):
            started = time.monotonic()
            with pytest.raises(sipua.SipError) as caught:
                await left.call(uri(right))
            assert caught.value.status == 480 and caught.value.cause == "Unavailable"
            assert time.monotonic() - started < 5
            calls = right.calls()
            await calls.aclose()
            with pytest.raises(sipua.SipError) as caught:
                await left.call(uri(right))
            assert caught.value.status == 480

    run(main())


def test_a_second_consumer_is_refused_and_the_place_becomes_free_again() -> None:
    async def main() -> None:
        async with two() as (left, _):
            calls, messages = left.calls(), left.messages()
            with pytest.raises(sipua.StateError):
                left.calls()
            with pytest.raises(sipua.StateError):
                left.messages()
            del calls, messages
            await left.calls().aclose()
            await left.messages().aclose()

    run(main())


def test_cancelling_the_task_cancels_the_call() -> None:
    async def main() -> None:
        async with two() as (left, right):
            calls = right.calls()
            calling = asyncio.create_task(left.call(uri(right)))
            incoming = await anext(calls)
            await incoming.ring()
            calling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calling
            ended = await incoming.wait_ended()
            assert ended.cause == "Canceled" and ended.originator == "remote" and not ended.established
            await nothing_left(left, right)

    run(main())


def test_a_timeout_around_the_call_and_its_own_timeout_both_leave_nothing_behind() -> None:
    async def main() -> None:
        async with two() as (left, right):
            calls = right.calls()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await left.call(uri(right))
            assert (await (await anext(calls)).wait_ended()).cause == "Canceled"
            with pytest.raises(sipua.SipError) as caught:
                await left.call(uri(right), timeout=0.5)
            assert caught.value.cause == "No Answer"
            assert (await (await anext(calls)).wait_ended()).cause == "Canceled"
            await nothing_left(left, right)

    run(main())


def test_a_silent_peer_costs_no_more_than_the_timeout() -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1") as agent:
            with silence() as deaf:
                for early in (False, True):
                    started = time.monotonic()
                    with pytest.raises(sipua.SipError) as caught:
                        await agent.call(f"sip:bob@{deaf}", timeout=0.5, early_media=early)
                    assert 0.5 <= time.monotonic() - started < 3
                    assert caught.value.cause == "No Answer" and "0.5 s" in str(caught.value)
                call = agent.dial(f"sip:bob@{deaf}", timeout=0.2)
                for _ in range(2):  # at the time, and after it
                    with pytest.raises(sipua.CallEnded) as ended:
                        await call.answered()
                    assert ended.value.cause == "No Answer"
                assert (await call.wait_ended()).cause == "No Answer"  # the stack gives the CANCEL some seconds
            await nothing_left(agent)

    run(main())


def test_giving_up_while_the_answer_is_on_its_way_leaves_no_live_call() -> None:
    async def main() -> None:
        async with two() as (left, right):

            async def take() -> None:
                async for call in right.calls():
                    right.spawn(answer(call), call=call)

            async def answer(call: sipua.Call) -> None:
                await call.answer()

            taking = asyncio.create_task(take())
            for i in range(40):
                calling = asyncio.create_task(left.call(uri(right)))
                await asyncio.sleep(i * 0.0005)
                calling.cancel()
                try:
                    call = await calling
                except (asyncio.CancelledError, sipua.SipError):
                    pass
                else:  # the answer had won before
                    await call.hangup()
            await nothing_left(left, right)
            taking.cancel()

    run(main(), 90)


def test_what_waits_for_an_ended_call_raises_call_ended_and_hanging_up_twice_is_fine() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, inc):
            waiting = asyncio.create_task(out.send_dtmf(",,,,1"))
            await asyncio.sleep(0.1)
            await inc.hangup()
            with pytest.raises(sipua.CallEnded) as caught:
                await waiting
            assert caught.value.cause == "Terminated" and isinstance(caught.value, sipua.SipError)
            for work in (out.send_dtmf("1"), out.ring(), out.answered(), out.audio.drain()):
                with pytest.raises(sipua.CallEnded):
                    await work
            with pytest.raises(sipua.CallEnded):
                out.audio.write(b"\0\0")
            with pytest.raises(sipua.CallEnded):
                out.play("x.wav")
            assert (await out.hangup()).cause == "Terminated"
            assert (await out.hangup()).cause == "Terminated"

    run(main())


def test_events_replay_from_the_start_and_end_after_call_ended() -> None:
    async def main() -> None:
        async with two() as (left, right):
            async with call_between(left, right) as (out, inc):
                await out.send_dtmf("5", ms=60)
                await until(lambda: True)
            names = [event.name async for event in out.events()]
            assert names[0] == "call_sending" and names[-1] == "call_ended"
            assert names.index("call_accepted") < names.index("dtmf_sent")
            again = [event.name async for event in out.events()]
            assert again == names
            theirs = [event async for event in inc.events()]
            assert theirs[0].name == "incoming_call" and theirs[-1].name == "call_ended"
            digits = [event.digit for event in theirs if isinstance(event, sipua.Dtmf)]
            assert digits == ["5"]

    run(main())


def test_a_reader_that_falls_behind_is_told() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, _):
            reader = out.events()
            for n in range(15):  # in parts: a program that lets 512 events of one call pile up loses the call
                marks = [out.audio.mark(n) for n in range(100)]
                await marks[-1]
            with pytest.raises(sipua.EventsLost) as caught:
                await anext(reader)
            assert caught.value.count > 400

    run(main())


def test_digits_go_both_ways_in_order() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, inc):
            await asyncio.gather(out.send_dtmf("12#", ms=60, gap=50), inc.send_dtmf("A9*", ms=60, gap=50))
            await asyncio.sleep(0.3)
            heard: dict[str, str] = {}
            for name, call in (("out", out), ("inc", inc)):
                events = call._log._items
                heard[name] = "".join(e.digit for e in events if isinstance(e, sipua.Dtmf))
            assert heard == {"out": "A9*", "inc": "12#"}

    run(main())


def test_a_failing_task_ends_its_call_with_500_or_bye_and_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with two() as (left, right):
            done: list[sipua.Call] = []

            async def bot(call: sipua.Call) -> None:
                done.append(call)
                if call.to.startswith("sip:early@"):
                    raise ValueError("no model")
                await call.answer()
                if call.to.startswith("sip:late@"):
                    raise ValueError("model gone")
                await call.wait_ended()

            async def take() -> None:
                async for call in right.calls():
                    right.spawn(bot(call), call=call)

            right.spawn(take())
            good = await left.call(uri(right, "good"))
            with pytest.raises(sipua.SipError) as caught:
                await left.call(uri(right, "early"))
            assert caught.value.status == 500
            late = await left.call(uri(right, "late"))
            ended = await late.wait_ended()
            assert ended.originator == "remote" and ended.cause == "Terminated"
            assert good.established
            await good.hangup()
            await nothing_left(left, right)

    with caplog.at_level(logging.ERROR, "sipua"):
        run(main())
    assert "no model" in caplog.text and "model gone" in caplog.text


def test_being_hung_up_on_is_no_failure_of_a_bot_nor_of_its_task_group(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with two() as (left, right):

            async def bot(call: sipua.Call) -> None:
                audio = await call.answer()

                async def speak() -> None:
                    try:
                        await call.wait_ended()
                    finally:  # cancelled or not, it goes on speaking
                        audio.write(bytes(320))

                async with asyncio.TaskGroup() as group:
                    group.create_task(speak())
                    group.create_task(speak())

            async def take() -> None:
                async for call in right.calls():
                    right.spawn(bot(call), call=call)

            right.spawn(take())
            call = await left.call(uri(right))
            await call.hangup()
            await until(lambda: len(right._tasks) == 1)

    with caplog.at_level(logging.ERROR, "sipua"):
        run(main())
    assert not caplog.text


def test_only_tasks_of_the_call_are_cancelled_when_it_ends() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, inc):
            own = right.spawn(asyncio.sleep(60), call=inc)
            free = right.spawn(asyncio.sleep(60))
            await out.hangup()
            await inc.wait_ended()
            await asyncio.wait([own], timeout=5)
            assert own.cancelled() and not free.done()
            late = right.spawn(asyncio.sleep(60), call=inc)
            await asyncio.wait([late], timeout=5)
            assert late.cancelled()
            free.cancel()

    run(main())


def test_leaving_the_answer_block_hangs_up() -> None:
    async def main() -> None:
        async with two() as (left, right):

            async def take() -> None:
                call = await anext(right.calls())
                async with call.answer(rate=8000) as audio:
                    assert audio.rate == 8000
                    await asyncio.sleep(0.1)

            taking = asyncio.create_task(take())
            call = await left.call(uri(right))
            ended = await call.wait_ended()
            assert ended.originator == "remote"
            await taking

    run(main())


def test_ringing_is_seen_by_the_caller_and_early_media_flows_before_the_answer() -> None:
    async def main() -> None:
        async with two() as (left, right):
            calls = right.calls()
            out = left.dial(uri(right))
            inc = await anext(calls)
            await inc.ring(headers={"X-Bot": "1"})
            await inc.ring(183, early_media=True)
            async for event in out.events():
                if isinstance(event, sipua.CallProgress) and event.status == 180:
                    assert event.headers["X-Bot"] == "1"
                if isinstance(event, sipua.MediaReady):
                    break
            assert not out.established
            await inc.answer()
            await out.answered()
            await out.hangup()
            await inc.wait_ended()

    run(main())


def test_over_tcp_and_with_an_account_that_is_not_registered() -> None:
    async def main() -> None:
        async with two() as (left, right):
            account = left.account("sip:alice@127.0.0.1", display_name="Alice Ähre")

            async def take() -> sipua.Call:
                call = await anext(right.calls())
                await call.answer()
                return call

            taking = asyncio.create_task(take())
            out = await account.call(uri(right, transport="tcp"))
            inc = await taking
            assert inc.from_.startswith("sip:alice@127.0.0.1") and inc.from_name == "Alice Ähre"
            assert "TCP" in inc.headers["Via"] and out.account is account
            await out.hangup()

    run(main())


def test_max_calls_is_busy() -> None:
    async def main() -> None:
        async with (
            sipua.Agent(bind="127.0.0.1") as left,
            sipua.Agent(bind="127.0.0.1", open=True, max_calls=1) as right,
            call_between(left, right),
            right.calls(),
        ):
            with pytest.raises(sipua.SipError) as caught:
                await left.call(uri(right))
            assert caught.value.status == 486

    run(main())
