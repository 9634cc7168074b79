-- Says back what it hears: sipua's smallest phone.
--     lua echo.lua [udp:127.0.0.1:5060]
local sipua = require "sipua"

local agent = sipua.agent { bind = "127.0.0.1", listen = { arg[1] or "udp:127.0.0.1:5060" }, open = true }

agent:on_call(function(call)
    print("call from " .. call.from)
    call:answer { rate = 8000 }
    for pcm in call:frames(20) do
        call:write(pcm)
    end
    print(("over after %.1f s: %s"):format(call:duration(), call.ended.cause))
end)

for _, at in ipairs(agent.listeners) do
    print(("listening %s %s:%d"):format(at.transport, at.host, at.port))
end
io.stdout:flush()
agent:run()
