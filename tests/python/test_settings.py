"""Settings of agents and accounts: what the other side sees of them."""

from __future__ import annotations

import asyncio
import re

import pytest
import sipua
from sipua.testing import Registrar
from support import run, until, uri


def test_settings_of_the_agent_reach_the_wire() -> None:
    async def main() -> None:
        async with (
            sipua.Agent(bind="127.0.0.1", open=True) as right,
            sipua.Agent(
                bind="127.0.0.1", advertise="phone.example.net", user_agent="Robot/7", rtp_ports=(41000, 41999),
                codecs=["pcma", "opus"], display_name='The "Robot"') as left,
        ):
            calls = right.calls()
            calling = left.account("sip:robot@example.net").dial(uri(right))
            incoming = await anext(calls)
            assert incoming.headers["User-Agent"] == "Robot/7"
            assert "@phone.example.net" in incoming.headers["Contact"]
            assert (incoming.from_, incoming.from_name) == ("sip:robot@example.net", 'The "Robot"')
            offer = [event async for event in _first(incoming)][0].body.decode()
            port, types = re.search(r"m=audio (\d+) RTP/AVP ([\d ]+)", offer).groups()  # type: ignore[union-attr]
            assert 41000 <= int(port) <= 41999 and types.split()[0] == "8"
            assert "phone.example.net" in offer or "c=IN IP4" in offer
            await incoming.reject()
            await calling.wait_ended()

    run(main())


async def _first(call: sipua.Call):  # type: ignore[no-untyped-def]
    async for event in call.events():
        yield event
        return


def test_defaults_of_the_agent_serve_its_accounts_and_an_account_may_differ() -> None:
    async def main() -> None:
        async with Registrar({"a7": "secret", "b8": "other"}) as registrar:
            nowhere = "sip:somewhere.invalid"
            async with sipua.Agent(bind="127.0.0.1", auth_user="a7", outbound_proxy=registrar.uri) as agent:
                account = await agent.register(f"sip:a7@127.0.0.1:{registrar.port}", password="secret", server=nowhere)
                assert account.registered  # by the proxy, although nobody knows that server
                other = await agent.register(
                    f"sip:b8@127.0.0.1:{registrar.port}", password="other", auth_user="b8", server=nowhere)
                assert other.registered
                await until(lambda: set(registrar.bindings) == {"a7", "b8"})
                with pytest.raises(sipua.SipError):
                    await agent.register(f"sip:b8@127.0.0.1:{registrar.port}", password="other", server=nowhere)

    run(main())


def test_a_big_message_goes_by_tcp_and_by_udp_to_who_has_no_tcp() -> None:
    async def main() -> None:
        async with (
            sipua.Agent(bind="127.0.0.1") as left,
            sipua.Agent(bind="127.0.0.1", open=True) as both,
            sipua.Agent(listen=["udp:127.0.0.1:0"], open=True) as udp,
        ):
            seen: list[str] = []

            async def take(agent: sipua.Agent) -> None:
                async for message in agent.messages():
                    seen.append(message.headers["Via"].split()[0])
                    await message.accept()

            for agent in (both, udp):
                agent.spawn(take(agent))
            await left.message(uri(both), "x" * 500)
            await left.message(uri(both), "x" * 2000)
            await left.message(uri(udp), "x" * 2000)
            await left.message(uri(both) + ";transport=udp", "x" * 30000)
            assert seen == ["SIP/2.0/UDP", "SIP/2.0/TCP", "SIP/2.0/UDP", "SIP/2.0/UDP"]
            await left.set_option("udp.max_request", 4000)
            await left.message(uri(both), "x" * 2000)
            assert seen[-1] == "SIP/2.0/UDP"

    run(main())


def test_all_phones_of_a_user_ring_and_the_first_answer_ends_the_others() -> None:
    async def main() -> None:
        async with (
            Registrar({"alice": "secret", "bob": "hunter2"}) as registrar,
            sipua.Agent(bind="127.0.0.1") as left, sipua.Agent(bind="127.0.0.1") as desk, sipua.Agent(bind="127.0.0.1") as pocket,
        ):
            alice = await left.register(registrar.aor("alice"), password="secret")
            for phone in (desk, pocket):
                await phone.register(registrar.aor("bob"), password="hunter2")
            first, second = desk.calls(), pocket.calls()
            calling = asyncio.create_task(alice.call("bob"))
            ringing = [await anext(first), await anext(second)]
            for incoming in ringing:
                await incoming.ring()
            await ringing[1].answer()
            call = await calling
            ended = await ringing[0].wait_ended()
            assert ended.cause == "Canceled" and not ended.established
            assert call.established and ringing[1].established
            await call.hangup()
            await ringing[1].wait_ended()

    run(main())
