-- Writes codes into words of 32 bits, as the formats of safetensors files do: for tests. All are
-- computed from lists of single bits, so that nothing is shared with what reads them.
local code_words = {}

local function words_of(bits)
    local words = {}
    for first = 1, #bits, 32 do
        local word = 0
        for index = first, math.min(first + 31, #bits) do
            word = word | bits[index] << index - first
        end
        words[#words + 1] = word
    end
    return words
end

local function add_bits(bits, value, count)
    for bit = 0, count - 1 do
        bits[#bits + 1] = value >> bit & 1
    end
end

-- Side by side.
function code_words.stream(codes, width)
    local bits = {}
    for _, code in ipairs(codes) do
        add_bits(bits, code, width)
    end
    return words_of(bits)
end

-- As many as there is room for in each word.
function code_words.padded(codes, width)
    local bits, each = {}, 32 // width
    for index, code in ipairs(codes) do
        add_bits(bits, code, width)
        if index % each == 0 then
            add_bits(bits, 0, 32 - each * width)
        end
    end
    return words_of(bits)
end

-- GPTQModel's planes of 32 codes each.
function code_words.planes(codes, width)
    local cuts = ({ [3] = { 2, 1 }, [5] = { 4, 1 }, [6] = { 4, 2 }, [7] = { 4, 2, 1 } })[width]
    local bits = {}
    for first = 1, #codes, 32 do
        local shift = 0
        for _, cut in ipairs(cuts or { width }) do
            for index = first, first + 31 do
                add_bits(bits, codes[index] >> shift, cut)
            end
            shift = shift + cut
        end
    end
    return words_of(bits)
end

-- The rows of a table as columns.
function code_words.transposed(rows)
    local columns = {}
    for index in ipairs(rows[1]) do
        columns[index] = {}
        for row in ipairs(rows) do
            columns[index][row] = rows[row][index]
        end
    end
    return columns
end

-- The words of all rows of a table, as text.
function code_words.text(rows)
    local parts = {}
    for _, row in ipairs(rows) do
        for _, word in ipairs(row) do
            parts[#parts + 1] = ("<I4"):pack(word)
        end
    end
    return table.concat(parts)
end

-- A table of numbers that `of` gives for a row and a column, from 0.
function code_words.table(rows, columns, of)
    local list = {}
    for row = 0, rows - 1 do
        list[row + 1] = {}
        for column = 0, columns - 1 do
            list[row + 1][column + 1] = of(row, column)
        end
    end
    return list
end

return code_words
