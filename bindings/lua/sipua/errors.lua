-- What goes wrong. A wrong argument is a plain Lua error whose text names it and says where; all else is one of these
-- objects: what the library, the network or a peer said. Its fields: code (a number of sipua.codes, 0 for a SIP
-- refusal), name, text; status, reason and cause of what the peer answered; ended, the call_ended event, when a call's end is the
-- reason.
local raw = require "sipua.raw"
local codes = require("sipua.names").codes

local Error = {}
Error.__index = Error
local errors = { Error = Error, codes = codes }

function Error:__tostring()
    local parts = {}
    if self.status and self.status > 0 then
        parts[1] = self.status .. (self.reason and " " .. self.reason or "")
    end
    for _, more in ipairs { self.cause or "", self.text or "" } do
        local said = parts[1] ~= nil and more == "SIP Failure Code" -- that it is one is seen
        for _, part in ipairs(parts) do
            said = said or part:lower():find(more:lower(), 1, true) ~= nil
        end
        if more ~= "" and not said then parts[#parts + 1] = more end
    end
    local text = table.concat(parts, ": ")
    return (self.where or "") .. (text ~= "" and text or self.name)
end

-- On 5.3 and later, and in text, an error may be put together with a string like any other value.
function Error.__concat(a, b)
    return tostring(a) .. tostring(b)
end

function errors.new(fields)
    fields.code = fields.code or 0
    fields.name = fields.name or raw.error_name(fields.code)
    return setmetatable(fields, Error)
end

function errors.is(value)
    return type(value) == "table" and getmetatable(value) == Error
end

-- The error of an event that says how something failed.
function errors.of_event(event)
    return errors.new {
        code = event.code, status = event.status, reason = event.reason, cause = event.cause, text = event.text,
        event = event,
    }
end

-- The error that a bot meets where it waits when its call has ended.
function errors.hangup(event)
    local error = errors.of_event(event)
    error.ended, error.hangup = event, true
    error.text = error.text or "the call has ended"
    return error
end

function errors.closed()
    return errors.new { code = codes.CLOSED, text = "the agent was closed" }
end

-- Raises what a function of the raw module answered: nil, code, text. Hands anything else through.
function errors.check(result, code, text)
    if result == nil and code then
        error(errors.new { code = code, text = text, where = raw.position() }, 0)
    end
    return result, code
end

function errors.raise(code, text)
    error(errors.new { code = code, text = text, where = raw.position() }, 0)
end

-- A wrong argument.
function errors.bad(where, argument, text, ...)
    error(("%s%s: %s: %s"):format(raw.position(), where, argument, text:format(...)), 0)
end

-- A number of seconds as milliseconds; nil stays nil.
function errors.milliseconds(where, argument, seconds)
    if seconds == nil then return nil end
    if type(seconds) ~= "number" then
        errors.bad(where, argument, "a number of seconds expected, got a %s", type(seconds))
    end
    if seconds ~= seconds or seconds < 0 or seconds > 2000000 then
        errors.bad(where, argument, "%s is not between 0 and 2000000 seconds", tostring(seconds))
    end
    local ms = math.floor(seconds * 1000 + 0.5)
    return ms > 0 and ms or seconds > 0 and 1 or 0
end

-- A copy of a table of options; nil is none. known: its keys with their types, where the library does not check them.
function errors.options(where, given, known)
    if given == nil then return {} end
    if type(given) ~= "table" then
        errors.bad(where, "options", "a table expected, got a %s", type(given))
    end
    local copy = {}
    for key, value in pairs(given) do
        if known and not known[key] then
            errors.bad(where, "options", "unknown key '%s'", tostring(key))
        elseif known and known[key] ~= true and type(value) ~= known[key] then
            errors.bad(where, tostring(key), "a %s expected, got a %s", known[key], type(value))
        end
        copy[key] = value
    end
    return copy
end

return errors
