"""What sipua.h says, as plain data. Every output module reads this and nothing else."""

from __future__ import annotations

import dataclasses
import re

__all__ = [
    "Enum", "Enumerator", "EventKind", "Function", "Header", "HeaderError", "Member", "Option", "Param",
    "Section", "Struct", "camel",
]


class HeaderError(Exception):
    """The header leaves the subset. The text begins with file:line."""

    def __init__(self, file: str, line: int, text: str) -> None:
        super().__init__(f"{file}:{line}: {text}")


@dataclasses.dataclass
class Enumerator:
    """One constant of an enum. `group` is the comment that stands alone above it."""

    name: str
    value: int
    doc: str = ""
    group: str = ""
    fields: list[str] | None = None  # SIPUA_FIELDS; None where it does not stand
    since: str = ""
    line: int = 0


@dataclasses.dataclass
class Enum:
    """An open enumeration: an integer typedef and its constants."""

    name: str
    base: str  # int32_t, or uint32_t for bits
    doc: str = ""
    members: list[Enumerator] = dataclasses.field(default_factory=list)
    line: int = 0

    @property
    def bits(self) -> bool:
        return self.base == "uint32_t"

    @property
    def prefix(self) -> str:
        """What all constants begin with, up to an underscore ("SIPUA_CAUSE_")."""
        names = [m.name for m in self.members]
        first, last = min(names), max(names)
        same = 0
        while same < min(len(first), len(last)) and first[same] == last[same]:
            same += 1
        return first[: first.rfind("_", 0, same) + 1]

    def short(self, member: Enumerator) -> str:
        """The constant's name without the prefix, and without the E_ of errors."""
        short = member.name[len(self.prefix):]
        return short[2:] if self.name == "sipua_error" and short.startswith("E_") else short


@dataclasses.dataclass
class Member:
    """A member of a struct. `type` is the C type without annotations."""

    type: str
    name: str
    doc: str = ""
    length: str = ""  # SIPUA_LEN: the member with the count
    since: str = ""
    line: int = 0

    @property
    def reserved(self) -> bool:
        """Explicit padding: must be zero, and no binding shows it."""
        return bool(re.fullmatch(r"reserved\d*", self.name))


@dataclasses.dataclass
class Struct:
    name: str
    doc: str = ""
    members: list[Member] = dataclasses.field(default_factory=list)
    # SIPUA_PAD_PTR: the pad's name -> the member that it follows. A uint32_t where pointers have 4 bytes, else nothing.
    pads: dict[str, str] = dataclasses.field(default_factory=dict)
    out: bool = False  # the library fills it
    line: int = 0

    @property
    def versioned(self) -> bool:
        return bool(self.members) and self.members[0].name == "struct_size"

    @property
    def first(self) -> Member:
        """The last member of the struct's first release: what every caller has."""
        return [m for m in self.members if not m.since][-1]

    def member(self, name: str) -> Member | None:
        return next((m for m in self.members if m.name == name), None)


@dataclasses.dataclass
class Param:
    type: str
    name: str
    out: bool = False
    inout: bool = False
    nullable: bool = False
    length: str = ""


@dataclasses.dataclass
class Function:
    name: str
    returns: str
    params: list[Param] = dataclasses.field(default_factory=list)
    doc: str = ""
    since: str = ""
    line: int = 0
    callback: bool = False  # takes a function pointer: C only, no binding offers it


@dataclasses.dataclass
class EventKind:
    """An event with the members of sipua_event_view that it fills."""

    name: str  # "call_ended"
    constant: str
    value: int
    fields: list[str]
    flags: list[str]  # the SIPUA_FLAG_ names its comment mentions, without the prefix
    terminal: bool
    doc: str
    group: str


@dataclasses.dataclass
class Section:
    """A part of the header, under a ruled comment."""

    title: str
    text: str  # what the comment says besides
    line: int


@dataclasses.dataclass
class Option:
    """A row of the table of options, as sipua_option_at() tells it."""

    key: str
    type: str
    scope: str
    minimum: int
    maximum: int
    default: str
    text: str
    since: str
    choices: str = ""  # of a choice: its words


@dataclasses.dataclass
class Field:
    """A row of the table of what documents may say, as sipua_field_at() tells it."""

    type: str  # "application/pidf+xml"
    name: str  # "tuples.#.status"
    kind: str  # "string", "int", "switch", "time", or words with '|' between
    text: str


@dataclasses.dataclass
class Header:
    version: tuple[int, int, int] = (0, 0, 0)
    manual: str = ""  # the comment at the top
    opaque: list[str] = dataclasses.field(default_factory=list)
    integers: dict[str, str] = dataclasses.field(default_factory=dict)  # typedefs of plain integers, "sipua_id"
    enums: list[Enum] = dataclasses.field(default_factory=list)
    structs: list[Struct] = dataclasses.field(default_factory=list)
    functions: list[Function] = dataclasses.field(default_factory=list)
    docs: dict[str, str] = dataclasses.field(default_factory=dict)
    order: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # ("struct", "sipua_pair"), as declared
    lines: dict[str, int] = dataclasses.field(default_factory=dict)  # where each of these stands
    sections: list[Section] = dataclasses.field(default_factory=list)
    # Not from the header, but from the library's own tables (tables.py).
    options: list[Option] = dataclasses.field(default_factory=list)
    fields: list[Field] = dataclasses.field(default_factory=list)
    retryable: list[str] = dataclasses.field(default_factory=list)  # the errors that are, "SIPUA_E_FULL"
    fatal: list[str] = dataclasses.field(default_factory=list)

    def enum(self, name: str) -> Enum:
        return next(e for e in self.enums if e.name == name)

    def struct(self, name: str) -> Struct:
        return next(s for s in self.structs if s.name == name)

    def plain(self, kind: str) -> str:
        """The integer behind a typedef ("sipua_id" -> "uint64_t"); other types as they are."""
        if kind in self.integers:
            return self.integers[kind]
        return next((e.base for e in self.enums if e.name == kind), kind)

    def events(self) -> list[EventKind]:
        """The events, in the header's order."""
        flags = self.enum("sipua_event_flags")
        names = {flags.short(m) for m in flags.members}
        kinds = []
        event = self.enum("sipua_event_type")
        for m in event.members:
            said = [w for w in re.findall(r"\b[A-Z][A-Z_]+\b", m.doc) if w in names]
            kinds.append(
                EventKind(
                    name=event.short(m).lower(), constant=m.name, value=m.value, fields=m.fields or [],
                    flags=list(dict.fromkeys(said)), terminal="terminal" in m.doc, doc=m.doc, group=m.group,
                )
            )
        return kinds


def camel(name: str) -> str:
    """sipua_call_stats -> CallStats"""
    return "".join(part.capitalize() for part in name.removeprefix("sipua_").split("_"))
