-- Events of others and of ours (RFC 6665, RFC 3903): subscriptions, those who subscribe to us, and publications.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local loop = require "sipua.loop"
local document = require "sipua.document"
local object = require "sipua.object"

local codes = errors.codes
local watched = {}

-- An object with a state that events tell, until the last one.
local function share(class, told, last)
    function class:_alive(name)
        if self.ended then
            error(errors.new { code = codes.GONE, text = tostring(self) .. " has ended" }, 0)
        end
        return object.agent_of(self, class, name)
    end

    -- Waits for one of these states, after the command: the event. Its end is nil and why.
    function class:_reach(name, states, command)
        if self.ended then return nil, self:_failure() end
        local names = { ["=" .. last] = true } -- several states may come before the task has its turn
        for state in pairs(states) do
            names["=" .. state] = true
        end
        local event = self:_until(class.kind .. ":" .. name, names, command)
        if states[event.state] then return event end
        return nil, self:_failure()
    end

    -- Why it was refused or broke; nil when it just ended.
    function class:_broken()
        local event = self.ended
        if event.status >= 300 or event.code < 0 then return errors.of_event(event) end
    end

    function class:_failure()
        local event, broken = self.ended, self:_broken()
        if broken then return broken end
        return errors.new { code = codes.GONE, text = tostring(self) .. " has ended", event = event }
    end

    function class:_tells(event)
        self.state = event.state
        if event.state == last then self:_finish(event) end
        self:_emit(event)
        self:_awaited("=" .. event.state, event)
    end

    function class:_finish(event)
        self.ended = event
        self._agent._objects[self.id] = nil
    end

    function class:_end()
        if self.ended then return end
        self:_finish { event = told, id = self.id, state = last, code = codes.CLOSED, status = 0, text = "the agent was closed" }
    end

    function class:_refused(err)
        if not err or self.ended or err.code == codes.CANCELED or err.code == codes.CLOSED then return end
        self:_finish { event = told, id = self.id, state = last, code = err.code, status = 0, text = err.text }
        self:_fail_all(err)
    end

    function class:_close(name, command)
        if self.ended then return self.ended end
        local handle = object.agent_of(self, class, name)._handle
        local result, code, text = command(handle)
        if result == nil and code ~= codes.GONE then errors.check(result, code, text) end
        if loop.stepping and not loop.current then return nil end -- an event handler does not wait
        self:_reach(name, { [last] = true })
        return self.ended
    end

    function class:__close()
        if not self.ended and self._agent._handle then self:close() end
    end
end

-- Subscriptions are kept fresh until close().

local Subscription = object.class "subscription"
watched.Subscription = Subscription
share(Subscription, "subscription_state", "terminated")

function Subscription:__tostring()
    return ("sipua subscription to %s of %s (%s)"):format(self.package, self.target, self.state or "begun")
end

function Subscription.create(agent, account, target, package, options, where)
    local config = errors.options(where, options)
    if type(target) ~= "string" then errors.bad(where, "target", "a string expected, got a %s", type(target)) end
    if type(package) ~= "string" then errors.bad(where, "event", "a string expected, got a %s", type(package)) end
    document.into(where, config, config.body)
    config.target, config.event = target, package
    local self = setmetatable({ _agent = agent, _notes = {}, target = target, package = package:match "^[^;]*" }, Subscription)
    self.id = agent:_submit(function(h, tag)
        return raw.subscription_create(h, account and account.id or 0, config, tag)
    end, function(err) self:_refused(err) end)
    agent._objects[self.id] = self
    return self
end

-- Waits until it is active: the subscription, or nil and the error when it is refused or ends before.
function Subscription:active()
    if self.state ~= "active" or self.ended then
        local event, err = self:_reach("active", { active = true })
        if not event then return nil, err end
    end
    return self
end

-- The next of what it is told, waiting for it: a notify event, with `document` where the library reads the body. nil when
-- the subscription has ended, or nothing came within that many seconds; with an error when it was refused or broke.
function Subscription:next(seconds)
    while not self._notes[1] do
        if self.ended then return nil, self:_broken() end
        local event = self:_until("subscription:next", { notify = true, subscription_state = true }, nil, seconds)
        if not event then return nil end
    end
    return table.remove(self._notes, 1)
end

-- for note in subscription:notes() do ... end: all that it is told, until it has ended. Raises when it was refused or broke.
function Subscription:notes()
    object.agent_of(self, Subscription, "notes")
    return function()
        local note, err = self:next()
        if err then error(err, 0) end
        return note
    end
end

-- Asks again now; expires: seconds, nil as before.
function Subscription:refresh(expires)
    local agent = self:_alive "refresh"
    agent:_do("subscription:refresh", function(h, tag) return raw.subscription_refresh(h, self.id, expires or 0, tag) end)
    return self
end

-- Unsubscribes and waits for that.
function Subscription:close()
    return self:_close("close", function(h) return raw.subscription_end(h, self.id, 0) end)
end

local MOST = 256 -- notes that wait for next(); beyond it the oldest goes

function Subscription:_on_event(event)
    if event.event == "notify" then
        self.last, self.document = event, event.document
        self._notes[#self._notes + 1] = event
        if #self._notes > MOST then table.remove(self._notes, 1) end
        self:_emit(event)
    elseif event.event == "subscription_state" then
        self:_tells(event)
    else
        self:_emit(event)
    end
end

-- Somebody who subscribes to us. It waits for accept() or reject(), now or within `deadline` seconds; then it is told by
-- notify().

local Notifier = object.class "notifier"
watched.Notifier = Notifier
share(Notifier, "subscription_state", "terminated")

function Notifier:__tostring()
    return ("sipua notifier of %s for %s (%s)"):format(self.package, self.from, self.state or "not decided")
end

function Notifier.incoming(agent, event, handle)
    local self = setmetatable({
        _agent = agent, _handle = handle, id = event.id, from = event.from, from_name = event.from_name, to = event.to,
        to_name = event.to_name, target = event.target, package = event.package, expires = event.expires,
        _series = { entity = event.to },
        body = event.body or "", content_type = event.content_type, deadline = event.deadline_ms / 1000,
        account = event.account and agent._objects[event.account] or nil,
    }, Notifier)
    agent._objects[event.id] = self
    return self
end

-- Answers 200 and sends the first NOTIFY, whose body (a string or a document) is sent again whenever the subscriber
-- refreshes. A document that does not say whom it is about is about `to`; versions are counted. options: state ("active",
-- "pending"), content_type, expires (at most so many seconds), headers.
function Notifier:accept(body, options)
    local agent = self:_alive "accept"
    local config = document.into("notifier:accept", errors.options("notifier:accept", options), body, self._series)
    agent:_do("notifier:accept", function(h, tag) return raw.notifier_accept(h, self.id, config, 0, tag) end)
    self.decided = true
    return self
end

-- Refuses it, with 403 or as said. options: reason, headers.
function Notifier:reject(status, options)
    local agent = self:_alive "reject"
    local reply = errors.options("notifier:reject", options)
    reply.status = status
    agent:_do("notifier:reject", function(h, tag) return raw.notifier_reject(h, self.id, reply, tag) end)
    self.decided = true
end

-- Sends a NOTIFY. When several come faster than they are answered, the newest counts. options: as for accept().
function Notifier:notify(body, options)
    local agent = self:_alive "notify"
    local config = document.into("notifier:notify", errors.options("notifier:notify", options), body, self._series)
    agent:_do("notifier:notify", function(h, tag) return raw.notifier_notify(h, self.id, config, tag) end)
    return self
end

-- Ends it with a last NOTIFY. options: reason ("timeout", "noresource", "rejected", "deactivated", "probation", "giveup";
-- default "noresource"), body, retry_after_s.
function Notifier:close(options)
    if self.ended then return self.ended end
    local config = errors.options("notifier:close", options)
    document.into("notifier:close", config, config.body, self._series)
    config.state, config.reason = "terminated", config.reason or "noresource"
    return self:_close("close", function(h) return raw.notifier_notify(h, self.id, config, 0) end)
end

-- The first header of that name of the SUBSCRIBE, or nil; `index` counts from 1.
function Notifier:header(name, index)
    return object.header("notifier:header", self._handle, name, index)
end

function Notifier:_refuse(status)
    if self.decided or self.ended or not self._agent._handle then return end
    raw.notifier_reject(self._agent._handle, self.id, { status = status }, 0)
end

function Notifier:_on_event(event)
    if event.event == "subscription_state" then return self:_tells(event) end
    self:_emit(event)
end

-- A state of ours that others may learn from a server. It is kept fresh until close().

local Publication = object.class "publication"
watched.Publication = Publication
share(Publication, "publish_state", "removed")

function Publication:__tostring()
    return ("sipua publication of %s (%s)"):format(self.package, self.state or "begun")
end

-- Publishes and waits until it is there: the publication, or nil and the error.
function Publication.create(agent, account, package, body, options, where)
    local config = errors.options(where, options)
    if type(package) ~= "string" then errors.bad(where, "event", "a string expected, got a %s", type(package)) end
    local series = { entity = config.target or account and account.aor }
    document.into(where, config, body, series.entity and series)
    config.event = package
    local self = setmetatable({ _agent = agent, package = package, _series = series }, Publication)
    loop.place(where)
    self.id = agent:_submit(function(h, tag)
        return raw.publication_create(h, account and account.id or 0, config, tag)
    end, function(err) self:_refused(err) end)
    agent._objects[self.id] = self
    local ok, done, err = loop.pcall(self._outcome, self, "publish")
    if ok and done then return done end
    if not self.ended and agent._handle then raw.publication_end(agent._handle, self.id, 0) end -- nobody will know it
    if not ok then error(done, 0) end
    return nil, err
end

function Publication:_outcome(name, command)
    local event, err = self:_reach(name, { published = true, failed = true }, command)
    if not event then return nil, err end
    if event.state == "failed" then return nil, errors.of_event(event) end
    return self
end

-- Replaces what is published, and waits until it is there: the publication, or nil and the error.
function Publication:update(body, options)
    self:_alive "update"
    local o = errors.options("publication:update", options, { content_type = "string" })
    local text, kind = document.body("publication:update", body, o.content_type, self._series)
    return self:_outcome("update", function(h, tag) return raw.publication_update(h, self.id, kind, text, tag) end)
end

-- Takes it back and waits for that.
function Publication:close()
    return self:_close("close", function(h) return raw.publication_end(h, self.id, 0) end)
end

function Publication:_on_event(event)
    if event.event == "publish_state" then return self:_tells(event) end
    self:_emit(event)
end

return watched
