#!/usr/bin/env python3
"""Puts the tree before the gates of the ABI; ci/abi calls it.

    tests/abi/gates/run.py                         all of them, with the library in build/
    tests/abi/gates/run.py --only header,leave     some
    --library FILE --flags "-fsanitize=address"    another library, and how programs are compiled for it
"""

from __future__ import annotations

import argparse
import concurrent.futures
import pathlib
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import gates  # noqa: E402
from bindings import bindings  # noqa: E402
from oldlib import build_old  # noqa: E402
from tools import ROOT, Subject  # noqa: E402


def old_library(subject: Subject) -> list[str]:
    """A program of today on the library of the baseline's commit: what that does not know, it refuses."""
    library, wrong = build_old(subject)
    if not library:
        return wrong
    old = Subject(subject.include, library, subject.work / "on_old", subject.baseline)
    return gates.old_client(old) + gates.newer_client(old)


def main() -> int:
    every = {"old_library": old_library, "bindings": bindings, **gates.ALL}  # the longest first
    parser = argparse.ArgumentParser(description="The gates of the ABI.")
    parser.add_argument("--only", default=",".join(every), help="names, with commas between")
    parser.add_argument("--library", type=pathlib.Path, default=ROOT / "build/abi/libsipua.so")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/abi-gates")
    parser.add_argument("--flags", default="")
    options = parser.parse_args()
    if not options.library.exists():
        print(f"{options.library} is not there: build it first (cmake --preset release && cmake --build --preset release)")
        return 2

    def one(name: str) -> tuple[str, list[str], float]:
        started = time.monotonic()
        subject = Subject(ROOT / "abi/include", options.library.resolve(), options.work / name, flags=tuple(options.flags.split()))
        try:
            wrong = every[name](subject)
        except Exception as error:  # a gate that breaks is a gate that fails
            wrong = [f"{type(error).__name__}: {error}"]
        return name, wrong, time.monotonic() - started

    bad = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, wrong, seconds in pool.map(one, options.only.split(",")):
            print(f"{'failed' if wrong else 'passed'}  {name:<13} {seconds:5.1f} s  {every[name].__doc__}")
            for line in wrong:
                print(f"        {line}")
            bad += bool(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
