"""The declarations that cffi compiles the Python extension from."""

from model import Header

FILES = ["bindings/python/cdef/sipua.cdef"]


def write(header: Header) -> list[str]:
    lines = ["/* Written by abi/gen/generate from sipua.h. Do not edit. */"]
    enums = {e.name: e for e in header.enums}
    structs = {s.name: s for s in header.structs}
    functions = {f.name: f for f in header.functions}
    for kind, name in header.order:
        if kind == "integer":
            lines.append(f"typedef {header.integers[name]} {name};")
        elif kind == "enum":
            lines.append(f"typedef {enums[name].base} {name};")
        elif kind == "opaque":
            lines.append(f"typedef struct {name} {name};")
        elif kind == "struct":
            members = "".join(f"    {join(m.type, m.name)};\n" for m in structs[name].members)
            members += "    ...;\n" if structs[name].pads else ""  # 32-bit machines have one member more
            lines.append(f"typedef struct {name} {{\n{members}}} {name};")
        elif not functions[name].callback:  # nothing calls into the interpreter
            f = functions[name]
            params = ", ".join(join(p.type, p.name) for p in f.params) or "void"
            lines.append(f"{join(f.returns, f.name)}({params});")
    return ["\n".join(lines) + "\n"]


def join(kind: str, name: str) -> str:
    return f"{kind}{name}" if kind.endswith("*") else f"{kind} {name}"
