"""baresip as the other phone: real audio both ways, recognised by its frequency."""

from __future__ import annotations

import asyncio
import time

import pytest
import sipua
import tone

CODECS = [("pcmu", "PCMU/8000/1", 8000), ("opus", "opus/48000/2", 48000)]


async def collect(call: sipua.Call, seconds: float) -> memoryview:
    heard = bytearray()
    async for pcm in call.audio.frames(ms=20):
        heard += pcm
        if len(heard) >= seconds * 16000 * 2:
            break
    return memoryview(bytes(heard)).cast("h")


@pytest.mark.parametrize(("ours", "theirs", "rate"), CODECS)
def test_we_call_baresip_and_hear_each_other(baresip, tmp_path, ours, theirs, rate):
    channels = 2 if ours == "opus" else 1
    wav = tone.make(500, 20, rate)
    if channels == 2:
        wav = b"".join(wav[i : i + 2] * 2 for i in range(0, len(wav), 2))
    tone.write_wav(tmp_path / "baresip0" / "tone.wav", wav, rate, channels)
    phone = baresip(codec=theirs, rate=rate)

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=[ours]) as agent:
            account = agent.account("sip:alice@127.0.0.1")
            call = await asyncio.wait_for(account.call(f"sip:bob@127.0.0.1:{phone.port}"), 20)
            assert call.codec.lower() == ours
            call.audio.write(tone.make(700, 4, 16000), rate=16000)
            heard = await asyncio.wait_for(collect(call, 4), 30)
            stats = await call.stats()
            assert stats.packets_received > 100 and stats.packets_sent > 100
            await call.hangup()
            return heard

    heard = asyncio.run(main())
    assert tone.share(heard, 500, 16000) > 0.9
    time.sleep(1)
    phone.stop()
    samples, recorded_rate = tone.read_wav(phone.recording())
    assert tone.share(samples, 700, recorded_rate) > 0.9


@pytest.mark.parametrize(("ours", "theirs", "rate"), CODECS)
def test_baresip_calls_us_and_hears_its_echo(baresip, tmp_path, ours, theirs, rate):
    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["opus", "pcmu"], open=True) as agent:
            port = next(one.port for one in agent.listeners if one.transport == "udp")
            channels = 2 if ours == "opus" else 1
            wav = tone.make(600, 20, rate)
            if channels == 2:
                wav = b"".join(wav[i : i + 2] * 2 for i in range(0, len(wav), 2))
            tone.write_wav(tmp_path / "baresip0" / "tone.wav", wav, rate, channels)
            calls = aiter(agent.calls())  # with nobody taking calls it would be told 480
            phone = await asyncio.to_thread(
                lambda: baresip(codec=theirs, rate=rate, commands=(f"dsip:bot@127.0.0.1:{port}",)))
            call = await asyncio.wait_for(anext(calls), 20)
            await call.answer(rate=16000)
            count = 0
            async for pcm in call.audio.frames(ms=20):
                call.audio.write(pcm, rate=16000)
                count += 1
                if count == 250:
                    break
            assert call.codec.lower() == ours
            await call.hangup()
            return phone

    phone = asyncio.run(main())
    time.sleep(1)
    phone.stop()
    samples, recorded_rate = tone.read_wav(phone.recording())
    assert tone.share(samples, 600, recorded_rate) > 0.9
