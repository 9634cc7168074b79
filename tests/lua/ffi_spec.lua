-- LuaJIT's own way to the library: the generated declarations load the shared object as it is.
local jit = rawget(_G, "jit")

describe("sipua.ffi", function()
    it("reads the library's version, fills a struct and takes an event, under LuaJIT", function()
        if not jit then
            assert.is_false(pcall(require, "sipua.ffi"))
            return
        end
        local sipua = require "sipua.ffi"
        local ffi, lib = sipua.ffi, sipua.load(os.getenv "SIPUA_LIBRARY")
        assert.equal(require("sipua").version(), ffi.string(lib.sipua_version()))
        local config = sipua.new "sipua_agent_config"
        config.bind = "127.0.0.1"
        local out = ffi.new "sipua_agent *[1]"
        assert.equal(lib.SIPUA_OK, lib.sipua_agent_create(config, out))
        local event = ffi.new "sipua_event *[1]"
        assert.equal(1, lib.sipua_poll(out[0], 10000, event))
        local view = sipua.new "sipua_event_view"
        assert.is_true(lib.sipua_event_get(event[0], view) > 0)
        assert.equal(lib.SIPUA_EVENT_LISTENING, view.type)
        assert.is_true(view.port > 0)
        lib.sipua_event_destroy(event[0])
        lib.sipua_agent_free(out[0])
        assert.equal(lib.SIPUA_E_INVALID, lib.sipua_agent_close(nil))
    end)
end)

describe("the stubs", function()
    it("are Lua, and know every public method", function()
        local file = assert(io.open(os.getenv "SIPUA_SOURCE" .. "/bindings/lua/library/sipua.lua"))
        local text = file:read "*a"
        file:close()
        assert((loadstring or load)(text))
        for class, module in pairs { Agent = "agent", Account = "account", Call = "call", Message = "message", Transfer = "transfer" } do
            for name, method in pairs(require("sipua." .. module)) do
                if type(method) == "function" and name:match "^%a" and not text:find(class .. "[.:]" .. name .. "%(") then
                    local inner = { create = true, incoming = true, send = true, query = true, dial = true, on = true, start = true }
                    assert.is_true(inner[name] or false, class .. ":" .. name .. " has no stub")
                end
            end
        end
    end)
end)
