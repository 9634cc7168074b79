"""The documents in JavaScript: a class for each content type with the tree of what it may say, and their types."""

from __future__ import annotations

from documents import Member, Part, documents
from model import Header
from outputs.node_constants import lower_camel

FILES = ["bindings/node/generated/documents.js", "bindings/node/generated/documents.d.ts"]
TYPES = {"int": "number", "switch": "boolean"}

HEAD = """// Written by abi/gen/generate from the library's table of documents. Do not edit.
'use strict';

const { Document } = require('../src/document.js');
"""

HEAD_TYPES = """// Written by abi/gen/generate from the library's table of documents. Do not edit.

/** A body that the library reads and writes: `new Presence({ entity, tuples: [...] })`. */
export abstract class Document {
    /** "application/pidf+xml" */
    static readonly bodyType: string;
    readonly bodyType: string;
    /** The body. Throws a SipuaError when a value cannot stand there or a needed one is missing. */
    toString(): string;
    toBuffer(): Buffer;
}
"""


def write(header: Header) -> list[str]:
    found = documents(header)
    script, types = HEAD, HEAD_TYPES
    for type_, root in found:
        name = root.class_name
        script += f"\nclass {name} extends Document {{}}\n{name}.describe('{type_}', {tree(root, 0)});\n"
        for part in root.parts():
            types += root_type(part, type_) if part is root else part_type(part, type_)
    names = [root.class_name for _, root in found]
    script += "\nmodule.exports = {\n" + "".join(f"    {name},\n" for name in sorted(names)) + "};\n"
    return [script, types]


def tree(part: Part, depth: int) -> str:
    """{ callId: { name: 'call_id', kind: 'string' }, tuples: { name: 'tuples', list: true, members: { ... } } }"""
    pad = "    " * (depth + 1)
    text = "{\n"
    for m in part.members.values():
        said = [f"name: '{m.name}'"]
        if m.list:
            said.append("list: true")
        if m.part:
            said.append(f"members: {tree(m.part, depth + 1)}")
        else:
            said.append(f"kind: '{m.kind if m.kind in TYPES else 'string'}'")
        text += f"{pad}{lower_camel(m.name)}: {{ {', '.join(said)} }},\n"
    return text + "    " * depth + "}"


def kind(m: Member) -> str:
    if m.part:
        return m.part.class_name
    if "|" in m.kind:
        return " | ".join(f"'{word}'" for word in m.kind.split("|"))
    return TYPES.get(m.kind, "string")


def lines(part: Part, root: bool) -> str:
    text = ""
    for m in part.members.values():
        if m.text:
            text += f"    /** {m.text} */\n"
        said = kind(m)
        if m.list:
            said = f"({said})[]" if "|" in said else f"{said}[]"
        text += f"    {lower_camel(m.name)}{'' if root and m.list else '?'}: {said};\n"
    return text


def root_type(part: Part, type_: str) -> str:
    name = part.class_name
    return (f"\n/** A body of type {type_}. */\nexport class {name} extends Document {{\n"
            f"    constructor(says?: Partial<Omit<{name}, keyof Document>>);\n{lines(part, True)}}}\n")


def part_type(part: Part, type_: str) -> str:
    return f"\n/** Part of a body of type {type_}. */\nexport interface {part.class_name} {{\n{lines(part, False)}}}\n"
