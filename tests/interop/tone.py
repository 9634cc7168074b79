"""Tones for the ear of a test: made, written, and recognised by frequency, not by level."""

from __future__ import annotations

import array
import math
import wave
from pathlib import Path


def make(hertz: float, seconds: float, rate: int, level: float = 0.4) -> bytes:
    step = 2 * math.pi * hertz / rate
    return array.array("h", (int(32767 * level * math.sin(step * i)) for i in range(int(seconds * rate)))).tobytes()


def write_wav(path: Path, pcm: bytes, rate: int, channels: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(pcm)
    return path


def read_wav(path: Path, channel: int = 0) -> tuple[array.array[int], int]:
    with wave.open(str(path), "rb") as source:
        assert source.getsampwidth() == 2
        samples = array.array("h", source.readframes(source.getnframes()))
        return samples[channel :: source.getnchannels()], source.getframerate()


def share(samples: array.array[int], hertz: float, rate: int) -> float:
    """How much of the power lies at this frequency: the best half second counts (Goertzel), 1.0 is a pure tone."""
    size = rate // 2
    best = 0.0
    for start in range(0, max(1, len(samples) - size), size // 2):
        part = samples[start : start + size]
        if len(part) < size:
            break
        power = sum(x * x for x in part)
        if power < size * 100 * 100:  # silence
            continue
        coefficient = 2 * math.cos(2 * math.pi * hertz / rate)
        s1 = s2 = 0.0
        for x in part:
            s1, s2 = x + coefficient * s1 - s2, s1
        best = max(best, 2 * (s1 * s1 + s2 * s2 - coefficient * s1 * s2) / (power * size))
    return best
