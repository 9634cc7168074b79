-- Frames of 20 ms written into one call as fast as they are taken: write.lua N prints how many a second.
local sipua = require "sipua"

local QUEUE = 2000 -- frames, of the 60 s that a call takes
local count = tonumber(arg[1])
local agent = sipua.agent { bind = "127.0.0.1" }
local silent = sipua.agent { bind = "127.0.0.1" } -- takes no calls and is never polled: what is written waits
local call = agent:dial(("sip:bench@127.0.0.1:%d"):format(silent:listen("udp:127.0.0.1:0").port), { rate = 8000 })
local frame = ("\0"):rep(320)
local start = sipua.raw.now()
for i = 0, count - 1 do
    if i % QUEUE == 0 then sipua.raw.audio_flush(agent._handle, call.id, 0) end
    call:write(frame)
end
print(('{"frames_per_s": %d}'):format(math.floor(count / (sipua.raw.now() - start))))
agent:close()
