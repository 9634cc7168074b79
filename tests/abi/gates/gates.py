"""The gates of the ABI. Each takes a tools.Subject and returns what is wrong, in words; nothing means passed."""

from __future__ import annotations

import json
import re
import sys

from tools import (CLIENTS, COMPILERS, MACHINES, ROOT, HeaderError, Subject, ask, build, compare, description, failed,
                   layout, run, start)

STANDARDS = ("c99", "c11", "c17")
STRICT = ("-Wall", "-Wextra", "-Wpadded", "-Wpedantic", "-Werror", "-fsyntax-only")


def header(subject: Subject) -> list[str]:
    """The header keeps to the subset, and all that was promised in it is there unchanged."""
    try:
        new = json.loads(description.write(subject.header())[0])
    except HeaderError as error:
        return [str(error)]
    old = json.loads((subject.baseline / "sipua.json").read_text(encoding="utf-8"))
    return compare.descriptions(old, new)


def compiles(subject: Subject) -> list[str]:
    """The header alone, in every language and on every machine, without a warning and without padding."""
    wrong = []
    for machine, (c, cxx) in COMPILERS.items():
        for standard in STANDARDS:
            done = run(c, f"-std={standard}", *STRICT, f"-I{subject.include}", "-x", "c", "-", input='#include "sipua/sipua.h"\n')
            wrong += failed(f"{standard} on {machine}", done)
        done = run(cxx, "-std=c++17", *STRICT, f"-I{subject.include}", "-x", "c++", "-", input='#include "sipua/sipua.h"\n')
        wrong += failed(f"c++17 on {machine}", done)
    return wrong


def numbers(subject: Subject) -> list[str]:
    """Sizes, offsets and constants as the three compilers print them: as computed, and as promised."""
    try:
        read = subject.header()
    except HeaderError as error:
        return [str(error)]
    subject.work.mkdir(parents=True, exist_ok=True)
    probe = subject.work / "probe.c"
    probe.write_text(layout.probe(read), encoding="utf-8")
    wrong = []
    for machine in MACHINES:
        printed = ask(machine, subject.include, probe)
        if printed != layout.table(read, machine):
            wrong.append(f"{machine.name}: the compiler's numbers are not those that the generator computed")
        promised = (subject.baseline / f"layout-{machine.name}.txt").read_text(encoding="utf-8")
        wrong += compare.tables(promised, printed, machine.name)
    return wrong


def asserts(subject: Subject) -> list[str]:
    """The library's own top floor compiles for every machine; its static assertions hold every number of the header."""
    wrong = []
    for machine, (compiler, _) in COMPILERS.items():
        done = run(compiler, "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-Wno-missing-field-initializers",
                   "-fsyntax-only", f"-I{subject.include}", f"-I{ROOT / 'abi'}", f"-I{ROOT / 'libsipua'}",
                   *sorted((ROOT / "abi/src").glob("*.c")))
        wrong += failed(f"abi/src on {machine}", done)
    return wrong


def exports(subject: Subject) -> list[str]:
    """Exported symbols = version map = header, each in the node of its version; the SONAME."""
    read = subject.header()
    declared = {f"{f.name}@@SIPUA_{f.since or '0.1'}" for f in read.functions}
    listed, node = set(), ""
    for line in (ROOT / "abi/generated/sipua.map").read_text(encoding="utf-8").splitlines():
        found = re.match(r"(SIPUA_[\d.]+) \{|        (sipua_\w+);", line)
        if found:
            node = found[1] or node
            listed |= {f"{found[2]}@@{node}"} if found[2] else set()
    done = run("nm", "-D", "--defined-only", "--with-symbol-versions", subject.library)
    wrong = failed("nm", done)
    rows = [line.split() for line in done.stdout.splitlines()]
    exported = {row[2] for row in rows if len(row) == 3 and row[1] != "A" and not row[2].startswith("__")}
    for names, where in ((declared, "the header"), (listed, "the version map")):
        wrong += [f"{name.split('@')[0]}: exported, but not as in {where}" for name in sorted(exported - names)]
        wrong += [f"{name.split('@')[0]}: in {where}, but not exported so" for name in sorted(names - exported)]
    major = read.version[0]
    done = run("objdump", "-p", subject.library)
    if not re.search(rf"SONAME\s+libsipua\.so\.{major}$", done.stdout, re.MULTILINE):
        wrong.append(f"libsipua.so.{major}: is not the SONAME")
    return wrong


# What abidiff may say: functions that were added, and members at the end of a struct. Whatever else it says is a break.
HARMLESS = [r"Leaf changes summary", r"Changed leaf types summary", r"Removed/Changed/Added \w+ summary: 0 Removed, 0 Changed",
            r"\d+ Added functions?:$", r"\[A\] 'function ", r"'struct sipua_\w+.*' changed:$", r"type size changed from (\d+) to",
            r"\d+ data member insertions?:$", r"'.*', at offset (\d+) \(in bits\)", r"\d+ impacted interfaces?"]


def binary(subject: Subject) -> list[str]:
    """abidiff of the library with the promised one. It sees types behind functions; constants it does not see."""
    done = run("abidiff", "--leaf-changes-only", subject.baseline / "libsipua.abi", subject.library)
    if done.returncode & 3:
        return failed("abidiff", done) or ["abidiff: could not read the library"]
    wrong, size = [], 0
    for line in done.stdout.splitlines():
        text = line.strip()
        found = next((m for m in (re.match(p, text) for p in HARMLESS) if m), None)
        if text and not found:
            wrong.append(f"abidiff: {text}")
        if found and "type size" in text:
            size = int(found[1])
        elif found and "at offset" in text and int(found[1]) < size:
            wrong.append(f"abidiff: not at the end: {text}")
    return wrong if wrong or not done.returncode & 8 else ["abidiff: incompatible"]


def old_client(subject: Subject) -> list[str]:
    """A program built with the promised header runs on this library."""
    include = subject.work / "promised"
    (include / "sipua").mkdir(parents=True, exist_ok=True)
    (include / "sipua/sipua.h").write_text((subject.baseline / "sipua.h").read_text(encoding="utf-8"), encoding="utf-8")
    program, wrong = build(subject, "old_client", subject.baseline / "client.c", include, subject.library)
    return wrong or start(program, subject.work / "old_client.wav", library=subject.library)


def client(subject: Subject) -> list[str]:
    """The same of this header, on this library; it calls every function."""
    text = (CLIENTS / "client.c").read_text(encoding="utf-8")
    wrong = [f"{f.name}: client.c does not call it" for f in subject.header().functions if f"{f.name}(" not in text]
    program, more = build(subject, "client", CLIENTS / "client.c", subject.include, subject.library)
    return wrong + (more or start(program, subject.work / "client.wav", library=subject.library))


def future(text: str) -> str:
    """The header of a day to come: every versioned struct has one more member."""
    return re.sub(r"^\} (sipua_\w+);$", lambda m: m[0] if m[1] == "sipua_pair" else f"    uint64_t future;\n{m[0]}", text,
                  flags=re.MULTILINE)


def newer_client(subject: Subject) -> list[str]:
    """A program built with a newer header: this library refuses what it does not know, and only that."""
    include = subject.work / "future"
    (include / "sipua").mkdir(parents=True, exist_ok=True)
    (include / "sipua/sipua.h").write_text(future(subject.text), encoding="utf-8")
    program, wrong = build(subject, "newer_client", CLIENTS / "newer.c", include, subject.library)
    return wrong or start(program, library=subject.library)


def largest(subject: Subject) -> list[str]:
    """64-bit values at their largest cross the interface both ways."""
    program, wrong = build(subject, "largest", CLIENTS / "largest.c", subject.include, subject.library)
    return wrong or start(program, library=subject.library)


def host(subject: Subject) -> list[str]:
    """Loaded, used and unloaded in a loop: no thread, descriptor or byte stays behind."""
    program, wrong = build(subject, "host", CLIENTS / "host.c", subject.include, None, "gnu11")
    # what a thread's cache of malloc holds would count as in use
    return wrong or start(program, subject.library, 50, *subject.arguments, GLIBC_TUNABLES="glibc.malloc.tcache_count=0")


def leave(subject: Subject) -> list[str]:
    """The process is left in mid-call a hundred times."""
    program, wrong = build(subject, "leave", CLIENTS / "leave.c", subject.include, subject.library, "gnu11")
    return wrong or start(program, 104, *subject.arguments, library=subject.library)


ASK = """
import ctypes, json, sys
lib = ctypes.CDLL(sys.argv[1])
class Info(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("minimum", ctypes.c_int32), ("maximum", ctypes.c_int32), ("reserved", ctypes.c_int32),
                *((n, ctypes.c_char_p) for n in ("key", "type", "scope", "default", "text", "since", "choices"))]
options, errors = [], {}
for i in range(lib.sipua_option_count()):
    info = Info(struct_size=ctypes.sizeof(Info))
    assert lib.sipua_option_at(i, ctypes.byref(info)) > 0
    row = {name: getattr(info, name) for name, _ in Info._fields_ if name not in ("struct_size", "reserved")}
    options.append({k: v.decode() if isinstance(v, bytes) else "" if v is None else v for k, v in row.items()})
lib.sipua_error_name.restype = ctypes.c_char_p
for code in range(0, -200, -1):
    name = (lib.sipua_error_name(code) or b"").decode()
    errors[name] = [code, lib.sipua_error_retryable(code), lib.sipua_error_fatal(code)]
print(json.dumps([options, errors]))
"""


def tables(subject: Subject) -> list[str]:
    """The options and errors of the reference page are those that the library tells of itself."""
    read = subject.header()
    done = run(sys.executable, "-c", ASK, subject.library)
    if done.returncode:
        return failed("asking the library", done)
    options, errors = json.loads(done.stdout)
    told = {o["key"]: o for o in options}
    wrong = [f"{o.key}: the page says {vars(o)}, the library {told.get(o.key)}" for o in read.options if told.get(o.key) != vars(o)]
    wrong += [f"{key}: is not on the page" for key in told if key not in {o.key for o in read.options}]
    for m in read.enum("sipua_error").members:
        said = [m.value, int(m.name in read.retryable), int(m.name in read.fatal)]
        if errors.get(m.name) != said:
            wrong.append(f"{m.name}: value, retryable and fatal are {said} on the page, {errors.get(m.name)} in the library")
    return wrong


STATIC = {"header": header, "compiles": compiles, "numbers": numbers, "asserts": asserts, "exports": exports, "binary": binary,
          "tables": tables}
PROGRAMS = {"client": client, "old_client": old_client, "newer_client": newer_client, "largest": largest, "host": host,
            "leave": leave}
ALL = {**STATIC, **PROGRAMS}
