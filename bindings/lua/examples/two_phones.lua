-- Two phones and their registrar in one program: everything that needs no server of yours.
--     lua two_phones.lua
local sipua = require "sipua"

local registrar = sipua.registrar { users = { alice = "wonderland", bob = "builder" } }
local a, b = sipua.agent { bind = "127.0.0.1" }, sipua.agent { bind = "127.0.0.1" }
local alice = sipua.assert(a:account { aor = registrar:aor "alice", password = "wonderland" }:register())
sipua.assert(b:account { aor = registrar:aor "bob", password = "builder" }:register())

b:on_message(function(message)
    print(message.from .. " writes: " .. message.text)
    message:accept()
end)

b:on_call(function(call)
    call:answer()
    local digits = call:gather { max = 3, timeout = 5 }
    print("bob heard the digits " .. digits)
    call:hangup()
end)

a:go(function()
    sipua.assert(alice:message("bob", "I am about to call"))
    local call = sipua.assert(alice:call "bob")
    print("alice and bob talk by " .. call.codec)
    call:send_dtmf "123"
    print("the call ended: " .. call:wait_ended().cause)
    a:stop()
end)

a:run()
a:shutdown()
