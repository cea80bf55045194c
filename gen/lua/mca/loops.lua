-- The loops of a function's blocks (assembly.lua), and the one of a kernel that LOOM_MARK marks as
-- the hottest. Pure.
local loops = {}

-- Edges to a block that is still being visited: { from =, to = }.
local function back_edges(blocks)
    local edges, state = {}, {}
    local function visit(block)
        state[block] = "open"
        for _, following in ipairs(blocks[block].next) do
            if state[following] == "open" then
                edges[#edges + 1] = { from = block, to = following }
            elseif not state[following] then
                visit(following)
            end
        end
        state[block] = "done"
    end
    visit(1)
    return edges
end

local function previous_of(blocks)
    local previous = {}
    for index, block in ipairs(blocks) do
        for _, following in ipairs(block.next) do
            previous[following] = previous[following] or {}
            table.insert(previous[following], index)
        end
    end
    return previous
end

-- Adds to a loop's body the blocks that lead to `block` without its head.
local function add_to_body(loop, block, previous)
    if not loop.body[block] then
        loop.body[block], loop.size = true, loop.size + 1
        for _, before in ipairs(previous[block] or {}) do
            add_to_body(loop, before, previous)
        end
    end
end

-- All loops, the smallest first: { head = a block, body = set of blocks, size =, marks = {} }.
local function find_loops(blocks)
    local found, by_head, previous = {}, {}, previous_of(blocks)
    for _, edge in ipairs(back_edges(blocks)) do
        local loop = by_head[edge.to]
        if not loop then
            loop = { head = edge.to, body = { [edge.to] = true }, size = 1, marks = {} }
            by_head[edge.to] = loop
            found[#found + 1] = loop
        end
        add_to_body(loop, edge.from, previous)
    end
    table.sort(found, function(a, b)
        return a.size < b.size or a.size == b.size and a.head < b.head
    end)
    return found
end

-- { kernel =, place = the mark's line in the source, what a round multiplies, and `all`, what all
-- rounds do where the mark says it }.
local function parse_mark(text)
    local kernel, rows, k, tokens, of, place =
        text:match("^(%S+) (%d+)x(%d+)x(%d+)/?(%d*) (%d+)$")
    rows, k, tokens = math.tointeger(rows), math.tointeger(k), math.tointeger(tokens)
    of = math.tointeger(of)
    return { kernel = kernel, place = math.tointeger(place), rows = rows, k = k, tokens = tokens,
        macs = rows * k * tokens, all = of and rows * of * tokens }
end

-- Gives every loop the marks in it, and those around the loop it is in.
local function assign(blocks, found)
    for index, block in ipairs(blocks) do
        for _, loop in ipairs(#block.marks > 0 and found or {}) do
            if loop.body[index] then
                for _, mark in ipairs(block.marks) do
                    table.insert(loop.marks, parse_mark(mark))
                end
                break
            end
        end
    end
    for index, loop in ipairs(found) do
        table.sort(loop.marks, function(a, b)
            return a.place < b.place
        end)
        for outer = #found, index + 1, -1 do
            loop.outer = found[outer].body[loop.head] and found[outer] or loop.outer
        end
    end
end

-- Multiply-adds of a round: those of the loop's own mark, which comes first in the source, as often
-- as the compiler unrolled it. Its other marks are of loops that it unrolled into this one.
local function work_of(loop)
    local work = 0
    for _, mark in ipairs(loop.marks) do
        work = work + (mark.place == loop.marks[1].place and mark.macs or 0)
    end
    return work
end

-- Sets how often the loops inside run in a round; nil, or the reason why that is not known.
local function count_rounds(blocks, found, loop)
    for block in pairs(loop.body) do
        if blocks[block].calls then
            return "calls a function"
        end
    end
    for _, inner in ipairs(found) do
        if inner ~= loop and loop.body[inner.head] then
            inner.rounds = #inner.marks > 0
                and (inner.marks[1].all or inner.outer.marks[1].macs) / work_of(inner)
            if not inner.rounds then
                return "holds a loop without a mark"
            elseif inner.rounds < 1 or inner.rounds % 1 ~= 0 then
                return ("holds %.2f rounds of another"):format(inner.rounds)
            end
        end
    end
    return nil
end

local function append(list, items, times)
    for _ = 1, times do
        table.move(items, 1, #items, #list + 1, list)
    end
    return list
end

-- The loop directly inside `loop` that starts at the block, or nil.
local function inner_at(found, loop, block)
    for _, inner in ipairs(found) do
        if inner.head == block and inner.outer == loop then
            return inner
        end
    end
    return nil
end

local longest_round

-- The instructions of a block, or of the loop inside that starts there, and what may follow.
local function step(blocks, found, loop, block)
    local inner = block ~= loop.head and inner_at(found, loop, block)
    if not inner then
        return blocks[block].instructions, blocks[block].next
    end
    local following = {}
    for from in pairs(inner.body) do
        for _, to in ipairs(blocks[from].next) do
            following[#following + 1] = not inner.body[to] and to or nil
        end
    end
    table.sort(following)
    return append({}, longest_round(blocks, found, inner), inner.rounds), following
end

-- The longest way through a round, all that can happen in it: its instructions, those of loops
-- inside as often as they run.
function longest_round(blocks, found, loop)
    local ways = {}
    local function way_from(block)
        if ways[block] == nil then
            local instructions, following = step(blocks, found, loop, block)
            local best
            for _, to in ipairs(following) do
                local rest = to == loop.head and {} or loop.body[to] and way_from(to)
                best = rest and (not best or #rest > #best) and rest or best
            end
            ways[block] = best and append(append({}, instructions, 1), best, 1) or false
        end
        return ways[block]
    end
    return way_from(loop.head)
end

local function describe(blocks, found, loop)
    local reason = count_rounds(blocks, found, loop)
    if reason then
        return { reason = "its loop " .. reason }
    end
    local mark = loop.marks[1]
    return { rows = mark.rows, k = mark.k, tokens = mark.tokens, macs = work_of(loop),
        instructions = longest_round(blocks, found, loop) }
end

-- The marked loop that is in no other marked one; where there are several, the one with most work:
-- the others are what an unrolled loop leaves over.
local function hottest(found)
    local best
    for _, loop in ipairs(found) do
        local outermost = #loop.marks > 0 and not (loop.outer and #loop.outer.marks > 0)
        if outermost and (not best or work_of(loop) > work_of(best)) then
            best = loop
        end
    end
    return best
end

-- Of the blocks of a function: the kernel's name, and { rows, k, tokens of the mark, macs and
-- instructions of a round } or { reason = why they are not known }; nil if nothing is marked.
function loops.hot_loop(blocks)
    local found = find_loops(blocks)
    assign(blocks, found)
    local loop = hottest(found)
    if not loop then
        return nil
    end
    return loop.marks[1].kernel, describe(blocks, found, loop)
end

return loops
