"""Writes the C source of the extension: emit.py CDEF OUTPUT."""

import pathlib
import sys

import cffi

ffi = cffi.FFI()
ffi.cdef(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
ffi.set_source("sipua._sipua", "#include <sipua/sipua.h>\n", py_limited_api=True)
ffi.emit_c_code(sys.argv[2])
