"""Waiting for the library's events: whoever waits goes on in the turn of the loop that took the event, and loses nothing."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import sys
import weakref

import pytest
import sipua
from sipua._task import Watched
from sipua._wait import Waiter, turn
from support import call_between, run, two, until, uri


def test_a_task_goes_on_in_the_turn_that_completes_what_it_waits_for() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        where: contextvars.ContextVar[str] = contextvars.ContextVar("where", default="nowhere")
        waiter: Waiter[int] = Waiter(loop=loop)
        said: list[object] = []

        async def wait() -> None:
            where.set("in the task")
            said.append(await waiter)
            said.append(where.get())
            said.append(asyncio.current_task() is task)

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        loop.call_soon(lambda: (turn(lambda: waiter.set_result(7)), said.append("turn over")))
        await task
        assert said == [7, "in the task", True, "turn over"]

    run(main())


def test_what_is_completed_by_a_task_wakes_others_as_asyncio_does() -> None:
    async def main() -> None:
        waiter: Waiter[int] = Waiter(loop=asyncio.get_running_loop())
        task = asyncio.create_task(asyncio.wait_for(asyncio.shield(waiter), 5))
        await asyncio.sleep(0)
        waiter.set_result(1)
        assert not task.done() and await task == 1 and await waiter == 1

    run(main())


def test_a_cancelled_wait_is_cancelled_in_and_out_of_a_turn() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        for within in (True, False):
            waiter: Waiter[int] = Waiter(loop=loop)

            async def wait() -> int:
                return await waiter

            task = asyncio.create_task(wait())
            await asyncio.sleep(0)
            if within:
                loop.call_soon(lambda: turn(lambda: task.cancel("enough")))
            else:
                task.cancel("enough")
            with pytest.raises(asyncio.CancelledError):
                await task
            assert waiter.cancelled()

    run(main())


def test_a_task_that_leaves_the_program_takes_nothing_from_the_others() -> None:
    said: list[int] = []
    loop = asyncio.new_event_loop()
    waiters: list[Waiter[int]] = [Waiter(loop=loop) for _ in range(3)]

    async def wait(n: int) -> None:
        said.append(await waiters[n])
        if n == 0:
            raise SystemExit(3)

    tasks = [loop.create_task(wait(n)) for n in range(3)]
    loop.run_until_complete(asyncio.sleep(0))
    loop.call_soon(lambda: turn(lambda: [w.set_result(n) for n, w in enumerate(waiters)]))
    try:
        loop.run_until_complete(asyncio.sleep(5))
    except SystemExit:
        said.append(-1)
    loop.run_until_complete(asyncio.sleep(0.01))
    loop.close()
    assert said == [0, -1, 1, 2] and isinstance(tasks[0].exception(), SystemExit)


def test_the_fields_of_an_event_are_there_whenever_they_are_asked_for() -> None:
    async def main() -> None:
        async with two() as (left, right):
            async with call_between(left, right) as (out, inc):
                pass
            del left, right
        events = [event async for event in inc.events()]
        first, last = events[0], events[-1]
        assert isinstance(first, sipua.IncomingCall) and isinstance(last, sipua.CallEnded)
        assert first.deadline_ms > 0 and first.from_.startswith("sip:") and "deadline_ms" in repr(first)
        assert last.established and last.status == 0 and "Terminated" in str(last)
        copy = last._copy()
        assert (copy.cause, copy.id, copy.duration_ms) == (last.cause, last.id, last.duration_ms) and copy is not last
        assert out.ended and out.ended.originator == "local"

    run(main())


def test_finished_calls_leave_nothing_for_the_garbage_collector() -> None:
    async def main() -> None:
        kept: list[weakref.ref[object]] = []
        async with two() as (left, right):

            async def bot(call: sipua.Call) -> None:
                if call.to.startswith("sip:busy@"):
                    await call.reject(486)
                    return
                await call.ring()
                audio = await call.answer()
                audio.write(bytes(320))
                await call.wait_ended()

            async def take() -> None:
                async for call in right.calls():
                    kept.append(weakref.ref(call))
                    kept.append(weakref.ref(right.spawn(bot(call), call=call)))
                    del call

            async def place(user: str) -> None:
                try:
                    call = await left.call(uri(right, user))
                except sipua.SipError:
                    return
                kept.append(weakref.ref(call))
                await call.stats()
                await call.hangup()

            right.spawn(take())
            for user in ("bob", "busy", "bob"):
                await place(user)
            await until(lambda: not any(ref() for ref in kept))
            assert len(kept) == 8

    gc.collect()
    gc.disable()
    try:
        run(main())
    finally:
        gc.enable()


def test_what_fails_while_an_event_is_handled_takes_no_other_event_with_it(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with two() as (left, right):

            def tap(event: sipua.Event) -> None:
                if isinstance(event, sipua.CallConfirmed):
                    raise ValueError("a broken tap")

            right._taps.append(tap)
            async with call_between(left, right):
                pass
            right._taps.remove(tap)
            assert (await left.options(uri(right))).status == 200

    with caplog.at_level(logging.ERROR, "asyncio"):
        run(main())
    assert "an event could not be handled" in caplog.text


def test_the_end_of_a_coroutine_is_told_in_its_last_step() -> None:
    async def main() -> None:
        ends: list[BaseException] = []

        async def work(fail: bool) -> int:
            await asyncio.sleep(0)
            if fail:
                raise KeyError("no")
            return 5

        task = asyncio.create_task(Watched(work(False), ends.append))
        assert await task == 5 and isinstance(ends[-1], StopIteration)
        task = asyncio.create_task(Watched(work(True), ends.append))
        with pytest.raises(KeyError):
            await task
        assert isinstance(ends[-1], KeyError)
        task = asyncio.create_task(Watched(work(True), ends.append))
        task.cancel()  # before its first step
        with pytest.raises(asyncio.CancelledError):
            await task
        assert isinstance(ends[-1], asyncio.CancelledError) and "work" in repr(task)

    run(main())


if sys.version_info >= (3, 12):  # which brought eager tasks

    def test_eager_tasks_take_calls_too(caplog: pytest.LogCaptureFixture) -> None:
        async def main() -> None:
            asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
            async with two() as (left, right):

                async def bot(call: sipua.Call) -> None:
                    if call.to.startswith("sip:early@"):
                        raise ValueError("no model")
                    await call.ring()
                    await call.answer()
                    await call.wait_ended()

                async def take() -> None:
                    async for call in right.calls():
                        right.spawn(bot(call), call=call)

                right.spawn(take())
                with pytest.raises(sipua.SipError) as caught:
                    await left.call(uri(right, "early"))
                assert caught.value.status == 500
                call = await left.call(uri(right))
                await call.hangup()
                assert await right.spawn(asyncio.sleep(0, "at once")) == "at once"
            assert not right._tasks

        with caplog.at_level(logging.ERROR, "sipua"):
            run(main())
        assert "no model" in caplog.text
