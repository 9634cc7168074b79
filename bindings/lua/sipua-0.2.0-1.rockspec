rockspec_format = "3.0"
package = "sipua"
version = "0.2.0-1"
source = {
    url = "file://sipua-lua-0.2.0.tar.gz", -- in the rock, beside this file
    dir = "sipua-lua-0.2.0",
}
description = {
    summary = "SIP for Lua: register, call and message, with audio; bots are coroutines",
    detailed = [[
A SIP user agent with media on threads of its own. Scripts register to a PBX, answer and place calls, play, record,
gather digits and stream PCM, and exchange messages; each call's bot is a coroutine. Lua 5.1 to 5.4 and LuaJIT.
Building takes CMake, a C compiler, and the headers of libevent, OpenSSL, c-ares, wslay, Opus, speexdsp and expat.]],
    license = "MIT",
    labels = { "sip", "voip", "telephony", "ivr" },
}
dependencies = { "lua >= 5.1, < 5.5" }
supported_platforms = { "linux" }
build = {
    type = "cmake",
    variables = {
        LUA_INCDIR = "$(LUA_INCDIR)",
        LUA_LIBDIR = "$(LIBDIR)",
        LUA_LUADIR = "$(LUADIR)",
        CMAKE_BUILD_TYPE = "Release",
    },
    copy_directories = { "examples", "library" },
}
