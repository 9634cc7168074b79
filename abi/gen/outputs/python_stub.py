"""The types of the raw layer in Python: what cffi compiles from the cdef, for type checkers and editors."""

from model import Function, Header, Param

FILES = ["bindings/python/src/sipua/_sipua.pyi"]

HEAD = '''# Written by abi/gen/generate from sipua.h. Do not edit.
"""The C functions as cffi gives them, one to one. Pointers are cffi's: `ffi.NULL` where a parameter may be NULL."""

from typing import Any

CData = Any  # a pointer or struct of cffi's

ffi: Any

class Lib:
'''
# Of bindings/python/cdef/take.c.
OURS = """
    def sipua_py_take(self, agent: CData, limit: int, all_: int, events: CData, numbers: CData, /) -> int: ...
"""
KEYWORDS = {"from", "all", "in", "is"}


def write(header: Header) -> list[str]:
    text = HEAD
    for f in header.functions:
        if not f.callback:
            params = "".join(f", {parameter(p)}" for p in f.params)
            text += f"    def {f.name}(self{params}, /) -> {returned(f)}: ...\n".replace("(self, /)", "(self)")
    return [f"{text}{OURS}\nlib: Lib\n"]


def parameter(p: Param) -> str:
    name = p.name + "_" if p.name in KEYWORDS else p.name
    if "*" not in p.type:
        return f"{name}: int"
    return f"{name}: {'bytes | CData' if p.type == 'const char *' else 'CData'}"


def returned(f: Function) -> str:
    return "None" if f.returns == "void" else "CData" if "*" in f.returns else "int"
