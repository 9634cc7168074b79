"""The whole interface for LuaJIT's ffi: declarations, and what loads the library with them."""

from model import Function, Header
from outputs.older import newer
from outputs.python_cdef import join

FILES = ["bindings/lua/sipua/ffi.lua"]

HEAD = """-- Written by abi/gen/generate from sipua.h. Do not edit.
-- libsipua by LuaJIT's ffi, without the compiled half: local lib = require("sipua.ffi").load("libsipua.so.0").
-- Everything is as in C: sipua.h is the manual. The functions that take a callback are left out: it would be called on
-- another thread, which LuaJIT does not survive.
local ffi = require "ffi"

ffi.cdef [[
"""

TAIL = """]]

local sipua_ffi = { ffi = ffi }

-- What an older library of this major version may lack, and what a call of it returns there.
local newer = {
%s}

-- Loads the library; by default the one that the system's loader finds. An older one of this major version will do: a
-- function that it does not have returns SIPUA_E_UNSUPPORTED, or nil for a pointer.
function sipua_ffi.load(name)
    local lib = ffi.load(name or "libsipua.so.0")
    local version = lib.sipua_abi_version()
    if math.floor(version / 65536) ~= %d then
        error(("sipua.ffi: the library is version %%d.%%d, and these declarations are of %d.%d"):format(
            math.floor(version / 65536), version %% 65536))
    end
    if version %% 65536 >= %d then return lib end
    return setmetatable({}, { __index = function(known, key)
        local there, value = pcall(function() return lib[key] end)
        if not there then
            if not newer[key] then error(value, 2) end
            value = newer[key]
        end
        known[key] = value
        return value
    end })
end

-- A zeroed struct that knows its size: sipua_ffi.new "sipua_agent_config".
function sipua_ffi.new(name)
    local struct = ffi.new(name)
    struct.struct_size = ffi.sizeof(name)
    return struct
end

return sipua_ffi
"""


def lacking(f: Function) -> str:
    """What stands in for a function on a library without it."""
    result = "" if f.returns == "void" else " return nil" if f.returns.endswith("*") else " return ffi.C.SIPUA_E_UNSUPPORTED"
    return f"    {f.name} = function(){result} end,\n"


def write(header: Header) -> list[str]:
    lines = []
    for kind, name in header.order:
        if kind == "integer":
            lines.append(f"typedef {header.integers[name]} {name};")
        elif kind == "enum":
            e = header.enum(name)
            rows = ", ".join(f"{m.name} = {m.value}" for m in e.members)
            lines.append(f"typedef {e.base} {name};\nenum {{ {rows} }};")
        elif kind == "opaque":
            lines.append(f"typedef struct {name} {name};")
        elif kind == "struct":
            members = "".join(f"    {join(m.type, m.name)};\n" for m in header.struct(name).members)
            lines.append(f"typedef struct {name} {{\n{members}}} {name};")
        else:
            f = next(f for f in header.functions if f.name == name)
            if not f.callback:
                params = ", ".join(join(p.type, p.name) for p in f.params) or "void"
                lines.append(f"{join(f.returns, f.name)}({params});")
    major, minor, _ = header.version
    return [HEAD + "\n".join(lines) + "\n" + TAIL % ("".join(map(lacking, newer(header))), major, major, minor, minor)]
