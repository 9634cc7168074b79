"""What a call can do besides talking: hold, changes, transfer, digits to collect, requests inside it."""

from __future__ import annotations

import asyncio
import collections.abc
import os
import typing

from ._enums import ChangeMethod, ErrorCode, EventFlags
from ._errors import InvalidError, StateError, sip_error
from ._event import Event
from ._events import (
    CallChangeFailed, CallHeld, CallMuted, CallResumed, CallUnmuted, CallUpdated, Collected, MessageDelivered, MessageFailed,
    RequestAnswered,
)
from ._given import content, seconds, switch, text, whole
from ._native import HeadersIn, Struct, ffi, lib
from ._question import Question, refusal
from ._transfer import Transfer
from ._wait import Waiter

if typing.TYPE_CHECKING:
    from ._agent import Agent
    from ._audio import Player
    from ._call import Call

__all__ = ["Control"]

METHODS = {"auto": ChangeMethod.AUTO, "invite": ChangeMethod.INVITE, "update": ChangeMethod.UPDATE}
CHANGED = (CallHeld, CallResumed, CallUpdated, CallChangeFailed)


class Control:
    """The part of a call that controls it."""

    _agent: Agent
    _id: int
    _changes: dict[int, asyncio.Future[Event]]
    _muted: EventFlags

    if typing.TYPE_CHECKING:

        @property
        def _native(self) -> typing.Any: ...
        def _alive(self) -> None: ...
        async def _do(self, command: typing.Callable[[int], int]) -> None: ...
        async def _too_late(self, error: StateError) -> None: ...
        def play(self, file: str | os.PathLike[str]) -> Player: ...
        async def wait_ended(self) -> typing.Any: ...

    # Changing it

    async def hold(self, *, method: str = "auto", headers: HeadersIn | None = None) -> None:
        """Holds the peer: it is not heard; what is written or played is (music on hold). Raises SipError when the
        peer refuses; the call is then as it was.

        method: "invite", "update", or "auto"."""
        await self._change(method, headers, hold=True)

    async def resume(self, *, method: str = "auto", headers: HeadersIn | None = None) -> None:
        """Takes the peer back."""
        await self._change(method, headers, hold=False)

    async def renegotiate(
        self, *, codecs: collections.abc.Sequence[str] | None = None, method: str = "auto",
        headers: HeadersIn | None = None,
    ) -> None:
        """Offers everything anew; codecs: those from now on, in order of preference. Raises SipError when the peer
        refuses; the call is then as it was."""
        await self._change(method, headers, codecs=codecs)

    async def _change(self, method: str, headers: HeadersIn | None, **members: typing.Any) -> None:
        if method not in METHODS:
            raise InvalidError(f"method: {method!r} is not one of {', '.join(METHODS)}", ErrorCode.INVALID)
        change = Struct("sipua_change", method=int(METHODS[method]), **members).pairs("headers", headers)
        self._alive()
        future: Waiter[Event] = Waiter(loop=asyncio.get_running_loop())
        tags: list[int] = []

        def command(tag: int) -> int:
            tags.append(tag)
            self._changes[tag] = future
            return int(lib.sipua_call_change(self._native, self._id, change.p, tag))

        try:
            self._agent._submit(command, future, done=False)
            event = await future
        except StateError as error:
            await self._too_late(error)
            raise
        finally:
            for tag in tags:
                self._changes.pop(tag, None)
        if isinstance(event, CallChangeFailed):
            raise await self._failure(event)

    def _was_changed(self, event: Event) -> None:
        future = self._changes.pop(event.tag, None) if event.tag else None
        if future and not future.done():
            future.set_result(event)

    # Who hears whom

    async def mute(self, *, send: bool = True, receive: bool = False) -> None:
        """Lets the peer hear silence; receive: and us too. Nothing is signalled."""
        await self._mute(send, receive, 1)

    async def unmute(self, *, send: bool = True, receive: bool = True) -> None:
        """The other way round."""
        await self._mute(send, receive, 2)

    async def _mute(self, send: bool, receive: bool, on: int) -> None:
        sides = EventFlags.SEND * switch("send", send) | EventFlags.RECEIVE * switch("receive", receive)
        await self._do(lambda tag: lib.sipua_call_mute(self._native, self._id, sides, on, tag))

    @property
    def muted(self) -> tuple[bool, bool]:
        """Whether what we send, and what we hear, is muted."""
        return bool(self._muted & EventFlags.SEND), bool(self._muted & EventFlags.RECEIVE)

    def _was_muted(self, event: CallMuted | CallUnmuted) -> None:
        self._muted = event.flags

    # Sending the peer elsewhere

    def transfer(
        self, target: str | None = None, *, consult: Call | None = None, referred_by: str | None = None,
        subscribe: bool = True, hangup: bool = True, headers: HeadersIn | None = None, timeout: float | None = None,
    ) -> Transfer:
        """Has the peer call somebody else. `await` the result to learn how that went: it raises SipError when it
        failed, and this call goes on.

        consult: our other call, whose peer ours shall talk with (attended). referred_by: in whose name, without it
        ours. subscribe: False asks for no progress. hangup: False keeps the call (and consult) when it succeeded.
        timeout: seconds until it counts as failed."""
        config = Struct(
            "sipua_transfer_config", target=target, referred_by=referred_by, subscribe=subscribe, hangup=hangup,
            timeout_ms=seconds("timeout", timeout)).pairs("headers", headers)
        if consult is not None:
            config.p.consult = self._agent._mine("consult", consult)
        self._alive()
        return Transfer._start(
            self._agent, lambda tag, out: lib.sipua_call_transfer(self._native, self._id, config.p, tag, out))

    # Digits

    async def collect(
        self, max: int = 1, *, timeout: float | None = 10.0, between: float = 3.0, terminators: str = "",
        interrupt: bool = True, prompt: str | os.PathLike[str] | None = None,
    ) -> Collected:
        """Waits for digits of the peer: until `max` have come, one of the terminators, or nothing more. `.digits` are
        those, `.state` says why it is over: "full", "terminator", "timeout", "ended".

        timeout: seconds until the first digit, None for ever; they count from the end of `prompt`, a WAV file to play
        first, and without one from now, whatever plays. between: seconds until each further one. interrupt: the first
        digit stops what plays and drops what is queued."""
        config = Struct(
            "sipua_collect_config", max_digits=whole("max", max, 1, 256), terminators=terminators or None,
            timeout_ms=-1 if timeout is None else seconds("timeout", timeout), between_ms=seconds("between", between),
            interrupt=interrupt)
        out = ffi.new("sipua_id *")
        self._alive()
        player = None if prompt is None else self.play(prompt)
        if player:
            config.p.player = player.id
        try:
            event = await self._agent._result(
                lambda tag: lib.sipua_call_collect(self._native, self._id, config.p, tag, out), out,
                lib.sipua_collector_stop)
        except BaseException as error:
            if player and not player.done() and self._native:
                lib.sipua_player_stop(self._native, player.id, 0)
            if isinstance(error, StateError):
                await self._too_late(error)
            raise
        assert isinstance(event, Collected)
        return event

    # Requests inside

    async def info(
        self, body: str | bytes = b"", *, content_type: str | None = None, headers: HeadersIn | None = None,
        timeout: float | None = None,
    ) -> RequestAnswered:
        """Sends an INFO and returns its answer. Raises SipError when the peer refuses."""
        return await self.request("INFO", body, content_type=content_type, headers=headers, timeout=timeout)

    async def request(
        self, method: str, body: str | bytes = b"", *, content_type: str | None = None, headers: HeadersIn | None = None,
        timeout: float | None = None,
    ) -> RequestAnswered:
        """Sends a request of any method that the stack does not do itself, and returns its answer."""
        config = Struct(
            "sipua_request_config", method=method, content_type=content_type, body=content("body", body) or None,
            timeout_ms=seconds("timeout", timeout)).pairs("headers", headers)
        out = ffi.new("sipua_id *")
        self._alive()
        try:
            event = await self._agent._result(
                lambda tag: lib.sipua_call_request(self._native, self._id, config.p, tag, out), out)
        except StateError as error:
            await self._too_late(error)
            raise
        assert isinstance(event, RequestAnswered)
        if not 200 <= event.status < 300:
            raise await self._failure(event)
        return event

    async def message(
        self, text: str | bytes, *, content_type: str | None = None, headers: HeadersIn | None = None,
        timeout: float | None = None,
    ) -> MessageDelivered:
        """Sends a MESSAGE inside the call and waits until it is delivered."""
        config = Struct(
            "sipua_message_config", call=self._id, timeout_ms=seconds("timeout", timeout), content_type=content_type,
            body=content("text", text)).pairs("headers", headers)
        self._alive()
        event = await self._agent._query(lib.sipua_message_send, None, config)
        if isinstance(event, MessageFailed):
            raise await self._failure(event)
        assert isinstance(event, MessageDelivered)
        return event

    async def _failure(self, event: typing.Any) -> Exception:
        """What to raise for it. Raises CallEnded itself when the call's end is why."""
        if not event.status and event.code in (ErrorCode.GONE, ErrorCode.CANCELED):
            await self.wait_ended()
            self._alive()
        return sip_error(event)


class ChangeRequest(Question):
    """A change that the peer wants and that waits for `accept()` or `reject()`, now or within `deadline` seconds."""

    def __init__(self, call: Call, event: typing.Any) -> None:
        self._agent = call._agent
        self._call = call
        self._event = event

    def __repr__(self) -> str:
        return f"<sipua.ChangeRequest of {self._call!r}>"

    @property
    def call(self) -> Call:
        """The call."""
        return self._call

    @property
    def hold(self) -> bool:
        """Whether the peer wants to hold us."""
        return bool(self._event.flags & EventFlags.HOLD)

    @property
    def resume(self) -> bool:
        """Whether it wants to go on after holding us."""
        return bool(self._event.flags & EventFlags.RESUME)

    @property
    def body(self) -> bytes:
        """Its offer; empty when it wants ours."""
        return bytes(self._event.body)

    async def accept(self) -> None:
        """Takes it as far as we can."""
        call = self._call
        await call._do(lambda tag: lib.sipua_call_accept_change(call._native, call.id, ffi.NULL, tag))

    async def reject(self, status: int = 488, reason: str | None = None, *, headers: HeadersIn | None = None) -> None:
        """Refuses it; the call is as it was."""
        call = self._call
        reply = refusal(status, reason, headers)
        await call._do(lambda tag: lib.sipua_call_reject_change(call._native, call.id, reply.p, tag))

    def _accept_silently(self) -> None:
        if self._call._agent._native and not self._call.ended:
            lib.sipua_call_accept_change(self._call._native, self._call.id, ffi.NULL, 0)
