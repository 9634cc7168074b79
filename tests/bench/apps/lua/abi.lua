-- One call into the ABI, with a number in and a string out: abi.lua N prints the nanoseconds of each.
local raw = require("sipua").raw
local call, number, count = raw.event_type_name, 63, tonumber(arg[1])
local start = raw.now()
for _ = 1, count do
    call(number)
end
print(('{"ns": %.2f}'):format((raw.now() - start) * 1e9 / count))
