"""Audio through a Python script and back."""

import collections.abc
import json
import os
import subprocess

from .figure import Figure, median
from .process import BUILD, HERE, PYTHON, Program

Yields = collections.abc.Iterator[Figure]


def echo(quick: bool) -> Yields:
    """echoed by a Python script: from an RTP packet sent to its sound coming back"""
    found = []
    for _ in range(1 if quick else 3):
        with Program(PYTHON, os.path.join(HERE, "apps", "echo.py")) as program:
            command = [os.path.join(BUILD, "bench_echo"), str(program.port()), "10" if quick else "30"]
            found.append(json.loads(subprocess.run(command, check=True, timeout=180, stdout=subprocess.PIPE).stdout))
    if not all(f["heard"] for f in found):
        raise RuntimeError(f"no echo: {found}")
    yield Figure("audio echoed through Python, median", median([f["p50"] for f in found]), "ms", 60)
    yield Figure("audio echoed through Python, 90th percentile", median([f["p90"] for f in found]), "ms")


MEASURES = [echo]
