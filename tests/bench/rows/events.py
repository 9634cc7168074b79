"""Events to programs: how many a second, how long they take, what Python adds."""

import collections.abc
import os
import subprocess

from .figure import Figure, median
from .process import BUILD, HERE, PYTHON, Program, sipp

Yields = collections.abc.Iterator[Figure]


def app(name: str) -> str:
    return os.path.join(HERE, "apps", name)


def throughput(quick: bool) -> Yields:
    """events per second through the ABI and through Python"""
    runs: dict[str, list[dict]] = {"ABI": [], "Python": []}
    for _ in range(1 if quick else 3):
        for name, command in (("ABI", ["bench_events"]), ("Python", [PYTHON, app("events.py")])):
            with Program(*command, "20000" if quick else "200000") as program:
                runs[name].append(program.figures())
    for name, found in runs.items():
        yield Figure(f"events, {name}", median([f["events_per_s"] for f in found]), "events/s", None, "higher")
        yield Figure(f"events, {name}, each", median([f["cpu_us"] for f in found]), "us CPU")


def latency(quick: bool) -> Yields:
    """from a datagram to the program that waits for it"""
    count = 200 if quick else 2000
    programs = {"C poller": ["bench_receive"], "Python coroutine": [PYTHON, app("receive.py")],
                "Python coroutine, no library": [PYTHON, app("plain.py")]}
    runs: dict[str, list[dict]] = {name: [] for name in programs}
    for _ in range(1 if quick else 3):
        for name, command in programs.items():
            with Program(*command, str(count)) as program:
                subprocess.run([os.path.join(BUILD, "bench_stamp"), str(program.port()), str(count), "1000"],
                               check=True, timeout=120)
                runs[name].append(program.figures())
    for name, found in runs.items():
        aim = 100 if name == "Python coroutine" else None
        yield Figure(f"datagram to {name}, median", median([f["p50"] for f in found]), "us", aim)
        yield Figure(f"datagram to {name}, 99th percentile", median([f["p99"] for f in found]), "us")


def python_call(quick: bool) -> Yields:
    """CPU added per call by Python"""
    rates = (100, 500)
    used: dict[tuple[str, int], list[float]] = {}
    with Program("bench_uas", "rtp") as c, Program(PYTHON, app("answer.py")) as python:
        servers = {"C program": (c, c.port()), "Python": (python, python.port())}
        for server, port in servers.values():
            sipp("uac_load", port, 100, 100, 100)
        for _ in range(1 if quick else 3):
            for rate in rates:
                for name, (server, port) in servers.items():
                    before = server.cpu_us()[""]
                    result = sipp("uac_load", port, rate if quick else 4 * rate, rate, 500)
                    used.setdefault((name, rate), []).append((server.cpu_us()[""] - before) / max(1, result.calls))
    for rate in rates:
        added = [(p - c) / 1000 for p, c in zip(used["Python", rate], used["C program", rate])]
        yield Figure(f"call with RTP, C program, at {rate}/s", median(used["C program", rate]), "us CPU")
        yield Figure(f"call with RTP, Python, at {rate}/s", median(used["Python", rate]), "us CPU")
        yield Figure(f"call, added by Python, at {rate}/s", median(added), "ms CPU", 0.2)


MEASURES = [throughput, latency, python_call]
