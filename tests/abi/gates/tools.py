"""What the gates share: where things are, running programs, the header as the generator reads it."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "abi" / "gen"))

import compare  # noqa: E402, F401
import model  # noqa: E402
from layout import MACHINES  # noqa: E402, F401
from model import HeaderError  # noqa: E402, F401
from outputs import description, layout, reference, symbols  # noqa: E402
from probe import COMPILERS, ask  # noqa: E402, F401
from reader import read  # noqa: E402
from tables import add_tables  # noqa: E402

CLIENTS = ROOT / "tests/abi/client"


@dataclasses.dataclass
class Subject:
    """What is put before the gates: usually the tree, a doctored one in the tests of the gates."""

    include: pathlib.Path  # holds sipua/sipua.h
    library: pathlib.Path  # libsipua.so
    work: pathlib.Path
    baseline: pathlib.Path = ROOT / "abi/baseline"
    flags: tuple[str, ...] = ()  # for programs, as the library was built: -fsanitize=...
    arguments: tuple[str, ...] = ()  # more for the program of a gate

    @property
    def text(self) -> str:
        return (self.include / "sipua/sipua.h").read_text(encoding="utf-8")

    def header(self) -> model.Header:
        header = read("abi/include/sipua/sipua.h", self.text)
        add_tables(header, ROOT)
        return header


def run(*command: object, timeout: int = 120, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=timeout, **more)  # type: ignore[call-overload,no-any-return]


def failed(what: str, done: subprocess.CompletedProcess[str]) -> list[str]:
    """Nothing when it went well; else its last words."""
    if not done.returncode:
        return []
    said = (done.stderr + done.stdout).strip().splitlines() or [f"status {done.returncode}"]
    errors = [line for line in said if "error" in line][:5]
    return [f"{what}: {line}" for line in errors or said[-5:]]


def build(subject: Subject, name: str, source: pathlib.Path, include: pathlib.Path, library: pathlib.Path | None,
          standard: str = "c99") -> tuple[pathlib.Path, list[str]]:
    """A client program, linked with the library by its file."""
    program = subject.work / name
    program.parent.mkdir(parents=True, exist_ok=True)
    linked = [library, f"-Wl,-rpath,{library.parent}"] if library else []
    done = run("gcc", "-g", f"-std={standard}", "-Wall", "-Werror", "-Wno-missing-field-initializers", *subject.flags,
               f"-I{include}", source, "-o", program, *linked, "-pthread")
    return program, failed(f"compiling {source.name}", done)


def start(program: pathlib.Path, *arguments: object, library: pathlib.Path | None = None, **env: str) -> list[str]:
    """Runs a client program, with that library whatever it was linked with."""
    environment = {**os.environ, **env}
    if library:
        environment["LD_LIBRARY_PATH"] = str(library.parent)
    try:
        done = run(program, *arguments, timeout=300, env=environment)
    except subprocess.TimeoutExpired:
        return [f"{program.name}: did not end within 300 s"]
    return failed(program.name, done)


def stub_library(include: pathlib.Path, work: pathlib.Path, extra: str = "", without: str = "") -> pathlib.Path:
    """A library with the symbols and types of a header and nothing behind them."""
    header = read("sipua.h", (include / "sipua/sipua.h").read_text(encoding="utf-8"))
    text = '#include "sipua/sipua.h"\n' + extra
    for f in header.functions:
        if f.name != without:
            text += reference.signature(f).rstrip(";") + (" {}\n" if f.returns == "void" else " { return 0; }\n")
    work.mkdir(parents=True, exist_ok=True)
    (work / "stub.c").write_text(text, encoding="utf-8")
    names = symbols.write(header)[0]
    (work / "stub.map").write_text(names.replace("    global:\n", "    global:\n        sipua_extra*;\n", 1), encoding="utf-8")
    library = work / "libsipua.so.0"
    done = run("gcc", "-g", "-w", "-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-soname,libsipua.so.0",
               "-Wl,--undefined-version", f"-Wl,--version-script={work / 'stub.map'}", f"-I{include}", work / "stub.c",
               "-o", library)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return library


def spoilt_library(include: pathlib.Path, work: pathlib.Path, built: pathlib.Path) -> pathlib.Path:
    """The library of the tree, its top floor compiled with another header. built: libsipua.so in its build folder."""
    (work / "generated").mkdir(parents=True, exist_ok=True)
    (work / "generated/asserts.h").write_text("", encoding="utf-8")  # they would refuse it already
    floors = sorted((built.parents[1] / "libsipua").glob("libsipua_*.a"))
    library = work / "libsipua.so.0"
    found = run("pkg-config", "--libs", "libevent_core", "libssl", "libcrypto", "libcares", "opus", "speexdsp", "expat").stdout.split()
    done = run("gcc", "-g", "-w", "-shared", "-fPIC", "-std=gnu11", "-Wl,-soname,libsipua.so.0", f"-I{work}", f"-I{include}",
               f"-I{ROOT / 'abi'}", f"-I{ROOT / 'libsipua'}", *sorted((ROOT / "abi/src").glob("*.c")), "-Wl,--start-group", *floors,
               "-Wl,--end-group", *found, "-lwslay", "-lm", "-pthread", "-o", library)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return library
