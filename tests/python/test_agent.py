"""The agent's life, bad input, events, memory, and the turn of the loop."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
import time
import weakref

import pytest
import sipua
from sipua import _pump
from support import call_between, nothing_left, run, silence, two, until, uri


def test_everything_ends_politely_and_leaves_no_thread() -> None:
    before = len(os.listdir("/proc/self/task"))

    async def main() -> None:
        async with two() as (left, right):
            calls = right.calls()
            out = left.dial(uri(right))
            inc = await anext(calls)
            await inc.answer()
            await out.answered()
            started = time.monotonic()
        assert time.monotonic() - started < 10
        assert out.ended and inc.ended
        with pytest.raises(sipua.ClosedError):
            left.dial("sip:bob@127.0.0.1")
        with pytest.raises(sipua.ClosedError):
            await left.stats()
        with pytest.raises(StopAsyncIteration):
            await anext(calls)
        await left.close()

    run(main())
    for _ in range(100):
        if len(os.listdir("/proc/self/task")) <= before:
            break
        time.sleep(0.05)
    assert len(os.listdir("/proc/self/task")) <= before


def test_an_exception_in_the_block_still_hangs_up() -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1", open=True) as right:
            calls = right.calls()
            with pytest.raises(ZeroDivisionError):
                async with sipua.Agent(bind="127.0.0.1") as left:
                    left.dial(uri(right))
                    inc = await anext(calls)
                    raise ZeroDivisionError
            assert (await inc.wait_ended()).originator == "remote"

    run(main())


def test_cancelling_the_close_closes_at_once() -> None:
    async def main() -> None:
        agent = sipua.Agent(bind="127.0.0.1")
        await agent.start()
        with silence() as deaf:
            agent.dial(f"sip:bob@{deaf}")
            await asyncio.sleep(0.1)
            closing = asyncio.create_task(agent.close(deadline=30))
            await asyncio.sleep(0.1)
            closing.cancel()
        started = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await closing
        assert time.monotonic() - started < 2
        with pytest.raises(sipua.ClosedError):
            agent.calls()

    run(main())


def test_bad_settings_and_arguments_are_clear_exceptions() -> None:
    async def main() -> None:
        for settings in (
            {"bind": "not an address"}, {"listen": ["smtp:127.0.0.1:25"]}, {"codecs": ["g729"]},
            {"rtp_ports": (5, 1)}, {"user_agent": "a\r\nb"}, {"user_agent": "a\0b"},
        ):
            with pytest.raises(ValueError):
                async with sipua.Agent(**settings):
                    pass
        with pytest.raises(TypeError):
            sipua.Agent(codecs="opus")  # type: ignore[arg-type]
        async with sipua.Agent(bind="127.0.0.1") as agent:
            for target in ("sip:", "", "http://x", "sip:bob@exa mple", "sip:bob@127.0.0.1\r\nVia: x", "sip:b@[::1", "a\0b"):
                with pytest.raises(ValueError):
                    await agent.call(target)
                with pytest.raises(ValueError):
                    await agent.message(target, "x")
            with pytest.raises(ValueError):
                await agent.call("sip:bob@127.0.0.1:9", headers={"X-A": "1\r\nX-B: 2"})
            with pytest.raises(ValueError):
                await agent.call("sip:bob@127.0.0.1:9", headers={"X A": "1"})
            with pytest.raises(ValueError):
                await agent.call("sip:bob@127.0.0.1:9", rate=44100)
            with pytest.raises(ValueError):
                await agent.call("sip:bob@127.0.0.1:9", timeout=-1)
            with pytest.raises(ValueError):
                agent.account("alice")
            with pytest.raises(ValueError):
                agent.account("sip:alice@x", outbound_proxy="nonsense://")
            with pytest.raises(sipua.NotFoundError):
                await agent.set_option("no such thing", 1)
            with pytest.raises(sipua.StateError):
                await agent.start()
        with pytest.raises(sipua.ClosedError):
            sipua.Agent().calls()

    run(main())


def test_a_port_that_is_taken_is_an_os_error_with_a_word_about_it() -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1") as agent:
            port = agent.listeners[0].port
            with pytest.raises(OSError, match=str(port)):
                async with sipua.Agent(listen=[f"udp:127.0.0.1:{port}"]):
                    pass

    run(main())


def test_two_agents_share_nothing() -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1", user_agent="one") as one, sipua.Agent(bind="127.0.0.1") as other:
            assert {e.port for e in one.listeners} & {e.port for e in other.listeners} == set()
            await one.close()
            assert (await other.stats()).calls_now == 0

    run(main())


def test_dropping_every_reference_to_a_call_never_hangs_up() -> None:
    async def main() -> None:
        async with two() as (left, right):

            async def take() -> None:
                call = await anext(right.calls())
                await call.answer()

            taking = asyncio.create_task(take())
            call = await left.call(uri(right))
            await taking
            number = call.id
            del call, taking
            for _ in range(3):
                gc.collect()
                await asyncio.sleep(0.1)
            assert (await left.stats()).calls_now == 1
            found = left._objects[number]
            assert isinstance(found, sipua.Call)
            await found.hangup()
            await nothing_left(left, right)

    run(main())


def test_ended_calls_are_released() -> None:
    async def main() -> None:
        async with two() as (left, right):
            gone: list[weakref.ref[sipua.Call]] = []
            for _ in range(5):
                async with call_between(left, right) as (out, inc):
                    gone += [weakref.ref(out), weakref.ref(inc)]
                del out, inc
            await asyncio.sleep(0.1)
            gc.collect()
            assert sum(ref() is not None for ref in gone) == 0
            assert not [o for o in left._objects.values() if isinstance(o, sipua.Call)]

    run(main())


def test_many_calls_with_audio_under_garbage_collection() -> None:
    async def main() -> None:
        async with two(codecs=["pcmu"]) as (left, right):

            async def bot(call: sipua.Call) -> None:
                async with call.answer() as audio:
                    async for frame in audio.frames():
                        audio.write(frame)

            async def take() -> None:
                async for call in right.calls():
                    right.spawn(bot(call), call=call)

            async def one(n: int) -> None:
                call = await left.call(uri(right, f"u{n}"))
                for _ in range(10):
                    call.audio.write(bytes(640))
                    [b"x" * 100 for _ in range(50)]
                    await asyncio.sleep(0.02)
                await call.hangup()

            right.spawn(take())
            collecting = asyncio.create_task(collect())
            await asyncio.gather(*(one(n) for n in range(25)))
            collecting.cancel()
            await nothing_left(left, right)

    async def collect() -> None:
        while True:
            gc.collect()
            await asyncio.sleep(0.01)

    run(main(), 90)


def test_a_turn_of_the_loop_takes_at_most_64_events() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, _):
            assert _pump.AT_ONCE == 64
            turns: list[int] = []
            count = 0

            def tap(event: sipua.Event) -> None:
                nonlocal count
                if isinstance(event, sipua.Mark):
                    count += 1

            async def watch() -> None:
                while True:
                    before = count
                    await asyncio.sleep(0)
                    turns.append(count - before)

            left._taps.append(tap)
            marks = [out.audio.mark(n) for n in range(400)]
            time.sleep(0.5)  # they pile up in the library meanwhile
            watching = asyncio.create_task(watch())
            await marks[-1]
            watching.cancel()
            assert count == 400 and max(turns) <= 64

    run(main())


def test_unknown_events_and_numbers_of_a_newer_library_are_tolerated() -> None:
    assert sipua.ErrorCode(-999).name == "UNKNOWN_-999" and sipua.ErrorCode(-999) == -999
    assert sipua.EventType(12345) == 12345
    assert sipua.Cause("Solar Flare") == "Solar Flare"
    assert sipua.EventFlags(1 << 20) & 1 << 20
    from sipua._enums import cause_of

    assert cause_of(9999) == "9999" and cause_of(3) is sipua.Cause.BUSY
    event = sipua.UnknownEvent(999, "new_thing")
    assert event.headers.pairs() == [] and event.message == b"" and "time" in event.json()


def test_events_match_by_their_fields_and_have_a_time() -> None:
    match sipua.Dtmf("5", 80):
        case sipua.Dtmf(digit=d):
            assert d == "5"
    ended = sipua.CallEnded(status=486, reason="Busy Here", cause=sipua.Cause.BUSY)
    assert str(ended) == "486 Busy Here" and ended.name == "call_ended"
    with pytest.raises(sipua.SipError):
        raise ended
    assert sipua.events.Dtmf is sipua.Dtmf
    assert sipua.Registered(time_ms=1500).time.isoformat() == "1970-01-01T00:00:01.500000+00:00"


def test_the_words_of_causes_and_errors_are_those_of_the_library() -> None:
    from sipua._enums import _CAUSE_OF
    from sipua._native import ffi, lib

    for number, cause in _CAUSE_OF.items():
        assert ffi.string(lib.sipua_cause_text(number)).decode() == cause
    for code in sipua.ErrorCode:
        expected = "SIPUA_OK" if code == 0 else f"SIPUA_E_{code.name}"
        assert ffi.string(lib.sipua_error_name(code)).decode() == expected
    for kind in sipua.EventType:
        assert ffi.string(lib.sipua_event_type_name(kind)).decode() == kind.name.lower()


def test_the_library_logs_to_logging_and_traces_messages(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with (
            sipua.Agent(bind="127.0.0.1", trace=True, log_level=sipua.LogLevel.DEBUG) as left,
            sipua.Agent(bind="127.0.0.1", open=True) as right,
        ):
            await left.options(uri(right))
            await until(lambda: any("OPTIONS sip:" in r.getMessage() for r in caplog.records))

    with caplog.at_level(logging.DEBUG, "sipua"):
        run(main())
    assert {r.name.split(".")[0] for r in caplog.records if r.name.startswith("sipua")} == {"sipua"}
    assert any(r.name == "sipua.trace" for r in caplog.records)


def test_an_agent_that_was_never_closed_warns_and_does_no_harm() -> None:
    async def main() -> None:
        agent = sipua.Agent(bind="127.0.0.1")
        await agent.start()

    with pytest.warns(ResourceWarning):
        run(main())
        gc.collect()


def test_agents_in_several_threads_each_with_its_loop() -> None:
    failures: list[BaseException] = []

    def work() -> None:
        async def main() -> None:
            async with two() as (left, right), call_between(left, right) as (out, _):
                await out.send_dtmf("1", ms=60)

        try:
            run(main())
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
