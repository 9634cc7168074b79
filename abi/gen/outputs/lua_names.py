"""Errors, enumerations and events as tables for Lua."""

from model import Header
from outputs.lua_swig import COMMON, lua_words, plain

FILES = ["bindings/lua/sipua/names.lua"]

HEAD = """-- Written by abi/gen/generate from sipua.h. Do not edit.
-- The names of the library: codes of errors, words of enumerations, events with their fields.
"""


def write(header: Header) -> list[str]:
    text = HEAD + "return {\n"
    text += f"    version = {{ {header.version[0]}, {header.version[1]}, {header.version[2]} }},\n"
    errors = header.enum("sipua_error")
    text += "    codes = {\n" + "".join(
        f"        {errors.short(m)} = {m.value},{f' -- {one_line(m.doc)}' if m.doc else ''}\n" for m in errors.members) + "    },\n"
    text += "    enums = {\n"
    for e in header.enums:
        if e.name in ("sipua_error", "sipua_event_type", "sipua_switch"):
            continue
        rows = ", ".join(f'[{quoted(w)}] = {v}' for w, v in lua_words(e))
        text += f"        {plain(e.name)} = {{ {rows} }},\n"
    text += "    },\n    events = {\n"
    for event in header.events():
        fields = ", ".join(f'"{f}"' for f in event.fields if f not in COMMON or f == "body")
        terminal = ", terminal = true" if event.terminal else ""
        text += f"        {event.name} = {{ type = {event.value}, fields = {{ {fields} }}{terminal} }},\n"
    return [text + "    },\n}\n"]


def one_line(doc: str) -> str:
    return " ".join(doc.split())


def quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'
