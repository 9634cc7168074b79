"""The command line around calls: transfers, watching, publishing."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import sipua
import sipua.testing
import support
from support import run, two, uri


async def command(*arguments: str) -> tuple[int, str, str]:
    """What `sipua ...` says, and how it ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sipua", *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def test_watching_shows_documents_in_words() -> None:
    async def body() -> None:
        async with sipua.Agent(bind="127.0.0.1", open=True) as agent:
            subscribers = agent.subscribers()
            await agent.stats()

            async def tell() -> None:
                told: dict[str, sipua.Document] = {
                    "message-summary": sipua.MessageSummary(waiting=True, voice=sipua.MessageSummaryVoice(new=2, old=8)),
                    "presence": sipua.Presence(
                        entity="sip:bob@example.com", tuples=[sipua.PresenceTuple(status="open", note="at lunch")]),
                    "dialog": sipua.DialogInfo(entity="sip:bob@example.com", dialogs=[sipua.DialogInfoDialog(
                        state="early", direction="recipient",
                        remote=sipua.DialogInfoDialogRemote(identity="sip:carol@example.com"))]),
                }
                async for one in subscribers:
                    await one.accept(told[one.package])

            telling = asyncio.create_task(tell())
            for what, words in (("mwi", "2 new and 8 old voice messages"), ("presence", "sip:bob@example.com is open: at lunch"),
                                ("dialog", "sip:bob@example.com early is called by sip:carol@example.com")):
                status, out, err = await command("watch", what, uri(agent), "--once")
                assert (status, err) == (0, ""), (out, err)
                assert words in out
            status, out, err = await command("watch", "mwi", uri(agent), "--duration", "1")
            assert status == 0 and "active" in out, (out, err)
            telling.cancel()
            await subscribers.aclose()
            status, out, err = await command("watch", "mwi", uri(agent))
            assert status == 1 and "489 Bad Event" in err

    run(body(), 60)


def test_publishing_says_why_it_was_refused() -> None:
    async def body() -> None:
        async with sipua.Agent(bind="127.0.0.1", open=True) as agent:
            status, out, err = await command("publish", "open", "--note", "here", "--from", "sip:alice@example.com",
                                             "--server", uri(agent))
            assert status == 1 and "405" in err, (out, err)
            status, _, err = await command("publish", "open")
            assert status == 2 and "--from" in err

    run(body())


def test_a_failure_says_what_to_do() -> None:
    async def body() -> None:
        async with sipua.testing.Registrar({"alice": "secret", "bob": "secret"}) as registrar:
            alice = ("--from", registrar.aor("alice"), "--password")
            for words, what, *arguments in (
                ("--auth-user", "call bob", *alice, "wrong"),
                ("knows nobody", "call nobody", *alice, "secret"),
                ("is registered there", "call bob", *alice, "secret"),
                ("--password-file", "register", registrar.aor("alice")),
                ("say sip:alice@DOMAIN", "publish open --from alice"),
            ):
                status, _, err = await command(*what.split(), *arguments)
                assert status and words in err and "SIP Failure Code" not in err, err
                assert "bob: 401" not in err, "it is alice who was refused"

    run(body(), 60)


def test_a_call_is_handed_over() -> None:
    async def body() -> None:
        async with two() as (left, right):
            wishes = left.transfers()
            calls, elsewhere = left.calls(), right.calls()
            await left.stats()
            await right.stats()
            calling = asyncio.create_task(command("call", uri(left), "--transfer", uri(right, "carol")))
            first = await anext(calls)
            await first.answer()
            call = await (await anext(wishes)).accept()
            taken = await anext(elsewhere)
            await taken.answer()
            status, out, err = await calling
            assert (status, err) == (0, ""), (out, err)
            assert "transferred" in out
            await call.hangup()

    run(body())
