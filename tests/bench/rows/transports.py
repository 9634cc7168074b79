"""What connections cost: making them, keeping them idle, messages over each transport, and ten thousand accounts at once."""

import collections.abc
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

from .figure import Figure, median
from .process import ROOT, Program

sys.path.insert(0, os.path.join(ROOT, "tests", "interop"))
from certificates import Certificates  # noqa: E402

Yields = collections.abc.Iterator[Figure]
WARM = 100
CONNECTED = ("tcp", "tls", "ws", "wss")


@contextlib.contextmanager
def credentials() -> collections.abc.Iterator[tuple[str, str]]:
    """A file with certificate and key, and one with its issuer."""
    with tempfile.TemporaryDirectory() as folder:
        made = Certificates(Path(folder) / "made")
        pem = Path(folder) / "both.pem"
        pem.write_text(Path(made.good.cert).read_text() + Path(made.good.key).read_text())
        yield str(pem), made.ca


def connections(quick: bool) -> Yields:
    """connections to the embedded server: how many a second, what each takes of CPU and memory"""
    count = 300 if quick else 3000
    with credentials() as (pem, _):
        for transport in CONNECTED:
            with Program("bench_registrar", "1", transport, pem) as server:
                port = server.port()
                with Program("bench_connect", transport, str(port)) as peer:
                    peer.say(str(WARM))
                    peer.figures()
                    time.sleep(1)
                    memory, cpu = server.rss(), server.cpu_us()[""]
                    peer.say(str(count))
                    seconds = peer.figures()["seconds"]
                    used = server.cpu_us()[""] - cpu
                    time.sleep(1)
                    grown = server.rss() - memory
            yield Figure(f"connection, {transport.upper()}, made", count / seconds, "conn/s", None, "higher")
            yield Figure(f"connection, {transport.upper()}, accepted", used / count, "us CPU")
            yield Figure(f"connection, {transport.upper()}, idle", grown / count, "bytes")


def messages(quick: bool) -> Yields:
    """MESSAGE and its 200, fifty at a time, over each transport"""
    count = 1000 if quick else 10000
    transports = ("udp", *CONNECTED)
    rates: dict[str, list[float]] = {one: [] for one in transports}
    costs: dict[str, list[float]] = {one: [] for one in transports}
    with credentials() as (pem, ca), contextlib.ExitStack() as running:
        pairs = {}
        for transport in transports:
            server = running.enter_context(Program("bench_messages", "serve", transport, pem))
            sender = running.enter_context(Program("bench_messages", "send", transport, "", str(server.port()), ca))
            sender.say("200")
            sender.figures()
            pairs[transport] = server, sender
        for _ in range(1 if quick else 3):
            for transport, (server, sender) in pairs.items():
                before = server.cpu_us()[""] + sender.cpu_us()[""]
                sender.say(str(count))
                found = sender.figures()
                if found["failed"]:
                    raise RuntimeError(f"{found['failed']} messages over {transport} failed")
                rates[transport].append(count / found["seconds"])
                costs[transport].append((server.cpu_us()[""] + sender.cpu_us()[""] - before) / count)
    for transport in transports:
        yield Figure(f"messages, {transport.upper()}", median(rates[transport]), "messages/s", None, "higher")
        yield Figure(f"messages, {transport.upper()}, both sides", median(costs[transport]), "us CPU")
        if transport != "udp":
            yield Figure(f"messages, {transport.upper()}, CPU to that of UDP",
                         median(costs[transport]) / median(costs["udp"]), "times")


def peak(pid: int) -> float:
    """The most that was ever resident, in MB."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


def storm(quick: bool) -> Yields:
    """10,000 accounts that register at once"""
    count = 1000 if quick else 10000
    with credentials() as (pem, ca):
        for transport in ("udp", "tls", "wss"):
            with Program("bench_registrar", str(count), transport, pem) as server:
                port = server.port()
                with Program("bench_storm", transport, str(port), str(count), ca) as program:
                    program.line()
                    cpu, theirs = program.cpu_us()[""], server.cpu_us()[""]
                    program.say("go")
                    found = program.figures(300)
                    if found["failed"]:
                        raise RuntimeError(f"{found['failed']} registrations over {transport} failed")
                    what = f"storm of {count:,} accounts, {transport.upper()}"
                    yield Figure(f"{what}, CPU", (program.cpu_us()[""] - cpu) / 1e6, "s CPU")
                    yield Figure(f"{what}, CPU of the server", (server.cpu_us()[""] - theirs) / 1e6, "s CPU")
                    yield Figure(f"{what}, peak memory", peak(program.child.pid), "MB")
                    yield Figure(f"{what}, time", found["seconds"], "s")


MEASURES = [connections, messages, storm]
