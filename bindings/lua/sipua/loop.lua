-- The loop of this Lua state: tasks, timers, and the events of all its agents. A task is a coroutine; while it waits,
-- others run. Nothing here is called from outside the state's own thread.
local raw = require "sipua.raw"
local errors = require "sipua.errors"

local loop = { agents = {}, current = nil, stepping = false }

local unpack = rawget(_G, "unpack") or table.unpack
local AT_ONCE = 64 -- events of an agent before tasks get their turn again

-- Coroutines. In Lua 5.1 a coroutine cannot wait inside pcall, an iterator or a metamethod; there a task gets a C stack
-- of its own where the platform has them (c/fiber.c), and then it can.
local TOKEN = {}
local plain = _VERSION == "Lua 5.1" and not rawget(_G, "jit")
local fibers = plain and raw.fiber_create(function() end) ~= nil
loop.fibers = fibers

local owner = setmetatable({}, { __mode = "k" }) -- coroutine -> task

local function failed(task, err, trace)
    task.failed, task.error, task.trace = true, err, trace
end

local function handler_of(task)
    return function(err)
        failed(task, err, debug.traceback("", 2))
        return err
    end
end

local create, resume, pause
if fibers then
    function create(task, body)
        return raw.fiber_create(function() xpcall(body, handler_of(task)) end)
    end
    function resume(task)
        task.dead = not raw.fiber_resume(task.co)
    end
    function pause(task)
        raw.fiber_yield(task.co)
    end
else
    function create(task, body)
        local co = coroutine.create(body)
        owner[co] = task
        return co
    end
    function resume(task)
        local ok, said = coroutine.resume(task.co)
        if not ok then
            failed(task, said, debug.traceback(task.co))
            task.dead = true
        elseif coroutine.status(task.co) == "dead" then
            task.dead = true
        elseif said ~= TOKEN then -- it yielded by itself: the others get their turn
            loop.ready(task)
        end
    end
    function pause()
        coroutine.yield(TOKEN)
    end
end

-- The ready queue

local queue, first, last = {}, 1, 0

function loop.ready(task)
    last = last + 1
    queue[last] = task
end

local function run_ready()
    local until_ = last -- those that become ready meanwhile wait for the next round
    local did = first <= until_
    while first <= until_ do
        local task = queue[first]
        queue[first] = nil
        first = first + 1
        if not task.dead then
            loop.current = task
            resume(task)
            loop.current = nil
            if task.dead then
                task.waiter = nil
                if task.on_end then task.on_end(task) end
            end
        end
    end
    if first > last then first, last = 1, 0 end
    return did
end

-- A task that runs body(...) from the next turn on. on_end(task) is called when it is over.
function loop.spawn(on_end, body, ...)
    local n, arguments = select("#", ...), { ... }
    local task = { on_end = on_end }
    task.co = create(task, function() return body(unpack(arguments, 1, n)) end)
    loop.ready(task)
    return task
end

-- Timers: a binary heap by time

local heap = {}

local function up(i)
    local node = heap[i]
    while i > 1 do
        local parent = math.floor(i / 2)
        if heap[parent].at <= node.at then break end
        heap[i] = heap[parent]
        i = parent
    end
    heap[i] = node
end

local function pop()
    local top, node = heap[1], table.remove(heap)
    if top == node then return top end
    local n, i = #heap, 1
    while true do
        local child = 2 * i
        if child > n then break end
        if child < n and heap[child + 1].at < heap[child].at then child = child + 1 end
        if node.at <= heap[child].at then break end
        heap[i] = heap[child]
        i = child
    end
    heap[i] = node
    return top
end

-- Calls fn() in that many seconds; timer.cancelled = true takes it back.
function loop.after(seconds, fn)
    local timer = { at = raw.now() + seconds, fn = fn }
    heap[#heap + 1] = timer
    up(#heap)
    return timer
end

-- Seconds until the next timer, 0 when something is ready now, nil when nothing is due.
function loop.timeout()
    if first <= last then return 0 end
    while heap[1] and heap[1].cancelled do
        pop()
    end
    return heap[1] and math.max(0, heap[1].at - raw.now())
end

local function fire()
    if not heap[1] then return false end
    local now, did = raw.now(), false
    while heap[1] and heap[1].at <= now do
        local timer = pop()
        if not timer.cancelled then
            did = true
            timer.fn()
        end
    end
    return did
end

-- Waiting

-- Where a wait may happen: a task, or nil for the main program. Raises where it may not.
function loop.place(what)
    local task = loop.current
    if not task then
        if loop.stepping then
            error(raw.position() .. what .. " waits, and an event handler may not: start a task with agent:go()", 0)
        end
        return nil
    end
    if not fibers then
        local co, main = coroutine.running()
        if main or owner[co] ~= task then
            error(raw.position() .. what .. " waits, and so it cannot be called from a coroutine of your own inside a task", 0)
        end
        if coroutine.isyieldable and not coroutine.isyieldable() then
            error(raw.position() .. what .. " waits, and cannot do so inside a function called from C"
                .. " (table.sort, string.gsub, a metamethod ...)", 0)
        end
    end
    return task
end

function loop.wake(waiter, value)
    if waiter.done then return end
    waiter.done, waiter.value = true, value
    if waiter.task then loop.ready(waiter.task) end
end

function loop.fail(waiter, err)
    if waiter.done then return end
    waiter.done, waiter.error = true, err
    if waiter.task then loop.ready(waiter.task) end
end

-- Waits until somebody wakes the waiter; returns what it was woken with, or nil, true when `seconds` have passed.
function loop.block(waiter, what, seconds)
    local task = loop.place(what)
    if task and task.interrupt and not waiter.done then
        local err = task.interrupt
        task.interrupt = nil
        if waiter.undo then waiter.undo() end
        error(err, 0)
    end
    local timer, late
    if seconds and not waiter.done then
        timer = loop.after(seconds, function()
            late = not waiter.done
            loop.wake(waiter)
        end)
    end
    if task then
        while not waiter.done do
            waiter.task, task.waiter = task, waiter
            pause(task)
        end
        task.waiter = nil
    else
        while not waiter.done do
            if not loop.agents[1] and not loop.timeout() then
                errors.raise(errors.codes.CLOSED, "nothing runs that could end the wait")
            end
            loop.step()
        end
    end
    if timer then timer.cancelled = true end
    if waiter.error then
        if waiter.undo then waiter.undo() end
        local err = waiter.error
        if errors.is(err) and not err.hangup then err.where = err.where or raw.position() end
        error(err, 0)
    end
    return waiter.value, late
end

-- Raises err in a task where it waits, or where it waits next.
function loop.interrupt(task, err)
    if task.dead then return end
    if task.waiter and not task.waiter.done then
        loop.fail(task.waiter, err)
    else
        task.interrupt = err
    end
end

-- One turn: runs what is ready, takes events, waiting for them at most that many seconds (nil: as long as it takes).
-- True when anything was done.
local function turn(timeout)
    local did = run_ready()
    did = fire() or did
    local due = loop.timeout()
    if did then timeout = 0 end
    if due and (not timeout or due < timeout) then timeout = due end
    local ms = timeout and math.min(math.ceil(timeout * 1000), 2147483647) or -1
    local agents = loop.agents
    if #agents == 1 then
        did = agents[1]:_take(ms, AT_ONCE) or did
    elseif #agents == 0 then
        if timeout and timeout > 0 then raw.wait({}, ms) end
    else
        local came = false
        for round = 1, 2 do
            local handles, now = {}, { unpack(agents) }
            for i = 1, #now do
                handles[i] = now[i]._handle
                came = now[i]:_take(0, AT_ONCE) or came
            end
            if came or ms == 0 or round == 2 then break end
            raw.wait(handles, ms)
        end
        did = came or did
    end
    did = fire() or did
    return run_ready() or did
end

function loop.step(timeout)
    if loop.current then
        error(raw.position() .. "a task cannot run the loop: it waits by itself", 0)
    end
    if loop.stepping then
        error(raw.position() .. "an event handler cannot run the loop", 0)
    end
    loop.stepping = true
    local ok, did = pcall(turn, timeout)
    loop.stepping, loop.current = false, nil
    if not ok then error(did, 0) end
    return did
end

-- pcall in which waiting is possible. Only 5.1 without fibers needs more than its own: there the function runs in a
-- coroutine, and what it waits for is passed up.
loop.pcall = pcall
if plain and not fibers then
    local function pass(co, ok, ...)
        if not ok then return false, ... end
        if coroutine.status(co) == "dead" then return true, ... end
        return pass(co, coroutine.resume(co, coroutine.yield(...)))
    end
    function loop.pcall(fn, ...)
        local task = loop.current
        if not task then return pcall(fn, ...) end
        local co = coroutine.create(fn)
        owner[co] = task
        return pass(co, coroutine.resume(co, ...))
    end
end

return loop
