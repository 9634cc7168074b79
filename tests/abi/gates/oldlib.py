"""The library of the baseline's commit, built from a git worktree of its own."""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess
import threading

from tools import ROOT, Subject, failed, run

ONE_AT_A_TIME = threading.Lock()


def commit(baseline: pathlib.Path) -> str:
    return (baseline / "commit").read_text(encoding="utf-8").split()[0]


def git(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run("git", "-c", "safe.directory=*", "-C", ROOT, *arguments)  # the clone may belong to somebody else


def build_old(subject: Subject) -> tuple[pathlib.Path | None, list[str]]:
    """The built library; kept for the next run, under the commit's name. Outside a clone it is today's, as long as that
    declares just what the recorded one did."""
    if not (ROOT / ".git").exists():
        if declared(subject.text) == declared((subject.baseline / "sipua.h").read_text(encoding="utf-8")):
            return subject.library, []
        return None, [f"the baseline's commit {commit(subject.baseline)} cannot be built: this is no git clone"]
    with ONE_AT_A_TIME:
        return build_it(subject.baseline, ROOT / "build/abi-old")


def declared(header: str) -> list[str]:
    return re.sub(r"/\*.*?\*/", " ", header, flags=re.S).split()


def build_it(baseline: pathlib.Path, work: pathlib.Path) -> tuple[pathlib.Path | None, list[str]]:
    wanted, wrong = reach(commit(baseline), baseline)
    if wrong:
        return None, wrong
    tree, made = work / f"tree-{wanted[:12]}", work / f"lib-{wanted[:12]}"
    library = made / "abi/libsipua.so"
    if library.exists():
        return library, []
    work.mkdir(parents=True, exist_ok=True)
    git("worktree", "remove", "--force", tree)
    shutil.rmtree(tree, ignore_errors=True)
    git("worktree", "prune")
    done = git("worktree", "add", "--detach", "--force", tree, wanted)
    if done.returncode:
        return None, failed("git worktree", done)
    try:
        cache = ["-DCMAKE_C_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        configure = run("cmake", "-S", tree, "-B", made, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DSIPUA_TESTS=OFF", *cache)
        wrong = failed("configuring the old library", configure)
        if not wrong:
            wrong = failed("building the old library", run("cmake", "--build", made, "--target", "sipua", "-j2", timeout=900))
        return (None, wrong) if wrong else (library, [])
    finally:
        git("worktree", "remove", "--force", tree)


def reach(wanted: str, baseline: pathlib.Path) -> tuple[str, list[str]]:
    """The commit to build. A shallow clone is asked to fetch it. Where history was rewritten it has another name now:
    then it is the commit before the one that recorded the baseline, or that one, by the header in it."""
    if not here(wanted):
        git("fetch", "--quiet", "--depth=1", "origin", wanted)
    if here(wanted):
        return wanted, []
    header = (baseline / "sipua.h").read_text(encoding="utf-8")
    recorded = git("log", "-1", "--format=%P %H", "--", baseline / "commit").stdout.split()
    for candidate in recorded:
        if git("show", f"{candidate}:abi/include/sipua/sipua.h").stdout == header:
            return candidate, []
    return wanted, [f"the baseline's commit {wanted} is not in this clone, and could not be fetched from origin: "
                    "run git fetch --unshallow, or clone without --depth"]


def here(wanted: str) -> bool:
    return git("cat-file", "-e", f"{wanted}^{{commit}}").returncode == 0
