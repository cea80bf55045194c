-- The code of a C text: what is left without comments, however its lines are broken and indented.
-- Pure.
local c_code = {}

-- What stands for the end of a directive's line, and for a literal, while white space goes.
local LINE_END, LITERAL = "\0", "\1"

-- Code without comments and literals: white space is one blank, and none beside what parts tokens
-- by itself, where a formatter breaks lines.
local function squeeze(code)
    return (code:gsub("\\\n", " "):gsub("(#[^\n]*)\n", "%1" .. LINE_END):gsub("%s+", " ")
        :gsub(" ?([][(){};,\0\1]) ?", "%1")
        :gsub("^ ", ""):gsub(" $", ""):gsub(LINE_END, "\n"))
end

-- Where the literal ends that `quote` begins at `first`; the end of the text if it has none.
local function literal_end(text, first, quote)
    local place = text:find("[\\" .. quote .. "]", first + 1)
    while place and text:sub(place, place) == "\\" do
        place = text:find("[\\" .. quote .. "]", place + 2)
    end
    return place or #text
end

-- Where the comment ends that begins at `first`; nil if none does.
local function comment_end(text, first)
    local mark = text:sub(first, first + 1)
    if mark == "//" then
        return (text:find("\n", first, true) or #text + 1) - 1
    end
    return mark == "/*" and (select(2, text:find("*/", first + 2, true)) or #text) or nil
end

-- The first comment or literal from a place on: its ends, and whether it is a comment; or nil.
local function next_part(text, from)
    local first = text:find("[/\"']", from)
    while first do
        local mark = text:sub(first, first)
        local is_comment = mark == "/"
        local last = is_comment and comment_end(text, first)
            or not is_comment and literal_end(text, first, mark)
        if last then
            return first, last, is_comment
        end
        first = text:find("[/\"']", first + 1)
    end
    return nil
end

-- The code of `text`: its literals stand there as they are, a comment counts as a blank.
function c_code.of(text)
    local pieces, literals, from = {}, {}, 1
    local first, last, is_comment = next_part(text, from)
    while first do
        pieces[#pieces + 1] = text:sub(from, first - 1)
        pieces[#pieces + 1] = is_comment and " " or LITERAL
        literals[#literals + 1] = not is_comment and text:sub(first, last) or nil
        from = last + 1
        first, last, is_comment = next_part(text, from)
    end
    pieces[#pieces + 1] = text:sub(from)
    local count = 0
    return (squeeze(table.concat(pieces)):gsub(LITERAL, function()
        count = count + 1
        return literals[count]
    end))
end

return c_code
