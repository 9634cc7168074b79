-- What a program can get wrong: each is an error that names what was wrong, never a crash or a silent default.
local sipua = require "sipua"
local support = require "support"
local raw = sipua.raw
local all = rawget(_G, "unpack") or table.unpack

local function refused(pattern, fn, ...)
    local ok, err = pcall(fn, ...)
    assert.is_false(ok, "it was taken: " .. pattern)
    assert.is_truthy(tostring(err):find(pattern, 1, true), ("%s is not in: %s"):format(pattern, tostring(err)))
    return err
end

describe("bad input", function()
    after_each(support.clean)

    it("to an agent", function()
        refused("unknown key 'bnd'", sipua.agent, { bnd = "127.0.0.1" })
        refused("bind", sipua.agent, { bind = 5 })
        refused("a table expected", sipua.agent, 5)
        refused("config.listen[2]", sipua.agent, { listen = { "udp:127.0.0.1:0", {} } })
        refused("config.listen", sipua.agent, { listen = "udp:127.0.0.1:0" })
        refused("config.listen", sipua.agent, { listen = { a = "udp:127.0.0.1:0" } })
        refused("max_calls: 1.5 is not a whole number", sipua.agent, { max_calls = 1.5 })
        refused("max_calls", sipua.agent, { max_calls = 0 / 0 })
        refused("max_calls", sipua.agent, { max_calls = math.huge })
        refused("max_calls", sipua.agent, { max_calls = 2 ^ 31 })
        refused("max_calls", sipua.agent, { max_calls = "10" })
        refused("user_agent: a NUL", sipua.agent, { user_agent = "a\0b" })
        refused("log_level: 'loud' is none of", sipua.agent, { log_level = "loud" })
        refused("open: true or false expected", sipua.agent, { open = "yes" })
        refused("rtp_ports", sipua.agent, { rtp_ports = 5 })
        refused("display_name", sipua.agent, { display_name = 5 })
        refused("rtp_ports", sipua.agent, { rtp_ports = { 20000, 20010, 20020 } })
        refused("options: a table expected", sipua.agent, { options = 5 })
        local err = refused("nonsense", sipua.agent, { bind = "nonsense" })
        assert.equal(sipua.codes.ADDRESS, err.code)
        refused("input_spec.lua:", sipua.agent, { bnd = 1 }) -- says where
    end)

    it("to an account and its calls", function()
        local a = support.agent()
        refused("'aor' is missing", a.account, a, {})
        refused("unknown key 'pasword'", a.account, a, { aor = "sip:a@b", pasword = "x" })
        refused("config.password", a.account, a, { aor = "sip:a@b", password = 5 })
        refused("headers['X-A']", a.account, a, { aor = "sip:a@b", headers = { ["X-A"] = 5 } })
        refused("media", a.account, a, { aor = "sip:a@b", media = "carrier pigeon" })
        local err = refused("address of record", a.account, a, { aor = "no uri at all" })
        assert.equal(sipua.codes.URI, err.code)
        local acc = a:account { aor = "sip:a@127.0.0.1" }
        refused("account:call: target", acc.call, acc)
        refused("account:call: target", acc.call, acc, {})
        refused("unknown key 'raet'", acc.call, acc, "sip:b@127.0.0.1", { raet = 8000 })
        refused("timeout", acc.call, acc, "sip:b@127.0.0.1", { timeout = "10" })
        refused("timeout", acc.call, acc, "sip:b@127.0.0.1", { timeout = -1 })
        refused("rate", acc.call, acc, "sip:b@127.0.0.1", { rate = 11025 })
        refused("X-A", acc.call, acc, "sip:b@127.0.0.1", { headers = { ["X-A"] = "a\r\nVia: b" } })
        refused("options: a table expected", acc.call, acc, "sip:b@127.0.0.1", 5)
        refused("account:message: text", acc.message, acc, "sip:b@127.0.0.1", 5)
        refused("self", acc.call, "not an account", "sip:b@127.0.0.1")
        refused("self", acc.register)
        refused("unknown key 'al'", acc.unregister, acc, { al = true })
        refused("all: a boolean expected", acc.unregister, acc, { all = 1 })
        refused("there is no event 'registred'", acc.on, acc, "registred", print)
        refused("fn", acc.on, acc, "registered", 5)
    end)

    it("to the agent's own methods", function()
        local a = support.agent()
        refused("agent:go: fn", a.go, a, 5)
        refused("agent:every: seconds", a.every, a, 0, print)
        refused("agent:every: seconds", a.every, a, 1 / 0, print)
        refused("agent:sleep: seconds", a.sleep, a)
        refused("agent:sleep: seconds", a.sleep, a, -1)
        refused("agent:step: timeout", a.step, a, "1")
        refused("agent:on_call: fn", a.on_call, a, 5)
        refused("agent:on_message: fn", a.on_message, a, "f")
        refused("agent:on_log: fn", a.on_log, a, 5)
        refused("key", a.set_option, a, 5, 5)
        local err = refused("no option", a.set_option, a, "no_such_option", 5)
        assert.equal(sipua.codes.NOT_FOUND, err.code)
        refused("carrier:pigeon", a.listen, a, "carrier:pigeon")
        refused("address", a.listen, a)
        refused("self", a.go, {}, print)
    end)

    it("with what belongs to another agent, or has ended", function()
        local p = support.pair()
        refused("account: it belongs to another agent", p.b.call, p.b, "sip:x@127.0.0.1", { account = p.alice })
        refused("account: an account expected", p.b.call, p.b, "sip:x@127.0.0.1", { account = 5 })
        local nothing, code, text = raw.call_create(p.b._handle, p.alice.id, { target = "sip:x@127.0.0.1" }, 0)
        assert.is_nil(nothing)
        assert.equal(sipua.codes.GONE, code)
        assert.is_truthy(text:find("account", 1, true))
        _, code = raw.call_hangup(p.a._handle, p.alice.id, nil, 0)
        assert.equal(sipua.codes.KIND, code)
        p.alice:close()
        refused("closed", p.alice.register, p.alice)
    end)

    it("to a call", function()
        local p = support.pair()
        local done
        p.b:on_call(function(call)
            refused("status", call.ring, call, { status = 77 })
            refused("rate", call.answer, call, { rate = 5 })
            refused("unknown key 'rte'", call.answer, call, { rte = 8000 })
            call:answer()
            refused("pcm", call.write, call, 5)
            refused("rate", call.write, call, "ab", false)
            refused("segment", call.write, call, "ab", 8000, false)
            refused("below_ms", call.drain, call, "x")
            refused("below_ms", call.drain, call, 0 / 0)
            refused("file", call.play, call)
            refused("file", call.record, call, 5)
            refused("terminator", call.gather, call, { terminator = "x" })
            refused("prompt", call.gather, call, { prompt = { a = "b.wav" } })
            refused("prompt", call.gather, call, { prompt = { 5 } })
            refused("name", call.header, call)
            refused("index", call.header, call, "From", "1")
            refused("pcm: 3 bytes are not a whole number", call.write, call, "abc")
            refused("rate", call.write, call, "ab", 5)
            refused("segment", call.write, call, "ab", 8000, -1)
            refused("segment", call.write, call, "ab", 8000, 2 ^ 53)
            refused("mark", call.mark, call, 1.5)
            refused("mark", call.mark, call, "one")
            refused("ms", call.read, call, 0)
            refused("ms", call.read, call, 20.5)
            refused("hello", call.send_dtmf, call, "hello")
            refused("digits", call.send_dtmf, call, 12)
            refused("unknown key 'maximum'", call.gather, call, { maximum = 5 })
            refused("max", call.gather, call, { max = 0 })
            refused("max", call.gather, call, { max = "5" })
            refused("timeout", call.gather, call, { timeout = -5 })
            refused("prompt", call.gather, call, { prompt = 5 })
            refused("unknown key 'lop'", call.play, call, "x.wav", { lop = true })
            refused("file", call.play, call, 5)
            refused("stereo", call.record, call, "x.wav", { stereo = 1 })
            refused("name", call.wait, call)
            refused("there is no event 'dmtf'", call.wait, call, "dmtf")
            refused("unknown key 'mss'", call.send_dtmf, call, "1", { mss = 5 })
            refused("self", call.hangup, {})
            refused("fn", call.go, call)
            done = true
            call:hangup()
        end)
        support.run(p.a, function() assert(p.alice:call "bob"):wait_ended() end)
        support.eventually(p.b, function() return done end)
    end)

    it("after close, everywhere", function()
        local a = support.agent()
        local acc = a:account { aor = "sip:a@127.0.0.1" }
        local silent = support.agent():listen "udp:127.0.0.1:0" -- strangers get no answer there
        local call = acc:dial(("sip:b@127.0.0.1:%d"):format(silent.port))
        a:close()
        a:close()
        a:shutdown()
        local closed = "the agent was closed"
        for _, try in ipairs {
            { a.account, a, { aor = "sip:a@b" } }, { a.go, a, print }, { a.sleep, a, 1 }, { a.step, a, 0 }, { a.fd, a },
            { a.run, a }, { a.on_call, a, print }, { a.stats, a }, { acc.register, acc }, { acc.call, acc, "sip:b@b" },
            { acc.message, acc, "sip:b@b", "x" }, { a.set_option, a, "x", 1 },
        } do
            local err = refused(closed, all(try, 1, 4))
            assert.equal(sipua.codes.CLOSED, err.code)
        end
        assert.equal("Terminated", call.ended.cause)
        local nothing, code = raw.agent_fd(a._handle or raw.agent_create {})
        assert.is_true(nothing ~= nil or code ~= nil)
    end)

    it("to the raw layer", function()
        refused("an agent's handle expected", raw.agent_fd, 5)
        refused("an agent's handle expected", raw.agent_fd, io.stdout)
        refused("an event's handle expected", raw.event_json, {})
        refused("expected 1..1 args", raw.agent_fd)
        local handle = raw.agent_create { bind = "127.0.0.1" }
        refused("an event's handle expected", raw.event_destroy, handle)
        refused("samples: more than", raw.audio_read, handle, 1, 1000000, 0)
        refused("timeout_ms", raw.poll, handle, "soon")
        raw.agent_free(handle)
        raw.agent_free(handle)
        local nothing, code, text = raw.agent_fd(handle)
        assert.is_nil(nothing)
        assert.equal(sipua.codes.CLOSED, code)
        assert.is_truthy(text:find("closed", 1, true))
        assert.is_nil(getmetatable(handle) or nil)
    end)
end)

describe("any arguments", function()
    it("in any order crash nothing", function()
        math.randomseed(11)
        local handle = raw.agent_create { bind = "127.0.0.1", log_level = "none" }
        local event = raw.poll(handle, 1000)
        local closed = raw.agent_create { bind = "127.0.0.1" }
        raw.agent_free(closed)
        local account = raw.account_create(handle, { aor = "sip:a@127.0.0.1" }, 0)
        local call = raw.call_create(handle, 0, { target = "sip:b@127.0.0.1:9" }, 0)
        local values = { true, 0, 1, 20, account, call, 9007199254740991, 9007199254740992, 1.5, 0 / 0, 1 / 0, "", "sip:a@b",
            "a\0b", "keepalive_s", "25", ("x"):rep(3000), "pcm!", {}, { 1, 2 }, { aor = "sip:a@b" }, { target = "x" },
            { status = 486, headers = { { "X-A", "b" } } }, { headers = { 1 } }, { codecs = { "opus", {} } },
            { address = "udp:127.0.0.1:0" }, { users = { a = "b" } }, { scheme = "sip", host = "h" }, handle, event, closed,
            io.stdout, print, coroutine.create(function() end) }
        local unfit = { own_folder = true, agent_free = true, agent_close = true, agent_shutdown = true, wait = true,
            call_play = true, call_record = true }
        local names = {}
        for name, fn in pairs(raw) do
            if type(fn) == "function" and not unfit[name] and not name:find "^fiber" then names[#names + 1] = name end
        end
        table.sort(names)
        assert.is_true(#names > 60)
        local taken = 0
        for i = 1, 60000 do
            local arguments = {}
            for k = 1, math.random(0, 7) do
                arguments[k] = math.random(5) == 1 and handle or values[math.random(#values)]
            end
            if math.random(2) == 1 then arguments[1] = handle end
            local name = names[i % #names + 1]
            if pcall(raw[name], all(arguments, 1, 7)) then taken = taken + 1 end
            if i % 50 == 0 then
                local one = raw.poll(handle, 0)
                if one then raw.event_destroy(one) end
            end
        end
        assert.is_true(taken > 1000, taken .. " were taken")
        raw.agent_free(handle)
    end)
end)

describe("numbers of 64 bits", function()
    after_each(support.clean)
    local most = 9007199254740991

    it("come back as they went, and no larger ones go", function()
        local handle = raw.agent_create { bind = "127.0.0.1" }
        local id = assert(raw.account_create(handle, { aor = "sip:a@b", user = most }, most))
        local found
        local give_up = raw.now() + 30
        repeat
            local event, view = raw.poll(handle, 1000)
            if event and view.event == "reply" then found = view end
            if event then raw.event_destroy(event) end
        until found or raw.now() > give_up
        assert.equal(most, found.tag)
        assert.equal(most, found.user)
        assert.equal(id, found.id)
        assert.is_true(found.time_ms > 1.6e12 and found.time_ms < 1e13)
        if math.type then
            assert.equal("integer", math.type(found.tag))
            assert.equal("integer", math.type(found.time_ms))
            assert.equal("integer", math.type(id))
        end
        assert.equal("9007199254740991", ("%.0f"):format(found.tag))
        refused("tag: 9007199254740992 is not between", raw.account_create, handle, { aor = "sip:a@b" }, most + 1)
        refused("user", raw.account_create, handle, { aor = "sip:a@b", user = most + 1 }, 0)
        refused("user", raw.account_create, handle, { aor = "sip:a@b", user = -1 }, 0)
        raw.agent_free(handle)
    end)

    it("of URIs, options and features", function()
        local uri = assert(sipua.parse_uri "Bob <sip:bob%20x@example.com:5070;transport=tcp?subject=x>")
        assert.equal("bob x", uri.user)
        assert.equal(5070, uri.port)
        assert.equal("sip:bob%20x@example.com:5070;transport=tcp?subject=x", sipua.write_uri(uri))
        local nothing, err = sipua.parse_uri "nonsense"
        assert.is_nil(nothing)
        assert.equal(sipua.codes.URI, err.code)
        local long = ("x"):rep(900)
        assert.equal("sip:" .. long .. "@h", sipua.write_uri { scheme = "sip", user = long, host = "h" })
        assert.is_true(sipua.features().udp)
        assert.is_true(#sipua.options() > 3)
        assert.equal(sipua.version(), sipua._VERSION)
    end)
end)
