"""The library behind the package, and how Python values become its arguments."""

from __future__ import annotations

import typing

from . import _given
from ._enums import ErrorCode
from ._errors import error_of
from ._given import HeadersIn
from ._sipua import ffi, lib

__all__ = ["HeadersIn", "Struct", "check", "features", "ffi", "lib", "library_version"]

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


# By kind: its C type, its size, and the types of its members. Looking them up by name takes longer than a call.
_structs: dict[str, tuple[typing.Any, int, dict[str, typing.Any]]] = {}

_SWITCHES = {
    "open", "trace", "auto_answer", "early_media", "challenge_calls", "record_route", "tls_verify", "tls_need_client",
    "watch_network", "outbound", "sticky", "contact_rewrite", "gruu", "preload_route", "hold", "interrupt",
    "subscribe", "hangup", "anonymous", "composing", "cpim", "dtmf", "transfer", "signalling", "untouched",
    "requests",
}
_COUNTS = {
    "codecs": "codec_count", "dns_servers": "dns_server_count", "peers": "peer_count", "tls_pins": "tls_pin_count",
    "outbound_proxies": "outbound_proxy_count", "origins": "origin_count",
}


class Struct:
    """One of the library's structs with all that it points to. Unset members are the library's defaults."""

    def __init__(self, kind: str, **members: typing.Any) -> None:
        known = _structs.get(kind)
        if not known:
            fields = {name: field.type for name, field in ffi.typeof(kind).fields}
            known = _structs[kind] = ffi.typeof(f"{kind} *"), ffi.sizeof(kind), fields
        self.p = ffi.new(known[0])
        self.p.struct_size = known[1]
        self._types = known[2]
        self.keep: list[typing.Any] = []
        for name, value in members.items():
            if value is not None:
                self.set(name, value)

    def set(self, name: str, value: typing.Any, called: str = "") -> None:
        """Sets a member; lists and bytes set their count too. called: the name that the program knows it by."""
        kind = self._types[name]
        called = called or name
        if name in _SWITCHES:
            setattr(self.p, name, 1 if _given.switch(called, value) else 2)
        elif kind.kind == "primitive":
            number = _given.whole(called, value, *((0, 2**53 - 1) if "uint64" in kind.cname else _given.INT32))
            setattr(self.p, name, number)
        elif isinstance(value, bytes) and f"{name}_size" in self._types:
            self._point(name, value)
            setattr(self.p, f"{name}_size", len(value))
        elif kind.item.kind == "pointer":
            each = [ffi.new("char[]", text) for text in _given.texts(called, value)]
            array = ffi.new("char *[]", each)
            self.keep += [*each, array]
            setattr(self.p, name, array)
            setattr(self.p, _COUNTS.get(name, f"{name}_count"), len(each))
        else:
            self._point(name, _given.text(called, value))

    def _point(self, name: str, value: bytes) -> None:
        held = ffi.new("char[]", value)
        self.keep.append(held)
        setattr(self.p, name, held)

    def pairs(self, name: str, value: HeadersIn | None) -> Struct:
        """Sets a member that is a list of pairs."""
        if value is None:
            return self
        given = _given.pairs(name, value)
        array = ffi.new("sipua_pair[]", len(given))
        self.keep.append(array)
        for i, (key, text) in enumerate(given):
            held = ffi.new("char[]", key), ffi.new("char[]", text)
            self.keep += held
            array[i].name, array[i].value = held
        setattr(self.p, name, array)
        setattr(self.p, f"{name.removesuffix('s')}_count", len(given))
        return self


def library_version() -> str:
    """The version of the library inside this package."""
    return str(ffi.string(lib.sipua_version()).decode())


def features() -> frozenset[str]:
    """What the library can do: "udp", "tcp", "opus" …"""
    return frozenset(ffi.string(lib.sipua_features()).decode().split())
