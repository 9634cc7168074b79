"""The enumerations in Python. Open ones: a number of a newer library becomes a member named UNKNOWN_n."""

import re

from model import Enum, Enumerator, Header, camel

FILES = ["bindings/python/src/sipua/_enums.py"]

NAMES = {"sipua_error": "ErrorCode"}
LOWER = {"sipua_originator"}  # in words, as in JSON: "remote"

HEAD = '''# Written by abi/gen/generate from sipua.h. Do not edit.
"""The constants of the library. All of them are open: a newer library may know more, and an unknown number
becomes a member named UNKNOWN_n instead of an error."""

from __future__ import annotations

import enum

__all__ = %s


class _OpenInt(enum.IntEnum):
    @classmethod
    def _missing_(cls, value: object) -> _OpenInt | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member


class _OpenWord(enum.StrEnum):
    @classmethod
    def _missing_(cls, value: object) -> _OpenWord | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = "UNKNOWN_" + value.upper().replace(" ", "_")
        member._value_ = value
        return member
'''


def write(header: Header) -> list[str]:
    names = sorted(class_name(e) for e in header.enums)
    text = HEAD % ("[\n" + "".join(f'    "{n}",\n' for n in names) + "]")
    for e in header.enums:
        if e.bits:
            text += one(e, "enum.IntFlag", lambda m: str(m.value))
        elif worded(e):
            text += one(e, "_OpenWord", lambda m, e=e: f'"{word(e, m)}"')  # type: ignore[misc]
            table = "".join(f'    {m.value}: {class_name(e)}.{e.short(m)},\n' for m in e.members)
            text += f"\n\n_{class_name(e).upper()}_OF: dict[int, {class_name(e)}] = {{\n{table}}}\n"
            text += f'''

def {e.name.removeprefix("sipua_")}_of(number: int) -> {class_name(e)}:
    """The {class_name(e)} of the library's number."""
    known = _{class_name(e).upper()}_OF.get(number)
    return {class_name(e)}(f"{{number}}") if known is None else known
'''
        else:
            text += one(e, "_OpenInt", lambda m: str(m.value))
    return [text]


def class_name(e: Enum) -> str:
    return NAMES.get(e.name, camel(e.name))


def worded(e: Enum) -> bool:
    """In words: each constant's comment begins with them in quotes."""
    return e.name in LOWER or all(m.value == 0 or m.doc.startswith('"') for m in e.members)


def word(e: Enum, m: Enumerator) -> str:
    if e.name in LOWER:
        return "" if m.value == 0 else e.short(m).lower()
    quoted = re.match(r'"([^"]*)"', m.doc)
    return quoted[1] if quoted else ""


def one(e: Enum, base: str, value) -> str:  # type: ignore[no-untyped-def]
    doc = " ".join(e.doc.split()) or f"Constants of {e.name}."
    text = f'\n\nclass {class_name(e)}({base}):\n    """{doc}"""\n\n'
    for m in e.members:
        said = " ".join(m.doc.split())
        said = re.sub(r'^"[^"]*": ', "", said)
        line = f"    {e.short(m)} = {value(m)}"
        text += f"{line}  # {said}\n" if said and len(line) + len(said) < 116 else f"{line}\n"
    return text
