"""The command `sipua`: registers, calls, answers and messages from a shell."""

from __future__ import annotations

import collections.abc
import os
import signal
import sys
import typing

__all__ = ["main"]


def main(arguments: collections.abc.Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    try:
        if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, terminated)
        from .arguments import parse
        from .run import run

        return run(parse(arguments))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read us has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def terminated(number: int, _frame: object) -> typing.NoReturn:
    """SIGTERM while nothing has to be ended politely."""
    raise SystemExit(128 + number)
