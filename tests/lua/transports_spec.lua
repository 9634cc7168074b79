-- TLS and WebSocket: settings, certificates and what is said when they are wrong.
local sipua = require "sipua"

local folder = debug.getinfo(1, "S").source:match "^@(.*)/[^/]*$" .. "/../conformance/tls/"
local shown = { tls_cert = folder .. "server.pem", tls_key = folder .. "server.key" }

local function server(transport, more)
    local settings = { users = { alice = "one", bob = "two" }, listen = { transport .. ":127.0.0.1:0" } }
    for key, value in pairs(more or shown) do settings[key] = value end
    local registrar = sipua.registrar(settings)
    if transport == "tls" then return registrar, registrar.uri end
    return registrar, ("%s://127.0.0.1:%d/sip?x=y"):format(transport, registrar.port)
end

describe("transports:", function()
    for _, transport in ipairs { "tls", "ws", "wss" } do
        it("a call and a message over " .. transport, function()
            local registrar, at = server(transport)
            local agent = sipua.agent { bind = "127.0.0.1", tls_ca = folder .. "ca.pem" }
            local alice = agent:account { aor = "sip:alice@127.0.0.1", password = "one", server = at }
            local bob = agent:account { aor = "sip:bob@127.0.0.1", password = "two", server = at,
                ws_headers = { Cookie = "a=b" } }
            sipua.assert(alice:register())
            sipua.assert(bob:register())
            assert.truthy(alice.gruu:find(";gr=", 1, true))
            agent:on_message(function(message) message:accept() end)
            agent:on_call(function(call) call:answer {} call:wait_ended() end)
            assert.equal(200, sipua.assert(alice:message("bob", "hello")).status)
            local call = sipua.assert(alice:call "bob")
            call:hangup()
            agent:shutdown(1)
            registrar:close()
        end)
    end

    it("what is wrong with a certificate is told by name", function()
        local registrar, at = server("tls", { tls_cert = folder .. "other.pem", tls_key = folder .. "other.key" })
        local agent = sipua.agent { bind = "127.0.0.1", tls_ca = folder .. "ca.pem" }
        local lost
        agent:on_event(function(event) if event.event == "transport_disconnected" then lost = lost or event end end)
        local account = agent:account { aor = "sip:alice@127.0.0.1", password = "one", server = at }
        local nothing, err = account:register()
        assert.is_nil(nothing)
        assert.equal(sipua.codes.TLS, err.code)
        assert.equal("name mismatch", lost.check)
        assert.equal("elsewhere.example", lost.names)
        local careless = agent:account { aor = "sip:alice@127.0.0.1", password = "one", server = at, tls_verify = false }
        sipua.assert(careless:register())
        agent:shutdown(1)
        registrar:close()
    end)

    it("bad settings are named", function()
        local agent = sipua.agent { bind = "127.0.0.1" }
        for says, settings in pairs {
            pigeon = { transport = "pigeon" }, server = { server = "wss://" }, flows = { flows = 3 },
            ["missing.pem"] = { tls_ca = folder .. "missing.pem" }, pin = { tls_pins = { "sha1/x" } },
            Host = { ws_headers = { Host = "x" } }, ha1 = { ha1 = "12" }, token = { bearer_token = "a b" },
            outbound_proxies = { outbound_proxy = { "sip:127.0.0.1", "ws://h:99999" } },
            outbound_proxy = { outbound_proxy = {} },
        } do
            settings.aor = "sip:alice@127.0.0.1"
            local ok, err = sipua.pcall(agent.account, agent, settings)
            assert.is_false(ok, says)
            assert.truthy(tostring(err):find(says, 1, true), tostring(err))
        end
        local ok, err = sipua.pcall(sipua.agent, { bind = "127.0.0.1", tls_min_version = "1.1" })
        assert.is_false(ok)
        assert.truthy(tostring(err):find("tls_min_version", 1, true))
        ok, err = sipua.pcall(sipua.agent, { bind = "127.0.0.1", listen = { "wss:127.0.0.1:0" } })
        assert.is_false(ok)
        assert.truthy(tostring(err):find("tls_cert", 1, true))
        agent:close()
    end)

    it("a changed network is told; tokens and files may change", function()
        local registrar = sipua.registrar { users = { alice = "one" } }
        local agent = sipua.agent { bind = "127.0.0.1", tls_min_version = "1.3", tls_cert = shown.tls_cert,
            tls_key = shown.tls_key }
        local told
        agent:on_event(function(event) if event.event == "network_changed" then told = event end end)
        local account = agent:account { aor = registrar:aor "alice", password = "one" }
        sipua.assert(account:register())
        agent:network_changed()
        sipua.assert(account:register())
        assert.equal("local", told.originator)
        agent:reload_tls()
        account:set_token "abc"
        account:set_token(nil)
        agent:shutdown(1)
        registrar:close()
    end)
end)
