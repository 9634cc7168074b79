"""Events in words for people: what happened in one word, and the rest of it in a few."""

from __future__ import annotations

import collections.abc

from .._enums import Cause, EventFlags
from .._event import Event
from .._events import *
from .documents import told

__all__ = ["BLUE", "GREEN", "GREY", "RED", "YELLOW", "show"]

GREEN, RED, YELLOW, BLUE, GREY = "\033[32m", "\033[31m", "\033[33m", "\033[36m", "\033[90m"
Line = tuple[str, str, str]


def show(event: Event, aor: str = "") -> collections.abc.Iterator[Line]:
    """The lines of an event: word, text, colour. None for what a person need not see."""
    match event:
        case Listening():
            yield "listening", f"{event.transport} {place(event.host, event.port)}", BLUE
        case TransportConnected():
            yield "connected", f"{event.transport} {place(event.host, event.port)}", GREY
        case TransportDisconnected():
            yield "disconnected", f"{event.transport} {place(event.host, event.port)} {tls(event)}".rstrip(), YELLOW
        case NetworkChanged():
            yield "network", event.text or "addresses or routes changed", YELLOW
        case CallMoved():
            if event.code < 0:
                yield "not moved", why(event), RED
            else:
                yield "moved", f"to {place(event.local_host, event.local_port)}", YELLOW
        case Registered():
            if not event.refresh:
                yield "registered", f"{aor} for {event.expires} s", GREEN
            else:
                yield "refreshed", f"{aor} for {event.expires} s", GREY
        case RegistrationDegraded():
            yield "degraded", f"{why(event)}{again(event.retry_ms)}", YELLOW
        case RegistrationFailed():
            yield "failed", f"{aor} is not registered: {why(event)}{again(event.retry_ms)}", RED
        case Unregistered():
            yield "unregistered", aor if event.status in (0, 200) else f"{aor}: {why(event)}", GREY
        case CallSending():
            yield "calling", event.target or event.to, BLUE
        case IncomingCall():
            name = f"{event.from_name} " if event.from_name else ""
            yield "incoming", f"{name}<{event.from_}> for <{event.to}>", BLUE
        case CallProgress():
            word = "ringing" if event.status == 180 else "progress"
            media = " with early media" if event.early_media else ""
            yield word, f"{event.status} {event.reason}".strip() + media, ""
        case CallRedirected():
            yield "redirected", f"{event.status} {event.reason} to {event.target}", YELLOW
        case CallAccepted():
            yield "answered", f"{event.status or 200} {event.reason or 'OK'} by {who(event.originator)}", GREEN
        case MediaReady():
            early = ", before the answer" if event.early_media else ""
            yield "media", f"{event.codec} at {event.rate} Hz with {place(event.host, event.port)}{early}", ""
        case MediaStalled():
            early = ": none came before the answer" if event.early_media else ""
            yield "stalled", f"no audio for {event.duration_ms / 1000:.1f} s{early}", YELLOW
        case MediaResumed():
            yield "resumed", "audio is back", ""
        case CallHeld():
            yield "held", f"by {who(event.originator)}", YELLOW
        case CallResumed():
            yield "resumed", f"by {who(event.originator)}", ""
        case CallUpdated():
            yield "updated", f"{event.codec} by {who(event.originator)}", ""
        case Dtmf():
            yield "digit", f"{event.digit}  {event.duration_ms} ms", BLUE
        case DtmfSent():
            yield "digits sent", event.text, ""
        case Info():
            yield "info", f"{event.content_type} {text_of(event.body)}", ""
        case PlayDone():
            yield "played", f"{event.duration_ms / 1000:.1f} s" + trouble(event.code, event.text), ""
        case RecordDone():
            yield "recorded", f"{event.duration_ms / 1000:.1f} s in {event.target}" + trouble(event.code, event.text), ""
        case CallEnded():
            yield from ended(event)
        case Stats(figures=CallStats() as figures) if event.flags & EventFlags.FINAL:
            yield from stats(figures)
        case Message():
            yield "message", f"<{event.from_}> {text_of(event.body)}", BLUE
        case MessageDelivered():
            yield "delivered", f"{event.status} {event.reason}", GREEN
        case MessageFailed():
            yield "failed", why(event), RED
        case OptionsAnswered():
            if event.status:
                good = 200 <= event.status < 300
                yield "answer", f"{event.status} {event.reason} in {event.duration_ms} ms", GREEN if good else YELLOW
                for name in ("User-Agent", "Server", "Allow", "Accept", "Supported"):
                    for value in event.headers.get_all(name):
                        yield "", f"{name}: {value}", ""
            else:
                yield "failed", why(event), RED
        case TransferProgress():
            yield "transfer", f"{event.status} {event.reason}".strip(), ""
        case TransferDone():
            if 200 <= event.status < 300:
                yield "transferred", f"{event.status} {event.reason}".strip(), GREEN
            else:
                yield "failed", f"not transferred: {why(event)}", RED
        case CallReplaced():
            yield "replaced", f"by a call from <{event.from_}>", YELLOW
        case CallChangeFailed():
            yield "refused", why(event), YELLOW
        case SubscriptionState():
            if event.state == "terminated":
                failed = event.status >= 300 or event.code < 0
                yield "ended", why(event) if failed else event.reason or "the subscription is over", RED if failed else GREY
            elif not event.refresh:
                yield event.state, f"{event.package} for {event.expires} s", GREEN if event.state == "active" else YELLOW
        case Notify():
            for line in told(event, event.body):
                yield event.package.split(";")[0], line, BLUE
        case PublishState():
            if event.state == "failed":
                yield "failed", f"not published: {why(event)}{again(event.retry_ms)}", RED
            elif not event.refresh:
                yield event.state, f"{event.package} of {aor}" + (
                    f" for {event.expires} s" if event.state == "published" else ""), GREEN
        case MessageComposing():
            yield "writing" if event.state == "active" else "quiet", f"<{event.from_}>", GREY
        case MessageDisposition():
            yield event.state, f"by <{event.from_}>", GREY
        case ServerBinding():
            if event.expires:
                yield "binding", f"{event.from_} at {event.target} for {event.expires} s", GREEN
            else:
                yield "binding", f"{event.from_} no longer at {event.target}", GREY
        case Suspicious():
            yield "dropped", f"{place(event.host, event.port)} {event.text}", YELLOW
        case _:
            return


def ended(event: CallEnded) -> collections.abc.Iterator[Line]:
    if event.established:
        by = f" by {who(event.originator)}" if event.originator else ""
        strange = "" if event.cause == "Terminated" else f": {why(event)}"
        yield "ended", f"after {event.duration_ms / 1000:.1f} s{by}{strange}", "" if not strange else RED
    else:
        yield "ended", why(event), RED


def stats(f: CallStats) -> collections.abc.Iterator[Line]:
    if not f.packets_sent and not f.packets_received:
        return
    yield "sent", f"{f.packets_sent} packets" + (f", {f.remote_packets_lost} lost" if f.remote_packets_lost else ""), ""
    share = 100 * f.packets_lost / max(1, f.packets_lost + f.packets_received)
    yield "received", f"{f.packets_received} packets, {f.packets_lost} lost ({share:.1f} %)" \
        f", jitter {f.jitter_us / 1000:.1f} ms" + (f", round trip {f.rtt_us / 1000:.1f} ms" if f.rtt_us >= 0 else ""), ""


def why(event: Event) -> str:
    """The reason of an event that says how something failed."""
    status = getattr(event, "status", 0)
    said = f"{status} {getattr(event, 'reason', '')}".strip() if status else ""
    cause, text = str(getattr(event, "cause", "")), str(getattr(event, "text", ""))
    parts = [said] if said else []
    for more in (cause, text):
        if said and more == Cause.SIP_FAILURE_CODE:
            continue
        if more and not any(more.lower() in p.lower() for p in parts):
            parts.append(more)
    return ", ".join(parts) or "no reason given"


def tls(event: TransportDisconnected) -> str:
    """Why a connection ended; of TLS which check failed, and for whom the certificate is."""
    text = event.text
    if event.check and event.check not in text:
        text = f"{event.check}: {text}" if text else event.check
    if event.names and event.names not in text:
        text += f" (the certificate is for {event.names})"
    return text


def again(retry_ms: int) -> str:
    return f"; trying again in {retry_ms / 1000:.0f} s" if retry_ms > 0 else ""


def trouble(code: int, text: str) -> str:
    return f", then {text}" if code < 0 and text else ""


def who(originator: str) -> str:
    return {"local": "us", "remote": "the other side", "system": "the system"}.get(originator, "us")


def place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def text_of(body: bytes) -> str:
    """A body on one line, without what would move the cursor."""
    text = body.decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in text).strip()
