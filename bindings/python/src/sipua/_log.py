"""Log events of the library, handed to `logging`: the logger is "sipua." and the module that spoke."""

from __future__ import annotations

import logging

from ._enums import LogLevel
from ._events import Log, Overflow, Suspicious, Trace

__all__ = ["level_for_library", "log", "logger"]

logger = logging.getLogger("sipua")
_TRACE = logging.getLogger("sipua.trace")
_LEVELS = {
    LogLevel.ERROR: logging.ERROR, LogLevel.WARNING: logging.WARNING, LogLevel.INFO: logging.INFO,
    LogLevel.DEBUG: logging.DEBUG,
}


def level_for_library() -> LogLevel:
    """What the library need not even say, because nobody would see it."""
    level = logger.getEffectiveLevel()
    if level <= logging.DEBUG:
        return LogLevel.DEBUG
    if level <= logging.INFO:
        return LogLevel.INFO
    return LogLevel.WARNING if level <= logging.WARNING else LogLevel.ERROR


def log(event: Log | Overflow | Suspicious | Trace) -> None:
    """Hands an event to its logger."""
    if isinstance(event, Log):
        where = logging.getLogger(f"sipua.{event.module}") if event.module else logger
        where.log(_LEVELS.get(event.level, logging.INFO), "%s", event.text)
    elif isinstance(event, Overflow):
        logger.warning("%d events were dropped: %s", event.count, event.text)
    elif isinstance(event, Suspicious):
        logger.warning("%s:%d: %s", event.host, event.port, event.text)
    elif _TRACE.isEnabledFor(logging.DEBUG):
        arrow = "->" if event.originator == "local" else "<-"
        said = event.body.decode("utf-8", "replace").rstrip()
        _TRACE.debug("%s %s:%s:%d\n%s", arrow, event.transport, event.host, event.port, said)
