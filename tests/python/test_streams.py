"""Streams: replay, loss that is told, one consumer, and nothing that hangs."""

from __future__ import annotations

import asyncio
import gc

import pytest
from sipua import EventsLost, StateError
from sipua._stream import EventLog, Inbox, Outcome
from support import run


def test_readers_get_everything_from_the_start_and_stop_at_the_end() -> None:
    async def main() -> None:
        log: EventLog[int] = EventLog(100)
        log.put(1)
        late = log.follow(replay=False)
        early = log.follow(replay=True)
        log.put(2)
        log.end()
        assert [n async for n in early] == [1, 2]
        assert [n async for n in late] == [2]
        assert [n async for n in log.follow(replay=True)] == [1, 2]

    run(main())


def test_a_slow_reader_is_told_how_many_it_lost_and_may_go_on() -> None:
    async def main() -> None:
        log: EventLog[int] = EventLog(10)
        reader = log.follow(replay=True)
        for n in range(25):
            log.put(n)
        log.end()
        with pytest.raises(EventsLost) as caught:
            await anext(reader)
        assert caught.value.count == 15
        assert [n async for n in reader] == list(range(15, 25))

    run(main())


def test_a_waiting_reader_wakes_and_a_cancelled_one_leaves_nothing() -> None:
    async def main() -> None:
        log: EventLog[int] = EventLog(10)
        reader = log.follow(replay=True)
        waiting = asyncio.create_task(anext(reader))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        assert log._waiting == []
        waiting = asyncio.create_task(anext(reader))
        await asyncio.sleep(0)
        log.put(7)
        assert await waiting == 7

    run(main())


def test_an_inbox_hands_what_was_left_to_its_owner_when_nobody_holds_it() -> None:
    async def main() -> None:
        left: list[int] = []
        inbox: Inbox[int] = Inbox(lambda rest: left.extend(rest))
        inbox._put(1)
        inbox._put(2)
        async for n in inbox:
            assert n == 1
            break
        del inbox
        gc.collect()
        assert left == [2]

    run(main())


def test_an_inbox_has_one_reader_at_a_time() -> None:
    async def main() -> None:
        inbox: Inbox[int] = Inbox(lambda rest: None)
        waiting = asyncio.create_task(anext(inbox))
        await asyncio.sleep(0)
        with pytest.raises(StateError):
            await anext(inbox)
        await inbox.aclose()
        with pytest.raises(StopAsyncIteration):
            await waiting

    run(main())


def test_an_outcome_may_be_awaited_twice_or_never() -> None:
    async def main() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        outcome = Outcome(future)
        first = asyncio.create_task(asyncio.wait_for(outcome, 5))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        future.set_result(3)
        assert await outcome == 3 and await outcome == 3
        ignored: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        Outcome(ignored)
        ignored.set_exception(ValueError("nobody looks"))

    run(main())
