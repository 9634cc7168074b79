"""Events to programs: how many a second, how long they take, what Python adds."""

import collections.abc
import os
import socket
import subprocess
import time

from .figure import Figure, median
from .languages import LANGUAGES
from .process import BUILD, HERE, PYTHON, Program, sipp

Yields = collections.abc.Iterator[Figure]


def app(name: str) -> str:
    return os.path.join(HERE, "apps", name)


def throughput(quick: bool) -> Yields:
    """events per second through the ABI and through each language"""
    programs = {"ABI" if name == "C" else name: language.events for name, language in LANGUAGES.items()}
    runs: dict[str, list[dict]] = {name: [] for name in programs}
    for _ in range(1 if quick else 3):
        for name, command in programs.items():
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


def loop_alone(rate: int, calls: int) -> float:
    """CPU of an asyncio program without the library that is woken as often as by a call (3.1 times at 100/s, 1.6 at 500/s,
    when calls share wake-ups): at the INVITE, at the ACK with the BYE, and when the media has stopped."""
    plan = sorted((call / rate + after, call, step)
                  for call in range(calls) for step, after in enumerate((0, 0.001, 0.007)))
    with Program(PYTHON, app("plain_call.py")) as program, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(("127.0.0.1", program.port()))
        before, start = program.cpu_us()[""], time.monotonic()
        for due, call, step in plan:
            time.sleep(max(0, start + due - time.monotonic()))
            s.send(b"%d %d" % (call, step))
        time.sleep(0.1)
        return (program.cpu_us()[""] - before) / calls


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
        alone = median([loop_alone(rate, rate if quick else 4 * rate) for _ in range(1 if quick else 3)])
        yield Figure(f"event loop alone, woken 3 times a call, at {rate}/s", alone, "us CPU")
        added = [(p - c) / 1000 for p, c in zip(used["Python", rate], used["C program", rate])]
        yield Figure(f"call with RTP, C program, at {rate}/s", median(used["C program", rate]), "us CPU")
        yield Figure(f"call with RTP, Python, at {rate}/s", median(used["Python", rate]), "us CPU")
        yield Figure(f"call, added by Python, at {rate}/s", median(added), "ms CPU", 0.2)


MEASURES = [throughput, latency, python_call]
