"""Each feature of a call with sipp on the side that the other files leave out; the sequence of messages is in the scenarios."""

from __future__ import annotations

import asyncio
import re

import pytest
import sipua
from peers import free_port
from scenario import Scenario, sdp
from test_features import finished, port_of, start, until, watched
from test_transfer import phone, replaces

RTP = free_port()  # where the described media would be: nobody listens, nothing comes
PIDF = '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:us@127.0.0.1"/>'


def reliable(talk: Scenario, status: int, *checks: str) -> Scenario:
    """sipp expects such a 1xx, and acknowledges it."""
    talk.seen += len(checks)
    wanted = "".join(f'<ereg regexp="{check}" search_in="body" check_it="true" assign_to="seen{talk.seen - i}"/>'
                     for i, check in enumerate(checks))
    talk.steps.append(f'<recv response="100" optional="true"/><recv response="{status}" rrs="true"><action>{wanted}'
                      '<ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" check_it="true" assign_to="rseq"/></action></recv>')
    if checks:
        talk.steps.append(f'<Reference variables="{",".join(f"seen{talk.seen - i}" for i in range(len(checks)))}"/>')
    return talk.request("PRACK", "", "RAck: [$rseq] 1 INVITE").expect(200, "PRACK")


def test_field6_sipp_asks_for_a_session_timer_and_refreshes_it(sipp, tmp_path):
    """Too short an interval gets 422; then UPDATE and re-INVITE refresh, and our description stays word for word."""
    asked = "Session-Expires: 90;refresher=uac"
    talk = (Scenario(calls=True).invite(sdp(RTP), "Supported: timer", "Session-Expires: 30").expect(422, "Min-SE: 90").ack()
            .invite(sdp(RTP), "Supported: timer", "Min-SE: 90", asked).expect(200, asked, "Require: timer").ack()
            .request("UPDATE", "", "Supported: timer", asked).expect(200, "CSeq: 3 UPDATE", asked)
            .request("INVITE", sdp(RTP), "Supported: timer", asked).expect(200, "CSeq: 4 INVITE", asked).ack().bye())

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"], open=True) as agent:
            calls = aiter(agent.calls())
            peer = start(sipp, tmp_path, talk, "timer", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 20)
            events = watched(call)
            await call.answer()
            await finished(peer)
            await until(events, "call_ended")
            assert "call_updated" not in [event.name for event in events]
            return peer.messages

    origins = re.findall(r"^o=- .*", asyncio.run(main()), re.M)
    assert len(origins) >= 2 and len(set(origins)) == 1, origins


def test_sipp_has_another_sipp_replaced_because_we_ask_it_to(sipp, tmp_path):
    """We transfer, attended: the REFER names the consultation by Refer-To with Replaces, and both calls end with it."""

    async def main():
        async with phone(codecs=["pcmu"]) as us:
            target = start(sipp, tmp_path, Scenario(calls=False).answered(sdp(RTP)).hung_up(), "target")
            talk = (Scenario(calls=False).answered(sdp(RTP))
                    .receive("REFER", f"Refer-To: <sip:[^>]*127.0.0.1:{target.port}[^>]*Replaces=[^>]*to-tag%3D[^>]*from-tag%3D",
                             "Referred-By: <sip:").reply(202)
                    .request("NOTIFY", "SIP/2.0 180 Ringing", "Event: refer", "Subscription-State: active;expires=60",
                             kind="message/sipfrag").expect(200)
                    .request("NOTIFY", "SIP/2.0 200 OK", "Event: refer", "Subscription-State: terminated;reason=noresource",
                             kind="message/sipfrag").expect(200).hung_up())
            transferee = start(sipp, tmp_path, talk, "transferee")
            await asyncio.sleep(0.5)
            call = await asyncio.wait_for(us.agent.call(f"sip:bob@127.0.0.1:{transferee.port}"), 20)
            consult = await asyncio.wait_for(us.agent.call(f"sip:carol@127.0.0.1:{target.port}"), 20)
            assert (await call.transfer(consult=consult)).status == 200
            await finished(transferee, target)
            assert [event.status for event in us.seen if event.name == "transfer_progress"] == [180]
            sent = target.messages[target.messages.index("INVITE sip:"):]
            call_id = re.search(r"Call-ID: (\S+)", sent).group(1)
            assert f"Replaces={call_id}" in transferee.messages.replace("%40", "@")

    asyncio.run(main())


@pytest.mark.parametrize("word", ["Replaces", "Join"])
def test_sipp_asks_us_to_replace_or_join_a_call_and_is_told_how_it_goes(sipp, tmp_path, word):
    """We are transferred, attended: what stands in Refer-To comes to the target as Replaces or Join, with Require."""
    talk = (Scenario(calls=False)
            .receive("INVITE", f"{word}: abc@pbx;to-tag=1;from-tag=2", f"Require: .*{word.lower()}", "Referred-By: <sip:sipp@")
            .reply(180, tag=True).pause(100).reply(200, sdp(RTP), tag=True, again=True).receive("ACK").hung_up())

    async def main():
        async with phone(codecs=["pcmu"]) as us:
            target = start(sipp, tmp_path, talk, "target")
            calls, transfers = aiter(us.agent.calls()), aiter(us.agent.transfers())
            peer = sipp("uac_refers", "-s", "bot", "-key", "target",
                        f"sip:carol@127.0.0.1:{target.port}?{word}=abc%40pbx%3Bto-tag%3D1%3Bfrom-tag%3D2",
                        target=f"127.0.0.1:{us.port}")
            await (await asyncio.wait_for(anext(calls), 20)).answer()
            request = await asyncio.wait_for(anext(transfers), 20)
            assert (request.replaces, request.joins) == ("abc@pbx;to-tag=1;from-tag=2", word == "Join")
            await request.accept()
            await finished(peer)
            await us.agent.close()
            await finished(target)

    asyncio.run(main())


def test_a_call_that_replaces_or_joins_says_so_to_sipp(sipp, tmp_path):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"]) as agent:
            for word in ("replaces", "join"):
                talk = (Scenario(calls=False).receive("INVITE", f"{word.title()}: a@b;to-tag=1;from-tag=2", f"Require: .*{word}")
                        .reply(200, sdp(RTP), tag=True, again=True).receive("ACK").hung_up())
                peer = start(sipp, tmp_path, talk, word)
                await asyncio.sleep(0.5)
                call = await asyncio.wait_for(
                    agent.call(f"sip:bob@127.0.0.1:{peer.port}", **{word: "a@b;to-tag=1;from-tag=2"}), 20)
                await call.hangup()
                await finished(peer)

    asyncio.run(main())


@pytest.mark.parametrize("joining", [True, False])
def test_sipp_joins_a_call_where_the_program_wants_that(sipp, tmp_path, joining):
    async def main():
        async with phone(codecs=["pcmu"]) as us:
            first = start(sipp, tmp_path, Scenario(calls=False).answered(sdp(RTP)).hung_up(), "first")
            await asyncio.sleep(0.5)
            call = await asyncio.wait_for(us.agent.call(f"sip:bob@127.0.0.1:{first.port}"), 20)
            named = f"Join: {replaces(await us.wait('call_accepted'))}"
            calls = aiter(us.agent.calls(joining=joining))
            talk = Scenario(calls=True).invite(sdp(RTP), named, "Require: join")
            talk = talk.expect(200).ack().hung_up() if joining else talk.expect(488).ack()
            second = start(sipp, tmp_path, talk, "second", "-s", "bot", target=f"127.0.0.1:{us.port}")
            if joining:
                joined = await asyncio.wait_for(anext(calls), 20)
                assert (await us.wait("incoming_call")).other == call.id
                await joined.answer()
                await us.wait("call_confirmed", 2)
                assert "call_ended" not in us.names(), "both are up"
                await joined.hangup()
            await finished(second)
            await call.hangup()
            await finished(first)

    asyncio.run(main())


def test_sipp_is_sent_elsewhere(sipp, tmp_path):
    talk = Scenario(calls=True).invite(sdp(RTP)).expect(302, "Contact: <sip:voicemail@127.0.0.1:5999>").ack()

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"], open=True) as agent:
            calls = aiter(agent.calls())
            peer = start(sipp, tmp_path, talk, "sent", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 20)
            await call.reject(302, headers={"Contact": "<sip:voicemail@127.0.0.1:5999>"})
            await finished(peer)

    asyncio.run(main())


def test_early_media_of_ours_changes_by_update_before_the_answer(sipp, tmp_path):
    """sipp calls, is answered reliably with early media, and holds by UPDATE before we answer."""
    talk = Scenario(calls=True).invite(sdp(RTP), "Supported: 100rel", "Allow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE")
    (reliable(talk, 183, "m=audio")
     .request("UPDATE", sdp(RTP, "a=sendonly", version=2)).expect(200, "CSeq: 3 UPDATE", "a=recvonly")
     .request("UPDATE", sdp(RTP, version=3)).expect(200, "CSeq: 4 UPDATE", "a=sendrecv").expect(200, "CSeq: 1 INVITE").ack(cseq=1)
     .hung_up())

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"], open=True) as agent:
            calls = aiter(agent.calls())
            peer = start(sipp, tmp_path, talk, "early", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 20)
            events = watched(call)
            await call.ring(183, early_media=True)
            await until(events, "call_resumed")
            await call.answer()
            await until(events, "call_confirmed")
            await call.hangup()
            await finished(peer)

    asyncio.run(main())


def test_options_and_publish_are_asked_of_sipp(sipp, tmp_path):
    """What a peer can do; a state that is published, forgotten by the server (412), published anew, and taken back."""
    ask = Scenario(calls=False).receive("OPTIONS", "Accept: .*application/sdp").reply(200, "", "Allow: INVITE, REFER", tag=True)
    state = (Scenario(calls=False).receive("PUBLISH", "Event: presence", "Expires: 90", "<presence")
             .reply(200, "", "SIP-ETag: a1", "Expires: 90", tag=True)
             .receive("PUBLISH", "SIP-If-Match: a1", "<presence").reply(412, tag=True)
             .receive("PUBLISH", "Event: presence", "<presence").reply(200, "", "SIP-ETag: b2", "Expires: 90", tag=True)
             .receive("PUBLISH", "SIP-If-Match: b2", "Expires: 0").reply(200, "", "SIP-ETag: b3", "Expires: 0", tag=True))

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            asked, server = start(sipp, tmp_path, ask, "asked"), start(sipp, tmp_path, state, "server")
            await asyncio.sleep(0.5)
            assert (await agent.options(f"sip:bob@127.0.0.1:{asked.port}")).headers["Allow"] == "INVITE, REFER"
            account = agent.account(f"sip:us@127.0.0.1:{server.port}")
            published = await account.publish("presence", PIDF, content_type="application/pidf+xml", expires=90)
            await published.update(PIDF)
            await published.end()
            await finished(asked, server)
            updates = server.messages.split("UDP message received")[1:]
            assert "SIP-If-Match" not in updates[0] and "SIP-If-Match" not in updates[2]

    asyncio.run(main())


def test_we_hold_and_resume_by_update_before_sipp_answers(sipp, tmp_path):
    offer = "Allow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE"
    talk = (Scenario(calls=False).receive("INVITE", "Supported: .*100rel")
            .reply(183, sdp(RTP), "Require: 100rel", "RSeq: 7", offer, tag=True).receive("PRACK", "RAck: 7 ").reply(200)
            .receive("UPDATE", "a=sendonly").reply(200, sdp(RTP, "a=recvonly", version=2))
            .receive("UPDATE", "a=sendrecv").reply(200, sdp(RTP, version=3)).receive("INFO").reply(200))
    lines = ["SIP/2.0 200 OK", "Via:[$via]", "From:[$theirs]", "To:[$mine];tag=[pid]Sipp[call_number]", "Call-ID: [call_id]",
             "CSeq:[$number]", "Contact: <sip:sipp@[local_ip]:[local_port]>"]
    talk._send(talk._message(lines, ""), False).receive("ACK").hung_up()

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"]) as agent:
            peer = start(sipp, tmp_path, talk, "early")
            await asyncio.sleep(0.5)
            call = agent.dial(f"sip:bob@127.0.0.1:{peer.port}")
            events = watched(call)
            await until(events, "media_ready")
            await call.hold()
            await call.resume()
            await call.request("INFO")
            await until(events, "call_confirmed")
            await call.hangup()
            await finished(peer)

    asyncio.run(main())


def test_a_call_of_sipp_rings_when_what_it_reserves_is_there(sipp, tmp_path):
    """Preconditions (RFC 3312): a 183 says what is there; only the UPDATE that says the rest makes it ring."""

    def qos(current: str, version: int = 1) -> str:
        return sdp(RTP, f"a=curr:qos local {current}", "a=curr:qos remote none", "a=des:qos mandatory local sendrecv",
                   "a=des:qos optional remote sendrecv", version=version)

    talk = Scenario(calls=True).invite(qos("none"), "Require: 100rel, precondition", "Allow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE")
    (reliable(talk, 183, "a=curr:qos local sendrecv").request("UPDATE", qos("sendrecv", 2))
     .expect(200, "UPDATE", "a=curr:qos remote sendrecv"))
    reliable(talk, 180).request("INFO").expect(200, "INFO").expect(200, "CSeq: 1 INVITE").ack(cseq=1).bye()

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"], open=True) as agent:
            calls = aiter(agent.calls())
            peer = start(sipp, tmp_path, talk, "reserves", "-s", "bot", target=f"127.0.0.1:{port_of(agent)}")
            call = await asyncio.wait_for(anext(calls), 20)
            await call.ring()
            await until(watched(call), "info")  # the 180 is acknowledged
            await call.answer()
            await finished(peer)
            assert peer.messages.index("UPDATE sip:") < peer.messages.index("SIP/2.0 180")

    asyncio.run(main())


@pytest.mark.parametrize("subscribe", [True, False])
def test_we_have_sipp_call_somebody_outside_any_call(sipp, tmp_path, subscribe):
    """With progress by NOTIFY, or without (norefersub), where the 202 is all there is."""
    talk = Scenario(calls=False).receive("REFER", "Refer-To: <sip:carol@127.0.0.1:9>", *([] if subscribe else ["Refer-Sub: false"]))
    talk.reply(202, "", *([] if subscribe else ["Refer-Sub: false"]), tag=True)
    if subscribe:
        talk.request("NOTIFY", "SIP/2.0 486 Busy Here", "Event: refer", "Subscription-State: terminated;reason=noresource",
                     kind="message/sipfrag").expect(200)

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            peer = start(sipp, tmp_path, talk, "asked")
            await asyncio.sleep(0.5)
            transfer = agent.refer(f"sip:bob@127.0.0.1:{peer.port}", "sip:carol@127.0.0.1:9", subscribe=subscribe)
            if subscribe:
                with pytest.raises(sipua.SipError) as failed:
                    await transfer
                assert failed.value.status == 486
            else:
                await transfer
            await finished(peer)

    asyncio.run(main())


def test_sipp_has_us_call_somebody_outside_any_call(sipp, tmp_path):
    async def main():
        async with phone(codecs=["pcmu"]) as us:
            target = start(sipp, tmp_path, Scenario(calls=False).answered(sdp(RTP)).hung_up(), "target")
            talk = Scenario(calls=True)
            talk.cseq = 1
            talk._send(talk._request("REFER", 1, "", (f"Refer-To: <sip:carol@127.0.0.1:{target.port}>",),
                                     "sip:[service]@[remote_ip]:[remote_port]", tag=""), True)
            (talk.expect(202).receive("NOTIFY", "Event: refer", "Subscription-State: active", "SIP/2.0 100").reply(200)
             .receive("NOTIFY", "Subscription-State: terminated;reason=noresource", "SIP/2.0 200").reply(200))
            transfers = aiter(us.agent.transfers())
            peer = start(sipp, tmp_path, talk, "asks", "-s", "bot", target=f"127.0.0.1:{us.port}")
            request = await asyncio.wait_for(anext(transfers), 20)
            assert request.call is None
            await request.accept()
            await finished(peer)
            await us.wait("call_confirmed")
            await us.agent.close()
            await finished(target)

    asyncio.run(main())
