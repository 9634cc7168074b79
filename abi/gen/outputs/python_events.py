"""The events in Python: one dataclass each, the out-structs they carry, and what reads them from the library."""

from model import EventKind, Header, Member, Struct, camel
from outputs.python_enums import class_name, worded

FILES = ["bindings/python/src/sipua/_events.py"]

# Members of sipua_event_view whose Python form is not that of their C type.
SPECIAL = {
    "code": ("ErrorCode", "ErrorCode(v.code)"),
    "level": ("LogLevel", "LogLevel(v.level)"),
    "digit": ("str", 'chr(v.digit) if v.digit else ""'),
    "mark": ("int | str", "v.mark"),
    "segment": ("int | str", "v.segment"),
    "body": ("bytes", "_bytes(v.body, v.body_size)"),
}
DEFAULTS = {"int": "0", "int | str": "0", "str": '""', "bytes": 'b""', "ErrorCode": "ErrorCode.OK", "LogLevel": "LogLevel.DEFAULT"}
RENAMED = {"from": "from_"}
STATS = {"sipua_call_stats": "CallStats", "sipua_agent_counters": "AgentStats"}
ERRORS = {"call_ended"}  # raised as well as delivered

HEAD = '''# Written by abi/gen/generate from sipua.h. Do not edit.
"""The events, one dataclass each. Their names are those of every language: call_ended is CallEnded."""

from __future__ import annotations

import dataclasses
import typing

from ._enums import *
from ._enums import {words}
from ._errors import SipError
from ._event import Event, read_figures_when_asked, read_when_asked
from ._native import ffi, lib

__all__ = [
{names}]


def _text(pointer: typing.Any) -> str:
    if not pointer:
        return ""
    text: str = ffi.string(pointer).decode("utf-8", "replace")
    return text


def _bytes(pointer: typing.Any, size: int) -> bytes:
    return bytes(ffi.buffer(pointer, size)) if size else b""
'''


def write(header: Header) -> list[str]:
    events = header.events()
    view = header.struct("sipua_event_view")
    words = sorted(e.name.removeprefix("sipua_") + "_of" for e in header.enums if worded(e))
    names = sorted([camel(e.name) for e in events] + list(STATS.values()))
    text = HEAD.format(words=", ".join(words), names="".join(f'    "{n}",\n' for n in names))
    for struct in header.structs:
        if struct.name in STATS:
            text += figures(struct)
    text += "\n\n_NO_FIGURES = CallStats()\n"
    reads: dict[str, str] = {}
    for event in events:
        text += event_class(header, view, event, reads)
    text += "\n\n# How a field is read from the library's view of an event.\n"
    text += "_FIELDS: dict[str, typing.Callable[[typing.Any], typing.Any]] = {\n"
    text += "".join(f'    "{name}": lambda v: {read},\n' for name, read in sorted(reads.items())) + "}\n"
    text += "\n# The class of each, by the library's number.\nKINDS: dict[int, type[Event]] = {\n"
    text += "".join(f"    {e.value}: {camel(e.name)},\n" for e in events) + "}\n"
    text += "for _kind in KINDS.values():\n    read_when_asked(_kind, _FIELDS)\n"
    text += "read_figures_when_asked(Stats, lambda raw, id: read_call_stats(raw) if id else read_agent_counters(raw))\n"
    return [text]


def python(header: Header, member: Member) -> tuple[str, str, str]:
    """Type, how it is read, default."""
    name = member.name
    if name in SPECIAL:
        kind, read = SPECIAL[name]
        return kind, read, DEFAULTS[kind]
    enum = next((e for e in header.enums if e.name == member.type), None)
    if enum and worded(enum):
        kind = class_name(enum)
        first = enum.short(enum.members[0])
        return kind, f"{enum.name.removeprefix('sipua_')}_of(v.{name})", f"{kind}.{first}"
    if enum:
        return class_name(enum), f"{class_name(enum)}(v.{name})", f"{class_name(enum)}(0)"
    if member.type == "const char *":
        return "str", f"_text(v.{name if name != 'from' else 'from'})", '""'
    return "int", f"v.{name}", "0"


def event_class(header: Header, view: Struct, event: EventKind, reads: dict[str, str]) -> str:
    name = camel(event.name)
    bases = "Event, SipError" if event.name in ERRORS else "Event"
    doc = " ".join(event.doc.split())
    doc = f"{event.name}: {doc}." if doc else f"{event.name}."
    text = f'\n\n@dataclasses.dataclass(eq=False)\nclass {name}({bases}):\n    """{doc}"""\n\n'
    text += f'    name: typing.ClassVar[str] = "{event.name}"\n'
    for field in event.fields:
        member = view.member(field)
        assert member
        kind, read, default = python(header, member)
        said = " ".join(member.doc.split())
        attribute = RENAMED.get(field, field)
        line = f"    {attribute}: {kind} = {default}"
        text += f"{line}  # {said}\n" if said and len(line) + len(said) < 116 else f"{line}\n"
        reads[attribute] = read if field != "from" else '_text(getattr(v, "from"))'
    if event.name == "stats":
        text += "    figures: CallStats | AgentStats = _NO_FIGURES\n"
    flags = header.enum("sipua_event_flags")
    for flag in event.flags if "flags" in event.fields else []:
        said = next(" ".join(m.doc.split()) for m in flags.members if flags.short(m) == flag)
        text += f"\n    @property\n    def {flag.lower() if flag != 'DEFAULT' else 'by_default'}(self) -> bool:\n"
        text += f'        """{said[0].upper()}{said[1:]}."""\n'
        text += f"        return bool(self.flags & EventFlags.{flag})\n"
    return text


def figures(struct: Struct) -> str:
    name = STATS[struct.name]
    doc = " ".join(struct.doc.split()).split(". Out-struct")[0].rstrip(".") + "."
    text = f'\n\n@dataclasses.dataclass(frozen=True)\nclass {name}:\n    """{doc}"""\n\n'
    arguments = []
    for member in struct.members:
        if member.name in ("struct_size", "reserved"):
            continue
        string = member.type == "const char *"
        said = " ".join(member.doc.split())
        line = f'    {member.name}: {"str" if string else "int"} = {chr(34) * 2 if string else 0}'
        text += f"{line}  # {said}\n" if said and len(line) + len(said) < 116 else f"{line}\n"
        arguments.append(f"{member.name}=_text(c.{member.name})" if string else f"{member.name}=c.{member.name}")
    reader = {"sipua_call_stats": "sipua_event_call_stats", "sipua_agent_counters": "sipua_event_agent_stats"}
    body = "".join(f"        {a},\n" for a in arguments)
    return text + f'''

def read_{struct.name.removeprefix("sipua_")}(event: typing.Any) -> {name}:
    """The figures behind a stats event of the library."""
    c = ffi.new("{struct.name} *")
    c.struct_size = ffi.sizeof("{struct.name}")
    lib.{reader[struct.name]}(event, c)
    figures = object.__new__({name})  # without the frozen class's __init__, which takes longer than all else here
    figures.__dict__.update(
{body}    )
    return figures
'''
