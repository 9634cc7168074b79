"""The raw layers of the languages, compiled once and run on the newest and on the oldest library of the major version."""

from __future__ import annotations

import os
import pathlib
import shutil

from oldlib import build_old
from tools import ROOT, Subject, failed, run

SMOKE = ROOT / "tests/abi/bindings"
INCLUDE = [f"-I{ROOT / 'abi/include'}", f"-I{ROOT / 'abi/generated'}"]
CACHE = pathlib.Path(os.environ.get("SIPUA_CACHE") or pathlib.Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "libsipua")
NODE = CACHE / "node"
PYTHON = os.environ.get("SIPUA_PYTHON", str(ROOT / ".venv/bin/python"))


def compiled(work: pathlib.Path, library: pathlib.Path, output: pathlib.Path, compiler: str, *arguments: object) -> list[str]:
    output.parent.mkdir(parents=True, exist_ok=True)
    done = run(compiler, "-O0", "-w", "-shared", "-fPIC", *INCLUDE, *arguments, library, "-o",
               output, timeout=300, cwd=work)
    return failed(f"compiling {output.name}", done)


def python(work: pathlib.Path, library: pathlib.Path) -> tuple[list[str], list[object], dict[str, str]]:
    """What went wrong in compiling; how to run the script; with which environment."""
    package = work / "sipua"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(ROOT / "bindings/python/src/sipua", package, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    cdef, source = ROOT / "bindings/python/cdef", work / "_sipua.c"
    wrong = failed("cffi", run(PYTHON, cdef / "emit.py", cdef / "sipua.cdef", source))
    include = run(PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('include'))").stdout.strip()
    wrong = wrong or compiled(work, library, package / "_sipua.abi3.so", "gcc", "-DPy_LIMITED_API=0x030b0000", f"-I{include}", source)
    return wrong, [PYTHON, SMOKE / "smoke.py"], {"PYTHONPATH": str(work), "PYTHONDONTWRITEBYTECODE": "1"}


def lua(work: pathlib.Path, library: pathlib.Path) -> tuple[list[str], list[object], dict[str, str]]:
    source = ROOT / "bindings/lua"
    work.mkdir(parents=True, exist_ok=True)
    flags = run("pkg-config", "--cflags", "lua5.4").stdout.split()
    wrong = compiled(work, library, work / "sipua/raw.so", "gcc", f"-I{source}", *flags, source / "generated/sipua_wrap.c",
                     *sorted((source / "c").glob("*.c")))
    environment = {"LUA_PATH": f"{source}/?.lua;{source}/?/init.lua", "LUA_CPATH": f"{work}/?.so"}
    return wrong, ["lua5.4", SMOKE / "smoke.lua"], environment


def luajit(work: pathlib.Path, library: pathlib.Path) -> tuple[list[str], list[object], dict[str, str]]:
    return [], ["luajit", SMOKE / "ffi.lua"], {"LUA_PATH": f"{ROOT / 'bindings/lua'}/?.lua"}


def node(work: pathlib.Path, library: pathlib.Path) -> tuple[list[str], list[object], dict[str, str]]:
    source = ROOT / "bindings/node"
    work.mkdir(parents=True, exist_ok=True)
    include = [f"-I{source / 'src/native'}", f"-I{NODE / '20/include/node'}", f"-I{NODE / 'addon-api'}", "-DNAPI_VERSION=8",
               "-DNODE_GYP_MODULE_NAME=sipua"]
    objects: list[pathlib.Path] = []
    wrong: list[str] = []
    for file in sorted((source / "src/native").glob("*.c")):
        objects.append(work / f"{file.stem}.o")
        done = run("gcc", "-c", "-w", "-fPIC", *INCLUDE, *include, file, "-o", objects[-1])
        wrong += failed(f"compiling {file.name}", done)
    wrong = wrong or compiled(work, library, work / "sipua.node", "g++", *include, "-fno-exceptions", "-fno-rtti",
                              source / "generated/sipua_wrap.cxx", *objects)
    return wrong, [NODE / "20/bin/node", SMOKE / "smoke.cjs"], {"SIPUA_NODE_LIBRARY": str(work / "sipua.node")}


def bindings(subject: Subject) -> list[str]:
    """Each language's raw layer, as it is today, on the newest and on the oldest library of this major version."""
    oldest, wrong = build_old(subject)
    for language in [x for x in (python, lua, luajit, node) if not subject.arguments or x.__name__ in subject.arguments]:
        problems, command, environment = language(subject.work / language.__name__, subject.library)
        wrong += problems
        for library in [subject.library, oldest] if not problems else []:
            if library:
                env = {**os.environ, **environment, "LD_LIBRARY_PATH": str(library.parent)}
                done = run(*command, timeout=120, env=env)
                wrong += failed(f"{language.__name__} on {'the newest' if library == subject.library else 'the oldest'} library", done)
    return wrong
