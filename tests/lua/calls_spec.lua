local sipua = require "sipua"
local support = require "support"

-- What a bot may do when its call has ended and it has not heard so: each is the hangup, not an error of its own.
describe("a call that has just ended", function()
    after_each(support.clean)

    it("is a hangup for whatever comes next", function()
        local p = support.pair()
        local log = support.quiet(p.b)
        local file = support.wav(support.tone(100))
        local ways = {
            play = function(call) call:play(file) end,
            record = function(call) call:record(file .. ".out") end,
            gather = function(call) call:gather { prompt = file } end,
            dtmf = function(call) call:send_dtmf "1" end,
            flush = function(call) call:flush() end,
            mark = function(call) call:mark(1) end,
            rate = function(call) call:set_rate(8000) end,
            reject = function(call) call:reject(486) end,
            ring = function(call) call:ring() end,
            go = function(call) call:play(file) end,
        }
        for name, way in pairs(ways) do
            local theirs, said, over
            p.b:on_call(function(call)
                call:answer()
                while not theirs do p.b:sleep(0.01) end
                sipua.raw.call_hangup(p.a._handle, theirs.id, nil, 0)
                sipua.raw.wait({}, 100) -- busy: nothing is heard meanwhile
                local ok
                ok, said = sipua.pcall(way, call)
                over = true
                assert(not ok)
                error(said, 0)
            end)
            support.run(p.a, function()
                theirs = assert(p.alice:call "bob")
                theirs:wait_ended()
            end)
            support.eventually(p.b, function() return over end)
            assert.is_true(sipua.is_hangup(said), name .. ": " .. tostring(said))
        end
        for _, line in ipairs(log) do
            assert.is_nil(line:find("error: task", 1, true), line)
        end
    end)

    it("is a hangup in the midst of a prompt, whoever hangs up", function()
        local p = support.pair()
        local file = support.wav(support.tone(20000))
        for i = 1, 6 do
            local caught
            p.b:on_call(function(call)
                call:answer()
                if i % 2 == 0 then
                    p.b:go(function()
                        p.b:sleep(0.05)
                        call:hangup()
                    end)
                end
                local _, err = sipua.pcall(call.play, call, file)
                caught = err
            end)
            support.run(p.a, function()
                local call = assert(p.alice:call "bob")
                if i % 2 == 1 then
                    p.a:sleep(0.05)
                    call:hangup()
                else
                    call:wait_ended()
                end
            end)
            support.eventually(p.b, function() return caught end)
            assert.is_true(sipua.is_hangup(caught), i .. ": " .. tostring(caught))
        end
    end)
end)

describe("calls", function()
    after_each(support.clean)

    it("registers, and says why not", function()
        local p = support.pair()
        assert.is_true(p.alice.registered)
        assert.is_true(p.alice.expires > 0)
        local nobody, err = p.a:account { aor = p.registrar:aor "alice", password = "wrong" }:register()
        assert.is_nil(nobody)
        assert.equal(401, err.status)
        assert.equal("Authentication Error", err.cause)
        assert.is_truthy(tostring(err):find "401")
        assert.is_true(assert(p.alice:unregister()))
        assert.is_false(p.alice.registered)
    end)

    it("echoes audio through a bot, and ends at the hangup", function()
        local p = support.pair()
        local after, ended
        p.b:on_call(function(call)
            assert.equal("incoming", call.direction)
            assert.equal("7", call:header "X-Id")
            call:ring()
            call:answer { rate = 8000 }
            for pcm in call:frames(20) do
                call:write(pcm)
            end
            after, ended = true, call.ended
            call:hangup()
        end)
        local loud = 0
        support.run(p.a, function()
            local call = assert(p.alice:call("bob", { headers = { ["X-Id"] = "7" }, rate = 8000 }))
            assert.is_true(call.established)
            assert.equal(p.alice, call.account)
            local tone = support.tone(2000)
            call:write(tone)
            for _ = 1, 250 do
                local pcm = call:read(20)
                assert.equal(320, #pcm)
                if support.loudest(pcm) > 5000 then loud = loud + 1 end
                if loud == 40 then break end
            end
            local stats = call:stats()
            assert.is_true(stats.packets_sent > 20 and stats.packets_received > 20)
            assert.is_true(call:duration() > 0.5)
            assert.equal("Terminated", call:hangup().cause)
            assert.equal("Terminated", call:hangup().cause) -- twice is legal
            assert.is_true(call:stats().packets_sent > 20)
        end)
        assert.is_true(loud >= 40)
        support.eventually(p.b, function() return after end)
        assert.equal("Terminated", ended.cause)
    end)

    it("is refused with status, reason and cause", function()
        local p = support.pair()
        p.b:on_call(function(call) call:reject(486, { reason = "Not Today" }) end)
        support.run(p.a, function()
            local call, err = p.alice:call "bob"
            assert.is_nil(call)
            assert.equal(486, err.status)
            assert.equal("Not Today", err.reason)
            assert.equal("Busy", err.cause)
            call, err = p.alice:call "nobody"
            assert.is_nil(call)
            assert.equal("Not Found", err.cause)
        end)
    end)

    it("gives up an unanswered call", function()
        local p = support.pair()
        local how
        p.b:on_call(function(call)
            call:ring()
            how = call:wait_ended()
        end)
        support.run(p.a, function()
            local call, err = p.alice:call("bob", { timeout = 0.3 })
            assert.is_nil(call)
            assert.equal("No Answer", err.cause)
        end)
        support.eventually(p.b, function() return how end)
        assert.equal("Canceled", how.cause)
    end)

    it("can be dialled, watched and answered step by step", function()
        local p = support.pair()
        local seen = {}
        p.b:on_call(function(call)
            p.b:sleep(0.1)
            call:ring()
            p.b:sleep(0.1)
            call:answer()
        end)
        support.run(p.a, function()
            local call = p.alice:dial "bob"
            call:on("*", function(event) seen[#seen + 1] = event.event end)
            call:answered()
            assert.is_true(call.established)
            call:hangup()
        end)
        support.eventually(p.a, function() return seen[#seen] == "call_ended" end)
        local order = table.concat(seen, " ")
        assert.is_truthy(order:find "call_sending.*call_progress.*call_accepted.*call_ended")
    end)

    it("raises the hangup where the bot waits, to be caught", function()
        local p = support.pair()
        local caught = {}
        p.b:on_call(function(call)
            call:answer()
            local ok, err = sipua.pcall(function() p.b:sleep(60) end)
            caught.sleep = { ok, err }
            ok, err = sipua.pcall(call.write, call, "\0\0")
            caught.write = { ok, err }
            ok, err = sipua.pcall(call.wait, call, "dtmf")
            caught.wait = { ok, err }
            p.b:sleep(0.01) -- told once: what cleans up may wait
            caught.clean = true
        end)
        support.run(p.a, function()
            local call = assert(p.alice:call "bob")
            p.a:sleep(0.1)
            call:hangup()
        end)
        support.eventually(p.b, function() return caught.clean end)
        for _, way in ipairs { "sleep", "write", "wait" } do
            assert.is_false(caught[way][1])
            assert.is_true(sipua.is_hangup(caught[way][2]), way)
            assert.equal("Terminated", caught[way][2].cause)
        end
    end)

    it("raises the hangup at the next wait when answer and end came together", function()
        local p = support.pair()
        local caught
        p.b:on_call(function(call)
            call:answer()
            local _, err = sipua.pcall(function() p.b:sleep(60) end)
            caught = err
        end)
        p.a:on_event(function(event)
            if event.event ~= "call_accepted" then return end
            sipua.raw.call_hangup(p.a._handle, event.id, nil, 0)
            local from = sipua.raw.now()
            while sipua.raw.now() - from < 0.2 do end -- meanwhile both wait in the other's queue
        end)
        p.alice:dial "bob"
        support.eventually(p.b, function() return caught end)
        assert.is_true(sipua.is_hangup(caught))
    end)

    it("lets a plain pcall, an iterator and a metamethod wait", function()
        local p = support.pair()
        local did = {}
        p.a:go(function()
            did.pcall = pcall(function() p.a:sleep(0.01) end)
            for i in function(_, i) p.a:sleep(0.01) return i and i < 3 and i + 1 or not i and 1 or nil end do
                did.iterator = i
            end
            local lazy = setmetatable({}, { __index = function(_, key) p.a:sleep(0.01) return key end })
            did.metamethod = lazy.word
            did.over = true
        end)
        support.eventually(p.a, function() return did.over end)
        assert.is_true(did.pcall)
        assert.equal(3, did.iterator)
        assert.equal("word", did.metamethod)
    end)

    it("ends the call of a bot that fails, and harms no other", function()
        local p = support.pair()
        local log = support.quiet(p.b)
        local alive = 0
        p.b:on_call(function(call)
            if call:header "X-Fail" == "before" then error "a defect before" end
            call:answer()
            if call:header "X-Fail" == "after" then error "a defect after" end
            for _ in call:frames(20) do
                alive = alive + 1
            end
        end)
        support.run(p.a, function()
            local good = assert(p.alice:call "bob")
            local call, err = p.alice:call("bob", { headers = { ["X-Fail"] = "before" } })
            assert.is_nil(call)
            assert.equal(500, err.status)
            call = assert(p.alice:call("bob", { headers = { ["X-Fail"] = "after" } }))
            local how = call:wait_ended()
            assert.equal("remote", how.originator)
            assert.equal("Terminated", how.cause)
            local before = alive
            for _ = 1, 100 do
                p.a:sleep(0.1)
                if alive > before then break end
            end
            assert.is_true(alive > before)
            assert.is_true(good.established)
            good:hangup()
        end)
        local said = table.concat(log, "\n")
        assert.is_truthy(said:find("a defect before", 1, true))
        assert.is_truthy(said:find("a defect after", 1, true))
        assert.is_truthy(said:find("calls_spec.lua", 1, true)) -- with where
    end)

    it("cancels the call that a bot was making when its own call ends", function()
        local p = support.pair()
        local second, ringing
        p.b:on_call(function(call)
            if call:header "X-Second" then
                call:ring()
                ringing = true
                second = call:wait_ended()
                return
            end
            call:answer()
            p.bob:call("bob", { headers = { ["X-Second"] = "1" } })
        end)
        support.run(p.a, function()
            local call = assert(p.alice:call "bob")
            while not ringing do
                p.a:sleep(0.02)
            end
            call:hangup()
        end)
        support.eventually(p.b, function() return second end)
        assert.equal("Canceled", second.cause)
    end)

    it("ends the call of a bot that another call's hangup has ended", function()
        local p = support.pair()
        local log = support.quiet(p.b)
        p.b:on_call(function(call)
            call:answer()
            if call:header "X-Second" then
                p.b:sleep(0.1)
                call:hangup()
                return
            end
            local second = assert(p.bob:call("bob", { headers = { ["X-Second"] = "1" } }))
            second:wait "dtmf" -- its hangup is raised here, and nobody catches it
        end)
        support.run(p.a, function()
            local call = assert(p.alice:call "bob")
            assert.equal("remote", call:wait_ended().originator)
        end)
        assert.is_truthy(table.concat(log):find("Terminated", 1, true))
    end)

    it("calls somebody directly, without an account", function()
        local phone = support.agent { open = true, listen = { "udp:127.0.0.1:0" } }
        local a = support.agent()
        phone:on_call(function(call)
            call:answer()
            call:wait_ended()
        end)
        support.run(a, function()
            local target = ("sip:anybody@127.0.0.1:%d"):format(phone.listeners[1].port)
            local call = assert(a:call(target, { from = "sip:me@127.0.0.1" }))
            assert.is_nil(call.account)
            call:hangup()
            local answer = assert(a:options(target))
            assert.equal(200, answer.status)
            assert.is_true(#answer.headers > 3)
        end)
    end)
end)
