"""Asks the compilers of the three machines for sizes, offsets and constants. Nothing is run: the answers stand in the
assembler text."""

from __future__ import annotations

import pathlib
import subprocess

from layout import Machine

COMPILERS = {"x86_64": ("gcc", "g++"), "aarch64": ("aarch64-linux-gnu-gcc", "aarch64-linux-gnu-g++"),
             "armv7": ("arm-linux-gnueabihf-gcc", "arm-linux-gnueabihf-g++")}


def ask(machine: Machine, include: pathlib.Path, probe: pathlib.Path) -> str:
    """The lines of layout-MACHINE.txt as the compiler sees them. Raises RuntimeError with its words."""
    command = [COMPILERS[machine.name][0], "-S", "-O1", f"-I{include}", "-o", "-", str(probe)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{machine.name}: {done.stderr.strip()}")
    return "".join(line[len("#sipua "):] + "\n" for line in done.stdout.splitlines() if line.startswith("#sipua "))
