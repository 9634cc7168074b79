-- Messages both ways, and OPTIONS.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local names = require "sipua.names"
local object = require "sipua.object"

local Message = object.class "message"

function Message:__tostring()
    return ("sipua message from %s"):format(self.from or "nobody")
end

-- One that came in: from, from_name, to, text, body, content_type, headers; it waits for accept() or reject().
function Message.incoming(agent, event, handle)
    local self = setmetatable({
        _agent = agent, _handle = handle, id = event.id, from = event.from, from_name = event.from_name, to = event.to,
        to_name = event.to_name, target = event.target, body = event.body or "", text = event.body or "",
        content_type = event.content_type or "text/plain", deadline = event.deadline_ms / 1000,
        account = event.account and agent._objects[event.account] or nil, message_id = event.message_id,
        call = event.call and agent._objects[event.call] or nil, document = event.document, _flags = event.flags,
    }, Message)
    agent._objects[event.id] = self
    return self
end

-- The first header of that name, or nil; `index` counts from 1.
function Message:header(name, index)
    return object.header("message:header", self._handle, name, index)
end

-- All headers, as a list of {name, value}.
function Message:headers()
    return object.headers(self._handle)
end

local function decide(self, name, command, reply)
    local agent = object.agent_of(self, Message, name)
    if self.answered then
        errors.raise(errors.codes.STATE, ("the message was answered already, with %d"):format(self.answered))
    end
    if self.decided then errors.raise(errors.codes.STATE, "the message was decided already") end
    local result, code, text = command(agent._handle, self.id, reply, 0)
    errors.check(result, code, text)
    self.decided = true
end

-- Answers 200. options: headers.
function Message:accept(options)
    decide(self, "accept", raw.message_accept, options)
end

-- Refuses it, with 480 or as said. options: reason, headers.
function Message:reject(status, options)
    local reply = errors.options("message:reject", options)
    reply.status = status
    decide(self, "reject", raw.message_reject, reply)
end

-- Tells the sender that it was shown, if he wanted to know, and waits: true, or nil and the error. (That it has arrived is
-- told by accept().)
function Message:displayed()
    local agent = object.agent_of(self, Message, "displayed")
    if not self._flags.wants_displayed or not self.message_id then return true end
    return Message._report(agent, self.account, self.from, { message_id = self.message_id, report = "displayed" },
        "message:displayed")
end

function Message:_refuse(status)
    if not self.decided and not self.answered and self._agent._handle then
        raw.message_reject(self._agent._handle, self.id, { status = status }, 0)
    end
end

function Message:_on_event(event)
    self:_emit(event)
    if event.event == "message_answered" then
        self.answered = event.status
        self._agent._objects[self.id] = nil
    end
end

-- Sending

local Sent = object.class "message"

function Sent:_on_event(event, handle)
    if self.keep then self.handle = handle end
    self:_emit(event)
    return self.keep
end

local function send(agent, account, target, config, where, command, names, keep)
    config.timeout_ms = errors.milliseconds(where, "timeout", config.timeout) or config.timeout_ms
    config.timeout = nil
    if type(target) ~= "string" and not config.call then
        errors.bad(where, "target", "a string expected, got a %s", type(target))
    end
    config.target = target
    local sent = setmetatable({ _agent = agent, keep = keep }, Sent)
    local event = sent:_until(where, names, function(h, tag)
        local id, code, text = command(h, account and account.id or 0, config, tag)
        if id then
            sent.id = id
            agent._objects[id] = sent
        end
        return id, code, text
    end)
    agent._objects[sent.id] = nil
    return event, sent
end

-- {"delivered", "displayed"} as the library's number.
local function disposition(where, words)
    if words == nil then return nil end
    if type(words) ~= "table" then errors.bad(where, "disposition", "a list of words expected, got a %s", type(words)) end
    local bits, seen = 0, {}
    for _, word in ipairs(words) do
        local bit = names.enums.disposition[word]
        if not bit then errors.bad(where, "disposition", "'%s' is no notification", tostring(word)) end
        bits, seen[word] = bits + (seen[word] and 0 or bit), true
    end
    return bits
end

function Message.send(agent, account, target, text, config, where)
    if type(text) ~= "string" then errors.bad(where, "text", "a string expected, got a %s", type(text)) end
    config.body, config.disposition = text, disposition(where, config.disposition)
    return Message._report(agent, account, target, config, where)
end

-- A message, or only what one says about another, or that somebody is writing.
function Message._report(agent, account, target, config, where)
    local event = send(agent, account, target, config, where, raw.message_send,
        { message_delivered = true, message_failed = true })
    if event.event == "message_delivered" then return event end
    return nil, errors.of_event(event)
end

function Message.query(agent, account, target, config, where)
    local event, sent = send(agent, account, target, config, where, raw.options_send, { options_answered = true }, true)
    if event.status >= 200 and event.status < 300 then
        event.headers = object.headers(sent.handle)
        return event
    end
    return nil, errors.of_event(event)
end

return Message
