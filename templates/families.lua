-- Methods: the ways a kernel can be built, one entry each, in the folders' method.lua. An entry is
--   family, name   the first two parts of a schedule's name (name.lua)
--   loop           what the templates of its loops start with
--   isas, modes    those it serves, as sets
--   gemv, gemm     the numbers (name.lua) worth trying
--   act            the form of its activations, where family and mode do not say it
--   template, note the template, and the sentence that stands above a kernel
--   sums           of a kernel, with its variables: the sums that must not overflow (bounds.lua)
--   layout         of a format, numbers and ISA
--   refuse         a reason against a choice of numbers, or nil
--   cost           vector operations a weight and token: in the loop over codes, at the end of
--                  groups, and around both; 0 where one is missing (kernel_cost.lua)
-- Figures behind the choices are in RESULTS.md.

local method = { list = {} }

for _, file in ipairs({
    "plain", "quad", "pair", "rows", "twin", "tmac", "dot", "fields", "matrix", "amx", "trit",
    "sign", "veclut",
}) do
    local entries = require(file .. ".method")
    table.move(entries, 1, #entries, #method.list + 1, method.list)
end

return method
