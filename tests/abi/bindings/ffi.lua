-- LuaJIT's ffi on whatever library the loader found: takes an event, and a function of version 0.2.
local sipua = require "sipua.ffi"
local ffi, lib = sipua.ffi, sipua.load()
local agent, event = ffi.new "sipua_agent *[1]", ffi.new "sipua_event *[1]"
local config, view = sipua.new "sipua_agent_config", sipua.new "sipua_event_view"
config.bind = "127.0.0.1"
assert(lib.sipua_agent_create(config, agent) == lib.SIPUA_OK)
assert(lib.sipua_poll(agent[0], 10000, event) == 1 and lib.sipua_event_get(event[0], view) > 0)
assert(view.type == lib.SIPUA_EVENT_LISTENING)
lib.sipua_event_destroy(event[0])
local version = ffi.string(lib.sipua_version())
local code = lib.sipua_network_changed(agent[0], 1)
assert(code == (version:find "^0%.1%." and lib.SIPUA_E_UNSUPPORTED or lib.SIPUA_OK), code)
assert(not pcall(function() return lib.sipua_no_such_function end))
lib.sipua_agent_free(agent[0])
print(version .. " from " .. jit.version)
