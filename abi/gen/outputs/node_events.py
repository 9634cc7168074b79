"""The events in JavaScript: one class each, made from the flat array of agent_take(), and their types for TypeScript."""

from model import EventKind, Header, Member, Struct, camel
from outputs.node_constants import class_name, lower_camel, word, worded
from outputs.node_swig import COMMON

FILES = ["bindings/node/generated/events.js", "bindings/node/generated/events.d.ts"]

# Members of sipua_event_view whose JavaScript form is not that of their C type: type, how it is made.
SPECIAL = {
    "digit": ("string", "{0} ? String.fromCharCode({0}) : ''"),
    "mark": ("number | string", "{0}"),
    "segment": ("number | string", "{0}"),
    "body": ("Buffer", "{0} ?? EMPTY"),
    "code": ("number", "{0}"),
    "level": ("number", "{0}"),
}
STATS = {"sipua_call_stats": "CallStats", "sipua_agent_counters": "AgentStats"}
FLAG_NAMES = {"DEFAULT": "byDefault"}

HEAD = """// Written by abi/gen/generate from sipua.h. Do not edit.
'use strict';

const { SipuaEvent } = require('../src/event.js');
const { %s } = require('./constants.js');

const EMPTY = Buffer.alloc(0);
"""

HEAD_TYPES = """// Written by abi/gen/generate from sipua.h. Do not edit.
import type { SipuaEvent } from '../index';
import type { %s } from './constants';
"""


def write(header: Header) -> list[str]:
    return [script(header), types(header)]


def read(header: Header, member: Member, at: int) -> tuple[str, str]:
    """TypeScript's type, and the expression."""
    place = f"a[{at}]"
    if member.name in SPECIAL:
        kind, expression = SPECIAL[member.name]
        return kind, expression.format(place)
    enum = next((e for e in header.enums if e.name == member.type), None)
    if enum and worded(enum):
        return class_name(enum), f"{lower_camel(enum.name)}Of({place})"
    if member.type == "const char *":
        return "string", f"{place} ?? ''"
    return "number", place


def flags(header: Header, event: EventKind) -> list[tuple[str, int, str]]:
    if "flags" not in event.fields:
        return []
    enum = header.enum("sipua_event_flags")
    found = []
    for name in event.flags:
        m = next(m for m in enum.members if enum.short(m) == name)
        found.append((FLAG_NAMES.get(name) or lower_camel(name.lower()), m.value, " ".join(m.doc.split())))
    return found


def script(header: Header) -> str:
    words = [lower_camel(e.name) + "Of" for e in header.enums if worded(e)]
    text = HEAD % ", ".join(sorted(words))
    view = header.struct("sipua_event_view")
    for event in header.events():
        body = ""
        for i, field in enumerate(event.fields):
            _, expression = read(header, view.member(field), 1 + len(COMMON) + i)  # type: ignore[arg-type]
            body += f"        this.{lower_camel(field)} = {expression};\n"
        text += f"\nclass {camel(event.name)} extends SipuaEvent {{\n"
        if body:
            text += f"    constructor(a) {{\n        super(a);\n{body}    }}\n"
        for name, bit, _ in flags(header, event):
            text += f"\n    get {name}() {{\n        return (this.flags & {bit}) !== 0;\n    }}\n"
        text += f"}}\n{camel(event.name)}.prototype.name = '{event.name}';\n"
    text += "\n// What each number is.\nconst CLASSES = [];\n"
    text += "".join(f"CLASSES[{e.value}] = {camel(e.name)};\n" for e in header.events())
    names = "".join(f"    {camel(e.name)},\n" for e in header.events())
    return text + f"\nmodule.exports = {{\n    CLASSES,\n{names}}};\n"


def comment(doc: str, indent: str) -> str:
    said = " ".join(doc.split())
    return f"{indent}/** {said} */\n" if said else ""


def types(header: Header) -> str:
    words = sorted(class_name(e) for e in header.enums if worded(e))
    text = HEAD_TYPES % ", ".join(words)
    view = header.struct("sipua_event_view")
    for struct in header.structs:
        if struct.name in STATS:
            text += figures(struct)
    for event in header.events():
        text += "\n" + comment(event.doc, "")
        text += f"export class {camel(event.name)} extends SipuaEvent {{\n    readonly name: '{event.name}';\n"
        for field in event.fields:
            member = view.member(field)
            assert member
            kind, _ = read(header, member, 0)
            text += comment(member.doc, "    ") + f"    readonly {lower_camel(field)}: {kind};\n"
        for name, _, doc in flags(header, event):
            text += comment(doc, "    ") + f"    get {name}(): boolean;\n"
        if event.name == "stats":
            text += "    /** The figures: of the call, or without one of the agent. */\n"
            text += "    readonly figures: CallStats | AgentStats;\n"
        text += "}\n"
    text += "\n/** Every event by its name. */\nexport interface EventMap {\n"
    text += "".join(f"    {e.name}: [{camel(e.name)}];\n" for e in header.events()) + "}\n"
    return text


def figures(struct: Struct) -> str:
    doc = " ".join(struct.doc.split()).split(". Out-struct")[0].rstrip(".") + "."
    text = f"\n/** {doc} */\nexport interface {STATS[struct.name]} {{\n"
    for member in struct.members:
        if member.name == "struct_size" or member.name.startswith("reserved"):
            continue
        kind = "string" if member.type == "const char *" else "number"
        text += comment(member.doc, "    ") + f"    readonly {lower_camel(member.name)}: {kind};\n"
    return text + "}\n"
