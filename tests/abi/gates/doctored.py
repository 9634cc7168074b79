#!/usr/bin/env python3
"""Every gate can fail: each file of tests/abi/doctored/ spoils the header, a library or a program, and names the gate that
must refuse it and what it must say. A file has

    gate: header                    which gate
    says: SIPUA_E_GONE: its value   what one of its lines must contain; or
    passes: yes                     that it must let this through
    -text of the header             lines to take out, and
    +other text                     lines to put in their place (both may be missing)
    @                               between two such pairs
    library: stub                   the library: of the spoilt header, with nothing behind its functions
    library: spoilt                 the library of the tree, its top floor compiled with the spoilt header
    extra: int sipua_extra(void) {…}   and with this too
    without: sipua_poll             and without that
    arguments: leak                 more for the gate's program
    changelog: ABI break: …         a line of the changelog, for the gate `record`
    commit: 123…                    another commit of the baseline
"""

from __future__ import annotations

import argparse
import concurrent.futures
import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import gates  # noqa: E402
from bindings import bindings  # noqa: E402
import importlib.machinery  # noqa: E402
import importlib.util  # noqa: E402

from run import old_library  # noqa: E402
from tools import ROOT, Subject, spoilt_library, stub_library  # noqa: E402

loader = importlib.machinery.SourceFileLoader("baseline", str(ROOT / "abi/gen/baseline"))
baseline = importlib.util.module_from_spec(importlib.util.spec_from_loader("baseline", loader))  # type: ignore[arg-type]
loader.exec_module(baseline)

CASES = ROOT / "tests/abi/doctored"


def record(subject: Subject) -> list[str]:
    """The command that records a new baseline, with a changelog of the case's own."""
    return baseline.refusals(subject.include / "sipua/sipua.h", subject.baseline, "\n- ".join(["", *subject.arguments]))


EVERY = {"old_library": old_library, "bindings": bindings, "record": record, **gates.ALL}


def subject(case: pathlib.Path, keys: dict[str, str], work: pathlib.Path, library: pathlib.Path) -> Subject:
    include = work / "include"
    shutil.rmtree(work, ignore_errors=True)
    (include / "sipua").mkdir(parents=True)
    text = (ROOT / "abi/include/sipua/sipua.h").read_text(encoding="utf-8")
    for hunk in case.read_text(encoding="utf-8").split("\n@\n"):
        old = "\n".join(line[1:] for line in hunk.splitlines() if line.startswith("-"))
        new = "\n".join(line[1:] for line in hunk.splitlines() if line.startswith("+"))
        if old and text.count(old) != 1:
            raise ValueError(f"its lines stand {text.count(old)} times in the header: bring {case.name} up to date")
        text = text.replace(old, new) if old else text
    (include / "sipua/sipua.h").write_text(text, encoding="utf-8")
    if keys.get("library") == "spoilt":
        library = spoilt_library(include, work / "spoilt", library)
        include = ROOT / "abi/include"  # programs are compiled with the header as it is
    elif "library" in keys:
        library = stub_library(include, work / "stub", keys.get("extra", ""), keys.get("without", ""))
        if keys["library"] == "stub of the tree":
            include = ROOT / "abi/include"
    made = Subject(include, library, work, arguments=tuple(keys.get("arguments", "").split()))
    if "changelog" in keys:
        made.arguments = (keys["changelog"],)
    if "commit" in keys:
        made.baseline = work / "baseline"
        shutil.copytree(ROOT / "abi/baseline", made.baseline)
        (made.baseline / "commit").write_text(keys["commit"] + "\n", encoding="utf-8")
    return made


def judge(case: pathlib.Path, work: pathlib.Path, library: pathlib.Path) -> str:
    """Empty when the case was refused as it says."""
    keys = dict(line.split(": ", 1) for line in case.read_text(encoding="utf-8").splitlines() if line[:1] not in "+-@" and line)
    try:
        wrong = EVERY[keys["gate"]](subject(case, keys, work, library))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if "passes" in keys:
        return f"it should pass: {wrong}" if wrong else ""
    if not wrong:
        return f"the gate {keys['gate']} let it through"
    return "" if any(keys["says"] in line for line in wrong) else f"refused, but not for \"{keys['says']}\": {wrong}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Every gate can fail.")
    parser.add_argument("--library", type=pathlib.Path, default=ROOT / "build/abi/libsipua.so")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/abi-gates/doctored")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    cases = [c for c in sorted(CASES.glob("*.txt")) if not options.names or c.stem in options.names]
    untested = set(EVERY) - {c.read_text(encoding="utf-8").split("\n")[0].removeprefix("gate: ") for c in cases}
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        library = options.library.resolve()
        for case, problem in zip(cases, pool.map(lambda c: judge(c, options.work / c.stem, library), cases)):
            print(f"{'FAILED' if problem else 'as it must'}  {case.stem}{': ' if problem else ''}{problem}")
            bad += bool(problem)
    if untested and not options.names:
        print(f"FAILED   nothing shows that these gates can fail: {', '.join(sorted(untested))}")
        bad += 1
    print(f"{len(cases) - bad} as they must, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
