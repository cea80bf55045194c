-- big.lua FILE: a GGUF file of 24 matrices of Q4_0, 4096 x 4096, all zeros, which takes no room on
-- the disk; and FILE.recipe, by which loom-pack packs it.
local COUNT, SIZE, Q4_0, ALIGNMENT = 24, 4096, 2, 32
local BYTES = SIZE * SIZE // 32 * 18

local parts = { ("<c4I4I8I8"):pack("GGUF", 3, COUNT, 0) }
for index = 1, COUNT do
    parts[#parts + 1] = ("<s8I4I8I8I4I8"):pack(("blk.%d.ffn_up.weight"):format(index - 1), 2, SIZE,
        SIZE, Q4_0, (index - 1) * BYTES)
end
local header = table.concat(parts)
local begin = (#header + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
local file <close> = assert(io.open(arg[1], "wb"))
assert(file:write(header))
assert(file:seek("set", begin + COUNT * BYTES - 1))
assert(file:write("\0"))

local lines = { "lutloom-recipe 1", ("file\t%d\t%s"):format(begin + COUNT * BYTES, arg[1]) }
for index = 1, COUNT do
    lines[#lines + 1] = ("matrix\tblk.%d.ffn_up\tw4g32\t%d\t%d\t1\tgguf\ttype=%d\tcodes=0:%d:%d")
        :format(index - 1, SIZE, SIZE, Q4_0, begin + (index - 1) * BYTES, BYTES)
end
local recipe <close> = assert(io.open(arg[1] .. ".recipe", "w"))
assert(recipe:write(table.concat(lines, "\n"), "\nend\n"))
