-- What a call can do besides talking: hold, changes, transfer, digits to collect, requests inside it.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local loop = require "sipua.loop"
local document = require "sipua.document"
local object = require "sipua.object"
local Transfer = require "sipua.transfer"

local CHANGED = { call_held = true, call_resumed = true, call_updated = true, call_change_failed = true }
local COLLECT = { max = "number", timeout = true, between = "number", terminators = "string", interrupt = "boolean" }

-- A thing of one event: the answer to a request, digits that were collected.
local Once = object.class "result"

function Once:_on_event(event)
    self._agent._objects[self.id] = nil
    self:_emit(event)
end

return function(Call)
    -- The one event of what the command makes. stop: what ends it when nobody waits any more.
    local function result(self, name, kind, command, stop)
        local agent = self:_alive(name)
        local once = setmetatable({ _agent = agent }, Once)
        local function undo()
            agent._objects[once.id or 0] = nil
            if stop and once.id and agent._handle then stop(agent._handle, once.id, 0) end
        end
        return self:_settled(loop.pcall(once._until, once, "call:" .. name, { [kind] = true }, function(h, tag)
            local id, code, text = command(h, tag)
            if id then
                once.id = id
                agent._objects[id] = once
            end
            return id, code, text
        end, nil, undo))
    end

    -- Changing it

    local function change(self, name, config)
        local agent = self:_alive(name)
        local waiter, tag = {}, nil
        local function ask()
            loop.place("call:" .. name)
            agent:_submit(function(h, t)
                tag = t
                self._changes[t] = waiter
                return raw.call_change(h, self.id, config, t)
            end, function(err)
                if err then loop.fail(waiter, err) end
            end, waiter)
            return (loop.block(waiter, "call:" .. name))
        end
        local ok, event = loop.pcall(ask)
        if tag then self._changes[tag] = nil end
        event = self:_settled(ok, event)
        if event.event == "call_change_failed" then return nil, self:_why_not(event) end
        return self
    end

    function Call:_was_changed(event)
        local waiter = CHANGED[event.event] and event.tag and self._changes[event.tag]
        if waiter then loop.wake(waiter, event) end
    end

    -- Holds the peer: it is not heard; what is written or played is (music on hold). The call, or nil and the error when
    -- the peer refuses; the call is then as it was. options: method ("invite", "update"), headers.
    function Call:hold(options)
        local config = errors.options("call:hold", options, { method = "string", headers = "table" })
        config.hold = true
        return change(self, "hold", config)
    end

    -- Takes the peer back.
    function Call:resume(options)
        local config = errors.options("call:resume", options, { method = "string", headers = "table" })
        config.hold = false
        return change(self, "resume", config)
    end

    -- Offers everything anew. The call, or nil and the error when the peer refuses; the call is then as it was.
    -- options: codecs (those from now on, in order of preference), method, headers.
    function Call:renegotiate(options)
        return change(self, "renegotiate", errors.options("call:renegotiate", options))
    end

    -- Who hears whom

    local function mute(self, name, options, send, receive, on)
        local o = errors.options("call:" .. name, options, { send = "boolean", receive = "boolean" })
        if o.send ~= nil then send = o.send end
        if o.receive ~= nil then receive = o.receive end
        local sides = (send and 1024 or 0) + (receive and 2048 or 0)
        self:_submit(name, function(h, tag) return raw.call_mute(h, self.id, sides, on, tag) end)
        return self
    end

    -- Lets the peer hear silence; { receive = true }: and us too. Nothing is signalled. call.muted says what is.
    function Call:mute(options)
        return mute(self, "mute", options, true, false, true)
    end

    -- The other way round, both sides if nothing else is said.
    function Call:unmute(options)
        return mute(self, "unmute", options, true, true, false)
    end

    -- Sending the peer elsewhere

    -- Has the peer call somebody else: a transfer, whose wait() says how that went. Without a target: { consult = call },
    -- our other call, whose peer ours shall talk with. options: consult, referred_by, subscribe (false: no progress is
    -- asked for), hangup (false: keeps the call when it succeeded), headers, timeout (seconds).
    function Call:transfer(target, options)
        if type(target) == "table" and options == nil then target, options = nil, target end
        local agent = self:_alive "transfer"
        local config = errors.options("call:transfer", options)
        config.target = target
        if config.consult ~= nil then config.consult = agent:_call_id("call:transfer", "consult", config.consult) end
        return Transfer.start(agent, "call:transfer", config, function(h, tag)
            return raw.call_transfer(h, self.id, config, tag)
        end, self)
    end

    -- Digits

    -- Waits for digits of the peer and returns them with why it is over: "full", "terminator", "timeout" or "stopped".
    -- Those that came before do not count. options: max (default 1), timeout (seconds for the first; default 10, false:
    -- for ever), between (seconds for each further one; default 3), terminators (such as "#*"; default none), interrupt
    -- (default true: the first digit stops what plays and drops what is queued).
    function Call:collect(options)
        local o = errors.options("call:collect", options, COLLECT)
        local config = { max_digits = o.max, interrupt = o.interrupt }
        if o.terminators ~= "" then config.terminators = o.terminators end
        config.timeout_ms = o.timeout == false and -1 or errors.milliseconds("call:collect", "timeout", o.timeout)
        config.between_ms = errors.milliseconds("call:collect", "between", o.between)
        local event = result(self, "collect", "collected", function(h, tag)
            return raw.call_collect(h, self.id, config, tag)
        end, raw.collector_stop)
        if event.state == "ended" then
            self:_wait_ended()
            self:_alive "collect"
        end
        self._digits = "" -- gather() does not hear them again
        return event.digits or "", event.state
    end

    -- Requests inside

    -- Sends an INFO: the answer's event, or nil and the error. options: content_type, headers, timeout (seconds).
    function Call:info(body, options)
        return self:request("INFO", body, options)
    end

    -- Sends a request of any method that the stack does not do itself: the answer's event, or nil and the error.
    function Call:request(method, body, options)
        if type(method) ~= "string" then
            errors.bad("call:request", "method", "a string expected, got a %s", type(method))
        end
        local config = document.into("call:request", errors.options("call:request", options), body)
        config.timeout_ms = errors.milliseconds("call:request", "timeout", config.timeout)
        config.timeout, config.method = nil, method
        local event = result(self, "request", "request_answered", function(h, tag)
            return raw.call_request(h, self.id, config, tag)
        end)
        if event.status >= 200 and event.status < 300 then return event end
        return nil, self:_why_not(event)
    end

    -- Sends a MESSAGE inside the call and waits: the delivered event, or nil and the error.
    function Call:message(text, options)
        local agent = self:_alive "message"
        local config = errors.options("call:message", options)
        config.call = self.id
        local send = require("sipua.message").send
        local event, err = self:_settled(loop.pcall(send, agent, nil, nil, text, config, "call:message"))
        if not event and errors.is(err) and err.event then err = self:_why_not(err.event) end
        return event, err
    end
end
