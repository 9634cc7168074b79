"""Settings as the library takes them."""

from __future__ import annotations

import collections.abc
import typing

from ._enums import ErrorCode, LogLevel, Switch
from ._errors import InvalidError
from ._log import level_for_library
from ._native import Struct, seconds

__all__ = ["account_config", "agent_config", "call_config", "message_config"]

LOGGING = {50: LogLevel.ERROR, 40: LogLevel.ERROR, 30: LogLevel.WARNING, 20: LogLevel.INFO, 10: LogLevel.DEBUG}


def agent_config(
    *, rtp_ports: tuple[int, int] | None, open: bool, trace: bool, log_level: int | None,
    listen: collections.abc.Sequence[str], dns_servers: collections.abc.Sequence[str], **rest: typing.Any,
) -> Struct:
    """A sipua_agent_config."""
    low, high = rtp_ports or (0, 0)
    if rtp_ports and not 1 <= low <= high <= 65535:
        raise InvalidError(f"rtp_ports {low} to {high}: first and last port of a range", ErrorCode.INVALID)
    level = LOGGING.get(log_level, LogLevel(log_level)) if log_level is not None else level_for_library()
    return Struct(
        "sipua_agent_config", rtp_port_min=low, rtp_port_max=high, open=open or None,
        trace=Switch.ON if trace else None, log_level=level, listen=listen or None, dns_servers=dns_servers or None,
        **rest)


def account_config(defaults: dict[str, str | None], **settings: typing.Any) -> Struct:
    """A sipua_account_config; what is not set comes from the agent's defaults."""
    for name, value in defaults.items():
        if settings.get(name) is None:
            settings[name] = value
    return Struct("sipua_account_config", **settings)


def call_config(
    target: str, from_: str | None, timeout: float | None, rate: int, codecs: collections.abc.Sequence[str] | None,
) -> Struct:
    """A sipua_call_config."""
    config = Struct("sipua_call_config", target=target, timeout_ms=seconds(timeout), rate=rate, codecs=codecs)
    if from_ is not None:
        config.set("from", from_)
    return config


def message_config(
    target: str, from_: str | None, timeout: float | None, content_type: str | None, body: str | bytes,
) -> Struct:
    """A sipua_message_config."""
    config = Struct(
        "sipua_message_config", target=target, timeout_ms=seconds(timeout), content_type=content_type,
        body=body.encode() if isinstance(body, str) else bytes(body))
    if from_ is not None:
        config.set("from", from_)
    return config
