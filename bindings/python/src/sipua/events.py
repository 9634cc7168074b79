"""The events, each a dataclass named after what happened. All of them are in `sipua` too."""

from . import _events
from ._event import Event, UnknownEvent
from ._events import *

__all__ = ["Event", "UnknownEvent"]
__all__ += _events.__all__
