"""The agent: one SIP stack on threads of its own."""

from __future__ import annotations

import asyncio
import collections.abc
import typing
import warnings
import weakref

from . import _given
from ._account import Account
from ._call import Call
from ._conference import Conference
from ._config import account_config, agent_config, call_config, message_config
from ._enums import AskKind, Switch
from ._errors import ClosedError, InvalidError, StateError, sip_error
from ._event import Event
from ._events import (
    AgentStats, AudioReady, CallEnded, IncomingCall, Listening, Log, MediaReady, Message, MessageDelivered, MessageFailed,
    OptionsAnswered, Overflow, Shutdown, Stats, Suspicious, Trace,
)
from ._given import mine, switch
from ._log import log, logger
from ._message import IncomingMessage
from ._native import HeadersIn, Struct, check, ffi, lib
from ._pump import Pump, settled
from ._services import OWN, Services
from ._settings import AccountSettings, AgentSettings, CallSettings, MessageSettings
from ._stream import EventLog, Events, Inbox
from ._task import start
from ._wait import Waiter, Waiters

__all__ = ["Agent"]

HISTORY = 4096
T = typing.TypeVar("T")

if typing.TYPE_CHECKING:
    from ._document import Document


class _Object(typing.Protocol):
    """What events may be about."""

    def _on_event(self, event: Event) -> None: ...
    def _end(self) -> None: ...


class Agent(Services):
    """A SIP stack: registers, calls, takes calls, and messages. Use it with `async with`; several may run at once.

    bind: numeric address of all sockets. advertise: what peers are told instead, for NAT and containers. listen: where
    to listen, "udp:HOST:PORT" or tcp, tls, ws, wss; port 0 is any; without it udp and tcp on `bind` and a free port.
    open: takes calls and messages from anybody for any user. user_agent: the User-Agent header. codecs: in order of
    preference, of "opus", "pcmu", "pcma". rtp_ports: first and last RTP port. max_calls: at one time. display_name,
    auth_user and outbound_proxy are defaults for its accounts. log_level: how much of the library's log reaches
    `logging`; without it what the logger "sipua" lets through. trace: every SIP message is a Trace event, and logged by
    "sipua.trace". dns_servers: instead of the system's. options: what `set_option()` sets, from the start.

    tls_ca: who may sign a server's certificate, as PEM, a file or a directory; without it the system's, else certifi's.
    tls_cert, tls_key, tls_key_password: ours, for tls: and wss: listeners and for servers that ask. tls_crl: revoked
    ones. tls_pins: "sha256/BASE64" of keys, others are refused. tls_verify: False takes any certificate, for tests only.
    tls_min_version: "1.2" or "1.3". media_bind, media_advertise: as bind and advertise, of audio. stun_server:
    "HOST:PORT" that tells our public address. watch_network: False leaves it to the program to say when the network
    changed.
    """

    def __init__(
        self, *, bind: str | None = None, advertise: str | None = None, listen: collections.abc.Sequence[str] = (),
        open: bool = False, user_agent: str | None = None, display_name: str | None = None,
        auth_user: str | None = None, outbound_proxy: str | collections.abc.Sequence[str] | None = None,
        codecs: collections.abc.Sequence[str] | None = None, rtp_ports: tuple[int, int] | None = None,
        max_calls: int | None = None, log_level: int | None = None, trace: bool = False,
        dns_servers: collections.abc.Sequence[str] = (),
        options: collections.abc.Mapping[str, str | int | bool] | None = None,
        **settings: typing.Unpack[AgentSettings],
    ) -> None:
        self._config = agent_config(
            bind=bind, advertise=advertise, listen=listen, open=open, user_agent=user_agent, codecs=codecs,
            rtp_ports=rtp_ports, max_calls=max_calls, log_level=log_level, trace=trace, dns_servers=dns_servers, more=settings)
        self._defaults = {"display_name": display_name, "auth_user": auth_user, "outbound_proxy": outbound_proxy}
        self._settings = dict(options or {})
        self._pump: Pump | None = None
        self._closing: asyncio.Task[None] | None = None
        self._closed = False
        self._objects: dict[int, typing.Any] = {}  # of _Object
        self._log: EventLog[Event] = EventLog(HISTORY)
        self._followed = False
        self._taps: list[collections.abc.Callable[[Event], None]] = []
        self._inboxes: dict[AskKind, weakref.ref[Inbox[typing.Any]]] = {}  # weak: one closes when its consumer drops it
        self._waiting: Waiters[type[Event], Event] = Waiters()
        self._tasks: set[asyncio.Task[typing.Any]] = set()
        self._listening: list[Listening] = []
        self._shut = asyncio.Event()
        self._queries: dict[int, asyncio.Future[Event]] = {}
        self._ready = ffi.new("sipua_id[]", 256)

    def __repr__(self) -> str:
        return f"<sipua.Agent {'closed' if self._closed else 'running' if self._pump else 'not started'}>"

    # Its life

    async def start(self) -> None:
        """Starts it; `async with` does so by itself. When it returns, the listeners are up."""
        if self._pump or self._closed:
            raise StateError("an agent starts once")
        self._pump = Pump(self._config, self._on_event, self._taps)
        try:
            await self._do(lambda tag: lib.sipua_agent_ask(self._native, AskKind.CALL, Switch.OFF, tag))
            for key, value in self._settings.items():
                await self.set_option(key, value)
        except BaseException:
            self._release()
            raise

    async def close(self, deadline: float = 2.0) -> None:
        """Ends everything politely: tasks made by `spawn()` are cancelled, calls get BYE, registrations are removed.
        Waits for the answers, up to that many seconds. Cancelling it closes at once."""
        if isinstance(deadline, bool) or not isinstance(deadline, (int, float)) or not abs(deadline) < 2**31 / 1000:
            raise _given.wrong("deadline", "a number of seconds", deadline)
        if not self._closing:
            self._closing = asyncio.get_running_loop().create_task(self._close(deadline))
        try:
            await asyncio.shield(self._closing)
        except asyncio.CancelledError:
            self._closing.cancel()
            await asyncio.wait([self._closing])
            raise

    async def _close(self, deadline: float) -> None:
        try:
            for ref in list(self._inboxes.values()):
                inbox = ref() if ref else None
                if inbox:
                    inbox._close()
            current = asyncio.current_task()
            tasks = [t for t in self._tasks if t is not current]
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks, timeout=max(deadline, 0.1))
            if self._native:
                wait = int(deadline * 1000) if deadline > 0 else -1
                check(lib.sipua_agent_shutdown(self._native, wait, 0))
                async with asyncio.timeout(max(deadline, 0) + 1):
                    await self._shut.wait()
        except TimeoutError:
            logger.warning("the agent did not shut down in time")
        finally:
            self._release()

    def _release(self) -> None:
        self._closed = True
        pump, self._pump = self._pump, None
        if pump:
            pump.close()
        error = ClosedError("the agent was closed")
        self._waiting.fail(error)
        for future in self._queries.values():
            if not future.done():
                future.set_exception(error)
                future.exception()
        for thing in list(self._objects.values()):
            thing._end()
        self._objects.clear()
        self._log.end()

    async def __aenter__(self) -> typing.Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __del__(self) -> None:
        if getattr(self, "_pump", None):
            warnings.warn(f"{self!r} was never closed", ResourceWarning, stacklevel=2, source=self)

    # Accounts

    async def register(
        self, aor: str, *, password: str | None = None, server: str | None = None, expires: int | None = None,
        auth_user: str | None = None, display_name: str | None = None,
        outbound_proxy: str | collections.abc.Sequence[str] | None = None,
        advertise: str | None = None, codecs: collections.abc.Sequence[str] | None = None,
        headers: HeadersIn | None = None, instance_id: str | None = None, auto_answer: bool = False,
        peers: collections.abc.Sequence[str] = (), **settings: typing.Unpack[AccountSettings],
    ) -> Account:
        """Registers with a server and waits for its 200; the registration is then kept fresh until the agent or the
        account is closed.

        aor: the address of record, "sip:alice@example.com". server: the registrar, "sip:example.com;transport=tcp",
        without it the domain of the AOR. expires: seconds to ask for. auth_user: the user name for digest, without it
        the AOR's. outbound_proxy: where every request goes first, one or several in order. Server and proxies may be URLs
        of WebSocket servers, "wss://example.com/sip". headers: added to REGISTER. auto_answer: the stack
        answers calls by itself. peers: further addresses that may call, "192.0.2.0/24".

        transport: "udp", "tcp", "tls", "ws" or "wss" where no URI names one. ha1: instead of a password, the hash of
        "user:realm:password", "MD5:HEX". bearer_token: for servers that ask for one. ws_headers: of the request that
        opens a WebSocket. flows: 2 registers over two servers at once (RFC 5626). outbound, sticky, contact_rewrite,
        gruu: False leaves it off. contact_params, contact_features, contact_user: parts of the Contact. tls_ca,
        tls_cert, tls_key, tls_key_password, tls_pins, tls_verify: instead of the agent's.

        Raises SipError when the server refuses or cannot be reached."""
        account = self.account(
            aor, password=password, server=server, expires=expires, auth_user=auth_user, display_name=display_name,
            outbound_proxy=outbound_proxy, advertise=advertise, codecs=codecs, headers=headers,
            instance_id=instance_id, auto_answer=auto_answer, peers=peers, **settings)
        try:
            await account.register()
        except BaseException:
            account._abandon()
            raise
        return account

    def account(
        self, aor: str, *, password: str | None = None, server: str | None = None, expires: int | None = None,
        auth_user: str | None = None, display_name: str | None = None,
        outbound_proxy: str | collections.abc.Sequence[str] | None = None,
        advertise: str | None = None, codecs: collections.abc.Sequence[str] | None = None,
        headers: HeadersIn | None = None, instance_id: str | None = None, auto_answer: bool = False,
        peers: collections.abc.Sequence[str] = (), **settings: typing.Unpack[AccountSettings],
    ) -> Account:
        """An account that is not registered: to call and message from, or to register later. As `register()`."""
        config = account_config(
            self._defaults, settings, aor=aor, password=password, server=server, expires=expires, auth_user=auth_user,
            display_name=display_name, outbound_proxy=outbound_proxy, advertise=advertise, codecs=codecs,
            instance_id=instance_id, auto_answer=auto_answer, peers=None if peers == () else peers)
        config.pairs("headers", headers)
        out = ffi.new("sipua_id *")
        check(lib.sipua_account_create(self._handle(), config.p, 0, out))
        account = Account(self, out[0], aor)
        self._objects[out[0]] = account
        return account

    async def network_changed(self) -> None:
        """Says that addresses or routes of this machine changed: every flow is tried at once, registrations are renewed,
        and calls move to the new address. Events NetworkChanged, Registered and CallMoved tell what comes of it."""
        await self._do(lambda tag: lib.sipua_network_changed(self._native, tag))

    async def reload_tls(self) -> None:
        """Reads all files of certificates, keys and trust again, for connections made from now on. Raises what is wrong
        with a file; that part then stays as it was."""
        await self._do(lambda tag: lib.sipua_agent_reload_tls(self._native, tag))

    # Calls

    def calls(self, *, replacing: bool = False, joining: bool = False) -> Inbox[Call]:
        """The calls that come in, with `async for`. One consumer at a time: a second raises StateError. While there is
        none, callers get 480.

        replacing: calls that are to replace one of ours come here too, with `call.other`, instead of being answered by
        the stack. joining: so do those that want to join one, instead of getting 488."""
        also = [AskKind.REPLACE] * switch("replacing", replacing) + [AskKind.JOIN] * switch("joining", joining)
        return self._open_inbox(AskKind.CALL, "calls", lambda call: call._abandon(480), *also)

    async def call(
        self, target: str, *, from_: str | None = None, headers: HeadersIn | None = None, timeout: float | None = None,
        rate: int = 16000, codecs: collections.abc.Sequence[str] | None = None, early_media: bool = False,
        **settings: typing.Unpack[CallSettings],
    ) -> Call:
        """Calls somebody directly, without an account, and waits for the answer; from_ is then made up or given. Else
        as `Account.call()`."""
        return await self._call(None, target, headers, timeout, rate, codecs, early_media, settings, from_)

    def dial(
        self, target: str, *, from_: str | None = None, headers: HeadersIn | None = None, timeout: float | None = None,
        rate: int = 16000, codecs: collections.abc.Sequence[str] | None = None,
        **settings: typing.Unpack[CallSettings],
    ) -> Call:
        """As `call()`, but returns at once; `await call.answered()` waits for the answer."""
        return self._dial(None, target, headers, timeout, rate, codecs, settings, from_)

    async def _call(
        self, account: Account | None, target: str, headers: HeadersIn | None, timeout: float | None, rate: int,
        codecs: collections.abc.Sequence[str] | None, early_media: bool, settings: CallSettings,
        from_: str | None = None,
    ) -> Call:
        await settled()
        call = self._dial(account, target, headers, timeout, rate, codecs, settings, from_)
        try:
            if early_media:
                await call._answered(MediaReady)
            else:
                await call.answered()
        except CallEnded as ended:
            error = sip_error(ended)
            raise (error if isinstance(error, InvalidError) else ended) from None
        except BaseException:
            call._abandon()  # CANCEL, or ACK and BYE if the answer was faster; nothing if it ended
            raise
        return call

    def _dial(
        self, account: Account | None, target: str, headers: HeadersIn | None, timeout: float | None, rate: int,
        codecs: collections.abc.Sequence[str] | None, settings: CallSettings, from_: str | None = None,
    ) -> Call:
        config = call_config(target, from_, timeout, rate, codecs, settings).pairs("headers", headers)
        out = ffi.new("sipua_id *")
        number = account.id if account else 0
        check(lib.sipua_call_create(self._handle(), number, config.p, 0, out))
        call = self._new_call(out[0], "outgoing", number, target, rate)
        if timeout is not None:
            call._answer_within(timeout)
        return call

    # Messages and OPTIONS

    def messages(self) -> Inbox[IncomingMessage]:
        """The messages that come in, with `async for`; each waits for `accept()` or `reject()`. One consumer at a time:
        a second raises StateError. While there is none, senders get 405."""
        return self._open_inbox(AskKind.MESSAGE, "messages", lambda message: message._refuse(405))

    async def message(
        self, target: str, text: Document | str | bytes, *, from_: str | None = None, content_type: str | None = None,
        headers: HeadersIn | None = None, timeout: float | None = None, **settings: typing.Unpack[MessageSettings],
    ) -> MessageDelivered:
        """Sends a MESSAGE directly, without an account. Else as `Account.message()`."""
        return await self._message(None, target, text, content_type, headers, timeout, settings, from_)

    async def _message(
        self, account: Account | None, target: str, text: Document | str | bytes, content_type: str | None,
        headers: HeadersIn | None, timeout: float | None, settings: MessageSettings, from_: str | None = None,
    ) -> MessageDelivered:
        config = message_config(target, from_, timeout, content_type, text, settings).pairs("headers", headers)
        event = await self._query(lib.sipua_message_send, account, config)
        if isinstance(event, MessageFailed):
            raise sip_error(event)
        assert isinstance(event, MessageDelivered)
        return event

    async def options(
        self, target: str, *, from_: str | None = None, headers: HeadersIn | None = None, timeout: float | None = None,
    ) -> OptionsAnswered:
        """Asks a peer what it can do: `.status`, `.headers["Allow"]`, `.duration_ms` for the round trip. Raises
        SipError when it refuses or does not answer."""
        return await self._options(None, target, headers, timeout, from_)

    async def _options(
        self, account: Account | None, target: str, headers: HeadersIn | None, timeout: float | None,
        from_: str | None = None,
    ) -> OptionsAnswered:
        config = message_config(target, from_, timeout, None, b"", {}).pairs("headers", headers)
        event = await self._query(lib.sipua_options_send, account, config)
        assert isinstance(event, OptionsAnswered)
        if not 200 <= event.status < 300:
            raise sip_error(event)
        return event

    async def _query(self, command: typing.Any, account: Account | None, config: Struct) -> Event:
        """Sends a request outside a call and waits for its one result."""
        await settled()
        out = ffi.new("sipua_id *")
        check(command(self._handle(), account.id if account else 0, config.p, 0, out))
        future: Waiter[Event] = Waiter(loop=asyncio.get_running_loop())
        self._queries[out[0]] = future
        try:
            return await future
        finally:
            self._queries.pop(out[0], None)

    # Tasks

    def spawn(
        self, work: collections.abc.Coroutine[typing.Any, typing.Any, T], *, call: Call | None = None,
        name: str | None = None,
    ) -> asyncio.Task[T]:
        """Runs a coroutine as a task that ends with the agent. call: and with that call; an exception in it then ends
        the call, with 500 or BYE. Exceptions are logged and harm nobody else."""
        if call is not None and asyncio.iscoroutine(work):
            try:
                mine("call", call, self, Call)
            except BaseException:
                work.close()
                raise
        return start(self._tasks, work, call, name, "the agent was closed" if self._closed else "")

    # What else it tells

    @property
    def listeners(self) -> list[Listening]:
        """Where it listens: each has `.transport`, `.host` and `.port`."""
        return list(self._listening)

    def events(self) -> Events[Event]:
        """All events of the agent from now on; also before it is started. For a look inside: whatever belongs to a
        call or an account is told there too."""
        if not self._followed:
            self._followed = True
            self._taps.append(self._log.put)
        return self._log.follow(replay=False)

    async def stats(self) -> AgentStats:
        """The agent's counters."""
        future: Waiter[Event] = Waiter(loop=asyncio.get_running_loop())
        before, self._queries[0] = self._queries.get(0), future
        await self._do(lambda tag: lib.sipua_agent_stats(self._native, tag))
        event = await future
        if before and not before.done():
            before.set_result(event)
        assert isinstance(event, Stats) and isinstance(event.figures, AgentStats)
        return event.figures

    async def set_option(self, key: str, value: str | int | bool, *, of: Call | Account | None = None) -> None:
        """Sets one of the library's options, of the agent or of one call or account."""
        text = ("on" if value else "off") if isinstance(value, bool) else str(value) if isinstance(value, int) else value
        name, said = _given.text("key", key), _given.text("value", text)
        number = 0 if of is None else mine("of", of, self, Call, Account).id
        await self._do(lambda tag: lib.sipua_option_set(self._native, number, name, said, tag))

    # Inside

    @property
    def _native(self) -> typing.Any:
        return self._pump.native if self._pump else None

    def _handle(self) -> typing.Any:
        if not self._pump or not self._pump.native:
            raise ClosedError("the agent was closed" if self._closed else "the agent is not started: use async with")
        return self._pump.native

    async def _do(self, command: collections.abc.Callable[[int], int]) -> None:
        await self._submit(command)

    def _submit(
        self, command: collections.abc.Callable[[int], int], future: asyncio.Future[T] | None = None, *,
        done: bool = True,
    ) -> asyncio.Future[T]:
        self._handle()
        assert self._pump
        return self._pump.submit(command, future, done=done)

    def _begin(self, command: collections.abc.Callable[[int], int]) -> collections.abc.Callable[[asyncio.Future[T]], object]:
        """A command whose refusal somebody learns who waits for what comes of it."""
        return lambda future: self._submit(command, future, done=False)

    def _account_of(self, number: int) -> Account | None:
        found = self._objects.get(number)
        return found if isinstance(found, Account) else None

    def _on_event(self, event: Event) -> None:
        for tap in self._taps:
            tap(event)
        kind = type(event)
        own = _OWN.get(kind)
        if own:
            own(self, event)
        number = event.id
        if self._queries and (number or kind is Stats):
            query = self._queries.pop(number, None)
            if query and not query.done():
                query.set_result(event)
        thing = self._objects.get(number)
        if thing:
            thing._on_event(event)
        call_id = event.call_id
        if call_id != number and call_id and (call := self._objects.get(call_id)):
            call._on_event(event)

    def _incoming_call(self, event: IncomingCall) -> None:
        call = self._new_call(event.id, "incoming", event.account_id, "")
        # Without a deadline the stack answers it by itself.
        self._arrived(AskKind.CALL, call, (lambda: call._abandon(480)) if event.deadline_ms else None)

    def _incoming_message(self, event: Message) -> None:
        message = IncomingMessage(self, event)
        self._objects[event.id] = message
        self._arrived(AskKind.MESSAGE, message, lambda: message._refuse(405))

    def _listener_is_up(self, event: Listening) -> None:
        self._listening.append(event)

    def _shut_down(self, _: Shutdown) -> None:
        self._shut.set()

    def _audio_ready(self, _: AudioReady) -> None:
        while True:
            count = lib.sipua_audio_ready(self._native, self._ready, len(self._ready))
            for i in range(max(0, count)):
                thing = self._objects.get(self._ready[i])
                if isinstance(thing, (Call, Conference)):
                    thing.audio._is_ready()
            if count < len(self._ready):
                return


# Events that mean something to the agent itself: most do not, and one look decides.
_OWN: dict[type[Event], collections.abc.Callable[[Agent, typing.Any], None]] = {
    AudioReady: Agent._audio_ready, IncomingCall: Agent._incoming_call, Message: Agent._incoming_message,
    Listening: Agent._listener_is_up, Shutdown: Agent._shut_down,
}
_OWN |= OWN
_OWN |= dict.fromkeys((Log, Overflow, Suspicious, Trace), lambda _, event: log(event))
