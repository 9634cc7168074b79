-- Agents, calls and events end without leaving anything behind, however the program goes about it.
local sipua = require "sipua"
local support = require "support"
local raw = sipua.raw
local sanitized = (os.getenv "SIPUA_SANITIZER" or "") ~= "" -- it keeps what is freed, and has words about stacks
local times = sanitized and 5 or 25

local function descriptors()
    local n, list = 0, io.popen "ls /proc/self/fd | wc -l"
    n = tonumber(list:read "*a")
    list:close()
    return n
end

local function status(key)
    local f = assert(io.open "/proc/self/status")
    local text = f:read "*a"
    f:close()
    return tonumber(text:match("\n" .. key .. ":%s+(%d+)"))
end

-- A program of its own: it makes a call with audio, and then does something.
local PROGRAM = [[
local sipua = require "sipua"
local a = sipua.agent { bind = "127.0.0.1", listen = { "udp:127.0.0.1:0" }, open = true, log_level = "none" }
local b = sipua.agent { bind = "127.0.0.1", log_level = "none" }
a:on_call(function(call) call:answer() for pcm in call:frames(20) do call:write(pcm) end end)
a:step(0)
b:go(function()
    while not a.listeners[1] do b:sleep(0.001) end
    local call = assert(b:call(("sip:x@127.0.0.1:%d"):format(a.listeners[1].port)))
    call:write(("\0\1"):rep(16000))
    call:read(20)
    b:stop()
    WHAT
end)
b:run()
THEN
]]

describe("an end", function()
    after_each(support.clean)

    local ways = {
        ["os.exit in mid-call"] = { "", "os.exit(0)" },
        ["the end of the program in mid-call"] = { "", "" },
        ["os.exit in a bot"] = { "os.exit(0)", "" },
        ["os.exit with the state closed"] = { "", "os.exit(0, true)" },
    }
    for name, way in pairs(ways) do
        it(times .. " times by " .. name, function()
            local code = PROGRAM:gsub("WHAT", way[1]):gsub("THEN", way[2])
            local file = support.file()
            local f = assert(io.open(file, "w"))
            f:write(code)
            f:close()
            local from = raw.now()
            local out = support.file()
            local loop = ("for i in $(seq %d); do timeout 20 %s %s >>%s 2>&1 || exit $?; done"):format(
                times, os.getenv "SIPUA_LUA" or arg[-1], file, out)
            local ok, _, status_ = os.execute("/bin/bash -c '" .. loop .. "'")
            if type(ok) == "number" then ok, status_ = ok == 0, ok end
            local said = assert(io.open(out)):read "*a"
            assert.is_true(ok, ("status %s: %s"):format(tostring(status_), said))
            assert.equal("", sanitized and "" or said)
            assert.is_true(raw.now() - from < 60)
        end)
    end

    it("of agents leaves no thread, no descriptor and no memory", function()
        local function cycle()
            local agent = sipua.agent { bind = "127.0.0.1" }
            agent:account { aor = "sip:a@127.0.0.1" }
            agent:step(0)
            agent:close()
        end
        for _ = 1, 10 do cycle() end
        collectgarbage() collectgarbage()
        local fds, threads, memory = descriptors(), status "Threads", status "VmRSS"
        for _ = 1, 60 do cycle() end
        collectgarbage() collectgarbage()
        assert.equal(fds, descriptors())
        assert.equal(threads, status "Threads")
        assert.is_true(sanitized or status "VmRSS" - memory < 6000)
    end)

    it("of an agent that is only dropped comes with the garbage", function()
        local threads = status "Threads"
        for _ = 1, 5 do
            local handle = raw.agent_create { bind = "127.0.0.1" }
            assert.is_true(raw.agent_fd(handle) >= 0)
        end
        collectgarbage() collectgarbage()
        assert.equal(threads, status "Threads")
    end)

    it("of events: none is lost to memory by an error", function()
        local agent = support.agent { trace = true }
        local registrar = support.registrar()
        local log = support.quiet(agent)
        agent:on_event(function() error "a tap that fails" end)
        local account = agent:account { aor = registrar:aor "alice", password = "wonderland" }
        local function round(n)
            for _ = 1, n do
                assert(account:register())
            end
            collectgarbage() collectgarbage()
            return status "VmRSS"
        end
        local before = round(300)
        local after = round(1500)
        -- finished transactions linger, some 3 KB a registration; its events would be 4 KB more
        assert.is_true(sanitized or after - before < 7000, ("%d KB grew to %d"):format(before, after))
        assert.is_true(#log > 0)
    end)

    it("of everything, with the collector run at random", function()
        local p = support.pair()
        math.randomseed(7)
        local echoed, over = 0, 0
        p.b:on_call(function(call)
            call:answer { rate = 8000 }
            for pcm in call:frames(20) do
                call:write(pcm)
                echoed = echoed + 1
                if math.random(4) == 1 then collectgarbage() end
            end
        end)
        for i = 1, 10 do
            p.a:go(function()
                local call = assert(p.alice:call("bob", { rate = 8000 }))
                call:write(support.tone(500))
                for _ = 1, 10 + i do
                    call:read(20)
                    if math.random(4) == 1 then collectgarbage(math.random(2) == 1 and "step" or "collect") end
                end
                local forget = i % 2 == 0
                if not forget then call:hangup() end
                over = over + 1
            end)
        end
        support.eventually(p.a, function() return over == 10 end, 60)
        assert.is_true(echoed > 50)
        collectgarbage() -- a dropped object hangs up nothing
        p.a:sleep(0.2)
        local left = 0
        for _ in pairs(p.a.calls) do left = left + 1 end
        assert.equal(5, left)
    end)

    it("by shutdown says goodbye to calls and registrations", function()
        local p = support.pair()
        local how
        p.b:on_call(function(call)
            call:answer()
            how = call:wait_ended()
        end)
        support.run(p.a, function() assert(p.alice:call "bob") end)
        p.a:shutdown(5)
        support.eventually(p.b, function() return how end)
        assert.equal("Terminated", how.cause)
        assert.equal("remote", how.originator)
    end)

    it("of a block, in Lua 5.4, closes what is in it", function()
        if _VERSION ~= "Lua 5.4" then return end
        local kept
        local chunk = assert(load [[
            local sipua, keep = ...
            local agent <close> = sipua.agent { bind = "127.0.0.1" }
            keep(agent)
        ]])
        chunk(sipua, function(agent) kept = agent end)
        assert.has_error(function() kept:fd() end)
    end)
end)
