"""Messages that come in."""

from __future__ import annotations

import typing

from ._errors import Error, StateError
from ._event import Event
from ._events import Message, MessageAnswered
from ._native import HeadersIn, Struct, lib
from ._question import Question, refusal

if typing.TYPE_CHECKING:
    from ._agent import Agent
    from ._call import Call
    from ._document import Document

__all__ = ["IncomingMessage"]


class IncomingMessage(Question):
    """A MESSAGE that waits for `accept()` or `reject()`, now or later within `deadline` seconds."""

    _event: Message

    def __init__(self, agent: Agent, event: Message) -> None:
        self._agent = agent
        self._event = event
        self._decided = False
        self._answered: MessageAnswered | None = None

    def __repr__(self) -> str:
        return f"<sipua.IncomingMessage from {self.from_}>"

    @property
    def id(self) -> int:
        """The number of the message in events."""
        return self._event.id

    @property
    def from_(self) -> str:
        """The sender's URI."""
        return self._event.from_

    @property
    def from_name(self) -> str:
        """The sender's display name."""
        return self._event.from_name

    @property
    def to(self) -> str:
        """The URI it was meant for."""
        return self._event.to

    @property
    def content_type(self) -> str:
        """What the body is, "text/plain" if nothing was said."""
        return self._event.content_type or "text/plain"

    @property
    def body(self) -> bytes:
        """The body as it came."""
        return self._event.body

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 become U+FFFD."""
        return self._event.body.decode("utf-8", "replace")

    @property
    def document(self) -> Document | None:
        """What the body says, if it is a document that the library reads."""
        return self._event.document

    @property
    def message_id(self) -> str:
        """How notifications name it; "" if its sender gave no name."""
        return self._event.message_id

    @property
    def call(self) -> Call | None:
        """The call that it came in; None outside one."""
        return self._agent._call_of(self._event.call_id)

    @property
    def answered(self) -> int:
        """The status that the sender got; 0 while it waits."""
        return self._answered.status if self._answered else 0

    async def accept(self, *, headers: HeadersIn | None = None) -> None:
        """Answers 200."""
        await self._decide(lib.sipua_message_accept, 0, None, headers)

    async def reject(
        self, status: int = 480, reason: str | None = None, *, headers: HeadersIn | None = None,
    ) -> None:
        """Refuses it."""
        await self._decide(lib.sipua_message_reject, status, reason, headers)

    async def displayed(self) -> None:
        """Tells the sender that it was shown, if he wanted to know. (That it has arrived is told by `accept()`.)"""
        if self._event.wants_displayed and self.message_id:
            await self._agent._report(self.account, self.from_, self.message_id, "displayed")

    async def _decide(
        self, command: typing.Any, status: int, reason: str | None, headers: HeadersIn | None,
    ) -> None:
        if self._answered:
            raise StateError(f"the message was answered already, with {self._answered.status}")
        if self._decided:
            raise StateError("the message was decided already")
        reply = refusal(status, reason, headers)
        self._decided = True
        try:
            await self._agent._do(lambda tag: command(self._agent._native, self.id, reply.p, tag))
        except Error:
            self._decided = False
            raise

    def _refuse(self, status: int) -> None:
        reply = Struct("sipua_reply", status=status)
        self._decided = True
        if self._agent._native:
            lib.sipua_message_reject(self._agent._native, self.id, reply.p, 0)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, MessageAnswered):
            self._answered = event
            self._agent._objects.pop(event.id, None)

    def _end(self) -> None:
        self._agent._objects.pop(self.id, None)
