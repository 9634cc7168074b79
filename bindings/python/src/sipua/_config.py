"""Settings as the library takes them."""

from __future__ import annotations

import collections.abc
import typing

from ._document import Document, Series, body_of
from ._enums import ErrorCode, LogLevel
from ._errors import InvalidError
from ._log import level_for_library
from ._given import content, seconds, switch, text, whole, wrong
from ._native import Struct, features
from ._settings import AccountSettings, AgentSettings, CallSettings, MessageSettings, apply, certifi

__all__ = [
    "account_config", "agent_config", "call_config", "message_config", "publish_config", "subscribe_config",
    "transfer_config",
]

LOGGING = {50: LogLevel.ERROR, 40: LogLevel.ERROR, 30: LogLevel.WARNING, 20: LogLevel.INFO, 10: LogLevel.DEBUG}


def agent_config(
    *, rtp_ports: tuple[int, int] | None, open: bool, trace: bool, log_level: int | None,
    listen: collections.abc.Sequence[str], dns_servers: collections.abc.Sequence[str],
    more: collections.abc.Mapping[str, typing.Any], **rest: typing.Any,
) -> Struct:
    """A sipua_agent_config."""
    low, high = _ports(rtp_ports) if rtp_ports is not None else (0, 0)
    level = LogLevel(whole("log_level", log_level)) if log_level is not None else level_for_library()
    config = Struct(
        "sipua_agent_config", rtp_port_min=low, rtp_port_max=high, open=switch("open", open) or None,
        trace=switch("trace", trace) or None, log_level=LOGGING.get(level, level),
        listen=None if listen == () else listen, dns_servers=None if dns_servers == () else dns_servers, **rest)
    if more.get("tls_ca") is None and "tls" in features() and (found := certifi()):  # an older library has no TLS
        config.set("tls_ca_fallback", found)
    return apply(config, more, AgentSettings, "Agent()")


def _ports(given: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise wrong("rtp_ports", "the first and the last port of a range", given)
    low, high = whole("rtp_ports[0]", given[0]), whole("rtp_ports[1]", given[1])
    if not 1 <= low <= high <= 65535:
        raise InvalidError(f"rtp_ports: {low} to {high} are not the first and last port of a range", ErrorCode.INVALID)
    return low, high


def account_config(
    defaults: collections.abc.Mapping[str, typing.Any], more: collections.abc.Mapping[str, typing.Any],
    **settings: typing.Any,
) -> Struct:
    """A sipua_account_config; what is not set comes from the agent's defaults."""
    for name, value in defaults.items():
        if settings.get(name) is None:
            settings[name] = value
    text("aor", settings["aor"])
    settings["auto_answer"] = switch("auto_answer", settings["auto_answer"]) or None
    first = settings.pop("outbound_proxy")
    config = Struct("sipua_account_config", **settings)
    if isinstance(first, str) or not isinstance(first, collections.abc.Sequence):
        first = () if first is None else (first,)
    if first:
        config.set("outbound_proxy", first[0])
    if len(first) > 1:
        config.set("outbound_proxies", first[1:], "outbound_proxy[1:]")
    return apply(config, more, AccountSettings, "account()")


def call_config(
    target: str | None, from_: str | None, timeout: float | None, rate: int, codecs: collections.abc.Sequence[str] | None,
    more: collections.abc.Mapping[str, typing.Any],
) -> Struct:
    """A sipua_call_config. target None: it comes from a transfer."""
    if target is not None:
        text("target", target)
    config = Struct(
        "sipua_call_config", target=target, timeout_ms=seconds("timeout", timeout), rate=whole("rate", rate), codecs=codecs)
    if from_ is not None:
        config.set("from", from_, "from_")
    return apply(config, more, CallSettings, "call()")


def message_config(
    target: str, from_: str | None, timeout: float | None, content_type: str | None, body: Document | str | bytes,
    more: collections.abc.Mapping[str, typing.Any],
) -> Struct:
    """A sipua_message_config."""
    text("target", target)
    raw, content_type = body_of(body, content_type) if isinstance(body, Document) else (content("text", body), content_type)
    config = Struct(
        "sipua_message_config", target=target, timeout_ms=seconds("timeout", timeout), content_type=content_type, body=raw)
    if from_ is not None:
        config.set("from", from_, "from_")
    return apply(config, more, MessageSettings, "message()")


def subscribe_config(
    target: str, event: str, from_: str | None, expires: int | None, accept: str | None, content_type: str | None,
    body: str | bytes,
) -> Struct:
    """A sipua_subscribe_config. expires 0: asks once."""
    text("target", target)
    text("event", event)
    config = Struct("sipua_subscribe_config", target=target, event=event, accept=accept, content_type=content_type,
                    body=content("body", body) or None)
    if expires is not None:
        config.set("expires", whole("expires", expires, 0) or -1)
    if from_ is not None:
        config.set("from", from_, "from_")
    return config


def publish_config(
    event: str, body: Document | str | bytes, target: str | None, expires: int | None, content_type: str | None,
    series: Series,
) -> Struct:
    """A sipua_publish_config."""
    text("event", event)
    raw, content_type = series.body_of(body, content_type)
    return Struct("sipua_publish_config", event=event, target=target, expires=expires, content_type=content_type, body=raw)


def transfer_config(
    recipient: str, target: str, referred_by: str | None, subscribe: bool, timeout: float | None,
) -> Struct:
    """A sipua_transfer_config of a transfer outside calls."""
    text("recipient", recipient)
    text("target", target)
    return Struct("sipua_transfer_config", recipient=recipient, target=target, referred_by=referred_by,
                  subscribe=subscribe, timeout_ms=seconds("timeout", timeout))
