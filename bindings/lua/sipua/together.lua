-- Several calls together: conferences, and bridges of two.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local loop = require "sipua.loop"
local object = require "sipua.object"

local codes = errors.codes
local together = {}

local function gone(self)
    return errors.new { code = codes.GONE, text = tostring(self) .. " has ended" }
end

-- What both have: a life of their own.
local function share(class, last)
    function class:_alive(name)
        if type(self) == "table" and self.ended and getmetatable(self) == class then error(gone(self), 0) end
        return object.agent_of(self, class, name)
    end

    -- Waits for its end and says how it ended; nil and the error when that was a failure.
    function class:wait_ended()
        if not self.ended then self:_until(class.kind .. ":wait_ended", { [last] = true }) end
        if self.ended.code < 0 and self.ended.code ~= codes.CANCELED then return nil, errors.of_event(self.ended) end
        return self.ended
    end

    function class:_close(command)
        if self.ended then return self.ended end
        local handle = object.agent_of(self, class, "close")._handle
        local result, code, text = command(handle)
        if result == nil and code ~= codes.GONE then errors.check(result, code, text) end
        if loop.stepping and not loop.current then return nil end -- an event handler does not wait
        return self:wait_ended()
    end

    function class:__close()
        if self.ended or not self._agent._handle then return end
        self:close()
    end

    function class:_finish(event)
        if self.ended then return end
        self.ended = event
        self._agent._objects[self.id] = nil
        self:_emit(event)
        self:_fail_all(gone(self))
        if self._over then self:_over() end
    end

    -- The agent was closed before its end was told.
    function class:_end()
        self:_finish { event = last, id = self.id, code = codes.CLOSED, text = "the agent was closed", duration_ms = 0 }
    end

    function class:_refused(err)
        if not err or err.code == codes.CANCELED or err.code == codes.CLOSED then return end
        self:_finish { event = last, id = self.id, code = err.code, text = err.text, duration_ms = 0 }
    end
end

-- Conferences: everybody hears all others, and never himself. The program is one more member: what it writes is heard by
-- all, what it reads is the mix of all calls.

local Conference = object.class "conference"
together.Conference = Conference
share(Conference, "conference_ended")

function Conference:__tostring()
    return ("sipua conference %d (%s)"):format(self.id, self.ended and "ended" or #self:members() .. " calls")
end

function Conference.create(agent, options)
    local config = errors.options("agent:conference", options)
    local self = setmetatable({ _agent = agent, calls = {}, rate = config.rate or 16000 }, Conference)
    self.id = agent:_submit(function(h, tag) return raw.conference_create(h, config, tag) end, function(err)
        self:_refused(err)
    end)
    agent._objects[self.id] = self
    return self
end

local function member(self, name, command, call)
    local agent = self:_alive(name)
    local id = agent:_call_id("conference:" .. name, "call", call)
    agent:_do("conference:" .. name, function(h, tag) return command(h, self.id, id, tag) end)
    return self
end

-- Adds a call, answered or not; it leaves when it ends. Raises BUSY when it is in a conference or a bridge already.
function Conference:add(call)
    return member(self, "add", raw.conference_add, call)
end

-- Takes a call out; it goes on by itself.
function Conference:remove(call)
    return member(self, "remove", raw.conference_remove, call)
end

-- The calls in it, as a list.
function Conference:members()
    local list = {}
    for _, call in pairs(self.calls) do
        list[#list + 1] = call
    end
    return list
end

-- Ends it and waits for that; its calls go on by themselves, or { hangup = true } are hung up too.
function Conference:close(options)
    local o = errors.options("conference:close", options, { hangup = "boolean" })
    return self:_close(function(h) return raw.conference_end(h, self.id, o.hangup or false, 0) end)
end

function Conference:_on_event(event)
    if event.event == "conference_changed" then
        local call = self._agent._objects[event.other]
        self.calls[event.other] = event.flags.added and call or nil
    elseif event.event == "conference_ended" then
        return self:_finish(event)
    end
    self:_emit(event)
end

function Conference:_over()
    self.calls = {}
    local reader = self._agent._audio[self.id]
    self._agent._audio[self.id] = nil
    if reader then loop.wake(reader) end
end

-- What audio.lua asks of it.
function Conference:_tell() end

function Conference._settled(_, ok, result, ...)
    if ok then return result, ... end
    error(result, 0)
end

function Conference:_await(name, events, command)
    self:_alive(name)
    return self:_until("conference:" .. name, events, command)
end

function Conference:_wait_ended()
    return self:wait_ended()
end

require "sipua.audio"(Conference, {
    play = function(h, self, file, options, tag) return raw.conference_play(h, self.id, file, options.loop or false, 0, tag) end,
    record = function(h, self, file, _, tag) return raw.conference_record(h, self.id, file, 0, tag) end,
    sides = {},
})

-- Bridges: two calls connected with each other.

local Bridge = object.class "bridge"
together.Bridge = Bridge
share(Bridge, "bridge_ended")

function Bridge:__tostring()
    return ("sipua bridge %d (%s)"):format(self.id, self.ended and "ended" or self.state)
end

function Bridge.create(agent, a, b, options)
    local config = errors.options("agent:bridge", options)
    local first, second = agent:_call_id("agent:bridge", "a", a), agent:_call_id("agent:bridge", "b", b)
    local self = setmetatable({ _agent = agent, a = a, b = b, state = "waiting" }, Bridge)
    self.id = agent:_submit(function(h, tag) return raw.bridge_create(h, first, second, config, tag) end, function(err)
        self:_refused(err)
    end)
    agent._objects[self.id] = self
    return self
end

-- Takes them apart and waits for that; both calls go on by themselves.
function Bridge:close()
    return self:_close(function(h) return raw.bridge_end(h, self.id, 0) end)
end

function Bridge:_on_event(event)
    if event.event == "bridge_ended" then return self:_finish(event) end
    if event.event == "bridge_changed" then self.state = event.state end
    self:_emit(event)
end

return together
