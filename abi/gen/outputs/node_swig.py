"""Node: the SWIG interface, which fills structs on the stack from plain objects, and the wrapper that SWIG makes of it."""

import re

from model import Function, Header, Member, Param, Struct
from outputs import swig

FILES = ["bindings/node/generated/sipua.i", "bindings/node/generated/sipua_wrap.cxx"]

HANDLES = {"sipua_agent": "agent", "sipua_event": "event"}
BY_HAND = {"sipua_agent_free", "sipua_event_destroy"}  # src/native/handle.c: they mark the handle
REQUIRED = re.compile(r"\bRequired\b(?! (?:there|without|outside)\b)")  # whatever else is given
COMMON = ["type", "id", "account", "call", "user", "tag", "time_ms"]  # members of the view that every event may fill

HEAD = """/* Written by abi/gen/generate from sipua.h. Do not edit. */
%module sipua
%begin %{
#define NAPI_VERSION 8
#define NAPI_DISABLE_CPP_EXCEPTIONS
%}
%header %{
#include <mutex>

#include "convert.h"

// SWIG's tables are static: two workers that load this at once take turns.
#undef NODE_API_MODULE
#define NODE_API_MODULE(name, function)                                          \\
    static napi_value load_##name(napi_env env, napi_value exports)              \\
    {                                                                            \\
        static std::mutex one;                                                   \\
        std::lock_guard<std::mutex> turn(one);                                   \\
        napi_value module = Napi::RegisterModule(env, exports, function);        \\
        return module && node_extras(env, module) ? module : nullptr;            \\
    }                                                                            \\
    NAPI_MODULE(name, load_##name)

namespace {
struct Arena {
    node_arena arena = {nullptr};
    ~Arena() { node_arena_drop(&arena); }
    operator node_arena *() { return &arena; }
};

napi_value undefined(napi_env env)
{
    napi_value value = nullptr;
    napi_get_undefined(env, &value);
    return value;
}
}
%}
%header %{
"""

BASICS = """%}

%rename("%(strip:[sipua_])s") "";
typedef int int32_t;
typedef unsigned int uint32_t;
typedef unsigned char uint8_t;
typedef short int16_t;
typedef unsigned long uint64_t;

// Numbers: finite, whole, in range.
%typemap(in) int32_t { if (!node_int32(env, $input, "$1_name", &$1)) SWIG_fail; }
%typemap(in) uint32_t { if (!node_uint32(env, $input, "$1_name", &$1)) SWIG_fail; }
%typemap(in) uint64_t { uint64_t number; if (!node_uint64(env, $input, "$1_name", &number)) SWIG_fail; $1 = number; }
%typemap(in) const char * (Arena arena) { if (!node_string(env, $input, "$1_name", false, arena, const_cast<const char **>(&$1))) SWIG_fail; }
%typemap(in) const char *NULLABLE (Arena arena) { if (!node_string(env, $input, "$1_name", true, arena, const_cast<const char **>(&$1))) SWIG_fail; }
%typemap(freearg) const char * ""
%typemap(freearg) const char *NULLABLE ""
%typemap(out) int32_t { if ($1 < 0) { node_throw(env, $1, nullptr); SWIG_fail; } $result = Napi::Value(env, node_number(env, $1)); }
%typemap(out) int32_t NUMBER { $result = Napi::Value(env, node_number(env, $1)); }
%typemap(out) int32_t CHECKED { if ($1 < 0) { node_throw(env, $1, nullptr); SWIG_fail; } }
%typemap(out) const char * { $result = Napi::Value(env, node_text(env, $1)); }
%typemap(out) void { $result = Napi::Value(env, undefined(env)); }

// Handles. An agent or event is looked up again when all arguments have been read: a getter among them may have freed it.
%typemap(in) sipua_agent *agent { if (!node_agent_in(env, $input, "$1_name", &$1)) SWIG_fail; }
%typemap(check) sipua_agent *agent { if (!node_agent_in(env, info[0], "$1_name", &$1)) SWIG_fail; }
%typemap(in) const sipua_event *event { sipua_event *found; if (!node_event_in(env, $input, "$1_name", &found)) SWIG_fail; $1 = found; }
%typemap(check) const sipua_event *event { sipua_event *found; if (!node_event_in(env, info[0], "$1_name", &found)) SWIG_fail; $1 = found; }
%typemap(in, numinputs=0) sipua_agent **OUT (sipua_agent *made = nullptr) { $1 = &made; }
%typemap(argout) sipua_agent **OUT { $result = Napi::Value(env, node_append(env, $result, node_agent_out(env, *$1))); }
%typemap(in, numinputs=0) sipua_event **OUT (sipua_event *made = nullptr) { $1 = &made; }
%typemap(argout) sipua_event **OUT { $result = Napi::Value(env, node_append(env, $result, node_event_out(env, *$1))); }

// What comes out of a pointer.
%typemap(in, numinputs=0) uint64_t *OUT (uint64_t number = 0) { $1 = &number; }
%typemap(argout) uint64_t *OUT { $result = Napi::Value(env, node_append(env, $result, node_number(env, static_cast<double>(*$1)))); }
%typemap(in, numinputs=0) const char **OUT (const char *text = nullptr) { $1 = const_cast<char **>(&text); }
%typemap(argout) const char **OUT { $result = Napi::Value(env, node_append(env, $result, node_text(env, *$1))); }
%typemap(in, numinputs=0) uint64_t *BYTES (uint64_t size = 0) { $1 = &size; }
%typemap(argout) uint64_t *BYTES { $result = Napi::Value(env, node_buffer(env, result, static_cast<size_t>(*$1))); }
%typemap(out) const uint8_t * ""
%typemap(in) uint32_t *FLAGS { if (!node_word_out(env, $input, "$1_name", &$1)) SWIG_fail; }
%typemap(argout) uint32_t *FLAGS ""
%typemap(in, numinputs=0) (char *TEXT, uint32_t CAPACITY) (Arena arena) {
    $2 = 262144;
    $1 = static_cast<char *>(node_arena_take(arena, $2));
    if (!$1) { node_throw(env, SIPUA_E_NOMEM, nullptr); SWIG_fail; }
}
%typemap(argout) (char *TEXT, uint32_t CAPACITY) { $result = Napi::Value(env, node_append(env, $result, node_text(env, $1))); }
%typemap(in, numinputs=0) (char *SCRATCH, uint32_t CAPACITY) = (char *TEXT, uint32_t CAPACITY);
%typemap(argout) (char *SCRATCH, uint32_t CAPACITY) ""
%typemap(in) (const int16_t *pcm, uint32_t samples) (Arena arena) {
    int16_t *pcm;
    if (!node_samples(env, $input, "$1_name", false, arena, &pcm, &$2)) SWIG_fail;
    $1 = pcm;
}
%typemap(in) (int16_t *pcm, uint32_t samples) (Arena arena) {
    if (!node_samples(env, $input, "$1_name", true, arena, &$1, &$2)) SWIG_fail;
}
%typemap(in) (const sipua_pair *PAIRS, uint32_t COUNT) (Arena arena) {
    const sipua_pair *list;
    if (!node_pairs(env, $input, "$1_name", arena, &list, &$2)) SWIG_fail;
    $1 = const_cast<sipua_pair *>(list);
}
%typemap(in) (const char *BYTES, uint32_t SIZE) (Arena arena) {
    const void *data;
    size_t size;
    if (!node_bytes(env, $input, "$1_name", true, arena, &data, &size)) SWIG_fail;
    if (size > UINT32_MAX) { node_throw_range(env, "$1_name", "at most 4 GiB"); SWIG_fail; }
    $1 = const_cast<char *>(static_cast<const char *>(data));
    $2 = static_cast<uint32_t>(size);
}
%typemap(freearg) (const char *BYTES, uint32_t SIZE) ""
%typemap(freearg) (const sipua_pair *PAIRS, uint32_t COUNT) ""
%typemap(freearg) (int16_t *pcm, uint32_t samples) ""
%typemap(freearg) (const int16_t *pcm, uint32_t samples) ""
%typemap(in) (uint64_t *LIST, uint32_t CAPACITY) (Arena arena) {
    if (!node_uint32(env, $input, "$2_name", &$2)) SWIG_fail;
    if ($2 > 1000000) { node_throw_range(env, "$2_name", "a whole number between 0 and 1000000"); SWIG_fail; }
    $1 = static_cast<uint64_t *>(node_arena_take(arena, ($2 + size_t(1)) * sizeof(uint64_t)));
    if (!$1) { node_throw(env, SIPUA_E_NOMEM, nullptr); SWIG_fail; }
}
%typemap(argout) (uint64_t *LIST, uint32_t CAPACITY) {
    napi_value list;
    if (napi_create_array(env, &list) != napi_ok) SWIG_fail;
    for (uint32_t i = 0; i < $2 && i < static_cast<uint32_t>(result); i++)
        napi_set_element(env, list, i, node_number(env, static_cast<double>($1[i])));
    $result = Napi::Value(env, list);
}
"""


def write(header: Header) -> list[str]:
    text = HEAD + tables(header) + BASICS + typemaps(header) + "\n"
    functions = {f.name: f for f in header.functions}
    for function in functions.values():
        if not offered(function):
            text += f"// {function.name}: {why_not(function)}\n"
            continue
        text += declaration(header, function)
    return [text, wrapped(text)]


def why_not(function: Function) -> str:
    if function.callback:
        return "agent_on_wakeup of src/native/handle.c"
    return "src/native/handle.c" if function.name in BY_HAND else "structs are objects here"


def offered(function: Function) -> bool:
    return not function.callback and function.name not in BY_HAND and not function.name.endswith("_init")


# Tables of the structs

KINDS = {"int32_t": "I32", "uint32_t": "U32", "uint64_t": "U64"}


def kind(header: Header, struct: Struct, member: Member) -> str:
    if member.name == "struct_size" or member.name.startswith("reserved"):
        return "HIDDEN"
    if any(m.length == member.name for m in struct.members):
        return "HIDDEN"
    if member.type == "const char * const *":
        return "STRINGS"
    if member.type == "const sipua_pair *":
        return "PAIRS"
    if member.type in ("const char *", "const uint8_t *"):
        return "BYTES" if member.length else "STRING"
    return KINDS[plain(header, member.type)]


def plain(header: Header, kind_: str) -> str:
    if kind_ in header.integers:
        return header.integers[kind_]
    return next((e.base for e in header.enums if e.name == kind_), kind_)


def tables(header: Header) -> str:
    text = ""
    for struct in sized(header):
        if len(struct.members) > 64:
            raise ValueError(f"{struct.name}: convert.h marks at most 64 members")
        text += f"static const node_member {struct.name}_members[] = {{\n"
        for m in struct.members:
            count, wide = "0", 0
            if m.length:
                count = f"offsetof({struct.name}, {m.length})"
                wide = int(plain(header, struct.member(m.length).type) == "uint64_t")  # type: ignore[union-attr]
            required = int(bool(REQUIRED.search(m.doc)))
            text += f'    {{"{m.name}", NODE_{kind(header, struct, m)}, offsetof({struct.name}, {m.name}), {count}, {wide}, {required}}},\n'
        text += "};\n"
        name = "node_event_view" if struct.name == "sipua_event_view" else f"{struct.name}_struct"
        linkage = 'extern "C" ' if name == "node_event_view" else "static "
        text += (f'{linkage}const node_struct {name} = {{"{struct.name}", {struct.name}_members, {len(struct.members)}, '
                 f"sizeof({struct.name})}};\n")
    view = header.struct("sipua_event_view")
    index = {m.name: i for i, m in enumerate(view.members)}
    text += f'extern "C" const uint8_t node_event_common[] = {{{", ".join(str(index[c]) for c in COMMON)}}};\n'
    text += f'extern "C" const uint8_t node_event_common_count = {len(COMMON)};\n'
    text += 'extern "C" const node_event_kind node_event_kinds[] = {\n'
    events = header.events()
    for event in events:
        fields = [index[f] for f in event.fields]
        text += f'    {{{event.constant}, {len(fields)}, {{{", ".join(map(str, fields))}}}}},\n'
    text += f'}};\nextern "C" const uint16_t node_event_kind_count = {len(events)};\n'
    return text


def sized(header: Header) -> list[Struct]:
    return [s for s in header.structs if s.members[0].name == "struct_size"]


def typemaps(header: Header) -> str:
    """Enumerations are numbers; structs in and out."""
    text = "\n// Integers of the library, by their sizes.\n"
    for name, base in list(header.integers.items()) + [(e.name, e.base) for e in header.enums]:
        text += f"typedef {base} {name};\n"
    text += "\n// Structs in: filled on the stack from an object. Structs out: an object.\n"
    for struct in sized(header):
        table = "node_event_view" if struct.name == "sipua_event_view" else f"&{struct.name}_struct"
        table = "&node_event_view" if struct.name == "sipua_event_view" else table
        for pattern, nullable in ((f"const {struct.name} *", "false"), (f"const {struct.name} *NULLABLE", "true")):
            text += (f"%typemap(in) {pattern} ({struct.name} filled, Arena arena, bool given) {{\n"
                     f'    if (!node_struct_in(env, $input, "$1_name", {table}, {nullable}, arena, &filled, &given)) SWIG_fail;\n'
                     f"    $1 = given ? &filled : nullptr;\n}}\n")
        text += (f"%typemap(in, numinputs=0) {struct.name} *INOUT ({struct.name} filled = {{sizeof({struct.name})}}) "
                 f"{{ $1 = &filled; }}\n")
        made = ("node_view_out(env, $1)" if struct.name == "sipua_event_view" else f"node_struct_out(env, {table}, $1)")
        text += f"%typemap(argout) {struct.name} *INOUT {{ $result = Napi::Value(env, node_append(env, $result, {made})); }}\n"
    return text


# Functions


def declaration(header: Header, function: Function) -> str:
    """The prototype, after the %apply lines that choose its typemaps."""
    first = function.params[0] if function.params else None
    for i, p in enumerate(function.params):
        if p.type in ("sipua_agent *", "const sipua_event *") and (i or p.name not in HANDLES.values()):
            raise ValueError(f"{function.name}: the generated check takes a handle as first parameter, named agent or event")
    del first
    applied, cleared = [], []
    inout = any(p.inout for p in function.params)
    outs = False
    skip = False
    for i, p in enumerate(function.params):
        if skip:
            skip = False
            continue
        pattern, out, pair = apply(header, function, i, p, inout)
        outs = outs or out
        skip = pair
        if pattern:
            shown = f"({p.type} {p.name}, uint32_t {function.params[i + 1].name})" if pair else f"{p.type} {p.name}"
            applied.append(f"%apply {pattern} {{ {shown} }};\n")
            cleared.append(shown)
    result = ""
    returns = plain(header, function.returns)
    if returns == "int32_t":
        if function.returns != "int32_t" or not function.params or first_is_number(header, function):
            result = "NUMBER"
        elif outs:
            result = "CHECKED"
    if result:
        applied.append(f"%typemap(out) {function.returns} {function.name} = int32_t {result};\n")
    params = ", ".join(f"{p.type}{'' if p.type.endswith('*') else ' '}{p.name}" for p in function.params) or "void"
    text = "".join(applied)
    text += f"{function.returns}{'' if function.returns.endswith('*') else ' '}{function.name}({params});\n"
    return text + "".join(f"%clear {c};\n" for c in cleared)


def first_is_number(header: Header, function: Function) -> bool:
    """sipua_error_retryable(code): what it returns is no failure."""
    return all("*" not in p.type for p in function.params)


def apply(header: Header, function: Function, i: int, p: Param, inout: bool) -> tuple[str, bool, bool]:
    """The pattern of BASICS for a parameter, whether it adds to the result, and whether it takes the next one along."""
    target = p.type.removeprefix("const ").rstrip(" *")
    if p.inout:
        return f"{target} *INOUT", True, False
    if p.type == "const char *" and p.nullable:
        return "const char *NULLABLE", False, False
    if p.type == "const sipua_pair *" and p.length:
        return "(const sipua_pair *PAIRS, uint32_t COUNT)", False, True
    if p.type == "const char *" and p.length:
        return "(const char *BYTES, uint32_t SIZE)", False, True
    if p.type.startswith("const sipua_") and p.type.endswith("*") and p.type != "const sipua_event *":
        return (f"const {target} *NULLABLE", False, False) if p.nullable else ("", False, False)
    if p.length:
        if function.params[i + 1].name != p.length:
            raise ValueError(f"{function.name}: the count of {p.name} stands right behind it")
        if p.type == "char *":
            return f"(char *{'SCRATCH' if inout else 'TEXT'}, uint32_t CAPACITY)", not inout, True
        if p.type.endswith("int16_t *"):
            return f"({p.type}pcm, uint32_t samples)", False, True
        if plain(header, target) == "uint64_t":
            return "(uint64_t *LIST, uint32_t CAPACITY)", True, True
        raise ValueError(f"{function.name}: no typemap for {p.type} {p.name}")
    if not p.out:
        return "", False, False
    if p.type.endswith("**") and target in HANDLES:
        return f"{target} **OUT", True, False
    if p.type == "const char **":
        return "const char **OUT", True, False
    if plain(header, target) == "uint64_t":
        return ("uint64_t *BYTES" if function.returns == "const uint8_t *" else "uint64_t *OUT"), True, False
    if plain(header, target) == "uint32_t":
        return "uint32_t *FLAGS", False, False
    raise ValueError(f"{function.name}: no typemap for {p.type} {p.name}")


# SWIG


def wrapped(interface: str) -> str:
    """What SWIG makes of it."""
    text = swig.wrap(interface, FILES[1], "-javascript", "-napi", "-c++")
    text = re.sub(r" \* Version \d+\.\d+\.\d+\n", "", text)
    text = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r'static_cast<int>\(info\.Length\(\)\) < (\d+) \|\| static_cast<int>\(info\.Length\(\)\) > \1\) \{\n'
                  r'    SWIG_Error\(SWIG_ERROR, "Illegal number of arguments for _wrap_(\w+)\."\);', arity, text)


def arity(found: re.Match[str]) -> str:
    """A wrong number of arguments is a TypeError that says which is right."""
    count, name = found[1], found[2]
    plural = "" if count == "1" else "s"
    return (f"info.Length() != {count}) {{\n"
            f'    napi_throw_type_error(env, "ERR_MISSING_ARGS", "{name} takes {count} argument{plural}");\n    SWIG_fail;')

