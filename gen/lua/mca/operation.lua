-- An instruction of x86, as clang writes it, and what it does to a core. Pure.
local operation = {}

-- The operands of an instruction: texts, the destination last.
local function operands_of(text)
    local operands = {}
    local rest = text:gsub("^%S+%s*", ""):gsub("%b()", "()")
    for operand in rest:gmatch("[^,]+") do
        operands[#operands + 1] = operand
    end
    return operands
end

local function is_memory(operand)
    return operand:find("()", 1, true) ~= nil
end

-- The number of a vector register, or nil.
local function vector_of(operand)
    return operand:match("^%s*%%[xyz]mm(%d+)")
end

-- What a text says:
--   word, is_vector
--   width      "zmm", or "ymm", which stands for all that is narrower
--   sources    vector registers that it reads besides its destination, by number
--   result     the one that it writes, or nil
--   loads, stores, fetches, broadcasts, moves    whether it does
--   clears     whether it makes zeros of a register, whatever was in it
function operation.parse(text)
    local operands = operands_of(text)
    local last = table.remove(operands) or ""
    local op = { word = text:match("^%S+"), width = text:find("%zmm", 1, true) and "zmm" or "ymm",
        stores = is_memory(last), result = vector_of(last), sources = {} }
    for _, operand in ipairs(operands) do
        op.loads = op.loads or is_memory(operand)
        table.insert(op.sources, vector_of(operand))
    end
    op.is_vector = text:find("%%[xyzk]m?m?%d") ~= nil
    op.fetches = op.word:find("^prefetch") ~= nil
    op.broadcasts = op.word:find("^vp?broadcast") ~= nil
    op.moves = op.word:find("^vmov") ~= nil or op.broadcasts and op.loads
    op.clears = op.word:find("xor", 1, true) and #op.sources == 2
        and op.sources[1] == op.sources[2]
    return op
end

return operation
