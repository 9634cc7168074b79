-- What an agent does besides calls and messages that come in: accounts, what needs none, conferences, bridges, events of
-- others, and questions of peers.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local object = require "sipua.object"
local Account = require "sipua.account"
local Call = require "sipua.call"
local Message = require "sipua.message"
local Transfer = require "sipua.transfer"
local subscription = require "sipua.subscription"
local together = require "sipua.together"

local Change = object.class "change"

function Change.incoming(call, event)
    return setmetatable({
        _agent = call._agent, call = call, hold = event.flags.hold or false, resume = event.flags.resume or false,
        offerless = event.flags.offerless or false, body = event.body or "", content_type = event.content_type,
        deadline = event.deadline_ms / 1000,
    }, Change)
end

function Change:__tostring()
    return ("sipua change of %s"):format(tostring(self.call))
end

local function decide(self, name, command, reply)
    local agent, id = object.agent_of(self, Change, name), self.call.id
    agent:_do("change:" .. name, function(h, tag) return command(h, id, reply, tag) end)
    self.decided = true
end

-- Takes it as far as we can. options: headers, body (the answer, of a call whose media the program does itself).
function Change:accept(options)
    decide(self, "accept", raw.call_accept_change, options)
end

-- Refuses it, with 488 or as said; the call is as it was. options: reason, headers.
function Change:reject(status, options)
    local reply = errors.options("change:reject", options)
    reply.status = status
    decide(self, "reject", raw.call_reject_change, reply)
end

function Change:_refuse(status)
    if self.decided or self.call.ended or not self._agent._handle then return end
    raw.call_reject_change(self._agent._handle, self.call.id, { status = status }, 0)
end

local Listener = object.class "listener"

function Listener:_on_event(event)
    self:_emit(event)
end

return function(Agent, own)
    local agent_of = Agent._of

    -- Accounts, and what needs none

    -- Who we are towards a server; its settings are those of sipua_account_config. It sends nothing before register().
    function Agent:account(settings)
        agent_of(self, "account")
        if type(settings) == "string" then settings = { aor = settings } end
        local config = errors.options("agent:account", settings)
        for key, value in pairs(self._defaults) do
            if config[key] == nil then config[key] = value end
        end
        if type(config.outbound_proxy) == "table" then -- several, tried in order
            local first, rest = config.outbound_proxy[1], {}
            if type(first) ~= "string" then errors.bad("agent:account", "outbound_proxy", "a list of strings expected") end
            for i = 2, #config.outbound_proxy do
                rest[i - 1] = config.outbound_proxy[i]
            end
            config.outbound_proxy, config.outbound_proxies = first, #rest > 0 and rest or nil
        end
        return Account.create(self, config)
    end

    -- Says that addresses or routes of this machine changed: every flow is tried at once, registrations are renewed, and
    -- calls move to the new address.
    function Agent:network_changed()
        agent_of(self, "network_changed")
        self:_do("agent:network_changed", function(h, tag) return raw.network_changed(h, tag) end)
    end

    -- Reads all files of certificates, keys and trust again, for connections made from now on.
    function Agent:reload_tls()
        agent_of(self, "reload_tls")
        self:_do("agent:reload_tls", function(h, tag) return raw.agent_reload_tls(h, tag) end)
    end

    local function account_of(self, where, options)
        local account = options.account
        options.account = nil
        if account == nil then return nil end
        if getmetatable(account) ~= Account then
            errors.bad(where, "account", "an account expected, got a %s", type(account))
        end
        if account._agent ~= self then errors.bad(where, "account", "it belongs to another agent") end
        return account
    end

    -- Calls without an account, or with that of the options, and waits for the answer: the call, or nil and the error.
    function Agent:call(target, options)
        agent_of(self, "call")
        local given = errors.options("agent:call", options)
        return Call.dial(self, account_of(self, "agent:call", given), target, given, "agent:call"):_answer_awaited()
    end

    -- The same without waiting: call:answered() does.
    function Agent:dial(target, options)
        agent_of(self, "dial")
        local given = errors.options("agent:dial", options)
        return Call.dial(self, account_of(self, "agent:dial", given), target, given, "agent:dial")
    end

    -- Sends a MESSAGE and waits: the delivered event, or nil and the error.
    function Agent:message(target, text, options)
        agent_of(self, "message")
        local given = errors.options("agent:message", options)
        return Message.send(self, account_of(self, "agent:message", given), target, text, given, "agent:message")
    end

    -- Asks a peer what it can do: the answer's event, or nil and the error.
    function Agent:options(target, options)
        agent_of(self, "options")
        local given = errors.options("agent:options", options)
        return Message.query(self, account_of(self, "agent:options", given), target, given, "agent:options")
    end

    -- Opens one more listener ("udp:127.0.0.1:0") and returns it: transport, host, port.
    function Agent:listen(address, options)
        agent_of(self, "listen")
        local config = errors.options("agent:listen", options)
        config.address = address
        local listener = setmetatable({ _agent = self }, Listener)
        local id = self:_submit(function(h, tag) return raw.listener_create(h, config, tag) end, function() end)
        self._objects[id] = listener
        local event = listener:_until("agent:listen", { listening = true, listener_closed = true })
        if event.event == "listener_closed" then
            self._objects[id] = nil
            errors.raise(event.code, event.text)
        end
        local found = { transport = event.transport, host = event.host, port = event.port, id = id }
        table.insert(self.listeners, found)
        return found
    end

    -- Several calls together

    -- A conference, to which conference:add(call) adds calls. options: rate (samples per second of mixing, and of what the
    -- program itself hears in it: 8000, 16000, 24000, 48000).
    function Agent:conference(options)
        agent_of(self, "conference")
        return together.Conference.create(self, options)
    end

    -- Connects two calls. With an incoming call that is not answered and one that was just dialled, `a` rings as `b`
    -- rings, is answered when `b` answers, and refused as `b` refuses. options: dtmf, hold, hangup, transfer (what passes
    -- from one to the other; all but transfer do by default), signalling = false (ringing and answer of `a` are left to
    -- the program), untouched = false (all audio passes through our codecs), requests = false (INFO, MESSAGE and methods
    -- of your own are the program's and do not pass).
    function Agent:bridge(a, b, options)
        agent_of(self, "bridge")
        return together.Bridge.create(self, a, b, options)
    end

    -- The number of a call that must be one of ours.
    function Agent:_call_id(where, name, call)
        if type(call) ~= "table" or getmetatable(call) ~= Call then
            errors.bad(where, name, "a call expected, got a %s", type(call))
        end
        if call._agent ~= self then errors.bad(where, name, "it belongs to another agent") end
        return call.id
    end

    -- Transfers outside calls

    -- Has somebody call somebody else, outside any call: a transfer, whose wait() says how that went. options: referred_by,
    -- subscribe (false: no progress is asked for), headers, timeout (seconds), account.
    function Agent:refer(recipient, target, options)
        agent_of(self, "refer")
        local given = errors.options("agent:refer", options)
        return self:_refer(account_of(self, "agent:refer", given), recipient, target, given, "agent:refer")
    end

    function Agent:_refer(account, recipient, target, config, where)
        config.recipient, config.target = recipient, target
        return Transfer.start(self, where, config, function(h, tag)
            return raw.transfer_send(h, account and account.id or 0, config, tag)
        end)
    end

    -- Events of others and of ours

    -- Subscribes ("presence", "message-summary", "dialog" ...) and returns the subscription at once: active() waits.
    -- options: expires (seconds, -1: ask once), accept, body, content_type, headers, from, account.
    function Agent:subscribe(target, event, options)
        agent_of(self, "subscribe")
        local given = errors.options("agent:subscribe", options)
        local account = account_of(self, "agent:subscribe", given)
        return subscription.Subscription.create(self, account, target, event, given, "agent:subscribe")
    end

    -- Leaving in peace

    -- Takes no more calls (503), and waits until those that are up have ended; false: back to work.
    function Agent:drain(on)
        agent_of(self, "drain")
        if on == false then
            self:_fail_all(errors.new { code = errors.codes.CANCELED, text = "it is back to work" }, "drained")
            self:_do("agent:drain", function(h, tag) return raw.agent_drain(h, false, tag) end)
        else
            self:_until("agent:drain", { drained = true }, function(h, tag) return raw.agent_drain(h, true, tag) end)
        end
        return self
    end

    -- Questions of peers

    function own.transfer_requested(self, event, raw_event)
        if self._on_transfer then
            return self:_question(self._on_transfer, Transfer.Request.incoming(self, event, raw_event))
        end
        raw.transfer_reject(self._handle, event.id, nil, 0) -- nobody takes them any more
    end

    function own.call_change_requested(self, event)
        local call = self._objects[event.id]
        if self._on_change and call then
            self:_question(self._on_change, Change.incoming(call, event))
        else
            raw.call_accept_change(self._handle, event.id, nil, 0)
        end
    end

    function own.subscribe_requested(self, event, raw_event)
        if self._on_subscribe then
            return self:_question(self._on_subscribe, subscription.Notifier.incoming(self, event, raw_event))
        end
        raw.notifier_reject(self._handle, event.id, { status = 489 }, 0)
    end

    function own.call_replaced(self, event, raw_event)
        Call._replacing(self, event, raw_event)
        return true
    end
end
