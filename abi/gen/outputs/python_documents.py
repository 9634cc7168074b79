"""The documents in Python: a dataclass for each content type, and for each part of one."""

from __future__ import annotations

import keyword

from documents import Member, Part, documents
from model import Header

FILES = ["bindings/python/src/sipua/_documents.py"]
TYPES = {"int": "int | None", "switch": "bool | None"}

HEAD = '''# Written by abi/gen/generate from the library's table of documents. Do not edit.
"""The bodies of event packages and messages as classes: read with `event.document`, written by passing one as a body.
What a document does not say is None, or "" for words."""

from __future__ import annotations

import dataclasses
import typing

from ._document import Document, Part

__all__ = %s
'''


def write(header: Header) -> list[str]:
    found = documents(header)
    names = sorted(part.class_name for _, root in found for part in root.parts())
    text = HEAD % ("[\n" + "".join(f'    "{n}",\n' for n in names) + "]")
    for type_, root in found:
        for part in root.parts():
            text += one(part, type_, part is root)
    table = "".join(f'    "{type_}": {root.class_name},\n' for type_, root in found)
    return [text + f"\n\nDOCUMENTS: dict[str, type[Document]] = {{\n{table}}}\n"]


def one(part: Part, type_: str, root: bool) -> str:
    said = f"A body of type {type_}." if root else f"Part of a body of type {type_}."
    text = f'\n\n@dataclasses.dataclass\nclass {part.class_name}({"Document" if root else "Part"}):\n    """{said}"""\n\n'
    if root:
        text += f'    body_type: typing.ClassVar[str] = "{type_}"\n'
    for m in part.members.values():
        text += line(m)
    return text


def line(m: Member) -> str:
    name = m.name + "_" * keyword.iskeyword(m.name)
    text = f"    {name}: {annotation(m)}"
    comment = ", ".join(c for c in (m.text, m.kind.replace("|", ", ") if "|" in m.kind else "") if c)
    return f"{text}  # {comment}\n" if comment and len(text) + len(comment) < 116 else f"{text}\n"


def annotation(m: Member) -> str:
    kind = m.part.class_name if m.part else TYPES.get(m.kind, "str")
    if m.list:
        return f"list[{kind}] = dataclasses.field(default_factory=list)"
    if m.part:
        return f"{kind} | None = None"
    return f'{kind} = ""' if kind == "str" else f"{kind} = None"
