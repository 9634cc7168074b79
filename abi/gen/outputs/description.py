"""The header as JSON: what a review of a change compares, and what a binding in any language may start from."""

import dataclasses
import json

from model import Header

FILES = ["abi/generated/sipua.json"]


def write(header: Header) -> list[str]:
    def clean(value: object) -> object:
        if isinstance(value, dict):
            return {k: clean(v) for k, v in value.items() if k != "line" and v not in ("", False, None)}
        return [clean(v) for v in value] if isinstance(value, list) else value

    data = {
        "version": ".".join(map(str, header.version)),
        "opaque": header.opaque,
        "integers": header.integers,
        "enums": clean([dataclasses.asdict(e) for e in header.enums]),
        "structs": clean([dataclasses.asdict(s) for s in header.structs]),
        "functions": clean([dataclasses.asdict(f) for f in header.functions]),
    }
    return [json.dumps(data, indent=1, ensure_ascii=False) + "\n"]
