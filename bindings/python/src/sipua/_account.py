"""Accounts: who we are towards a server."""

from __future__ import annotations

import typing

from ._call import Call
from ._errors import ClosedError, SipError, StateError, sip_error
from ._event import Event
from ._events import AccountClosed, Registered, RegistrationFailed, Unregistered
from ._given import switch, text
from ._native import HeadersIn, ffi, lib
from ._stream import EventLog, Events
from ._wait import Waiters

if typing.TYPE_CHECKING:
    from ._agent import Agent
    from ._document import Document
    from ._events import MessageDelivered, OptionsAnswered
    from ._settings import CallSettings, MessageSettings
    from ._subscription import Publication, Subscription
    from ._transfer import Transfer

__all__ = ["Account"]

HISTORY = 256


class Account:
    """Who we are towards a server, registered or not. Made by `Agent.register()` and `Agent.account()`."""

    def __init__(self, agent: Agent, number: int, aor: str) -> None:
        self._agent = agent
        self._id = number
        self._aor = aor
        self._log: EventLog[Event] = EventLog(HISTORY)
        self._waiting: Waiters[type[Event], Event] = Waiters()
        self._registered: Registered | None = None
        self._closed = False

    def __repr__(self) -> str:
        return f"<sipua.Account {self._aor} {'registered' if self._registered else 'not registered'}>"

    @property
    def id(self) -> int:
        """The number that its events carry as `account_id`."""
        return self._id

    @property
    def agent(self) -> Agent:
        """The agent that it belongs to."""
        return self._agent

    @property
    def aor(self) -> str:
        """The address of record."""
        return self._aor

    @property
    def registered(self) -> bool:
        """Whether the server holds a registration of ours, as far as we know."""
        return self._registered is not None

    @property
    def expires(self) -> int:
        """The seconds that the server granted last; 0 without a registration."""
        return self._registered.expires if self._registered else 0

    @property
    def gruu(self) -> str:
        """The URI that reaches this very device (RFC 5627); "" where the server gave none."""
        return self._registered.pub_gruu if self._registered else ""

    async def set_token(self, token: str | None) -> None:
        """Changes the bearer token for what is sent from now on; None: none any more."""
        secret = ffi.NULL if token is None else text("token", token)
        await self._agent._do(lambda tag: lib.sipua_account_set_token(self._agent._native, self._id, secret, tag))

    async def register(self) -> Registered:
        """Registers, or refreshes at once, and waits for the server's 200. The registration is then kept fresh.

        Raises SipError when the server refuses or cannot be reached."""
        event = await self._outcome(
            lambda tag: lib.sipua_account_register(self._agent._native, self._id, tag), Registered, RegistrationFailed)
        if isinstance(event, RegistrationFailed):
            raise sip_error(event)
        assert isinstance(event, Registered)
        return event

    async def unregister(self, *, all: bool = False) -> None:
        """Removes the registration; `all`: those of every device of this address."""
        every = 1 if switch("all", all) else 2
        await self._outcome(
            lambda tag: lib.sipua_account_unregister(self._agent._native, self._id, every, tag),
            Unregistered, RegistrationFailed, AccountClosed)

    async def close(self) -> None:
        """Unregisters if need be, ends its calls and closes it."""
        if not self._closed:
            await self._outcome(
                lambda tag: lib.sipua_account_close(self._agent._native, self._id, tag), AccountClosed)

    async def call(
        self, target: str, *, headers: HeadersIn | None = None, timeout: float | None = None, rate: int = 16000,
        codecs: typing.Sequence[str] | None = None, early_media: bool = False,
        **settings: typing.Unpack[CallSettings],
    ) -> Call:
        """Calls somebody and waits for the answer.

        target: a URI, user@host, or a user or number of this account's domain. headers: added to the INVITE.
        timeout: seconds until the call is given up with the cause "No Answer". rate: samples per second of
        `audio.frames()`. codecs: in order of preference. early_media: returns as soon as audio flows, even before the
        answer; `await call.answered()` then waits for that.

        replaces, join: "CALL-ID;to-tag=X;from-tag=Y" of a call of the peer's that this one replaces or joins. from_name,
        asserted_identity, preferred_identity, privacy, anonymous: who calls. max_redirects: follows so many 3xx.

        Raises SipError when the call is not answered. Cancelling the task gives the call up: CANCEL goes out, or ACK
        and BYE if the answer was faster."""
        return await self._agent._call(self, target, headers, timeout, rate, codecs, early_media, settings)

    def dial(
        self, target: str, *, headers: HeadersIn | None = None, timeout: float | None = None, rate: int = 16000,
        codecs: typing.Sequence[str] | None = None, **settings: typing.Unpack[CallSettings],
    ) -> Call:
        """Calls somebody and returns at once; `await call.answered()` waits for the answer. As `call()` else."""
        return self._agent._dial(self, target, headers, timeout, rate, codecs, settings)

    async def message(
        self, target: str, text: Document | str | bytes, *, content_type: str | None = None,
        headers: HeadersIn | None = None, timeout: float | None = None, **settings: typing.Unpack[MessageSettings],
    ) -> MessageDelivered:
        """Sends a MESSAGE and waits until it is delivered. Raises SipError when it is not.

        disposition: what to be told later by events MessageDisposition of the agent with the same `message_id`:
        "delivered", "displayed", "processed". cpim: wraps it, as that does too."""
        return await self._agent._message(self, target, text, content_type, headers, timeout, settings)

    async def composing(self, target: str, active: bool = True) -> None:
        """Tells somebody that a message to him is being written, or no longer."""
        await self._agent._composing(self, target, active)

    def refer(
        self, recipient: str, target: str, *, referred_by: str | None = None, subscribe: bool = True,
        headers: HeadersIn | None = None, timeout: float | None = None,
    ) -> Transfer:
        """Has somebody call somebody else, outside any call. As `Call.transfer()` else."""
        return self._agent._refer(self, recipient, target, referred_by, subscribe, headers, timeout)

    def subscribe(
        self, target: str, event: str, *, expires: int | None = None, accept: str | None = None,
        body: str | bytes = b"", content_type: str | None = None, headers: HeadersIn | None = None,
    ) -> Subscription:
        """Subscribes to somebody's events and keeps that fresh.

        event: "presence", "dialog", "message-summary" … expires: seconds to ask for; 0 asks once. accept: content
        types, without it those of the package."""
        return self._agent._subscribe(self, target, event, expires, accept, body, content_type, headers)

    async def publish(
        self, event: str, body: Document | str | bytes, *, target: str | None = None, expires: int | None = None,
        content_type: str | None = None, headers: HeadersIn | None = None,
    ) -> Publication:
        """Publishes a state of ours, waits until it is there and keeps it fresh. Raises SipError when it is refused.

        event: "presence" … body: a document such as `Presence`, or its text; whom it is about need not be said. target:
        whose, without it ours."""
        return await self._agent._publish(self, event, body, target, expires, content_type, headers)

    async def options(
        self, target: str, *, headers: HeadersIn | None = None, timeout: float | None = None,
    ) -> OptionsAnswered:
        """Asks a peer what it can do. Raises SipError when it refuses or does not answer."""
        return await self._agent._options(self, target, headers, timeout)

    def events(self) -> Events[Event]:
        """The account's events from now on: Registered, RegistrationFailed, Unregistered ..."""
        return self._log.follow(replay=False)

    # What the agent tells

    async def _outcome(self, command: typing.Callable[[int], int], *types: type[Event]) -> Event:
        if self._closed:
            raise StateError(f"the account {self._aor} is closed")
        return await self._waiting.wait(types, self._agent._begin(command))

    def _on_event(self, event: Event) -> None:
        if event.id != self._id:
            return
        if isinstance(event, Registered):
            self._registered = event
        elif isinstance(event, (Unregistered, RegistrationFailed, AccountClosed)):
            self._registered = None
        self._log.put(event)
        self._waiting.wake(type(event), event)
        if isinstance(event, AccountClosed):
            self._end(StateError(f"the account {self._aor} is closed"))

    def _end(self, error: Exception | None = None) -> None:
        self._closed = True
        self._registered = None
        self._log.end()
        self._waiting.fail(error or ClosedError("the agent was closed"))
        self._agent._objects.pop(self._id, None)

    def _abandon(self) -> None:
        """Nobody holds it: closes it without waiting."""
        if not self._closed and self._agent._native:
            lib.sipua_account_close(self._agent._native, self._id, 0)
