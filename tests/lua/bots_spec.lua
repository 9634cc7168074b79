local sipua = require "sipua"
local support = require "support"

-- A call between bob's bot and alice's; either's error is raised.
local function talk(p, bot, caller)
    local over, ok, err
    p.b:on_call(function(call)
        ok, err = sipua.pcall(bot, call)
        over = true
        call:hangup()
    end)
    local fine, said = pcall(support.run, p.a, function()
        local call = assert(p.alice:call "bob")
        caller(call)
        call:hangup()
    end)
    support.eventually(p.b, function() return over end)
    if not ok then error(err, 0) end
    if not fine then error(said, 0) end
end

describe("a bot", function()
    after_each(support.clean)

    it("gathers digits to a number, a terminator or a pause", function()
        local p = support.pair()
        local got = {}
        talk(p, function(call)
            call:answer()
            got[1] = { call:gather { max = 2, timeout = 20 } }
            got[2] = { call:gather { timeout = 20 } }
            got[3] = { call:gather { timeout = 0.3 } }
            got[4] = { call:gather { max = 4, timeout = 0.5, typeahead = false } }
            call:hangup()
        end, function(call)
            call:send_dtmf "12345#"
            call:wait_ended()
        end)
        assert.same({ "12", "max" }, got[1])
        assert.same({ "345", "terminator" }, got[2])
        assert.same({ "", "timeout" }, got[3])
        assert.same({ "", "timeout" }, got[4])
    end)

    it("plays a prompt that a digit stops", function()
        local p = support.pair()
        local prompt = support.wav(support.tone(10000))
        local digit, took
        talk(p, function(call)
            call:answer()
            local from = sipua.raw.now()
            digit = call:gather { prompt = prompt, max = 1, timeout = 20 }
            took = sipua.raw.now() - from
        end, function(call)
            p.a:sleep(0.5)
            call:send_dtmf "5"
            p.a:sleep(0.2)
        end)
        assert.equal("5", digit)
        assert.is_true(took < 9)
    end)

    it("plays, records, and says how long", function()
        local p = support.pair()
        local file = support.wav(support.tone(400))
        local recording = support.file ".wav"
        local played, recorded, over
        talk(p, function(call)
            call:answer { rate = 8000 }
            played = call:play(file)
            local ok, err = sipua.pcall(call.play, call, "/nowhere/at/all.wav")
            assert.is_false(ok)
            assert.equal(sipua.codes.NOT_FOUND, err.code)
            local player = call:start_play(file, { loop = true })
            p.b:sleep(0.1)
            assert.is_true(player:stop().flags.flushed)
            over = true
            call:wait_ended()
        end, function(call)
            local recorder = call:record(recording, { stereo = true })
            while not over do
                p.a:sleep(0.1)
            end
            recorded = recorder:stop()
        end)
        assert.is_true(played.duration_ms >= 380 and played.duration_ms <= 420)
        assert.is_true(recorded.duration_ms > 300)
        local f = assert(io.open(recording, "rb"))
        assert.equal("RIFF", f:read(4))
        f:close()
    end)

    it("flushes what it says and knows what was heard", function()
        local p = support.pair()
        local flushed, mark
        talk(p, function(call)
            call:answer { rate = 24000 }
            call:write(support.tone(100, 24000), 24000, 3)
            call:mark(9007199254740991)
            mark = call:wait("mark", 20)
            assert.is_true(call:write(support.tone(5000, 24000), 24000, 9007199254740991) > 4000)
            p.b:sleep(0.3)
            flushed = call:flush()
            assert.is_true(call:queued_ms() < 100)
            call:drain()
            call:hangup()
        end, function(call) call:wait_ended() end)
        assert.equal(9007199254740991, mark.mark)
        assert.equal(9007199254740991, flushed.segment)
        assert.is_true(flushed.played_ms > 0 and flushed.played_ms < 4900)
        assert.is_true(flushed.discarded_ms > 100)
    end)

    it("hears digits as events", function()
        local p = support.pair()
        local heard = ""
        talk(p, function(call)
            call:on("dtmf", function(event) heard = heard .. event.digit end)
            call:answer()
            call:wait_ended()
        end, function(call) call:send_dtmf("1*#A", { ms = 60, gap = 60 }) end)
        assert.equal("1*#A", heard)
    end)

    it("may have tasks of its call, which end with it", function()
        local p = support.pair()
        local log, how = support.quiet(p.b)
        talk(p, function(call)
            call:go(function()
                local _, err = sipua.pcall(function()
                    while true do
                        p.b:sleep(1)
                    end
                end)
                how = err
            end)
            call:answer()
            call:wait_ended()
        end, function() p.a:sleep(0.1) end)
        support.eventually(p.b, function() return how end)
        assert.is_true(sipua.is_hangup(how))
        for _, line in ipairs(log) do
            assert.is_nil(line:find("error: task", 1, true), line)
        end
    end)
end)

describe("messages", function()
    after_each(support.clean)

    it("are accepted, refused, and decided later", function()
        local p = support.pair()
        local kept
        p.b:on_message(function(message)
            if message.text == "refuse" then return message:reject(603, { reason = "Never" }) end
            assert.equal("x", message:header "Subject")
            if message.text == "later" then
                kept = message
                return p.b:sleep(0.2) or message:accept()
            end
            message:accept()
        end)
        support.run(p.a, function()
            local options = { headers = { Subject = "x" } }
            assert.equal(200, assert(p.alice:message("bob", "héllo", options)).status)
            assert.equal(200, assert(p.alice:message("bob", "later", options)).status)
            local ok, err = p.alice:message("bob", "refuse", options)
            assert.is_nil(ok)
            assert.equal(603, err.status)
            assert.equal("Never", err.reason)
        end)
        support.eventually(p.b, function() return kept.answered end)
        assert.equal(200, kept.answered)
        assert.has_error(function() kept:accept() end)
    end)

    it("get 500 when the handler fails, 405 without one", function()
        local p = support.pair()
        local log = support.quiet(p.b)
        p.b:on_message(function() error "broken" end)
        support.run(p.a, function()
            local _, err = p.alice:message("bob", "a")
            assert.equal(500, err.status)
            p.b:on_message(nil)
            _, err = p.alice:message("bob", "a")
            assert.equal(405, err.status)
        end)
        assert.is_truthy(table.concat(log):find("broken", 1, true))
    end)
end)

describe("the loop", function()
    after_each(support.clean)

    it("sleeps, repeats and stops", function()
        local a = support.agent()
        local count, from = 0, sipua.raw.now()
        local timer = a:every(0.02, function()
            count = count + 1
            if count == 3 then a:stop() end
        end)
        a:run()
        timer:cancel()
        assert.equal(3, count)
        assert.is_true(sipua.raw.now() - from >= 0.055)
        a:sleep(0.08)
        assert.equal(3, count)
    end)

    it("runs inside a loop that knows only descriptors and times", function()
        local p = support.pair()
        p.b:on_call(function(call)
            call:answer()
            call:wait_ended()
        end)
        local over
        p.a:go(function()
            local call = assert(p.alice:call "bob")
            p.a:sleep(0.05)
            call:hangup()
            over = true
        end)
        assert.is_true(p.a:fd() >= 0)
        local give_up = sipua.raw.now() + 30
        while not over and sipua.raw.now() < give_up do -- a foreign loop: wait for the descriptors, then step(0)
            local wait = p.a:timeout()
            sipua.raw.wait({ p.a._handle, p.b._handle }, math.ceil(math.min(wait or 1, 1) * 1000))
            p.a:step(0)
        end
        assert.is_true(over)
    end)

    it("says clearly where nothing may wait", function()
        local a = support.agent()
        local said = {}
        a:go(function()
            local co = coroutine.wrap(function() a:sleep(0.01) end)
            said.own = { pcall(co) }
            said.sort = { pcall(table.sort, { 3, 2, 1 }, function() a:sleep(0.01) return false end) }
            said.over = true
        end)
        a:on_event(function(event)
            if event.event == "stats" then said.handler = { pcall(a.sleep, a, 1) } end
        end)
        a:go(function() a:stats() end)
        support.eventually(a, function() return said.over and said.handler end)
        assert.is_false(said.handler[1])
        assert.is_truthy(said.handler[2]:find("agent:go", 1, true))
        if require("sipua.loop").fibers then -- 5.1: every task has a C stack, so anything may wait
            assert.is_true(said.own[1])
            assert.is_true(said.sort[1])
        else
            assert.is_false(said.own[1])
            assert.is_truthy(said.own[2]:find("coroutine of your own", 1, true))
            assert.is_false(said.sort[1])
            assert.is_truthy(said.sort[2]:find("called from C", 1, true))
        end
    end)

    it("survives a task that calls itself without end, through C too", function()
        local a = support.agent()
        local said = {}
        a:go(function()
            local function deep(x) return x:gsub("x", deep) end
            said.gsub = rawget(_G, "jit") and { false } or { pcall(deep, "x") } -- LuaJIT by itself does not survive this one
            local function flat() return 1 + flat() end
            said.flat = { pcall(flat) }
            local sort
            sort = function() table.sort({ 1, 2, 3 }, sort) end
            said.sort = { pcall(sort) }
            said.over = true
        end)
        support.eventually(a, function() return said.over end)
        assert.is_false(said.gsub[1])
        assert.is_false(said.flat[1])
        assert.is_false(said.sort[1])
    end)

    it("takes a coroutine.yield of a task for a turn of the others", function()
        local a = support.agent()
        if require("sipua.loop").fibers then return end
        local order = {}
        a:go(function()
            order[#order + 1] = 1
            coroutine.yield()
            order[#order + 1] = 3
        end)
        a:go(function() order[#order + 1] = 2 end)
        support.eventually(a, function() return #order == 3 end)
        assert.same({ 1, 2, 3 }, order)
    end)
end)
