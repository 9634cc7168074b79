#!/usr/bin/env python3
"""runner.py LOG SCENARIO ...: plays each scenario through the Python binding and writes what happened.

Commands go through the binding's lowest layer, one function of the library each; events, headers and errors are the
classes that users of the package get. See ../README.md.
"""

from __future__ import annotations

import cmath
import dataclasses
import enum
import json
import math
import os
import pathlib
import re
import select
import subprocess
import sys
import time
import typing

import script
import sipua
from script import ScenarioError, Word
from sipua import Error, Event
from sipua._native import Struct, check, ffi, lib
from sipua._pump import NUMBERS, event_of
from sipua.events import Listening, MediaStalled, MediaResumed, Shutdown, Trace
from sipua.events import AudioReady, BridgeChanged, Log, Overflow, Reply, Stats, Suspicious, TransportDisconnected

PATIENCE = 30.0  # seconds: a bound, not a wait
RATE = 16000
FRAME = RATE // 50
HERE = pathlib.Path(__file__).resolve().parent

# What a log line shows, in this order.
BARE = (
    "id account call other user tag code status originator flags q850 expires retry_ms port local_port rate deadline_ms default_status "
    "digit level count mark segment answer_after_s fork"
).split()
QUOTED = (
    "package state cause reason text from from_name to to_name target codec transport host module content_type check names "
    "local_host pub_gruu temp_gruu identity identity_name diversion referred_by replaces privacy message_id digits "
    "dialog"
).split()
RANDOM = {"replaces", "dialog"}  # Call-IDs and tags
# Kinds that come or do not come as the machine is fast or slow: shown only where the scenario waited for them.
LOSSY = (MediaStalled, MediaResumed, AudioReady, Stats, Trace, Log, Overflow, Suspicious, TransportDisconnected,
         BridgeChanged)
# Media has a thread of its own: what it reports is in order among itself.
MEDIA = frozenset(
    "media_ready media_stalled media_resumed mark flushed audio_ready play_done record_done dtmf dtmf_sent stats".split())

# The enumerations by what their constants begin with in the header.
CONSTANTS: dict[str, type[enum.IntEnum]] = {
    "ASK": sipua.AskKind, "MEDIA": sipua.Media, "SERVER": sipua.ServerMode, "RECORD": sipua.RecordSide,
    "LOG": sipua.LogLevel, "CHANGE": sipua.ChangeMethod, "FLAG": sipua.EventFlags, "DISPOSITION": sipua.Disposition,
}


@dataclasses.dataclass
class Agent:
    name: str
    raw: typing.Any = None
    tag: int = 0
    leaving: bool = False
    gone: bool = False


@dataclasses.dataclass
class Entry:
    """An event that was taken, or a line of the runner's own."""

    source: Agent | None = None
    event: Event | None = None
    stream: str = ""
    line: str = ""
    consumed: bool = False


@dataclasses.dataclass
class Command:
    """A line of commands.txt."""

    params: list[tuple[str, str]]

    @property
    def struct(self) -> str:
        return next((kind for _, kind in self.params if kind not in "nsb"), "")


def commands() -> dict[str, Command]:
    found = {}
    for line in (HERE.parent / "commands.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, *params = line.split()
            found[name] = Command([(p.split(":")[0], p.partition(":")[2]) for p in params])
    return found


COMMANDS = commands()


class Runner:
    """One scenario."""

    def __init__(self, files: str) -> None:
        self.files = files
        self.agents: dict[str, Agent] = {}
        self.entries: list[Entry] = []
        self.ids: dict[str, int] = {}
        self.named: dict[str, Event] = {}
        self.strangers: dict[str, subprocess.Popen[bytes]] = {}
        self.block = b""

    # Names and values

    def name_it(self, name: str, number: int, event: Event | None = None) -> None:
        if name in self.ids:
            raise ScenarioError(f"{name} is named twice")
        self.ids[name] = number
        if event:
            self.named[name] = event

    def name_of(self, number: int) -> str:
        return next((name for name, known in self.ids.items() if known == number), "?")

    def expand(self, text: bytes) -> bytes:
        def value(match: re.Match[bytes]) -> bytes:
            name, field = match[1].decode(), (match[2] or b"").decode()
            if name == "tls" and not field:
                return os.environ.get("SIPUA_TLS", ".").encode()
            if name == "files" and not field:
                return self.files.encode()
            if name not in self.ids:
                raise ScenarioError(f"nothing is called {name}")
            if not field:
                return b"%d" % self.ids[name]
            return self.field(self.named[name], field).encode()

        return re.sub(rb"\$(?!self\b)([a-z0-9_]+)(?:\.([a-z0-9_]+))?", value, text)

    def text(self, word: Word) -> str:
        if not word.quoted and re.fullmatch(rb"[0-9]+", word.value):
            raise ScenarioError(f'a text of digits stands in quotes: "{word.text}"')
        return self.expand(word.value).decode()

    def number(self, word: Word) -> int:
        if word.quoted:
            raise ScenarioError(f'a number is needed, not "{word.text}"')
        if word.text in ("on", "off"):
            return int(sipua.Switch[word.text.upper()])
        if word.value.startswith(b"SIPUA_"):
            group, _, constant = word.text.removeprefix("SIPUA_").partition("_")
            return int(CONSTANTS[group][constant])
        return int(self.expand(word.value))

    # Commands

    def struct(self, kind: str, words: list[Word]) -> Struct:
        """The words as that struct; each by what the struct's member is."""
        config = Struct(f"sipua_{kind}")
        members = dict(ffi.typeof(f"sipua_{kind}").fields)
        pairs: dict[str, list[tuple[str, str]]] = {}
        for word in words:
            assert word.key
            name, colon, item = word.key.partition(":")
            if colon:
                pairs.setdefault(f"{name}s", []).append((item, self.text(word)))
            elif members[name].type.kind == "primitive":
                config.set(name, word.value == b"on" if word.value in (b"on", b"off") else self.number(word))
            elif f"{name}_size" in members:
                config.set(name, self.expand(word.value))
            elif members[name].type.item.kind == "pointer":
                config.set(name, self.text(word)[1:-1].split(","))
            else:
                config.set(name, self.text(word))
        for name, items in pairs.items():
            config.pairs(name, items)
        return config

    def run(self, agent: Agent, what: str, words: list[Word]) -> None:
        name = refusal = ""
        if len(words) >= 2 and words[-2].key is None and words[-2].value in (b"->", b"fails"):
            if words[-2].value == b"->":
                name = words[-1].text
            else:
                refusal = words[-1].text
            words = words[:-2]
        try:
            number = self.create(agent, words) if what == "agent_create" else self.call(agent, what, words)
        except Error as error:
            if f"SIPUA_E_{error.code.name}" != refusal:
                raise
            self.entries.append(Entry(stream=f"{agent.name} refused", line=f"{what} {refusal}"))
            return
        if refusal:
            raise ScenarioError(f"{what} answered success, not {refusal}")
        if name:
            self.name_it(name, number)

    def create(self, agent: Agent, words: list[Word]) -> int:
        out = ffi.new("sipua_agent **")
        config = self.struct("agent_config", words)  # it owns what its pointers point to
        check(lib.sipua_agent_create(config.p, out))
        agent.raw = out[0]
        return 0

    def call(self, agent: Agent, what: str, words: list[Word]) -> int:
        command = COMMANDS[what]
        plain = [name for name, kind in command.params if kind in ("n", "s", "b")]
        given: dict[str, Word] = {}
        members = []
        position = 0
        for word in words:
            if word.key is None:
                given[plain[position]] = word
                position += 1
            elif word.key in plain or word.key == "tag":
                given[word.key] = word
            else:
                members.append(word)
        if "tag" in given:
            tag = self.number(given["tag"])
        else:
            agent.tag += 1
            tag = agent.tag
        out = ffi.new("sipua_id *")
        keep: list[typing.Any] = []
        arguments: list[typing.Any] = []
        for name, kind in command.params:
            if name == "tag":
                arguments.append(tag)
            elif name == "out":
                arguments.append(out)
            elif kind == "n":
                arguments.append(self.number(given[name]) if name in given else 0)
            elif kind == "s":
                arguments.append(self.text(given[name]).encode() if name in given else ffi.NULL)
            elif kind == "b":
                keep.append(self.expand(given[name].value))
                arguments += [keep[-1], len(keep[-1])]
            elif kind.endswith("?") and not members:
                arguments.append(ffi.NULL)
            else:
                keep.append(self.struct(kind.rstrip("?"), members))
                arguments.append(keep[-1].p)
        if what == "agent_shutdown":
            agent.leaving = True
        check(getattr(lib, f"sipua_{what}")(agent.raw, *arguments))
        return int(out[0])

    # Events

    def field(self, event: Event, name: str) -> str:
        """A member of an event as text; "" for nothing."""
        if name == "event":
            return event.name
        if name in ("id", "account", "call", "other"):
            number = getattr(event, name if name in ("id", "other") else f"{name}_id", 0)
            return self.name_of(number) if number else ""
        if name == "user":
            return str(json.loads(event.json()).get("user", ""))
        value = getattr(event, "from_" if name == "from" else name, "")
        if name == "body":
            return "".join(
                chr(c) if 0x20 <= c <= 0x7E and c not in b'\\"' else f"\\x{c:02x}" for c in value or b"")
        if not value:
            return ""
        if name == "code":
            return f"SIPUA_E_{value.name}"
        if name == "flags":
            return ",".join(flag.name.lower() for flag in value)
        if name == "level":
            return str(value.name.lower())
        return str(value)

    def take(self, agent: Agent) -> Entry:
        out, numbers = ffi.new("sipua_event *[]", 1), ffi.new("uint64_t[]", NUMBERS)
        fd = check(lib.sipua_agent_fd(agent.raw))
        end = time.monotonic() + PATIENCE
        while not check(lib.sipua_py_take(agent.raw, 1, 1, out, numbers)):
            if not select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
                raise ScenarioError(f"{agent.name} waited in vain")
        entry = Entry(agent, event_of(*ffi.unpack(numbers, NUMBERS), out[0]))
        agent.gone = agent.gone or isinstance(entry.event, Shutdown)
        self.entries.append(entry)
        return entry

    def holds(self, event: Event, word: Word) -> bool:
        assert word.key
        wanted = self.expand(word.value).decode()
        if word.key.startswith("header:"):
            have = event.headers.get(word.key.removeprefix("header:"), "")
        elif word.key.startswith("document:"):
            have = self.document(event).get(word.key.removeprefix("document:"), "")
        else:
            have = self.field(event, word.key)
        return int(have or 0) >= int(wanted) if word.least else have == wanted

    def document(self, event: Event) -> dict[str, str]:
        """The body as the library's names and values."""
        name, value = ffi.new("char **"), ffi.new("char **")
        found = {}
        for i in range(check(lib.sipua_event_document_count(event._raw))):
            check(lib.sipua_event_document_at(event._raw, i, name, value))
            found[ffi.string(name[0]).decode()] = ffi.string(value[0]).decode()
        return found

    def wait(self, agent: Agent, words: list[Word]) -> None:
        name = ""
        if len(words) > 2 and words[-2].value == b"->":
            name = words[-1].text
            words = words[:-2]
        kind, words = words[0].text, words[1:]
        number = 0
        if words and words[0].key is None:
            number, words = self.number(words[0]), words[1:]
        at = 0
        while True:
            entry = self.entries[at] if at < len(self.entries) else self.take(agent)
            at += 1
            event = entry.event
            if not event or entry.source is not agent or entry.consumed or event.name != kind:
                continue
            if (number and event.id != number) or not all(self.holds(event, w) for w in words):
                continue
            entry.consumed = True
            if name:
                self.name_it(name, event.id, event)
            return

    # What the runner brings itself

    def audio_echo(self, near: Agent, words: list[Word]) -> None:
        call, other, far, hertz = self.number(words[0]), self.agents[words[1].text], self.number(words[2]), self.number(words[3])
        said = good = 0
        heard: list[int] = []
        frame = ffi.new("int16_t[]", FRAME)
        end = time.monotonic() + PATIENCE
        while good < 10:
            if time.monotonic() > end:
                raise ScenarioError(f"no echo was heard: {good} of 10 tenths")
            tone = [int(9000 * math.sin(2 * math.pi * hertz * (said + i) / RATE)) for i in range(FRAME)]
            said += check(lib.sipua_audio_write(near.raw, call, ffi.new("int16_t[]", tone), FRAME, RATE, 1, 0))
            n = check(lib.sipua_audio_read(other.raw, far, frame, FRAME, 20, ffi.NULL))
            check(lib.sipua_audio_write(other.raw, far, frame, n, RATE, 2, 0))
            n = check(lib.sipua_audio_read(near.raw, call, frame, FRAME, 0, ffi.NULL))
            heard += ffi.unpack(frame, n)
            while len(heard) >= RATE // 10:
                good += share(heard[: RATE // 10], hertz) > 0.8
                del heard[: RATE // 10]
        self.entries.append(Entry(stream=f"{near.name} {self.name_of(call)} audio", line=f"heard {hertz} Hz"))

    def stranger(self, words: list[Word]) -> None:
        request = self.expand(self.block)
        self.strangers[words[0].text] = subprocess.Popen(
            [os.environ["SIPUA_STRANGER"], self.expand(words[1].value).decode(), request.hex()], stdout=subprocess.PIPE)

    def answered(self, name: str) -> None:
        process = self.strangers.pop(name)
        said = process.communicate()[0].decode().rstrip("\n")
        if process.returncode:
            raise ScenarioError(f"{name} was not answered: {said}")
        self.entries.append(Entry(stream=name, line=said))

    # The log

    def quote(self, text: str) -> str:
        text = text.replace(self.files, "\0FILES") if self.files in text else text
        text = re.sub(r"sip:[a-z0-5]{12}(?=@)", "sip:CONTACT", text)
        text = text.replace(os.environ.get("SIPUA_TLS", "\0"), "TLS")
        text = re.sub(r"urn:uuid:[0-9a-f-]{36}", "urn:uuid:UUID", text)
        text = re.sub(r"[a-z0-9]+\.invalid", "HOST.invalid", text)
        text = re.sub(r"127\.0\.0\.1:([0-9]+)", lambda m: f"127.0.0.1:{self.port(int(m[1]))}", text)
        text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\0FILES", "FILES")
        return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", text) + '"'

    def port(self, port: int) -> str:
        return next((n for n, e in self.named.items() if isinstance(e, Listening) and e.port == port), "PORT")

    def line(self, event: Event) -> str:
        out = event.name
        for name in BARE:
            value = self.field(event, name)
            if name == "retry_ms" and value and int(value) > 0:
                value = "TIME"  # it has a random part
            if value:
                out += f" {name}={self.port(int(value)) if name in ('port', 'local_port') else value}"
        for name in QUOTED:
            if value := self.field(event, name):
                out += f" {name}={'RANDOM' if name in RANDOM else self.quote(value)}"
        if body := self.field(event, "body"):
            sdp = self.field(event, "content_type") == "application/sdp"
            out += " body=SDP" if sdp else " body=SIP" if isinstance(event, Trace) else f' body="{body}"'
        return out

    def stream(self, entry: Entry) -> str:
        event = entry.event
        assert event and entry.source
        about = "replies" if isinstance(event, Reply) else self.name_of(event.id) if event.id else "agent"
        return f"{entry.source.name} {about}{' media' if event.name in MEDIA else ''}"

    def write(self, log: typing.TextIO, title: str) -> None:
        shown = []
        for entry in self.entries:
            if entry.event and isinstance(entry.event, LOSSY) and not entry.consumed:
                continue
            if entry.event:
                entry.stream, entry.line = self.stream(entry), self.line(entry.event)
            shown.append(entry)
        shown.sort(key=lambda entry: entry.stream)
        log.write(f"== {title}\n")
        stream = ""
        for entry in shown:
            if entry.stream != stream:
                log.write(f"-- {entry.stream}\n")
            stream = entry.stream
            log.write(f"{entry.line}\n")

    # The whole

    def step(self, statement: script.Statement) -> None:
        who, what, *words = statement.words
        self.block = statement.block
        if who.value == b"stranger":
            return self.stranger([what, *words])
        if what.value == b"answered":
            return self.answered(who.text)
        agent = self.agents.setdefault(who.text, Agent(who.text))
        if what.value == b"wait":
            return self.wait(agent, words)
        if what.value == b"audio_echo":
            return self.audio_echo(agent, words)
        return self.run(agent, what.text, words)

    def leave(self) -> None:
        """Every agent leaves politely, the last made first; what it says until then belongs to the log."""
        for agent in reversed([a for a in self.agents.values() if a.raw]):
            if not agent.leaving:
                self.call(agent, "agent_shutdown", script.words_of(f"{int(PATIENCE * 1000)}"))
            while not agent.gone:
                self.take(agent)

    def close(self) -> None:
        for agent in self.agents.values():
            lib.sipua_agent_free(agent.raw or ffi.NULL)


def share(pcm: list[int], hertz: float) -> float:
    """How much of the power lies at that frequency: 1 is all of it."""
    total = sum(x * cmath.exp(2j * math.pi * hertz * i / RATE) for i, x in enumerate(pcm))
    power = sum(x * x for x in pcm)
    return 0.0 if power < len(pcm) * 200 * 200 else 2 * abs(total) ** 2 / (power * len(pcm))


def play(log: typing.TextIO, files: str, path: pathlib.Path) -> None:
    runner = Runner(files)
    statement = None
    try:
        for statement in script.read(path):
            runner.step(statement)
        runner.leave()
        runner.write(log, path.stem)
    except (ScenarioError, Error) as error:
        for entry in runner.entries:
            if entry.event and entry.source:
                print(f"{entry.source.name}: {entry.event.json()}", file=sys.stderr)
        where = f"{statement.path}:{statement.line}" if statement else path
        sys.exit(f"{where}: {error}")
    finally:
        runner.close()


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit("usage: runner.py LOG SCENARIO ...")
    with open(sys.argv[1], "w", encoding="utf-8", newline="\n") as log:
        for path in sys.argv[2:]:
            play(log, sys.argv[1], pathlib.Path(path))


if __name__ == "__main__":
    main()
