"""What the languages cost: a call into the ABI, audio, a hundred echoed calls, loading; each against the same in C."""

import collections.abc
import dataclasses
import os
import time

from .figure import Figure, median
from .process import HERE, PYTHON, ROOT, Program, warn

Yields = collections.abc.Iterator[Figure]


@dataclasses.dataclass
class Language:
    """The commands of one language; None: it has no such program."""

    abi: list[str]  # N: {"ns"} of one call into the ABI
    write: list[str]  # N: {"frames_per_s"} of 20 ms written into one call
    echo: list[str]  # prints "listening PORT", answers calls and echoes them until stdin ends
    load: list[str] | None  # {"ms", "kb"} that importing the package takes
    events: list[str]  # N: {"events_per_s", "cpu_us"} of commands whose replies are waited for


def app(name: str) -> list[str]:
    return [PYTHON, os.path.join(HERE, "apps", name)]


def lua(version: str, interpreter: str, name: str) -> list[str]:
    """A Lua program with the binding's files from the tree and its compiled half from the bench build."""
    source, compiled = (os.path.join(ROOT, part) for part in ("bindings/lua", f"build/bench/lua/{version}"))
    return ["/usr/bin/env", f"LUA_PATH={source}/?.lua;{source}/?/init.lua;;", f"LUA_CPATH={compiled}/?.so;;", interpreter,
            os.path.join(HERE, "apps", "lua", name + ".lua")]


def lua_language(version: str, interpreter: str) -> Language:
    return Language(*(lua(version, interpreter, name) for name in ("abi", "write", "echo", "load", "events")))


def node(name: str) -> list[str]:
    """A Node program with the package of the tree and the addon of the bench build."""
    cache = os.environ.get("SIPUA_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "libsipua")
    return ["/usr/bin/env", f"SIPUA_NODE_LIBRARY={ROOT}/build/bench/bindings/node/sipua.node",
            os.path.join(cache, "node", "20", "bin", "node"), os.path.join(HERE, "apps", "node", name + ".mjs")]


LANGUAGES = {
    "C": Language(["bench_talk", "abi"], ["bench_talk", "write"], ["bench_talk", "echo"], None, ["bench_events"]),
    "Python": Language(app("abi.py"), app("write.py"), app("echo.py"), app("load.py"), app("events.py")),
    "Lua 5.4": lua_language("5.4", "lua5.4"),
    "LuaJIT": lua_language("jit", "luajit"),
    "Node": Language(*(node(name) for name in ("abi", "write", "echo", "load", "events"))),
}


def figures(command: list[str], *more: str) -> dict:
    with Program(*command, *more) as program:
        return program.figures()


def crossing(quick: bool) -> Yields:
    """one call into the ABI"""
    for name, language in LANGUAGES.items():
        count = "100000" if quick else "2000000"
        yield Figure(f"call into the ABI, {name}", median([figures(language.abi, count)["ns"] for _ in range(3)]), "ns")


def writing(quick: bool) -> Yields:
    """audio written, 20 ms at a time"""
    for name, language in LANGUAGES.items():
        found = [figures(language.write, "20000" if quick else "200000")["frames_per_s"] for _ in range(1 if quick else 3)]
        yield Figure(f"audio frames written, {name}", median(found), "frames/s", None, "higher")


def hundred(quick: bool) -> Yields:
    """100 calls of 20 ms frames echoed at once"""
    seconds = 3 if quick else 20
    for name, language in LANGUAGES.items():
        with Program(*language.echo) as server, Program("bench_talk", "call", str(server.port()), "100") as load:
            up = int(load.line(60).split()[1])
            if up < 100:
                warn(f"{name}: {up} of 100 calls are up")
            time.sleep(1)
            before, start = server.cpu_us()[""], time.monotonic()
            time.sleep(seconds)
            share = (server.cpu_us()[""] - before) / 1e6 / (time.monotonic() - start)
        yield Figure(f"100 calls echoed, {name}", share, "cores", None if name == "C" else 1)


def loading(quick: bool) -> Yields:
    """importing the package"""
    for name, language in LANGUAGES.items():
        if language.load:
            found = [figures(language.load) for _ in range(5)]
            yield Figure(f"import, {name}", median([f["ms"] for f in found]), "ms CPU")
            yield Figure(f"memory after import, {name}", median([f["kb"] for f in found]), "KB")


MEASURES = [crossing, writing, hundred, loading]
