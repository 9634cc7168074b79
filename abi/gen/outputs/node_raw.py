"""Types of Node's raw layer: what the compiled addon exports, function by function, under the names of the header."""

from model import Function, Header, Member, Param, Struct, camel
from outputs.node_swig import HANDLES, REQUIRED, apply, kind, offered, plain, sized

FILES = ["bindings/node/generated/raw.d.ts"]

HEAD = """// Written by abi/gen/generate from sipua.h. Do not edit.
/// <reference types="node" />

/** An agent: closed by agent_free(), or by the garbage collector. */
export interface AgentHandle { readonly agent: unique symbol }
/** An event: released by event_destroy(), or by the garbage collector. */
export interface EventHandle { readonly event: unique symbol }
/** A name and a value. */
export type Pair = [name: string, value: string];
"""

BY_HAND = """
/** Closes the agent if need be and releases it now. Twice is legal. */
export function agent_free(agent: AgentHandle): void;
/** Releases an event and all that it holds. Twice is legal. */
export function event_destroy(event: EventHandle): void;
/** The function is called on this environment's loop when events wait, then whenever the queue stops being empty. It does
 * not hold the process until agent_ref(). null takes it away. */
export function agent_on_wakeup(agent: AgentHandle, callback: (() => void) | null): void;
export function agent_ref(agent: AgentHandle): void;
export function agent_unref(agent: AgentHandle): void;
/** poll() without waiting and event_get() in one, as a flat array: the handle (null for a reply or audio_ready), type, id,
 * account, call, user, tag, time_ms, then what the type fills. null when nothing waits. */
export function agent_take(agent: AgentHandle): [EventHandle | null, number, number, number, number, number, number, number, ...unknown[]] | null;
/** What the library refuses is thrown as `new Class(code, text)`. */
export function set_error_class(Class: new (code: number, text: string) => Error): void;
"""


def write(header: Header) -> list[str]:
    text = HEAD
    out = {p.type.removeprefix("const ").rstrip(" *") for f in header.functions for p in f.params if p.inout}
    for struct in sized(header):
        text += interface(header, struct, struct.name in out)
    for function in header.functions:
        if offered(function):
            text += declaration(header, function)
    return [text + BY_HAND]


def said(doc: str, indent: str = "") -> str:
    words = " ".join(doc.split()).replace("*/", "* /")
    return f"{indent}/** {words} */\n" if words else ""


def interface(header: Header, struct: Struct, out: bool) -> str:
    text = "\n" + said(struct.doc) + f"export interface {camel(struct.name)} {{\n"
    for m in struct.members:
        form = kind(header, struct, m)
        if form == "HIDDEN":
            continue
        if out:
            optional = "?" if struct.name in ("sipua_event_view", "sipua_uri") else ""
        else:
            optional = "" if REQUIRED.search(m.doc) else "?"
        text += said(m.doc, "    ") + f"    {m.name}{optional}: {member(form, m, out)};\n"
    return text + "}\n"


def member(form: str, m: Member, out: bool) -> str:
    return {"STRING": "string | null" if out else "string", "STRINGS": "readonly string[]", "PAIRS": "readonly Pair[]",
            "BYTES": "Buffer | null" if out else "string | Uint8Array"}.get(form, "number")


def declaration(header: Header, function: Function) -> str:
    params, outs = [], []
    inout = any(p.inout for p in function.params)
    skip = False
    for i, p in enumerate(function.params):
        if skip:
            skip = False
            continue
        pattern, _, skip = apply(header, function, i, p, inout)
        shown, result = forms(header, p, pattern)
        if shown:
            params.append(shown)
        if skip and pattern.startswith("(uint64_t *LIST"):
            params.append(f"{function.params[i + 1].name}: number")
        if result:
            outs.append(result)
    if not outs:
        outs = ["Buffer | null" if function.returns == "const uint8_t *" else "string | null" if function.returns == "const char *"
                and function.params and function.params[0].type.startswith("const sipua_event") else "string"
                if function.returns == "const char *" else "void" if function.returns == "void" else "number"]
    result = outs[0] if len(outs) == 1 else f"[{', '.join(outs)}]"
    name = function.name.removeprefix("sipua_")
    return "\n" + said(function.doc) + f"export function {name}({', '.join(params)}): {result};\n"


def forms(header: Header, p: Param, pattern: str) -> tuple[str, str]:
    """How a parameter is given, and what it adds to the result."""
    target = p.type.removeprefix("const ").rstrip(" *")
    if pattern.endswith("INOUT"):
        return ("", "EventView" if target == "sipua_event_view" else camel(target))
    if "**OUT" in pattern and target in HANDLES:
        return "", f"{camel(target)}Handle" + (" | null" if target == "sipua_event" else "")
    if pattern == "const char **OUT":
        return "", "string"
    if pattern == "uint64_t *OUT":
        return "", "number"
    if pattern == "uint64_t *BYTES" or "SCRATCH" in pattern:
        return "", ""
    if "TEXT" in pattern:
        return "", "string"
    if pattern == "uint32_t *FLAGS":
        return f"{p.name}: Uint32Array | undefined", ""
    if "LIST" in pattern:
        return "", "number[]"
    if "pcm" in pattern:
        return f"{p.name}: Uint8Array | Int16Array", ""
    if "PAIRS" in pattern:
        return f"{p.name}: readonly Pair[]", ""
    if "*BYTES" in pattern:
        return f"{p.name}: string | Uint8Array", ""
    none = " | null | undefined" if p.nullable else ""
    if target in HANDLES:
        return f"{p.name}: {camel(target)}Handle", ""
    if p.type == "const char *":
        return f"{p.name}: string{none}", ""
    if p.type.startswith("const sipua_"):
        return f"{p.name}: {camel(target)}{none}", ""
    assert plain(header, target) in ("int32_t", "uint32_t", "uint64_t"), p.type
    return f"{p.name}: number", ""
