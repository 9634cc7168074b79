"""Calls as UAS under sipp: INVITE, 180, 200, ACK, BYE, no media. CPU time of the answering process."""

import collections.abc
import socket
import subprocess
import tempfile
import time

from .figure import Figure, median
from .process import Program, Sipp, cpu_us, sipp, warn

Yields = collections.abc.Iterator[Figure]


class SippServer:
    """sipp itself as UAS (its built-in scenario), for control."""

    def __init__(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            self._port = s.getsockname()[1]
        self._folder = tempfile.TemporaryDirectory()
        self._child = subprocess.Popen(
            ["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(self._port), "-nostdin", "-buff_size", "4000000"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder.name)
        time.sleep(0.5)

    def __enter__(self) -> "SippServer":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()
        self._folder.cleanup()

    def port(self) -> int:
        return self._port

    def cpu_us(self) -> dict[str, float]:
        return cpu_us(self._child.pid)


def one(server: Program | SippServer, scenario: str, port: int, calls: int, rate: int, limit: int) -> tuple[float, Sipp]:
    """CPU microseconds per call, and what sipp counted."""
    before = server.cpu_us()
    result = sipp(scenario, port, calls, rate, limit)
    time.sleep(0.1)
    used = server.cpu_us()[""] - before[""]
    if result.failed or result.calls < calls:
        warn(f"{scenario}: {result.calls} of {calls} calls succeeded, {result.retransmissions} retransmissions")
    return used / max(1, result.calls), result


def per_call(quick: bool) -> Yields:
    """CPU per call, at 1000 calls/s and at saturation"""
    shape = {"at 1000/s": (1000, 500), "at saturation": (50000, 100)}
    calls = {"at 1000/s": 500 if quick else 4000, "at saturation": 1000 if quick else 15000}
    aims = {("stack alone", "at 1000/s"): 70, ("through poll", "at 1000/s"): 120, ("through poll", "at saturation"): 80}
    found: dict[tuple[str, str], list[float]] = {}
    rates: dict[str, list[float]] = {}
    with Program("bench_uas", "auto") as auto, Program("bench_uas", "poll") as poll, SippServer() as control:
        servers = {"stack alone": (auto, auto.port()), "through poll": (poll, poll.port()),
                   "sipp as UAS": (control, control.port())}
        for server, port in servers.values():  # warm up
            one(server, "uac_load", port, 200, 1000, 500)
        for _ in range(1 if quick else 3):
            for name, (server, port) in servers.items():
                for load, (rate, limit) in shape.items():
                    us, result = one(server, "uac_load", port, calls[load], rate, limit)
                    found.setdefault((name, load), []).append(us)
                    if load == "at saturation":
                        rates.setdefault(name, []).append(result.calls / max(0.001, result.seconds))
    for (name, load), values in found.items():
        yield Figure(f"call, {name}, {load}", median(values), "us CPU", aims.get((name, load)))
    for name, values in rates.items():
        yield Figure(f"call, {name}, rate at saturation", median(values), "calls/s", None, "higher")


def sustained(quick: bool) -> Yields:
    """10,000 calls/s"""
    seconds = 2 if quick else 10
    shares, lost, rates = [], [], []
    with Program("bench_uas", "auto") as auto:
        port = auto.port()
        sipp("uac_load", port, 1000, 1000, 500)
        for _ in range(1 if quick else 3):
            ours = auto.counters()["retransmissions"]
            before = auto.cpu_us()
            result = sipp("uac_load", port, 10000 * seconds, 10000, 20000)
            used = auto.cpu_us()
            rates.append(result.calls / max(0.001, result.seconds))
            lost.append(result.retransmissions + auto.counters()["retransmissions"] - ours)
            shares.append((used.get("sipua", 0) - before.get("sipua", 0)) / 1e6 / max(0.001, result.seconds))
    yield Figure("10,000 calls/s asked: carried", median(rates), "calls/s", 9900, "higher")
    yield Figure("10,000 calls/s asked: stack thread", median(shares), "cores", 0.8)
    yield Figure("10,000 calls/s asked: retransmissions", median(lost), "messages", 0)


def sustained_control(quick: bool) -> Yields:
    """10,000 calls/s, sipp against sipp"""
    seconds = 2 if quick else 10
    with SippServer() as control:
        before = control.cpu_us()[""]
        result = sipp("uac_load", control.port(), 10000 * seconds, 10000, 20000)
        used = control.cpu_us()[""] - before
    yield Figure("10,000 calls/s asked: carried, sipp as UAS", result.calls / max(0.001, result.seconds), "calls/s", None, "higher")
    yield Figure("10,000 calls/s asked: sipp as UAS", used / 1e6 / max(0.001, result.seconds), "cores")
    yield Figure("10,000 calls/s asked: retransmissions, sipp as UAS", result.retransmissions, "messages")


def options(quick: bool) -> Yields:
    """OPTIONS"""
    found: dict[tuple[str, str], list[float]] = {}
    with Program("bench_uas", "auto") as alone, Program("bench_uas", "poll") as told:
        servers = {"stack alone": (alone, alone.port()), "told through poll": (told, told.port())}
        for server, port in servers.values():
            one(server, "uac_options", port, 500, 2000, 500)
        for _ in range(1 if quick else 3):
            for name, (server, port) in servers.items():
                us, _ = one(server, "uac_options", port, 1000 if quick else 10000, 2000, 500)
                found.setdefault((name, "at 2000/s"), []).append(us)
                us, _ = one(server, "uac_options", port, 2000 if quick else 30000, 50000, 100)
                found.setdefault((name, "at saturation"), []).append(us)
    for (name, load), values in found.items():
        yield Figure(f"OPTIONS, {name}, {load}", median(values), "us CPU", 15 if name == "stack alone" else None)


MEASURES = [per_call, sustained, sustained_control, options]
