"""Parsing: the whole message indexed and what a user agent needs read, against other libraries doing the same."""

import collections.abc
import json
import os
import subprocess

from .figure import Figure, median
from .process import BUILD, HERE, warn

PEERS = ("sipua", "sofia", "osip2", "re")


def parse(quick: bool) -> collections.abc.Iterator[Figure]:
    """a dozen typical messages, ours and three peers in turn"""
    found: dict[str, list[float]] = {}
    sums: dict[str, int] = {}
    for _ in range(1 if quick else 5):
        for name in PEERS:
            program = os.path.join(BUILD, "parse_" + name)
            if not os.path.exists(program):
                continue
            command = [program, os.path.join(HERE, "corpus"), "0.1" if quick else "0.5"]
            line = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=60).stdout)
            found.setdefault(name, []).append(line["value"] / 1000)
            sums[name] = line["read"]
    for name in sums:
        if sums[name] != sums["sipua"]:
            warn(f"{name} read something else: {sums[name]}, ours {sums['sipua']}")
    for name, values in found.items():
        yield Figure(f"parse, {name}", median(values), "us CPU", 0.8 if name == "sipua" else None)
    if "sofia" in found:
        # Each round's own pair: what else the machine did then slowed both.
        ratio = median([theirs / ours for theirs, ours in zip(found["sofia"], found["sipua"])])
        yield Figure("parse, times faster than sofia", ratio, "", 5, "higher")


MEASURES = [parse]
