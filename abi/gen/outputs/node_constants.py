"""The enumerations in JavaScript, and their types. Open ones: an unknown number stays a number, an unknown word a word."""

import re

from model import Enum, Enumerator, Header, camel

FILES = ["bindings/node/generated/constants.js", "bindings/node/generated/constants.d.ts"]

NAMES = {"sipua_error": "ErrorCode"}
LOWER = {"sipua_originator"}  # in words, as in JSON: "remote"


def class_name(e: Enum) -> str:
    return NAMES.get(e.name, camel(e.name))


def lower_camel(name: str) -> str:
    """time_ms -> timeMs"""
    whole = camel(name)
    return whole[:1].lower() + whole[1:]


def worded(e: Enum) -> bool:
    """In words: each constant's comment begins with them in quotes."""
    return e.name in LOWER or all(m.value == 0 or m.doc.startswith('"') for m in e.members)


def word(e: Enum, m: Enumerator) -> str:
    if e.name in LOWER:
        return "" if m.value == 0 else e.short(m).lower()
    quoted = re.match(r'"([^"]*)"', m.doc)
    return quoted[1] if quoted else ""


def write(header: Header) -> list[str]:
    script = "// Written by abi/gen/generate from sipua.h. Do not edit.\n'use strict';\n"
    types = "// Written by abi/gen/generate from sipua.h. Do not edit.\n"
    names = []
    for e in header.enums:
        name = class_name(e)
        names.append(name)
        script += f"\nconst {name} = Object.freeze({{\n"
        doc = " ".join(e.doc.split())
        types += f"\n/** {doc} */\n" if doc else "\n"
        types += f"export const {name}: {{\n"
        for m in e.members:
            value = f"'{word(e, m)}'" if worded(e) else str(m.value)
            script += f"    {e.short(m)}: {value},\n"
            said = re.sub(r'^"[^"]*": ', "", " ".join(m.doc.split()))
            types += (f"    /** {said} */\n" if said else "") + f"    readonly {e.short(m)}: {value};\n"
        script += "});\n"
        types += "};\n"
        if worded(e):
            types += f"export type {name} = (typeof {name})[keyof typeof {name}] | (string & {{}});\n"
            table = ", ".join(f"{m.value}: '{word(e, m)}'" for m in e.members)
            of = lower_camel(e.name) + "Of"
            names.append(of)
            script += f"\nconst {of.upper()} = {{ {table} }};\nfunction {of}(number) {{\n    return {of.upper()}[number] ?? `${{number}}`;\n}}\n"
        else:
            types += f"export type {name} = number;\n"
    script += "\nmodule.exports = {\n" + "".join(f"    {n},\n" for n in names) + "};\n"
    return [script, types]
