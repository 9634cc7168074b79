-- Calls, both ways. While a bot waits, others run; when the call ends, what it waits for raises an error with `hangup`.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local loop = require "sipua.loop"
local names = require "sipua.names"
local object = require "sipua.object"

local codes = errors.codes
local Call = object.class "call"

function Call:__tostring()
    return ("sipua call %d %s %s (%s)"):format(self.id, self.direction,
        self.direction == "incoming" and self.from or self.to or "", self.ended and "ended"
        or self.established and "established" or "not yet answered")
end

local function new(agent, id, direction, rate)
    local self = setmetatable({
        _agent = agent, _tasks = {}, _digits = "", id = id, direction = direction, rate = rate or 16000,
        _changes = {}, established = false, held = false, holding = false, muted = { send = false, receive = false },
    }, Call)
    agent._objects[id], agent.calls[id] = self, self
    return self
end

function Call.incoming(agent, event, handle)
    local self = new(agent, event.id, "incoming")
    self._handle = handle
    self.from, self.from_name, self.to, self.to_name = event.from, event.from_name, event.to, event.to_name
    self.target, self.dialog = event.target, event.dialog
    self.account = event.account and agent._objects[event.account] or nil
    self.identity, self.identity_name, self.diversion = event.identity, event.identity_name, event.diversion
    self.referred_by, self.replaces, self.privacy = event.referred_by, event.replaces, event.privacy
    self.other, self.joins = event.other and agent._objects[event.other] or nil, event.flags.join or false
    if event.flags.auto_answer then self.answer_after = event.answer_after_s end
    return self
end

-- One that took the place of another, answered already. The other one's handlers of call_replaced run as tasks of it.
function Call._replacing(agent, event, handle)
    local old = agent._objects[event.other]
    local self = new(agent, event.id, "incoming", old and old.rate)
    self._handle, self.established, self._since = handle, true, raw.now()
    self.from, self.from_name, self.to, self.to_name = event.from, event.from_name, event.to, event.to_name
    self.identity, self.identity_name, self.target = event.identity, event.identity_name, event.target
    self.dialog = event.dialog
    self.account, self.other = event.account and agent._objects[event.account] or nil, old
    if not old then return end
    old.replaced_by = self
    old:_emit(event, self)
end

function Call.dial(agent, account, target, config, where, command)
    if type(target) ~= "string" then errors.bad(where, "target", "a string expected, got a %s", type(target)) end
    config.target = target
    config.timeout_ms = errors.milliseconds(where, "timeout", config.timeout) or config.timeout_ms
    config.timeout = nil
    local early = config.early_media
    if early ~= nil and type(early) ~= "boolean" then
        errors.bad(where, "early_media", "true or false expected, got a %s", type(early))
    end
    config.early_media = nil
    local self
    local id = agent:_submit(command or function(h, tag)
        return raw.call_create(h, account and account.id or 0, config, tag)
    end, function(err)
        if not err or err.code == codes.CANCELED or err.code == codes.CLOSED then return end
        self:_finish { event = "call_ended", id = self.id, call = self.id, code = err.code, text = err.text, status = 0,
            cause = "Internal Error", flags = {}, duration_ms = 0 }
    end)
    self = new(agent, id, "outgoing", config.rate)
    self.account, self.to, self.target, self._early = account, target, target, early
    return self
end

-- The call once it is answered, or nil and the error; if the waiting task is ended meanwhile, so is the call.
function Call:_answer_awaited()
    local ways = { call_accepted = true, call_ended = true, media_ready = self._early or nil }
    local event = self:_until("call", ways, nil, nil, function() self:_abandon() end)
    if event.event == "call_ended" then return nil, errors.of_event(event) end
    return self
end

-- Checks and waits

local function agent_of(self, name)
    return object.agent_of(self, Call, name)
end

-- The running task knows now that this call ends: nothing else tells it.
function Call:_tell()
    local task = loop.current
    if not task then return end
    task.told = self
    if task.interrupt and task.interrupt.call == self then task.interrupt = nil end
end

-- The running task waits for what may end the call: its end is not raised there. The function that comes back undoes it.
function Call:_leave()
    local task = loop.current
    if not task then return nil end
    local before = task.told
    task.told = self
    return function()
        if not self.ended then task.told = before end
    end
end

local function hangup_error(self)
    self:_tell()
    return errors.hangup(self.ended)
end

local function alive(self, name)
    if type(self) == "table" and self.ended and getmetatable(self) == Call then error(hangup_error(self), 0) end
    return agent_of(self, name)
end

-- What a command said. The call had ended before the command came, and its last event is on the way: that is a hangup.
local function settled(self, ok, result, ...)
    if ok then return result, ... end
    local gone = errors.is(result) and result.code == codes.GONE and not result.hangup
    if gone and self._agent._handle and (loop.current or not loop.stepping) then
        self:_wait_ended()
        error(hangup_error(self), 0)
    end
    error(result, 0)
end

-- The error of an event that says how something failed. Raises the hangup when the call's end is why.
function Call:_why_not(event)
    if (event.status or 0) == 0 and (event.code == codes.GONE or event.code == codes.CANCELED) then
        self:_wait_ended()
        error(hangup_error(self), 0)
    end
    return errors.of_event(event)
end

-- Does the command and waits for one of the events. Raises the hangup when the call ends first.
local function await(self, name, events, command, seconds)
    alive(self, name)
    return settled(self, loop.pcall(self._until, self, "call:" .. name, events, command, seconds))
end

local function submit(self, name, command)
    local agent = alive(self, name)
    return settled(self, loop.pcall(agent._do, agent, "call:" .. name, command))
end

-- Taking a call

-- Tells the caller that it rings. options: status (180), reason, headers, early_media.
function Call:ring(options)
    submit(self, "ring", function(h, tag) return raw.call_ring(h, self.id, options, tag) end)
    return self
end

-- Answers. options: rate (of the samples read: 8000, 16000, 24000, 48000), headers.
function Call:answer(options)
    await(self, "answer", { call_accepted = true }, function(h, tag)
        return raw.call_answer(h, self.id, options, tag)
    end)
    self.rate = options and options.rate or 16000
    return self
end

-- Refuses the call, with 486 or as said. options: reason, headers.
function Call:reject(status, options)
    local reply = errors.options("call:reject", options)
    reply.status = status
    submit(self, "reject", function(h, tag) return raw.call_reject(h, self.id, reply, tag) end)
    return self:_wait_ended()
end

-- During a call

-- Waits until it is answered.
function Call:answered()
    alive(self, "answered")
    if not self.established then await(self, "answered", { call_accepted = true }) end
    return self
end

-- Ends the call, in whatever state it is, and returns how it ended. options: reason (a Reason header), headers,
-- body and content_type (of a BYE).
function Call:hangup(options)
    local agent = agent_of(self, "hangup")
    if self.ended then return self.ended end
    local result, code, text = raw.call_hangup(agent._handle, self.id, options, 0)
    if result == nil and code ~= codes.GONE then errors.check(result, code, text) end
    if loop.stepping and not loop.current then return nil end -- an event handler does not wait
    return self:_wait_ended()
end

function Call:_wait_ended()
    self:_tell()
    if not self.ended then self:_until("call", { call_ended = true }) end
    return self.ended
end

-- Waits until the call has ended and returns how: cause, status, duration_ms ...
function Call:wait_ended()
    if self.ended then return self.ended end
    agent_of(self, "wait_ended")
    return self:_wait_ended()
end

-- Waits for the next event of that name: the event, or nil when that many seconds have passed.
function Call:wait(name, seconds)
    if type(name) ~= "string" then errors.bad("call:wait", "name", "a string expected, got a %s", type(name)) end
    if not names.events[name] then errors.bad("call:wait", "name", "there is no event '%s'", name) end
    errors.milliseconds("call:wait", "seconds", seconds)
    return (await(self, "wait", { [name] = true }, nil, seconds))
end

-- Sends digits (0-9 * # A-D, a comma is a pause of 2 s) and waits until the last has left: the call, or nil and the error
-- of a peer that refuses them by INFO. options: ms, gap.
function Call:send_dtmf(digits, options)
    local o = errors.options("call:send_dtmf", options, { ms = true, gap = true })
    local event = await(self, "send_dtmf", { dtmf_sent = true }, function(h, tag)
        return raw.call_dtmf(h, self.id, digits, o.ms or 100, o.gap or 70, tag)
    end)
    if event.code < 0 or event.status >= 300 then return nil, self:_why_not(event) end
    return self
end

-- The figures of its media: now, or of an ended call the last ones.
function Call:stats()
    if not self.ended then
        local ok, event = loop.pcall(await, self, "stats", { stats = true }, function(h, tag)
            return raw.call_stats_request(h, self.id, tag)
        end)
        if ok then return event.figures end
        if not self.ended then error(event, 0) end
    end
    return self.figures
end

-- Runs fn(...) in a task that belongs to the call: an error in it ends the call, and its end is raised in it.
function Call:go(fn, ...)
    alive(self, "go")
    if type(fn) ~= "function" then errors.bad("call:go", "fn", "a function expected, got a %s", type(fn)) end
    return self._agent:_start(self, fn, ...)
end

function Call:_go(fn, ...)
    local task = self._agent:_start(self, fn, ...)
    if self.ended then task.told = self end
end

-- Seconds since the answer; 0 before it.
function Call:duration()
    if self.ended then return (self.ended.duration_ms or 0) / 1000 end
    return self._since and raw.now() - self._since or 0
end

-- The first header of that name of the INVITE that came in, or of the peer's last response; `index` counts from 1.
function Call:header(name, index)
    return object.header("call:header", self._handle, name, index)
end

-- All of them: {{name, value}, ...}.
function Call:headers()
    return object.headers(self._handle)
end

function Call:set_option(key, value)
    agent_of(self, "set_option"):_set_option(self.id, key, value, "call:set_option")
end

-- Its end

-- Ends it without waiting; status: for an incoming call that was not answered.
function Call:_abandon(status)
    local handle = self._agent._handle
    if self.ended or not handle then return end
    if status and self.direction == "incoming" and not self.established
        and raw.call_reject(handle, self.id, { status = status }, 0) then
        return
    end
    raw.call_hangup(handle, self.id, nil, 0)
end

function Call:__close()
    self:_abandon()
end

local told = {}

function told.call_sending(self, event)
    self.from, self.to, self.target = event.from or self.from, event.to or self.to, event.target or self.target
end

function told.call_progress(self, event, handle)
    self.dialog = event.dialog or self.dialog
    if self.direction ~= "outgoing" then return end
    self._handle = handle
    return true
end

function told.call_accepted(self, event, handle)
    self.established, self._since = true, raw.now()
    return told.call_progress(self, event, handle)
end

function told.media_ready(self, event)
    self.codec = event.codec or self.codec
end

told.call_updated = told.media_ready

local SIDES = { remote = "held", ["local"] = "holding" }

function told.call_held(self, event)
    self[SIDES[event.originator] or "held"] = true
end

function told.call_resumed(self, event)
    self[SIDES[event.originator] or "held"] = false
end

function told.call_muted(self, event)
    self.muted = { send = event.flags.send or false, receive = event.flags.receive or false }
end

told.call_unmuted = told.call_muted

function told.stats(self, event)
    self.figures = event.figures
end

function told.dtmf(self, event)
    self._digits = self._digits .. event.digit
    if self._digit_waiter then loop.wake(self._digit_waiter) end
end

function Call:_on_event(event, handle)
    local reader = told[event.event]
    local keep = reader and reader(self, event, handle)
    if event.event == "call_ended" then
        self:_finish(event)
    else
        self:_was_changed(event)
        self:_emit(event)
    end
    return keep
end

function Call:_finish(event)
    if self.ended then return end
    self.ended, self.established = event, false
    local agent = self._agent
    agent._objects[self.id], agent.calls[self.id] = nil, nil
    self:_emit(event)
    self:_fail_all(errors.hangup(event))
    for _, waiter in pairs(self._changes) do
        loop.fail(waiter, errors.hangup(event))
    end
    for _, waiter in pairs { agent._audio[self.id], self._digit_waiter } do
        loop.wake(waiter)
    end
    agent._audio[self.id] = nil
    for task in pairs(self._tasks) do
        if task.told ~= self then
            local err = errors.hangup(event)
            err.call, task.told = self, self
            loop.interrupt(task, err)
        end
    end
end

-- The agent was closed before the call's end was told.
function Call:_end()
    self:_finish {
        event = "call_ended", id = self.id, call = self.id, code = codes.CLOSED, cause = "Terminated", status = 0,
        text = "the agent was closed", flags = {}, duration_ms = math.floor(self:duration() * 1000),
    }
end

Call._alive, Call._await, Call._submit, Call._settled = alive, await, submit, settled
require "sipua.audio"(Call, {
    play = function(h, self, file, options, tag) return raw.call_play(h, self.id, file, options.loop or false, 0, tag) end,
    record = function(h, self, file, side, tag) return raw.call_record(h, self.id, file, side, 0, tag) end,
    sides = { stereo = "boolean", near = "boolean" },
})
require "sipua.gather"(Call)
require "sipua.control"(Call)
return Call
