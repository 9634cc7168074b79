-- Says back what it hears, until it is ended.
local sipua = require "sipua"

local agent = sipua.agent { bind = "127.0.0.1", listen = { "udp:127.0.0.1:0" }, open = true, codecs = { "pcmu" } }
agent:on_call(function(call)
    call:answer { rate = 8000 }
    for pcm in call:frames(20) do
        call:write(pcm)
    end
end)
print("listening " .. agent.listeners[1].port)
io.stdout:flush()
agent:run()
