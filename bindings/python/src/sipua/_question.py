"""What a peer wants and a program decides: what all such questions have in common."""

from __future__ import annotations

import typing

from ._event import Event, Headers
from ._given import whole
from ._native import HeadersIn, Struct

if typing.TYPE_CHECKING:
    from ._account import Account
    from ._agent import Agent

__all__ = ["Question", "refusal"]


class Question:
    """The part of a question that says where it came from."""

    _agent: Agent
    _event: typing.Any  # the event that brought it

    @property
    def headers(self) -> Headers:
        """The headers of the request."""
        return typing.cast(Event, self._event).headers

    @property
    def account(self) -> Account | None:
        """The account that it came for; None without one."""
        return self._agent._account_of(self._event.account_id)

    @property
    def deadline(self) -> float:
        """The seconds that a decision may take, counted from its arrival."""
        return float(self._event.deadline_ms / 1000)


def refusal(status: int, reason: str | None, headers: HeadersIn | None) -> Struct:
    """A sipua_reply that says no."""
    return Struct("sipua_reply", status=whole("status", status), reason=reason).pairs("headers", headers)
