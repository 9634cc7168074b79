"""What all events have in common, and the SIP message behind one."""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import json
import typing

from ._given import text
from ._native import check, ffi, lib

if typing.TYPE_CHECKING:
    from ._document import Document

__all__ = ["Event", "Headers", "UnknownEvent", "read_figures_when_asked", "read_when_asked"]


class Headers(collections.abc.Mapping[str, str]):
    """The headers of a SIP message. Names match in upper and lower case and in their compact form; `headers["Via"]`
    is the first value, `get_all("Via")` are all of them, `pairs()` is everything in order."""

    def __init__(self, raw: typing.Any = None) -> None:
        self._raw = raw

    def __getitem__(self, name: str) -> str:
        value = lib.sipua_event_header(self._raw, text("name", name), 0) if self._raw else None
        if not value:
            raise KeyError(name)
        return _decode(value)

    def get_all(self, name: str) -> list[str]:
        """All values of that name, in order; an empty list when there is none."""
        found: list[str] = []
        while self._raw and (value := lib.sipua_event_header(self._raw, text("name", name), len(found))):
            found.append(_decode(value))
        return found

    def pairs(self) -> list[tuple[str, str]]:
        """All names and values, in the order of the message."""
        name, value = ffi.new("char **"), ffi.new("char **")
        found = []
        for i in range(lib.sipua_event_header_count(self._raw) if self._raw else 0):
            if lib.sipua_event_header_at(self._raw, i, name, value) >= 0:
                found.append((_decode(name[0]), _decode(value[0])))
        return found

    def __iter__(self) -> collections.abc.Iterator[str]:
        seen: set[str] = set()
        for name, _ in self.pairs():
            if name.lower() not in seen:
                seen.add(name.lower())
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self._raw) and bool(lib.sipua_event_header(self._raw, text("name", name), 0))

    def __repr__(self) -> str:
        return f"Headers({self.pairs()!r})"


def _decode(pointer: typing.Any) -> str:
    return str(ffi.string(pointer).decode("utf-8", "replace"))


@dataclasses.dataclass(eq=False)
class Event:
    """Something that happened. `name` is the same in every language; `id` says to what it happened, `call_id` and
    `account_id` what that belongs to, `time_ms` when, in milliseconds since 1970."""

    name: typing.ClassVar[str] = ""
    id: int = dataclasses.field(default=0, kw_only=True, repr=False)
    call_id: int = dataclasses.field(default=0, kw_only=True, repr=False)
    account_id: int = dataclasses.field(default=0, kw_only=True, repr=False)
    time_ms: int = dataclasses.field(default=0, kw_only=True, repr=False)
    tag: int = dataclasses.field(default=0, kw_only=True, repr=False)

    _raw: typing.ClassVar[typing.Any] = None  # the library's event; set on instances that came from it

    def _copy(self) -> typing.Self:
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy

    @property
    def time(self) -> datetime.datetime:
        """When it happened."""
        return datetime.datetime.fromtimestamp(self.time_ms / 1000, datetime.UTC)

    @property
    def headers(self) -> Headers:
        """The headers of the SIP message behind it; empty without one."""
        return Headers(self._raw)

    @property
    def message(self) -> bytes:
        """The whole SIP message behind it, with credentials redacted; empty without one."""
        if not self._raw:
            return b""
        size = ffi.new("uint64_t *")
        data = lib.sipua_event_message(self._raw, size)
        return bytes(ffi.buffer(data, size[0])) if data else b""

    @property
    def document(self) -> Document | None:
        """What its body says, if that is a document which the library reads; else None."""
        if not self._raw:
            return None
        from ._document import document_of

        return document_of(self._raw, str(getattr(self, "content_type", "")).split(";")[0].strip().lower())

    def json(self) -> str:
        """The event as one JSON object, in the form of all languages."""
        text = lib.sipua_event_json(self._raw) if self._raw else None
        if text:
            return _decode(text)
        return json.dumps({"time": self.time.isoformat(timespec="milliseconds"), "event": self.name})


@dataclasses.dataclass(eq=False)
class UnknownEvent(Event):
    """An event that this version of the package does not know. `headers`, `message` and `json()` work all the same."""

    type: int = 0
    kind: str = ""  # its name, if the library knows it


_VIEW = ffi.typeof("sipua_event_view *")
_VIEW_SIZE = ffi.sizeof("sipua_event_view")
_Read: typing.TypeAlias = collections.abc.Callable[[typing.Any], typing.Any]


def _view_of(event: Event) -> typing.Any:
    """All that the library's event says, lasting as long as ours."""
    view = event.__dict__.get("_view")
    if view is None:
        view = ffi.new(_VIEW)
        view.struct_size = _VIEW_SIZE
        check(lib.sipua_event_get(event._raw, view))
        event.__dict__["_view"] = view
    return view


class _Field:
    """A field of an event that came from the library, until it is asked for: most are never."""

    def __init__(self, name: str, default: typing.Any, read: _Read) -> None:
        self._name = name
        self._default = default
        self._read = read

    def __get__(self, event: Event | None, kind: type[Event]) -> typing.Any:
        if event is None or not event._raw:
            return self._default
        value = event.__dict__[self._name] = self._read(_view_of(event))
        return value


class _Figures(_Field):
    """The figures of an event, likewise."""

    def __get__(self, event: Event | None, kind: type[Event]) -> typing.Any:
        if event is None or not event._raw:
            return self._default
        value = event.__dict__[self._name] = self._read(event)
        return value


def read_when_asked(kind: type[Event], reads: dict[str, _Read]) -> None:
    """Has each field of a kind of event read when it is asked for."""
    for field in dataclasses.fields(kind):
        if field.name in reads and not field.kw_only:
            setattr(kind, field.name, _Field(field.name, field.default, reads[field.name]))


def read_figures_when_asked(
    kind: type[Event], read: collections.abc.Callable[[typing.Any, int], typing.Any],
) -> None:
    """The same for the figures of Stats: a call's, or the agent's."""
    default = next(field.default for field in dataclasses.fields(kind) if field.name == "figures")
    setattr(kind, "figures", _Figures("figures", default, lambda event: read(event._raw, event.id)))
