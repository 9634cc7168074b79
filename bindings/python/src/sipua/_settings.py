"""Settings of TLS, WebSocket and registration: keywords of `Agent()`, `register()`, `account()` and `Registrar()`."""

from __future__ import annotations

import collections.abc
import functools
import os
import typing

from ._enums import Disposition, ErrorCode
from ._errors import InvalidError
from ._given import HeadersIn, wrong
from ._native import Struct

__all__ = [
    "AccountSettings", "AgentSettings", "CallSettings", "ListenerSettings", "MessageSettings", "Pem", "TlsSettings", "apply",
    "certifi",
]

# PEM as text or bytes, or the path of a file with it.
Pem: typing.TypeAlias = "str | bytes | os.PathLike[str]"


class TlsSettings(typing.TypedDict, total=False):
    """Whom to trust, and what to show."""

    tls_ca: Pem | None  # who may sign a server's certificate: PEM, a file, or a directory; default: the system's, else certifi's
    tls_cert: Pem | None  # our certificate with its chain
    tls_key: Pem | None  # its key; default: in tls_cert
    tls_key_password: str | None
    tls_pins: collections.abc.Sequence[str]  # "sha256/BASE64" of the server's public key: any other is refused
    tls_verify: bool  # False takes any certificate: for tests only


class AgentSettings(TlsSettings, total=False):
    """Further settings of an agent."""

    tls_crl: Pem | None  # revoked certificates
    tls_min_version: str | None  # "1.2" or "1.3"; default "1.2"
    media_bind: str | None  # address of the sockets of media; default: `bind`
    media_advertise: str | None  # address in SDP; default: `advertise` if it is numeric
    stun_server: str | None  # "HOST" or "HOST:PORT": tells our public address
    watch_network: bool  # False: the program says itself when the network changed, by `network_changed()`


class AccountSettings(TlsSettings, total=False):
    """Further settings of an account."""

    transport: str | None  # "udp", "tcp", "tls", "ws", "wss", where neither server nor proxy names one
    ha1: str | None  # instead of a password: hash of "user:realm:password", "MD5:HEX" or "SHA-256:HEX"
    bearer_token: str | None  # for servers that ask for Bearer (RFC 8898)
    ws_headers: HeadersIn | None  # of the request that opens a WebSocket: Cookie, Origin
    flows: int  # 2: registered over two servers or proxies at once (RFC 5626)
    outbound: bool  # False: registers without reg-id (RFC 5626)
    sticky: bool  # False: requests need not go to the server that took the registration
    contact_rewrite: bool  # False: the Contact keeps to our own address
    gruu: bool  # False: asks for no GRUU (RFC 5627); True: it stands in the Contact of calls too
    preload_route: bool  # True: a WebSocket server given by URL stands in a Route header too
    contact_params: str | None  # of the Contact's URI: "pn-provider=acme;pn-prid=x" (RFC 8599)
    contact_features: str | None  # of the Contact: "audio;+sip.ice" (RFC 3840)
    contact_user: str | None  # user part of the Contact; default: made up


class CallSettings(typing.TypedDict, total=False):
    """Further settings of a call."""

    replaces: str | None  # "CALL-ID;to-tag=X;from-tag=Y" of the call that this one takes the place of (RFC 3891)
    join: str | None  # the same of a call that this one joins (RFC 3911)
    from_name: str | None  # display name to call with
    asserted_identity: str | None  # URI for P-Asserted-Identity: for trunks
    preferred_identity: str | None  # URI for P-Preferred-Identity
    privacy: str | None  # "id", "user;header" (RFC 3323)
    anonymous: bool  # True: who we are is not told to the peer
    max_redirects: int  # follows so many 3xx; default: none


class MessageSettings(typing.TypedDict, total=False):
    """Further settings of a message."""

    cpim: bool  # True: wrapped into CPIM (RFC 3862)
    message_id: str | None  # how notifications name it; default: made up
    disposition: collections.abc.Sequence[str]  # what to be told: "delivered", "displayed", "processed" (RFC 5438)


class ListenerSettings(typing.TypedDict, total=False):
    """Further settings of a registrar's listeners."""

    tls_cert: Pem | None  # the certificate of tls: and wss: listeners, with its chain
    tls_key: Pem | None
    tls_key_password: str | None
    tls_ca: Pem | None  # who may sign certificates of clients
    tls_need_client: bool  # True: clients must show one
    origins: collections.abc.Sequence[str]  # of ws: and wss:, the pages that browsers may come from
    ws_path: str | None  # of ws: and wss:, "/sip": others get 404


PEM = {"tls_ca", "tls_cert", "tls_key", "tls_crl"}
VERSIONS = {"1.2": 12, "1.3": 13}
DISPOSITIONS = {"delivered": Disposition.DELIVERED, "displayed": Disposition.DISPLAYED, "processed": Disposition.PROCESSED}


def apply(config: Struct, settings: collections.abc.Mapping[str, typing.Any], kind: type, called: str) -> Struct:
    """Puts settings into a struct. kind: the TypedDict that names them."""
    known = kind.__annotations__
    for name, value in settings.items():
        if name not in known:
            raise TypeError(f"{called} got an unexpected keyword argument {name!r}")
        if value is None:
            continue
        if name == "ws_headers":
            config.pairs(name, value)
        elif name == "tls_min_version":
            if value not in VERSIONS:
                raise InvalidError(f"{name}: {value!r} is not '1.2' or '1.3'", ErrorCode.INVALID)
            config.set(name, VERSIONS[value])
        elif name == "disposition":
            config.set(name, int(_dispositions(value)))
        elif name in PEM and isinstance(value, (bytes, bytearray, memoryview)):
            config.set(name, _decoded(name, bytes(value)))
        elif not isinstance(value, (tuple, list)) or value:
            config.set(name, value)
    return config


def _dispositions(value: collections.abc.Sequence[str]) -> Disposition:
    if isinstance(value, (str, bytes)) or not isinstance(value, collections.abc.Iterable):
        raise wrong("disposition", "a list of words", value)
    bits = Disposition(0)
    for word in value:
        if word not in DISPOSITIONS:
            raise InvalidError(f"disposition: {word!r} is not one of {', '.join(DISPOSITIONS)}", ErrorCode.INVALID)
        bits |= DISPOSITIONS[word]
    return bits


def _decoded(name: str, value: bytes) -> str:
    if b"-----BEGIN" not in value:
        raise InvalidError(f"{name}: these bytes are not PEM", ErrorCode.FORMAT)
    return value.decode("utf-8", "replace").replace("\0", "\ufffd")


@functools.cache
def certifi() -> str | None:
    """The file with certifi's certificates, if it is installed: for where the system has none."""
    try:
        import certifi as package  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        return None
    return str(package.where())
