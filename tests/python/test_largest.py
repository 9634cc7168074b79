"""64-bit numbers at their largest, 2^53 - 1, come back as they went in; the next one is refused."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import sipua
from sipua._native import Struct, check, ffi, lib
from support import call_between, run, two, uri

LARGEST = 2**53 - 1
NAMED = 2**52 - 1  # marks and segments given as words are numbered from here on


async def event_of(agent: sipua.Agent, name: str, work: Any) -> dict[str, Any]:
    """The first event of that name after the work, in the form of all languages."""
    events = agent.events()
    work()
    async for event in events:
        if event.name == name:
            return dict(json.loads(event.json()))
    raise AssertionError(f"no {name}")


def test_marks_and_segments_of_the_class() -> None:
    async def main() -> None:
        async with two(codecs=["pcmu"]) as (left, right), call_between(left, right) as (out, _):
            out.audio.write(bytes(640), rate=16000, segment=NAMED)
            assert (await out.audio.mark(NAMED)).mark == NAMED
            for wrong in (NAMED + 1, LARGEST, 2**64, -1):
                with pytest.raises(sipua.InvalidError):
                    out.audio.mark(wrong)
                with pytest.raises(sipua.InvalidError):
                    out.audio.write(bytes(64), rate=16000, segment=wrong)

    run(main())


def test_all_of_them_in_the_raw_layer() -> None:
    async def main() -> None:
        async with two(codecs=["pcmu"]) as (left, right), call_between(left, right) as (out, _):
            native, pcm = left._native, ffi.new("int16_t[]", 320)
            said = await event_of(left, "mark", lambda: check(lib.sipua_audio_mark(native, out.id, LARGEST)))
            assert said["mark"] == LARGEST
            check(lib.sipua_call_set_user(native, out.id, LARGEST, 0))
            check(lib.sipua_audio_write(native, out.id, pcm, 320, 16000, LARGEST, 0))
            said = await event_of(left, "flushed", lambda: check(lib.sipua_audio_flush(native, out.id, 0)))
            assert said["user"] == LARGEST
            for wrong in (LARGEST + 1, 2**64 - 1):
                assert lib.sipua_audio_mark(native, out.id, wrong) == sipua.ErrorCode.INVALID
                assert lib.sipua_call_set_user(native, out.id, wrong, 0) == sipua.ErrorCode.INVALID
                assert lib.sipua_call_set_user(native, out.id, 0, wrong) == sipua.ErrorCode.INVALID
            for wrong in (2**64, -1):
                with pytest.raises(OverflowError):
                    lib.sipua_audio_mark(native, out.id, wrong)

    run(main())


def test_the_user_of_a_call_is_in_each_of_its_events() -> None:
    async def main() -> None:
        async with two() as (left, right):
            config, out = Struct("sipua_call_config", target=uri(right), user=LARGEST), ffi.new("sipua_id *")
            said = await event_of(
                left, "call_ended", lambda: check(lib.sipua_call_create(left._native, 0, config.p, LARGEST, out)))
            assert said["user"] == LARGEST and said["id"] == out[0] and 0 < out[0] < LARGEST

    run(main())
