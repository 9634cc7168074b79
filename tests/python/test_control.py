"""What is done in and around a call: hold, transfer, digits, requests, conferences, bridges."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import time
import typing
import wave
from collections.abc import AsyncIterator, Coroutine

import pytest
import sipua
import support
from support import call_between, run, tone, two, uri


@contextlib.asynccontextmanager
async def answering(agent: sipua.Agent) -> AsyncIterator[list[sipua.Call]]:
    """An agent that answers whoever calls."""
    taken: list[sipua.Call] = []

    async def take() -> None:
        async for call in agent.calls():
            taken.append(call)
            await call.ring()
            await call.answer()

    task = asyncio.create_task(take())
    await asyncio.sleep(0)
    yield taken
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def test_a_call_is_held_and_goes_on() -> None:
    async def body() -> None:
        async with two() as (left, right), call_between(left, right) as (near, far):
            await near.hold()
            assert near.holding and not near.held
            await support.until(lambda: far.held)
            await near.resume(method="update")
            assert not near.holding
            await support.until(lambda: not far.held)
            far.audio.write(tone(440, 2))
            assert support.share(await support.hear(near, 1.0), 440) > 0.9

    run(body())


def test_a_hold_that_is_refused_leaves_the_call_as_it_was() -> None:
    async def body() -> None:
        async with two() as (left, right), call_between(left, right) as (near, far):
            changes = right.changes()
            await right.stats()  # it has been heard

            async def refuse() -> None:
                change = await anext(changes)
                assert change.hold and change.call is far
                assert b"a=sendonly" in change.body
                await change.reject(488)

            refusing = asyncio.create_task(refuse())
            with pytest.raises(sipua.SipError) as caught:
                await near.hold()
            await refusing
            assert caught.value.status == 488
            assert not near.holding and not far.held and near.established
            await changes.aclose()
            await near.hold()  # while nobody takes the questions the stack agrees
            await support.until(lambda: far.held)

    run(body())


def test_codecs_are_changed_in_a_call() -> None:
    async def body() -> None:
        async with two() as (left, right), call_between(left, right) as (near, far):
            assert near.codec == "opus"
            await near.renegotiate(codecs=["pcmu"])
            assert near.codec == "PCMU"
            await support.until(lambda: far.codec == "PCMU")

    run(body())


def test_muting_lets_the_peer_hear_silence() -> None:
    async def body() -> None:
        async with two() as (left, right), call_between(left, right) as (near, far):
            await near.mute()
            await support.until(lambda: near.muted == (True, False))
            near.audio.write(tone(440, 3))
            assert support.share(await support.hear(far, 0.5), 440) == 0
            await near.unmute()
            await support.until(lambda: near.muted == (False, False))
            assert support.share(await support.hear(far, 1.0), 440) > 0.9

    run(body())


def test_digits_are_collected() -> None:
    async def body() -> None:
        async with two() as (left, right), call_between(left, right) as (near, far):
            collecting = asyncio.create_task(far.collect(4, terminators="#"))
            await near.send_dtmf("12#", ms=40, gap=50)
            got = await collecting
            assert (got.digits, got.state) == ("12", "terminator")
            collecting = asyncio.create_task(far.collect(2))
            await left.set_option("dtmf_method", "info", of=near)
            await near.send_dtmf("34")
            assert (await collecting).digits == "34"
            got = await far.collect(timeout=0.05)
            assert (got.digits, got.state) == ("", "timeout")
            collecting = asyncio.create_task(far.collect())
            await asyncio.sleep(0.05)
            collecting.cancel()  # another may begin
            with pytest.raises(asyncio.CancelledError):
                await collecting
            assert (await far.collect(timeout=0.05)).state == "timeout"

    run(body())


def test_the_time_for_digits_begins_when_their_prompt_ends(tmp_path: pathlib.Path) -> None:
    async def body() -> None:
        prompt = tmp_path / "menu.wav"
        with wave.open(str(prompt), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16000)
            file.writeframes(tone(440, 1.5))
        async with two() as (left, right), call_between(left, right) as (near, far):
            begun = time.monotonic()
            got = await far.collect(timeout=0.2, prompt=prompt)
            assert (got.digits, got.state) == ("", "timeout")
            assert time.monotonic() - begun > 1.2
            collecting = asyncio.create_task(far.collect(2, between=0.2, prompt=prompt))
            await near.send_dtmf("7")  # it breaks the prompt off
            got = await collecting
            assert (got.digits, got.state) == ("7", "timeout")
            with pytest.raises(sipua.Error):
                await far.collect(prompt=tmp_path / "none.wav")
            assert (await far.collect(timeout=0.05)).state == "timeout"

    run(body())


def test_requests_inside_a_call_have_answers() -> None:
    async def body() -> None:
        async with two() as (left, right), call_between(left, right) as (near, far):
            events = far.events()
            answer = await near.info(b"\x01\x02", content_type="application/x-test")
            assert answer.status == 200
            async for event in events:
                if isinstance(event, sipua.Info):
                    assert (event.body, event.content_type) == (b"\x01\x02", "application/x-test")
                    break
            with pytest.raises(sipua.SipError) as caught:
                await near.request("FOO")
            assert caught.value.status in (405, 501)
            with pytest.raises(sipua.InvalidError):
                await near.request("BYE")
            messages = right.messages()
            await right.stats()  # it has been heard
            sending = asyncio.create_task(near.message("inside"))
            message = await anext(messages)
            assert message.call is far and message.text == "inside"
            await message.accept()
            assert (await sending).status == 200

    run(body())


def test_a_call_is_transferred_to_somebody_else() -> None:
    async def body() -> None:
        async with two() as (left, right), sipua.Agent(bind="127.0.0.1", open=True) as third:
            async with answering(third) as arrived, call_between(left, right) as (near, far):
                wishes = right.transfers()
                await right.stats()  # it has been heard

                async def follow() -> sipua.Call:
                    wish = await anext(wishes)
                    assert wish.call is far and wish.target == uri(third, "carol")
                    return await wish.accept()

                following = asyncio.create_task(follow())
                transfer = near.transfer(uri(third, "carol"))
                done = await transfer
                assert done.status == 200
                assert any(isinstance(e, sipua.TransferProgress) for e in [e async for e in transfer.events()])
                assert (await near.wait_ended()).cause == sipua.Cause.TRANSFERRED
                new = await following
                await new.answered()
                assert arrived[0].referred_by
                await new.hangup()

    run(body())


def test_a_bot_that_plays_to_who_has_just_left_does_not_complain(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture,
) -> None:
    async def body() -> None:
        prompt = support.write_wav(tmp_path / "prompt.wav", tone(440, 0.2))
        async with two() as (left, right):
            taken: list[sipua.Call] = []

            async def bot(call: sipua.Call) -> None:
                await call.answer()
                taken.append(call)
                near._abandon()
                time.sleep(0.5)  # busy with something else while the BYE comes
                call.play(prompt)

            async def take() -> None:
                async for call in right.calls():
                    right.spawn(bot(call), call=call)

            taking = asyncio.create_task(take())
            await asyncio.sleep(0)
            near = left.dial(uri(right))
            await near.wait_ended()
            await taken[0].wait_ended()
            taking.cancel()

    run(body())
    assert not [record for record in caplog.records if "failed" in record.message]


def test_a_transfer_that_nobody_takes_fails_and_the_call_goes_on() -> None:
    async def body() -> None:
        async with two() as (left, right), call_between(left, right) as (near, far):
            with pytest.raises(sipua.SipError) as caught:
                await near.transfer("sip:nobody@127.0.0.1")
            assert caught.value.status == 603
            assert near.established and far.established

    run(body())


def test_an_attended_transfer_replaces_the_consultation_call() -> None:
    async def body() -> None:
        async with two() as (left, right), sipua.Agent(bind="127.0.0.1", open=True) as third:
            async with answering(third) as arrived, call_between(left, right) as (near, far):
                consult = await left.call(uri(third, "carol"))
                wishes = right.transfers()
                await right.stats()  # it has been heard

                async def follow() -> sipua.Call:
                    wish = await anext(wishes)
                    assert wish.replaces and not wish.joins
                    return await wish.accept()

                following = asyncio.create_task(follow())
                await near.transfer(consult=consult)
                new = await following
                await new.answered()
                await support.until(lambda: arrived[0].replaced_by is not None)
                second = arrived[0].replaced_by
                assert second and second.established
                assert (await arrived[0].wait_ended()).cause == sipua.Cause.REPLACED
                await consult.wait_ended()  # by its peer, whose other call took its place
                await new.hangup()
                await second.wait_ended()

    run(body())


def test_three_talk_in_a_conference_and_nobody_hears_himself() -> None:
    async def body() -> None:
        async with two() as (left, right), answering(right) as taken:
            calls = [await left.call(uri(right)) for _ in range(2)]
            async with left.conference() as conference:
                for call in calls:
                    await conference.add(call)
                await support.until(lambda: len(conference.calls) == 2)
                with pytest.raises(sipua.StateError):
                    await conference.add(calls[0])
                await support.until(lambda: len(taken) == 2)
                taken[0].audio.write(tone(440, 4))
                taken[1].audio.write(tone(1000, 4))
                conference.audio.write(tone(1700, 4))
                first, all_of_them = await asyncio.gather(
                    support.hear(taken[0], 1.5), _hear(conference.audio, 1.5))
                for hertz, here in ((440, False), (1000, True), (1700, True)):
                    assert (support.share(first, hertz) > 0.2) is here, hertz
                for hertz, here in ((440, True), (1000, True), (1700, False)):
                    assert (support.share(all_of_them, hertz) > 0.2) is here, hertz
                await conference.remove(calls[0])
                await support.until(lambda: conference.calls == [calls[1]])
            assert calls[0].established and conference.ended
            for call in calls:
                await call.hangup()

    run(body())


async def _hear(audio: sipua.Audio, seconds: float) -> bytes:
    heard = bytearray()
    async for frame in audio.frames():
        heard += frame
        if len(heard) >= seconds * audio.rate * 2:
            break
    return bytes(heard)


def test_a_b2bua_takes_two_lines() -> None:
    async def body() -> None:
        async with two() as (left, right), sipua.Agent(bind="127.0.0.1", open=True) as middle:

            async def between() -> None:
                async for a in middle.calls():
                    bridges.append(middle.bridge(a, middle.dial(uri(right))))

            bridges: list[sipua.Bridge] = []
            working = asyncio.create_task(between())
            await asyncio.sleep(0)
            async with answering(right) as taken:
                call = await left.call(uri(middle))
                await support.until(lambda: taken and taken[0].established)
                await support.until(lambda: bridges[0].state == "untouched")
                taken[0].audio.write(tone(440, 3))
                assert support.share(await support.hear(call, 1.5), 440) > 0.8
                await call.hangup()
                await taken[0].wait_ended()
                await bridges[0].wait_ended()
            with pytest.raises(sipua.CallEnded) as refused:
                await left.call(uri(middle))  # nobody takes it at the far end
            assert refused.value.status == 480
            working.cancel()

    run(body())


def test_draining_refuses_new_calls_and_waits_for_the_last() -> None:
    async def body() -> None:
        async with two() as (left, right), answering(right) as taken:
            call = await left.call(uri(right))
            draining = asyncio.create_task(right.drain())
            await support.until(lambda: taken)
            await asyncio.sleep(0.05)
            with pytest.raises(sipua.CallEnded) as refused:
                await left.call(uri(right))
            assert refused.value.status == 503
            assert not draining.done()
            await call.hangup()
            await draining
            await right.drain(False)
            again = await left.call(uri(right))
            await again.hangup()

    run(body())


def test_redirects_are_followed_when_allowed() -> None:
    async def body() -> None:
        async with two() as (left, right), sipua.Agent(bind="127.0.0.1", open=True) as third:
            async with answering(third):

                async def elsewhere() -> None:
                    async for call in right.calls():
                        await call.reject(302, headers={"Contact": f"<{uri(third, 'carol')}>"})

                task = asyncio.create_task(elsewhere())
                await asyncio.sleep(0)
                with pytest.raises(sipua.CallEnded) as refused:
                    await left.call(uri(right))
                assert refused.value.status == 302
                call = await left.call(uri(right), max_redirects=2)
                await call.hangup()
                task.cancel()

    run(body())


def test_a_hang_up_may_carry_a_body() -> None:
    async def body() -> None:
        async with two() as (left, right), call_between(left, right) as (near, far):
            ended = await near.hangup(q850=16, body="ends=1\r\nnight=\u00fc", content_type="application/x-why")
            assert ended.cause == sipua.Cause.TERMINATED
            said = await far.wait_ended()
            assert (said.q850, said.headers["Content-Type"]) == (16, "application/x-why")
            assert said.message.endswith("\r\n\r\nends=1\r\nnight=\u00fc".encode())
            assert (await near.hangup(body=b"too late")) is ended
            with pytest.raises(TypeError, match="body"):
                await near.hangup(body=5)  # type: ignore[arg-type]

    run(body())


def test_the_caller_says_who_he_is() -> None:
    async def body() -> None:
        async with two() as (left, right):
            calls = right.calls()
            call = left.dial(uri(right), from_name="Alice", asserted_identity="sip:+4930@example.com",
                             headers={"Diversion": "<sip:bob@example.com>;reason=no-answer",
                                      "Call-Info": "<sip:x>;answer-after=2"})
            came = await anext(calls)
            assert (came.from_name, came.identity, came.diversion) == ("Alice", "sip:+4930@example.com", "sip:bob@example.com")
            assert came.answer_after == 2 and came.other is None
            await came.reject(486, q850=17)
            ended = await call.wait_ended()
            assert (ended.status, ended.q850) == (486, 17)

    run(body())


def test_what_a_call_that_ends_cuts_short_says_that_it_has_ended() -> None:
    async def body() -> None:
        async with two() as (left, right):
            changes, messages = right.changes(), right.messages()
            await right.stats()  # it has been heard: nobody decides
            for cut in ("hold", "message", "dtmf"):
                async with call_between(left, right) as (near, far):
                    await left.set_option("dtmf_method", "info", of=near)
                    async with asyncio.TaskGroup() as group:
                        if cut == "hold":
                            group.create_task(ended(near.hold()))
                            await anext(changes)
                        group.create_task(near.hangup())
                        await asyncio.sleep(0)
                        group.create_task(ended(near.message("too late") if cut == "message" else near.send_dtmf("1")))
            await changes.aclose()
            await messages.aclose()

    async def ended(work: Coroutine[typing.Any, typing.Any, object]) -> None:
        with pytest.raises(sipua.CallEnded):
            await work

    run(body())


class Grudging(asyncio.DatagramProtocol):
    """A peer that takes calls, and refuses whatever comes in them."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = typing.cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: typing.Any) -> None:
        lines = data.decode().split("\r\n")
        method = lines[0].split()[0]
        if method == "ACK":
            return
        port = self.transport.get_extra_info("sockname")[1]
        sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"
        body = sdp if method == "INVITE" else ""
        kept = [line for line in lines if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq", "To")]
        said = "\r\n".join(line + ";tag=x" if line.startswith("To:") and "tag=" not in line else line for line in kept)
        status = "200 OK" if method in ("INVITE", "BYE") else "403 Forbidden"
        self.transport.sendto(
            f"SIP/2.0 {status}\r\n{said}\r\nContact: <sip:127.0.0.1:{port}>\r\nContent-Type: application/sdp\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode(), addr)


def test_digits_that_the_peer_refuses_are_an_error() -> None:
    async def body() -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Grudging, local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        async with sipua.Agent(bind="127.0.0.1") as agent:
            call = await agent.call(f"sip:127.0.0.1:{port}")
            with pytest.raises(sipua.SipError) as refused:
                await call.send_dtmf("12")
            assert refused.value.status == 403
            await call.hangup()
        transport.close()

    run(body())


def test_who_waits_for_the_last_call_learns_that_work_goes_on() -> None:
    async def body() -> None:
        async with two() as (left, right), call_between(left, right):
            draining = asyncio.create_task(right.drain())
            await asyncio.sleep(0.05)
            await right.drain(False)
            with pytest.raises(sipua.ClosedError, match="back to work"):
                await draining

    run(body())
