"""The header as JSON: what a review of a change compares, and what a binding in any language may start from."""

import dataclasses
import json

from model import Header

FILES = ["abi/generated/sipua.json"]


def write(header: Header) -> list[str]:
    def clean(value: object) -> object:
        if isinstance(value, dict):
            return {k: clean(v) for k, v in value.items() if k != "line" and (v == 0 or v not in ("", False, None, {}))
                    and v is not False}
        return [clean(v) for v in value] if isinstance(value, list) else value

    data = {
        "version": ".".join(map(str, header.version)),
        "opaque": header.opaque,
        "integers": header.integers,
        "enums": clean([dataclasses.asdict(e) for e in header.enums]),
        "structs": clean([dataclasses.asdict(s) for s in header.structs]),
        "functions": clean([dataclasses.asdict(f) for f in header.functions]),
        "options": clean([dataclasses.asdict(o) for o in header.options]),
        "retryable": header.retryable,
        "fatal": header.fatal,
    }
    return [json.dumps(data, indent=1, ensure_ascii=False) + "\n"]
