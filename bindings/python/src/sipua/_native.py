"""The library behind the package, and how Python values become its arguments."""

from __future__ import annotations

import collections.abc
import os
import typing

from ._enums import ErrorCode
from ._errors import error_of
from ._sipua import ffi, lib

__all__ = ["HeadersIn", "Struct", "check", "features", "ffi", "lib", "library_version", "pairs", "seconds", "strings", "utf8"]

# What a parameter `headers` takes.
HeadersIn: typing.TypeAlias = (
    "collections.abc.Mapping[str, str | collections.abc.Sequence[str]] | collections.abc.Iterable[tuple[str, str]]"
)

if lib.sipua_abi_version() >> 16 != 0:
    raise ImportError(f"the library is version {ffi.string(lib.sipua_version()).decode()}, this package needs 0.x")


def check(result: int) -> int:
    """The result, or the exception that belongs to a negative one."""
    if result < 0:
        text = ffi.string(lib.sipua_last_error_text()).decode("utf-8", "replace")
        if not text or lib.sipua_last_error() != result:
            text = ffi.string(lib.sipua_error_text(result)).decode()
        raise error_of(ErrorCode(result), text)
    return result


def utf8(value: str | os.PathLike[str]) -> bytes:
    """A string as the library takes it."""
    if not isinstance(value, str):
        value = os.fspath(value)
    if not isinstance(value, str):
        raise TypeError(f"a string is needed, not {type(value).__name__}")
    if "\0" in value:
        raise error_of(ErrorCode.INVALID, f"{value!r} holds a NUL")
    return value.encode()


def strings(values: collections.abc.Sequence[str], keep: list[typing.Any]) -> typing.Any:
    """A const char *const *, alive as long as `keep`."""
    if isinstance(values, str):
        raise TypeError(f"a list of strings is needed, not the string {values!r}")
    each = [ffi.new("char[]", utf8(v)) for v in values]
    array = ffi.new("char *[]", each)
    keep.extend(each)
    keep.append(array)
    return array


def pairs(headers: HeadersIn, keep: list[typing.Any]) -> tuple[typing.Any, int]:
    """A sipua_pair array and its length, alive as long as `keep`."""
    flat: list[tuple[str, str]] = []
    items = headers.items() if isinstance(headers, collections.abc.Mapping) else headers
    for name, value in items:
        flat.extend((name, v) for v in ([value] if isinstance(value, str) else value))
    array = ffi.new("sipua_pair[]", len(flat))
    keep.append(array)
    for i, pair in enumerate(flat):
        for member, text in zip(("name", "value"), pair, strict=True):
            owned = ffi.new("char[]", utf8(text))
            keep.append(owned)
            setattr(array[i], member, owned)
    return array, len(flat)


def seconds(value: float | None) -> int:
    """A timeout in seconds as the library's milliseconds; None is the default."""
    if value is None:
        return 0
    if not value > 0:
        raise error_of(ErrorCode.INVALID, f"a time of {value} seconds")
    return max(1, min(int(value * 1000), 2**31 - 1))


_structs: dict[str, tuple[typing.Any, int]] = {}  # C type and size: looking them up by name takes longer than a call


class Struct:
    """One of the library's structs with all that it points to. Unset members are the library's defaults."""

    def __init__(self, kind: str, **members: typing.Any) -> None:
        known = _structs.get(kind)
        if not known:
            known = _structs[kind] = ffi.typeof(f"{kind} *"), ffi.sizeof(kind)
        self.p = ffi.new(known[0])
        self.p.struct_size = known[1]
        self.keep: list[typing.Any] = []
        for name, value in members.items():
            if value is not None:
                self.set(name, value)

    def set(self, name: str, value: typing.Any) -> None:
        """Sets a member; lists and bytes set their count too."""
        if isinstance(value, bool):
            value = 1 if value else 2  # a switch
        if isinstance(value, int):
            try:
                setattr(self.p, name, value)
            except OverflowError:
                raise error_of(ErrorCode.INVALID, f"{name}: {value} is out of range") from None
        elif isinstance(value, bytes):
            held = ffi.new("char[]", value)
            self.keep.append(held)
            setattr(self.p, name, held)
            setattr(self.p, f"{name}_size", len(value))
        elif isinstance(value, (str, os.PathLike)):
            held = ffi.new("char[]", utf8(value))
            self.keep.append(held)
            setattr(self.p, name, held)
        else:
            count = {"codecs": "codec_count", "dns_servers": "dns_server_count", "peers": "peer_count"}
            setattr(self.p, name, strings(value, self.keep))
            setattr(self.p, count.get(name, f"{name}_count"), len(value))

    def pairs(self, name: str, value: HeadersIn | None) -> Struct:
        """Sets a member that is a list of pairs."""
        if value:
            array, count = pairs(value, self.keep)
            setattr(self.p, name, array)
            setattr(self.p, f"{name.removesuffix('s')}_count", count)
        return self


def library_version() -> str:
    """The version of the library inside this package."""
    return str(ffi.string(lib.sipua_version()).decode())


def features() -> frozenset[str]:
    """What the library can do: "udp", "tcp", "opus" …"""
    return frozenset(ffi.string(lib.sipua_features()).decode().split())
