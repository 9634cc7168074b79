-- A scenario file as statements of words. See ../README.md.
local script = {}

local letters = { n = "\n", r = "\r", ['"'] = '"', ["\\"] = "\\" }

local function unescape(text)
    return (text:gsub("\\(.)(%x?%x?)", function(letter, digits)
        if letter == "x" then return string.char(tonumber(digits, 16)) end
        return assert(letters[letter], "no such escape") .. digits
    end))
end

-- One word from `at` on, and where it ends: bare and quoted pieces, behind key= or key>=.
local function read_word(line, at)
    local word = { value = "" }
    local key, sign, behind = line:match('^([^%s"=>]+)(>?=)()', at)
    if key then
        word.key, word.least, at = key, sign == ">=", behind
    end
    while at <= #line and line:sub(at, at) ~= " " do
        if line:sub(at, at) == '"' then
            local stop = at + 1
            while line:sub(stop, stop) ~= '"' do
                assert(stop <= #line, "a quote does not end")
                stop = stop + (line:sub(stop, stop) == "\\" and 2 or 1)
            end
            word.value = word.value .. unescape(line:sub(at + 1, stop - 1))
            word.quoted = true
            at = stop + 1
        else
            local bare, stop = line:match('^([^ "]+)()', at)
            word.value = word.value .. bare
            at = stop
        end
    end
    return word, at
end

function script.words(line)
    local words, at = {}, 1
    while true do
        at = line:match("^ *()", at)
        if at > #line or line:sub(at, at) == "#" then return words end
        words[#words + 1], at = read_word(line, at)
    end
end

function script.read(path, statements)
    statements = statements or {}
    local number = 0
    for line in assert(io.open(path, "rb")):lines() do
        number = number + 1
        if line:sub(1, 1) == "|" then
            local last = statements[#statements]
            last.block = (last.block or "") .. unescape((line:sub(2):gsub("^ ", ""))) .. "\r\n"
        else
            local words = script.words(line)
            if #words > 0 and words[1].value == "include" then
                script.read(path:gsub("[^/]*$", "") .. words[2].value, statements)
            elseif #words > 0 then
                statements[#statements + 1] = { path = path, line = number, words = words }
            end
        end
    end
    return statements
end

return script
