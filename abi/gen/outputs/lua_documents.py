"""The documents in Lua: the shape that sipua/document.lua makes tables by, and LuaCATS classes of them."""

from __future__ import annotations

from documents import Member, Part, documents
from model import Header

FILES = ["bindings/lua/sipua/documents.lua", "bindings/lua/library/documents.lua"]
KEYWORDS = {"and", "do", "else", "end", "for", "function", "goto", "if", "in", "local", "not", "or", "repeat", "return", "until"}
TYPES = {"int": "integer", "switch": "boolean"}

SHAPES = """-- Written by abi/gen/generate from the library's table of documents. Do not edit.
-- The bodies of event packages and messages. Each member has its kind: "text", "number", "switch", a table of members for a
-- part, and {list = kind} for a list.
return {
"""
STUBS = """---@meta
-- Written by abi/gen/generate from the library's table of documents. Do not edit.
-- The bodies of event packages and messages as tables: event.document, and what sipua.documents.NAME {...} makes.

"""


def write(header: Header) -> list[str]:
    shapes, stubs, makers = SHAPES, STUBS, ""
    for type_, root in documents(header):
        shapes += f'    {root.name} = {{\n        type = "{type_}",\n        members = {members(root, 8)},\n    }},\n'
        for part in root.parts():
            stubs += stub(part, type_, part is root)
        makers += (f"---@param fields? sipua.{root.class_name}\n---@return sipua.{root.class_name}\n"
                   f"function documents.{root.name}(fields) end\n\n")
    return [shapes + "}\n", stubs + "---@class sipua.documents\nlocal documents = {}\n\n" + makers + "return documents\n"]


def members(part: Part, depth: int) -> str:
    pad = " " * depth
    text = "{\n"
    for m in part.members.values():
        text += f"{pad}    {key(m)} = {shape(m, depth + 4)},\n"
    return text + pad + "}"


def key(m: Member) -> str:
    return f'["{m.name}"]' if m.name in KEYWORDS else m.name


def shape(m: Member, depth: int) -> str:
    one = members(m.part, depth) if m.part else {"int": '"number"', "switch": '"switch"'}.get(m.kind, '"text"')
    return f"{{ list = {one} }}" if m.list else one


def stub(part: Part, type_: str, root: bool) -> str:
    text = f"---{'A' if root else 'Part of a'} body of type {type_}.\n---@class sipua.{part.class_name}\n"
    for m in part.members.values():
        kind = f"sipua.{m.part.class_name}" if m.part else words(m)
        kind = f"{f'({kind})' if '|' in kind else kind}[]" if m.list else kind
        text += f"---@field {key(m) if m.name in KEYWORDS else m.name + '?'} {kind}{'|nil' * (m.name in KEYWORDS)} {m.text}".rstrip() + "\n"
    return text + "\n"


def words(m: Member) -> str:
    if "|" in m.kind:
        return "|".join(f'"{w}"' for w in m.kind.split("|"))
    return TYPES.get(m.kind, "string")
