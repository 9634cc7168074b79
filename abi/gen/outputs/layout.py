"""The sizes, offsets and numbers that are promised, one table for each machine, and the program text with which its
compiler is asked for them: nothing is run, the answers stand in the assembler output."""

from layout import MACHINES, Machine, lay
from model import Header

FILES = ["abi/generated/probe.c", *(f"abi/generated/layout-{m.name}.txt" for m in MACHINES)]


def write(header: Header) -> list[str]:
    return [probe(header), *(table(header, m) for m in MACHINES)]


def table(header: Header, machine: Machine) -> str:
    """Lines of a kind, a name and numbers: type size signed, constant value, struct size, member offset size."""
    lines = []
    for name in [*header.integers, *(e.name for e in header.enums)]:
        base = header.plain(name)
        lines.append(f"type {name} {8 if '64' in base else 4} {int(base.startswith('int'))}")
    lines += [f"constant {m.name} {m.value}" for e in header.enums for m in e.members]
    for s in header.structs:
        layout = lay(header, s, machine)
        lines.append(f"struct {s.name} {layout.size}")
        lines += [f"member {s.name}.{name} {at} {size}" for name, at, size in layout.offsets]
    return "\n".join(lines) + "\n"


def probe(header: Header) -> str:
    text = "/* Written by abi/gen/generate from sipua.h. Do not edit. Compile with -S: each \"#sipua\" line of the output is\n"
    text += " * one of layout-MACHINE.txt. */\n#include <stddef.h>\n\n#include \"sipua/sipua.h\"\n\n"
    text += '#define SAY(what, a) __asm__ volatile("\\n#sipua " what " %c0" : : "i"(a))\n'
    text += '#define SAY2(what, a, b) __asm__ volatile("\\n#sipua " what " %c0 %c1" : : "i"(a), "i"(b))\n'
    text += '#define TYPE(name) SAY2("type " #name, (int)sizeof(name), (name)-1 < (name)1)\n'
    text += '#define CONSTANT(name) SAY("constant " #name, name)\n'
    text += '#define STRUCT(name) SAY("struct " #name, (int)sizeof(name))\n'
    text += '#define MEMBER(s, m) SAY2("member " #s "." #m, (int)offsetof(s, m), (int)sizeof(((s *)0)->m))\n\n'
    text += "void sipua_probe(void);\nvoid sipua_probe(void) {\n"
    for name in [*header.integers, *(e.name for e in header.enums)]:
        text += f"    TYPE({name});\n"
    for e in header.enums:
        text += "".join(f"    CONSTANT({m.name});\n" for m in e.members)
    for s in header.structs:
        text += f"    STRUCT({s.name});\n"
        for m in s.members:
            text += f"    MEMBER({s.name}, {m.name});\n"
            pad = next((name for name, after in s.pads.items() if after == m.name), "")
            if pad:
                text += f"#if UINTPTR_MAX <= 0xffffffffu\n    MEMBER({s.name}, {pad});\n#endif\n"
    return text + "}\n"
