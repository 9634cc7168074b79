"""Kamailio as registrar and proxy: what most users meet first."""

from __future__ import annotations

import asyncio

import pytest
import sipua
import tone


async def collect(call: sipua.Call, seconds: float, rate: int) -> bytes:
    heard = bytearray()
    async for pcm in call.audio.frames(ms=20):
        heard += pcm
        if len(heard) >= seconds * rate * 2:
            break
    return bytes(heard)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_registers_and_unregisters(kamailio, transport, algorithm):
    proxy = kamailio(algorithm=algorithm)

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            server = f"sip:{proxy.host};transport={transport}"
            account = await agent.register(f"sip:alice@127.0.0.1:{proxy.port}", password="secret", server=server,
                                           expires=30)
            assert account.registered
            await account.unregister()
            assert not account.registered

    asyncio.run(main())


def test_a_wrong_password_is_a_clear_error(kamailio):
    proxy = kamailio()

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            with pytest.raises(sipua.SipError) as caught:
                await agent.register(f"sip:alice@{proxy.host}", password="wrong")
            assert caught.value.status in (401, 407)
            assert caught.value.cause == "Authentication Error"

    asyncio.run(main())


def test_a_short_expiry_is_raised_to_what_the_registrar_wants(kamailio):
    proxy = kamailio(min_expires=20)

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            account = await agent.register(f"sip:alice@{proxy.host}", password="secret", expires=5)
            assert account.expires >= 20

    asyncio.run(main())


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("codec", ["opus", "pcmu"])
def test_a_call_through_the_proxy_carries_the_tone_both_ways(kamailio, transport, codec):
    proxy = kamailio()

    async def main():
        server = f"sip:{proxy.host};transport={transport}"
        async with sipua.Agent(bind="127.0.0.1", codecs=[codec]) as left, sipua.Agent(bind="127.0.0.1") as right:
            alice = await left.register(f"sip:alice@{proxy.host}", password="secret", server=server,
                                        outbound_proxy=server)
            await right.register(f"sip:bob@{proxy.host}", password="hunter2", server=server, outbound_proxy=server)

            async def answer():
                async for call in right.calls():
                    await call.answer(rate=16000)
                    call.audio.write(tone.make(440, 3, 16000), rate=16000)
                    return await collect(call, 2.5, 16000)

            answering = asyncio.create_task(answer())
            call = await asyncio.wait_for(alice.call(f"sip:bob@{proxy.host}"), 20)
            call.audio.write(tone.make(660, 3, 16000), rate=16000)
            heard = await asyncio.wait_for(collect(call, 2.5, 16000), 20)
            said = await asyncio.wait_for(answering, 20)
            assert call.codec.lower() == codec
            await call.hangup()
            assert tone.share(memoryview(heard).cast("h"), 440, 16000) > 0.9
            assert tone.share(memoryview(said).cast("h"), 660, 16000) > 0.9

    asyncio.run(main())


def test_messages_pass_and_a_stranger_is_not_found(kamailio):
    proxy = kamailio()

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as left, sipua.Agent(bind="127.0.0.1") as right:
            alice = await left.register(f"sip:alice@{proxy.host}", password="secret")
            await right.register(f"sip:bob@{proxy.host}", password="hunter2")
            got = asyncio.create_task(anext(aiter(right.messages())))
            sending = asyncio.create_task(alice.message(f"sip:bob@{proxy.host}", "grüße"))
            message = await asyncio.wait_for(got, 10)
            assert message.text == "grüße"
            await message.accept()
            await asyncio.wait_for(sending, 10)
            with pytest.raises(sipua.SipError) as caught:
                await alice.message(f"sip:nobody@{proxy.host}", "hello?")
            assert caught.value.status == 404
            assert caught.value.cause == "Not Found"

    asyncio.run(main())


def test_an_expired_nonce_is_answered_without_bothering_the_user(kamailio):
    proxy = kamailio(nonce_expire=1)

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as agent:
            account = await agent.register(f"sip:alice@{proxy.host}", password="secret")
            await asyncio.sleep(2.5)
            await account.unregister()

    asyncio.run(main())


def test_cancelling_the_task_cancels_the_call(kamailio):
    proxy = kamailio()

    async def main():
        async with sipua.Agent(bind="127.0.0.1") as left, sipua.Agent(bind="127.0.0.1") as right:
            alice = await left.register(f"sip:alice@{proxy.host}", password="secret")
            await right.register(f"sip:bob@{proxy.host}", password="hunter2")
            calling = asyncio.create_task(alice.call(f"sip:bob@{proxy.host}"))
            incoming = await asyncio.wait_for(anext(aiter(right.calls())), 10)
            await incoming.ring()
            calling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calling
            ended = [event async for event in incoming.events()][-1]
            assert isinstance(ended, sipua.events.CallEnded)
            assert ended.cause == "Canceled"

    asyncio.run(main())
