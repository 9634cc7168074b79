"""Programs under measurement: started, watched from outside, ended."""

import csv
import json
import os
import select
import subprocess
import sys
import tempfile
import time
import typing

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BUILD = os.path.join(ROOT, "build", "bench", "tests", "bench")
SCENARIOS = os.path.join(ROOT, "tests", "interop", "sipp")
HERE = os.path.join(ROOT, "tests", "bench")
PYTHON = os.path.join(ROOT, ".venv", "bin", "python")


class Program:
    """A child that talks in lines. As a context manager it is gone afterwards."""

    def __init__(self, *command: str) -> None:
        if "/" not in command[0]:
            command = (os.path.join(BUILD, command[0]), *command[1:])
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._left = b""

    def __enter__(self) -> typing.Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.stdin.close()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()

    def say(self, line: str) -> None:
        self.child.stdin.write(line.encode() + b"\n")

    def line(self, timeout: float = 60) -> str:
        until = time.monotonic() + timeout
        while b"\n" not in self._left:
            ready, _, _ = select.select([self.child.stdout], [], [], max(0, until - time.monotonic()))
            more = os.read(self.child.stdout.fileno(), 65536) if ready else b""
            if not more:
                raise RuntimeError(f"{self.child.args} says nothing")
            self._left += more
        line, self._left = self._left.split(b"\n", 1)
        return line.decode()

    def port(self) -> int:
        """The port of its line "listening PORT"."""
        return int(self.line().split()[1])

    def figures(self, timeout: float = 120) -> dict:
        return json.loads(self.line(timeout))

    def counters(self) -> dict:
        self.say("stats")
        return self.figures()

    def cpu_us(self) -> dict[str, float]:
        """CPU time in microseconds of each thread by name, and of all under ""."""
        return cpu_us(self.child.pid)

    def rss(self) -> int:
        """Resident bytes."""
        with open(f"/proc/{self.child.pid}/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cpu_us(pid: int) -> dict[str, float]:
    result = {"": 0.0}
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as f:
            us = int(f.read().split()[0]) / 1000
        with open(f"/proc/{pid}/task/{task}/comm") as f:
            name = f.read().strip()
        result[name] = result.get(name, 0) + us
        result[""] += us
    return result


class Sipp(typing.NamedTuple):
    """What one run of sipp has to say at its end."""

    calls: int
    failed: int
    retransmissions: int
    seconds: float


def sipp_command(scenario: str, port: int, stats: str, *more: str) -> list[str]:
    return ["sipp", "-sf", scenario, f"127.0.0.1:{port}", "-i", "127.0.0.1", "-s", "bench", "-nostdin",
            "-deadcall_wait", "0", "-buff_size", "4000000", "-trace_stat", "-stf", stats, "-fd", "1", *more]


def read_stats(path: str) -> Sipp:
    with open(path, newline="") as f:
        last = list(csv.DictReader(f, delimiter=";"))[-1]
    # A date, a time and the seconds since 1970; the column of the elapsed time has whole seconds only.
    start, end = (float(last[name].split()[-1]) for name in ("StartTime", "CurrentTime"))
    return Sipp(int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"]), int(last["Retransmissions(C)"]), end - start)


def sipp(name: str, port: int, calls: int, rate: int, limit: int) -> Sipp:
    """Runs a scenario of tests/interop/sipp to its end."""
    patience = max(20, 3 * calls // rate)
    scenario = name if "/" in name else os.path.join(SCENARIOS, name + ".xml")
    with tempfile.TemporaryDirectory() as folder:
        stats = os.path.join(folder, "stats.csv")
        command = sipp_command(scenario, port, stats, "-m", str(calls), "-r", str(rate), "-l", str(limit),
                               "-timeout", str(patience))
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              cwd=folder, timeout=patience + 40)
        if not os.path.exists(stats):
            raise RuntimeError("sipp: " + done.stderr.decode(errors="replace")[-400:])
        return read_stats(stats)


def warn(text: str) -> None:
    print("    " + text, file=sys.stderr, flush=True)
