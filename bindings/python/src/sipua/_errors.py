"""What this package raises. Everything is an Error; what a peer or the network said is a SipError."""

from __future__ import annotations

import typing

from ._enums import Cause, ErrorCode

__all__ = [
    "AccessError", "ClosedError", "Error", "EventsLost", "InvalidError", "LimitError", "NotFoundError", "SipError",
    "StateError", "SystemFailure", "error_of",
]


class Error(Exception):
    """The base of all errors of this package. `code` says which, `text` what was wrong."""

    code: ErrorCode = ErrorCode.INTERNAL
    text: str = ""

    def __init__(self, text: str = "", code: ErrorCode = ErrorCode.INTERNAL) -> None:
        super().__init__(text)
        self.text = text
        self.code = code

    def __str__(self) -> str:
        return self.text or self.code.name


class SipError(Error):
    """A peer refused, or could not be reached. `status` and `reason` are its response (0 and "" without one), `cause`
    is the case in one word or two: "Busy", "No Answer", "Not Found" ..."""

    status: int = 0
    reason: str = ""
    cause: Cause = Cause.NONE

    def __init__(
        self, status: int = 0, reason: str = "", cause: Cause = Cause.NONE, text: str = "",
        code: ErrorCode = ErrorCode.OK,
    ) -> None:
        super().__init__(text, code)
        self.status = status
        self.reason = reason
        self.cause = cause

    def __str__(self) -> str:
        said = f"{self.status} {self.reason}".strip() if self.status else ""
        parts = [said] if said else []
        for more in (str(self.cause), self.text):
            if said and more == Cause.SIP_FAILURE_CODE:
                continue  # that it is one is seen
            if more and not any(more.lower() in part.lower() for part in parts):
                parts.append(more)
        return ": ".join(parts) or type(self).__name__


class InvalidError(Error, ValueError):
    """An argument cannot be used: a URI, an address, a header, a codec, a file's format."""


class NotFoundError(Error, FileNotFoundError):
    """There is no such file, name or option."""


class AccessError(Error, PermissionError):
    """The operating system forbids it."""


class SystemFailure(Error, OSError):
    """The operating system said no; an address in use is one of these."""


class LimitError(Error):
    """A limit of the configuration is reached, or a queue is full."""


class StateError(Error, RuntimeError):
    """Not possible at this point, or twice at the same time."""


class ClosedError(Error, RuntimeError):
    """The agent is not running."""


class EventsLost(Error):
    """A reader fell behind, and `count` events were dropped before it took them. It may go on reading."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} events were lost", ErrorCode.FULL)
        self.count = count


_CLASSES: dict[ErrorCode, type[Error]] = {
    ErrorCode.INVALID: InvalidError,
    ErrorCode.URI: InvalidError,
    ErrorCode.HEADER: InvalidError,
    ErrorCode.ADDRESS: InvalidError,
    ErrorCode.FORMAT: InvalidError,
    ErrorCode.VERSION: InvalidError,
    ErrorCode.NOT_FOUND: NotFoundError,
    ErrorCode.PERMISSION: AccessError,
    ErrorCode.IN_USE: SystemFailure,
    ErrorCode.IO: SystemFailure,
    ErrorCode.LIMIT: LimitError,
    ErrorCode.FULL: LimitError,
    ErrorCode.GONE: StateError,
    ErrorCode.KIND: StateError,
    ErrorCode.STATE: StateError,
    ErrorCode.BUSY: StateError,
    ErrorCode.CLOSED: ClosedError,
    ErrorCode.FORKED: ClosedError,
    ErrorCode.CANCELED: ClosedError,
}


def error_of(code: ErrorCode, text: str) -> Error:
    """The exception for an error code of the library."""
    return _CLASSES.get(code, Error)(text, code)


def sip_error(event: typing.Any) -> Error:
    """The exception for an event that says how something failed: a SipError, unless it never came to asking because
    what the program gave cannot be used."""
    if not event.status and _CLASSES.get(event.code) is InvalidError:
        return InvalidError(event.text, event.code)
    return SipError(event.status, event.reason, getattr(event, "cause", Cause.NONE), event.text, event.code)
