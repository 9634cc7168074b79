"""Many calls while the collector runs at random, agents come and go, and threads poll and command at once."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import random
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

import sipua
import sipua.sync
from sipua._native import Struct, ffi, lib
from support import nothing_left, run, two, until, uri

CALLS = 100
LARGEST = 2**53 - 1  # of every 64-bit value


@contextlib.contextmanager
def collecting() -> Iterator[None]:
    """A thread that collects garbage at random moments, whatever others do just then."""
    over = threading.Event()

    def collect() -> None:
        dice = random.Random(5)
        while not over.wait(dice.uniform(0, 0.02)):
            gc.collect(dice.randrange(3))

    thread = threading.Thread(target=collect)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_hundred_calls_while_garbage_is_collected_at_random() -> None:
    async def main() -> None:
        dice = random.Random(1)
        kept: list[weakref.ref[sipua.Call]] = []
        async with two(codecs=["pcmu"]) as (left, right):

            async def bot(call: sipua.Call) -> None:
                fate = dice.randrange(5)
                if fate == 0:
                    await call.ring()
                if fate == 1:
                    await call.reject(486)
                    return
                audio = await call.answer(rate=8000)
                if fate == 2:
                    return  # nobody reads: the caller hangs up
                audio.write(bytes(1600))
                async for frame in audio.frames():
                    audio.write(frame)
                    if dice.random() < 0.2:
                        gc.collect(0)
                    if fate == 3 and dice.random() < 0.3:
                        raise ValueError("a bot that fails")

            async def take() -> None:
                async for call in right.calls():
                    right.spawn(bot(call), call=call)

            async def place(n: int) -> str:
                await asyncio.sleep(dice.uniform(0, 1.5))
                try:
                    async with asyncio.timeout(dice.choice([0.001, 0.05, 10, 10, 10])):
                        call = await left.call(uri(right), rate=8000)
                except (sipua.SipError, TimeoutError) as error:
                    return type(error).__name__
                kept.append(weakref.ref(call))
                with contextlib.suppress(sipua.CallEnded):
                    await (await call.stats() and asyncio.sleep(dice.uniform(0, 0.3)))
                    call.audio.write(bytes(320))
                    call.audio.mark(n)
                    await call.send_dtmf("1")
                    await call.audio.flush()
                await call.hangup()
                return "hung up"

            right.spawn(take())
            ends = await asyncio.gather(*(place(n) for n in range(CALLS)))
            assert ends.count("hung up") > CALLS // 4 and len(set(ends)) > 1, ends
            await nothing_left(left, right)
            assert not left._objects
            gc.collect()
            await until(lambda: gc.collect() is not None and not any(ref() for ref in kept))

    with collecting():
        run(main(), 120)


def test_agents_are_made_and_destroyed_while_others_work() -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1", open=True) as steady:

            async def answer() -> None:
                async for call in steady.calls():
                    steady.spawn(bot(call), call=call)

            async def bot(call: sipua.Call) -> None:
                await call.answer()
                await call.wait_ended()

            async def visit(n: int) -> None:
                agent = sipua.Agent(bind="127.0.0.1")
                await agent.start()
                call = agent.dial(uri(steady))
                if n % 3:
                    await call.answered()
                if n % 4 == 0:
                    events = agent.events()
                    del events
                await agent.close(deadline=0 if n % 2 else 1)
                assert call.ended or n % 2

            steady.spawn(answer())
            for start in range(0, 40, 8):
                await asyncio.gather(*(visit(n) for n in range(start, start + 8)))
            assert (await steady.options(uri(steady))).status == 200

    before = threading.active_count()
    with collecting():
        run(main(), 120)
    assert threading.active_count() == before


def test_an_agent_that_is_dropped_without_a_word_goes_away_with_its_threads() -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1", open=True) as steady:
            for _ in range(5):
                agent = sipua.Agent(bind="127.0.0.1")
                await agent.start()
                agent.dial(uri(steady))
                agent._pump._loop.remove_reader(agent._pump._fd)  # type: ignore[union-attr]
                del agent
                gc.collect()
            # left: the steady agent's two, and the collector
            await until(lambda: gc.collect() is not None and len(os.listdir("/proc/self/task")) - busy <= 3)

    busy = len(os.listdir("/proc/self/task"))
    with collecting():
        run(main())


def test_threads_poll_and_command_at_once() -> None:
    """The raw layer: one thread polls, seven command, and every tag is answered exactly once."""
    config = Struct("sipua_agent_config", bind="127.0.0.1", open=True)
    out = ffi.new("sipua_agent **")
    assert lib.sipua_agent_create(config.p, out) == 0
    agent = out[0]
    answered: dict[int, int] = {}
    wrong: list[Any] = []
    count, threads = 300, 7

    def poll() -> None:
        event, view = ffi.new("sipua_event **"), Struct("sipua_event_view").p
        while (result := lib.sipua_poll(agent, 1000, event)) >= 0 or result == sipua.ErrorCode.BUSY:
            if result > 0:
                lib.sipua_event_get(event[0], view)
                if view.type == sipua.EventType.REPLY:
                    answered[view.tag] = answered.get(view.tag, 0) + 1
                lib.sipua_event_destroy(event[0])
        if result != sipua.ErrorCode.CLOSED:
            wrong.append(result)

    def command(n: int) -> None:
        tag, made = LARGEST - n * 10000, ffi.new("sipua_id *")
        account = Struct("sipua_account_config", aor=f"sip:a{n}@127.0.0.1", user=LARGEST)
        for i in range(count):
            tag -= 1
            if i % 3 == 0:
                result = lib.sipua_option_set(agent, 0, b"keepalive_s", b"25", tag)
            elif i % 3 == 1:
                result = lib.sipua_account_create(agent, account.p, tag, made)
            else:
                result = lib.sipua_account_close(agent, made[0], tag)
            if result < 0:
                wrong.append(result)

    with collecting():
        pollers = [threading.Thread(target=poll) for _ in range(2)]  # the second is told BUSY, or takes its turn
        workers = [threading.Thread(target=command, args=(n,)) for n in range(threads)]
        for thread in [*pollers, *workers]:
            thread.start()
        for thread in workers:
            thread.join()
        until_ms = time.monotonic() + 20
        while len(answered) < count * threads and time.monotonic() < until_ms:
            time.sleep(0.01)
        lib.sipua_agent_close(agent)
        for thread in pollers:
            thread.join()
    lib.sipua_agent_free(agent)
    assert not wrong and len(answered) == count * threads and set(answered.values()) == {1}


def test_many_threads_use_the_blocking_side_at_once() -> None:
    with sipua.sync.Agent(bind="127.0.0.1", open=True) as left, sipua.sync.Agent(bind="127.0.0.1", open=True) as right:
        target = f"sip:bob@127.0.0.1:{right.listeners[0].port}"
        done: list[str] = []

        def serve() -> None:
            for call in right.calls():
                right.spawn(lambda call=call: (call.answer(), call.wait_ended()), call=call)  # type: ignore[misc]

        def work() -> None:
            for _ in range(3):
                call = left.call(target, timeout=20)
                call.stats()
                call.hangup()
                left.options(target)
                done.append("done")

        threading.Thread(target=serve, daemon=True).start()
        time.sleep(0.2)
        threads = [threading.Thread(target=work) for _ in range(8)]
        with collecting():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(done) == 24


def test_64_bit_values_cross_exactly_at_their_largest() -> None:
    async def main() -> None:
        async with two() as (left, right):
            agent, view = left._native, Struct("sipua_event_view").p
            seen: dict[str, sipua.Event] = {}
            left._taps.append(lambda event: seen.__setitem__(event.name, event))
            config = Struct("sipua_call_config", target=uri(right), user=LARGEST)
            made = ffi.new("sipua_id *")
            calls = right.calls()
            assert lib.sipua_call_create(agent, 0, config.p, LARGEST, made) == 0
            incoming = await anext(calls)
            await incoming.answer()
            await until(lambda: "call_accepted" in seen)
            assert seen["reply"].tag == LARGEST
            assert lib.sipua_event_get(seen["call_accepted"]._raw, view) > 0 and view.user == LARGEST
            assert lib.sipua_audio_write(agent, made[0], ffi.new("int16_t[]", 8000), 8000, 8000, LARGEST, 0) == 8000
            assert lib.sipua_audio_mark(agent, made[0], LARGEST) == 0
            await asyncio.sleep(0.1)
            assert lib.sipua_audio_flush(agent, made[0], LARGEST) == 0
            await until(lambda: "flushed" in seen and "mark" in seen)
            flushed, mark = seen["flushed"], seen["mark"]
            assert isinstance(flushed, sipua.Flushed) and flushed.segment == LARGEST
            assert isinstance(mark, sipua.Mark) and mark.mark == LARGEST
            assert str(LARGEST) in mark.json() and str(LARGEST) in repr(flushed)
            for beyond in (LARGEST + 1, 2**64 - 1):
                assert lib.sipua_audio_mark(agent, made[0], beyond) == sipua.ErrorCode.INVALID
                assert lib.sipua_agent_stats(agent, beyond) == sipua.ErrorCode.INVALID
            call = sipua.Call(left, made[0], "outgoing")
            left._objects[made[0]] = call
            await call.hangup()

    run(main())
    for kind in ("event_view", "call_stats", "agent_counters", "agent_config", "account_config", "call_config", "reply",
                 "message_config", "listener_config", "server_config"):
        kind = f"sipua_{kind}"
        for name, field in ffi.typeof(kind).fields:  # what the readers of events and figures read, and settings write
            if field.type.cname == "uint64_t":
                one = ffi.new(f"{kind} *")
                setattr(one, name, LARGEST)
                assert getattr(one, name) == LARGEST, (kind, name)
