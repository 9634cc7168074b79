-- What the specs share: two agents at an embedded registrar, tones, and files that are cleaned up.
local sipua = require "sipua"

local support = {}
local open, files = {}, {}

function support.quiet(agent)
    local lines = {}
    agent:on_log(function(level, module, text) lines[#lines + 1] = level .. ": " .. module .. ": " .. text end)
    return lines
end

function support.agent(settings)
    settings = settings or {}
    settings.bind = settings.bind or "127.0.0.1"
    local agent = sipua.agent(settings)
    open[#open + 1] = agent
    return agent
end

function support.registrar(settings)
    local registrar = sipua.registrar(settings or { users = { alice = "wonderland", bob = "builder" } })
    open[#open + 1] = registrar
    return registrar
end

-- A registrar, and alice and bob registered there, each with an agent of its own.
function support.pair()
    local p = { registrar = support.registrar() }
    p.a, p.b = support.agent(), support.agent()
    p.alice = assert(p.a:account { aor = p.registrar:aor "alice", password = "wonderland" }:register())
    p.bob = assert(p.b:account { aor = p.registrar:aor "bob", password = "builder" }:register())
    return p
end

-- Runs fn in a task of the agent until it has returned; its error is raised here.
function support.run(agent, fn)
    local over, ok, err
    agent:go(function()
        ok, err = sipua.pcall(fn)
        over = true
    end)
    local give_up = sipua.raw.now() + 60
    while not over do
        agent:step(1)
        if sipua.raw.now() > give_up then error("the task did not end within a minute") end
    end
    if not ok then error(err, 0) end
end

-- Steps until fn() is true.
function support.eventually(agent, fn, seconds)
    local give_up = sipua.raw.now() + (seconds or 30)
    while not fn() do
        if sipua.raw.now() > give_up then error("it did not happen in time", 2) end
        agent:step(0.2)
    end
end

local function bytes(n, count)
    local text = {}
    for i = 1, count do
        text[i] = string.char(n % 256)
        n = math.floor(n / 256)
    end
    return table.concat(text)
end

-- A tone as samples.
function support.tone(ms, rate, hz, height)
    rate, hz, height = rate or 8000, hz or 440, height or 10000
    local out = {}
    for i = 0, math.floor(ms * rate / 1000) - 1 do
        local v = math.floor(height * math.sin(i * 2 * math.pi * hz / rate))
        out[#out + 1] = bytes(v < 0 and v + 65536 or v, 2)
    end
    return table.concat(out)
end

function support.loudest(pcm)
    local most = 0
    for i = 1, #pcm - 1, 2 do
        local low, high = pcm:byte(i, i + 1)
        local v = low + 256 * high
        if v > 32767 then v = 65536 - v end
        if v > most then most = v end
    end
    return most
end

function support.file(suffix)
    local name = os.tmpname()
    files[#files + 1] = name
    if not suffix then return name end
    files[#files + 1] = name .. suffix
    return name .. suffix
end

function support.wav(pcm, rate)
    local name = support.file ".wav"
    local f = assert(io.open(name, "wb"))
    rate = rate or 8000
    f:write("RIFF", bytes(36 + #pcm, 4), "WAVEfmt ", bytes(16, 4), bytes(1, 2), bytes(1, 2), bytes(rate, 4),
        bytes(rate * 2, 4), bytes(2, 2), bytes(16, 2), "data", bytes(#pcm, 4), pcm)
    f:close()
    return name
end

function support.clean()
    for i = #open, 1, -1 do
        open[i]:close()
        open[i] = nil
    end
    for i = #files, 1, -1 do
        os.remove(files[i])
        files[i] = nil
    end
end

-- Runs a piece of Lua in an interpreter of its own: true or false, and what it wrote.
function support.child(code, timeout)
    local name = support.file()
    local f = assert(io.open(name, "w"))
    f:write(code)
    f:close()
    local out = support.file()
    local ok, how, status = os.execute(("timeout %d %s %s >%s 2>&1"):format(timeout or 60, arg[-1] or "lua", name, out))
    if type(ok) == "number" then ok, status = ok == 0, ok end
    f = assert(io.open(out))
    local said = f:read "*a"
    f:close()
    return ok, said, status or how
end

return support
