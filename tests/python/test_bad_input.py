"""Bad input: an exception that names the argument, never a crash, never a silent default."""

from __future__ import annotations

import asyncio
import inspect
import math
from collections.abc import Callable
from typing import Any

import pytest
import sipua
import sipua.sync
from sipua.testing import Registrar
from support import call_between, run, two, uri

TEXT = [12, b"x", "a\0b", "\ud800", ["x"]]
NUMBER = ["x", 1.5, True, -(10**12), 10**12, 2**64, []]
SECONDS = ["x", True, -1, 0, math.nan, math.inf, []]
HEADERS = [12, "abc", {"a": 1}, {1: "a"}, [("a",)], [("a", "b", "c")], {"a\0": "b"}, {"a": "b\0"}, {"a": "x\r\ny: z"}, [1],
           {"a": ["b", 3]}, {"b ad": "c"}]
TEXTS = ["abc", [1], ["a\0"], 12]
SWITCH = ["x", 2, 0, []]
CALL = {"headers": HEADERS, "timeout": SECONDS, "rate": [*NUMBER, None, 11025], "codecs": [*TEXTS, ["mp3"]], "from_": TEXT,
        "target": [*TEXT, None, "", "sip:"]}
WHO = {"password": TEXT, "server": TEXT, "expires": NUMBER, "auth_user": TEXT, "display_name": TEXT, "outbound_proxy": TEXT,
       "advertise": TEXT, "codecs": TEXTS, "headers": HEADERS, "instance_id": TEXT, "auto_answer": SWITCH, "peers": TEXTS,
       "aor": [*TEXT, None, ""]}
AGENT = {"bind": TEXT, "advertise": TEXT, "listen": TEXTS, "open": SWITCH, "user_agent": TEXT, "codecs": TEXTS,
         "rtp_ports": ["x", 1, 1.5, (1,), (2, 1), ("a", "b"), (0, 70000)], "max_calls": NUMBER, "log_level": ["x", 1.5, []],
         "trace": SWITCH, "dns_servers": TEXTS}
REPLY = {"status": [*NUMBER, None, 99, 700], "reason": TEXT, "headers": HEADERS}


async def refused(what: str, function: Callable[..., Any], arguments: dict[str, list[Any]], **usual: Any) -> None:
    """Each bad value is an error that says which argument it was."""
    for name, values in arguments.items():
        for value in values:
            given = f"{what}({name}={value!r})"
            try:
                done = function(**{**usual, name: value})
                if inspect.isawaitable(done):
                    done = await asyncio.wait_for(done, 10)
            except (TypeError, ValueError) as error:
                said = str(error).lower()
                known = name.rstrip("_").rstrip("s")
                words = {"aor": "address of record", "target": "uri"}.get(name, known)
                assert known in said or words in said, f"{given}: {error}"
            except Exception as error:
                pytest.fail(f"{given}: {error!r}")
            else:
                pytest.fail(f"{given} was taken: {done!r}")


def test_settings_of_agents_and_accounts() -> None:
    async def agent(**settings: Any) -> None:
        async with sipua.Agent(**settings):
            pass

    async def main() -> None:
        await refused("Agent", agent, AGENT)
        async with sipua.Agent(bind="127.0.0.1") as left:
            await refused("account", left.account, WHO, aor="sip:a@127.0.0.1")
            await refused("register", left.register, WHO, aor="sip:a@127.0.0.1")
            account = left.account("sip:a@127.0.0.1")
            await refused("unregister", account.unregister, {"all": SWITCH})
            await refused("set_option", left.set_option, {"key": [*TEXT, None], "value": [None, 1.5, b"x", "a\0b", []]},
                          key="keepalive_s", value=25)
            await refused("close", left.close, {"deadline": ["x", True, math.nan, math.inf, []]})
            await refused("spawn", left.spawn, {"work": [12, None, asyncio.sleep]})

    run(main(), 90)


def test_requests() -> None:
    async def main() -> None:
        async with two() as (left, right):
            account, target = left.account("sip:a@127.0.0.1"), uri(right)
            for who in (left, account):
                arguments = CALL if who is left else {k: v for k, v in CALL.items() if k != "from_"}
                await refused("call", who.call, arguments, target=target)
                await refused("dial", who.dial, arguments, target=target)
                asked = {k: v for k, v in arguments.items() if k not in ("rate", "codecs")}
                await refused("options", who.options, asked, target=target)
                asked = {**asked, "text": [12, None, "\ud800", ["x"]], "content_type": [*TEXT, "a\r\nb"]}
                await refused("message", who.message, asked, target=target, text="x")
            assert not (await left.stats()).calls_total

    run(main(), 90)


def test_what_is_done_with_a_call_and_with_a_message() -> None:
    async def main() -> None:
        async with two() as (left, right):
            messages, calls = right.messages(), right.calls()
            sending = asyncio.create_task(left.message(uri(right), "hello"))
            message = await anext(messages)
            await refused("message.reject", message.reject, REPLY)
            await refused("message.accept", message.accept, {"headers": HEADERS})
            with pytest.raises(TypeError):
                message.headers[12]  # type: ignore[index]
            await message.accept()
            await sending
            calling = asyncio.create_task(left.call(uri(right)))
            inc = await anext(calls)
            await refused("ring", inc.ring, {**REPLY, "early_media": SWITCH, "status": [*NUMBER, None, 100, 200]})
            await refused("reject", inc.reject, {**REPLY, "status": [*NUMBER, None, 200, 700]})
            await refused("answer", inc.answer, {"rate": [*NUMBER, None, 44100], "headers": HEADERS})
            await inc.answer()
            out = await calling
            await refused("send_dtmf", out.send_dtmf,
                          {"digits": [*TEXT, None, "", "x"], "ms": [*NUMBER, 39, 6001], "gap": [*NUMBER, 49]}, digits="1")
            await refused("play", out.play, {"file": TEXT[:1] + TEXT[2:], "loop": SWITCH}, file="none.wav")
            await refused("record", out.record, {"file": TEXT[:1] + TEXT[2:], "stereo": SWITCH}, file="/none/x.wav")
            await refused("write", out.audio.write, {
                "pcm": [12, None, "text", b"odd", [1, 2]], "rate": [*NUMBER, 0, 11025],
                "segment": [1.5, None, True, -1, 2**52, 2**64, [], "a\0b"]}, pcm=b"\0\0")
            await refused("frames", out.audio.frames, {"ms": [*NUMBER, None, 0, 1001]})
            await refused("mark", out.audio.mark, {"mark": [1.5, None, True, -1, 2**52, 2**64, [], "a\0b"]})
            await refused("drain", out.audio.drain, {"below_ms": ["x", 1.5, None, -1, 2**64]})
            await refused("rate", lambda rate: setattr(out.audio, "rate", rate), {"rate": [*NUMBER, None, 11025]})
            await refused("hangup", out.hangup, {"headers": HEADERS, "reason": TEXT})
            assert out.established and inc.established  # nothing of all this touched the call
            await out.hangup()

    run(main(), 90)


def test_unknown_and_missing_arguments_are_named() -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1") as agent:
            untyped: Any = agent
            for use, said in (
                (lambda: sipua.Agent(bnid="127.0.0.1"), "bnid"),  # type: ignore[call-arg]
                (lambda: untyped.account("sip:a@b", pasword="x"), "pasword"),
                (lambda: untyped.account(), "aor"),
                (lambda: untyped.dial("sip:a@b", Timeout=1), "Timeout"),
                (lambda: untyped.call(), "target"),
                (lambda: untyped.message("sip:a@b"), "text"),
            ):
                with pytest.raises(TypeError, match=said):
                    use()

    run(main())


def test_things_of_another_agent_are_refused() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, inc):
            with pytest.raises(sipua.InvalidError, match="of: .* another agent"):
                await left.set_option("no_answer_ms", 5000, of=inc)
            with pytest.raises(sipua.InvalidError, match="call: .* another agent"):
                left.spawn(asyncio.sleep(1), call=inc)
            with pytest.raises(TypeError, match="of: Call or Account"):
                await left.set_option("no_answer_ms", 5000, of=typing_any(12))
            assert out.established

    run(main())


def typing_any(value: Any) -> Any:
    return value


def test_after_the_end_of_its_agent_everything_says_so() -> None:
    async def main() -> None:
        async with two() as (left, right):
            account = left.account("sip:a@127.0.0.1")
            async with call_between(left, right) as (out, inc):
                audio = out.audio
                frames = audio.frames()
                await left.close()
                await inc.wait_ended()
            uses: list[Callable[[], Any]] = [
                lambda: left.account("sip:a@b"), lambda: left.call("sip:a@b"), lambda: left.dial("sip:a@b"),
                lambda: left.message("sip:a@b", "x"), lambda: left.options("sip:a@b"), left.calls, left.messages,
                left.stats, lambda: left.set_option("keepalive_s", 1), lambda: left.register("sip:a@b"), left.start,
                account.register, account.unregister, lambda: account.call("sip:a@b"),
                lambda: account.message("sip:a@b", "x"), out.ring, out.answer, out.reject, out.answered,
                lambda: out.send_dtmf("1"), lambda: out.play("x.wav"), lambda: out.record("x.wav"),
                lambda: audio.write(b"\0\0"), audio.flush, lambda: audio.mark(1), audio.drain,
                lambda: setattr(audio, "rate", 8000),
            ]
            for i, use in enumerate(uses):
                with pytest.raises((sipua.ClosedError, sipua.StateError, sipua.CallEnded)):
                    done = use()
                    if inspect.isawaitable(done):
                        await asyncio.wait_for(done, 10)
                    pytest.fail(f"use {i} worked")
            assert await out.hangup() is out.ended and await out.stats() and out.duration >= 0 and audio.queued_ms == 0
            assert [frame async for frame in frames] is not None and repr(out) and repr(left)
            await left.close()
            await account.close()

    run(main())


def test_the_registrar_for_tests_and_the_blocking_side_name_it_too() -> None:
    async def main() -> None:
        async with Registrar({"a": "b"}) as registrar:
            await refused("set_user", registrar.set_user, {"name": TEXT, "password": TEXT}, name="x", password="y")

    run(main())
    with sipua.sync.Agent(bind="127.0.0.1") as agent:
        with pytest.raises(TypeError, match="target"):
            agent.call(typing_any(5))
        with pytest.raises(sipua.InvalidError, match="timeout"):
            agent.dial("sip:a@127.0.0.1", timeout=-1)
        with pytest.raises(TypeError, match="headers"):
            agent.options("sip:a@127.0.0.1", headers=typing_any("x"))
