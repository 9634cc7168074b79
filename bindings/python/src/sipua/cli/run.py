"""Runs a command: signals, exit status, the pipe that closes."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from .. import _errors
from .._enums import ErrorCode
from .advice import advice
from .arguments import Options
from .commands import COMMANDS, Failed, ask
from .output import Output

__all__ = ["run"]

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
WRONG = (ErrorCode.URI, ErrorCode.ADDRESS, ErrorCode.HEADER, ErrorCode.INVALID)


def run(options: Options) -> int:
    """The exit status of the command."""
    logs(options)
    if options.tls_insecure:
        print("sipua: WARNING: --tls-insecure: certificates are not checked. Whoever sits between you and the server reads\n"
              "sipua: WARNING: and changes everything, passwords included. Use it for tests only.", file=sys.stderr)
    try:
        ask(options)  # while a signal still ends it at once: no loop turns while somebody types
        return asyncio.run(guarded(options))
    except KeyboardInterrupt:
        return 130
    except Failed as error:
        print(f"sipua: {error}", file=sys.stderr)
        return 1


async def guarded(options: Options) -> int:
    """The command with its signals: the first ends it politely, a second at once."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task
    left = 0
    quiet = False

    def leave(number: int) -> None:
        nonlocal left
        if left:
            os._exit(128 + number)
        left = 128 + number
        task.cancel()

    def nobody_reads() -> None:
        nonlocal quiet
        if not quiet and not left:
            quiet = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leave, number)
    out = Output(options, nobody_reads)
    try:
        await COMMANDS[options.command](options, out)
        return left or out.close()
    except asyncio.CancelledError:
        return left or out.close()
    except Failed as error:
        return left or failed(out, str(error), 1, error.advice or (advice(error.by, options) if error.by else ""))
    except _errors.SipError as error:
        whom = getattr(options, "target", None) or getattr(options, "aor", None) or options.from_
        return left or failed(out, f"{whom}: {error}" if whom else str(error), 1, advice(error, options))
    except _errors.InvalidError as error:
        return left or failed(out, str(error), 2 if error.code in WRONG else 1)
    except (_errors.Error, OSError) as error:
        return left or failed(out, str(error), 1)
    finally:
        out.close()
        for number in (signal.SIGINT, signal.SIGTERM):  # all is done: nothing may change the status any more
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)


def failed(out: Output, text: str, status: int, advice: str = "") -> int:
    """Says why, and what to do, on standard error."""
    out.close()
    print(f"sipua: {text}", file=sys.stderr)
    if advice:
        print(f"       {advice}", file=sys.stderr)
    return status


def logs(options: Options) -> None:
    """All log goes to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s  %(name)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger("sipua")
    root.addHandler(handler)
    root.propagate = False
    root.setLevel(LEVELS[min(options.verbose, 2)])
    trace = logging.getLogger("sipua.trace")
    trace.setLevel(logging.DEBUG if options.trace else logging.CRITICAL)
