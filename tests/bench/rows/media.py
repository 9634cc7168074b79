"""Media by itself: CPU time against the same packets without media code, Opus against libopus, memory."""

import collections.abc
import json
import os
import subprocess

from .figure import Figure, median
from .process import BUILD

Yields = collections.abc.Iterator[Figure]


def ask(program: str, *words: object) -> dict[str, float]:
    command = [os.path.join(BUILD, program), *(str(w) for w in words)]
    answer = subprocess.run(command, check=True, timeout=300, stdout=subprocess.PIPE).stdout
    return {str(k): float(v) for k, v in json.loads(answer).items()}


def pcmu(quick: bool) -> Yields:
    """100 PCMU calls, and their packets without media code"""
    calls, seconds, rounds = 100, 2 if quick else 5, 1 if quick else 3
    floor, ours = [], []
    for _ in range(rounds):  # in turns: a busy machine is busy for both
        floor.append(ask("bench_rtp_floor", calls, seconds)["cpu_ms"])
        ours.append(ask("bench_media", "pcmu", calls, seconds)["cpu_ms"])
    yield Figure("CPU per PCMU call-second: the packets alone", median(floor), "ms")
    yield Figure("CPU per PCMU call-second", median(ours), "ms")
    yield Figure("CPU per PCMU call-second, above the packets", median([o - f for o, f in zip(ours, floor)]), "ms", 0.15)


def opus(quick: bool) -> Yields:
    """Opus calls, and libopus alone"""
    calls, seconds, rounds = 20, 2 if quick else 5, 1 if quick else 3
    alone, floor, ours = [], [], []
    for _ in range(rounds):
        alone.append(ask("bench_media", "libopus", 500 if quick else 2000)["cpu_ms"])
        floor.append(ask("bench_rtp_floor", calls, seconds)["cpu_ms"])
        ours.append(ask("bench_media", "opus", calls, seconds)["cpu_ms"])
    yield Figure("CPU per Opus call-second: libopus alone", median(alone), "ms")
    yield Figure("CPU per Opus call-second", median(ours), "ms")
    part = median([(o - f) / a for o, f, a in zip(ours, floor, alone)])
    yield Figure("CPU per Opus call-second, packets aside, to libopus alone", part, "times", 1.1)


def capacity(quick: bool) -> Yields:
    """Opus calls that one worker carries before a tick is late"""
    # Other programs make a worker late too, so one tick of a hundred is forgiven.
    seconds, good, step = 1 if quick else 3, 0, 40 if quick else 20
    while good < 1000:
        calls = good + step
        if ask("bench_media", "opus", calls, seconds)["late_ticks"] > calls * seconds:
            break
        good += step
    yield Figure("Opus calls on one worker before a tick is late", good, "calls", None, "higher")


def memory(quick: bool) -> Yields:
    """a PCMU call's media"""
    yield Figure("memory, media of a PCMU call", ask("bench_media", "memory", 200 if quick else 500)["kb"], "KB", 40)


def mixing(quick: bool) -> Yields:
    """the mixer alone, for 3, 10 and 100 parties"""
    for parties in (3, 10, 100):
        seconds = (30 if quick else 300) // max(1, parties // 10)
        for way, what in (("mix", "8 kHz parties at 16 kHz"), ("plain", "at one rate")):
            rounds = [ask("bench_mix", way, parties, seconds)["cpu_us"] for _ in range(3)]
            yield Figure(f"mixing, a participant-second, {parties} parties, {what}", median(rounds), "us")


def bridging(quick: bool) -> Yields:
    """100 bridged PCMU calls, packets untouched and PCMU to PCMA"""
    seconds = 2 if quick else 5
    for way in ("untouched", "transcoded"):
        rounds = [ask("bench_mix", way, 100, seconds)["cpu_ms"] for _ in range(1 if quick else 3)]
        yield Figure(f"CPU per bridged call-second, {way}", median(rounds), "ms")


MEASURES = [pcmu, opus, capacity, memory, mixing, bridging]
