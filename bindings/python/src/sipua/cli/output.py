"""What the command prints: a timeline for people, or one JSON object per event."""

from __future__ import annotations

import collections.abc
import os
import sys
import time

from .._event import Event
from .._events import AudioReady, Listening, Log, Overflow, Reply, Trace
from .arguments import Options
from .show import GREY, show

__all__ = ["Output"]

HIDDEN = (AudioReady, Log, Overflow, Reply, Trace)  # internal, or told by the log


class Output:
    """Standard output, and the line that moves on a terminal."""

    def __init__(self, options: Options, nobody_reads: collections.abc.Callable[[], None]) -> None:
        self.json: bool = options.json
        self._nobody_reads = nobody_reads
        self._listeners = bool(options.listen) or options.command in ("serve", "answer")  # else of no interest
        self._terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._color = self._terminal and "NO_COLOR" not in os.environ if options.color is None else False
        self._line = ""  # what stands on the terminal's last line, to be overwritten
        self._broken = False
        self.aor = ""  # whom events of the account are about

    def event(self, event: Event) -> None:
        """Prints an event."""
        if isinstance(event, HIDDEN):
            return
        if self.json:
            self._write(event.json() + "\n")
            return
        if isinstance(event, Listening) and not self._listeners:
            return
        for word, text, color in show(event, self.aor):
            self.say(word, text, color, event.time_ms)

    def say(self, word: str, text: str, color: str = "", time_ms: int = 0) -> None:
        """One line of the timeline."""
        if self.json:
            return
        ms = time_ms or int(time.time() * 1000)
        stamp = time.strftime("%H:%M:%S", time.localtime(ms // 1000)) + f".{ms % 1000:03d}" if word else " " * 12
        if self._color:
            stamp = f"{GREY}{stamp}\033[0m"
            shown = f"{color}{word:<12}\033[0m" if color else f"{word:<12}"
        else:
            shown = f"{word:<12}"
        self._write(f"{self._erase()}{stamp}  {shown} {text}".rstrip() + "\n")

    def progress(self, text: str) -> None:
        """The line that moves: only on a terminal."""
        if self._terminal and not self.json and text != self._line:
            shown = f"{GREY}{text}\033[0m" if self._color else text
            self._write(f"{self._erase()}{' ' * 14}{shown}")
            self._line = text

    @property
    def moving(self) -> bool:
        """Whether progress is seen."""
        return self._terminal and not self.json

    def _erase(self) -> str:
        line, self._line = self._line, ""
        return "\r\033[K" if line else ""

    def _write(self, text: str) -> None:
        if self._broken:
            return
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except (BrokenPipeError, ValueError):
            self._broken = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            self._nobody_reads()

    def close(self) -> int:
        """Leaves the terminal clean. Returns 0."""
        if self._line:
            self._write(self._erase())
        return 0
