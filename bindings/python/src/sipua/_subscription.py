"""Events of others and of ours (RFC 6665, RFC 3903): subscriptions, those who subscribe to us, and publications."""

from __future__ import annotations

import collections.abc
import typing

from ._document import Document, Series
from ._enums import ErrorCode
from ._errors import ClosedError, StateError, sip_error
from ._event import Event
from ._events import Notify, PublishState, SubscribeRequested, SubscriptionState
from ._given import text, whole
from ._native import HeadersIn, Struct, check, ffi, lib
from ._question import Question, refusal
from ._stream import EventLog, Events
from ._wait import Waiters

if typing.TYPE_CHECKING:
    from ._account import Account
    from ._agent import Agent

__all__ = ["Notifier", "Publication", "Subscription"]

HISTORY = 256


class _Watched:
    """An object with a state that events tell."""

    _agent: Agent
    _id: int

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._state = ""
        self._last: SubscriptionState | PublishState | None = None
        self._ended = False
        self._log: EventLog[Event] = EventLog(HISTORY)
        self._waiting: Waiters[str, Event] = Waiters()

    @property
    def id(self) -> int:
        """The number that its events carry as `id`."""
        return self._id

    @property
    def state(self) -> str:
        """In one word; "" before anything is known."""
        return self._state

    def events(self) -> Events[Event]:
        """Its events from its start on."""
        return self._log.follow(replay=True)

    async def _reach(self, *states: str, command: collections.abc.Callable[[int], int] | None = None) -> Event:
        """Does that, and waits for the next event with such a state."""
        if self._ended:
            raise self._over()
        return await self._waiting.wait(states, self._agent._begin(command) if command else None)

    def _over(self) -> Exception:
        if self._last is None:
            return ClosedError("the agent was closed")
        if self._last.status >= 300 or self._last.code:
            return sip_error(_Failure(self._last))
        return StateError(f"{self!r} has ended", ErrorCode.GONE)

    def _tells(self, event: SubscriptionState | PublishState, ended: bool) -> None:
        self._state = event.state
        self._last = event
        self._log.put(event)
        self._waiting.wake(event.state, event)
        if ended:
            self._finish()

    def _finish(self) -> None:
        self._ended = True
        self._log.end()
        self._waiting.fail(self._over())
        self._agent._objects.pop(self._id, None)

    def _end(self) -> None:
        self._finish()


class _Failure:
    """A state event seen as a failure."""

    def __init__(self, event: SubscriptionState | PublishState) -> None:
        self.status, self.reason, self.text, self.code = event.status, event.reason, event.text, event.code
        self.cause = getattr(event, "cause", "")


class Subscription(_Watched, collections.abc.AsyncIterator[Notify]):
    """A subscription that is kept fresh: `async for note in subscription` gives what comes, until it ends; it raises
    SipError when it was refused or broke. With `async with` it ends with the block."""

    def __init__(self, agent: Agent, account: Account | None, config: Struct) -> None:
        super().__init__(agent)
        self._notes: EventLog[Notify] = EventLog(HISTORY)
        self._reader: Events[Notify] | None = None
        self._note: Notify | None = None
        out = ffi.new("sipua_id *")
        number = account.id if account else 0
        check(lib.sipua_subscription_create(agent._handle(), number, config.p, 0, out))
        self._id = out[0]
        agent._objects[self._id] = self

    def __repr__(self) -> str:
        return f"<sipua.Subscription {self._id} {self._state or 'begun'}>"

    @property
    def last(self) -> Notify | None:
        """The newest of what came."""
        return self._note

    @property
    def document(self) -> Document | None:
        """What it said, if it is a document that the library reads."""
        return self._note.document if self._note else None

    @property
    def failure(self) -> Exception | None:
        """Why it was refused or broke; None when it was not, or has not ended."""
        last = self._last
        return sip_error(_Failure(last)) if self._ended and last and (last.status >= 300 or last.code) else None

    async def active(self) -> None:
        """Waits until it is active. Raises SipError when it is refused or ends before."""
        if self._state != "active":
            await self._reach("active")

    async def __anext__(self) -> Notify:
        if self._reader is None:
            self._reader = self._notes.follow(replay=True)
        return await anext(self._reader)

    async def refresh(self, expires: int = 0) -> None:
        """Asks again now; expires: seconds, 0 as before."""
        seconds = whole("expires", expires, 0)
        await self._agent._do(
            lambda tag: lib.sipua_subscription_refresh(self._agent._native, self._id, seconds, tag))

    async def end(self) -> None:
        """Unsubscribes."""
        if self._ended:
            return
        result = lib.sipua_subscription_end(self._agent._handle(), self._id, 0)
        if result == ErrorCode.GONE:
            return
        check(result)
        if not self._ended:
            await self._reach("terminated")

    async def __aenter__(self) -> typing.Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._ended and self._agent._native:
            await self.end()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, Notify):
            self._note = event
            self._log.put(event)
            self._notes.put(event)
        elif isinstance(event, SubscriptionState):
            self._tells(event, event.state == "terminated")

    def _finish(self) -> None:
        super()._finish()
        self._notes.end(self.failure)


class Notifier(Question, _Watched):
    """Somebody who subscribes to us. It waits for `accept()` or `reject()`, now or within `deadline` seconds; then it is
    told by `notify()`."""

    _event: SubscribeRequested

    def __init__(self, agent: Agent, event: SubscribeRequested) -> None:
        super().__init__(agent)
        self._id = event.id
        self._event = event
        self._series = Series(event.to)
        self._ending = False
        agent._objects[self._id] = self

    def __repr__(self) -> str:
        return f"<sipua.Notifier {self.package} for {self.from_} {self._state or 'not decided'}>"

    @property
    def from_(self) -> str:
        """Who subscribes."""
        return self._event.from_

    @property
    def from_name(self) -> str:
        """The display name."""
        return self._event.from_name

    @property
    def to(self) -> str:
        """Whose events are asked for."""
        return self._event.to

    @property
    def package(self) -> str:
        """Which events: "presence", "dialog" …"""
        return self._event.package

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self._ended

    async def accept(
        self, body: Document | str | bytes = b"", *, state: str = "active", content_type: str | None = None,
        expires: int = 0, headers: HeadersIn | None = None,
    ) -> None:
        """Answers 200 and sends the first NOTIFY. The last body is sent again whenever the subscriber refreshes. A document
        that does not say whom it is about is about `to`; versions are counted."""
        config = _notify(self._series, body, content_type, headers, state=state, expires=whole("expires", expires, 0))
        await self._agent._do(lambda tag: lib.sipua_notifier_accept(self._agent._native, self._id, config.p, 0, tag))

    async def reject(self, status: int = 403, reason: str | None = None, *, headers: HeadersIn | None = None) -> None:
        """Refuses it."""
        reply = refusal(status, reason, headers)
        await self._agent._do(lambda tag: lib.sipua_notifier_reject(self._agent._native, self._id, reply.p, tag))

    async def notify(
        self, body: Document | str | bytes = b"", *, state: str | None = None, content_type: str | None = None,
        headers: HeadersIn | None = None,
    ) -> None:
        """Sends a NOTIFY. When several come faster than they are answered, the newest counts."""
        config = _notify(self._series, body, content_type, headers, state=state)
        await self._agent._do(lambda tag: lib.sipua_notifier_notify(self._agent._native, self._id, config.p, tag))

    async def end(self, reason: str = "noresource", *, body: Document | str | bytes = b"") -> None:
        """Ends it with a last NOTIFY. reason: "timeout", "noresource", "rejected", "deactivated", "probation",
        "giveup"."""
        if self._ended or self._ending:
            return
        config = _notify(self._series, body, None, None, state="terminated", reason=reason)
        self._ending = True
        try:
            await self._agent._do(lambda tag: lib.sipua_notifier_notify(self._agent._native, self._id, config.p, tag))
        except StateError as error:
            self._ending = False
            if error.code != ErrorCode.GONE:  # else it has ended meanwhile
                raise

    def _refuse(self) -> None:
        if self._agent._native:
            lib.sipua_notifier_reject(self._agent._native, self._id, Struct("sipua_reply", status=489).p, 0)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, SubscriptionState):
            self._tells(event, event.state == "terminated")


def _notify(
    series: Series, body: Document | str | bytes, content_type: str | None, headers: HeadersIn | None, **members: typing.Any,
) -> Struct:
    raw, kind = series.body_of(body, content_type)
    return Struct("sipua_notify_config", body=raw or None, content_type=kind, **members).pairs("headers", headers)


class Publication(_Watched):
    """A state of ours that others may learn from a server. It is kept fresh. With `async with` it ends with the block."""

    def __init__(self, agent: Agent, account: Account | None, config: Struct, series: Series) -> None:
        super().__init__(agent)
        self._series = series
        out = ffi.new("sipua_id *")
        number = account.id if account else 0
        check(lib.sipua_publication_create(agent._handle(), number, config.p, 0, out))
        self._id = out[0]
        agent._objects[self._id] = self

    def __repr__(self) -> str:
        return f"<sipua.Publication {self._id} {self._state or 'begun'}>"

    async def _published(self) -> None:
        """Waits until it is there. Raises SipError when it is refused."""
        if self._state != "published":
            event = await self._reach("published", "failed")
            if isinstance(event, PublishState) and event.state == "failed":
                raise sip_error(_Failure(event))

    async def update(self, body: Document | str | bytes, *, content_type: str | None = None) -> None:
        """Replaces what is published, and waits until it is there."""
        raw, kind = self._series.body_of(body, content_type)
        said = ffi.NULL if kind is None else text("content_type", kind)
        event = await self._reach(
            "published", "failed", command=lambda tag: lib.sipua_publication_update(
                self._agent._native, self._id, said, raw, len(raw), tag))
        if isinstance(event, PublishState) and event.state == "failed":
            raise sip_error(_Failure(event))

    async def end(self) -> None:
        """Takes it back."""
        if self._ended:
            return
        result = lib.sipua_publication_end(self._agent._handle(), self._id, 0)
        if result == ErrorCode.GONE:
            return
        check(result)
        if not self._ended:
            await self._reach("removed")

    async def __aenter__(self) -> typing.Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._ended and self._agent._native:
            await self.end()

    def _abandon(self) -> None:
        if not self._ended and self._agent._native:
            lib.sipua_publication_end(self._agent._native, self._id, 0)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, PublishState):
            self._tells(event, event.state == "removed")
