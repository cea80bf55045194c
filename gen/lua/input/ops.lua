-- Ops: what a kernel is made for. One token, a few of them, or many.
local ops = {}

-- As they stand in kernels' names and are a plan's fields; in the order of the runtime's
-- enum loom_op.
ops.list = { "gemv", "few", "gemm" }

-- How many tokens are a few at most: the runtime's LOOM_FEW_TOKENS. Beside a kernel for many whose
-- method says so they are fewer. 16 take 0.58 to 1.0 times as long as by kernels for many, 9 take
-- 0.65 to 1.0 times (seven formats, AVX2, AVX-VNNI and AVX-512, from memory, an Emerald Rapids).
ops.FEW_TOKENS = 16

-- The op that so many tokens are for.
function ops.of(tokens)
    return tokens == 1 and "gemv" or tokens <= ops.FEW_TOKENS and "few" or "gemm"
end

return ops
