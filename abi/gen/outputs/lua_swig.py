"""The SWIG interface for Lua, the C tables that its typemaps read, and the wrapper that SWIG makes of both.

Every function of the header that takes no callback becomes one of the raw module, under its name without sipua_. A
failure is nil, code, text. Structs go in as tables and come out as tables; nothing is a SWIG class."""

from __future__ import annotations

import re

from model import Enum, Function, Header, HeaderError, Member, Param, Struct
from outputs import swig
from outputs.python_enums import word, worded

FILES = [
    "bindings/lua/generated/structs.h", "bindings/lua/generated/sipua.i", "bindings/lua/generated/sipua_wrap.c",
]

HIDDEN = {"struct_size", "reserved"}
VIEW = "sipua_event_view"
COMMON = {"type", "id", "account", "call", "user", "tag", "time_ms", "body_size"}
# Members of structs that the library fills whose Lua form is not that of their C type.
OUT_KIND = {"cause": "SL_CAUSE", "flags": "SL_FLAGS", "digit": "SL_DIGIT", "q850": "SL_NONZERO"}
OUT_WORDS = {"level": "sipua_log_level", "flags": "sipua_event_flags"}


def plain(name: str) -> str:
    return name.removeprefix("sipua_")


def callable_from_lua(f: Function) -> bool:
    """Whether the raw module has it: callbacks would enter the interpreter, and structs are filled from tables."""
    return not f.callback and not f.name.endswith("_init")


def lua_words(e: Enum) -> list[tuple[str, int]]:
    """What a program writes for an enum's constants: {"debug", 4}."""
    if worded(e):
        return [(word(e, m), m.value) for m in e.members if word(e, m)]
    return [(e.short(m).lower(), m.value) for m in e.members]


def kind_of(header: Header, s: Struct, m: Member, out: bool) -> tuple[str, str]:
    """The sl_kind and the name of the words of a member."""
    if out and m.name in OUT_KIND and s.name == VIEW:
        return OUT_KIND[m.name], OUT_WORDS.get(m.name, "")
    if out and m.name in OUT_WORDS:
        return "SL_WORD", OUT_WORDS[m.name]
    if m.type == "const char *" or m.type == "const uint8_t *":
        return ("SL_BYTES", "") if m.length else ("SL_STRING", "")
    if m.type.replace(" ", "") == "constchar*const*":
        return "SL_STRINGS", ""
    if m.type == "const sipua_pair *":
        return "SL_PAIRS", ""
    if m.type == "sipua_switch":
        return "SL_SWITCH", ""
    enum = next((e for e in header.enums if e.name == m.type), None)
    if enum and not enum.bits and enum.name not in ("sipua_error", "sipua_event_type", "sipua_cause"):
        return "SL_WORD", enum.name
    if s.name == "sipua_account_config" and m.name == "media":
        return "SL_WORD", "sipua_media"
    base = enum.base if enum else header.integers.get(m.type, m.type)
    return {"int32_t": "SL_I32", "uint32_t": "SL_U32", "uint64_t": "SL_U64"}.get(base, "SL_I32"), ""


def visible(s: Struct) -> list[Member]:
    counts = {m.length for m in s.members if m.length}
    return [m for m in s.members if m.name not in HIDDEN and m.name not in counts]


def always_needed(m: Member) -> bool:
    """Whether it must be given in every case ("Required"), not only in some ("Required without consult")."""
    return re.search(r"Required($|[;.])", m.doc.strip()) is not None


def structs(header: Header) -> list[Struct]:
    return [s for s in header.structs if s.name != "sipua_pair"]


def tables(header: Header) -> str:
    text = ("/* Written by abi/gen/generate from sipua.h. Do not edit.\n"
            " * How each struct looks in Lua; c/support.c and c/push.c read it. */\n"
            "#ifndef SIPUA_LUA_STRUCTS_H\n#define SIPUA_LUA_STRUCTS_H\n\n")
    used = {kind_of(header, s, m, s.out)[1] for s in structs(header) for m in visible(s)}
    used |= {e.name for e in header.enums if any(p.type == e.name for f in header.functions for p in f.params)}
    for e in header.enums:
        if e.name in used and e.name != "sipua_switch":
            rows = "".join(f'{{"{w}", {v}}}, ' for w, v in lua_words(e))
            text += f"static const sl_word words_{plain(e.name)}[] = {{{rows}{{NULL, 0}}}};\n"
    for s in structs(header):
        text += f"\nstatic const sl_field fields_{plain(s.name)}[] = {{\n"
        for m in visible(s):
            kind, words = kind_of(header, s, m, s.out)
            required = int(not s.out and always_needed(m))
            count, size = "0", "0"
            if m.length:
                count = f"offsetof({s.name}, {m.length})"
                member = s.member(m.length)
                size = "8" if member and member.type == "uint64_t" else "4"
            text += (f'    {{"{m.name}", {kind}, {required}, offsetof({s.name}, {m.name}), {count}, {size}, '
                     f'{f"words_{plain(words)}" if words else "NULL"}}},\n')
        text += "};\n"
        text += (f'static const sl_struct struct_{plain(s.name)} = {{"{plain(s.name)}", sizeof({s.name}), '
                 f"{len(visible(s))}, fields_{plain(s.name)}}};\n")
    return text + "\n" + events(header) + "\n#endif\n"


def events(header: Header) -> str:
    """Which members of the view each event fills, as indexes into its fields."""
    view = header.struct(VIEW)
    order = [m.name for m in visible(view)]
    text = "/* Indexes into fields_event_view; 255 ends them. */\nstatic const uint8_t *event_fields(int32_t type) {\n"
    cases = ""
    for e in header.events():
        said = [str(order.index(f)) for f in e.fields if f not in COMMON]
        name = f"event_{e.name}"
        text += f"    static const uint8_t {name}[] = {{{''.join(s + ', ' for s in said)}255}};\n"
        cases += f"    case {e.constant}: return {name};\n"
    return text + "    switch (type) {\n" + cases + "    default: return NULL;\n    }\n}\n"


# The interface

HEAD = """/* Written by abi/gen/generate from sipua.h. Do not edit.
 * SWIG turns this into generated/sipua_wrap.c, which is committed. */
%module sipua_raw

%{
#include "c/support.h"
#include "generated/structs.h"
%}

%include <stdint.i>
%rename("%(strip:[sipua_])s") "";

/* Numbers: finite, whole, in range. */
%typemap(in) int32_t { $1 = sl_i32(L, $input, "$symname", "$1_name"); }
%typemap(in) uint32_t { $1 = sl_u32(L, $input, "$symname", "$1_name"); }
%typemap(in) uint64_t { $1 = sl_u64(L, $input, "$symname", "$1_name"); }
%typemap(in) const char * { $1 = (char *)sl_string(L, $input, "$symname", "$1_name"); }
%typemap(in) const char *NULLABLE { $1 = (char *)sl_string_or_nil(L, $input, "$symname", "$1_name"); }
%typemap(in) (const int16_t *pcm, uint32_t samples) {
    $1 = (int16_t *)sl_pcm(L, $input, "$symname", "$1_name", &$2);
}
%typemap(in) (const char *bytes, uint32_t length) {
    $1 = (char *)sl_bytes(L, $input, "$symname", "$1_name", &$2);
}

%typemap(in) (const sipua_pair *pairs, uint32_t count) {
    $1 = (sipua_pair *)sl_pairs(L, $input, "$symname", "$1_name", &$2);
}

/* Handles. */
%typemap(in) sipua_agent * {
    $1 = sl_check_agent(L, $input, "$symname", "$1_name")->agent;
    if (!$1) return sl_closed(L);
}
%typemap(in) const sipua_event * {
    $1 = sl_check_event(L, $input, "$symname", "$1_name")->event;
    if (!$1) sl_bad(L, "$symname", "$1_name", "the event was destroyed");
}
/* Freeing twice is legal. */
%typemap(in) sipua_agent *FREE {
    sl_agent *handle = sl_check_agent(L, $input, "$symname", "$1_name");
    $1 = handle->agent;
    handle->agent = NULL;
}
%typemap(in) sipua_event *FREE {
    sl_event *handle = sl_check_event(L, $input, "$symname", "$1_name");
    $1 = handle->event;
    handle->event = NULL;
}

/* Results: what is negative is nil, code, text. */
%typemap(out) int32_t {
    if ($1 < 0) return sl_fail(L, $1);
    sl_push_int(L, $1);
    SWIG_arg++;
}
%typemap(out) int32_t PLAIN {
    sl_push_int(L, $1);
    SWIG_arg++;
}
%typemap(out) const char * {
    lua_pushstring(L, $1);
    SWIG_arg++;
}

/* Out parameters. */
%typemap(in, numinputs=0) sipua_id *ID_OUT (sipua_id made = 0) { $1 = &made; }
%typemap(argout) sipua_id *ID_OUT {
    sl_push_number(L, *$1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) int32_t *NUMBER_OUT (int32_t number = 0) { $1 = &number; }
%typemap(argout) int32_t *NUMBER_OUT {
    sl_push_int(L, *$1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) uint32_t *NUMBER_OUT (uint32_t number = 0) { $1 = &number; }
%typemap(argout) uint32_t *NUMBER_OUT {
    sl_push_number(L, *$1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) sipua_agent **agent (int place) ""
%typemap(check) sipua_agent **agent {
    $1 = &sl_new_agent(L)->agent;
    place$argnum = lua_gettop(L);
}
%typemap(argout) sipua_agent **agent {
    lua_pushvalue(L, place$argnum);
    SWIG_arg++;
}
%typemap(in, numinputs=0) const char **TEXT_OUT (const char *text = NULL) { $1 = (char **)&text; }
%typemap(argout) const char **TEXT_OUT {
    lua_pushstring(L, *$1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) uint64_t *size (uint64_t bytes = 0) { $1 = &bytes; }
%typemap(argout) uint64_t *size {
    lua_pushlstring(L, (const char *)result, (size_t)*$1);
    SWIG_arg++;
}
/* audio_read(agent, call, samples, timeout_ms) -> pcm, flags */
%typemap(in) (int16_t *pcm, uint32_t samples) (int16_t room[2048]) {
    $2 = sl_u32(L, $input, "$symname", "$2_name");
    if ($2 > SL_MAX_SAMPLES) sl_bad(L, "$symname", "$2_name", "more than %d", SL_MAX_SAMPLES);
    $1 = $2 <= sizeof room / sizeof *room ? room : (int16_t *)sl_scratch(L, $2 * sizeof *room);
}
%typemap(argout) (int16_t *pcm, uint32_t samples) {
    lua_pushlstring(L, (const char *)$1, (size_t)result * 2);
    SWIG_arg++;
}
/* audio_ready(agent) -> {ids} */
%typemap(in, numinputs=0) (sipua_id *calls, uint32_t capacity) (sipua_id ids[256]) {
    $1 = ids;
    $2 = sizeof ids / sizeof *ids;
}
%typemap(argout) (sipua_id *calls, uint32_t capacity) {
    sl_push_ids(L, $1, result);
    SWIG_arg++;
}
/* uri_parse(text) -> table; uri_write(table) -> text */
%typemap(in, numinputs=0) (char *parsed, uint32_t room) ""
%typemap(check) (char *parsed, uint32_t room) {
    size_t n = 0;
    for (int i = 1; i <= lua_gettop(L); i++) n += lua_type(L, i) == LUA_TSTRING ? strlen(lua_tostring(L, i)) : 0;
    $2 = (uint32_t)(3 * n + 64);
    $1 = (char *)sl_scratch(L, $2);
}
%typemap(argout) (char *parsed, uint32_t room) ""
%typemap(in, numinputs=0) (char *written, uint32_t room) ""
%typemap(check) (char *written, uint32_t room) {
    $2 = (uint32_t)(3 * sl_texts(&struct_uri, arg1) + 64);
    $1 = (char *)sl_scratch(L, $2);
}
%typemap(argout) (char *written, uint32_t room) {
    lua_pushlstring(L, $1, (size_t)result);
    SWIG_arg++;
}
/* document_write(type, fields) -> text */
%typemap(in, numinputs=0) (char *document, uint32_t room) ""
%typemap(check) (char *document, uint32_t room) {
    $2 = 65536;
    $1 = (char *)sl_scratch(L, $2);
}
%typemap(argout) (char *document, uint32_t room) {
    lua_pushlstring(L, $1, (size_t)result);
    SWIG_arg++;
}
"""

NATIVE = """
/* What is not of the header. header_version: what this was compiled with; abi_version() may be older. */
%native(now) int sl_now(lua_State *L);
%native(wait) int sl_wait(lua_State *L);
%native(position) int sl_position(lua_State *L);
%native(own_folder) int sl_own_folder(lua_State *L);
%native(fiber_create) int sl_fiber_create(lua_State *L);
%native(fiber_resume) int sl_fiber_resume(lua_State *L);
%native(fiber_yield) int sl_fiber_yield(lua_State *L);
%native(poll) int sl_poll(lua_State *L);
"""

POLL = """
%{
/* poll(agent, timeout_ms) -> event, table; false when none came. The handle exists before the event is taken, and owns
 * it: an error on the way loses nothing. */
int sl_poll(lua_State *L) {
    sipua_agent *agent = sl_check_agent(L, 1, "poll", "agent")->agent;
    int32_t timeout = sl_i32(L, 2, "poll", "timeout_ms");
    if (!agent) return sl_closed(L);
    sl_event *handle = lua_gettop(L) >= 3 ? sl_check_event(L, 3, "poll", "reuse") : sl_new_event(L);
    lua_settop(L, 3);
    if (handle->event) sl_bad(L, "poll", "reuse", "the handle holds an event");
    int32_t code = sipua_poll(agent, timeout, &handle->event);
    if (code < 0) return sl_fail(L, code);
    if (!code) {
        lua_pushboolean(L, 0);
        return 1;
    }
    sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
    code = sipua_event_get(handle->event, &view);
    if (code < 0) return sl_fail(L, code);
    lua_pushvalue(L, 3);
    sl_push_event(L, &struct_event_view, event_fields(view.type), &view);
    return 2;
}
%}
"""


def interface(header: Header) -> str:
    text = HEAD
    for s in structs(header):
        text += struct_maps(header, s)
    for e in header.enums:
        if e.name == "sipua_switch":
            text += f'%typemap(in) {e.name} {{ $1 = sl_switch(L, $input, "$symname", "$1_name"); }}\n'
        elif any(p.type == e.name and not p.out for f in header.functions for p in f.params) and not e.bits and e.name not in (
                "sipua_error", "sipua_cause", "sipua_event_type"):
            text += (f'%typemap(in) {e.name} {{ $1 = sl_word_of(L, $input, "$symname", "$1_name", '
                     f'words_{plain(e.name)}); }}\n')
    text += POLL + NATIVE + f"%constant int32_t header_version = {header.version[0] * 65536 + header.version[1]};\n" + "\n"
    for kind, name in header.order:
        if kind == "integer":
            text += f"typedef {header.integers[name]} {name};\n"
        elif kind == "enum":
            text += f"typedef {header.enum(name).base} {name};\n"
    for s in structs(header):
        text += f"%ignore {s.name};\n"
    for f in header.functions:
        if callable_from_lua(f) and f.name != "sipua_poll":
            text += function(header, f)
    return text


def struct_maps(header: Header, s: Struct) -> str:
    n = plain(s.name)
    if not s.out:
        return (f"%typemap(in) const {s.name} * ({s.name} filled) {{\n"
                f'    sl_fill(L, $input, "$symname", "$1_name", &struct_{n}, &filled);\n    $1 = &filled;\n}}\n'
                f"%typemap(in) const {s.name} *NULLABLE ({s.name} filled) {{\n    $1 = NULL;\n"
                f"    if (!lua_isnoneornil(L, $input)) {{\n"
                f'        sl_fill(L, $input, "$symname", "$1_name", &struct_{n}, &filled);\n        $1 = &filled;\n    }}\n}}\n')
    push = (f"sl_push_event(L, &struct_{n}, event_fields($1->type), $1);" if s.name == VIEW
            else f"sl_push_struct(L, &struct_{n}, $1);")
    text = (f"%typemap(in, numinputs=0) {s.name} * ({s.name} filled) {{\n    memset(&filled, 0, sizeof filled);\n"
            f"    filled.struct_size = sizeof filled;\n    $1 = &filled;\n}}\n"
            f"%typemap(argout) {s.name} * {{\n    {push}\n    SWIG_arg++;\n}}\n")
    if any(p.type == f"const {s.name} *" for f in header.functions for p in f.params):
        text += (f"%typemap(in) const {s.name} * ({s.name} filled) {{\n"
                 f'    sl_fill(L, $input, "$symname", "$1_name", &struct_{n}, &filled);\n    $1 = &filled;\n}}\n'
                 f"%typemap(argout) const {s.name} * \"\"\n")
    return text


def apply_of(header: Header, f: Function, p: Param) -> tuple[str, str]:
    """The typemap of ours that this parameter takes, where its type alone does not say, and what it is applied to. A
    shape that no typemap knows is refused: SWIG would make a class of it."""
    own, base = join(p.type, p.name), p.type.replace("const", "").replace("*", "").strip()
    struct = any(s.name == base and base != "sipua_pair" for s in header.structs)
    number = base in header.integers or base in ("int32_t", "uint32_t", "uint64_t") or any(e.name == base for e in header.enums)
    size = next((join(q.type, q.name) for q in f.params if q.name == p.length), "")
    if f.name in ("sipua_agent_free", "sipua_event_destroy"):
        return f"{p.type}FREE", own
    if p.length and p.out and p.type in ("char *", "int16_t *", "sipua_id *"):
        known = {"char *": "char *parsed, uint32_t room", "int16_t *": "int16_t *pcm, uint32_t samples",
                 "sipua_id *": "sipua_id *calls, uint32_t capacity"}
        written = {"sipua_uri_write": "char *written, uint32_t room", "sipua_document_write": "char *document, uint32_t room"}
        return written.get(f.name, known[p.type]), f"{own}, {size}"
    if p.length and p.type == "const sipua_pair *":
        return "const sipua_pair *pairs, uint32_t count", f"{own}, {size}"
    if p.length and not p.out and p.type in ("const char *", "const uint8_t *", "const int16_t *"):
        known = {"const int16_t *": "const int16_t *pcm, uint32_t samples"}
        return known.get(p.type, "const char *bytes, uint32_t length"), f"{own}, {size}"
    if p.out and not p.length and p.type == "sipua_agent **":
        return "sipua_agent **agent", own
    if p.out and not p.length and p.type == "const char **":
        return "const char **TEXT_OUT", own
    if p.out and not p.length and f.returns == "const uint8_t *" and p.type == "uint64_t *":
        return "uint64_t *size", own
    if p.out and not p.length and number and p.type == f"{base} *":
        return "sipua_id *ID_OUT" if base in ("sipua_id", "uint64_t") else "int32_t *NUMBER_OUT" if (
            base == "int32_t" or any(e.name == base and not e.bits for e in header.enums)) else "uint32_t *NUMBER_OUT", own
    if p.nullable and not p.out and (p.type == "const char *" or (struct and p.type == f"const {base} *")):
        return f"{p.type}NULLABLE", own
    plain_shape = (p.type == base and number) or (struct and (p.inout or p.type.startswith("const ")))
    if p.length or not (plain_shape or p.type in ("const char *", "sipua_agent *", "const sipua_event *")):
        raise HeaderError("abi/include/sipua/sipua.h", f.line, f"{f.name}: abi/gen/outputs/lua_swig.py has no typemap for {own}")
    return "", own


def has_out(f: Function) -> bool:
    return any(p.out or p.inout for p in f.params)


def function(header: Header, f: Function) -> str:
    before, after = "", ""
    counts = {p.length for p in f.params if p.length}
    for p in f.params:
        if p.name in counts:
            continue
        mapped, own = apply_of(header, f, p)
        if mapped and mapped != own:  # applied to itself it would be cleared with it
            many = ", " in own
            before += f"%apply ({mapped}) {{ ({own}) }};\n" if many else f"%apply {mapped} {{ {own} }};\n"
            after += f"%clear ({own});\n" if many else f"%clear {own};\n"
    if f.returns.endswith("int32_t") or f.returns in header.integers or any(e.name == f.returns for e in header.enums):
        if f.name in ("sipua_last_error",):
            before += f'%typemap(out) {f.returns} {f.name} {{ sl_push_int(L, $1); SWIG_arg++; }}\n'
        elif has_out(f):
            before += f'%typemap(out) {f.returns} {f.name} {{ if ($1 < 0) return sl_fail(L, $1); }}\n'
    elif f.returns == "const uint8_t *":
        before += f'%typemap(out) {f.returns} {f.name} ""\n'
    params = ", ".join(join(p.type, p.name) for p in f.params) or "void"
    return before + f"{join(f.returns, f.name)}({params});\n" + after


def join(kind: str, name: str) -> str:
    return f"{kind}{name}" if kind.endswith("*") else f"{kind} {name}"


def write(header: Header) -> list[str]:
    text = interface(header)
    return [tables(header), text, swig.wrap(text, FILES[2], "-lua", "-nomoduleglobal")]
