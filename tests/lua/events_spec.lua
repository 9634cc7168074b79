-- Events around calls: subscriptions, publications, documents, and messages about messages.
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

local function presence(status)
    return sipua.documents.presence {
        entity = "sip:bob@example.com", tuples = { { id = "t0", status = status, contact = "sip:bob@example.com" } },
    }
end

describe("events of others", function()
    local a, b
    before_each(function() a, b = open(), open() end)
    after_each(support.clean)

    it("are told as documents", function()
        local notifier
        b:on_subscribe(function(one)
            assert.equal("presence", one.package)
            notifier = one
            one:accept(presence "open")
        end)
        support.run(a, function()
            local subscription = a:subscribe(uri(b), "presence")
            assert.equal(subscription, assert(subscription:active()))
            local first = subscription:next(10)
            assert.equal("open", first.document.tuples[1].status)
            assert.equal("sip:bob@example.com", first.document.entity)
            notifier:notify(presence "closed")
            assert.equal("closed", subscription:next(10).document.tuples[1].status)
            assert.same(presence "closed", subscription.document)
            subscription:refresh()
            assert.equal("closed", subscription:next(10).document.tuples[1].status) -- the last is sent again
            notifier:close { reason = "noresource" }
            for note in subscription:notes() do
                assert.is_truthy(note)
            end
            assert.equal("terminated", subscription.state)
            assert.is_nil(a._objects[subscription.id])
        end)
        support.eventually(a, function() return notifier.ended end)
        assert.is_nil(b._objects[notifier.id])
    end)

    it("end when nobody wants them any more", function()
        local notifier
        b:on_subscribe(function(one)
            notifier = one
            one:accept()
        end)
        support.run(a, function()
            local subscription = assert(a:subscribe(uri(b), "presence"):active())
            assert.equal("terminated", subscription:close().state)
            assert.is_nil((subscription:active()))
        end)
        support.eventually(a, function() return notifier.ended end)
    end)

    it("are refused where nobody tells them", function()
        support.run(a, function()
            local none, err = a:subscribe(uri(b), "dialog"):active()
            assert.is_nil(none)
            assert.equal(489, err.status)
            b:on_subscribe(function(one) one:reject() end)
            none, err = a:subscribe(uri(b), "dialog"):active()
            assert.is_nil(none)
            assert.equal(403, err.status)
            none, err = a:subscribe(uri(b), "dialog"):next()
            assert.is_nil(none)
            assert.equal(403, err.status)
            local ok, raised = sipua.pcall(function()
                for _ in a:subscribe(uri(b), "dialog"):notes() do end
            end)
            assert.is_false(ok)
            assert.equal(403, raised.status)
        end)
    end)

    it("need not say whom they are about, nor count", function()
        b:on_subscribe(function(one)
            one:accept(sipua.documents.dialog_info {})
            one:notify(sipua.documents.dialog_info {})
        end)
        support.run(a, function()
            local subscription = a:subscribe(uri(b), "dialog")
            for version = 0, 1 do
                local document = subscription:next(10).document
                assert.equal(uri(b), document.entity)
                assert.equal(version, document.version)
            end
        end)
    end)

    it("are not published where nobody keeps them", function()
        local account = a:account { aor = "sip:alice@example.com", server = uri(b) }
        support.run(a, function()
            local none, err = account:publish("presence", presence "open", { target = uri(b) })
            assert.is_nil(none)
            assert.equal(405, err.status)
        end)
    end)

    it("leave nothing behind when the agent is closed", function()
        b:on_subscribe(function(one) one:accept(presence "open") end)
        local subscription, failed
        support.run(a, function()
            subscription = assert(a:subscribe(uri(b), "presence"):active())
            subscription:next(10)
        end)
        a:go(function() failed = subscription:next() == nil and subscription.ended end)
        a:step(0.05)
        a:close()
        support.eventually(b, function() return failed ~= nil or subscription.ended end)
        assert.equal("terminated", subscription.ended.state)
    end)
end)

describe("documents", function()
    it("are written as they are read", function()
        local summary, kind = sipua.write_document(sipua.documents.message_summary {
            waiting = true, voice = { new = 2, old = 8 } })
        assert.equal("application/simple-message-summary", kind)
        assert.is_truthy(summary:find("Messages-Waiting: yes", 1, true))
        assert.is_truthy(summary:find("Voice-Message: 2/8", 1, true))
        assert.equal(summary, tostring(sipua.documents.message_summary { waiting = true, voice = { new = 2, old = 8 } }))
    end)

    it("say what is wrong with them", function()
        for wrong, text in pairs {
            [{ entity = "sip:a@b", tuples = { { status = "ajar" } } }] = "tuples.#.status cannot have that value",
            [{ entity = {} }] = "entity: a string expected",
            [{ colour = "red" }] = "no member 'colour'",
            [{ notes = { 1, {} } }] = "notes.1: a string expected",
        } do
            local ok, err = pcall(sipua.write_document, sipua.documents.presence(wrong))
            assert.is_false(ok)
            assert.is_truthy(tostring(err):find(text, 1, true), tostring(err))
        end
    end)
end)

describe("messages", function()
    local a, b
    before_each(function() a, b = open(), open() end)
    after_each(support.clean)

    it("say when they have arrived and were shown", function()
        local states, came = {}, nil
        a:on_message(function(message) message:accept() end) -- who wants to be told must be there
        a:on("message_disposition", function(event) states[event.state] = event.message_id end)
        b:on_message(function(message)
            came = message
            message:accept()
            assert(message:displayed())
        end)
        support.run(a, function()
            local sent = assert(a:message(uri(b), "hello",
                { from = uri(a, "alice"), disposition = { "delivered", "displayed" } }))
            for _ = 1, 200 do
                if states.delivered and states.displayed then break end
                a:sleep(0.02)
            end
            assert.equal("hello", came.text)
            assert.same({ delivered = sent.message_id, displayed = sent.message_id }, states)
        end)
    end)

    it("say that somebody is writing", function()
        local states = {}
        b:on_message(function(message) message:accept() end)
        b:on("message_composing", function(event) states[#states + 1] = event.state end)
        local account = a:account { aor = "sip:alice@example.com" }
        support.run(a, function()
            assert(account:composing(uri(b)))
            assert(account:composing(uri(b), false))
        end)
        support.eventually(b, function() return #states == 2 end)
        assert.same({ "active", "idle" }, states)
    end)
end)
