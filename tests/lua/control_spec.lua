-- What is done in and around a call: hold, transfer, digits, requests, conferences, bridges.
local sipua = require "sipua"
local support = require "support"

local function uri(agent, user)
    local at = agent.listeners[1]
    return ("sip:%s@%s:%d"):format(user or "bob", at.host, at.port)
end

local function open()
    local agent = support.agent { open = true }
    support.quiet(agent)
    return agent
end

-- Answers whoever calls, and keeps the calls.
local function answering(agent)
    local taken = {}
    agent:on_call(function(call)
        taken[#taken + 1] = call
        call:ring()
        call:answer { rate = 8000 }
    end)
    return taken
end

-- A call between two agents: near end, far end.
local function talk(a, b)
    local taken = answering(b)
    local near
    support.run(a, function() near = assert(a:call(uri(b), { rate = 8000 })) end)
    support.eventually(a, function() return taken[1] and taken[1].established end)
    return near, taken[1]
end

local function share(pcm, hz, rate)
    local re, im, power, n = 0, 0, 0, 0
    for i = 1, #pcm - 1, 2 do
        local low, high = pcm:byte(i, i + 1)
        local x = low + 256 * high
        if x > 32767 then x = x - 65536 end
        local turn = 2 * math.pi * hz * n / (rate or 8000)
        re, im, power, n = re + x * math.cos(turn), im + x * math.sin(turn), power + x * x, n + 1
    end
    return power < n * 200 * 200 and 0 or 2 * (re * re + im * im) / (power * n)
end

-- Listens until a tenth of a second says so.
local function hears(who, test)
    for _ = 1, 100 do
        local pcm = who:read(100)
        if pcm and test(pcm) then return true end
    end
    return false
end

describe("a call", function()
    local a, b, near, far
    before_each(function()
        a, b = open(), open()
        near, far = talk(a, b)
    end)
    after_each(support.clean)

    it("is held and goes on", function()
        support.run(a, function()
            assert.equal(near, near:hold())
            assert.is_true(near.holding)
            assert.is_false(near.held)
        end)
        support.eventually(a, function() return far.held end)
        support.run(a, function() assert(near:resume { method = "update" }) end)
        assert.is_false(near.holding)
        support.eventually(a, function() return not far.held end)
    end)

    it("is as it was when a hold is refused", function()
        local asked
        b:on_change(function(change)
            asked = change
            change:reject(488)
        end)
        support.run(a, function()
            local ok, err = near:hold()
            assert.is_nil(ok)
            assert.equal(488, err.status)
            assert.is_false(near.holding)
            assert.is_true(near.established)
        end)
        assert.is_true(asked.hold)
        assert.equal(far, asked.call)
        assert.is_truthy(asked.body:find("a=sendonly", 1, true))
        b:on_change(nil)
        support.run(a, function() assert(near:hold()) end)
    end)

    it("changes its codecs", function()
        support.run(a, function() assert(near:renegotiate { codecs = { "pcma" } }) end)
        assert.equal("PCMA", near.codec)
        support.eventually(a, function() return far.codec == "PCMA" end)
    end)

    it("is muted, and the peer hears silence", function()
        support.run(a, function()
            near:mute()
            near:write(support.tone(4000))
            assert.is_true(hears(far, function(pcm) return support.loudest(pcm) < 50 end))
            assert.same({ send = true, receive = false }, near.muted)
            near:unmute()
            assert.is_true(hears(far, function(pcm) return share(pcm, 440) > 0.8 end))
            assert.same({ send = false, receive = false }, near.muted)
        end)
    end)

    it("collects digits", function()
        support.run(a, function()
            local digits, why
            local function collect(options)
                digits = nil
                b:go(function() digits, why = far:collect(options) end)
                b:sleep(0.05)
            end
            local function done()
                for _ = 1, 500 do
                    if digits then return end
                    a:sleep(0.02)
                end
            end
            collect { max = 4, terminators = "#" }
            assert(near:send_dtmf("12#", { ms = 40, gap = 50 }))
            done()
            assert.same({ "12", "terminator" }, { digits, why })
            collect { max = 2 }
            near:set_option("dtmf_method", "info")
            assert(near:send_dtmf "34")
            done()
            assert.same({ "34", "full" }, { digits, why })
            assert.same({ "", "timeout" }, { far:collect { timeout = 0.05 } })
        end)
    end)

    it("raises the hangup where digits are collected", function()
        local caught
        far:go(function()
            local _, err = sipua.pcall(far.collect, far, { timeout = false })
            caught = err
        end)
        support.run(a, function()
            a:sleep(0.05)
            near:hangup()
        end)
        support.eventually(a, function() return caught end)
        assert.is_true(sipua.is_hangup(caught))
    end)

    it("takes requests and messages inside", function()
        local info, said
        far:on("info", function(event) info = event end)
        b:on_message(function(message)
            said = message
            message:accept()
        end)
        support.run(a, function()
            local answer = assert(near:info("\1\2", { content_type = "application/x-test" }))
            assert.equal(200, answer.status)
            local none, err = near:request("FOO")
            assert.is_nil(none)
            assert.is_true(err.status == 405 or err.status == 501)
            assert.is_false((sipua.pcall(near.request, near, "BYE")))
            assert.equal(200, assert(near:message "inside").status)
        end)
        support.eventually(a, function() return info and said end)
        assert.same({ "\1\2", "application/x-test" }, { info.body, info.content_type })
        assert.same({ "inside", far }, { said.text, said.call })
    end)

    it("is transferred to somebody else", function()
        local c = open()
        local arrived, wish, progress = nil, nil, 0
        c:on_call(function(call)
            arrived = call
            call:ring()
            for _ = 1, 500 do -- until the ringing was told: of several NOTIFYs in a row only the newest counts
                if progress > 0 then break end
                c:sleep(0.02)
            end
            call:answer()
        end)
        b:on_transfer(function(transfer)
            wish = transfer
            transfer:accept():answered()
        end)
        support.run(a, function()
            local transfer = near:transfer(uri(c, "carol"))
            transfer:on("transfer_progress", function() progress = progress + 1 end)
            assert.equal(200, assert(transfer:wait()).status)
            assert.equal("Transferred", near:wait_ended().cause)
        end)
        support.eventually(a, function() return wish.done end)
        assert.same({ far, uri(c, "carol") }, { wish.call, wish.target })
        assert.is_true(progress > 0)
        assert.is_truthy(arrived.referred_by)
    end)

    it("is transferred by the bot that has just taken it", function()
        local c = open()
        local done, ended
        answering(c)
        a:on_transfer(function(transfer) transfer:accept() end)
        b:on_call(function(call)
            call:answer()
            done = call:transfer(uri(c)):wait()
            ended = call:wait_ended()
        end)
        support.run(a, function() assert(a:call(uri(b))):wait_ended() end)
        support.eventually(a, function() return ended end)
        assert.equal(200, done.status)
        assert.equal("Transferred", ended.cause)
    end)

    it("goes on when nobody takes its transfer", function()
        support.run(a, function()
            local done, err = near:transfer("sip:nobody@127.0.0.1"):wait()
            assert.is_nil(done)
            assert.equal(603, err.status)
        end)
        assert.is_true(near.established and far.established)
    end)

    it("takes the place of another when an attended transfer says so", function()
        local c = open()
        local arrived, moved = answering(c), nil
        b:on_transfer(function(transfer) transfer:accept() end)
        support.run(a, function()
            local consult = assert(a:call(uri(c, "carol")))
            arrived[1]:on("call_replaced", function() moved = arrived[1].replaced_by end)
            assert(near:transfer { consult = consult }:wait())
            consult:wait_ended()
        end)
        support.eventually(a, function() return moved and arrived[1].ended end)
        assert.is_true(moved.established)
        assert.equal("Replaced", arrived[1].ended.cause)
        support.run(a, function() moved:hangup() end)
    end)
end)

describe("several calls", function()
    after_each(support.clean)

    it("talk in a conference, and nobody hears himself", function()
        local a, b = open(), open()
        local taken = answering(b)
        support.run(a, function()
            local calls = { assert(a:call(uri(b))), assert(a:call(uri(b))) }
            local conference = a:conference { rate = 8000 }
            conference:add(calls[1]):add(calls[2])
            local ok, err = sipua.pcall(conference.add, conference, calls[1])
            assert.is_false(ok)
            assert.equal("SIPUA_E_BUSY", err.name)
            for _ = 1, 100 do
                if #conference:members() == 2 and taken[2] and taken[2].established then break end
                a:sleep(0.02)
            end
            taken[1]:write(support.tone(5000, 8000, 440))
            taken[2]:write(support.tone(5000, 8000, 1000))
            assert.is_true(hears(taken[1], function(pcm) return share(pcm, 1000) > 0.8 and share(pcm, 440) < 0.05 end))
            assert.is_true(hears(conference, function(pcm) return share(pcm, 1000) > 0.3 and share(pcm, 440) > 0.3 end))
            conference:remove(calls[1])
            local ended = conference:close()
            assert.equal("conference_ended", ended.event)
            assert.equal(0, #conference:members())
            assert.is_true(calls[1].established and calls[2].established)
            assert.is_false((sipua.pcall(conference.add, conference, calls[1])))
        end)
    end)

    it("hear what a conference plays, and are recorded", function()
        local a, b = open(), open()
        answering(b)
        support.run(a, function()
            local call = assert(a:call(uri(b)))
            local conference = a:conference()
            conference:add(call)
            local recorder = conference:record(support.file ".wav")
            assert.equal(0, conference:play(support.wav(support.tone(200))).code)
            assert.is_truthy(recorder:stop())
            local none, err = a:bridge(call, assert(a:call(uri(b)))):wait_ended()
            assert.is_nil(none)
            assert.equal("SIPUA_E_BUSY", err.name)
            conference:close { hangup = true }
            call:wait_ended()
        end)
    end)

    it("are brought about outside calls", function()
        local a, b, c = open(), open(), open()
        answering(c)
        b:on_transfer(function(transfer)
            assert(not transfer.call)
            transfer:accept()
        end)
        support.run(a, function()
            assert.equal(200, assert(a:refer(uri(b), uri(c)):wait()).status)
            assert.equal(202, assert(a:refer(uri(b), uri(c), { subscribe = false }):wait()).status)
            b:on_transfer(function(transfer) transfer:reject(600) end)
            local none, err = a:refer(uri(b), uri(c)):wait()
            assert.is_nil(none)
            assert.equal(600, err.status)
        end)
    end)

    it("join and replace one another when they are asked for", function()
        local a, b = open(), open()
        local came = {}
        b:on_call(function(call)
            came[#came + 1] = call
            call:answer()
        end, { replacing = true, joining = true })
        support.run(a, function()
            local call = assert(a:call(uri(b)))
            local dialog = ("%s;to-tag=%s;from-tag=%s"):format(call:header "Call-ID", call:header("To"):match "tag=([^;]+)",
                call:header("From"):match "tag=([^;]+)")
            assert(a:call(uri(b), { join = dialog }))
            assert.same({ true, came[1] }, { came[2].joins, came[2].other })
            assert(a:call(uri(b), { replaces = dialog }))
            assert.same({ false, came[1] }, { came[3].joins, came[3].other })
            call:wait_ended()
        end)
    end)

    it("are a B2BUA in two lines", function()
        local a, b, middle = open(), open(), open()
        local bridge
        middle:on_call(function(call) bridge = middle:bridge(call, middle:dial(uri(b))) end)
        local taken = answering(b)
        support.run(a, function()
            local call = assert(a:call(uri(middle), { rate = 8000 }))
            for _ = 1, 200 do
                if bridge.state == "untouched" then break end
                a:sleep(0.02)
            end
            assert.equal("untouched", bridge.state)
            taken[1]:write(support.tone(4000))
            assert.is_true(hears(call, function(pcm) return share(pcm, 440) > 0.8 end))
            call:hangup()
            assert(bridge:wait_ended())
            taken[1]:wait_ended()
            b:on_call(nil)
            local none, err = a:call(uri(middle)) -- nobody takes it at the far end
            assert.is_nil(none)
            assert.equal(480, err.status)
        end)
    end)
end)

describe("a caller", function()
    after_each(support.clean)

    it("says who he is, and is told why he is refused", function()
        local a, b = open(), open()
        local came
        b:on_call(function(call)
            came = call
            call:reject(486, { q850 = 17 })
        end)
        support.run(a, function()
            local none, err = a:call(uri(b), { from_name = "Alice", asserted_identity = "sip:+4930@example.com", headers = {
                Diversion = "<sip:bob@example.com>;reason=no-answer", ["Call-Info"] = "<sip:x>;answer-after=2" } })
            assert.is_nil(none)
            assert.same({ 486, 17 }, { err.status, err.event.q850 })
        end)
        assert.same({ "Alice", "sip:+4930@example.com", "sip:bob@example.com", 2 },
            { came.from_name, came.identity, came.diversion, came.answer_after })
    end)

    it("follows redirects when he wants to", function()
        local a, b, c = open(), open(), open()
        answering(c)
        b:on_call(function(call) call:reject(302, { headers = { Contact = "<" .. uri(c, "carol") .. ">" } }) end)
        support.run(a, function()
            local _, err = a:call(uri(b))
            assert.equal(302, err.status)
            assert(a:call(uri(b), { max_redirects = 2 })):hangup()
        end)
    end)

    it("may be told why in the body of the hang-up", function()
        local a, b = open(), support.agent { open = true, trace = true }
        local near, far = talk(a, b)
        local bye
        b:on_event(function(event)
            if event.event == "trace" and event.body:find "^BYE " then bye = event.body end
        end)
        support.run(a, function()
            near:hangup { q850 = 16, body = "ends=1\r\n", content_type = "application/x-why" }
        end)
        support.eventually(a, function() return far.ended end)
        assert.equal(16, far.ended.q850)
        assert.truthy(bye:find("Content-Type: application/x-why\r\n", 1, true))
        assert.equal("ends=1\r\n", bye:match "\r\n\r\n(.*)$")
    end)

    it("is refused by an agent that drains, which waits for its last call", function()
        local a, b = open(), open()
        local near = talk(a, b)
        local drained
        b:go(function()
            b:drain()
            drained = true
        end)
        support.run(a, function()
            a:sleep(0.05)
            local _, err = a:call(uri(b))
            assert.equal(503, err.status)
            assert.is_nil(drained)
            near:hangup()
        end)
        support.eventually(a, function() return drained end)
        support.run(a, function()
            b:drain(false)
            assert(a:call(uri(b))):hangup()
        end)
    end)

    it("drains until it goes back to work", function()
        local a, b = open(), open()
        talk(a, b)
        local err
        b:go(function()
            local _, e = sipua.pcall(b.drain, b)
            err = e
        end)
        support.run(a, function()
            a:sleep(0.05)
            b:drain(false)
        end)
        support.eventually(a, function() return err end)
        assert.equal(sipua.codes.CANCELED, err.code)
    end)

    it("has what a call's end cuts short say so", function()
        local a, b = open(), open()
        local asked
        b:on_change(function(change) -- and does not decide
            asked = change
            b:sleep(60)
        end)
        for _, cut in ipairs { "hold", "message", "send_dtmf" } do
            local near = talk(a, b)
            local caught
            asked = nil
            if cut == "hold" then
                a:go(function() caught = { sipua.pcall(near.hold, near) } end)
                support.eventually(a, function() return asked end)
                support.run(a, function() near:hangup() end)
            else
                support.run(a, function()
                    a:set_option("dtmf_method", "info", near)
                    sipua.raw.call_hangup(a._handle, near.id, nil, 0)
                    caught = { sipua.pcall(near[cut], near, "1") }
                end)
            end
            support.eventually(a, function() return caught end)
            assert.is_false(caught[1])
            assert.is_truthy(sipua.is_hangup(caught[2]), cut .. ": " .. tostring(caught[2]))
        end
    end)
end)
