# Written by bindings/python/tools/make_sync.py from the asyncio classes. Do not edit.
"""The names of `sipua`, blocking, for scripts. Everything runs on one private thread; waits end with Ctrl-C.

    with sipua.sync.Agent() as agent:
        alice = agent.register("sip:alice@example.com", password="secret")
        call = alice.call("sip:bob@example.com", timeout=30)
        call.play("hello.wav").wait()
        call.hangup()
"""

from __future__ import annotations

import collections.abc
import os
import threading
import typing

from . import _account, _agent, _audio, _call, _message, _stream
from ._blocking import END, Blocking, following, on_loop, register, run, unwrap, wrap
from ._events import *
from ._events import AgentStats, CallStats
from ._event import Event, Headers
from ._audio import Frame
from ._log import logger
from ._native import HeadersIn
from ._settings import AccountSettings, AgentSettings

if typing.TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = [
    "Account", "Agent", "Audio", "Call", "Events", "Frames", "Inbox", "IncomingMessage", "Outcome", "Player",
        "Recorder",
]

T = typing.TypeVar("T")
E = typing.TypeVar("E")
Number: typing.TypeAlias = "int | str"


class Outcome(Blocking, typing.Generic[T]):
    """What something already under way leads to. Awaiting it is optional, and legal more than once."""

    kept = False

    def done(self) -> bool:
        """Whether it is known by now."""
        value: bool = wrap(on_loop(lambda: self._async.done()))
        return value

    def wait(self, timeout: float | None = None) -> T:
        """Waits for it, for that many seconds at most, and returns it."""

        async def wait() -> T:
            return typing.cast(T, await self._async)

        return run(wait(), timeout)


class Events(Blocking, typing.Generic[E]):
    """Events in order, with `for`. Raises EventsLost when the reader was too slow; it may go on after that."""

    kept = False

    def __iter__(self) -> typing.Self:
        return self

    def __next__(self) -> E:
        item = run(following(self._async))
        if item is END:
            raise StopIteration
        return typing.cast('E', wrap(item))


class Inbox(Blocking, typing.Generic[T]):
    """What comes in, for one consumer: `for`, or `anext()`. It is open from its making until `aclose()`, the end
    of the agent, or until nobody holds it any more; what was not taken by then is refused."""

    kept = False

    def __iter__(self) -> typing.Self:
        return self

    def __next__(self) -> T:
        item = run(following(self._async))
        if item is END:
            raise StopIteration
        return typing.cast('T', wrap(item))

    def __enter__(self) -> typing.Self:
        run(self._async.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        run(self._async.__aexit__(None, None, None))

    def close(self) -> None:
        """Takes nothing more."""
        run(self._async.aclose())


class Player(Outcome[PlayDone]):
    """A file that plays. Awaiting it waits for its end."""

    def stop(self) -> PlayDone:
        """Stops it and says how far it came."""
        value: PlayDone = wrap(run(self._async.stop()))
        return value


class Recorder(Outcome[RecordDone]):
    """A recording. Awaiting it waits until the file is complete."""

    def stop(self) -> RecordDone:
        """Completes the file and says how long it is."""
        value: RecordDone = wrap(run(self._async.stop()))
        return value


class Frames(Blocking):
    """Received audio, piece by piece."""

    kept = False

    def __iter__(self) -> typing.Self:
        return self

    def __next__(self) -> Frame:
        item = run(following(self._async))
        if item is END:
            raise StopIteration
        return typing.cast('Frame', wrap(item))

    def close(self) -> None:
        """Ends the reading; another `frames()` may follow."""
        run(self._async.aclose())


class Audio(Blocking):
    """What a call hears and says. The library owns the clock: write as much as there is, read when it suits."""

    @property
    def call(self) -> Call:
        """The call."""
        value: Call = wrap(on_loop(lambda: self._async.call))
        return value

    @property
    def rate(self) -> int:
        """Samples per second of `frames()`, and of `write()` unless it says otherwise."""
        value: int = wrap(on_loop(lambda: self._async.rate))
        return value

    @rate.setter
    def rate(self, rate: int) -> None:
        on_loop(lambda: setattr(self._async, 'rate', rate))

    def frames(self, ms: int=20) -> Frames:
        """What the peer says, in pieces of that many milliseconds, with `for`; ends when the call has ended and
        all was read. A steady stream: silence in hold, in gaps and before the answer. What nobody takes in time is
        dropped, oldest first, and counted in `stats().overrun_ms`."""
        value: Frames = wrap(on_loop(lambda: self._async.frames(ms)))
        return value

    def write(self, pcm: Buffer, rate: int | None=None, *, segment: Number=0) -> int:
        """Queues samples to be sent, any number of them, and returns the milliseconds that are queued now; nothing is
        ever dropped. `drain()` where the program should not run far ahead. rate: that of these samples, 8000,
        16000, 24000 or 48000. segment: names this piece of audio in the result of `flush()`."""
        value: int = wrap(on_loop(lambda: self._async.write(pcm, rate, segment=segment)))
        return value

    @property
    def queued_ms(self) -> int:
        """Milliseconds of audio that wait to be sent."""
        value: int = wrap(on_loop(lambda: self._async.queued_ms))
        return value

    def drain(self, below_ms: int=0) -> None:
        """Waits until no more than that waits to be sent. Raises CallEnded when the call ends first."""
        run(self._async.drain(below_ms))

    def flush(self) -> Flushed:
        """Drops all that is queued, now, and says which segment was playing,
        how much of it the peer was sent\n        (`played_ms`), and how much was dropped (`discarded_ms`)."""

        async def flush() -> Flushed:
            return typing.cast(Flushed, await self._async.flush())

        return run(flush())

    def __enter__(self) -> Audio:
        return self

    def __exit__(self, *_: object) -> None:
        self.call.hangup()

    def mark(self, mark: Number) -> Outcome[Mark]:
        """Names this point of what is written: the Mark event comes, and the result is there when awaited, once all
        before it has been played or flushed."""
        value: Outcome[Mark] = wrap(on_loop(lambda: self._async.mark(mark)))
        return value

    def play(self, file: str | os.PathLike[str], *, loop: bool=False) -> Player:
        """As `Call.play()`."""
        value: Player = wrap(on_loop(lambda: self._async.play(file, loop=loop)))
        return value

    def record(self, file: str | os.PathLike[str], *, stereo: bool=False) -> Recorder:
        """As `Call.record()`."""
        value: Recorder = wrap(on_loop(lambda: self._async.record(file, stereo=stereo)))
        return value


class Call(Blocking):
    """A call, incoming or outgoing. Dropping the object never hangs up; `hangup()` does."""

    @property
    def id(self) -> int:
        """The number that its events carry as `call_id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def account(self) -> Account | None:
        """The account that it belongs to; None for a direct call."""
        value: Account | None = wrap(on_loop(lambda: self._async.account))
        return value

    @property
    def direction(self) -> typing.Literal['incoming', 'outgoing']:
        """Who called."""
        value: typing.Literal['incoming', 'outgoing'] = wrap(on_loop(lambda: self._async.direction))
        return value

    @property
    def from_(self) -> str:
        """The caller's URI."""
        value: str = wrap(on_loop(lambda: self._async.from_))
        return value

    @property
    def from_name(self) -> str:
        """The caller's display name."""
        value: str = wrap(on_loop(lambda: self._async.from_name))
        return value

    @property
    def to(self) -> str:
        """The URI that was called."""
        value: str = wrap(on_loop(lambda: self._async.to))
        return value

    @property
    def to_name(self) -> str:
        """The display name that was called."""
        value: str = wrap(on_loop(lambda: self._async.to_name))
        return value

    @property
    def target(self) -> str:
        """The Request-URI."""
        value: str = wrap(on_loop(lambda: self._async.target))
        return value

    @property
    def headers(self) -> Headers:
        """The headers of the INVITE that came in; of an outgoing call, those of the peer's last response."""
        value: Headers = wrap(on_loop(lambda: self._async.headers))
        return value

    @property
    def codec(self) -> str:
        """The codec in use, "opus", "PCMU", "PCMA"; "" before there is one."""
        value: str = wrap(on_loop(lambda: self._async.codec))
        return value

    @property
    def established(self) -> bool:
        """Whether it was answered and is still up."""
        value: bool = wrap(on_loop(lambda: self._async.established))
        return value

    @property
    def held(self) -> bool:
        """Whether the peer has put us on hold."""
        value: bool = wrap(on_loop(lambda: self._async.held))
        return value

    @property
    def ended(self) -> CallEnded | None:
        """How it ended; None while it lasts."""
        value: CallEnded | None = wrap(on_loop(lambda: self._async.ended))
        return value

    @property
    def duration(self) -> float:
        """The seconds since the answer, up to now or to its end; 0 before the answer."""
        value: float = wrap(on_loop(lambda: self._async.duration))
        return value

    @property
    def audio(self) -> Audio:
        """Its audio, to hear and to speak."""
        value: Audio = wrap(on_loop(lambda: self._async.audio))
        return value

    def events(self) -> Events[Event]:
        """Its events from its very start on, ending after CallEnded. Raises EventsLost(n) when the reader is so slow
        that events had to be dropped."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value

    def ring(
        self, status: int=180, reason: str | None=None, *, headers: HeadersIn | None=None, early_media: bool=False,
    ) -> None:
        """Tells the caller that it rings. early_media: audio flows from now on, before the answer."""
        run(self._async.ring(status, reason, headers=headers, early_media=early_media))

    def answer(self, rate: int = 16000, *, headers: HeadersIn | None = None) -> Audio:
        """Answers. `with call.answer() as audio:` hangs up when the block is left. rate: samples per second of\n        `audio.frames()`: 8000, 16000, 24000 or 48000."""

        async def answer() -> typing.Any:
            return await self._async.answer(rate, headers=headers)

        audio: Audio = wrap(run(answer()))
        return audio

    def reject(self, status: int=486, reason: str | None=None, *, headers: HeadersIn | None=None) -> None:
        """Refuses the call."""
        run(self._async.reject(status, reason, headers=headers))

    def answered(self) -> None:
        """Waits until it is answered. Raises CallEnded when it is not,
        with the cause "No Answer" as soon as its time is
        up, though a peer that says nothing at all may take seconds more to be given up for good."""
        run(self._async.answered())

    def hangup(self, *, headers: HeadersIn | None=None, reason: str | None=None) -> CallEnded:
        """Ends the call, in whatever state it is, and says how it ended. On an ended call it does nothing.

        reason: a Reason header, as in 'Q.850;cause=16'."""
        value: CallEnded = wrap(run(self._async.hangup(headers=headers, reason=reason)))
        return value

    def wait_ended(self) -> CallEnded:
        """Waits for its end and says how it ended."""
        value: CallEnded = wrap(run(self._async.wait_ended()))
        return value

    def send_dtmf(self, digits: str, *, ms: int=100, gap: int=70) -> None:
        """Sends digits (0-9 * # A-D, and a comma for a pause of 2 s) and waits until the last has left."""
        run(self._async.send_dtmf(digits, ms=ms, gap=gap))

    def play(self, file: str | os.PathLike[str], *, loop: bool=False) -> Player:
        """Plays a WAV file to the peer, after what is queued. `await` the result to wait for its end."""
        value: Player = wrap(on_loop(lambda: self._async.play(file, loop=loop)))
        return value

    def record(self, file: str | os.PathLike[str], *, stereo: bool=False) -> Recorder:
        """Records the far end, mono; stereo: near left, far right. Ends with the call, or with `stop()`. Any number
        of recordings at a time, each to a file of its own."""
        value: Recorder = wrap(on_loop(lambda: self._async.record(file, stereo=stereo)))
        return value

    def stats(self) -> CallStats:
        """The figures of its media: now, or of an ended call the last ones."""
        value: CallStats = wrap(run(self._async.stats()))
        return value


class IncomingMessage(Blocking):
    """A MESSAGE that waits for `accept()` or `reject()`, now or later within `deadline` seconds."""

    @property
    def id(self) -> int:
        """The number of the message in events."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def from_(self) -> str:
        """The sender's URI."""
        value: str = wrap(on_loop(lambda: self._async.from_))
        return value

    @property
    def from_name(self) -> str:
        """The sender's display name."""
        value: str = wrap(on_loop(lambda: self._async.from_name))
        return value

    @property
    def to(self) -> str:
        """The URI it was meant for."""
        value: str = wrap(on_loop(lambda: self._async.to))
        return value

    @property
    def content_type(self) -> str:
        """What the body is, "text/plain" if nothing was said."""
        value: str = wrap(on_loop(lambda: self._async.content_type))
        return value

    @property
    def body(self) -> bytes:
        """The body as it came."""
        value: bytes = wrap(on_loop(lambda: self._async.body))
        return value

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 become U+FFFD."""
        value: str = wrap(on_loop(lambda: self._async.text))
        return value

    @property
    def headers(self) -> Headers:
        """The headers of the request."""
        value: Headers = wrap(on_loop(lambda: self._async.headers))
        return value

    @property
    def account(self) -> Account | None:
        """The account that it came for; None without one."""
        value: Account | None = wrap(on_loop(lambda: self._async.account))
        return value

    @property
    def deadline(self) -> float:
        """The seconds that a decision may take, counted from its arrival."""
        value: float = wrap(on_loop(lambda: self._async.deadline))
        return value

    @property
    def answered(self) -> int:
        """The status that the sender got; 0 while it waits."""
        value: int = wrap(on_loop(lambda: self._async.answered))
        return value

    def accept(self, *, headers: HeadersIn | None=None) -> None:
        """Answers 200."""
        run(self._async.accept(headers=headers))

    def reject(self, status: int=480, reason: str | None=None, *, headers: HeadersIn | None=None) -> None:
        """Refuses it."""
        run(self._async.reject(status, reason, headers=headers))


class Account(Blocking):
    """Who we are towards a server, registered or not. Made by `Agent.register()` and `Agent.account()`."""

    @property
    def id(self) -> int:
        """The number that its events carry as `account_id`."""
        value: int = wrap(on_loop(lambda: self._async.id))
        return value

    @property
    def agent(self) -> Agent:
        """The agent that it belongs to."""
        value: Agent = wrap(on_loop(lambda: self._async.agent))
        return value

    @property
    def aor(self) -> str:
        """The address of record."""
        value: str = wrap(on_loop(lambda: self._async.aor))
        return value

    @property
    def registered(self) -> bool:
        """Whether the server holds a registration of ours, as far as we know."""
        value: bool = wrap(on_loop(lambda: self._async.registered))
        return value

    @property
    def expires(self) -> int:
        """The seconds that the server granted last; 0 without a registration."""
        value: int = wrap(on_loop(lambda: self._async.expires))
        return value

    @property
    def gruu(self) -> str:
        """The URI that reaches this very device (RFC 5627); "" where the server gave none."""
        value: str = wrap(on_loop(lambda: self._async.gruu))
        return value

    def set_token(self, token: str | None) -> None:
        """Changes the bearer token for what is sent from now on; None: none any more."""
        run(self._async.set_token(token))

    def register(self) -> Registered:
        """Registers, or refreshes at once, and waits for the server's 200. The registration is then kept fresh.

        Raises SipError when the server refuses or cannot be reached."""
        value: Registered = wrap(run(self._async.register()))
        return value

    def unregister(self, *, all: bool=False) -> None:
        """Removes the registration; `all`: those of every device of this address."""
        run(self._async.unregister(all=all))

    def close(self) -> None:
        """Unregisters if need be, ends its calls and closes it."""
        run(self._async.close())

    def call(
        self, target: str, *, headers: HeadersIn | None=None, timeout: float | None=None, rate: int=16000,
        codecs: typing.Sequence[str] | None=None, early_media: bool=False,
    ) -> Call:
        """Calls somebody and waits for the answer.

        target: a URI, user@host, or a user or number of this account's domain. headers: added to the INVITE.
        timeout: seconds until the call is given up with the cause "No Answer". rate: samples per second of
        `audio.frames()`. codecs: in order of preference. early_media: returns as soon as audio flows, even before the
        answer; `call.answered()` then waits for that.

        Raises SipError when the call is not answered. Cancelling the task gives the call up: CANCEL goes out, or ACK
        and BYE if the answer was faster."""
        value: Call = wrap(run(self._async.call(target, headers=headers, timeout=timeout, rate=rate, codecs=codecs,
        early_media=early_media)))
        return value

    def dial(
        self, target: str, *, headers: HeadersIn | None=None, timeout: float | None=None, rate: int=16000,
        codecs: typing.Sequence[str] | None=None,
    ) -> Call:
        """Calls somebody and returns at once; `call.answered()` waits for the answer. As `call()` else."""
        value: Call = wrap(on_loop(lambda: self._async.dial(target, headers=headers, timeout=timeout, rate=rate,
        codecs=codecs)))
        return value

    def message(
        self, target: str, text: str | bytes, *, content_type: str | None=None, headers: HeadersIn | None=None,
        timeout: float | None=None,
    ) -> MessageDelivered:
        """Sends a MESSAGE and waits until it is delivered. Raises SipError when it is not."""
        value: MessageDelivered = wrap(run(self._async.message(target, text, content_type=content_type,
        headers=headers, timeout=timeout)))
        return value

    def options(self, target: str, *, headers: HeadersIn | None=None, timeout: float | None=None) -> OptionsAnswered:
        """Asks a peer what it can do. Raises SipError when it refuses or does not answer."""
        value: OptionsAnswered = wrap(run(self._async.options(target, headers=headers, timeout=timeout)))
        return value

    def events(self) -> Events[Event]:
        """The account's events from now on: Registered, RegistrationFailed, Unregistered ..."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value


class Agent(Blocking):
    """A SIP stack: registers, calls, takes calls, and messages. Use it with `with`; several may run at once.

    bind: numeric address of all sockets. advertise: what peers are told instead, for NAT and containers. listen: where
    to listen, "udp:HOST:PORT" or tcp, tls, ws, wss; port 0 is any; without it udp and tcp on `bind` and a free port.
    open: takes calls and messages from anybody for any user. user_agent: the User-Agent header. codecs: in order of
    preference, of "opus", "pcmu", "pcma". rtp_ports: first and last RTP port. max_calls: at one time. display_name,
    auth_user and outbound_proxy are defaults for its accounts. log_level: how much of the library's log reaches
    `logging`; without it what the logger "sipua" lets through. trace: every SIP message is a Trace event, and logged by
    "sipua.trace". dns_servers: instead of the system's. options: what `set_option()` sets, from the start.

    tls_ca: who may sign a server's certificate, as PEM, a file or a directory; without it the system's, else certifi's.
    tls_cert, tls_key, tls_key_password: ours, for tls: and wss: listeners and for servers that ask. tls_crl: revoked
    ones. tls_pins: "sha256/BASE64" of keys, others are refused. tls_verify: False takes any certificate,
        for tests only.
    tls_min_version: "1.2" or "1.3". media_bind, media_advertise: as bind and advertise, of audio. stun_server:
    "HOST:PORT" that tells our public address. watch_network: False leaves it to the program to say when the network
    changed."""

    def __init__(
        self, *,
        bind: str | None=None, advertise: str | None=None, listen: collections.abc.Sequence[str]=(), open: bool=False,
        user_agent: str | None=None, display_name: str | None=None, auth_user: str | None=None,
        outbound_proxy: str | collections.abc.Sequence[str] | None=None,
        codecs: collections.abc.Sequence[str] | None=None, rtp_ports: tuple[int, int] | None=None,
        max_calls: int | None=None, log_level: int | None=None, trace: bool=False,
        dns_servers: collections.abc.Sequence[str]=(), options: collections.abc.Mapping[str,
        str | int | bool] | None=None, **settings: typing.Unpack[AgentSettings],
    ) -> None:
        self._async = on_loop(lambda: _agent.Agent(bind=bind, advertise=advertise, listen=listen, open=open,
        user_agent=user_agent, display_name=display_name, auth_user=auth_user, outbound_proxy=outbound_proxy,
        codecs=codecs, rtp_ports=rtp_ports, max_calls=max_calls, log_level=log_level, trace=trace,
        dns_servers=dns_servers, options=options, **settings))
        self._async.__dict__["_blocking"] = self

    def start(self) -> None:
        """Starts it; `with` does so by itself. When it returns, the listeners are up."""
        run(self._async.start())

    def close(self, deadline: float=2.0) -> None:
        """Ends everything politely: tasks made by `spawn()` are cancelled, calls get BYE, registrations are removed.
        Waits for the answers, up to that many seconds. Cancelling it closes at once."""
        run(self._async.close(deadline))

    def __enter__(self) -> typing.Self:
        run(self._async.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        run(self._async.__aexit__(None, None, None))

    def register(
        self, aor: str, *, password: str | None=None, server: str | None=None, expires: int | None=None,
        auth_user: str | None=None, display_name: str | None=None,
        outbound_proxy: str | collections.abc.Sequence[str] | None=None, advertise: str | None=None,
        codecs: collections.abc.Sequence[str] | None=None, headers: HeadersIn | None=None,
        instance_id: str | None=None, auto_answer: bool=False, peers: collections.abc.Sequence[str]=(),
        **settings: typing.Unpack[AccountSettings],
    ) -> Account:
        """Registers with a server and waits for its 200; the registration is then kept fresh until the agent or the
        account is closed.

        aor: the address of record, "sip:alice@example.com". server: the registrar, "sip:example.com;transport=tcp",
        without it the domain of the AOR. expires: seconds to ask for. auth_user: the user name for digest, without it
        the AOR's. outbound_proxy: where every request goes first,
        one or several in order. Server and proxies may be URLs
        of WebSocket servers, "wss://example.com/sip". headers: added to REGISTER. auto_answer: the stack
        answers calls by itself. peers: further addresses that may call, "192.0.2.0/24".

        transport: "udp", "tcp", "tls", "ws" or "wss" where no URI names one. ha1: instead of a password, the hash of
        "user:realm:password", "MD5:HEX". bearer_token: for servers that ask for one. ws_headers: of the request that
        opens a WebSocket. flows: 2 registers over two servers at once (RFC 5626). outbound, sticky, contact_rewrite,
        gruu: False leaves it off. contact_params, contact_features, contact_user: parts of the Contact. tls_ca,
        tls_cert, tls_key, tls_key_password, tls_pins, tls_verify: instead of the agent's.

        Raises SipError when the server refuses or cannot be reached."""
        value: Account = wrap(run(self._async.register(aor, password=password, server=server, expires=expires,
        auth_user=auth_user, display_name=display_name, outbound_proxy=outbound_proxy, advertise=advertise,
        codecs=codecs, headers=headers, instance_id=instance_id, auto_answer=auto_answer, peers=peers, **settings)))
        return value

    def account(
        self, aor: str, *, password: str | None=None, server: str | None=None, expires: int | None=None,
        auth_user: str | None=None, display_name: str | None=None,
        outbound_proxy: str | collections.abc.Sequence[str] | None=None, advertise: str | None=None,
        codecs: collections.abc.Sequence[str] | None=None, headers: HeadersIn | None=None,
        instance_id: str | None=None, auto_answer: bool=False, peers: collections.abc.Sequence[str]=(),
        **settings: typing.Unpack[AccountSettings],
    ) -> Account:
        """An account that is not registered: to call and message from, or to register later. As `register()`."""
        value: Account = wrap(on_loop(lambda: self._async.account(aor, password=password, server=server,
        expires=expires, auth_user=auth_user, display_name=display_name, outbound_proxy=outbound_proxy,
        advertise=advertise, codecs=codecs, headers=headers, instance_id=instance_id, auto_answer=auto_answer,
        peers=peers, **settings)))
        return value

    def network_changed(self) -> None:
        """Says that addresses or routes of this machine changed: every flow is tried at once,
        registrations are renewed,
        and calls move to the new address. Events NetworkChanged, Registered and CallMoved tell what comes of it."""
        run(self._async.network_changed())

    def reload_tls(self) -> None:
        """Reads all files of certificates, keys and trust again, for connections made from now on. Raises what is wrong
        with a file; that part then stays as it was."""
        run(self._async.reload_tls())

    def calls(self) -> Inbox[Call]:
        """The calls that come in, with `for`. One consumer at a time: a second raises StateError. While there is
        none, callers get 480."""
        value: Inbox[Call] = wrap(on_loop(lambda: self._async.calls()))
        return value

    def call(
        self, target: str, *, from_: str | None=None, headers: HeadersIn | None=None, timeout: float | None=None,
        rate: int=16000, codecs: collections.abc.Sequence[str] | None=None, early_media: bool=False,
    ) -> Call:
        """Calls somebody directly, without an account, and waits for the answer; from_ is then made up or given. Else
        as `Account.call()`."""
        value: Call = wrap(run(self._async.call(target, from_=from_, headers=headers, timeout=timeout, rate=rate,
        codecs=codecs, early_media=early_media)))
        return value

    def dial(
        self, target: str, *, from_: str | None=None, headers: HeadersIn | None=None, timeout: float | None=None,
        rate: int=16000, codecs: collections.abc.Sequence[str] | None=None,
    ) -> Call:
        """As `call()`, but returns at once; `call.answered()` waits for the answer."""
        value: Call = wrap(on_loop(lambda: self._async.dial(target, from_=from_, headers=headers, timeout=timeout,
        rate=rate, codecs=codecs)))
        return value

    def messages(self) -> Inbox[IncomingMessage]:
        """The messages that come in, with `for`; each waits for `accept()` or `reject()`. One consumer at a time:
        a second raises StateError. While there is none, senders get 405."""
        value: Inbox[IncomingMessage] = wrap(on_loop(lambda: self._async.messages()))
        return value

    def message(
        self, target: str, text: str | bytes, *, from_: str | None=None, content_type: str | None=None,
        headers: HeadersIn | None=None, timeout: float | None=None,
    ) -> MessageDelivered:
        """Sends a MESSAGE directly, without an account. Else as `Account.message()`."""
        value: MessageDelivered = wrap(run(self._async.message(target, text, from_=from_, content_type=content_type,
        headers=headers, timeout=timeout)))
        return value

    def options(
        self, target: str, *, from_: str | None=None, headers: HeadersIn | None=None, timeout: float | None=None,
    ) -> OptionsAnswered:
        """Asks a peer what it can do: `.status`, `.headers["Allow"]`, `.duration_ms` for the round trip. Raises
        SipError when it refuses or does not answer."""
        value: OptionsAnswered = wrap(run(self._async.options(target, from_=from_, headers=headers, timeout=timeout)))
        return value

    def spawn(
        self, work: collections.abc.Callable[[], object], *, call: Call | None = None, name: str | None = None,
    ) -> threading.Thread:
        """Runs a function in a thread. call: an exception in it ends that call, with 500 or BYE; what waits for that
        call in it raises CallEnded when it ends. Exceptions are logged and harm nobody else."""

        def body() -> None:
            try:
                work()
            except BaseException as error:
                if call and isinstance(error, CallEnded) and error.call_id == call.id:
                    return
                logger.error("the thread %s failed: %s", threading.current_thread().name, error, exc_info=error)
                if call:
                    on_loop(lambda: call._async._abandon(500))

        thread = threading.Thread(target=body, name=name, daemon=True)
        thread.start()
        return thread

    @property
    def listeners(self) -> list[Listening]:
        """Where it listens: each has `.transport`, `.host` and `.port`."""
        value: list[Listening] = wrap(on_loop(lambda: self._async.listeners))
        return value

    def events(self) -> Events[Event]:
        """All events of the agent from now on; also before it is started. For a look inside: whatever belongs to a
        call or an account is told there too."""
        value: Events[Event] = wrap(on_loop(lambda: self._async.events()))
        return value

    def stats(self) -> AgentStats:
        """The agent's counters."""
        value: AgentStats = wrap(run(self._async.stats()))
        return value

    def set_option(self, key: str, value: str | int | bool, *, of: Call | Account | None=None) -> None:
        """Sets one of the library's options, of the agent or of one call or account."""
        run(self._async.set_option(key, value, of=unwrap(of)))


register({
    _stream.Outcome: Outcome,
    _stream.Events: Events,
    _stream.Inbox: Inbox,
    _audio.Player: Player,
    _audio.Recorder: Recorder,
    _audio.Frames: Frames,
    _audio.Audio: Audio,
    _call.Call: Call,
    _message.IncomingMessage: IncomingMessage,
    _account.Account: Account,
    _agent.Agent: Agent,
})
