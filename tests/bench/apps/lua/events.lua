-- Events through Lua: commands whose replies are awaited by tasks.
local sipua = require "sipua"

local WINDOW = 64
local count = tonumber(arg[1])
local agent = sipua.agent { listen = { "udp:127.0.0.1:0" } }
local each, over = math.floor(count / WINDOW), 0
local start, cpu = sipua.raw.now(), os.clock()
for _ = 1, WINDOW do
    agent:go(function()
        for _ = 1, each do
            agent:on_message(nil)
        end
        over = over + 1
        if over == WINDOW then agent:stop() end
    end)
end
agent:run()
local took, used, done = sipua.raw.now() - start, os.clock() - cpu, each * WINDOW
print(('{"events_per_s": %d, "cpu_us": %.3f}'):format(math.floor(done / took), used * 1e6 / done))
agent:close()
