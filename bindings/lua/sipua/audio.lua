-- The audio of calls: samples are strings, signed 16 bit, mono, in the machine's byte order.
local raw = require "sipua.raw"
local errors = require "sipua.errors"
local loop = require "sipua.loop"
local object = require "sipua.object"

local codes = errors.codes
local Worker = object.class "player"

-- A player or recorder: wait() for its end, stop() it before.
function Worker:wait()
    if not self.done then self:_until(self.what .. ":wait", { play_done = true, record_done = true }) end
    if self.error then error(self.error, 0) end
    return self.done
end

function Worker:stop()
    if not self.done and self._agent._handle then
        local result, code, text = self.stop_with(self._agent._handle, self.id, 0)
        if result == nil and code ~= codes.GONE then errors.check(result, code, text) end
    end
    return self:wait()
end

function Worker:_on_event(event)
    self._agent._objects[self.id] = nil
    self.done = event
    if event.code < 0 and event.code ~= codes.CANCELED and event.code ~= codes.GONE then
        self.error = errors.of_event(event)
    end
    self:_emit(event)
end

function Worker:_end()
    self.done = self.done or { code = codes.CLOSED }
    self.error = self.error or errors.closed()
end

local function worker(call, what, stop_with, command, file)
    if type(file) ~= "string" then
        errors.bad(call.kind .. ":" .. (what == "player" and "play" or "record"), "file", "a string expected, got a %s",
            type(file))
    end
    local self = setmetatable({ _agent = call._agent, what = what, stop_with = stop_with }, Worker)
    self.id = call:_settled(pcall(call._agent._submit, call._agent, command, function(err)
        if not err or self.done then return end
        self.done, self.error = { code = err.code }, err
        self._agent._objects[self.id] = nil
        self:_fail_all(err)
    end))
    self._agent._objects[self.id] = self
    return self
end

-- Gives a class this audio. with: its commands, and the options of record().
return function(Call, with)
    local kind = Call.kind .. ":"

    -- Plays a WAV file and returns its player at once. options: loop.
    function Call:start_play(file, options)
        self:_alive("play")
        local o = errors.options(kind .. "play", options, { loop = "boolean" })
        return worker(self, "player", raw.player_stop, function(h, tag)
            return with.play(h, self, file, o, tag)
        end, file)
    end

    -- Plays a WAV file, behind what is queued, and waits for its end. The play_done event.
    function Call:play(file, options)
        loop.place(kind .. "play")
        local player = self:start_play(file, options)
        local event = player:wait()
        if event.flags.flushed and not self.ended then self:_wait_ended() end -- cut short: the call's end is on the way
        if self.ended then self:_alive "play" end
        return event
    end

    -- Records the far end, mono, or { stereo = true }: near left, far right; { near = true }: what we send. Returns the
    -- recorder; it ends with stop() or the call.
    function Call:record(file, options)
        self:_alive("record")
        local o = errors.options(kind .. "record", options, with.sides)
        local side = o.stereo and "stereo" or o.near and "near" or "far"
        return worker(self, "recorder", raw.recorder_stop, function(h, tag)
            return with.record(h, self, file, side, tag)
        end, file)
    end

    -- Reads that many milliseconds of what the peer says, waiting for them. nil once the call has ended. A steady
    -- stream: silence in hold, in gaps and before the answer. Also returns flags: 1 some of it was made up for lost
    -- packets, 2 nothing came.
    function Call:read(ms)
        local agent = object.agent_of(self, Call, "read")
        if ms == nil then ms = 20 end
        if type(ms) ~= "number" or ms ~= math.floor(ms) or ms < 1 or ms > 1000 then
            errors.bad(kind .. "read", "ms", "a whole number from 1 to 1000 expected")
        end
        local need = math.floor(self.rate * ms / 1000) * 2
        local got, said = "", 0
        while not self.ended do
            local handle = agent._handle
            if not handle then error(errors.closed(), 0) end
            local pcm, flags, text = raw.audio_read(handle, self.id, (need - #got) / 2, 0)
            if not pcm then -- at its end, the last event is on the way
                if flags ~= codes.GONE and flags ~= codes.EOF then errors.raise(flags, text) end
            else
                got = got == "" and pcm or got .. pcm
                if said ~= flags and #pcm > 0 then said = said == 0 and flags or 3 end
                if #got == need then return got, said end
                local missing = math.ceil((need - #got) * 500 / self.rate)
                if missing ~= self._armed then -- reading arms again by itself
                    errors.check(raw.audio_watch(handle, self.id, missing, 0))
                    self._armed = missing
                end
            end
            local waiter = agent._audio[self.id]
            if waiter and waiter.task and not waiter.done then
                errors.raise(codes.BUSY, "somebody reads the audio of this " .. Call.kind .. " already")
            end
            waiter = {}
            agent._audio[self.id] = waiter
            loop.block(waiter, kind .. "read")
        end
        self:_tell()
        return nil
    end

    -- for pcm in call:frames(20) do ... end: what the peer says, until the call has ended.
    function Call:frames(ms)
        object.agent_of(self, Call, "frames")
        return function() return self:read(ms) end
    end

    -- Queues samples to be sent, at the call's rate or another (8000, 16000, 24000, 48000), waiting only when the queue
    -- is full. segment: a number that names this piece in the result of flush(). Returns the milliseconds now queued.
    function Call:write(pcm, rate, segment)
        local agent = self:_alive "write"
        if rate == nil then rate = self.rate end
        if segment == nil then segment = 0 end
        local at = 1
        repeat
            local taken, code, text = raw.audio_write(agent._handle, self.id, at == 1 and pcm or pcm:sub(at),
                rate, segment, 0)
            if not taken then
                if code == codes.GONE then return 0 end -- its last event is on the way
                if code ~= codes.FULL then errors.check(taken, code, text) end
                taken = 0
            end
            at = at + 2 * taken
            if at <= #pcm then
                loop.block({}, kind .. "write", 0.1)
                self:_alive "write"
            end
        until at > #pcm
        return raw.audio_queued(agent._handle, self.id) or 0
    end

    -- Milliseconds of audio that wait to be sent.
    function Call:queued_ms()
        local agent = object.agent_of(self, Call, "queued_ms")
        return not self.ended and raw.audio_queued(agent._handle, self.id) or 0
    end

    -- Waits until no more than that waits to be sent.
    function Call:drain(below_ms)
        if below_ms == nil then below_ms = 0 end
        if type(below_ms) ~= "number" or not (below_ms >= 0) then
            errors.bad(kind .. "drain", "below_ms", "a number from 0 on expected")
        end
        while true do
            local left = (self:_alive "drain" and self:queued_ms()) - below_ms
            if left <= 0 then return end
            loop.block({}, kind .. "drain", math.max(0.005, left / 1000))
        end
    end

    -- Drops all that is queued. The flushed event: segment, played_ms, discarded_ms.
    function Call:flush()
        return self:_await("flush", { flushed = true }, function(h, tag) return raw.audio_flush(h, self.id, tag) end)
    end

    -- Names this point of what is written: the mark event with this number comes when all before it has been sent.
    -- call:wait("mark") waits for it.
    function Call:mark(number)
        local agent = self:_alive "mark"
        self:_settled(pcall(errors.check, raw.audio_mark(agent._handle, self.id, number)))
        return self
    end

    -- Changes the rate of what is read.
    function Call:set_rate(rate)
        local agent = self:_alive "set_rate"
        self:_settled(pcall(errors.check, raw.audio_set_rate(agent._handle, self.id, rate)))
        self.rate, self._armed = rate, nil
        return self
    end
end
