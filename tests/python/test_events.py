"""Events around calls: subscriptions, publications, documents, and messages about messages."""

from __future__ import annotations

import asyncio

import pytest
import sipua
import support
from support import run, two, uri


def test_a_subscription_is_told_the_news_as_documents() -> None:
    async def body() -> None:
        async with two() as (left, right):
            subscribers = right.subscribers()
            await right.stats()  # it has been heard

            async def watched() -> sipua.Notifier:
                one = await anext(subscribers)
                assert one.package == "presence"
                await one.accept(presence("open"))
                return one

            watching = asyncio.create_task(watched())
            async with left.subscribe(uri(right), "presence") as subscription:
                await subscription.active()
                notifier = await watching
                first = await anext(subscription)
                assert isinstance(first.document, sipua.Presence)
                assert first.document.tuples[0].status == "open"
                await notifier.notify(presence("closed"))
                second = await anext(subscription)
                assert subscription.document and second.document == presence("closed")
                await subscription.refresh()
                assert (await anext(subscription)).document == presence("closed")  # the last is sent again
                await notifier.end("noresource")
                await support.until(lambda: subscription.state == "terminated")
            await support.until(lambda: notifier.ended)

    run(body())


def presence(status: str) -> sipua.Presence:
    return sipua.Presence(
        entity="sip:bob@example.com", tuples=[sipua.PresenceTuple(id="t0", status=status, contact="sip:bob@example.com")])


def test_a_subscription_that_nobody_takes_is_refused() -> None:
    async def body() -> None:
        async with two() as (left, right):
            subscription = left.subscribe(uri(right), "dialog")
            with pytest.raises(sipua.SipError) as caught:
                await subscription.active()
            assert caught.value.status == 489
            subscribers = right.subscribers()
            await right.stats()  # it has been heard
            refusing = asyncio.create_task(_refuse(subscribers))
            with pytest.raises(sipua.SipError) as caught:
                await left.subscribe(uri(right), "dialog").active()
            await refusing
            assert caught.value.status == 403

    run(body())


def test_who_only_reads_learns_that_he_was_refused() -> None:
    async def body() -> None:
        async with two() as (left, right):
            subscription = left.subscribe(uri(right), "dialog")
            with pytest.raises(sipua.SipError, match="489"):
                async for _ in subscription:
                    pass
            assert [note async for note in subscription] == []
            await subscription.end()

    run(body())


def test_whom_a_document_is_about_need_not_be_said() -> None:
    async def body() -> None:
        async with two() as (left, right):
            subscribers = right.subscribers()
            await right.stats()  # it has been heard
            subscription = left.subscribe(uri(right), "dialog")
            one = await anext(subscribers)
            await one.accept(sipua.DialogInfo())
            note = await anext(subscription)
            assert isinstance(note.document, sipua.DialogInfo) and note.document.entity == one.to == uri(right)
            await one.notify(sipua.DialogInfo(entity="sip:else@example.com"))
            assert (await anext(subscription)).document == sipua.DialogInfo(
                entity="sip:else@example.com", version=1, state="full")

    run(body())


def test_a_phone_shows_what_rings_and_a_colleague_takes_it() -> None:
    """Busy lamps without a server: the watcher picks the ringing call up at the caller, by what the document says."""

    async def body() -> None:
        async with two() as (caller, phone), sipua.Agent(bind="127.0.0.1") as colleague:
            subscribers, incoming = phone.subscribers(), phone.calls()
            await phone.stats()  # it has been heard
            lamps = colleague.subscribe(uri(phone), "dialog")
            lamp = await anext(subscribers)
            await lamp.accept(sipua.DialogInfo())
            await anext(lamps)

            near = caller.dial(uri(phone))
            rings = await anext(incoming)
            await rings.ring()
            call_id, ours, peers = rings.dialog.split(";")
            await lamp.notify(sipua.DialogInfo(dialogs=[sipua.DialogInfoDialog(
                id="1", call_id=call_id, local_tag=ours.removeprefix("to-tag="), remote_tag=peers.removeprefix("from-tag="),
                direction="recipient", state="early", remote=sipua.DialogInfoDialogRemote(target=uri(caller)))]))

            document = (await anext(lamps)).document
            assert isinstance(document, sipua.DialogInfo)
            shown = document.dialogs[0]
            assert shown.remote
            taken = colleague.dial(
                shown.remote.target, replaces=f"{shown.call_id};to-tag={shown.remote_tag};from-tag={shown.local_tag};early-only")
            await taken.answered()
            ended = await rings.wait_ended()
            assert ended.cause == sipua.Cause.CANCELED
            await support.until(lambda: near.replaced_by is not None)
            await taken.hangup()

    run(body())


async def _refuse(subscribers: sipua.Inbox[sipua.Notifier]) -> None:
    await (await anext(subscribers)).reject()


def test_publishing_is_refused_where_nobody_keeps_states() -> None:
    async def body() -> None:
        async with two() as (left, right):
            account = left.account("sip:alice@example.com", server=uri(right))
            with pytest.raises(sipua.SipError) as caught:
                await account.publish("presence", presence("open"), target=uri(right))
            assert caught.value.status in (405, 501, 489)

    run(body())


def test_documents_are_written_as_they_are_read() -> None:
    summary = sipua.MessageSummary(waiting=True, voice=sipua.MessageSummaryVoice(new=2, old=8))
    assert b"Messages-Waiting: yes" in summary.to_bytes()
    with pytest.raises(sipua.InvalidError):
        sipua.Presence(entity="sip:a@b", tuples=[sipua.PresenceTuple(status="ajar")]).to_bytes()
    with pytest.raises(TypeError):
        sipua.Presence(entity=["x"], notes=[object()]).to_bytes()  # type: ignore[list-item, arg-type]


def test_a_message_says_when_it_has_arrived_and_was_shown() -> None:
    async def body() -> None:
        async with two() as (left, right):
            messages = right.messages()
            await right.stats()  # it has been heard
            events = left.events()
            sending = asyncio.create_task(
                left.message(uri(right), "hello", from_=uri(left, "alice"), disposition=["delivered", "displayed"]))
            message = await anext(messages)
            assert message.text == "hello" and message.message_id
            await message.accept()
            assert (await sending).message_id == message.message_id
            await message.displayed()
            states = []
            async with asyncio.timeout(10):
                async for event in events:
                    if isinstance(event, sipua.MessageDisposition):
                        assert event.message_id == message.message_id
                        states.append(event.state)
                        if len(states) == 2:
                            break
            assert sorted(states) == ["delivered", "displayed"]

    run(body())


def test_who_is_writing_is_told() -> None:
    async def body() -> None:
        async with two() as (left, right):
            messages = right.messages()
            await right.stats()  # it has been heard
            events = right.events()
            account = left.account("sip:alice@example.com")
            await account.composing(uri(right))
            await account.composing(uri(right), False)
            states = []
            async with asyncio.timeout(10):
                async for event in events:
                    if isinstance(event, sipua.MessageComposing):
                        states.append(event.state)
                        if len(states) == 2:
                            break
            assert states == ["active", "idle"]
            await messages.aclose()

    run(body())


def test_a_publication_that_was_refused_does_not_live_on() -> None:
    async def body() -> None:
        async with two() as (left, right):
            with pytest.raises(sipua.SipError):  # the program was told: nothing of it may be tried again behind its back
                await left.account("sip:me@127.0.0.1").publish("presence", presence("open"), target=uri(right))
            with support.silence() as nobody:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await left.account("sip:me@127.0.0.1").publish("presence", presence("open"), target=f"sip:{nobody}")
            await support.until(lambda: not any(isinstance(one, sipua.Publication) for one in left._objects.values()))

    run(body())


def test_a_subscriber_may_be_sent_away_twice() -> None:
    async def body() -> None:
        async with two() as (left, right):
            subscribers = right.subscribers()
            await right.stats()  # it has been heard
            subscription = left.subscribe(uri(right), "presence")
            one = await anext(subscribers)
            await one.accept(presence("open"))
            await asyncio.gather(one.end(), one.end())
            await one.end()
            assert [note.state async for note in subscription][-1] == "terminated"

    run(body())
