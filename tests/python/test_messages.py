"""Messages and OPTIONS."""

from __future__ import annotations

import asyncio

import pytest
import sipua
from support import run, two, uri


def test_a_message_is_accepted_later_and_both_sides_see_it() -> None:
    async def main() -> None:
        async with two() as (left, right):
            messages = right.messages()
            sending = asyncio.create_task(left.message(uri(right), "grüße ☎", headers={"X-Id": "7"}))
            message = await anext(messages)
            await asyncio.sleep(0.8)  # longer than a retransmission
            assert (message.text, message.headers["X-Id"]) == ("grüße ☎", "7")
            assert message.content_type.startswith("text/plain") and message.to.startswith("sip:bob@")
            assert not sending.done() and message.answered == 0
            await message.accept()
            assert (await sending).status == 200
            with pytest.raises(sipua.StateError):
                await message.reject()
            assert message.account is None

    run(main())


def test_a_refused_message_is_an_exception() -> None:
    async def main() -> None:
        async with two() as (left, right):

            async def refuse() -> None:
                async for message in right.messages():
                    await message.reject(488, "No thanks")

            refusing = asyncio.create_task(refuse())
            with pytest.raises(sipua.SipError) as caught:
                await left.message(uri(right), b"{}", content_type="application/json")
            assert (caught.value.status, caught.value.reason) == (488, "No thanks")
            refusing.cancel()

    run(main())


def test_nobody_takes_messages_so_the_sender_gets_405_at_once() -> None:
    async def main() -> None:
        async with two() as (left, right):
            with pytest.raises(sipua.SipError) as caught:
                await asyncio.wait_for(left.message(uri(right), "hello?"), 5)
            assert caught.value.status == 405

    run(main())


def test_an_undecided_message_gets_its_default_answer() -> None:
    async def main() -> None:
        async with two() as (left, right):
            messages = right.messages()
            sending = asyncio.create_task(left.message(uri(right), "hello?"))
            message = await anext(messages)
            assert 0 < message.deadline <= 60
            sending.cancel()
            await messages.aclose()

    run(main())


def test_messages_that_nobody_took_are_refused_when_the_consumer_leaves() -> None:
    async def main() -> None:
        async with two() as (left, right):
            messages = right.messages()
            sending = asyncio.create_task(left.message(uri(right), "hello?"))
            while not messages._items:
                await asyncio.sleep(0.01)
            await messages.aclose()
            with pytest.raises(sipua.SipError) as caught:
                await sending
            assert caught.value.status == 405

    run(main())


def test_many_messages_at_once_all_arrive() -> None:
    async def main() -> None:
        async with two() as (left, right):
            seen: set[str] = set()

            async def take() -> None:
                async for message in right.messages():
                    seen.add(message.text)
                    await message.accept()

            taking = asyncio.create_task(take())
            await asyncio.gather(*(left.message(uri(right), f"number {n}") for n in range(100)))
            assert len(seen) == 100
            taking.cancel()

    run(main())


def test_options_says_what_a_peer_can_do() -> None:
    async def main() -> None:
        async with two() as (left, right):
            answer = await left.options(uri(right))
            assert answer.status == 200 and "INVITE" in answer.headers["Allow"]
            account = left.account("sip:alice@127.0.0.1")
            assert (await account.options(uri(right, transport="tcp"))).status == 200
            with pytest.raises(sipua.SipError) as caught:
                await left.options("sip:127.0.0.1:1;transport=tcp", timeout=5)
            assert caught.value.cause in ("Connection Error", "Request Timeout")
            assert caught.value.status in (408, 503)

    run(main())
