-- What a kernel costs, in vector operations a weight and token. Pure.
--
-- A method counts them in three parts (methods.lua). A model, where there is one, has timed loops
-- of kernels on a CPU, and may know by how much it is wrong:
--   cycles   a loop's name -> cycles a weight and token
--   factors  ISA level -> op -> family_method -> measured time over the model's; 1 where there is
--            none
local name = require("space.name")

local kernel_cost = {}

-- Vector operations that a core starts in a cycle.
kernel_cost.OPS = 2

-- A cost as a library's registry has it: text of a float.
function kernel_cost.text(cost)
    return ("%.3e"):format(cost)
end

-- What the runtime makes of that.
function kernel_cost.stored(cost)
    return (string.unpack("f", string.pack("f", tonumber(kernel_cost.text(cost)))))
end

-- Cycles in which a byte of weights comes from memory (measured: 16.5 GB/s at 2.9 GHz), and how
-- much longer it takes without prefetch (0.64 of the read bandwidth, 0.93 with it).
local MEMORY_CYCLES, NO_PREFETCH = 0.175, 1.4

-- How much of the shorter of two things that a core does at the same time shows.
local SHOWS = 0.2

-- What `loop` calls the distance of a loop that prefetches.
local ANY = ""

-- The name of a kernel's loop: kernels that differ in nothing but how far they prefetch have the
-- same.
function kernel_cost.loop(record)
    local numbers = name.with(record.numbers,
        { p = record.numbers.p and ANY, f = record.numbers.f and ANY })
    return name.make({ op = record.op, format = record.format, mode = record.mode,
        isa = record.isa, schedule = name.schedule(record.family, record.method, numbers) })
end

local function factor_of(record, factors)
    local of_level = factors[record.isa.name]
    local of_op = of_level and of_level[record.op]
    return of_op and of_op[name.method(record.family, record.method)] or 1
end

-- The operations of the core's own, all data in its caches, of what a method's cost() returns.
-- The loop that was timed is over groups; where a row has none, over codes.
function kernel_cost.core(record, model, steps, ends, around)
    ends, around = ends or 0, around or 0
    if not model then
        return steps + ends + around
    end
    local cycles = model.cycles[kernel_cost.loop(record)]
    if cycles then
        steps, ends = kernel_cost.OPS * cycles, record.format.group > 0 and 0 or ends
    end
    return factor_of(record, model.factors) * (steps + ends + around)
end

-- Operations in the time that a weight takes from memory.
local function reading(layout, tokens)
    local bytes = layout.unit_bytes / (layout.rows * layout.unit_k)
    return kernel_cost.OPS * MEMORY_CYCLES * bytes / tokens
end

-- What operations become for a kernel that reads every weight from memory for so few tokens.
function kernel_cost.from_memory(ops, layout, tokens, prefetches)
    local memory = reading(layout, tokens) * (prefetches and 1 or NO_PREFETCH)
    return math.max(ops, memory) + SHOWS * math.min(ops, memory)
end

-- Whether CPUs with LOOM_CPU_STREAMS are faster without the kernel's prefetches. Measured on a
-- Zen 4, one thread, AVX2 and AVX-512 VBMI, 17 formats: kernels that mostly wait for memory gain 4
-- to 34 %, and others lose up to 66 %. So do dot products of 3-bit codes, which are not read in one
-- direction; tables of theirs gain 39 to 47 %.
local WAITING = 0.65
function kernel_cost.streams(record)
    return (record.family == "lut" or record.format.bits ~= 3)
        and record.ops <= WAITING * reading(record.layout, record.tokens)
end

return kernel_cost
