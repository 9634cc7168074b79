-- runner.lua LOG SCENARIO ...: plays each scenario through the Lua binding and writes what happened.
-- Commands and events go through its compiled half, one function each. See ../README.md.
local here = arg[0]:gsub("[^/]*$", "")
package.path = here .. "?.lua;" .. package.path
local script = require "script"
local raw = require "sipua.raw"
local names = require "sipua.names"

local PATIENCE = 30000 -- milliseconds: a bound, not a wait
local RATE, FRAME, TENTH = 16000, 320, 1600

local function set(text)
    local found = {}
    for word in text:gmatch "%S+" do found[word] = true end
    return found
end

local function list(text)
    local found = {}
    for word in text:gmatch "%S+" do found[#found + 1] = word end
    return found
end

-- What a log line shows, in this order.
local BARE = list [[id account call other user tag code status originator flags q850 expires retry_ms port local_port rate
    deadline_ms default_status digit level count mark segment answer_after_s fork]]
local QUOTED = list [[package state cause reason text from from_name to to_name target codec transport host module content_type check
    names local_host pub_gruu temp_gruu identity identity_name diversion referred_by replaces privacy message_id digits
    dialog]]
local RANDOM = set [[replaces dialog]] -- Call-IDs and tags
-- Kinds that come or do not come as the machine is fast or slow: shown only where the scenario waited for them.
local LOSSY = set [[media_stalled media_resumed audio_ready stats trace log overflow suspicious transport_disconnected
    bridge_changed]]
-- Media has a thread of its own: what it reports is in order among itself.
local MEDIA = set [[media_ready media_stalled media_resumed mark flushed audio_ready play_done record_done dtmf dtmf_sent
    stats]]
-- The enumerations by what their constants begin with in the header.
local CONSTANTS = {
    ASK = "ask_kind", MEDIA = "media", SERVER = "server_mode", RECORD = "record_side", LOG = "log_level",
    CHANGE = "change_method", FLAG = "event_flags", DISPOSITION = "disposition",
}
local ENTITIES = set "id account call other"
local FLAGS = list [[refresh early_media established default flushed final followed hold resume offerless send receive join added
    wants_delivered wants_displayed early_only auto_answer]]

local COMMANDS = {}
for line in io.lines(here .. "../commands.txt") do
    local what, rest = line:match "^([%w_]+)%s*(.*)"
    if what then
        local params = {}
        for param in rest:gmatch "%S+" do
            local name, kind = param:match "^([^:]+):?(.*)"
            params[#params + 1] = { name = name, kind = kind }
        end
        COMMANDS[what] = params
    end
end

-- A whole number without an exponent, in every version of Lua.
local function digits(n)
    return ("%.0f"):format(n)
end

local error_names = {}
for name, code in pairs(names.codes) do
    error_names[code] = code == 0 and "SIPUA_OK" or "SIPUA_E_" .. name
end

local Runner = {}
Runner.__index = Runner

local function new(files)
    return setmetatable({
        files = files, agents = {}, order = {}, entries = {}, ids = {}, named = {}, names = {},
        strangers = {},
    }, Runner)
end

local function bad(...)
    error({ text = string.format(...) }, 0)
end

-- Names and values

function Runner:name_it(name, id, event)
    if self.ids[name] then bad("%s is named twice", name) end
    self.ids[name] = id
    self.named[name] = event
    self.names[#self.names + 1] = name
end

function Runner:name_of(id)
    for _, name in ipairs(self.names) do
        if self.ids[name] == id then return name end
    end
    return "?"
end

function Runner:expand(text)
    return (text:gsub("%$([a-z0-9_]+)(%.?[a-z0-9_]*)", function(name, field)
        if name == "self" then return nil end
        if name == "tls" then return (os.getenv "SIPUA_TLS" or ".") .. field end
        if name == "files" then return self.files .. field end
        if not self.ids[name] then bad("nothing is called %s", name) end
        if #field < 2 then return digits(self.ids[name]) .. field end
        return self:field(self.named[name], field:sub(2))
    end))
end

function Runner:text(word)
    if not word.quoted and word.value:match "^%d+$" then bad('a text of digits stands in quotes: "%s"', word.value) end
    return self:expand(word.value)
end

function Runner:number(word)
    local text = word.value
    if word.quoted then bad('a number is needed, not "%s"', text) end
    if text == "on" then return 1 end
    if text == "off" then return 2 end
    local group, constant = text:match "^SIPUA_(%u+)_(%u+)$"
    if group then return names.enums[CONSTANTS[group]][constant:lower()] end
    text = self:expand(text)
    return tonumber(text) or bad("not a number: %s", text)
end

-- A word as its own form says: a number, a list, or a text.
function Runner:value(word)
    local text = word.value
    if word.quoted then return self:expand(text) end
    if text == "on" or text == "off" then return text == "on" end
    if text:match "^%-?%d+$" or text:match "^SIPUA_" or text:match "^%$[a-z0-9_]+$" then return self:number(word) end
    local inside = text:match "^%[(.*)%]$"
    if not inside then return self:expand(text) end
    local items = {}
    for item in inside:gmatch "[^,]+" do items[#items + 1] = self:expand(item) end
    return items
end

-- Commands

function Runner:struct(words)
    local config = {}
    for _, word in ipairs(words) do
        local name, item = word.key:match "^([^:]+):(.+)$"
        if name then
            local pairs_of = config[name .. "s"] or {}
            config[name .. "s"] = pairs_of
            pairs_of[#pairs_of + 1] = { item, self:text(word) }
        else
            config[word.key] = self:value(word)
        end
    end
    return config
end

local function from(words, first, last)
    local some = {}
    for i = first, last or #words do some[#some + 1] = words[i] end
    return some
end

-- A result of the library; a refusal is raised.
local function check(result, code, text)
    if result == nil then error({ code = code, text = text or tostring(code) }, 0) end
    return result, code
end

function Runner:call(agent, what, words)
    local given, members, plain = {}, {}, {}
    for _, param in ipairs(COMMANDS[what] or bad("nobody can %s", what)) do
        if param.kind == "n" or param.kind == "s" or param.kind == "b" then
            plain[#plain + 1] = param.name
            plain[param.name] = true
        end
    end
    local position = 0
    for _, word in ipairs(words) do
        if not word.key then
            position = position + 1
            given[plain[position]] = word
        elseif plain[word.key] or word.key == "tag" then
            given[word.key] = word
        else
            members[#members + 1] = word
        end
    end
    if not given.tag then agent.tag = agent.tag + 1 end
    local arguments, count = {}, 0
    for _, param in ipairs(COMMANDS[what]) do
        local name, kind = param.name, param.kind
        if name ~= "out" then count = count + 1 end
        if name == "tag" then
            arguments[count] = given.tag and self:number(given.tag) or agent.tag
        elseif kind == "n" then
            arguments[count] = given[name] and self:number(given[name]) or 0
        elseif kind == "b" then
            arguments[count] = self:expand(given[name].value)
        elseif kind == "s" then
            arguments[count] = given[name] and self:text(given[name])
        elseif name ~= "out" and not (kind:match "%?$" and #members == 0) then
            arguments[count] = self:struct(members)
        end
    end
    if what == "agent_shutdown" then agent.leaving = true end
    local result, id = check(raw[what](agent.raw, (table.unpack or unpack)(arguments, 1, count)))
    return id or result
end

function Runner:create(agent, words)
    agent.raw = check(raw.agent_create(self:struct(words)))
    return 0
end

function Runner:run(agent, what, words)
    local name, refusal
    local before = #words > 1 and words[#words - 1]
    if before and not before.key and (before.value == "->" or before.value == "fails") then
        if before.value == "->" then name = words[#words].value else refusal = words[#words].value end
        words = from(words, 1, #words - 2)
    end
    local act = what == "agent_create" and self.create or self.call
    local ok, result
    if what == "agent_create" then
        ok, result = pcall(act, self, agent, words)
    else
        ok, result = pcall(act, self, agent, what, words)
    end
    if not ok then
        if type(result) == "string" and result:find "the key '[%w_]+' is missing" then -- the binding looks before the library
            result = { code = names.codes.INVALID, text = result }
        end
        if not refusal or type(result) ~= "table" or error_names[result.code] ~= refusal then error(result, 0) end
        self.entries[#self.entries + 1] = { stream = agent.name .. " refused", line = what .. " " .. refusal }
        return
    end
    if refusal then bad("%s answered success, not %s", what, refusal) end
    if name then self:name_it(name, result) end
end

-- Events

function Runner:field(event, name)
    local value = event[name]
    if value == nil or value == 0 or value == "" then return "" end
    if ENTITIES[name] then return self:name_of(value) end
    if name == "code" then return error_names[value] end
    if name == "flags" then
        local words = {}
        for _, flag in ipairs(FLAGS) do
            if value[flag] then words[#words + 1] = flag end
        end
        return table.concat(words, ",")
    end
    if name == "body" then
        return (value:gsub("[^ !#-[^-~%]]", function(c) return ("\\x%02x"):format(c:byte()) end))
    end
    return type(value) == "number" and digits(value) or value
end

function Runner:take(agent)
    local handle, event = check(raw.poll(agent.raw, PATIENCE))
    if not handle then bad("%s waited in vain", agent.name) end
    local entry = { from = agent, event = event, handle = handle }
    if event.event == "shutdown" then agent.gone = true end
    self.entries[#self.entries + 1] = entry
    return entry
end

function Runner:holds(entry, word)
    local wanted, have = self:expand(word.value), nil
    local header = word.key:match "^header:(.+)$"
    if header then
        have = raw.event_header(entry.handle, header, 0) or ""
    elseif word.key:match "^document:" then
        have = ""
        for i = 0, raw.event_document_count(entry.handle) - 1 do
            local name, value = raw.event_document_at(entry.handle, i)
            if name == word.key:sub(10) then have = value end
        end
    else
        have = self:field(entry.event, word.key)
    end
    if word.least then return (tonumber(have) or 0) >= tonumber(wanted) end
    return have == wanted
end

function Runner:matches(entry, agent, kind, id, words)
    if not entry.event or entry.from ~= agent or entry.consumed or entry.event.event ~= kind then return false end
    if id and entry.event.id ~= id then return false end
    for _, word in ipairs(words) do
        if not self:holds(entry, word) then return false end
    end
    return true
end

function Runner:wait(agent, words)
    local name, id
    if #words > 2 and words[#words - 1].value == "->" then
        name = words[#words].value
        words = from(words, 1, #words - 2)
    end
    local kind, first = words[1].value, 2
    if words[2] and not words[2].key then
        id, first = self:number(words[2]), 3
    end
    words = from(words, first)
    local at = 0
    while true do
        at = at + 1
        local entry = self.entries[at] or self:take(agent)
        if self:matches(entry, agent, kind, id, words) then
            entry.consumed = true
            if name then self:name_it(name, entry.event.id, entry.event) end
            return
        end
    end
end

-- What the runner brings itself

local function samples_to_text(samples)
    local bytes = {}
    for i, sample in ipairs(samples) do
        local n = sample < 0 and sample + 65536 or sample
        bytes[i] = string.char(n % 256, math.floor(n / 256))
    end
    return table.concat(bytes)
end

local function text_to_samples(text, samples)
    for i = 1, #text, 2 do
        local low, high = text:byte(i, i + 1)
        local n = high * 256 + low
        samples[#samples + 1] = n < 32768 and n or n - 65536
    end
end

-- How much of the power lies at that frequency: 1 is all of it.
local function share(samples, hertz)
    local re, im, power = 0, 0, 0
    for i = 1, TENTH do
        local x, turn = samples[i], 2 * math.pi * hertz * i / RATE
        re, im, power = re + x * math.cos(turn), im + x * math.sin(turn), power + x * x
    end
    return power < TENTH * 200 * 200 and 0 or 2 * (re * re + im * im) / (power * TENTH)
end

function Runner:audio_echo(near, words)
    local call, other = self:number(words[1]), self.agents[words[2].value]
    local far, hertz = self:number(words[3]), self:number(words[4])
    local said, good, heard = 0, 0, {}
    local stop = raw.now() + PATIENCE / 1000
    while good < 10 do
        if raw.now() > stop then bad("no echo was heard: %d of 10 tenths", good) end
        local tone = {}
        for i = 1, FRAME do tone[i] = math.floor(9000 * math.sin(2 * math.pi * hertz * (said + i - 1) / RATE)) end
        said = said + check(raw.audio_write(near.raw, call, samples_to_text(tone), RATE, 1, 0))
        local pcm = check(raw.audio_read(other.raw, far, FRAME, 20))
        check(raw.audio_write(other.raw, far, pcm, RATE, 2, 0))
        text_to_samples((check(raw.audio_read(near.raw, call, FRAME, 0))), heard)
        if #heard >= TENTH then
            if share(heard, hertz) > 0.8 then good = good + 1 end
            heard = from(heard, TENTH + 1)
        end
    end
    self.entries[#self.entries + 1] =
        { stream = near.name .. " " .. self:name_of(call) .. " audio", line = "heard " .. digits(hertz) .. " Hz" }
end

function Runner:stranger(words, block)
    local request = self:expand(block):gsub(".", function(c) return ("%02x"):format(c:byte()) end)
    local command = ("exec '%s' %s %s"):format(os.getenv "SIPUA_STRANGER", self:expand(words[2].value), request)
    self.strangers[words[1].value] = assert(io.popen(command, "r"))
end

function Runner:answered(name)
    local says = self.strangers[name]
    local line = says:read "*l" or ""
    says:close()
    self.strangers[name] = nil
    if not line:match "^SIP/2.0 " then bad("%s was not answered: %s", name, line) end
    self.entries[#self.entries + 1] = { stream = name, line = line }
end

-- The log

function Runner:port(port)
    for _, name in ipairs(self.names) do
        local event = self.named[name]
        if event and event.event == "listening" and event.port == port then return name end
    end
    return "PORT"
end

function Runner:quote(text)
    local at = text:find(self.files, 1, true)
    local lead = ""
    if at == 1 then lead, text = "FILES", text:sub(#self.files + 1) end
    text = text:gsub("sip:([a-z0-5]+)@", function(user) return #user == 12 and "sip:CONTACT@" or nil end)
    local tls = os.getenv "SIPUA_TLS"
    if tls then text = text:gsub(tls:gsub("%p", "%%%0"), "TLS") end
    text = text:gsub("urn:uuid:([0-9a-f%-]+)", function(id) return #id == 36 and "urn:uuid:UUID" or nil end)
    text = text:gsub("[a-z0-9]+%.invalid", "HOST.invalid")
    text = text:gsub("127%.0%.0%.1:(%d+)", function(port) return "127.0.0.1:" .. self:port(tonumber(port)) end)
    text = text:gsub('[\\"]', "\\%0"):gsub("[%z\1-\31\127]", function(c) return ("\\u%04x"):format(c:byte()) end)
    return '"' .. lead .. text .. '"'
end

function Runner:line(event)
    local parts = { event.event }
    for _, name in ipairs(BARE) do
        local value = self:field(event, name)
        if name == "retry_ms" and value ~= "" and event.retry_ms > 0 then value = "TIME" end -- it has a random part
        if (name == "port" or name == "local_port") and value ~= "" then value = self:port(event[name]) end
        if value ~= "" then parts[#parts + 1] = name .. "=" .. value end
    end
    for _, name in ipairs(QUOTED) do
        local value = self:field(event, name)
        if value ~= "" then parts[#parts + 1] = name .. "=" .. (RANDOM[name] and "RANDOM" or self:quote(value)) end
    end
    local body = self:field(event, "body")
    if body ~= "" then
        local short = event.content_type == "application/sdp" and "SDP" or event.event == "trace" and "SIP"
        parts[#parts + 1] = "body=" .. (short or '"' .. body .. '"')
    end
    return table.concat(parts, " ")
end

function Runner:stream(entry)
    local event = entry.event
    local about = event.event == "reply" and "replies" or event.id and self:name_of(event.id) or "agent"
    return entry.from.name .. " " .. about .. (MEDIA[event.event] and " media" or "")
end

function Runner:write(log, title)
    local shown = {}
    for i, entry in ipairs(self.entries) do
        if not (entry.event and LOSSY[entry.event.event] and not entry.consumed) then
            if entry.event then entry.stream, entry.line = self:stream(entry), self:line(entry.event) end
            entry.at = i
            shown[#shown + 1] = entry
        end
    end
    table.sort(shown, function(a, b)
        if a.stream == b.stream then return a.at < b.at end
        return a.stream < b.stream
    end)
    log:write("== ", title, "\n")
    local stream
    for _, entry in ipairs(shown) do
        if entry.stream ~= stream then log:write("-- ", entry.stream, "\n") end
        stream = entry.stream
        log:write(entry.line, "\n")
    end
end

-- The whole

function Runner:step(statement)
    local words = statement.words
    local who, what = words[1].value, words[2].value
    if who == "stranger" then return self:stranger(from(words, 2), statement.block) end
    if what == "answered" then return self:answered(who) end
    local agent = self.agents[who]
    if not agent then
        agent = { name = who, tag = 0 }
        self.agents[who] = agent
        self.order[#self.order + 1] = agent
    end
    if what == "wait" then return self:wait(agent, from(words, 3)) end
    if what == "audio_echo" then return self:audio_echo(agent, from(words, 3)) end
    return self:run(agent, what, from(words, 3))
end

-- Every agent leaves politely, the last made first; what it says until then belongs to the log.
function Runner:leave()
    for i = #self.order, 1, -1 do
        local agent = self.order[i]
        if agent.raw and not agent.leaving then self:call(agent, "agent_shutdown", script.words(digits(PATIENCE))) end
        while agent.raw and not agent.gone do self:take(agent) end
    end
end

local function play(log, path)
    local runner = new(arg[1])
    local at
    local ok, err = pcall(function()
        for _, statement in ipairs(script.read(path)) do
            at = statement
            runner:step(statement)
        end
        runner:leave()
        runner:write(log, path:match "([^/]+)%.txt$")
    end)
    if not ok then
        for _, entry in ipairs(runner.entries) do
            if entry.handle then io.stderr:write(entry.from.name, ": ", raw.event_json(entry.handle), "\n") end
        end
        io.stderr:write(at and at.path or path, ":", at and at.line or 0, ": ", type(err) == "table" and err.text or err, "\n")
        os.exit(1)
    end
    for _, entry in ipairs(runner.entries) do
        if entry.handle then raw.event_destroy(entry.handle) end
    end
    for _, agent in ipairs(runner.order) do
        if agent.raw then raw.agent_free(agent.raw) end
    end
end

local log = assert(io.open(arg[1], "wb"))
for i = 2, #arg do play(log, arg[i]) end
log:close()
