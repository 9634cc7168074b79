-- The examples run as they stand.
local sipua = require "sipua"
local support = require "support"
local folder = os.getenv "SIPUA_SOURCE" .. "/bindings/lua/examples/"
local lua = os.getenv "SIPUA_LUA"

describe("the example", function()
    after_each(support.clean)

    it("two_phones.lua tells of a message, a call and its digits", function()
        local f = io.popen(("timeout 60 %s %stwo_phones.lua 2>&1"):format(lua, folder))
        local said = f:read "*a"
        f:close()
        assert.is_truthy(said:find("writes: I am about to call", 1, true), said)
        assert.is_truthy(said:find("bob heard the digits 123", 1, true), said)
        assert.is_truthy(said:find("the call ended: Terminated", 1, true), said)
    end)

    it("echo.lua answers and says back", function()
        local f = io.popen(("timeout 60 %s %secho.lua udp:127.0.0.1:0 2>&1 & echo $!; wait"):format(lua, folder))
        local pid = f:read "*l"
        local port = f:read "*l":match ":(%d+)$"
        local a = support.agent()
        support.run(a, function()
            local call = assert(a:call("sip:echo@127.0.0.1:" .. port, { rate = 8000 }))
            call:write(support.tone(3000))
            local loud = 0
            for _ = 1, 200 do
                if support.loudest(call:read(20)) > 5000 then loud = loud + 1 end
                if loud > 10 then break end
            end
            assert.is_true(loud > 10)
            call:hangup()
        end)
        os.execute("kill " .. pid)
        f:close()
    end)

    it("b2bua.lua puts through", function()
        local b = support.agent { open = true }
        b:on_call(function(call) call:answer() end)
        local f = io.popen(("timeout 60 %s %sb2bua.lua sip:bob@127.0.0.1:%d udp:127.0.0.1:0 2>&1 & echo $!; wait"):format(
            lua, folder, b.listeners[1].port))
        local pid = f:read "*l"
        local port = f:read "*l":match ":(%d+)$"
        local a = support.agent()
        support.run(a, function()
            local call = assert(a:call("sip:anybody@127.0.0.1:" .. port))
            local _, far = next(b.calls)
            call:hangup()
            assert.equal("Terminated", far:wait_ended().cause)
        end)
        os.execute("kill " .. pid)
        f:close()
    end)

    it("ivr.lua registers and takes a choice", function()
        local registrar = support.registrar { users = { ivr = "secret", alice = "wonderland" } }
        local work = support.file() .. ".d"
        assert(os.execute("mkdir " .. work))
        local ok, err = pcall(function()
            for _, name in ipairs { "menu", "hours" } do
                os.rename(support.wav(support.tone(300)), work .. "/" .. name .. ".wav")
            end
            local f = io.popen(("cd %s; timeout 60 %s %sivr.lua %s secret 2>&1 & echo $!; wait"):format(
                work, lua, folder, registrar:aor "ivr"))
            local pid = f:read "*l"
            local a = support.agent()
            local alice = assert(a:account { aor = registrar:aor "alice", password = "wonderland" }:register())
            support.run(a, function()
                local call
                for _ = 1, 100 do -- until it has registered
                    call = alice:call("ivr", { rate = 8000 })
                    if call then break end
                    a:sleep(0.1)
                end
                call:send_dtmf "1"
                assert.equal("remote", call:wait_ended().originator)
            end)
            os.execute("kill " .. pid)
            f:close()
        end)
        os.execute("rm -rf " .. work)
        assert(ok, err)
    end)
end)
