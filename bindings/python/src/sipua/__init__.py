"""SIP for Python: register, place and take calls with real audio, and message, from asyncio.

    async with sipua.Agent() as agent:
        alice = await agent.register("sip:alice@example.com", password="secret")
        call = await alice.call("sip:bob@example.com", timeout=30)
        async for frame in call.audio.frames(ms=20):
            call.audio.write(frame)  # an echo

`sipua.sync` has the same names for scripts without asyncio, `sipua.testing` a registrar to test against.
"""

from . import _documents, _enums, _events, events
from ._account import Account
from ._agent import Agent
from ._audio import Audio, Frame, Frames, Player, Recorder
from ._call import Answer, Call
from ._conference import Bridge, Conference
from ._control import ChangeRequest
from ._document import Document
from ._documents import *
from ._enums import *
from ._errors import (
    AccessError, ClosedError, Error, EventsLost, InvalidError, LimitError, NotFoundError, SipError, StateError,
    SystemFailure,
)
from ._event import Event, Headers, UnknownEvent
from ._events import *
from ._message import IncomingMessage
from ._native import HeadersIn, features, library_version
from ._stream import Events, Inbox, Outcome
from ._subscription import Notifier, Publication, Subscription
from ._transfer import Transfer, TransferRequest

__all__ = [
    "AccessError", "Account", "Agent", "Answer", "Audio", "Bridge", "Call", "ChangeRequest", "ClosedError", "Conference",
    "Document", "Error", "Event", "Events", "EventsLost", "Frame", "Frames", "Headers", "HeadersIn", "Inbox",
    "IncomingMessage", "InvalidError", "LimitError", "NotFoundError", "Notifier", "Outcome", "Player", "Publication",
    "Recorder", "SipError", "StateError", "Subscription", "SystemFailure", "Transfer", "TransferRequest", "UnknownEvent",
    "events", "features", "library_version",
]
__all__ += _documents.__all__
__all__ += _enums.__all__
__all__ += _events.__all__

__version__ = "0.2.0"
