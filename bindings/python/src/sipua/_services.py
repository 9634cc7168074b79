"""What an agent does besides calls and messages: conferences, bridges, transfers outside calls, events of others."""

from __future__ import annotations

import asyncio
import collections.abc
import typing
import weakref

from ._conference import Bridge, Conference
from ._config import call_config, message_config, publish_config, subscribe_config, transfer_config
from ._control import ChangeRequest
from ._document import Series
from ._enums import AskKind, ErrorCode, Switch
from ._errors import ClosedError, StateError, error_of, sip_error
from ._event import Event
from ._events import (
    CallChangeRequested, CallReplaced, Drained, MessageDelivered, MessageFailed, Reply, SubscribeRequested,
    TransferRequested,
)
from ._given import mine, switch
from ._native import HeadersIn, Struct, ffi, lib
from ._stream import Inbox, quiet
from ._pump import opted, settled
from ._subscription import Notifier, Publication, Subscription
from ._transfer import Transfer, TransferRequest
from ._wait import Waiter, Waiters

if typing.TYPE_CHECKING:
    from ._account import Account
    from ._agent import Agent
    from ._call import Call
    from ._document import Document
    from ._settings import CallSettings

__all__ = ["OWN", "Services"]

T = typing.TypeVar("T")


class Services:
    """The part of an agent that does all this."""

    _inboxes: dict[AskKind, weakref.ref[Inbox[typing.Any]]]
    _objects: dict[int, typing.Any]
    _waiting: Waiters[type[Event], Event]

    if typing.TYPE_CHECKING:

        @property
        def _native(self) -> typing.Any: ...
        def _handle(self) -> typing.Any: ...
        async def _do(self, command: collections.abc.Callable[[int], int]) -> None: ...
        def _submit(
            self, command: collections.abc.Callable[[int], int], future: asyncio.Future[T] | None = None, *,
            done: bool = True,
        ) -> asyncio.Future[T]: ...
        def _begin(
            self, command: collections.abc.Callable[[int], int],
        ) -> collections.abc.Callable[[asyncio.Future[Event]], object]: ...
        async def _query(self, command: typing.Any, account: Account | None, config: Struct) -> Event: ...

    # Several calls together

    def conference(self, *, rate: int = 16000) -> Conference:
        """A conference, to which `await conference.add(call)` adds calls. rate: samples per second of mixing, and of
        what the program itself hears in it."""
        return Conference(self._agent_self, rate)

    def bridge(
        self, a: Call, b: Call, *, dtmf: bool = True, hold: bool = True, hangup: bool = True, transfer: bool = False,
        signalling: bool = True, untouched: bool = True, requests: bool = True,
    ) -> Bridge:
        """Connects two calls. With an incoming call that is not answered and one that was just dialled, `a` rings as `b`
        rings, is answered when `b` answers, and refused as `b` refuses.

        dtmf, hold, hangup, transfer: what passes from one to the other. signalling: False leaves ringing and answer of
        `a` to the program. untouched: False has all audio pass through our codecs. requests: INFO, MESSAGE and methods of
        your own pass, and their answers; False leaves them to the program."""
        config = Struct(
            "sipua_bridge_config", dtmf=dtmf, hold=hold, hangup=hangup, transfer=transfer, signalling=signalling,
            untouched=untouched, requests=requests)
        return Bridge(self._agent_self, self._mine("a", a), self._mine("b", b), config)

    # Questions

    def transfers(self) -> Inbox[TransferRequest]:
        """The wishes of others that we call somebody (REFER), with `async for`. While nobody takes them, they get 603."""
        return self._open_inbox(AskKind.TRANSFER, "transfers", TransferRequest._refuse)

    def changes(self) -> Inbox[ChangeRequest]:
        """The changes of calls that peers want, with `async for`. While nobody takes them, the stack agrees to all that it
        can."""
        return self._open_inbox(AskKind.CHANGE, "changes of calls", ChangeRequest._accept_silently)

    def subscribers(self) -> Inbox[Notifier]:
        """Those who subscribe to us, with `async for`. While nobody takes them, they get 489."""
        return self._open_inbox(AskKind.SUBSCRIBE, "subscribers", Notifier._refuse)

    def _open_inbox(
        self, kind: AskKind, called: str, refuse: collections.abc.Callable[[T], None], *also: AskKind,
    ) -> Inbox[T]:
        """One consumer at a time; what it leaves is refused."""
        self._handle()
        ref = self._inboxes.get(kind)
        if ref and ref():
            raise StateError(f"somebody takes the {called} of this agent already")

        def closed(left: list[T]) -> None:
            self._inboxes.pop(kind, None)
            if self._native:
                for one in (kind, *also):
                    lib.sipua_agent_ask(self._native, one, Switch.OFF, 0)
                for thing in left:
                    refuse(thing)

        inbox: Inbox[T] = Inbox(closed)
        self._inboxes[kind] = weakref.ref(inbox)
        for one in (*also, kind):
            self._opt(one)
        return inbox

    def _opt(self, kind: AskKind) -> None:
        opted(quiet(self._submit(lambda tag: lib.sipua_agent_ask(self._native, kind, Switch.ON, tag))))

    def _arrived(self, kind: AskKind, thing: typing.Any, refuse: collections.abc.Callable[[], None] | None) -> None:
        """Hands it to its consumer; refuse: what is done when he went away meanwhile."""
        ref = self._inboxes.get(kind)
        inbox = ref() if ref else None
        if inbox:
            inbox._put(thing)
        elif refuse:
            refuse()

    # Transfers outside calls

    def refer(
        self, recipient: str, target: str, *, referred_by: str | None = None, subscribe: bool = True,
        headers: HeadersIn | None = None, timeout: float | None = None,
    ) -> Transfer:
        """Has somebody call somebody else, outside any call. As `Call.transfer()` else."""
        return self._refer(None, recipient, target, referred_by, subscribe, headers, timeout)

    def _refer(
        self, account: Account | None, recipient: str, target: str, referred_by: str | None, subscribe: bool,
        headers: HeadersIn | None, timeout: float | None,
    ) -> Transfer:
        config = transfer_config(recipient, target, referred_by, subscribe, timeout).pairs("headers", headers)
        number = account.id if account else 0
        return Transfer._start(
            self._agent_self, lambda tag, out: lib.sipua_transfer_send(self._native, number, config.p, tag, out))

    async def _follow(
        self, wish: TransferRequest, headers: HeadersIn | None, timeout: float | None, rate: int,
        codecs: collections.abc.Sequence[str] | None, settings: CallSettings,
    ) -> Call:
        config = call_config(None, None, timeout, rate, codecs, settings).pairs("headers", headers)
        out = ffi.new("sipua_id *")
        reply: asyncio.Future[None] = self._submit(
            lambda tag: lib.sipua_transfer_accept(self._native, wish.id, config.p, tag, out))
        call = self._new_call(out[0], "outgoing", wish.account.id if wish.account else 0, wish.target, rate)
        await reply
        return call

    # Events of others and of ours

    def subscribe(
        self, target: str, event: str, *, expires: int | None = None, accept: str | None = None,
        body: str | bytes = b"", content_type: str | None = None, headers: HeadersIn | None = None,
        from_: str | None = None,
    ) -> Subscription:
        """Subscribes without an account. Else as `Account.subscribe()`."""
        return self._subscribe(None, target, event, expires, accept, body, content_type, headers, from_)

    def _subscribe(
        self, account: Account | None, target: str, event: str, expires: int | None, accept: str | None,
        body: str | bytes, content_type: str | None, headers: HeadersIn | None, from_: str | None = None,
    ) -> Subscription:
        config = subscribe_config(target, event, from_, expires, accept, content_type, body).pairs("headers", headers)
        return Subscription(self._agent_self, account, config)

    async def _publish(
        self, account: Account | None, event: str, body: Document | str | bytes, target: str | None, expires: int | None,
        content_type: str | None, headers: HeadersIn | None,
    ) -> Publication:
        series = Series(target or (account.aor if account else ""))
        config = publish_config(event, body, target, expires, content_type, series).pairs("headers", headers)
        await settled()
        publication = Publication(self._agent_self, account, config, series)
        try:
            await publication._published()
        except BaseException:  # nobody will know it: it must not try again by itself
            publication._abandon()
            raise
        return publication

    # Messages about messages

    async def _report(self, account: Account | None, target: str, message_id: str, state: str) -> None:
        config = message_config(target, None, None, None, b"", {})
        config.set("message_id", message_id)
        config.set("report", state)
        await self._say(account, config)

    async def _composing(self, account: Account | None, target: str, active: bool) -> None:
        config = message_config(target, None, None, None, b"", {})
        config.set("composing", switch("active", active))
        await self._say(account, config)

    async def _say(self, account: Account | None, config: Struct) -> None:
        event = await self._query(lib.sipua_message_send, account, config)
        if isinstance(event, MessageFailed):
            raise sip_error(event)
        assert isinstance(event, MessageDelivered)

    # Leaving in peace

    async def drain(self, on: bool = True) -> None:
        """Takes no more calls (503), and waits until those that are up have ended; False: back to work, and who waits gets a
        ClosedError."""
        on = switch("on", on)
        if not on:
            self._waiting.fail(error_of(ErrorCode.CANCELED, "it is back to work"), Drained)
            await self._do(lambda tag: lib.sipua_agent_drain(self._native, Switch.OFF, tag))
            return
        await self._result_of(Drained, lambda tag: lib.sipua_agent_drain(self._native, Switch.ON, tag))

    # Inside

    @property
    def _agent_self(self) -> Agent:
        return typing.cast("Agent", self)

    def _mine(self, name: str, call: Call) -> int:
        """The number of a call that must be one of ours."""
        from ._call import Call as Class

        return mine(name, call, self, Class).id

    def _call_of(self, number: int) -> Call | None:
        from ._call import Call as Class

        found = self._objects.get(number)
        return found if isinstance(found, Class) else None

    def _new_call(self, number: int, direction: str, account: int, target: str, rate: int = 16000) -> Call:
        from ._call import Call as Class

        call = Class(self._agent_self, number, direction, account=account, target=target, rate=rate)
        self._objects[number] = call
        return call

    async def _result(
        self, command: collections.abc.Callable[[int], int], out: typing.Any, stop: typing.Any = None,
    ) -> Event:
        """The one event of what a command makes. stop: what ends it when nobody waits any more."""
        future: Waiter[Event] = Waiter(loop=asyncio.get_running_loop())
        one = _Once(future)
        try:
            self._submit(command, future, done=False)
            self._objects[out[0]] = one
            return await future
        except asyncio.CancelledError:
            if stop and self._native:
                stop(self._native, out[0], 0)
            raise
        finally:
            self._objects.pop(out[0], None)

    async def _result_of(self, kind: type[Event], command: collections.abc.Callable[[int], int]) -> Event:
        """The next event of a kind that belongs to no object."""
        return await self._waiting.wait((kind,), self._begin(command))

    def _transfer_asked(self, event: TransferRequested) -> None:
        wish = TransferRequest(self._agent_self, event)
        self._objects[event.id] = wish
        self._arrived(AskKind.TRANSFER, wish, wish._refuse)

    def _change_asked(self, event: CallChangeRequested) -> None:
        call = self._call_of(event.id)
        if call:
            wish = ChangeRequest(call, event)
            self._arrived(AskKind.CHANGE, wish, wish._accept_silently)

    def _subscriber_came(self, event: SubscribeRequested) -> None:
        one = Notifier(self._agent_self, event)
        self._arrived(AskKind.SUBSCRIBE, one, one._refuse)

    def _call_was_replaced(self, event: CallReplaced) -> None:
        old = self._call_of(event.other)
        new = self._new_call(event.id, "incoming", event.account_id, "", old._rate if old else 16000)
        if old:
            old._was_replaced(new, event)

    def _is_drained(self, event: Drained) -> None:
        self._waiting.wake(Drained, event)


class _Once:
    """An object of one event."""

    def __init__(self, future: asyncio.Future[Event]) -> None:
        self._future = future

    def _on_event(self, event: Event) -> None:
        if not isinstance(event, Reply) and not self._future.done():  # replies come here when all events are followed
            self._future.set_result(event)

    def _end(self) -> None:
        if not self._future.done():
            self._future.set_exception(ClosedError("the agent was closed"))


OWN: dict[type[Event], collections.abc.Callable[[Services, typing.Any], None]] = {
    TransferRequested: Services._transfer_asked, CallChangeRequested: Services._change_asked,
    SubscribeRequested: Services._subscriber_came, CallReplaced: Services._call_was_replaced,
    Drained: Services._is_drained,
}
