"""Writes the C source of the extension: emit.py CDEF OUTPUT. Besides the library's own functions it has those of take.c."""

import pathlib
import sys

import cffi

OURS = """
int32_t sipua_py_take(sipua_agent *agent, int32_t limit, int32_t all, sipua_event **events, uint64_t *numbers);
"""

given = pathlib.Path(sys.argv[1])
ffi = cffi.FFI()
ffi.cdef(given.read_text(encoding="utf-8") + OURS)
source = "#include <sipua/older.h>\n" + (given.parent / "take.c").read_text(encoding="utf-8")
ffi.set_source("sipua._sipua", source, py_limited_api=True)
ffi.emit_c_code(sys.argv[2])
