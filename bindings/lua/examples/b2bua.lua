-- Puts whoever calls through to somebody else: a B2BUA. Either side may hold, send digits and hang up.
--     lua b2bua.lua sip:bob@pbx.example [udp:127.0.0.1:5060]
local sipua = require "sipua"

local target = assert(arg[1], "whom to call, please")
local agent = sipua.agent { bind = "127.0.0.1", listen = { arg[2] or "udp:127.0.0.1:5060" }, open = true }

agent:on_call(function(call)
    -- It rings as the far end rings, is answered when that answers, and refused as that refuses.
    local bridge = agent:bridge(call, agent:dial(target, { from_name = call.from_name }))
    bridge:on("bridge_changed", function(event) print(call.from .. ": " .. event.state) end)
end)

for _, at in ipairs(agent.listeners) do
    print(("listening %s %s:%d"):format(at.transport, at.host, at.port))
end
io.stdout:flush()
agent:run()
