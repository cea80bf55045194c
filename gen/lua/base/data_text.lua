-- Which texts are data: Lua that builds tables of constants and does nothing else.
--
-- What Lua runs cannot be bounded from inside: a text that is joined with itself some times, or a
-- method of strings, keeps it busy and fills the memory within single instructions, where no hook
-- comes in between. So a text is loaded only if all its words are among those below. They make
-- constants, sums and tables of these. There is nothing to call, to define or to fetch a function
-- with, and nothing that grows: loading and running take what the length of the text does.
local data_text = {}

-- All of Lua's keywords but return, local, true, false and nil.
local REFUSED = {}
for word in ([[and break do else elseif end for function goto if in not or repeat then until
    while]]):gmatch("%a+") do
    REFUSED[word] = true
end

-- ---- Words: each gives the place after the word that starts at `position`, or nil ---------

local function after_quoted(text, position)
    local quote = text:sub(position, position)
    local stop = ("[\\\n\r%s]"):format(quote)
    repeat
        local found = text:find(stop, position + 1)
        position = found and (text:sub(found, found) == "\\" and found + 1 or found)
    until not found or position == found
    return position and text:sub(position, position) == quote and position + 1 or nil
end

local function after_comment(text, position)
    if text:find("^%-%-%[=*%[", position) then
        return select(2, text:match("^%-%-%[(=*)%[.-%]%1%]()", position))
    end
    return text:match("^%-%-[^\n\r]*()", position)
end

local function after_name(text, position)
    local word, after = text:match("^([%a_][%w_]*)()", position)
    return not REFUSED[word] and after or nil
end

local function after_pattern(pattern)
    return function(text, position)
        return text:match(pattern, position)
    end
end

-- { what a word starts with, its kind, the function }; the first that fits counts.
local WORDS = {
    { "^%s", "blank", after_pattern("^%s+()") },
    { "^[{}=,;+*/]", "sign", after_pattern("^[{}=,;+*/%s]+()") },
    { "^[%a_]", "name", after_name },
    { "^%d", "number", after_pattern("^%d[%w.]*()") },
    { "^[\"']", "quoted", after_quoted },
    { "^%-%-", "blank", after_comment },
    { "^%-", "sign", after_pattern("^.()") },
    { "^%.%.", "join", after_pattern("^..()") },
}

-- The kind of the word at `position` and the place after it; nil where it is not one of data.
local function word_at(text, position)
    for _, entry in ipairs(WORDS) do
        if text:find(entry[1], position) then
            local after = entry[3](text, position)
            return after and entry[2], after
        end
    end
    return nil
end

-- ---- Texts --------------------------------------------------------------------------------

-- "'while'"
local function shown(text, position)
    local word = text:match("^[%a_][%w_]*", position) or text:match("^%.%.", position)
        or text:match("^[!-~]", position)
    return word and ("'%s'"):format(word) or ("byte %02x"):format(text:byte(position))
end

local function line_of(text, position)
    return 1 + select(2, text:sub(1, position):gsub("\n", ""))
end

-- Two quoted texts alone are joined: a name's could be joined with itself, and that again.
local function may_follow(before, kind)
    return before ~= "join" and kind ~= "join" or before == "join" and kind == "quoted"
        or before == "quoted" and kind == "join"
end

-- nil, or what a text has that is not data, with the file's name and the line.
function data_text.error(text, filename)
    if text:find("^\xEF\xBB\xBF") then
        return filename .. ":1: begins with a byte order mark; save it as UTF-8 without one"
    end
    local position, before = 1, nil
    while position <= #text do
        local kind, after = word_at(text, position)
        if not kind or kind ~= "blank" and not may_follow(before, kind) then
            return ("%s:%d: %s is more than a table of data: 'return { name = ... }'"):format(
                filename, line_of(text, position), shown(text, position))
        end
        position, before = after, kind ~= "blank" and kind or before
    end
    return nil
end

return data_text
