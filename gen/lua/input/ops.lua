-- Ops: what a kernel is made for. One token, a few of them, or many.
local ops = {}

-- As they stand in kernels' names and are a plan's fields; in the order of the runtime's
-- enum loom_op.
ops.list = { "gemv", "few", "gemm" }

-- How many tokens are a few at most: the runtime's LOOM_FEW_TOKENS.
ops.FEW_TOKENS = 8

-- The op that so many tokens are for.
function ops.of(tokens)
    return tokens == 1 and "gemv" or tokens <= ops.FEW_TOKENS and "few" or "gemm"
end

return ops
