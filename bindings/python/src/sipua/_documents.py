# Written by abi/gen/generate from the library's table of documents. Do not edit.
"""The bodies of event packages and messages as classes: read with `event.document`, written by passing one as a body.
What a document does not say is None, or "" for words."""

from __future__ import annotations

import dataclasses
import typing

from ._document import Document, Part

__all__ = [
    "ComposingState",
    "ConferenceInfo",
    "ConferenceInfoUser",
    "ConferenceInfoUserEndpoint",
    "ConferenceInfoUserEndpointMedia",
    "CpimMessage",
    "DeliveryNotification",
    "DialogInfo",
    "DialogInfoDialog",
    "DialogInfoDialogLocal",
    "DialogInfoDialogRemote",
    "DialogInfoDialogReplaces",
    "MessageSummary",
    "MessageSummaryFax",
    "MessageSummaryMultimedia",
    "MessageSummaryPager",
    "MessageSummaryText",
    "MessageSummaryVoice",
    "Presence",
    "PresencePerson",
    "PresenceTuple",
    "RegistrationInfo",
    "RegistrationInfoRegistration",
    "RegistrationInfoRegistrationContact",
    "SipFragment",
]


@dataclasses.dataclass
class PresenceTuple(Part):
    """Part of a body of type application/pidf+xml."""

    id: str = ""
    status: str = ""  # whether messages or calls reach it, open, closed
    priority: str = ""  # of the contact: 0 to 1
    contact: str = ""  # URI
    note: str = ""
    timestamp: str = ""  # when it became so


@dataclasses.dataclass
class PresencePerson(Part):
    """Part of a body of type application/pidf+xml."""

    id: str = ""
    activity_note: str = ""  # the activity in words for people
    activity: str = ""  # away, busy, on-the-phone, ...; several with a space between
    mood: str = ""  # happy, angry, ...; several with a space between
    last_input: str = ""  # when the person last used the device
    user_input: str = ""  # whether the person uses the device, active, idle
    note: str = ""
    timestamp: str = ""


@dataclasses.dataclass
class Presence(Document):
    """A body of type application/pidf+xml."""

    body_type: typing.ClassVar[str] = "application/pidf+xml"
    entity: str = ""  # whose presence it is
    tuples: list[PresenceTuple] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)  # words for people
    person: PresencePerson | None = None


@dataclasses.dataclass
class MessageSummaryVoice(Part):
    """Part of a body of type application/simple-message-summary."""

    new: int | None = None
    old: int | None = None
    urgent_new: int | None = None


@dataclasses.dataclass
class MessageSummaryFax(Part):
    """Part of a body of type application/simple-message-summary."""

    new: int | None = None
    old: int | None = None
    urgent_new: int | None = None


@dataclasses.dataclass
class MessageSummaryPager(Part):
    """Part of a body of type application/simple-message-summary."""

    new: int | None = None
    old: int | None = None
    urgent_new: int | None = None


@dataclasses.dataclass
class MessageSummaryMultimedia(Part):
    """Part of a body of type application/simple-message-summary."""

    new: int | None = None
    old: int | None = None
    urgent_new: int | None = None


@dataclasses.dataclass
class MessageSummaryText(Part):
    """Part of a body of type application/simple-message-summary."""

    new: int | None = None
    old: int | None = None
    urgent_new: int | None = None


@dataclasses.dataclass
class MessageSummary(Document):
    """A body of type application/simple-message-summary."""

    body_type: typing.ClassVar[str] = "application/simple-message-summary"
    waiting: bool | None = None  # whether messages wait
    account: str = ""  # URI of the mailbox
    voice: MessageSummaryVoice | None = None
    fax: MessageSummaryFax | None = None
    pager: MessageSummaryPager | None = None
    multimedia: MessageSummaryMultimedia | None = None
    text: MessageSummaryText | None = None


@dataclasses.dataclass
class DialogInfoDialogReplaces(Part):
    """Part of a body of type application/dialog-info+xml."""

    call_id: str = ""  # the call that it replaced
    local_tag: str = ""
    remote_tag: str = ""


@dataclasses.dataclass
class DialogInfoDialogLocal(Part):
    """Part of a body of type application/dialog-info+xml."""

    name: str = ""
    identity: str = ""  # URI
    target: str = ""  # URI


@dataclasses.dataclass
class DialogInfoDialogRemote(Part):
    """Part of a body of type application/dialog-info+xml."""

    name: str = ""
    identity: str = ""  # URI
    target: str = ""  # URI


@dataclasses.dataclass
class DialogInfoDialog(Part):
    """Part of a body of type application/dialog-info+xml."""

    id: str = ""
    call_id: str = ""
    local_tag: str = ""
    remote_tag: str = ""
    direction: str = ""  # initiator: the watched one calls, initiator, recipient
    event: str = ""  # why the state is this, cancelled, rejected, replaced, local-bye, remote-bye, error, timeout
    code: int | None = None  # SIP status that brought it about
    state: str = ""  # trying, proceeding, early, confirmed, terminated
    duration: int | None = None  # seconds
    replaces: DialogInfoDialogReplaces | None = None
    referred_by: str = ""  # URI
    local: DialogInfoDialogLocal | None = None
    remote: DialogInfoDialogRemote | None = None


@dataclasses.dataclass
class DialogInfo(Document):
    """A body of type application/dialog-info+xml."""

    body_type: typing.ClassVar[str] = "application/dialog-info+xml"
    version: int | None = None  # one more each time
    state: str = ""  # partial: only what changed, full, partial
    entity: str = ""  # whose calls these are
    dialogs: list[DialogInfoDialog] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class RegistrationInfoRegistrationContact(Part):
    """Part of a body of type application/reginfo+xml."""

    id: str = ""
    state: str = ""  # active, terminated
    event: str = ""
    duration: int | None = None  # seconds that it has been registered
    expires: int | None = None  # seconds left
    retry_after: int | None = None  # seconds
    q: str = ""  # 0 to 1
    callid: str = ""  # of its last REGISTER
    cseq: int | None = None
    uri: str = ""
    name: str = ""


@dataclasses.dataclass
class RegistrationInfoRegistration(Part):
    """Part of a body of type application/reginfo+xml."""

    aor: str = ""  # URI
    id: str = ""
    state: str = ""  # init, active, terminated
    contacts: list[RegistrationInfoRegistrationContact] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class RegistrationInfo(Document):
    """A body of type application/reginfo+xml."""

    body_type: typing.ClassVar[str] = "application/reginfo+xml"
    version: int | None = None  # one more each time
    state: str = ""  # partial: only what changed, full, partial
    registrations: list[RegistrationInfoRegistration] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class ConferenceInfoUserEndpointMedia(Part):
    """Part of a body of type application/conference-info+xml."""

    id: str = ""
    type: str = ""  # audio, video, ...
    status: str = ""  # sendrecv, sendonly, recvonly, inactive


@dataclasses.dataclass
class ConferenceInfoUserEndpoint(Part):
    """Part of a body of type application/conference-info+xml."""

    entity: str = ""  # URI of a device
    state: str = ""  # full, partial, deleted
    name: str = ""
    status: str = ""
    joining: str = ""  # how it came in, dialed-in, dialed-out, focus-owner
    leaving: str = ""  # how it went, departed, booted, failed, busy
    media: list[ConferenceInfoUserEndpointMedia] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class ConferenceInfoUser(Part):
    """Part of a body of type application/conference-info+xml."""

    entity: str = ""  # URI
    state: str = ""  # full, partial, deleted
    name: str = ""
    role: str = ""  # the first of them
    endpoints: list[ConferenceInfoUserEndpoint] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class ConferenceInfo(Document):
    """A body of type application/conference-info+xml."""

    body_type: typing.ClassVar[str] = "application/conference-info+xml"
    entity: str = ""  # URI of the conference
    version: int | None = None  # one more each time
    state: str = ""  # partial: only what changed, full, partial, deleted
    title: str = ""
    subject: str = ""
    max_users: int | None = None
    count: int | None = None  # users in it
    active: bool | None = None
    locked: bool | None = None  # nobody may join
    users: list[ConferenceInfoUser] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class ComposingState(Document):
    """A body of type application/im-iscomposing+xml."""

    body_type: typing.ClassVar[str] = "application/im-iscomposing+xml"
    state: str = ""  # active, idle
    last_active: str = ""
    content_type: str = ""  # of what is being written
    refresh: int | None = None  # seconds after which an active one that is not repeated has become idle


@dataclasses.dataclass
class DeliveryNotification(Document):
    """A body of type message/imdn+xml."""

    body_type: typing.ClassVar[str] = "message/imdn+xml"
    message_id: str = ""  # the message that it is about
    datetime: str = ""  # of that message
    recipient: str = ""  # URI
    original: str = ""  # URI of the first recipient
    subject: str = ""
    kind: str = ""  # delivery, display, processing
    status: str = ""  # delivered, failed, displayed, processed, stored, forbidden, error


@dataclasses.dataclass
class CpimMessage(Document):
    """A body of type message/cpim."""

    body_type: typing.ClassVar[str] = "message/cpim"
    from_: str = ""  # URI
    from_name: str = ""
    to: str = ""  # URI
    to_name: str = ""
    datetime: str = ""  # when it was sent
    subject: str = ""
    message_id: str = ""  # RFC 5438's
    disposition: str = ""
    content_type: str = ""  # of the content
    content: str = ""


@dataclasses.dataclass
class SipFragment(Document):
    """A body of type message/sipfrag."""

    body_type: typing.ClassVar[str] = "message/sipfrag"
    status: int | None = None  # 100 to 699
    reason: str = ""


DOCUMENTS: dict[str, type[Document]] = {
    "application/pidf+xml": Presence,
    "application/simple-message-summary": MessageSummary,
    "application/dialog-info+xml": DialogInfo,
    "application/reginfo+xml": RegistrationInfo,
    "application/conference-info+xml": ConferenceInfo,
    "application/im-iscomposing+xml": ComposingState,
    "message/imdn+xml": DeliveryNotification,
    "message/cpim": CpimMessage,
    "message/sipfrag": SipFragment,
}
