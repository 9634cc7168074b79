"""Runs the benchmarks and prints one table: see `run`, which prepares everything."""

import argparse
import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from rows import audio, calls, control, events, languages, media, memory, parse, transports  # noqa: E402
from rows.figure import Figure  # noqa: E402

GROUPS = {"parse": parse, "calls": calls, "control": control, "memory": memory, "media": media, "events": events,
          "audio": audio, "languages": languages, "transports": transports}


def verdict(figure: Figure) -> str:
    if figure.aim is None:
        return ""
    met = figure.value <= figure.aim if figure.better == "lower" else figure.value >= figure.aim
    return "met" if met else "not met"


def number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def show(figures: list[Figure]) -> None:
    rows = [("name", "value", "unit", "aim", "verdict")]
    for f in figures:
        aim = ("" if f.aim is None else "<= " if f.better == "lower" else ">= ") + number(f.aim)
        rows.append((f.name, number(f.value), f.unit, aim, verdict(f)))
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    for row in rows:
        cells = [c.rjust(w) if i in (1, 3) else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())


def measure_all(given: argparse.Namespace, figures: list[Figure]) -> None:
    for group, module in GROUPS.items():
        for measure in module.MEASURES:
            if given.only and not (group.startswith(given.only) or measure.__name__.startswith(given.only)):
                continue
            print(f"  {group}: {(measure.__doc__ or '').splitlines()[0]}", file=sys.stderr, flush=True)
            try:
                for figure in measure(given.quick):
                    figures.append(figure)
                    if given.json:
                        print(json.dumps({k: v for k, v in vars(figure).items() if k != "note"}), flush=True)
            except (OSError, RuntimeError, ValueError, KeyError, subprocess.SubprocessError) as error:
                print(f"  {group}: not measured: {error!r}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description="libsipua's benchmarks")
    parser.add_argument("--json", action="store_true", help="one JSON object per figure instead of the table")
    parser.add_argument("--only", metavar="NAME", help="only rows whose group or name begins so: " + ", ".join(GROUPS))
    parser.add_argument("--quick", action="store_true", help="a tenth of the work: to see that all runs")
    given = parser.parse_args()
    figures: list[Figure] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        measure_all(given, figures)
    except KeyboardInterrupt:
        print("  ended early: what was measured by now", file=sys.stderr)
    if not given.json:
        show(figures)


main()
