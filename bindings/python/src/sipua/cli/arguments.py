"""The command line: what may be said, and the help for it."""

from __future__ import annotations

import argparse
import collections.abc
import os
import re
import typing

from .. import __version__
from .._native import features, library_version

__all__ = ["Options", "parse"]

EXAMPLES = """examples:
  sipua serve --listen udp:127.0.0.1:5060 --user alice:secret --user bob:hunter2
  sipua answer --from sip:bob@127.0.0.1 --password hunter2 --echo
  sipua call bob --from sip:alice@127.0.0.1 --password secret --play hello.wav --record echo.wav
  sipua message sip:bob@192.0.2.7 "lunch?"
  sipua options sip:192.0.2.7
  sipua call 100 --from sip:alice@example.com --transfer 200
  sipua watch mwi alice --from sip:alice@example.com
  sipua publish open --note "at my desk" --from sip:alice@example.com
  sipua register sip:alice@example.com --transport tls --tls-ca ca.pem
  sipua serve --listen wss:0.0.0.0:7443 --tls-cert cert.pem --tls-key key.pem --user alice:secret

Ctrl-C hangs up, unregisters and leaves; a second one leaves at once.
Exit status: 0 done, 1 refused or failed, 2 wrong usage."""

DEFAULTS: dict[str, typing.Any] = {
    "json": False, "trace": False, "verbose": 0, "listen": [], "advertise": None, "rtp_ports": None, "color": None,
    "from_": None, "password": None, "password_file": None, "server": None, "auth_user": None,
    "outbound_proxy": None, "display_name": None, "duration": None, "codec": None, "play": None, "record": None,
    "record_stereo": None, "header": [], "transport": None, "tls_ca": None, "tls_cert": None, "tls_key": None,
    "tls_insecure": False, "dns": [], "transfer": None, "expires": None, "note": None, "activity": None, "once": False,
}


class Options(argparse.Namespace):
    """What was said. Every option is there, with its default if it was not said."""

    def __getattr__(self, name: str) -> typing.Any:
        try:
            return DEFAULTS[name]
        except KeyError:
            raise AttributeError(name) from None


def parse(arguments: collections.abc.Sequence[str] | None = None) -> Options:
    """Reads the command line; leaves with status 2 when it is wrong."""
    shared: dict[str, list[typing.Any]] = {}  # lists collect what stands before and after the subcommand

    class Collect(argparse.Action):
        def __call__(self, _p: object, namespace: argparse.Namespace, value: typing.Any, _o: object = None) -> None:
            shared.setdefault(self.dest, []).append(value)
            setattr(namespace, self.dest, shared[self.dest])

    parser = argparse.ArgumentParser(
        prog="sipua", description="A SIP phone, and a registrar to try it with, for the shell.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    version = f"sipua {__version__} (libsipua {library_version()})"
    parser.add_argument("--version", action="version", version=version)
    everywhere(parser, Collect)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name, help=text, description=text[0].upper() + text[1:] + ".", argument_default=argparse.SUPPRESS,
            formatter_class=argparse.RawDescriptionHelpFormatter)
        everywhere(sub, Collect)
        return sub

    sub = command("serve", "run a registrar and proxy for tests and demos")
    sub.add_argument("--user", action=Collect, type=user, required=True, metavar="NAME:PASSWORD",
                     help="somebody who may register (repeat it)")
    sub.add_argument(
        "--realm", default=None, help="for digest; default: the host of the first listener, localhost at 0.0.0.0")
    sub.add_argument("--redirect", action="store_true", default=False, help="answer 302 instead of forwarding")
    duration(sub, "stop after that many seconds; default: run until Ctrl-C")

    sub = command("register", "register, and stay registered")
    sub.add_argument("aor", metavar="AOR", help="who: sip:alice@example.com")
    identity(sub, with_from=False)
    sub.add_argument("--expires", type=whole(1, 2**31 - 1), default=None, metavar="N", help="seconds to ask for")
    duration(sub, "unregister and leave after that many seconds; default: run until Ctrl-C")

    sub = command("call", "call somebody")
    target(sub)
    identity(sub)
    media(sub)
    sub.add_argument("--dtmf", type=digits, default=None, metavar="DIGITS",
                     help="send these once it is answered; a comma pauses 2 s")
    sub.add_argument("--transfer", default=None, metavar="TARGET",
                     help="once it is answered, and the digits and the file have been heard, have them call this one instead")
    sub.add_argument("--timeout", type=seconds, default=None, metavar="S", help="how long to let it ring")
    sub.add_argument("--header", action=Collect, type=header, metavar="'NAME: VALUE'", help="added to the INVITE")
    duration(sub, "hang up that many seconds after the answer; default: until either side hangs up")

    sub = command("answer", "take calls")
    identity(sub)
    source = media(sub)
    source.add_argument("--echo", action="store_true", default=False, help="send back what is heard")
    sub.add_argument("--reject", type=whole(300, 699), default=None, metavar="CODE", help="refuse calls with this status")
    sub.add_argument("--ring-for", type=seconds, default=None, metavar="S", help="ring that long before answering")
    sub.add_argument("--calls", type=whole(1, 10**9), default=None, metavar="N", help="leave after so many calls")
    duration(sub, "leave after that many seconds; default: run until Ctrl-C")

    sub = command("message", "send a text message")
    target(sub)
    sub.add_argument("text", metavar="TEXT", help="what to say; - reads it from standard input")
    identity(sub)
    sub.add_argument("--content-type", default=None, metavar="TYPE", help="default: text/plain;charset=utf-8")
    sub.add_argument("--header", action=Collect, type=header, metavar="'NAME: VALUE'", help="added to the MESSAGE")
    duration(sub, "give up after that many seconds")

    sub = command("options", "ask a peer what it can do")
    target(sub)
    identity(sub)
    duration(sub, "give up after that many seconds")

    sub = command("watch", "watch somebody: presence, waiting messages, busy lamps")
    sub.add_argument("what", choices=("presence", "mwi", "dialog", "reg", "conference"),
                     help="mwi: messages that wait; dialog: calls, as a busy lamp shows them")
    target(sub)
    identity(sub)
    sub.add_argument("--once", action="store_true", default=False, help="ask once and leave")
    sub.add_argument("--expires", type=whole(1, 2**31 - 1), default=None, metavar="N", help="seconds to ask for")
    duration(sub, "leave after that many seconds; default: watch until Ctrl-C")

    sub = command("publish", "publish our presence, until Ctrl-C")
    sub.add_argument("status", choices=("open", "closed"), help="open: calls and messages are welcome")
    sub.add_argument("--note", default=None, metavar="TEXT", help="words for people")
    sub.add_argument("--activity", default=None, metavar="WORD", help="away, busy, on-the-phone, meeting …")
    identity(sub)
    sub.add_argument("--expires", type=whole(1, 2**31 - 1), default=None, metavar="N", help="seconds to ask for")
    duration(sub, "take it back and leave after that many seconds")

    options = parser.parse_args(arguments, Options())
    if options.command == "publish" and not options.from_:
        parser.error("publish needs --from: whose presence it is")
    if options.password is not None and options.password_file is not None:
        parser.error("--password and --password-file exclude each other")
    if options.tls_key and not options.tls_cert:
        parser.error("--tls-key needs --tls-cert")
    secure = [one for one in options.listen if one.startswith(("tls:", "wss:"))]
    if secure and not options.tls_cert:
        parser.error(f"--listen {secure[0]} needs --tls-cert")
    if options.command == "serve" and not options.listen:
        options.listen = ["udp:127.0.0.1:5060"]
    return options


def everywhere(parser: argparse.ArgumentParser, collect: type[argparse.Action]) -> None:
    group = parser.add_argument_group("for every command, before or after its name")

    def add(*names: str, **rest: typing.Any) -> None:
        group.add_argument(*names, default=argparse.SUPPRESS, **rest)

    add("--json", action="store_true", help="one JSON object per event on standard output")
    add("--trace", action="store_true", help="every SIP message on standard error")
    add("-v", "--verbose", action="count", help="more log on standard error; twice for all of it")
    add("--listen", action=collect, type=address, metavar="PROTO:HOST:PORT",
        help="the local address, udp:127.0.0.1:5060, or tcp:, tls:, ws:, wss:; port 0 is any (repeat it)")
    add("--transport", choices=("udp", "tcp", "tls", "ws", "wss"),
        help="how to reach servers whose URI does not say it; default: as DNS says")
    add("--tls-ca", type=file, metavar="FILE",
        help="who may sign certificates: PEM, or a folder of it; default: whom the system trusts. With serve: phones"
        " must show such a certificate")
    add("--tls-cert", type=file, metavar="FILE", help="our certificate with its chain, PEM; for tls: and wss: listeners too")
    add("--tls-key", type=file, metavar="FILE", help="its private key, PEM; default: in the certificate's file")
    add("--tls-insecure", action="store_true", help="take any certificate from anybody: for tests only")
    add("--dns", action=collect, metavar="SERVER", help="HOST or HOST:PORT to ask instead of the system's (repeat it)")
    add("--advertise", metavar="HOST", help="the address that peers are told, for NAT and containers")
    add("--rtp-ports", type=ports, metavar="FIRST-LAST", help="ports for audio")
    add("--no-color", action="store_const", const=False, dest="color", help="plain text, also on a terminal")


def target(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("target", metavar="TARGET", help="a URI, user@host, or a user or number of the account's domain")


def identity(sub: argparse.ArgumentParser, with_from: bool = True) -> None:
    group = sub.add_argument_group("who we are")
    if with_from:
        group.add_argument("--from", dest="from_", metavar="AOR", help="who: sip:alice@example.com; with a password we"
                           " register. Default: nobody in particular, without an account")
    group.add_argument("--password", metavar="P", help="better from a file, from SIPUA_PASSWORD, or asked for")
    group.add_argument("--password-file", metavar="FILE", help="the password is its first line")
    group.add_argument("--server", metavar="URI", help="where to register and send; default: the domain of the AOR")
    group.add_argument("--auth-user", metavar="NAME", help="user name for digest; default: the user of the AOR")
    group.add_argument("--outbound-proxy", metavar="URI", help="where every request goes first")
    group.add_argument("--display-name", metavar="NAME", help="shown to the other side")


def media(sub: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    sub.add_argument("--record", metavar="F.wav", help="record what the far end says, mono")
    sub.add_argument("--record-stereo", metavar="F.wav", help="record both: near left, far right")
    sub.add_argument("--codec", type=codecs, metavar="A,B", help="in order of preference, of opus, pcmu, pcma")
    source = sub.add_mutually_exclusive_group()
    source.add_argument("--play", metavar="F.wav", help="play this file to the far end")
    return source


def duration(sub: argparse.ArgumentParser, text: str) -> None:
    sub.add_argument("--duration", type=seconds, metavar="S", help=text)


# What the values may be. argparse shows the text of an ArgumentTypeError and leaves with 2.


def wrong(text: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(text)


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise wrong(f"{text!r} is not a number of seconds") from None
    if not 0 < value <= 2_000_000:
        raise wrong(f"{text} seconds: more than 0 and at most 2000000")
    return value


def whole(low: int, high: int) -> collections.abc.Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,10}", text) or not low <= int(text) <= high:
            raise wrong(f"{text!r} is not a number from {low} to {high}")
        return int(text)

    return read


def user(text: str) -> tuple[str, str]:
    name, colon, password = text.partition(":")
    if not name or not colon:
        raise wrong(f"{text!r} is not NAME:PASSWORD")
    return name, password


def header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not name.strip() or not colon:
        raise wrong(f"{text!r} is not 'NAME: VALUE'")
    return name.strip(), value.strip()


def address(text: str) -> str:
    found = re.fullmatch(r"(udp|tcp|tls|wss?):(\[[0-9a-fA-F:.%\w]+\]|[^:\[\]]+):(\d{1,5})", text)
    if not found or int(found[3]) > 65535:
        raise wrong(f"{text!r} is not PROTO:HOST:PORT with udp, tcp, tls, ws or wss")
    return text


def file(text: str) -> str:
    if not os.path.exists(text):
        raise wrong(f"there is no file {text}")
    return text


def ports(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5})-(\d{1,5})", text)
    if not found or not 0 < int(found[1]) <= int(found[2]) <= 65535:
        raise wrong(f"{text!r} is not FIRST-LAST")
    return int(found[1]), int(found[2])


def digits(text: str) -> str:
    if not re.fullmatch(r"[0-9*#A-Da-d,]+", text):
        raise wrong(f"{text!r}: digits are 0-9 * # A-D and the comma")
    return text.upper()


def codecs(text: str) -> list[str]:
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    known = features()
    for name in names or [text]:
        if name.split(";")[0] not in known & {"opus", "pcmu", "pcma"}:
            raise wrong(f"{name!r} is not one of opus, pcmu, pcma")
    return names
