"""Resident memory: its growth over a thousand objects, after a hundred that brought up what is made once."""

import collections.abc
import json
import os
import subprocess
import tempfile
import time

from .figure import Figure
from .process import BUILD, HERE, Program, sipp, sipp_command

Yields = collections.abc.Iterator[Figure]
WARM = 100


def kb(before: int, after: int, count: int) -> float:
    return (after - before) / 1024 / count


def account(quick: bool) -> Yields:
    """per registered account"""
    count = 300 if quick else 1000
    with Program("bench_registrar", str(count + WARM)) as registrar:
        with Program("bench_accounts", str(registrar.port()), str(count), str(WARM)) as program:
            program.line()
            before = program.rss()
            program.say("go")
            program.line(120)
            time.sleep(0.5)
            yield Figure("memory, registered account", kb(before, program.rss(), count), "KB", 3)


def hold(uas: Program, port: int, count: int) -> subprocess.Popen[bytes]:
    """A sipp that holds so many calls, once they are up."""
    target = uas.counters()["confirmed"] + count
    folder = tempfile.mkdtemp()
    stats = os.path.join(folder, "stats.csv")
    child = subprocess.Popen(
        sipp_command(os.path.join(HERE, "hold.xml"), port, stats, "-m", str(count), "-l", str(count), "-r", "400",
                     "-rtp_echo"),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    until = time.monotonic() + 60
    while uas.counters()["confirmed"] < target:
        if time.monotonic() > until or child.poll() is not None:
            child.kill()
            raise RuntimeError("the calls did not come up")
        time.sleep(0.2)
    return child


def held_call(quick: bool) -> Yields:
    """per held call"""
    # What sipp echoes reaches jitter buffer and decoder. A thousand calls' packets both ways are more than two cores carry.
    for mode, name, count, aim in (("poll", "signalling only", 1000, 5), ("rtp", "PCMU", 300, 40)):
        count = count // 5 if quick else count
        with Program("bench_uas", mode) as uas:
            port = uas.port()
            children = [hold(uas, port, WARM)]
            time.sleep(2)
            before = uas.rss()
            children.append(hold(uas, port, count))
            time.sleep(2)
            yield Figure(f"memory, held call, {name}", kb(before, uas.rss(), count), "KB", aim)
            for child in children:
                child.kill()
                child.wait()


def finished(quick: bool) -> Yields:
    """per finished transaction while it lingers"""
    count = 2000 if quick else 20000
    for scenario, name, each in (("uac_options", "OPTIONS", 1), ("uac_load", "INVITE and BYE", 2)):
        with Program("bench_uas", "auto") as uas:
            port = uas.port()
            sipp(scenario, port, 500, 2000, 100)
            before, there = uas.rss(), uas.counters()["transactions_now"]
            sipp(scenario, port, count // each, 2000, 200)
            after, now = uas.rss(), uas.counters()["transactions_now"]
            yield Figure(f"memory, finished transaction, {name}", kb(before, after, max(1, now - there)), "KB", 1)


def day(quick: bool) -> Yields:
    """calls held for a day with session timers, on the fake clock"""
    command = [os.path.join(BUILD, "bench_held"), "100" if quick else "1000", "24"]
    answer = json.loads(subprocess.run(command, check=True, timeout=300, stdout=subprocess.PIPE).stdout)
    yield Figure("memory, call held 24 hours with a session timer: growth", answer["bytes"], "bytes", 64)
    yield Figure("CPU per refresh of a session, both sides", answer["us"], "us")


def subscription(quick: bool) -> Yields:
    """per subscription, at who watches and at who is watched, once transactions are over"""
    count = 1000 if quick else 10000
    with Program("bench_watchers", "serve") as served:
        port = served.port()
        with Program("bench_watchers", "watch", str(port), str(count), str(WARM)) as watcher:
            watcher.line()
            time.sleep(34)
            before = watcher.rss(), served.rss()
            watcher.say("go")
            watcher.line(120)
            time.sleep(34)
            yield Figure("memory, subscription of ours", kb(before[0], watcher.rss(), count), "KB", 4)
            yield Figure("memory, subscription to us", kb(before[1], served.rss(), count), "KB", 4)


MEASURES = [account, held_call, finished, day, subscription]
