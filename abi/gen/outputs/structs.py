"""What abi/src knows of each struct: how much of it the first release had, what must be zero, and where on each machine
its members lie, as assertions that a compiler checks."""

from layout import MACHINES, lay
from model import Header

FILES = ["abi/generated/structs.h", "abi/generated/asserts.h", "abi/generated/events.h"]

COMMON = {"struct_size", "type", "id", "account", "call", "user", "tag", "time_ms"}  # of the view, for any event

HEAD = "/* Written by abi/gen/generate from sipua.h. Do not edit. */\n"


def write(header: Header) -> list[str]:
    return [structs(header), asserts(header), events(header)]


def structs(header: Header) -> str:
    versioned = [s for s in header.structs if s.versioned]
    text = HEAD + "#ifndef ABI_GENERATED_STRUCTS_H\n#define ABI_GENERATED_STRUCTS_H\n\n"
    text += "/* The bytes up to and with the last member of each struct's first release. */\n"
    text += "".join(f"#define ABI_FIRST_{s.name} ABI_FIRST({s.name}, {s.first.name})\n" for s in versioned)
    text += "\n/* Not 0 when a reserved member or a pad is not zero. */\n"
    text += "#if UINTPTR_MAX > 0xffffffffu\n#define ABI_PAD(member) 0\n#else\n#define ABI_PAD(member) (member)\n#endif\n"
    for s in versioned:
        zero = [f"(p)->{m.name}" for m in s.members if m.reserved] + [f"ABI_PAD((p)->{name})" for name in s.pads]
        text += f"#define ABI_RESERVED_{s.name}(p) ({' | '.join(zero) or '0'})\n"
    text += "\n#define ABI_EACH_STRUCT(x)" + "".join(f" \\\n    x({s.name})" for s in versioned) + "\n\n#endif\n"
    return text


def events(header: Header) -> str:
    """The table behind sipua_event_type_name() and JSON: which members of the view each event fills, as bits."""
    counts = {m.length for m in header.struct("sipua_event_view").members if m.length}
    members = [m.name for m in header.struct("sipua_event_view").members
               if m.name not in COMMON | counts and not m.reserved]
    text = HEAD + "#ifndef ABI_GENERATED_EVENTS_H\n#define ABI_GENERATED_EVENTS_H\n\n"
    text += "/* Members of sipua_event_view, as bits. */\n"
    text += "".join(f"#define ABI_F_{name.upper()} (1ull << {i})\n" for i, name in enumerate(members))
    text += "\n/* EVENT(type, name, members) of each. */\n#define ABI_EACH_EVENT(EVENT)"
    for e in header.events():
        fields = " | ".join(f"ABI_F_{f.upper()}" for f in e.fields if f in members) or "0"
        text += f" \\\n    EVENT({e.constant}, \"{e.name}\", {fields})"
    return text + "\n\n#endif\n"


def asserts(header: Header) -> str:
    text = HEAD + "#include <stddef.h>\n\n#define THE(what, is) _Static_assert((what) == (is), #what \" is not \" #is)\n\n"
    for e in header.enums:
        text += "".join(f"THE({m.name}, {m.value});\n" for m in e.members)
    for name in [*header.integers, *(e.name for e in header.enums)]:
        base = header.plain(name)
        text += f"THE(_Generic(({name})0, {base}: 1, default: 0), 1);\n"
    for machine in MACHINES:
        text += f"\n#if {machine.macro} /* {machine.name} */\n"
        for s in header.structs:
            layout = lay(header, s, machine)
            text += f"THE(sizeof({s.name}), {layout.size});\n"
            text += "".join(f"THE(offsetof({s.name}, {name}), {at});\n" for name, at, _ in layout.offsets)
        text += "#endif\n"
    return text + "\n#undef THE\n"
