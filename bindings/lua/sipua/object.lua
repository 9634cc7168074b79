-- What accounts, calls, messages, players and recorders share: they hear events, and somebody may wait for one.
local errors = require "sipua.errors"
local loop = require "sipua.loop"
local raw = require "sipua.raw"

local object = {}

-- A class whose instances share these methods; `kind` is its name in error texts.
function object.class(kind, methods)
    local class = methods or {}
    class.__index = class
    class.kind = kind
    for name, method in pairs(object.methods) do
        class[name] = class[name] or method
    end
    return class
end

object.methods = {}

-- The agent of an object whose method `name` is being called. Raises what is wrong with either.
function object.agent_of(self, class, name)
    if type(self) ~= "table" or getmetatable(self) ~= class then
        errors.bad(class.kind .. ":" .. name, "self",
            "%s expected, got a %s: call it with a colon", class.kind, type(self))
    end
    local agent = self._agent
    if not agent._handle then error(errors.closed(), 0) end
    return agent
end

-- Runs fn(event) in a task for each event of that name ("dtmf"); "*" is any. A task of a call ends it by an error.
function object.methods:on(name, fn)
    if type(name) ~= "string" then errors.bad(self.kind .. ":on", "name", "a string expected, got a %s", type(name)) end
    if type(fn) ~= "function" then errors.bad(self.kind .. ":on", "fn", "a function expected, got a %s", type(fn)) end
    if name ~= "*" and not require("sipua.names").events[name] then
        errors.bad(self.kind .. ":on", "name", "there is no event '%s'", name)
    end
    self._handlers = self._handlers or {}
    local list = self._handlers[name] or {}
    self._handlers[name] = list
    list[#list + 1] = fn
    return self
end

local function run_handlers(self, list, event)
    for i = 1, list and #list or 0 do
        self:_go(list[i], event)
    end
end

-- owner: whose tasks the handlers are, if not this one's.
function object.methods:_emit(event, owner)
    local handlers = self._handlers
    if handlers then
        run_handlers(owner or self, handlers[event.event], event)
        run_handlers(owner or self, handlers["*"], event)
    end
    self:_awaited(event.event, event)
end

-- Wakes who waits for that name.
function object.methods:_awaited(name, event)
    local waiting = self._waiting
    if waiting and waiting[1] then
        local kept = {}
        for i = 1, #waiting do
            local entry = waiting[i]
            if entry.names[name] and not entry.waiter.done then
                loop.wake(entry.waiter, event)
            elseif not entry.waiter.done then
                kept[#kept + 1] = entry
            end
        end
        self._waiting = kept
    end
end

-- Waits for one of these events, after the command (a function of the tag) has been taken by the stack.
-- Returns the event, or nil, true after that many seconds.
function object.methods:_until(what, names, command, seconds, undo)
    local waiter = { undo = undo }
    loop.place(what)
    self._waiting = self._waiting or {}
    table.insert(self._waiting, { names = names, waiter = waiter })
    if command then
        self._agent:_submit(command, function(err)
            if err then loop.fail(waiter, err) end
        end, waiter)
    end
    return loop.block(waiter, what, seconds)
end

-- Ends all waits with an error, or those for that event.
function object.methods:_fail_all(err, name)
    local waiting, kept = self._waiting, nil
    self._waiting = nil
    for i = 1, waiting and #waiting or 0 do
        if not name or waiting[i].names[name] then
            loop.fail(waiting[i].waiter, err)
        else
            kept = kept or {}
            kept[#kept + 1] = waiting[i]
        end
    end
    self._waiting = self._waiting or kept
end

-- The index-th header of that name behind an event, or nil.
function object.header(where, handle, name, index)
    if type(name) ~= "string" then errors.bad(where, "name", "a string expected, got a %s", type(name)) end
    if index == nil then index = 1 end
    if type(index) ~= "number" or index ~= math.floor(index) or index < 1 or index > 1000 then
        errors.bad(where, "index", "a whole number from 1 on expected")
    end
    return handle and raw.event_header(handle, name, index - 1)
end

-- The headers behind an event: {{name, value}, ...}, in order.
function object.headers(handle)
    local list = {}
    for i = 1, handle and raw.event_header_count(handle) or 0 do
        list[i] = { raw.event_header_at(handle, i - 1) }
    end
    return list
end

-- Runs a handler of this object in a task.
function object.methods:_go(fn, ...)
    return self._agent:go(fn, ...)
end

return object
