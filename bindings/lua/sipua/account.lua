-- Accounts: who we are towards a server.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local object = require "sipua.object"
local Call = require "sipua.call"
local Message = require "sipua.message"
local subscription = require "sipua.subscription"

local Account = object.class "account"
local agent_of = object.agent_of

function Account:__tostring()
    return ("sipua account %s (%s)"):format(self.aor, self.registered and "registered" or "not registered")
end

function Account.create(agent, config)
    local self = setmetatable({ _agent = agent, aor = config.aor, registered = false, expires = 0 }, Account)
    self.id = agent:_submit(function(h, tag) return raw.account_create(h, config, tag) end, function(err)
        if not err or err.code == errors.codes.CANCELED or err.code == errors.codes.CLOSED then return end
        agent:_log("error", "account", tostring(err))
        self:_end()
    end)
    agent._objects[self.id] = self
    return self
end

local function outcome(self, name, names, command)
    agent_of(self, Account, name)
    if self.closed then errors.raise(errors.codes.GONE, ("the account %s is closed"):format(self.aor)) end
    return self:_until("account:" .. name, names, command)
end

-- Registers, or refreshes at once, and waits for the server's 200; it is then kept fresh. The account, or nil and the
-- error.
function Account:register()
    local event = outcome(self, "register", { registered = true, registration_failed = true },
        function(h, tag) return raw.account_register(h, self.id, tag) end)
    if event.event == "registered" then return self end
    return nil, errors.of_event(event)
end

-- Removes the registration; { all = true }: of every device of this address. true, or nil and the error.
function Account:unregister(options)
    local given = errors.options("account:unregister", options, { all = "boolean" })
    local all = given.all or false
    local ways = { unregistered = true, registration_failed = true, account_closed = true }
    local event = outcome(self, "unregister", ways,
        function(h, tag) return raw.account_unregister(h, self.id, all, tag) end)
    if event.event == "registration_failed" then return nil, errors.of_event(event) end
    return true
end

-- Changes the bearer token for what is sent from now on; nil: none any more.
function Account:set_token(token)
    local agent = agent_of(self, Account, "set_token")
    if token ~= nil and type(token) ~= "string" then
        errors.bad("account:set_token", "token", "a string expected, got a %s", type(token))
    end
    agent:_do("account:set_token", function(h, tag) return raw.account_set_token(h, self.id, token, tag) end)
end

-- Unregisters if need be, ends its calls and closes it.
function Account:close()
    if self.closed or not self._agent._handle then return end
    outcome(self, "close", { account_closed = true }, function(h, tag) return raw.account_close(h, self.id, tag) end)
end

-- Calls somebody and waits for the answer: the call, or nil and the error.
function Account:call(target, options)
    local agent = agent_of(self, Account, "call")
    return Call.dial(agent, self, target, errors.options("account:call", options), "account:call"):_answer_awaited()
end

-- The same without waiting: call:answered() does.
function Account:dial(target, options)
    local agent = agent_of(self, Account, "dial")
    return Call.dial(agent, self, target, errors.options("account:dial", options), "account:dial")
end

-- Sends a MESSAGE and waits: the delivered event, or nil and the error.
function Account:message(target, text, options)
    local agent = agent_of(self, Account, "message")
    return Message.send(agent, self, target, text, errors.options("account:message", options), "account:message")
end

-- Asks a peer what it can do: the answer's event, or nil and the error.
function Account:options(target, options)
    local agent = agent_of(self, Account, "options")
    return Message.query(agent, self, target, errors.options("account:options", options), "account:options")
end

-- Tells somebody that we are writing to him, or with false that we have stopped: true, or nil and the error.
function Account:composing(target, active)
    local agent = agent_of(self, Account, "composing")
    return Message._report(agent, self, target, { composing = active ~= false }, "account:composing")
end

-- Has somebody call somebody else, outside any call: a transfer, whose wait() says how that went. options: as for
-- agent:refer().
function Account:refer(recipient, target, options)
    local agent = agent_of(self, Account, "refer")
    return agent:_refer(self, recipient, target, errors.options("account:refer", options), "account:refer")
end

-- Subscribes ("presence", "message-summary", "dialog" ...) and returns the subscription at once: active() waits. options:
-- expires (seconds, -1: ask once), accept, body, content_type, headers.
function Account:subscribe(target, event, options)
    local agent = agent_of(self, Account, "subscribe")
    return subscription.Subscription.create(agent, self, target, event, options, "account:subscribe")
end

-- Publishes a state of ours (a document, or a string with content_type) at the server and waits until it is there: the
-- publication, kept fresh until its close(), or nil and the error. options: target, expires (seconds), content_type, headers.
function Account:publish(event, body, options)
    local agent = agent_of(self, Account, "publish")
    return subscription.Publication.create(agent, self, event, body, options, "account:publish")
end

function Account:set_option(key, value)
    agent_of(self, Account, "set_option"):_set_option(self.id, key, value, "account:set_option")
end

function Account:_on_event(event)
    local name = event.event
    if name == "registered" then
        self.registered, self.expires, self.gruu = true, event.expires, event.pub_gruu
    elseif name == "unregistered" or name == "registration_failed" or name == "account_closed" then
        self.registered, self.expires, self.gruu = false, 0, nil
    end
    self:_emit(event)
    if name == "account_closed" then
        self:_end()
        self:_fail_all(errors.new { code = errors.codes.GONE, text = "the account was closed" })
    end
end

function Account:_end()
    self.closed, self.registered = true, false
    self._agent._objects[self.id] = nil
end

return Account
