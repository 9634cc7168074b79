rockspec_format = "3.0"
package = "sipua"
version = "0.1.0-1"
source = {
    url = "file://sipua-lua-0.1.0.tar.gz", -- in the rock, beside this file
    dir = "sipua-lua-0.1.0",
}
description = {
    summary = "SIP for Lua: register, place and take calls with real audio, and message",
    detailed = "Bots are coroutines; the SIP stack and the media run on threads of their own in a C library inside.",
    license = "MIT",
    labels = { "sip", "voip", "rtp", "telephony", "voice" },
}
supported_platforms = { "linux" }
dependencies = { "lua >= 5.1, < 5.5" }
-- Besides a C compiler and CMake: pkg-config, and the development packages of libevent, c-ares, OpenSSL, Opus and speexdsp.
build = {
    type = "cmake",
    variables = {
        LUA_INCDIR = "$(LUA_INCDIR)",
        LIBDIR = "$(LIBDIR)",
        LUADIR = "$(LUADIR)",
    },
}
