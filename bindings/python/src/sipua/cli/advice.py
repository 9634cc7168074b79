"""What to do about a failure, in a line."""

from __future__ import annotations

import re

from .._enums import ErrorCode
from .._errors import SipError
from .arguments import Options

__all__ = ["advice"]

NAMELESS = re.compile(r"no such name|could not be resolved", re.IGNORECASE)
UNREACHED = re.compile(r"connection refused|unreachable|reset|no route", re.IGNORECASE)
BY_STATUS = {
    ("watch", 405): "nobody can be watched there: the server keeps no such state, and the phone tells none",
    ("watch", 489): "nobody tells of that there: neither the server nor the phone keeps it",
    ("watch", 501): "nobody can be watched there",
    ("publish", 405): "that server keeps no presence",
    ("publish", 489): "that server keeps no presence",
    ("publish", 501): "that server keeps no presence",
    ("publish", 480): "that server keeps no presence: it passed it on as if to a phone, which is not registered",
    ("message", 405): "the other side takes no messages",
    ("message", 415): "the other side does not take that --content-type",
    ("call", 488): "no codec in common; --codec says which are offered",
    ("call", 603): "the other side does not want to",
}
ANYWHERE = {
    404: "the server knows nobody of that name",
    480: "nobody is registered there now, or nobody takes it",
    403: "the server does not let us; an account with --from and --password may be wanted",
    423: "the server wants longer times: --expires",
}


def advice(error: SipError, options: Options) -> str:
    """That; "" where the words of the failure say it all."""
    if error.status in (401, 407):
        if options.password is None:
            return "a password is wanted: --password-file FILE, SIPUA_PASSWORD or --password P"
        return "check the user's name and password; --auth-user where the name for passwords is another"
    target = str(getattr(options, "target", None) or getattr(options, "aor", None) or options.from_ or "")
    if error.code == ErrorCode.DNS or NAMELESS.search(error.text):
        if not options.from_ and options.command != "register" and not re.search(r"[@:.]", target):
            return f"whose {target}? Say {target}@DOMAIN, or who calls with --from, whose domain counts then"
        return "check the domain, or say where the server is: --server sip:HOST:PORT"
    if UNREACHED.search(error.text):
        return "no server listens there: check address, port and --transport, or say --server sip:HOST:PORT"
    if error.status == 408 or error.code == ErrorCode.TIMEOUT and not error.status:
        return "nobody answers at that address: check it, or try another --transport"
    return BY_STATUS.get((options.command, error.status), ANYWHERE.get(error.status, ""))
