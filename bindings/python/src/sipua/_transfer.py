"""Transfers: having somebody call somebody else, and being asked to."""

from __future__ import annotations

import asyncio
import collections.abc
import typing

from ._errors import ClosedError, sip_error
from ._event import Event
from ._events import TransferDone, TransferRequested
from ._native import HeadersIn, ffi, lib
from ._question import Question, refusal
from ._stream import EventLog, Events, Outcome

if typing.TYPE_CHECKING:
    from ._agent import Agent
    from ._call import Call
    from ._settings import CallSettings

__all__ = ["Transfer", "TransferRequest"]

HISTORY = 64


class Transfer(Outcome[TransferDone]):
    """A transfer under way. Awaiting it waits for its end, and raises SipError when it failed."""

    def __init__(self, agent: Agent, create: collections.abc.Callable[[int, typing.Any], int]) -> None:
        super().__init__(asyncio.get_running_loop().create_future())
        self._agent = agent
        self._log: EventLog[Event] = EventLog(HISTORY)
        out = ffi.new("sipua_id *")
        reply: asyncio.Future[None] = agent._submit(lambda tag: create(tag, out))
        self._id: int = out[0]
        agent._objects[self._id] = self
        reply.add_done_callback(self._refused)

    @classmethod
    def _start(cls, agent: Agent, create: collections.abc.Callable[[int, typing.Any], int]) -> Transfer:
        return cls(agent, create)

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        return self._id

    def events(self) -> Events[Event]:
        """Its events from its start on: TransferProgress with the status of the new call, at last TransferDone."""
        return self._log.follow(replay=True)

    def _refused(self, reply: asyncio.Future[None]) -> None:
        error = None if reply.cancelled() else reply.exception()
        if error and not self._future.done():
            self._future.set_exception(error)

    def _on_event(self, event: Event) -> None:
        self._log.put(event)
        if not isinstance(event, TransferDone):
            return
        self._agent._objects.pop(self._id, None)
        self._log.end()
        if self._future.done():
            return
        if 200 <= event.status < 300:
            self._future.set_result(event)
        else:
            self._future.set_exception(sip_error(event))

    def _end(self) -> None:
        self._agent._objects.pop(self._id, None)
        self._log.end()
        if not self._future.done():
            self._future.set_exception(ClosedError("the agent was closed"))


class TransferRequest(Question):
    """Somebody wants us to call somebody else. It waits for `accept()` or `reject()`, now or within `deadline`
    seconds."""

    _event: TransferRequested

    def __init__(self, agent: Agent, event: TransferRequested) -> None:
        self._agent = agent
        self._event = event
        self._done: TransferDone | None = None

    def __repr__(self) -> str:
        return f"<sipua.TransferRequest to {self.target}>"

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        return self._event.id

    @property
    def call(self) -> Call | None:
        """The call that it came in; None outside one."""
        return self._agent._call_of(self._event.call_id)

    @property
    def target(self) -> str:
        """Whom we are to call."""
        return self._event.target

    @property
    def from_(self) -> str:
        """Who asks."""
        return self._event.from_

    @property
    def from_name(self) -> str:
        """The display name."""
        return self._event.from_name

    @property
    def referred_by(self) -> str:
        """In whose name."""
        return self._event.referred_by

    @property
    def replaces(self) -> str:
        """The call that the new one is to replace, when it is an attended transfer; with `joins`, to join."""
        return self._event.replaces

    @property
    def joins(self) -> bool:
        """The new call is to join the one that `replaces` names (RFC 3911), not to take its place."""
        return self._event.join

    @property
    def done(self) -> TransferDone | None:
        """How it ended; None before."""
        return self._done

    async def accept(
        self, *, headers: HeadersIn | None = None, timeout: float | None = None, rate: int = 16000,
        codecs: collections.abc.Sequence[str] | None = None, **settings: typing.Unpack[CallSettings],
    ) -> Call:
        """Calls the target, and tells the other side how that goes; returns the new call at once. The call in which
        this came goes on until somebody hangs up."""
        return await self._agent._follow(self, headers, timeout, rate, codecs, settings)

    async def reject(self, status: int = 603, reason: str | None = None, *, headers: HeadersIn | None = None) -> None:
        """Refuses it."""
        reply = refusal(status, reason, headers)
        await self._agent._do(lambda tag: lib.sipua_transfer_reject(self._agent._native, self.id, reply.p, tag))

    def _refuse(self) -> None:
        if self._agent._native:
            lib.sipua_transfer_reject(self._agent._native, self.id, ffi.NULL, 0)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, TransferDone):
            self._done = event
            self._agent._objects.pop(self.id, None)

    def _end(self) -> None:
        self._agent._objects.pop(self.id, None)
