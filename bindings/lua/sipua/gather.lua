-- Menus: what an IVR does all day. Call:collect() is the library's way to digits: those from now on. This one also plays
-- prompts, counts from their end, and takes what was typed ahead, all of which is known here only.
local errors = require "sipua.errors"
local loop = require "sipua.loop"

local KNOWN = { max = "number", timeout = "number", terminator = "string", prompt = true, barge = "boolean",
    typeahead = "boolean" }

local function check(options)
    local o = errors.options("call:gather", options, KNOWN)
    if o.max and (o.max ~= math.floor(o.max) or o.max < 1 or o.max > 1000) then
        errors.bad("call:gather", "max", "a whole number from 1 to 1000 expected")
    end
    errors.milliseconds("call:gather", "timeout", o.timeout)
    if o.terminator and not o.terminator:find "^[0-9*#A-D]*$" then
        errors.bad("call:gather", "terminator", "'%s' is not made of the digits 0-9 * # A-D", o.terminator)
    end
    if type(o.prompt) == "string" then o.prompt = { o.prompt } end
    if o.prompt ~= nil and type(o.prompt) ~= "table" then
        errors.bad("call:gather", "prompt", "a file or a list of files expected, got a %s", type(o.prompt))
    end
    for key, file in pairs(o.prompt or {}) do
        if type(key) ~= "number" or type(file) ~= "string" then
            errors.bad("call:gather", "prompt", "a list of files expected, and [%s] is a %s", tostring(key), type(file))
        end
    end
    return o
end

return function(Call)
    -- The next digit, waiting up to that many seconds for it, or until `player` is done.
    local function next_digit(call, seconds, player)
        while call._digits == "" do
            call:_alive "gather"
            if player and player.done then return nil end
            local waiter = {}
            call._digit_waiter = waiter
            if player then
                player._waiting = { { names = { play_done = true }, waiter = waiter } }
            end
            local _, late = loop.block(waiter, "call:gather", seconds)
            call._digit_waiter = nil
            if late then return nil end
        end
        local digit = call._digits:sub(1, 1)
        call._digits = call._digits:sub(2)
        return digit
    end

    -- Plays the prompts; the digit that cut them short, if one did.
    local function prompt(call, o)
        for _, file in ipairs(o.prompt or {}) do
            local player = call:start_play(file)
            if o.barge == false then
                player:wait()
                call._digits = ""
            else
                local digit = next_digit(call, nil, player)
                if digit then
                    player:stop()
                    return digit
                end
                player:wait()
            end
            call:_alive "gather"
        end
    end

    -- Collects digits and returns them, with why it ended: "max", "terminator" or "timeout".
    -- options: max (digits), timeout (seconds for each digit, from the prompt's end on; default 5), terminator (default
    -- "#"; "" for none), prompt (a WAV file or a list), barge (default true: a digit stops the prompt), typeahead
    -- (default true: digits that came before count).
    function Call:gather(options)
        local o = check(options)
        self:_alive "gather"
        loop.place "call:gather"
        if o.typeahead == false then self._digits = "" end
        local terminator, timeout, digits = o.terminator or "#", o.timeout or 5, ""
        local digit = prompt(self, o)
        while true do
            digit = digit or next_digit(self, timeout)
            if not digit then return digits, "timeout" end
            if terminator:find(digit, 1, true) then return digits, "terminator" end
            digits = digits .. digit
            digit = nil
            if #digits == o.max then return digits, "max" end
        end
    end
end
