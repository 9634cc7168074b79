-- Lua 5.1 where a task has no C stack of its own: sipua.pcall runs the function in a coroutine, and what it waits for is
-- passed up. Elsewhere the interpreter's own pcall does.
local support = require "support"

describe("sipua.pcall without fibers", function()
    local saved = {}
    setup(function()
        for name in pairs(package.loaded) do
            if name:match "^sipua" or name == "support" then saved[name] = package.loaded[name] end
        end
        for name in pairs(saved) do
            if name ~= "sipua.raw" then package.loaded[name] = nil end
        end
        saved.create = saved["sipua.raw"].fiber_create
        saved["sipua.raw"].fiber_create = function() end
        support = require "support"
    end)
    teardown(function()
        saved["sipua.raw"].fiber_create, saved.create = saved.create, nil
        for name, module in pairs(saved) do
            package.loaded[name] = module
        end
    end)

    it("waits, returns, raises and nests", function()
        local sipua = require "sipua"
        assert.is_false(require("sipua.loop").fibers)
        local a = support.agent()
        local got
        a:go(function()
            got = { sipua.pcall(function(x)
                a:sleep(0.01)
                local ok, err = sipua.pcall(function()
                    a:sleep(0.01)
                    error { word = "inner" }
                end)
                return x, ok, err.word
            end, 5) }
        end)
        support.eventually(a, function() return got end)
        assert.same({ true, 5, false, "inner" }, got)
        support.clean()
    end)

    it("catches a hangup", function()
        local sipua = require "sipua"
        local p = support.pair()
        local caught
        p.b:on_call(function(call)
            call:answer()
            local _, err = sipua.pcall(call.gather, call, { timeout = 60 })
            caught = err
        end)
        support.run(p.a, function()
            local call = assert(p.alice:call "bob")
            p.a:sleep(0.05)
            call:hangup()
        end)
        support.eventually(p.b, function() return caught end)
        assert.is_true(sipua.is_hangup(caught))
        support.clean()
    end)
end)
