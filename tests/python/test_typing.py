"""The package is typed: mypy finds nothing in it, nor in a program that uses it, and does find a mistake."""

from __future__ import annotations

import pathlib
import subprocess
import sys


ROOT = pathlib.Path(__file__).resolve().parents[2]

PROGRAM = """
import asyncio
import sipua
import sipua.sync
from sipua.testing import Registrar


async def bot(call: sipua.Call) -> None:
    async with call.answer(rate=24000) as audio:
        recorder = audio.record("x.wav", stereo=True)
        async for frame in audio.frames(ms=20):
            queued: int = audio.write(frame, rate=24000)
            if frame.concealed and queued:
                cut: sipua.Flushed = await audio.flush()
                print(cut.played_ms)
        done: sipua.RecordDone = await recorder.stop()
        print(done.duration_ms)


async def main() -> None:
    async with Registrar({"a": "b"}) as registrar, sipua.Agent(rtp_ports=(20000, 20999)) as agent:
        account: sipua.Account = await agent.register(registrar.uri, password="s")
        async for call in agent.calls():
            task: asyncio.Task[None] = agent.spawn(bot(call), call=call)
            print(task, account.expires)
            async for event in call.events():
                match event:
                    case sipua.Dtmf(digit=d):
                        print(d.upper())
                    case sipua.CallEnded(cause=cause):
                        print(cause is sipua.Cause.BUSY)


def script() -> None:
    with sipua.sync.Agent() as agent:
        for call in agent.calls():
            audio: sipua.sync.Audio = call.answer()
            for frame in audio.frames():
                audio.write(frame)
"""


def mypy(*arguments: str | pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "mypy", "--strict", *map(str, arguments)], capture_output=True, text=True,
                          cwd=ROOT, timeout=300)


def test_the_package_is_strict() -> None:
    done = mypy("bindings/python/src/sipua", "bindings/python/examples/first_call.py", "bindings/python/examples/echo_bot.py",
                "bindings/python/examples/b2bua.py", "bindings/python/examples/ivr.py")
    assert done.returncode == 0, done.stdout


def test_programs_are_checked_against_it(tmp_path: pathlib.Path) -> None:
    good = tmp_path / "good.py"
    good.write_text(PROGRAM)
    done = mypy(good)
    assert done.returncode == 0, done.stdout
    bad = tmp_path / "bad.py"
    bad.write_text("import sipua\nasync def f(c: sipua.Call) -> None:\n    await c.send_dtmf(12)\n")
    assert "arg-type" in mypy(bad).stdout
