"""The first call: a registrar, two phones, a message each way, and a call with audio, all in one process on loopback.

    python first_call.py [folder for the WAV files]

Alice sends a rising run of notes; Bob echoes what he hears. The delay is measured in Alice's stereo recording, near end
left and far end right: from each note sent to the same note come back.
"""

from __future__ import annotations

import array
import asyncio
import math
import statistics
import sys
import time
import wave
from pathlib import Path

import sipua
import sipua.testing

RATE = 16000
NOTES = (392, 440, 494, 523, 587, 659, 698, 784)  # G4 to G5
NOTE_MS, REST_MS = 180, 320


class Timeline:
    """Prints what happened when, one line each."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        colour = sys.stdout.isatty()
        self.dim, self.off = ("\033[2m", "\033[0m") if colour else ("", "")

    def __call__(self, who: str, what: str) -> None:
        print(f"  {self.dim}{time.monotonic() - self.start:7.3f} s{self.off}  {who:<10} {what}", flush=True)


def melody() -> bytes:
    samples = array.array("h")
    for note in NOTES:
        length = RATE * NOTE_MS // 1000
        for i in range(length):
            fade = min(1.0, i / 80, (length - i) / 80)
            samples.append(int(11000 * fade * math.sin(2 * math.pi * note * i / RATE)))
        samples.extend([0] * (RATE * REST_MS // 1000))
    return samples.tobytes()


def onsets(samples: array.array[int], rate: int) -> list[float]:
    """The times, in seconds, at which sound begins after a silence."""
    window = rate // 500  # 2 ms
    found: list[float] = []
    quiet_for = rate
    for start in range(0, len(samples) - window, window):
        loud = max(abs(x) for x in samples[start : start + window]) > 1500
        if loud and quiet_for > rate // 10:
            found.append(start / rate)
        quiet_for = 0 if loud else quiet_for + window
    return found


def echo_delay_ms(recording: Path) -> float:
    with wave.open(str(recording), "rb") as source:
        both = array.array("h", source.readframes(source.getnframes()))
        rate = source.getframerate()
    sent, heard = onsets(both[0::2], rate), onsets(both[1::2], rate)
    delays = [min(h - s for h in heard if h >= s) * 1000 for s in sent if any(h >= s for h in heard)]
    if len(delays) < len(NOTES) // 2:
        raise sipua.Error(f"only {len(delays)} of {len(NOTES)} notes came back in {recording}")
    return statistics.median(delays)


async def echo(call: sipua.Call, recording: Path, say: Timeline) -> None:
    say("bob", f"rings: call from {call.from_}")
    await call.ring()
    await call.answer(rate=RATE)
    call.record(recording, stereo=True)
    async for pcm in call.audio.frames(ms=20):
        call.audio.write(pcm)


async def take_calls(agent: sipua.Agent, recording: Path, say: Timeline) -> None:
    async for call in agent.calls():
        agent.spawn(echo(call, recording, say), call=call)


async def exchange_messages(alice: sipua.Account, bob: sipua.Account, say: Timeline) -> None:
    for who, sender, receiver, text in (("alice", alice, bob, "Hi Bob, may I call?"), ("bob", bob, alice, "Any time!")):
        sending = asyncio.ensure_future(sender.message(receiver.aor, text))
        async with asyncio.timeout(10):
            async for message in receiver.agent.messages():
                say(receiver.aor.split(":")[1].split("@")[0], f"message from {message.from_}: {message.text!r}")
                await message.accept()
                break
            await sending
        say(who, "message delivered")


async def talk(alice: sipua.Account, bob: sipua.Account, recording: Path, say: Timeline) -> sipua.CallStats:
    say("alice", f"calls {bob.aor}")
    call = await alice.call(bob.aor, timeout=10)
    say("alice", f"answered, {call.codec}")
    recorder = call.record(recording, stereo=True)
    await asyncio.sleep(0.3)
    call.audio.write(melody(), rate=RATE)
    say("alice", f"sends {len(NOTES)} notes, {call.audio.queued_ms / 1000:.1f} s of audio queued at once")
    await call.audio.mark("sung")
    await asyncio.sleep(0.5)
    stats = await call.stats()
    ended = await call.hangup()
    await recorder
    say("alice", f"hung up after {ended.duration_ms / 1000:.1f} s ({ended.cause})")
    return stats


def report(stats: sipua.CallStats, delay: float, files: list[Path]) -> None:
    rows = [
        ("codec", stats.codec),
        ("packets sent", str(stats.packets_sent)),
        ("packets received", str(stats.packets_received)),
        ("lost", f"{stats.packets_lost} ({100 * stats.packets_lost / max(1, stats.packets_lost + stats.packets_received):.1f} %)"),
        ("jitter", f"{stats.jitter_us / 1000:.1f} ms"),
        ("audio round trip", f"{delay:.0f} ms, through Bob's Python"),
        *(("recording", f"{path}  (near left, far right)") for path in files),
    ]
    print()
    for name, value in rows:
        print(f"  {name:<18} {value}")


async def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    recordings = [folder / "alice.wav", folder / "bob.wav"]
    say = Timeline()
    async with (
        sipua.testing.Registrar({"alice": "secret", "bob": "hunter2"}) as registrar,
        sipua.Agent(bind="127.0.0.1", codecs=["opus", "pcmu"]) as left,
        sipua.Agent(bind="127.0.0.1", codecs=["opus", "pcmu"]) as right,
    ):
        say("registrar", f"listens at {registrar.uri}")
        alice = await left.register(registrar.aor("alice"), password="secret", server=registrar.uri)
        say("alice", f"registered as {alice.aor} for {alice.expires} s")
        bob = await right.register(registrar.aor("bob"), password="hunter2", server=registrar.uri)
        say("bob", f"registered as {bob.aor} for {bob.expires} s")
        await exchange_messages(alice, bob, say)
        answering = asyncio.create_task(take_calls(right, recordings[1], say))
        stats = await talk(alice, bob, recordings[0], say)
        answering.cancel()
        await alice.unregister()
        await bob.unregister()
        say("registrar", "both unregistered")
    if stats.packets_received < 50:
        raise sipua.Error(f"only {stats.packets_received} packets of Bob's echo arrived")
    report(stats, echo_delay_ms(recordings[0]), recordings)


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo")))
    except (sipua.Error, OSError, TimeoutError) as error:
        sys.exit(f"the first call failed: {error or type(error).__name__}")
    except KeyboardInterrupt:
        sys.exit(130)
