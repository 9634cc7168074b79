"""Documents in words for people."""

from __future__ import annotations

import collections.abc

from .._document import Document
from .._documents import ConferenceInfo, DialogInfo, MessageSummary, Presence, RegistrationInfo
from .._event import Event

__all__ = ["told"]


def told(event: Event, body: bytes) -> collections.abc.Iterator[str]:
    """What the body of a NOTIFY says, a line for each thing."""
    document = event.document
    lines = list(of(document)) if document else []
    if not lines and body:
        lines = ["".join(c if c.isprintable() else " " for c in body.decode("utf-8", "replace")).strip()]
    yield from lines or ["nothing yet"]


def of(document: Document) -> collections.abc.Iterator[str]:
    match document:
        case Presence():
            yield from presence(document)
        case MessageSummary():
            yield from messages(document)
        case DialogInfo():
            for one in document.dialogs:
                other = (one.remote.name or one.remote.identity) if one.remote else ""
                arrow = {"initiator": "calls", "recipient": "is called by"}.get(one.direction, "and")
                yield " ".join(p for p in (document.entity, one.state, f"{arrow} {other}" if other else "") if p)
            if not document.dialogs:
                yield f"{document.entity} is idle"
        case RegistrationInfo():
            for aor in document.registrations:
                places = ", ".join(c.uri for c in aor.contacts if c.state == "active") or "nowhere"
                yield f"{aor.aor} {aor.state} at {places}"
        case ConferenceInfo():
            for user in document.users:
                state = ", ".join(e.status for e in user.endpoints if e.status)
                yield " ".join(p for p in (user.name or user.entity, state) if p)
            if not document.users:
                yield f"{document.entity} is empty"


def presence(document: Presence) -> collections.abc.Iterator[str]:
    words = [t.note for t in document.tuples if t.note] + document.notes
    if document.person:
        words += [w for w in (document.person.activity, document.person.note) if w]
    states = {t.status for t in document.tuples}
    state = "open" if "open" in states else "closed" if states else "unknown"
    yield f"{document.entity} is {state}" + (f": {', '.join(dict.fromkeys(words))}" if words else "")


def messages(document: MessageSummary) -> collections.abc.Iterator[str]:
    counts = [f"{one.new or 0} new and {one.old or 0} old {kind}" for kind, one in (
        ("voice messages", document.voice), ("faxes", document.fax), ("pages", document.pager),
        ("multimedia messages", document.multimedia), ("texts", document.text)) if one]
    yield (", ".join(counts) or ("messages wait" if document.waiting else "no messages wait")) + (
        f" for {document.account}" if document.account else "")
