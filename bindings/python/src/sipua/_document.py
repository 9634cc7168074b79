"""How documents are read from names and values, and written to them."""

from __future__ import annotations

import dataclasses
import functools
import typing

from ._enums import ErrorCode
from ._given import content, wrong
from ._native import check, ffi, lib

__all__ = ["Document", "Part", "Series", "body_of", "document_of"]

Pairs: typing.TypeAlias = "list[tuple[str, str]]"


class Part:
    """A document, or a part of one: a dataclass whose fields are values, parts and lists."""

    @classmethod
    @functools.cache
    def _types(cls) -> dict[str, typing.Any]:
        from . import _documents

        return typing.get_type_hints(cls, vars(_documents))

    def _put(self, path: list[str], value: str) -> None:
        name, rest = path[0], path[1:]
        if name not in self._types():
            name += "_"  # a word of Python: from_
        kind = self._types().get(name)
        if kind is None:
            return  # of a newer library
        made = _part_of(kind)
        if typing.get_origin(kind) is list:
            items = getattr(self, name)
            index = int(rest[0])
            while len(items) <= index:
                items.append(made() if made else "")
            if made:
                items[index]._put(rest[1:], value)
            else:
                items[index] = value
        elif made:
            if getattr(self, name) is None:
                setattr(self, name, made())
            getattr(self, name)._put(rest, value)
        elif bool in typing.get_args(kind):
            setattr(self, name, value == "yes")
        elif int in typing.get_args(kind):
            setattr(self, name, int(value))
        else:
            setattr(self, name, value)

    def _pairs(self, before: str = "") -> Pairs:
        found: Pairs = []
        for field in dataclasses.fields(typing.cast(typing.Any, self)):
            found += _said(before + field.name.rstrip("_"), getattr(self, field.name))
        return found


def _part_of(kind: typing.Any) -> type[Part] | None:
    for one in (kind, *typing.get_args(kind)):
        if isinstance(one, type) and issubclass(one, Part):
            return one
    return None


def _said(name: str, value: object) -> Pairs:
    if value is None or value == "":
        return []
    if isinstance(value, Part):
        return value._pairs(name + ".")
    if isinstance(value, bool):
        return [(name, "yes" if value else "no")]
    if isinstance(value, (list, tuple)):
        return [pair for i, one in enumerate(value) for pair in _said(f"{name}.{i}", one)]
    if isinstance(value, (str, int)):
        return [(name, str(value))]
    raise wrong(name, "a string, a number, True or False, a list or a part of the document", value)


class Document(Part):
    """A body that the library reads and writes."""

    body_type: typing.ClassVar[str] = ""

    def to_bytes(self) -> bytes:
        """The body. Raises InvalidError when a value cannot stand there or a needed one is missing."""
        pairs = [(name.encode(), value.encode()) for name, value in self._pairs()]
        held = [(ffi.new("char[]", name), ffi.new("char[]", value)) for name, value in pairs]
        array = ffi.new("sipua_pair[]", len(held))
        for i, (name, value) in enumerate(held):
            array[i].name, array[i].value = name, value
        size = 1024 + 4 * sum(len(name) + 6 * len(value) for name, value in pairs)
        while True:
            buffer = ffi.new("char[]", size)
            written = lib.sipua_document_write(self.body_type.encode(), array, len(held), buffer, size)
            if written != ErrorCode.FULL or size > 2**24:
                return bytes(ffi.buffer(buffer, check(written)))
            size *= 4


def document_of(raw: typing.Any, content_type: str) -> Document | None:
    """What the library reads in an event's body; None when it is none that it reads."""
    from ._documents import DOCUMENTS

    count = lib.sipua_event_document_count(raw)
    kind = DOCUMENTS.get(_ALIASES.get(content_type, content_type)) if count > 0 else None
    if not kind:
        return None
    document = kind()
    name, value = ffi.new("char **"), ffi.new("char **")
    for i in range(count):
        check(lib.sipua_event_document_at(raw, i, name, value))
        document._put(ffi.string(name[0]).decode().split("."), ffi.string(value[0]).decode("utf-8", "replace"))
    return document


_ALIASES = {"application/cpim-pidf+xml": "application/pidf+xml"}


class Series:
    """Documents about somebody, one after the other: what they need not say themselves."""

    def __init__(self, entity: str) -> None:
        self._entity = entity
        self._version = 0

    def body_of(self, body: Document | str | bytes, content_type: str | None) -> tuple[bytes, str | None]:
        """A body that a program gives, and its type."""
        return body_of(self._whole(body) if isinstance(body, Document) else body, content_type)

    def _whole(self, document: Document) -> Document:
        more: dict[str, typing.Any] = {}
        if getattr(document, "entity", None) == "":
            more["entity"] = self._entity
        if hasattr(document, "version"):
            if document.version is None:
                more["version"] = self._version
            self._version = (self._version if document.version is None else document.version) + 1
        return dataclasses.replace(typing.cast(typing.Any, document), **more) if more else document


def body_of(body: Document | str | bytes, content_type: str | None) -> tuple[bytes, str | None]:
    """A body that a program gives, and its type."""
    if isinstance(body, Document):
        return body.to_bytes(), content_type or body.body_type
    return content("body", body), content_type


