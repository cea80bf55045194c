-- A compiler's assembly as functions of blocks. Pure; knows clang's labels, and of an instruction
-- only where it may go next.
--
-- A block is { instructions = texts, marks = texts (LOOM_MARK of kernel.h), calls = true where it
-- calls a function, next = numbers of the blocks that may follow }.
local assembly = {}

local ALWAYS = { jmp = true, b = true, ret = true, retq = true }

-- What a line is: { mark = }, { label = }, or an instruction's { text =, jump = the label it may go
-- to, always = true where nothing follows it, call = }; nil for comments and directives.
local function parse_line(line)
    local mark = line:match("[#/]%s*LOOM%-MARK%s+(.-)%s*$")
    if mark then
        return { mark = mark }
    end
    local label = line:match("^([%w_.$]+):")
    if label then
        return { label = label }
    end
    local text = line:gsub("%s*//.*$", ""):gsub("%s+#%s.*$", ""):match("^%s+(%a.*)$")
    if not text then
        return nil
    end
    local word = text:match("^%S+")
    return { text = text, jump = text:match("(%.LBB%d+_%d+)%s*$"), always = ALWAYS[word],
        call = word:find("^call") ~= nil or word == "bl" }
end

local function new_block(blocks)
    local block = { instructions = {}, marks = {}, next = {} }
    blocks[#blocks + 1] = block
    return block
end

-- Adds a line to the last of `blocks`; a jump ends it.
local function add_line(blocks, line)
    local block = blocks[#blocks]
    if line.mark then
        table.insert(block.marks, line.mark)
        return
    end
    table.insert(block.instructions, line.text)
    block.calls = block.calls or line.call
    if line.jump or line.always then
        block.jump, block.stops = line.jump, line.always
        new_block(blocks)
    end
end

-- The blocks of a function's lines.
local function blocks_of(lines)
    local blocks, labels = {}, {}
    new_block(blocks)
    for _, line in ipairs(lines) do
        if line.label then
            new_block(blocks)
            labels[line.label] = #blocks
        else
            add_line(blocks, line)
        end
    end
    for index, block in ipairs(blocks) do
        block.next[1] = labels[block.jump]
        if not block.stops and blocks[index + 1] then
            table.insert(block.next, index + 1)
        end
    end
    return blocks
end

-- The functions of an assembly's text in its order, each a list of blocks, the first being where it
-- starts; before them what stands before the first.
function assembly.functions(text)
    local functions = { {} }
    for line in text:gmatch("[^\n]+") do
        local parsed = parse_line(line)
        if parsed and parsed.label and not parsed.label:find("^%.L") then
            functions[#functions + 1] = {}
        end
        table.insert(functions[#functions], parsed)
    end
    for index, function_lines in ipairs(functions) do
        functions[index] = blocks_of(function_lines)
    end
    return functions
end

return assembly
