-- Transfers: having somebody call somebody else, and being asked to.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local object = require "sipua.object"

local Transfer = object.class "transfer"

function Transfer:__tostring()
    return ("sipua transfer %d (%s)"):format(self.id, self.done and "done" or "under way")
end

function Transfer.start(agent, where, config, command, call)
    config.timeout_ms = errors.milliseconds(where, "timeout", config.timeout) or config.timeout_ms
    config.timeout = nil
    local self = setmetatable({ _agent = agent, call = call }, Transfer)
    local function submit()
        return agent:_submit(command, function(err)
            if not err or self.done then return end
            self.error = err
            self:_over()
            self:_fail_all(err)
        end)
    end
    self.id = call and call:_settled(pcall(submit)) or not call and submit()
    agent._objects[self.id] = self
    return self
end

-- Waits for its end: the transfer_done event, or nil and the error; the call then goes on.
function Transfer:wait()
    if not self.done and not self.error then
        local undo = self.call and self.call:_leave() -- its end belongs to this
        local ok, err = require("sipua.loop").pcall(self._until, self, "transfer:wait", { transfer_done = true })
        if undo then undo() end
        if not ok then
            if err ~= self.error then error(err, 0) end
            return nil, err
        end
    end
    if self.error then return nil, self.error end
    if self.done.status >= 200 and self.done.status < 300 then return self.done end
    return nil, errors.of_event(self.done)
end

function Transfer:_on_event(event)
    if event.event == "transfer_progress" then
        self.status = event.status
    elseif event.event == "transfer_done" then
        self.done, self.status = event, event.status
        self:_over()
    end
    self:_emit(event)
end

function Transfer:_over()
    self._agent._objects[self.id or 0] = nil
end

function Transfer:_end()
    self.error = self.error or errors.closed()
end

-- Somebody wants us to call somebody else. It waits for accept() or reject(), now or within `deadline` seconds.
local Request = object.class "transfer"
Transfer.Request = Request

function Request:__tostring()
    return ("sipua transfer to %s, asked for by %s"):format(self.target or "nobody", self.from or "nobody")
end

function Request.incoming(agent, event, handle)
    local self = setmetatable({
        _agent = agent, _handle = handle, id = event.id, target = event.target, from = event.from,
        from_name = event.from_name, referred_by = event.referred_by, replaces = event.replaces,
        joins = event.flags.join or false, deadline = event.deadline_ms / 1000, call = event.call and agent._objects[event.call] or nil,
        account = event.account and agent._objects[event.account] or nil,
    }, Request)
    agent._objects[event.id] = self
    return self
end

-- Calls the target, and tells the other side how that goes; returns the new call at once. The call in which this came
-- goes on until somebody hangs up. options: as for agent:dial().
function Request:accept(options)
    local agent = object.agent_of(self, Request, "accept")
    local config = errors.options("transfer:accept", options)
    local call = require("sipua.call").dial(agent, self.account, self.target, config, "transfer:accept", function(h, tag)
        config.target = nil -- the library has it
        return raw.transfer_accept(h, self.id, config, tag)
    end)
    self.decided = true
    return call
end

-- Refuses it, with 603 or as said. options: reason, headers.
function Request:reject(status, options)
    local agent = object.agent_of(self, Request, "reject")
    local reply = errors.options("transfer:reject", options)
    reply.status = status
    agent:_do("transfer:reject", function(h, tag) return raw.transfer_reject(h, self.id, reply, tag) end)
    self.decided = true
end

-- The first header of that name of the request, or nil; `index` counts from 1.
function Request:header(name, index)
    return object.header("transfer:header", self._handle, name, index)
end

function Request:_refuse(status)
    if self.decided or self.done or not self._agent._handle then return end
    raw.transfer_reject(self._agent._handle, self.id, { status = status }, 0)
end

function Request:_on_event(event)
    if event.event == "transfer_done" then
        self.done = event
        self._agent._objects[self.id] = nil
    end
    self:_emit(event)
end

return Transfer
