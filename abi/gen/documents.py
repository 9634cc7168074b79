"""Documents as the bindings' types see them: a tree of classes made from the flat table of fields."""

from __future__ import annotations

import dataclasses

from model import Field, Header, HeaderError, camel

# What each content type is called in the languages. A type without a name here is an error of the generator.
NAMES = {
    "application/pidf+xml": "presence", "application/simple-message-summary": "message_summary",
    "application/dialog-info+xml": "dialog_info", "application/reginfo+xml": "registration_info",
    "application/conference-info+xml": "conference_info", "application/im-iscomposing+xml": "composing_state",
    "message/imdn+xml": "delivery_notification", "message/cpim": "cpim_message", "message/sipfrag": "sip_fragment",
}


@dataclasses.dataclass
class Member:
    """One thing that a document, or a part of it, says."""

    name: str
    kind: str = ""  # of a plain value; "" for a part
    text: str = ""
    list: bool = False
    part: Part | None = None


@dataclasses.dataclass
class Part:
    """A document, or what stands in it under one name."""

    name: str  # "presence_tuple"
    members: dict[str, Member] = dataclasses.field(default_factory=dict)

    @property
    def class_name(self) -> str:
        return camel("sipua_" + self.name)

    def parts(self) -> list[Part]:
        """Those below it, the deepest first, and itself."""
        found = [one for m in self.members.values() if m.part for one in m.part.parts()]
        return [*found, self]


def singular(name: str) -> str:
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def documents(header: Header) -> list[tuple[str, Part]]:
    """Each content type with its tree, in the order of the table."""
    found: dict[str, Part] = {}
    for field in header.fields:
        if field.type not in NAMES:
            raise HeaderError("abi/gen/documents.py", 1, f"{field.type} has no name in the languages")
        add(found.setdefault(field.type, Part(NAMES[field.type])), field.name.split("."), field)
    return list(found.items())


def add(part: Part, path: list[str], field: Field) -> None:
    name, rest = path[0], path[1:]
    many = bool(rest) and rest[0] == "#"
    member = part.members.setdefault(name, Member(name, list=many))
    rest = rest[1:] if many else rest
    if not rest:
        member.kind, member.text = field.kind, field.text
        return
    if not member.part:
        member.part = Part(f"{part.name}_{singular(name) if many else name}")
    add(member.part, rest, field)
