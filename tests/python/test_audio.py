"""Audio: what is written arrives, at its pitch, in time, and can be taken back."""

from __future__ import annotations

import asyncio
import pathlib
import time

import pytest
import sipua
from support import call_between, hear, read_wav, run, share, tone, two, write_wav


async def echo(call: sipua.Call) -> None:
    async for frame in call.audio.frames(ms=20):
        call.audio.write(frame)


@pytest.mark.parametrize("codec", ["opus", "pcmu", "pcma"])
def test_a_tone_goes_through_an_echo_and_keeps_its_frequency(codec: str) -> None:
    async def main() -> None:
        async with two(codecs=[codec]) as (left, right), call_between(left, right) as (out, inc):
            assert out.codec.lower() == codec
            right.spawn(echo(inc), call=inc)
            out.audio.write(tone(523, 2))
            heard = await hear(out, 2)
            assert share(heard, 523) > 0.8
            assert share(heard, 900) < 0.1

    run(main())


def test_an_echo_comes_back_soon() -> None:
    async def main() -> None:
        async with two(codecs=["pcmu"]) as (left, right), call_between(left, right) as (out, inc):
            right.spawn(echo(inc), call=inc)
            frames = out.audio.frames(ms=10)
            for _ in range(60):
                await anext(frames)
            out.audio.write(tone(600, 0.3))
            started = time.monotonic()
            async for frame in frames:
                if max(memoryview(frame).cast("h")) > 3000:
                    break
            assert time.monotonic() - started < 2.0

    run(main())


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 48000])
def test_each_rate_is_resampled_both_ways(rate: int) -> None:
    async def main() -> None:
        async with two(codecs=["opus"]) as (left, right), call_between(left, right, rate=rate) as (out, inc):
            assert out.audio.rate == rate
            inc.audio.write(tone(440, 1.5, rate), rate=rate)
            assert share(await hear(out, 1.5), 440, rate) > 0.8

    run(main())


def test_frames_have_their_length_come_in_real_time_and_end_with_the_call() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, inc):
            sizes = set()
            started = time.monotonic()
            count = 0
            async for frame in out.audio.frames(ms=30):
                count += 1
                sizes.add(len(frame))
                if count == 20:
                    assert 0.3 < time.monotonic() - started < 3
                    await inc.hangup()
            assert 960 in sizes and count >= 20
            assert [f async for f in inc.audio.frames()] is not None

    run(main())


def test_two_readers_of_one_call_are_refused() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, _):
            frames = out.audio.frames()
            with pytest.raises(sipua.StateError):
                out.audio.frames()
            await frames.aclose()
            await anext(out.audio.frames())

    run(main())


def test_flush_says_what_was_playing_and_what_was_dropped() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, _):
            out.audio.write(tone(400, 5), segment="item_7")
            assert out.audio.queued_ms > 4000
            await asyncio.sleep(0.8)
            flushed = out.audio.flush()
            assert out.audio.queued_ms < 200
            cut = await flushed
            assert cut.segment == "item_7"
            assert 300 < cut.played_ms < 3000
            assert 4500 < cut.played_ms + cut.discarded_ms < 5500

    run(main())


def test_marks_come_when_played_and_say_when_flushed() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, _):
            out.audio.write(tone(400, 0.4))
            started = time.monotonic()
            mark = await out.audio.mark("end of sentence")
            assert mark.mark == "end of sentence" and not mark.flushed
            assert 0.1 < time.monotonic() - started < 5
            out.audio.write(tone(400, 5))
            waiting = out.audio.mark(7)
            out.audio.flush()
            assert (await waiting).flushed and (await waiting).mark == 7

    run(main())


def test_more_than_the_queue_holds_is_kept_and_drain_waits() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, _):
            minute = bytes(2 * 16000 * 60)
            out.audio.write(minute)
            queued = out.audio.write(minute)
            assert 110_000 < queued <= 120_500
            waiting = out.audio.mark(1)
            cut = await out.audio.flush()
            assert 110_000 < cut.discarded_ms + cut.played_ms <= 120_500
            await waiting
            assert out.audio.queued_ms < 200
            out.audio.write(tone(300, 0.3))
            await out.audio.drain()
            assert out.audio.queued_ms == 0

    run(main())


def test_any_buffer_of_samples_is_taken_and_others_are_refused() -> None:
    async def main() -> None:
        async with two() as (left, right), call_between(left, right) as (out, _):
            for pcm in (b"\0\0" * 160, bytearray(320), memoryview(bytes(320)), memoryview(bytes(320)).cast("h")):
                out.audio.write(pcm)
            assert out.audio.write(b"") >= 0
            with pytest.raises(sipua.InvalidError, match="whole number"):
                out.audio.write(b"\0")
            with pytest.raises(sipua.InvalidError, match="44100"):
                out.audio.write(b"\0\0", rate=44100)
            with pytest.raises(TypeError):
                out.audio.write("text")  # type: ignore[arg-type]
            with pytest.raises(sipua.InvalidError):
                out.audio.frames(ms=0)
            with pytest.raises(sipua.InvalidError):
                out.audio.mark(-1)

    run(main())


def test_a_file_is_played_and_recorded_mono_and_stereo(tmp_path: pathlib.Path) -> None:
    async def main() -> None:
        source = write_wav(tmp_path / "in.wav", tone(700, 1.5, 8000), 8000)
        async with two() as (left, right):
            async with call_between(left, right) as (out, inc):
                mono = inc.record(tmp_path / "far.wav")
                with pytest.raises(OSError, match="recorded to already"):
                    await inc.record(tmp_path / "far.wav")
                inc.record(tmp_path / "beside.wav", stereo=True)  # a second one of the same call
                played = await out.play(source)
                assert 1000 < played.duration_ms < 2500 and not played.code
                await asyncio.sleep(0.3)
                done = await mono.stop()
                assert done.target == str(tmp_path / "far.wav") and done.duration_ms > 1000
                inc.record(tmp_path / "both.wav", stereo=True)  # ends with the call
                inc.audio.write(tone(300, 3))
                await out.play(source)
                await asyncio.sleep(0.3)
        channels, rate = read_wav(tmp_path / "far.wav")
        assert len(channels) == 1 and share(channels[0], 700, rate) > 0.8
        channels, rate = read_wav(tmp_path / "beside.wav")
        assert len(channels) == 2 and share(channels[1], 700, rate) > 0.8
        channels, rate = read_wav(tmp_path / "both.wav")
        assert len(channels) == 2
        assert share(channels[0], 300, rate) > 0.8 and share(channels[1], 700, rate) > 0.8

    run(main())


def test_playing_stops_and_bad_files_are_clear_errors(tmp_path: pathlib.Path) -> None:
    async def main() -> None:
        source = write_wav(tmp_path / "in.wav", tone(700, 1))
        (tmp_path / "bad.wav").write_bytes(b"this is no music at all, just words")
        async with two() as (left, right), call_between(left, right) as (out, _):
            player = out.play(source, loop=True)
            await asyncio.sleep(0.2)
            assert not player.done()
            stopped = await player.stop()
            assert stopped.flushed
            with pytest.raises(FileNotFoundError):
                out.play(tmp_path / "missing.wav")
            with pytest.raises(ValueError):
                out.play(tmp_path / "bad.wav")
            with pytest.raises(OSError):
                out.record(tmp_path / "no" / "folder.wav")

    run(main())
