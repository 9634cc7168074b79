-- The library's embedded registrar and proxy, on an agent of its own, for tests and demos.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local Agent = require "sipua.agent"

local Registrar = {}
Registrar.__index = Registrar

local DOORS = { "tls_cert", "tls_key", "tls_key_password", "tls_ca", "tls_need_client", "origins", "ws_path" }

-- Starts one: users (name = password), listen (default udp and tcp on a free port of 127.0.0.1), the settings of
-- sipua_server_config, and of sipua_listener_config those of TLS and WebSocket. Its address: host, port, uri.
function Registrar.create(settings)
    local config = errors.options("sipua.registrar", settings)
    local listen, trace, log_level = config.listen, config.trace, config.log_level
    config.listen, config.trace, config.log_level = nil, nil, nil
    local doors = {}
    for _, key in ipairs(DOORS) do
        doors[key], config[key] = config[key], nil
    end
    if listen ~= nil and (type(listen) ~= "table" or type(listen[1]) ~= "string") then
        errors.bad("sipua.registrar", "listen", 'a list such as {"udp:127.0.0.1:0"} expected')
    end
    local host = (listen and listen[1] or "udp:127.0.0.1:0"):match "^%a+:(.*):%d+$" or "127.0.0.1"
    local bind = host:gsub("[%[%]]", "")
    config.realm = config.realm or (bind == "0.0.0.0" or bind == "::") and "localhost" or host
    local agent = Agent.create { bind = bind, listen = { "udp:" .. host .. ":0" }, trace = trace, log_level = log_level }
    local self = setmetatable({ agent = agent, _doors = doors, listeners = {}, bindings = {}, realm = config.realm }, Registrar)
    agent:on_event(function(event) self:_on_event(event) end)
    self.id = agent:_do("sipua.registrar", function(h, tag) return raw.server_create(h, config, tag) end)
    if listen then
        for i = 1, #listen do
            self:listen(listen[i])
        end
    else
        local port = self:listen("udp:127.0.0.1:0").port
        -- somebody's TCP may have that port: any other will do then
        local ok = pcall(self.listen, self, "tcp:127.0.0.1:" .. port)
        if not ok then self:listen "tcp:127.0.0.1:0" end
    end
    self.host, self.port = self.listeners[1].host, self.listeners[1].port
    local transport = self.listeners[1].transport
    self.uri = ("sip:%s:%d%s"):format(self.host, self.port, transport == "udp" and "" or ";transport=" .. transport)
    return self
end

function Registrar:__tostring()
    return "sipua registrar " .. tostring(self.uri)
end

-- Opens one more listener.
function Registrar:listen(address)
    local settings = { server = self.id }
    for key, value in pairs(self._doors) do
        settings[key] = value
    end
    local found = self.agent:listen(address, settings)
    self.listeners[#self.listeners + 1] = found
    return found
end

-- The address of record of a user.
function Registrar:aor(name)
    return ("sip:%s@%s:%d"):format(name, self.host, self.port)
end

-- Adds a user or changes its password; nil removes it.
function Registrar:set_user(name, password)
    self.agent:_do("registrar:set_user", function(h, tag) return raw.server_set_user(h, self.id, name, password, tag) end)
end

-- bindings: user -> {contact = expires}
function Registrar:_on_event(event)
    if event.event ~= "server_binding" then return end
    local user = self.bindings[event.from] or {}
    self.bindings[event.from] = user
    user[event.target] = event.expires > 0 and event.expires or nil
end

-- Ends it.
function Registrar:close()
    self.agent:close()
end

Registrar.__close = Registrar.close

return Registrar
