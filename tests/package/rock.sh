#!/usr/bin/env bash
# The packed rock is unpacked far from the tree, built offline by LuaRocks for each interpreter, and a program runs there.
# usage: rock.sh DIST WORK_FOLDER
set -euo pipefail
dist=$1 work=$2
rm -rf "$work"
mkdir -p "$work/rock" "$work/empty"
cd "$work/rock"
python3 -m zipfile -e "$dist"/sipua-*.src.rock .
tar -xzf sipua-lua-*.tar.gz
cd sipua-lua-*/
[ -s THIRD_PARTY_LICENSES ] && [ -s LICENSE ]
export HOME=$work CMAKE_GENERATOR=Ninja CCACHE_DIR="${CCACHE_DIR:-$HOME/.cache/ccache}"
cat >"$work/empty/call.lua" <<'LUA'
local sipua = require "sipua"
local registrar = sipua.registrar { users = { alice = "a", bob = "b" } }
local a, b = sipua.agent { bind = "127.0.0.1" }, sipua.agent { bind = "127.0.0.1" }
local alice = assert(a:account { aor = registrar:aor "alice", password = "a" }:register())
assert(b:account { aor = registrar:aor "bob", password = "b" }:register())
b:on_call(function(call)
    call:answer { rate = 8000 }
    for pcm in call:frames(20) do call:write(pcm) end
end)
local cause
a:go(function()
    local call = assert(alice:call("bob", { rate = 8000 }))
    for _ = 1, 5 do assert(#call:read(20) == 320) end
    cause = call:hangup().cause
end)
local last = os.time() + 30
while not cause do
    a:step(1)
    assert(os.time() < last, "no call within 30 s")
end
for _, one in ipairs { a, b, registrar } do one:close() end
print(jit and jit.version or _VERSION, sipua.version(), "a call between two agents: " .. cause)
LUA

try() { # name, LuaRocks' version of Lua, the interpreter, its headers
    local tree=$work/tree-$1
    # one build folder: only what sees the interpreter's headers is built again
    luarocks --lua-version "$2" make --tree "$tree" --deps-mode none LUA_INCDIR="$4" >"$work/$1.log" 2>&1 ||
        { tail -n 40 "$work/$1.log"; exit 1; }
    cd "$work/empty"
    export LUA_PATH="$tree/share/lua/$2/?.lua;$tree/share/lua/$2/?/init.lua" LUA_CPATH="$tree/lib/lua/$2/?.so"
    "$3" call.lua
    timeout 60 "$3" "$tree/lib/luarocks/rocks-$2"/sipua/*/examples/two_phones.lua
    unset LUA_PATH LUA_CPATH
    cd - >/dev/null
}
try 5.1 5.1 lua5.1 /usr/include/lua5.1
try 5.3 5.3 lua5.3 /usr/include/lua5.3
try 5.4 5.4 lua5.4 /usr/include/lua5.4
try jit 5.1 luajit "$(pkg-config --variable=includedir luajit)"
