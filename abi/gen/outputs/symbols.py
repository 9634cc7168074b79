"""The linker's version map: what libsipua.so exports, one node a version."""

from model import Header

FILES = ["abi/generated/sipua.map"]


def write(header: Header) -> list[str]:
    versions: dict[str, list[str]] = {}
    for function in header.functions:
        versions.setdefault(function.since or "0.1", []).append(function.name)
    text = "/* Written by abi/gen/generate from sipua.h. Do not edit. */\n"
    before = ""
    for version in sorted(versions, key=lambda v: [int(n) for n in v.split(".")]):
        names = "".join(f"        {name};\n" for name in sorted(versions[version]))
        hidden = "    local:\n        *;\n" if not before else ""
        text += f"SIPUA_{version} {{\n    global:\n{names}{hidden}}}{before};\n"
        before = f" SIPUA_{version}"
    return [text]
