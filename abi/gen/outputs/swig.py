"""Runs SWIG on a generated interface. What it writes is committed: building a binding needs no SWIG."""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
LEAST = (4, 2)


def find() -> str | None:
    """The swig beside this interpreter, else that of PATH, if it is new enough."""
    beside = pathlib.Path(sys.executable).parent / "swig"
    command = str(beside) if beside.exists() else shutil.which("swig")
    if not command:
        return None
    said = subprocess.run([command, "-version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"SWIG Version (\d+)\.(\d+)", said)
    return command if version and (int(version[1]), int(version[2])) >= LEAST else None


def wrap(interface: str, output: str, *options: str) -> str:
    """The wrapper that SWIG writes for this interface. Without SWIG, the committed one, with a word about it."""
    command = find()
    if not command:
        print(f"{output} was not made anew: that takes SWIG {LEAST[0]}.{LEAST[1]} (pip install swig)", file=sys.stderr)
        committed = ROOT / output
        return committed.read_text(encoding="utf-8") if committed.exists() else ""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "sipua.i"
        path.write_text(interface, encoding="utf-8")
        done = subprocess.run([command, *options, "-o", "sipua_wrap.c", "sipua.i"], cwd=folder, capture_output=True, text=True,
                              check=False)
        if done.returncode:
            raise RuntimeError(f"swig refused {output}:\n{done.stderr}")
        if done.stderr.strip():
            print(done.stderr.strip(), file=sys.stderr)
        return (pathlib.Path(folder) / "sipua_wrap.c").read_text(encoding="utf-8")
