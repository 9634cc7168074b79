"""What a program gives, looked at before the library gets it: each error names the argument."""

from __future__ import annotations

import collections.abc
import math
import os
import typing

from ._enums import ErrorCode
from ._errors import InvalidError

__all__ = ["INT32", "HeadersIn", "content", "mine", "pairs", "seconds", "switch", "text", "texts", "whole", "wrong"]

# What a parameter `headers` takes.
HeadersIn: typing.TypeAlias = (
    "collections.abc.Mapping[str, str | collections.abc.Sequence[str]] | collections.abc.Iterable[tuple[str, str]]"
)
T = typing.TypeVar("T")
INT32 = (-(2**31), 2**31 - 1)


def wrong(name: str, needed: str, value: object) -> TypeError:
    """The exception for a value of a wrong type."""
    return TypeError(f"{name}: {needed} is needed, not {type(value).__name__}")


def text(name: str, value: str | os.PathLike[str]) -> bytes:
    """A string as the library takes it."""
    said = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(said, str):
        raise wrong(name, "a string", value)
    if "\0" in said:
        raise InvalidError(f"{name}: {said!r} holds a NUL", ErrorCode.INVALID)
    return _encoded(name, said)


def content(name: str, value: str | bytes) -> bytes:
    """A body: a NUL is as good as any other byte."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if not isinstance(value, str):
        raise wrong(name, "a string, or bytes,", value)
    return _encoded(name, value)


def _encoded(name: str, value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise InvalidError(f"{name}: {value!r} cannot be written in UTF-8", ErrorCode.INVALID) from None


def texts(name: str, values: collections.abc.Sequence[str]) -> list[bytes]:
    """A list of strings."""
    if isinstance(values, (str, bytes)) or not isinstance(values, collections.abc.Iterable):
        raise wrong(name, "a list of strings", values)
    return [text(f"{name}[{i}]", value) for i, value in enumerate(values)]


def pairs(name: str, given: HeadersIn) -> list[tuple[bytes, bytes]]:
    """Names and values, of a mapping or of pairs."""
    if isinstance(given, (str, bytes)) or not isinstance(given, collections.abc.Iterable):
        raise wrong(name, "a mapping or a list of pairs", given)
    found: list[tuple[bytes, bytes]] = []
    items: collections.abc.Iterable[typing.Any] = given.items() if isinstance(given, collections.abc.Mapping) else given
    for item in items:
        if isinstance(item, (str, bytes)) or not isinstance(item, collections.abc.Sequence) or len(item) != 2:
            raise wrong(name, "a name with its value", item)
        key = text(f"{name}: a name", item[0])
        label = f"{name}[{item[0]!r}]"
        found += [(key, v) for v in ([text(label, item[1])] if isinstance(item[1], str) else texts(label, item[1]))]
    return found


def whole(name: str, value: int, low: int = INT32[0], high: int = INT32[1]) -> int:
    """An integer of a range."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise wrong(name, "an integer", value)
    number = value.__index__()
    if not low <= number <= high:
        raise InvalidError(f"{name}: {number} is not between {low} and {high}", ErrorCode.INVALID)
    return number


def switch(name: str, value: bool) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise wrong(name, "True or False", value)
    return value


def seconds(name: str, value: float | None) -> int:
    """A time in seconds as the library's milliseconds; None is the default, 0."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong(name, "a number of seconds", value)
    if not value > 0 or math.isinf(value):
        raise InvalidError(f"{name}: a time of {value} seconds", ErrorCode.INVALID)
    return max(1, min(int(value * 1000), INT32[1]))


def mine(name: str, thing: T, agent: object, *kinds: type) -> T:
    """An object that must be of such a class, and of that agent."""
    if not isinstance(thing, kinds):
        raise wrong(name, " or ".join(kind.__name__ for kind in kinds), thing)
    if getattr(thing, "_agent", None) is not agent:
        raise InvalidError(f"{name}: {thing!r} belongs to another agent", ErrorCode.GONE)
    return thing
