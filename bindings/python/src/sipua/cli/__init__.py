"""The command `sipua`: registers, calls, answers and messages from a shell."""

from __future__ import annotations

import collections.abc
import os
import sys

__all__ = ["main"]


def main(arguments: collections.abc.Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    try:
        from .arguments import parse
        from .run import run

        return run(parse(arguments))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read us has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
