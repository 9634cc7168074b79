-- A menu by telephone: 1 for the hours, 2 to leave a message; everything else is said back.
--     lua ivr.lua sip:ivr@pbx.example PASSWORD
local sipua = require "sipua"

local agent = sipua.agent { log_level = "info" }
local account = agent:account { aor = assert(arg[1], "an address of record, please"), password = arg[2] }

agent:go(function()
    sipua.assert(account:register())
    print("registered for " .. account.expires .. " s")
end)

agent:on_call(function(call)                     -- a coroutine of its own for each call
    call:ring()
    call:answer { rate = 8000 }
    local digit, why = call:gather { prompt = "menu.wav", max = 1, timeout = 5 } -- a digit cuts the prompt short
    if digit == "1" then
        call:play "hours.wav"
    elseif digit == "2" then
        local recorder = call:record(("message-%d.wav"):format(call.id))
        local _, err = sipua.pcall(call.gather, call, { max = 1, timeout = 60 }) -- until a digit, a minute, or the hangup
        print(sipua.is_hangup(err) and "a message, and gone" or "a message", recorder:stop().target)
    else
        print("no choice: " .. why)
        for pcm in call:frames(20) do
            call:write(pcm)
        end
    end
    call:hangup()                                -- does nothing if the caller was faster
end)

agent:every(60, function() print(agent:stats().calls_total .. " calls so far") end)
agent:run()
