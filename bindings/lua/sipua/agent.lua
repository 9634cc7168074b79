-- The agent: one SIP stack on threads of its own, seen from this state's loop.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local loop = require "sipua.loop"
local names = require "sipua.names"
local object = require "sipua.object"
local Call = require "sipua.call"
local Message = require "sipua.message"
local document = require "sipua.document"

local codes = names.codes
local Agent = object.class "agent"
local tags = 0

function Agent:__tostring()
    return ("sipua agent (%s)"):format(self._handle and "running" or "closed")
end

local function agent_of(self, name)
    if type(self) ~= "table" or getmetatable(self) ~= Agent then
        errors.bad("agent:" .. name, "self", "an agent expected, got a %s: call it with a colon", type(self))
    end
    if not self._handle then error(errors.closed(), 0) end
    return self._handle
end

local VERSIONS = { ["1.2"] = 12, ["1.3"] = 13 }
local DEFAULTS = { "display_name", "auth_user", "outbound_proxy" }

-- Starts an agent; see README.md for its settings, which are those of sipua_agent_config. Its listeners are up when it
-- returns.
function Agent.create(settings)
    local config = errors.options("sipua.agent", settings)
    local options, defaults, tap, logger = config.options, {}, config.on_event, config.on_log
    config.options, config.on_event, config.on_log = nil, nil, nil
    errors.options("sipua.agent: options", options)
    for _, key in ipairs(DEFAULTS) do
        defaults[key], config[key] = config[key], nil
        local list = key == "outbound_proxy" and type(defaults[key]) == "table"
        if defaults[key] ~= nil and type(defaults[key]) ~= "string" and not list then
            errors.bad("sipua.agent", key, "a string expected, got a %s", type(defaults[key]))
        end
    end
    if config.tls_min_version ~= nil then
        config.tls_min_version = VERSIONS[config.tls_min_version]
            or errors.bad("sipua.agent", "tls_min_version", [["1.2" or "1.3" expected]])
    end
    if config.rtp_ports ~= nil then
        local ports = config.rtp_ports
        if type(ports) ~= "table" or type(ports[1]) ~= "number" or type(ports[2]) ~= "number"
            or ports[3] ~= nil then
            errors.bad("sipua.agent", "rtp_ports", "{first, last} expected")
        end
        config.rtp_port_min, config.rtp_port_max, config.rtp_ports = ports[1], ports[2], nil
    end
    local handle = errors.check(raw.agent_create(config))
    local self = setmetatable({
        _handle = handle, _objects = {}, _replies = {}, _audio = {}, _tasks = {}, _taps = {}, _defaults = defaults,
        listeners = {}, calls = {},
    }, Agent)
    self._agent = self
    loop.agents[#loop.agents + 1] = self
    if tap ~= nil then self:on_event(tap) end
    if logger ~= nil then self:on_log(logger) end
    for key, value in pairs(options or {}) do
        self:set_option(key, value)
    end
    if loop.current or not loop.stepping then -- when its answer has come, so have the listeners
        self:_do("sipua.agent", function(h, tag) return raw.agent_ask(h, "call", false, tag) end)
    end
    return self
end

-- Tasks

-- Runs fn(...) in a task of its own from the next turn of the loop on. An error in it is logged.
function Agent:go(fn, ...)
    agent_of(self, "go")
    if type(fn) ~= "function" then errors.bad("agent:go", "fn", "a function expected, got a %s", type(fn)) end
    return self:_start(nil, fn, ...)
end

-- A task that belongs to a call, or to none.
function Agent:_start(call, fn, ...)
    local task = loop.spawn(function(task) self:_over(task) end, fn, ...)
    task.call = call
    self._tasks[task] = true
    if call then call._tasks[task] = true end
    return task
end

function Agent:_over(task)
    self._tasks[task] = nil
    local call = task.call
    if call then call._tasks[task] = nil end
    if not task.failed then return end
    local err = task.error
    if errors.is(err) and err.code == codes.CLOSED and not self._handle then return end
    local hangup = errors.is(err) and err.hangup
    if hangup and (not call or call.ended) then return end -- what every bot meets that does not look out for it
    self:_log("error", "task", tostring(err) .. (task.trace or ""):gsub("^[^\n]", "\n%0"))
    if call then call:_abandon(500) end
    if task.question then task.question:_refuse(500) end
end

-- Calls fn() in a task every so many seconds, not again before it has returned. timer:cancel() ends it.
function Agent:every(seconds, fn)
    agent_of(self, "every")
    if type(seconds) ~= "number" or not (seconds > 0) then
        errors.bad("agent:every", "seconds", "a number above 0 expected")
    end
    errors.milliseconds("agent:every", "seconds", seconds)
    if type(fn) ~= "function" then errors.bad("agent:every", "fn", "a function expected, got a %s", type(fn)) end
    local every = {}
    local function arm()
        every.timer = loop.after(seconds, function()
            if every.cancelled or not self._handle then return end
            local task = self:_start(nil, fn)
            local over = task.on_end
            task.on_end = function(t)
                over(t)
                if not every.cancelled then arm() end
            end
        end)
    end
    function every:cancel()
        self.cancelled, self.timer.cancelled = true, true
    end
    arm()
    return every
end

-- Waits that many seconds; others run meanwhile.
function Agent:sleep(seconds)
    agent_of(self, "sleep")
    if seconds == nil then errors.bad("agent:sleep", "seconds", "a number is missing") end
    errors.milliseconds("agent:sleep", "seconds", seconds)
    loop.block({}, "agent:sleep", seconds)
end

-- The loop

-- One turn of the loop, for programs with a loop of their own: waits up to `timeout` seconds (0: does not; nil: as long
-- as it takes) and handles what is there, of all agents of this Lua state. True when anything was done.
function Agent:step(timeout)
    agent_of(self, "step")
    errors.milliseconds("agent:step", "timeout", timeout)
    return loop.step(timeout)
end

-- A descriptor that is readable when step(0) has something to do. Only wait for it.
function Agent:fd()
    return errors.check(raw.agent_fd(agent_of(self, "fd")))
end

-- Seconds until step(0) has something to do by time alone (a sleep, an every); nil when there is nothing such.
function Agent:timeout()
    agent_of(self, "timeout")
    return loop.timeout()
end

-- Runs the loop until stop() or the agent is closed.
function Agent:run()
    agent_of(self, "run")
    self._stop = false
    while not self._stop and self._handle do
        loop.step()
    end
end

-- Makes run() return.
function Agent:stop()
    self._stop = true
end

-- Commands and events

-- Runs a command with a fresh tag; done(err) is called with the stack's answer. Raises what is wrong at once.
function Agent:_submit(command, done, waiter)
    tags = tags + 1
    local tag = tags
    self._replies[tag] = done
    local ok, result, code, text = pcall(command, self._handle, tag)
    if not ok or (result == nil and code) then
        self._replies[tag] = nil
        if waiter then waiter.done = true end
        if not ok then error(result, 0) end
        errors.check(result, code, text)
    end
    return result
end

-- Does it and waits for the stack's answer.
function Agent:_do(what, command)
    local waiter = {}
    loop.place(what)
    local result = self:_submit(command, function(err)
        if err then loop.fail(waiter, err) else loop.wake(waiter) end
    end, waiter)
    loop.block(waiter, what)
    return result
end

-- Takes events, waiting up to ms for the first. True when any came.
function Agent:_take(ms, most)
    local handle = self._handle
    if not handle then return false end
    local reuse = self._reuse
    for i = 1, most do
        local raw_event, event
        if reuse then
            raw_event, event = raw.poll(handle, i == 1 and ms or 0, reuse)
        else
            raw_event, event = raw.poll(handle, i == 1 and ms or 0)
        end
        if not raw_event then
            if raw_event == nil and event == codes.CLOSED then self:_release() end
            return i > 1
        end
        local ok, keep = pcall(self._dispatch, self, event, raw_event)
        if ok and keep then
            reuse = nil
        else
            raw.event_destroy(raw_event)
            reuse = raw_event
        end
        self._reuse = reuse
        if not ok then self:_log("error", "lua", tostring(keep)) end
        if not self._handle then return true end
    end
    return true
end

local own = {}

-- Gives an event to whom it concerns. True when the library's event is kept.
function Agent:_dispatch(event, raw_event)
    local name = event.event
    if name == "stats" then
        event.figures = raw[event.id and "event_call_stats" or "event_agent_stats"](raw_event)
    end
    if event.body and event.content_type then event.document = document.read(raw_event, event.content_type) end
    for i = 1, #self._taps do
        local ok, err = pcall(self._taps[i], event, raw_event)
        if not ok then self:_log("error", "on_event", tostring(err)) end
    end
    local keep = own[name] and own[name](self, event, raw_event)
    if name == "reply" then return end
    local thing = event.id and self._objects[event.id]
    if thing then keep = thing:_on_event(event, raw_event) or keep end
    if self._handlers or self._waiting then self:_emit(event) end
    return keep
end

function own.reply(self, event)
    local done = self._replies[event.tag]
    if not done then return end
    self._replies[event.tag] = nil
    done(event.code < 0 and errors.new {
        code = event.code, text = event.text or raw.error_text(event.code) } or nil)
end

function own.audio_ready(self)
    local ids = raw.audio_ready(self._handle)
    for i = 1, ids and #ids or 0 do
        local waiter = self._audio[ids[i]]
        if waiter then loop.wake(waiter) end
    end
end

function own.log(self, event)
    self:_log(event.level, event.module, event.text)
end

function own.listening(self, event)
    if not self._objects[event.id] then
        table.insert(self.listeners,
            { transport = event.transport, host = event.host, port = event.port, id = event.id })
    end
end

function own.incoming_call(self, event, raw_event)
    if self._on_call then
        local call = Call.incoming(self, event, raw_event)
        self:_start(call, self._on_call, call)
        return true
    end
    raw.call_reject(self._handle, event.id, { status = event.default_status }, 0) -- nobody takes calls any more
end

-- Runs fn(question) in a task; an error in it refuses what is not decided.
function Agent:_question(fn, question)
    local task = self:_start(nil, fn, question)
    task.question = question
    return true
end

function own.message(self, event, raw_event)
    if self._on_message then
        local message = Message.incoming(self, event, raw_event)
        return self:_question(self._on_message, message)
    end
    raw.message_reject(self._handle, event.id, { status = event.default_status }, 0)
end

function own.stats(self, event)
    if not event.id then self.figures = event.figures end
end

-- What comes in

local function ask(self, name, kind, fn)
    local handle = agent_of(self, name)
    if fn ~= nil and type(fn) ~= "function" then
        errors.bad("agent:" .. name, "fn", "a function expected, got a %s", type(fn))
    end
    self["_" .. name] = fn
    self:_ask(name, handle, kind, fn ~= nil)
    return self
end

function Agent:_ask(name, handle, kind, on)
    if loop.current or not loop.stepping then
        self:_do("agent:" .. name, function(h, tag) return raw.agent_ask(h, kind, on, tag) end)
    else
        errors.check(raw.agent_ask(handle, kind, on, 0))
    end
end

-- Takes calls: each runs fn(call) in a task of its own. An error in it ends the call with 500 or BYE and is logged.
-- nil: no more calls are taken; they get 480. options: replacing = true: calls that are to replace one of ours come here
-- too, with call.other, instead of being answered by the stack; joining = true: so do those that want to join one.
function Agent:on_call(fn, options)
    local handle = agent_of(self, "on_call")
    local o = errors.options("agent:on_call", options, { replacing = "boolean", joining = "boolean" })
    for kind, wanted in pairs { replace = o.replacing or false, join = o.joining or false } do
        local asked = "_asks_" .. kind
        if fn ~= nil and wanted or self[asked] then
            self[asked] = fn ~= nil and wanted
            self:_ask("on_call", handle, kind, self[asked])
        end
    end
    return ask(self, "on_call", "call", fn)
end

-- Takes messages: fn(message) accepts or rejects each, now or later. nil: they get 405 again.
function Agent:on_message(fn)
    return ask(self, "on_message", "message", fn)
end

-- Takes the wishes of others that we call somebody (REFER): fn(transfer) accepts or rejects each. nil: they get 603.
function Agent:on_transfer(fn)
    return ask(self, "on_transfer", "transfer", fn)
end

-- Takes the changes of calls that peers want: fn(change) accepts or rejects each. nil: the stack agrees to all that it can.
function Agent:on_change(fn)
    return ask(self, "on_change", "change", fn)
end

-- Takes those who subscribe to us: fn(notifier) accepts or rejects each. nil: they get 489.
function Agent:on_subscribe(fn)
    return ask(self, "on_subscribe", "subscribe", fn)
end

-- Calls fn(event, handle) at once for every event of the agent; it may not wait. The handle is good for
-- sipua.raw.event_json() and the like until it returns.
function Agent:on_event(fn)
    agent_of(self, "on_event")
    if type(fn) ~= "function" then errors.bad("agent:on_event", "fn", "a function expected, got a %s", type(fn)) end
    table.insert(self._taps, fn)
    return self
end

-- Where the log goes: fn(level, module, text), with the level in words. Without one, to stderr. false: nowhere.
function Agent:on_log(fn)
    agent_of(self, "on_log")
    if fn ~= nil and fn ~= false and type(fn) ~= "function" then
        errors.bad("agent:on_log", "fn", "a function expected, got a %s", type(fn))
    end
    self._logger = fn
    return self
end

function Agent:_log(level, module, text)
    if self._logger then
        pcall(self._logger, level, module, text)
    elseif self._logger == nil then
        io.stderr:write(("sipua %s: %s: %s\n"):format(level or "", module or "", text or ""))
    end
end

-- The agent's counters.
function Agent:stats()
    agent_of(self, "stats")
    local event = self:_until("agent:stats", { stats = true }, function(h, tag) return raw.agent_stats(h, tag) end)
    return event.figures
end

-- Sets an option of the agent: numbers, true or false, strings. sipua.options() lists them.
function Agent:set_option(key, value)
    self:_set_option(0, key, value, "agent:set_option")
end

function Agent:_set_option(id, key, value, where)
    local handle = agent_of(self, "set_option")
    if type(key) ~= "string" then errors.bad(where, "key", "a string expected, got a %s", type(key)) end
    if type(value) == "boolean" then value = value and "on" or "off" end
    if type(value) == "number" then
        if value ~= math.floor(value) then errors.bad(where, "value", "%s is not a whole number", tostring(value)) end
        value = ("%.0f"):format(value)
    end
    errors.check(raw.option_set(handle, id, key, value, 0))
end

-- Its end

-- Ends everything politely, waiting up to that many seconds (default 2) for the answers; then it is closed.
function Agent:shutdown(deadline)
    if not self._handle then return end
    local ms = errors.milliseconds("agent:shutdown", "deadline", deadline)
    errors.check(raw.agent_shutdown(self._handle, ms == nil and 0 or ms == 0 and -1 or ms, 0))
    self:_until("agent:shutdown", { shutdown = true }, nil, (deadline or 2) + 5)
    self:close()
end

-- Stops at once, without a word to anybody.
function Agent:close()
    if not self._handle then return end
    raw.agent_close(self._handle)
    while self._handle and self:_take(0, 1000) do end
    self:_release()
end

-- Lets go of the library's agent and ends whatever waits for it.
function Agent:_release()
    local handle = self._handle
    if not handle then return end
    self._handle = nil
    for i = #loop.agents, 1, -1 do
        if loop.agents[i] == self then table.remove(loop.agents, i) end
    end
    raw.agent_close(handle)
    raw.agent_free(handle)
    for _, done in pairs(self._replies) do
        done(errors.closed())
    end
    self._replies = {}
    local objects = self._objects
    self._objects = {}
    for _, thing in pairs(objects) do
        if thing._end then thing:_end() end
        thing:_fail_all(errors.closed())
    end
    self:_fail_all(errors.closed())
    for task in pairs(self._tasks) do
        if task ~= loop.current then loop.interrupt(task, errors.closed()) end
    end
end

Agent._of = agent_of
require "sipua.services"(Agent, own)

Agent.__close = function(self)
    if not self._handle then return end
    if loop.stepping and not loop.current then return self:close() end
    self:shutdown()
end

return Agent
