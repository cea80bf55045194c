-- Methods: the ways a kernel can be built, such as `lut_quad`. To add one:
--   1. A folder here with a method.lua, which returns a list of entries. The folder's name goes
--      into the list below.
--   2. The template of its loop, LOOP/LOOP.c.in: what tile/tile.c.in says it returns. Another place
--      goes into FILES of vars.lua.
--   3. A function in layout.lua, where its bits have an order of their own.
--   4. A vars.lua in the folder, where it has variables of its own; OF_LOOP of vars.lua names it.
--      Where a byte of a vector is a row, BYTE_ROWS there says so.
-- `lutloom explain w2g128:4096x4096 --all` then shows its kernels, or why they are refused.
--
-- An entry is
--   family, name   the first two parts of a schedule's name (space/name.lua)
--   loop           the loop over codes, by the name of its template
--   isas, modes    those it serves, as sets
--   gemv, few, gemm  the numbers (space/name.lua) worth trying for 1 token, for a few, for more;
--                  nil where it has none
--   few_tokens     how many are a few at most beside its kernels for many, if not as many as
--                  input/ops.lua says
--   template       "tile/tiles.c.in", "panel/panel.c.in" or one of its own
--   note           the sentence that stands above a kernel
--   act            the form of its activations (act.lua), where family and mode do not say it
--   parts          true where it takes all that parts.lua has, and codes of 5 to 8 bits
--   tmac           true for T-MAC's schedule: compared with, never chosen
-- and these functions, with `numbers` one of the above and `format` and `isa` records:
--   layout(format, numbers, isa)         where its weights are (layout.lua), or nil and a reason
--   refuse(format, mode, numbers, isa)   a reason against it, or nil
--   cost(format, mode, numbers, isa)     vector operations a weight and token: in the loop over
--                  codes, at the end of groups, and around both; 0 where one is missing
--                  (space/kernel_cost.lua)
--   sums(record)   of a kernel, with its variables: the sums that must not overflow (bounds.lua)
-- Figures behind the choices are in RESULTS.md.

local methods = { list = {} }

for _, folder in ipairs({
    "plain", "quad", "pair", "rows", "twin", "tmac", "dot", "fields", "matrix", "amx", "trit",
    "sign", "veclut",
}) do
    local entries = require(folder .. ".method")
    table.move(entries, 1, #entries, #methods.list + 1, methods.list)
end

return methods
