-- sipua: register, call and message by SIP. Bots are coroutines; see README.md.
local raw = require "sipua.raw"
local names = require "sipua.names"

-- A compiled half of another version would be met by errors nobody understands. The library that it has loaded may be
-- older: what that lacks is "unsupported".
local major, minor = math.floor(raw.header_version / 65536), raw.header_version % 65536
if major ~= names.version[1] or minor < names.version[2] then
    error(("sipua: the library is version %d.%d, and these files are of %d.%d"):format(
        major, minor, names.version[1], names.version[2]))
end
if math.floor(raw.abi_version() / 65536) ~= major then
    error(("sipua: the library is version %s, these files need %d.x"):format(raw.version(), major))
end
raw.own_folder(debug.getinfo(1, "S").source:gsub("init%.lua$", ""))

local errors = require "sipua.errors"
local document = require "sipua.document"
local loop = require "sipua.loop"
local Agent = require "sipua.agent"
local Registrar = require "sipua.registrar"

local sipua = { raw = raw, codes = names.codes, events = names.events, _VERSION = raw.version() }

-- Documents of event packages and messages: sipua.documents.presence { entity = ..., tuples = {...} } is a body.
sipua.documents = document.makers

-- Starts an agent; its settings are in README.md.
function sipua.agent(settings)
    return Agent.create(settings)
end

-- Starts the embedded registrar, for tests and demos.
function sipua.registrar(settings)
    return Registrar.create(settings)
end

-- pcall in which a bot may wait, in every version of Lua.
sipua.pcall = loop.pcall

-- Lua 5.1's assert shows no error objects; this one does.
function sipua.assert(value, err, ...)
    if value then return value, err, ... end
    error(err or "assertion failed!", 0)
end

-- Whether a value is one of this library's errors; whether it says that a call has ended.
sipua.is_error = errors.is
function sipua.is_hangup(value)
    return errors.is(value) and value.hangup == true
end

function sipua.version()
    return raw.version()
end

-- What the library can do: {udp = true, opus = true, ...}.
function sipua.features()
    local found = {}
    for word in raw.features():gmatch "%S+" do
        found[word] = true
    end
    return found
end

-- The options of set_option(), as a list of tables: key, type, scope, minimum, maximum, default_value, text.
function sipua.options()
    local list = {}
    for i = 1, raw.option_count() do
        list[i] = raw.option_at(i - 1)
    end
    return list
end

-- A URI as a table (scheme, user, host, port, parameters, headers), and back; nil and the error for what is none.
function sipua.parse_uri(text)
    local uri, code, said = raw.uri_parse(text)
    if uri then return uri end
    return nil, errors.new { code = code, text = said }
end

-- A document as text, and its content type.
function sipua.write_document(body)
    return document.body("sipua.write_document", body)
end

function sipua.write_uri(uri)
    local text, code, said = raw.uri_write(uri)
    if text then return text end
    return nil, errors.new { code = code, text = said }
end

return sipua
