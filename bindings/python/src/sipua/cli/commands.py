"""The commands."""

from __future__ import annotations

import asyncio
import collections.abc
import getpass
import os
import pathlib
import sys
import typing

from .. import testing
from .._account import Account
from .._agent import Agent
from .._audio import Player
from .._call import Call
from .._documents import Presence, PresencePerson, PresenceTuple
from .._enums import ErrorCode
from .._errors import Error, InvalidError, SipError, sip_error
from .._events import CallEnded, RegistrationFailed
from .._log import logger
from .arguments import Options
from .output import Output
from .show import GREY

__all__ = ["COMMANDS", "Failed", "ask"]

T = typing.TypeVar("T")


class Failed(Exception):
    """Why it failed, for a person. by: what was refused; advice: what to do."""

    def __init__(self, text: str, by: SipError | None = None, advice: str = "") -> None:
        super().__init__(text)
        self.by = by
        self.advice = advice


def agent_for(options: Options, out: Output, *, open: bool = False) -> Agent:
    """An agent as the options say, that tells `out` its events."""
    host = options.listen[0].split(":", 1)[1].rsplit(":", 1)[0].strip("[]") if options.listen else None
    numeric = host if host and all(c in "0123456789abcdefABCDEF.:" for c in host) else None
    agent = Agent(
        bind=numeric, listen=options.listen, advertise=options.advertise, open=open, codecs=options.codec,
        rtp_ports=options.rtp_ports, trace=options.trace, dns_servers=options.dns, tls_ca=options.tls_ca,
        tls_cert=options.tls_cert, tls_key=options.tls_key, tls_verify=not options.tls_insecure)
    agent._taps.append(out.event)
    return agent


def ask(options: Options) -> None:
    """Gets what is typed or piped in: the password, and the text of a message."""
    aor = options.aor if options.command == "register" else options.from_
    if options.command != "serve" and aor:
        options.password = password_of(options, aor, prompt=options.command == "register" or bool(options.server))
    if options.command == "message" and options.text == "-":
        options.text = sys.stdin.buffer.read()


def password_of(options: Options, aor: str, *, prompt: bool) -> str | None:
    """From the option, a file, the environment, or a prompt on a terminal."""
    if options.password is not None:
        return str(options.password)
    if options.password_file is not None:
        try:
            lines = pathlib.Path(options.password_file).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise Failed(f"the password file {options.password_file}: {error}") from None
        return lines[0] if lines else ""
    if "SIPUA_PASSWORD" in os.environ:
        return os.environ["SIPUA_PASSWORD"]
    if prompt and sys.stdin.isatty() and sys.stderr.isatty():
        try:
            return getpass.getpass(f"Password of {aor}: ", sys.stderr)
        except EOFError:
            raise Failed(f"no password for {aor}") from None
    return None


def account_of(agent: Agent, options: Options, aor: str) -> Account:
    """The account of the options, not yet registered."""
    if ":" not in aor.split("@")[0]:
        if "@" not in aor:
            raise InvalidError(f"{aor} is no address of record: say sip:{aor}@DOMAIN", ErrorCode.URI)
        aor = f"sip:{aor}"
    return agent.account(
        aor, password=options.password, server=options.server, auth_user=options.auth_user,
        outbound_proxy=options.outbound_proxy or options.server, display_name=options.display_name,
        transport=options.transport,
        expires=getattr(options, "expires", None) if options.command == "register" else None)


async def someone(agent: Agent, options: Options, out: Output) -> Account | Agent:
    """Who calls and sends: an account, registered if it has a password; without --from the agent itself."""
    if not options.from_:
        return agent
    account = account_of(agent, options, options.from_)
    out.aor = account.aor
    if options.password is not None:
        out.progress(f"registering {account.aor}")
        try:
            await account.register()
        except SipError as error:
            raise Failed(f"{account.aor}, not registered: {error}", error) from None
    return account


class Until:
    """The end of `--duration`, which counts from the start: what is still under way then failed."""

    def __init__(self, duration: float | None, text: str = "") -> None:
        now = asyncio.get_running_loop().time()
        self.at = None if duration is None else now + duration
        self._text = text or f"not done within {duration or 0:g} s"

    @property
    def left(self) -> float | None:
        """The seconds left, for a request's own timeout."""
        return None if self.at is None else max(0.05, self.at - asyncio.get_running_loop().time())

    async def wait(self) -> None:
        """Until then; for ever without a duration."""
        try:
            async with asyncio.timeout_at(self.at):
                await asyncio.get_running_loop().create_future()
        except TimeoutError:
            pass

    async def first(self, work: collections.abc.Awaitable[T]) -> T:
        """What has to be done before then."""
        try:
            async with asyncio.timeout_at(self.at):
                return await work
        except TimeoutError:
            raise Failed(self._text) from None


def readable(options: Options) -> None:
    """Files are looked at before anybody's phone rings. The library looks closer."""
    if options.play:
        try:
            with open(options.play, "rb") as file:
                head = file.read(4096)
        except OSError as error:
            raise Failed(f"{options.play}: {error.strerror}") from None
        if head[:4] not in (b"RIFF", b"RIFX", b"RF64") or head[8:12] != b"WAVE":
            raise Failed(f"{options.play} is not a WAV file: it begins with {head[:4]!r}")
        coding = coding_of(head)
        if coding not in (None, 1, 3, 6, 7):
            name = CODINGS.get(coding or 0, "an unknown coding")
            raise Failed(f"{options.play}: a WAV file in {name} (format {coding}): only PCM, float, u-law and A-law are"
                         " played")
    for name in (options.record, options.record_stereo):
        if name and os.path.isdir(name):
            raise Failed(f"{name} is a folder")
        if name and not os.path.isdir(os.path.dirname(os.path.abspath(name))):
            raise Failed(f"{name}: there is no such folder")


CODINGS = {2: "Microsoft ADPCM", 17: "IMA ADPCM", 49: "GSM 6.10", 80: "MPEG", 85: "MP3"}


def coding_of(head: bytes) -> int | None:
    """The format number of a WAV file that begins so; None if it is not seen there."""
    at = 12
    while head[:4] != b"RIFX" and at + 24 <= len(head):
        name, size = head[at:at + 4], int.from_bytes(head[at + 4:at + 8], "little")
        if name == b"fmt ":
            coding = int.from_bytes(head[at + 8:at + 10], "little")
            if coding == 0xFFFE and size >= 40:  # extensible: the number begins the GUID
                coding = int.from_bytes(head[at + 32:at + 34], "little")
            return coding
        at += 8 + size + size % 2
    return None


async def serve(options: Options, out: Output) -> None:
    """A registrar until Ctrl-C."""
    registrar = testing.Registrar(
        dict(options.user), realm=options.realm, listen=options.listen,
        mode="redirect" if options.redirect else "proxy", trace=options.trace, tls_cert=options.tls_cert,
        tls_key=options.tls_key, tls_ca=options.tls_ca, tls_need_client=bool(options.tls_ca))
    registrar.watch = out.event
    end = Until(options.duration)
    async with registrar:
        out.say("serving", f"{len(registrar.users)} users in the realm {registrar.realm}")
        await end.wait()


async def register(options: Options, out: Output) -> None:
    """Registers, and stays registered."""
    end = Until(options.duration, f"{options.aor}: not registered within {options.duration or 0:g} s")
    async with agent_for(options, out) as agent:
        account = account_of(agent, options, options.aor)
        out.aor = account.aor
        events = account.events()
        out.progress(f"registering {account.aor}")
        await end.first(account.register())

        async def watch() -> None:
            async for event in events:
                if isinstance(event, RegistrationFailed) and event.retry_ms < 0:
                    raise Failed(f"{account.aor} is no longer registered: {event.status} {event.reason} {event.text}")

        watching = asyncio.create_task(watch())
        waiting = asyncio.create_task(end.wait())
        try:
            await asyncio.wait([watching, waiting], return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
            if account.registered:
                await account.unregister()
        finally:
            watching.cancel()
            waiting.cancel()


async def call(options: Options, out: Output) -> None:
    """Calls somebody."""
    readable(options)
    async with agent_for(options, out) as agent:
        who = await someone(agent, options, out)
        one = who.dial(options.target, timeout=options.timeout, codecs=options.codec, headers=options.header or None)
        following = asyncio.create_task(progress(one, out))
        try:
            await one.answered()
            playing = talk(one, options)
            if options.transfer:
                await hand_over(one, playing, options, out)
            elif options.dtmf:
                agent.spawn(one.send_dtmf(options.dtmf), call=one)
            if options.duration is None:
                ended = await one.wait_ended()
            else:
                ended = await within(one, options.duration)
        except CallEnded as refused:
            error = sip_error(refused)
            if isinstance(error, InvalidError):
                raise error from None
            if not refused.established:
                raise Failed(f"{options.target}: {refused}", refused) from None
            ended = refused
        finally:
            following.cancel()
            if not one.ended:
                one._abandon()
                out.progress("hanging up")
    if ended.cause not in ("Terminated", "Transferred"):
        raise Failed(f"the call broke: {ended}")


async def hand_over(one: Call, playing: Player | None, options: Options, out: Output) -> None:
    """The transfer, after what the other side was to hear."""
    if options.dtmf:
        await one.send_dtmf(options.dtmf)
    if playing:
        await playing
    out.progress(f"transferring to {options.transfer}")
    try:
        await one.transfer(options.transfer)
    except SipError as error:
        await one.hangup()
        raise Failed(f"not transferred to {options.transfer}: {error}", advice=(
            "the other side follows no transfers" if error.status in (405, 501, 603) else "")) from None


async def within(one: Call, seconds: float) -> CallEnded:
    """Its end, by us if nobody hangs up in that time."""
    try:
        async with asyncio.timeout(seconds):
            return await one.wait_ended()
    except TimeoutError:
        return await one.hangup()


def talk(one: Call, options: Options) -> Player | None:
    """What the options want done in a call that was answered; what plays."""
    if options.record:
        one.record(options.record)
    if options.record_stereo:
        one.record(options.record_stereo, stereo=True)
    return one.play(options.play) if options.play else None


async def progress(one: Call, out: Output) -> None:
    """The moving line of a call, once a second."""
    if not out.moving:
        return
    started = asyncio.get_running_loop().time()
    while not one.ended:
        if one.established:
            f = await one.stats()
            minutes, seconds = divmod(int(one.duration), 60)
            lost = f", {f.packets_lost} lost" if f.packets_lost else ""
            out.progress(f"{minutes:02d}:{seconds:02d}  {one.codec}  sent {f.packets_sent}, received"
                         f" {f.packets_received}{lost}, jitter {f.jitter_us / 1000:.1f} ms")
        else:
            out.progress(f"waiting for the answer, {asyncio.get_running_loop().time() - started:.0f} s")
        await asyncio.sleep(1)


async def answer(options: Options, out: Output) -> None:
    """Takes calls."""
    readable(options)
    end = Until(options.duration, f"{options.from_}: not registered within {options.duration or 0:g} s")
    async with agent_for(options, out, open=options.password is None) as agent:
        calls = agent.calls()
        await end.first(someone(agent, options, out))
        out.say("ready", f"to {'refuse' if options.reject else 'take'} calls", GREY)
        tasks: set[asyncio.Task[None]] = set()
        trouble: list[str] = []

        async def carefully(one: Call) -> None:
            try:
                await handle(one, options, out)
            except CallEnded:
                raise
            except Error as error:  # said in a line; the next call may go well
                logger.error("%s: %s", one.from_, error)
                trouble.append(f"{one.from_}: {error}")
                one._abandon(500)

        async def take() -> None:
            count = 0
            async for one in calls:
                task = agent.spawn(carefully(one), call=one)
                tasks.add(task)
                count += 1
                if count == options.calls:
                    await calls.aclose()  # whoever else calls is told so at once
                    await asyncio.wait(tasks)
                    return

        try:
            async with asyncio.timeout_at(end.at):
                await take()
        except TimeoutError:
            pass
    if trouble:
        raise Failed(f"{len(trouble)} of the calls failed, the last: {trouble[-1]}")


async def handle(one: Call, options: Options, out: Output) -> None:
    """One call that came in."""
    if options.ring_for:
        await one.ring()
        await asyncio.sleep(options.ring_for)
    if options.reject:
        await one.reject(options.reject)
        return
    audio = await one.answer(rate=16000)
    following = asyncio.create_task(progress(one, out))
    try:
        talk(one, options)
        if options.echo:
            async for frame in audio.frames(ms=20):
                audio.write(frame)
        await one.wait_ended()
    finally:
        following.cancel()


async def message(options: Options, out: Output) -> None:
    """Sends a text message."""
    end = Until(options.duration, f"{options.target}: not delivered within {options.duration or 0:g} s")
    async with agent_for(options, out) as agent:
        who = await end.first(someone(agent, options, out))
        out.progress(f"sending to {options.target}")
        await who.message(options.target, options.text, content_type=options.content_type, timeout=end.left,
                          headers=options.header or None)


async def options_(options: Options, out: Output) -> None:
    """Asks a peer what it can do."""
    end = Until(options.duration, f"{options.target}: no answer within {options.duration or 0:g} s")
    async with agent_for(options, out) as agent:
        who = await end.first(someone(agent, options, out))
        out.progress(f"asking {options.target}")
        await who.options(options.target, timeout=end.left)


PACKAGES = {"mwi": "message-summary"}


async def watch(options: Options, out: Output) -> None:
    """Watches somebody."""
    end = Until(options.duration, f"{options.target}: nothing came within {options.duration or 0:g} s")
    package = PACKAGES.get(options.what, options.what)
    async with agent_for(options, out) as agent:
        who = await end.first(someone(agent, options, out))
        out.progress(f"subscribing to {package} of {options.target}")
        subscription = who.subscribe(options.target, package, expires=0 if options.once else options.expires)
        if not options.once:
            await end.first(subscription.active())
        try:
            async with asyncio.timeout_at(end.at):
                async for _ in subscription:
                    pass
        except TimeoutError:
            await subscription.end()
            return
    if not options.once:
        raise Failed(f"{options.target}: the subscription was ended by the other side")


async def publish(options: Options, out: Output) -> None:
    """Publishes our presence until it is told to leave."""
    end = Until(options.duration, f"{options.from_}: not published within {options.duration or 0:g} s")
    async with agent_for(options, out) as agent:
        account = account_of(agent, options, options.from_)
        out.aor = account.aor
        document = Presence(
            notes=[options.note] if options.note else [],
            tuples=[PresenceTuple(status=options.status, contact=account.aor)],
            person=PresencePerson(activity=options.activity) if options.activity else None)
        out.progress(f"publishing the presence of {account.aor}")
        publication = await end.first(account.publish("presence", document, expires=options.expires))
        await end.wait()
        await publication.end()


Command = collections.abc.Callable[[Options, Output], collections.abc.Awaitable[None]]
COMMANDS: dict[str, Command] = {
    "serve": serve, "register": register, "call": call, "answer": answer, "message": message, "options": options_,
    "watch": watch, "publish": publish,
}
