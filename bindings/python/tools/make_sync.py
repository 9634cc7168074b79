#!/usr/bin/env python3
"""Writes src/sipua/sync.py from the asyncio classes: the same names, blocking.

    bindings/python/tools/make_sync.py            writes it
    bindings/python/tools/make_sync.py --check    fails when it is not what they say
"""

from __future__ import annotations

import ast
import pathlib
import re
import sys

PACKAGE = pathlib.Path(__file__).resolve().parents[1] / "src" / "sipua"
CLASSES = [
    ("_stream", "Outcome"), ("_stream", "Events"), ("_stream", "Inbox"), ("_audio", "Player"), ("_audio", "Recorder"),
    ("_audio", "Frames"), ("_audio", "Audio"), ("_transfer", "Transfer"), ("_transfer", "TransferRequest"), ("_call", "Call"),
    ("_control", "ChangeRequest"), ("_conference", "Conference"), ("_conference", "Bridge"),
    ("_subscription", "Subscription"), ("_subscription", "Notifier"), ("_subscription", "Publication"),
    ("_message", "IncomingMessage"), ("_account", "Account"), ("_agent", "Agent"),
]
# Classes whose methods belong to others: what those inherit.
BASES = {
    "Call": [("_about", "About"), ("_control", "Control")], "Agent": [("_services", "Services")],
    "Conference": [("_conference", "_Together")], "Bridge": [("_conference", "_Together")],
    "Subscription": [("_subscription", "_Watched")],
    "Notifier": [("_question", "Question"), ("_subscription", "_Watched")],
    "Publication": [("_subscription", "_Watched")], "IncomingMessage": [("_question", "Question")],
    "TransferRequest": [("_question", "Question")], "ChangeRequest": [("_question", "Question")],
}
NAMES = {name for _, name in CLASSES}
GENERIC = {"Outcome": "T", "Events": "E", "Inbox": "T"}
PARENTS = {"Player": "Outcome[PlayDone]", "Recorder": "Outcome[RecordDone]", "Transfer": "Outcome[TransferDone]"}
ITEMS = {"Frames": "Frame", "Subscription": "Notify"}
ENDS = {"Conference": "ConferenceEnded", "Bridge": "BridgeEnded"}  # what the E of their base is

HEAD = '''# Written by bindings/python/tools/make_sync.py from the asyncio classes. Do not edit.
"""The names of `sipua`, blocking, for scripts. Everything runs on one private thread; waits end with Ctrl-C.

    with sipua.sync.Agent() as agent:
        alice = agent.register("sip:alice@example.com", password="secret")
        call = alice.call("sip:bob@example.com", timeout=30)
        call.play("hello.wav").wait()
        call.hangup()
"""

from __future__ import annotations

import collections.abc
import os
import threading
import typing

from . import (
    _account, _agent, _audio, _call, _conference, _control, _message, _stream, _subscription, _transfer,
)
from ._blocking import END, Blocking, following, on_loop, register, run, unwrap, wrap
from ._events import *
from ._events import AgentStats, CallStats
from ._event import Event, Headers
from ._audio import Frame
from ._log import logger
from ._native import HeadersIn
from ._document import Document
from ._settings import AccountSettings, AgentSettings, CallSettings, MessageSettings

if typing.TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = [
    "Account", "Agent", "Audio", "Bridge", "Call", "ChangeRequest", "Conference", "Events", "Frames", "Inbox",
    "IncomingMessage", "Notifier", "Outcome", "Player", "Publication", "Recorder", "Subscription", "Transfer",
    "TransferRequest",
]

T = typing.TypeVar("T")
E = typing.TypeVar("E")
Number: typing.TypeAlias = "int | str"
'''

# Where blocking means something else than waiting for the same.
OWN = {
    ("Outcome", "__await__"): '''
    def wait(self, timeout: float | None = None) -> T:
        """Waits for it, for that many seconds at most, and returns it."""

        async def wait() -> T:
            return typing.cast(T, await self._async)

        return run(wait(), timeout)
''',
    ("Call", "answer"): '''
    def answer(self, rate: int = 16000, *, headers: HeadersIn | None = None) -> Audio:
        """{doc}"""

        async def answer() -> typing.Any:
            return await self._async.answer(rate, headers=headers)

        audio: Audio = wrap(run(answer()))
        return audio
''',
    ("Audio", "flush"): '''
    def flush(self) -> Flushed:
        """{doc}"""

        async def flush() -> Flushed:
            return typing.cast(Flushed, await self._async.flush())

        return run(flush())

    def __enter__(self) -> Audio:
        return self

    def __exit__(self, *_: object) -> None:
        call = self.call
        if isinstance(call, Call):
            call.hangup()
''',
    ("Agent", "spawn"): '''
    def spawn(
        self, work: collections.abc.Callable[[], object], *, call: Call | None = None, name: str | None = None,
    ) -> threading.Thread:
        """Runs a function in a thread. call: an exception in it ends that call, with 500 or BYE; what waits for that
        call in it raises CallEnded when it ends. Exceptions are logged and harm nobody else."""

        def body() -> None:
            try:
                work()
            except BaseException as error:
                if call and isinstance(error, CallEnded) and error.call_id == call.id:
                    return
                logger.error("the thread %s failed: %s", threading.current_thread().name, error, exc_info=error)
                if call:
                    on_loop(lambda: call._async._abandon(500))

        thread = threading.Thread(target=body, name=name, daemon=True)
        thread.start()
        return thread
''',
}
DOCS = {
    ("Call", "answer"): "Answers. `with call.answer() as audio:` hangs up when the block is left. rate: samples per"
    " second of\\n        `audio.frames()`: 8000, 16000, 24000 or 48000.",
    ("Audio", "flush"): "Drops all that is queued, now, and says which segment was playing, how much of it the peer was"
    " sent\\n        (`played_ms`), and how much was dropped (`discarded_ms`).",
}
SKIP = {"__init__", "__repr__", "__del__", "__aiter__", "_start"}


def docstring(node: ast.AsyncFunctionDef | ast.FunctionDef | ast.ClassDef, indent: str) -> str:
    text = ast.get_docstring(node)
    if not text:
        return ""
    lines = text.replace("await ", "").replace("async for", "for").replace("async with", "with").split("\n")
    return indent + '"""' + ("\n" + indent).join(lines).replace("\n" + indent + "\n", "\n\n") + '"""\n'


def arguments(node: ast.AsyncFunctionDef | ast.FunctionDef) -> tuple[str, str]:
    """The parameters as declared, and as handed on."""
    args = node.args
    handed = [a.arg for a in args.args if a.arg != "self"]
    handed += [f"{a.arg}={a.arg}" for a in args.kwonlyargs]
    if args.kwarg:
        handed.append(f"**{args.kwarg.arg}")
    for one in args.args + args.kwonlyargs:
        if one.annotation and any(isinstance(n, ast.Name) and n.id in NAMES for n in ast.walk(one.annotation)):
            handed = [f"unwrap({h})" if h == one.arg else h.replace(f"={one.arg}", f"=unwrap({one.arg})") for h in handed]
    return ast.unparse(args), ", ".join(handed)


def method(kind: str, node: ast.AsyncFunctionDef | ast.FunctionDef) -> str:
    name = node.name
    if (kind, name) in OWN:
        return OWN[(kind, name)].replace("{doc}", DOCS.get((kind, name), ""))
    if name == "__anext__":
        item = ITEMS.get(kind, GENERIC.get(kind, "T"))
        return f'''
    def __iter__(self) -> typing.Self:
        return self

    def __next__(self) -> {item}:
        item = run(following(self._async))
        if item is END:
            raise StopIteration
        return typing.cast({item!r}, wrap(item))
'''
    if name in ("__aenter__", "__aexit__"):
        if name == "__aenter__":
            return "\n    def __enter__(self) -> typing.Self:\n        run(self._async.__aenter__())\n        return self\n"
        return "\n    def __exit__(self, *_: object) -> None:\n        run(self._async.__aexit__(None, None, None))\n"
    if name.startswith("_"):
        return ""
    declared, handed = arguments(node)
    returns = ast.unparse(node.returns) if node.returns else "None"
    decorators = [ast.unparse(d) for d in node.decorator_list]
    doc = docstring(node, " " * 8)
    name = {"aclose": "close"}.get(name, name)
    if "property" in decorators:
        body = f"        value: {returns} = wrap(on_loop(lambda: self._async.{name}))\n        return value\n"
        return f"\n    @property\n    def {name}(self) -> {returns}:\n{doc}{body}"
    if any(d.endswith(".setter") for d in decorators):
        return (f"\n    @{name}.setter\n    def {name}({declared}) -> None:\n"
                f"        on_loop(lambda: setattr(self._async, {name!r}, {handed}))\n")
    call = f"self._async.{node.name}({handed})"
    work = f"run({call})" if isinstance(node, ast.AsyncFunctionDef) else f"on_loop(lambda: {call})"
    body = f"        {work}\n" if returns == "None" else f"        value: {returns} = wrap({work})\n        return value\n"
    head = f"    def {name}({declared}) -> {returns}:\n"
    if len(head) > 120:
        head = f"    def {name}(\n        {declared},\n    ) -> {returns}:\n"
        if len(declared) > 110:
            parts, line = [], "       "
            for part in declared.split(", "):
                line, parts = (line + f" {part},", parts) if len(line) + len(part) < 116 else (
                    f"        {part},", [*parts, line])
            head = f"    def {name}(\n" + "\n".join([*parts, line]) + f"\n    ) -> {returns}:\n"
    return f"\n{head}{doc}{body}"


def class_of(module: str, name: str) -> ast.ClassDef:
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    return next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name)


def write() -> str:
    text = HEAD
    for module, name in CLASSES:
        node = class_of(module, name)
        parent = PARENTS.get(name, f"Blocking, typing.Generic[{GENERIC[name]}]" if name in GENERIC else "Blocking")
        text += f"\n\nclass {name}({parent}):\n{docstring(node, '    ')}"
        if name in ("Outcome", "Events", "Inbox", "Frames"):
            text += "\n    kept = False\n"
        own = {n.name for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
        inherited = [n for base in BASES.get(name, []) for n in class_of(*base).body if getattr(n, "name", "") not in own]
        for item in [*node.body, *inherited]:
            if not isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            if item.name == "__init__" and name == "Agent":
                declared, handed = arguments(item)
                text += f"\n    def __init__(\n        {declared},\n    ) -> None:\n".replace(", *, ", ", *,\n        ")
                text += f"        self._async = on_loop(lambda: _agent.Agent({handed}))\n"
                text += "        self._async.__dict__[\"_blocking\"] = self\n"
            elif item.name not in SKIP:
                text += re.sub(r"\bE\b", ENDS.get(name, "E"), method(name, item))
    pairs = ",\n".join(f"    {module}.{name}: {name}" for module, name in CLASSES)
    return wrapped(text) + f"\n\nregister({{\n{pairs},\n}})\n"


def wrapped(text: str) -> str:
    """Long lines of code broken at commas."""
    lines = []
    for line in text.split("\n"):
        while len(line) > 120 and ", " in line:
            indent = len(line) - len(line.lstrip())
            cut = line.rfind(", ", 0, 119)
            if cut <= indent:
                break
            lines.append(line[: cut + 1])
            line = " " * max(indent, 8) + line[cut + 2:]
        lines.append(line)
    return "\n".join(lines)


def main() -> int:
    path = PACKAGE / "sync.py"
    text = write()
    if "--check" in sys.argv:
        if path.read_text(encoding="utf-8") == text:
            return 0
        print("sync.py is not what the asyncio classes say: run bindings/python/tools/make_sync.py", file=sys.stderr)
        return 1
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
