-- What it takes to require the module: milliseconds of CPU time, and KB of resident memory.
local function resident()
    local f = assert(io.open "/proc/self/status")
    local kb = f:read("*a"):match "VmRSS:%s+(%d+)"
    f:close()
    return tonumber(kb)
end
local function ms()
    local f = assert(io.open "/proc/self/schedstat") -- CPU time of this thread in ns: nothing here waits
    local ns = tonumber((f:read("*a"):match "^(%d+)"))
    f:close()
    return ns / 1e6
end
local start, before = ms(), resident()
require "sipua"
local loaded, after = ms(), resident()
print(('{"ms": %.1f, "kb": %d}'):format(loaded - start, after - before))
