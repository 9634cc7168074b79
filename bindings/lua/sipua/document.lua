-- Documents: the bodies of event packages and messages as tables. What the library reads in an event is its `document`; a
-- table made by sipua.documents.NAME may stand wherever a body does.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local shapes = require "sipua.documents"

local document = { makers = {} }
local by_type, types = {}, {} -- content type -> class, class -> content type

for name, shape in pairs(shapes) do
    local class = { name = name, members = shape.members }
    class.__tostring = function(self) return document.body("tostring", self) end
    by_type[shape.type], types[class] = class, shape.type
    document.makers[name] = function(fields)
        local where = "sipua.documents." .. name
        return setmetatable(errors.options(where, fields), class)
    end
end
by_type["application/cpim-pidf+xml"] = by_type["application/pidf+xml"]

local function plain(kind, value)
    if kind == "number" then return tonumber(value) end
    if kind == "switch" then return value == "yes" end
    return value
end

-- Sets what "tuples.0.status" names. Names of a newer library are passed over.
local function put(into, members, name, value)
    local first, rest = name:match "^([^.]+)%.?(.*)$"
    local kind = members[first]
    if kind == nil then return end
    if type(kind) ~= "table" then
        into[first] = plain(kind, value)
        return
    end
    into[first] = into[first] or {}
    if not kind.list then return put(into[first], kind, rest, value) end
    local index, behind = rest:match "^(%d+)%.?(.*)$"
    local items, at = into[first], tonumber(index) + 1
    if type(kind.list) ~= "table" then
        items[at] = plain(kind.list, value)
        return
    end
    for i = #items + 1, at do items[i] = {} end
    put(items[at], kind.list, behind, value)
end

-- What the library reads in an event's body; nil when it is none that it reads.
function document.read(handle, content_type)
    local class = by_type[content_type:match "^[^;%s]*":lower()]
    if not class then return nil end
    local count = raw.event_document_count(handle) or 0
    if count == 0 then return nil end
    local self = setmetatable({}, class)
    for i = 0, count - 1 do
        local name, value = raw.event_document_at(handle, i)
        if name then put(self, class.members, name, value) end
    end
    return self
end

local say

local function say_list(where, pairs_of, name, kind, value)
    for i = 1, #value do
        say(where, pairs_of, name .. "." .. i - 1, kind, value[i])
    end
end

local function say_part(where, pairs_of, name, members, value)
    for key in pairs(value) do
        if members[key] == nil then errors.bad(where, name, "it has no member '%s'", tostring(key)) end
    end
    for key, kind in pairs(members) do
        if value[key] ~= nil then say(where, pairs_of, name == "" and key or name .. "." .. key, kind, value[key]) end
    end
end

local KINDS = { text = "string", number = "number", switch = "boolean" }

function say(where, pairs_of, name, kind, value)
    local wanted = KINDS[kind] or "table"
    if type(value) ~= wanted and not (kind == "text" and type(value) == "number") then
        errors.bad(where, name, "a %s expected, got a %s", wanted, type(value))
    end
    if wanted == "table" then
        if kind.list then return say_list(where, pairs_of, name, kind.list, value) end
        return say_part(where, pairs_of, name, kind, value)
    end
    if kind == "number" then
        if value ~= math.floor(value) then errors.bad(where, name, "%s is not a whole number", tostring(value)) end
        value = ("%.0f"):format(value)
    elseif kind == "switch" then
        value = value and "yes" or "no"
    end
    pairs_of[#pairs_of + 1] = { name, tostring(value) }
end

-- A body that a program gives, and its content type; raises what is wrong with a document. series: documents about
-- `entity`, one after the other, that need not say so, nor count their versions.
function document.body(where, body, content_type, series)
    if body == nil or type(body) == "string" then return body, content_type end
    local class = type(body) == "table" and getmetatable(body)
    if not types[class] then errors.bad(where, "body", "a string or a document expected, got a %s", type(body)) end
    local pairs_of = {}
    say_part(where, pairs_of, "", class.members, body)
    if series and class.members.entity and (body.entity or "") == "" then
        pairs_of[#pairs_of + 1] = { "entity", series.entity }
    end
    if series and class.members.version then
        local version = body.version or series.version or 0
        if not body.version then pairs_of[#pairs_of + 1] = { "version", ("%.0f"):format(version) } end
        series.version = version + 1
    end
    local text = errors.check(raw.document_write(types[class], pairs_of))
    return text, content_type or types[class]
end

-- Puts a body and its type into a table of settings.
function document.into(where, config, body, series)
    config.body, config.content_type = document.body(where, body, config.content_type, series)
    return config
end

return document
