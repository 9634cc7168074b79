-- The Lua layer on whatever library the loader found: registers, messages, calls.
local sipua = require "sipua"
local registrar = sipua.registrar { users = { alice = "one", bob = "two" } }
local agent = sipua.agent { bind = "127.0.0.1" }
local said, ended

agent:on_call(function(call)
    call:answer { rate = 8000 }
    for pcm in call:frames(20) do call:write(pcm) end
end)
agent:on_message(function(message)
    said = message.text or message.body
    message:accept()
end)
agent:go(function()
    local alice = assert(agent:account { aor = registrar:aor "alice", password = "one" }:register())
    assert(agent:account { aor = registrar:aor "bob", password = "two" }:register())
    assert(alice:message("bob", "hello"))
    local call = assert(alice:call "bob")
    call:write(("\0"):rep(3200), 8000)
    call:mark(7)
    call:hangup()
    ended = call:wait_ended()
    local newer, err = sipua.pcall(agent.network_changed, agent) -- a function of version 0.2
    assert(newer or err.code == sipua.codes.UNSUPPORTED, err)
    assert(newer == not sipua.version():find "^0%.1%.", sipua.version())
    agent:stop()
end)
agent:run()
assert(ended and said == "hello")
agent:close()
print(sipua.version() .. " from " .. _VERSION)
