"""A registrar to test against: the library's embedded server, on loopback and a free port.

    async with sipua.testing.Registrar({"alice": "secret"}) as registrar:
        async with sipua.Agent(bind="127.0.0.1") as agent:
            await agent.register(registrar.aor("alice"), password="secret")

It also works with a plain `with`. Users of pytest get the fixture `sipua_registrar` with the package.
"""

from __future__ import annotations

import asyncio
import collections.abc
import typing

from ._agent import Agent
from ._blocking import run
from ._enums import ErrorCode, ServerMode
from ._errors import ClosedError, Error, InvalidError, error_of
from ._event import Event
from ._events import ListenerClosed, Listening, ServerBinding
from ._given import text
from ._native import Struct, check, ffi, lib
from ._settings import ListenerSettings, apply

__all__ = ["Registrar"]

ANYWHERE = ("udp:127.0.0.1:0", "tcp:127.0.0.1:0")


class Registrar:
    """A registrar and proxy for tests and demos. It forwards calls and messages between its users, and answers 404 for
    others; with mode "redirect" it answers 302 instead of forwarding.

    users: names and passwords. realm: for digest, by default the host of the first listener ("localhost" at 0.0.0.0).
    listen: "udp:HOST:PORT", or tcp, tls, ws, wss; without it udp and tcp on 127.0.0.1, at one free port. challenge_calls:
    calls and messages need a password too. min_expires, max_expires: what it grants, in seconds. tls_cert, tls_key,
    tls_key_password: of tls and wss. tls_ca, tls_need_client: who may sign certificates of clients, and that they need
    one. origins, ws_path: which pages browsers may come from, and the path they ask for.
    """

    def __init__(
        self, users: collections.abc.Mapping[str, str] | None = None, *, realm: str | None = None,
        listen: collections.abc.Sequence[str] = ANYWHERE, mode: typing.Literal["proxy", "redirect"] = "proxy",
        challenge_calls: bool = False, record_route: bool = True, min_expires: int | None = None,
        max_expires: int | None = None, trace: bool = False, log_level: int | None = None,
        **settings: typing.Unpack[ListenerSettings],
    ) -> None:
        if mode not in ("proxy", "redirect"):
            raise InvalidError(f"the mode {mode!r}: proxy or redirect", ErrorCode.INVALID)
        self.users = dict(users or {})
        self._listen = list(listen)
        self._one_port = listen is ANYWHERE
        self._settings = settings
        apply(Struct("sipua_listener_config"), settings, ListenerSettings, "Registrar()")
        if not self._listen:
            raise InvalidError("a registrar needs an address to listen at", ErrorCode.INVALID)
        host = self._listen[0].split(":", 1)[-1].rsplit(":", 1)[0]
        place = host.strip("[]")
        self.realm = realm or ("localhost" if place in ("0.0.0.0", "::") else place)
        self._config = Struct(
            "sipua_server_config", mode=ServerMode.REDIRECT if mode == "redirect" else ServerMode.PROXY,
            realm=self.realm, challenge_calls=challenge_calls or None, record_route=record_route,
            min_expires=min_expires, max_expires=max_expires).pairs("users", self.users)
        bind = host.strip("[]")
        self._agent = Agent(bind=bind, listen=(f"udp:{host}:0",), trace=trace, log_level=log_level)
        self._agent._taps.append(self._on_event)
        self._id = 0
        self._plain = False  # started by a plain `with`
        self._mine: set[int] = set()
        self._opening: dict[int, asyncio.Future[None]] = {}
        self.listeners: list[Listening] = []
        self.bindings: dict[str, list[str]] = {}
        self.watch: collections.abc.Callable[[Event], None] | None = None  # told every event that is about the server

    async def start(self) -> None:
        """Starts it; `with` and `async with` do so by themselves."""
        await self._agent.start()
        try:
            out = ffi.new("sipua_id *")
            await self._agent._do(lambda tag: self._server(tag, out))
            for address in self._listen:
                await self._open(address)
        except BaseException:
            await self.stop()
            raise

    def _server(self, tag: int, out: typing.Any) -> int:
        result: int = lib.sipua_server_create(self._agent._handle(), self._config.p, tag, out)
        self._id = out[0]
        return result

    async def _open(self, address: str) -> None:
        if self._one_port and self.listeners:
            try:
                return await self._listen_at(address.rsplit(":", 1)[0] + f":{self.port}")
            except Error:
                pass  # somebody's TCP has that port: any other will do
        await self._listen_at(address)

    async def _listen_at(self, address: str) -> None:
        out = ffi.new("sipua_id *")
        config = Struct("sipua_listener_config", server=self._id, address=address)
        apply(config, self._settings, ListenerSettings, "Registrar()")
        check(lib.sipua_listener_create(self._agent._handle(), config.p, 0, out))
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._opening[out[0]] = future
        self._mine.add(out[0])
        async with asyncio.timeout(5):
            await future

    async def stop(self) -> None:
        """Ends it."""
        await self._agent.close(deadline=0)

    # Where it is

    @property
    def host(self) -> str:
        """The host of its first listener."""
        return self._first.host

    @property
    def port(self) -> int:
        """The port of its first listener."""
        return self._first.port

    @property
    def uri(self) -> str:
        """Where to register: "sip:127.0.0.1:5060"."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        transport = "" if self._first.transport == "udp" else f";transport={self._first.transport}"
        return f"sip:{host}:{self.port}{transport}"

    @property
    def _first(self) -> Listening:
        if not self.listeners:
            raise ClosedError("the registrar is not started")
        return self.listeners[0]

    def aor(self, user: str) -> str:
        """The address of record of one of its users: "sip:alice@127.0.0.1:5060"."""
        return self.uri.split(";")[0].replace("sip:", f"sip:{user}@", 1)

    # Its users

    async def set_user(self, name: str, password: str | None) -> None:
        """Adds a user or changes the password; None removes the user and where it is registered."""
        secret = ffi.NULL if password is None else text("password", password)
        await self._agent._do(
            lambda tag: lib.sipua_server_set_user(self._agent._handle(), self._id, text("name", name), secret, tag))
        if password is None:
            self.users.pop(name, None)
            self.bindings.pop(name, None)
        else:
            self.users[name] = password

    def add_user(self, name: str, password: str) -> str:
        """The same from a test without asyncio, when the registrar was started with a plain `with`; returns the AOR."""
        if not self._plain:
            raise RuntimeError("add_user() is for registrars of a plain `with`: here, await set_user()")
        run(self.set_user(name, password))
        return self.aor(name)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, Listening) and event.id in self._mine:
            self.listeners.append(event)
            opening = self._opening.pop(event.id, None)
            if opening and not opening.done():
                opening.set_result(None)
        elif isinstance(event, ListenerClosed) and event.id in self._opening:
            refused = self._opening.pop(event.id)
            if not refused.done():
                refused.set_exception(error_of(event.code, event.text or event.code.name))
        elif isinstance(event, ServerBinding):
            user = event.from_.removeprefix("sip:").split("@")[0]
            contacts = self.bindings.setdefault(user, [])
            if event.target in contacts:
                contacts.remove(event.target)
            if event.expires:
                contacts.append(event.target)
        if self.watch and (event.id in self._mine or event.id in (0, self._id)):
            self.watch(event)

    async def __aenter__(self) -> typing.Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def __enter__(self) -> typing.Self:
        run(self.start())
        self._plain = True
        return self

    def __exit__(self, *_: object) -> None:
        run(self.stop())
