-- The build.ninja by which loops are modelled: C to assembly, and a loop to what llvm-mca says of
-- it. Pure. What has the same command and no newer inputs is not made again; so the commands name
-- the programs' versions.
local mca = require("mca.mca")

local loop_ninja = {}

local RULES = [[
options = -std=c11 -O3 -ffp-contract=off -fPIC -DNDEBUG -DLOOM_MCA
rule compile
  command = %s $options $flags -MD -MF $out.d -S -o $out $in # %s
  description = compile $out
  depfile = $out.d
  deps = gcc

rule simulate
  command = %s $model -instruction-info=0 $in >$out 2>&1 || { cat $out; false; } # %s
  description = simulate $out

]]

-- The words of a command as ninja's syntax has them.
local function escape(text)
    return (text:gsub("%$", "$$"))
end

local Text = {}
Text.__index = Text

-- Starts a file. `compiler` and `simulator` are commands, with what they say of their versions.
function loop_ninja.new(compiler, compiler_version, simulator, simulator_version)
    local rules = RULES:format(escape(compiler), escape(compiler_version), escape(simulator),
        escape(simulator_version))
    return setmetatable({ pieces = { rules }, seen = {} }, Text)
end

-- `out` is made of `input` by the rule, whose variable has that value.
function Text:add(out, rule, input, variable, value)
    if not self.seen[out] then
        self.seen[out] = true
        table.insert(self.pieces, ("build %s: %s %s\n  %s = %s\n"):format(out, rule, input,
            variable, escape(value)))
    end
end

-- The assembly of a C file, by a library's own options; its path.
function Text:compile(source, target, level, include)
    local out, flags = source:gsub("c$", "s"), { "--target=" .. target.triple }
    for _, words in ipairs({ target.flags, level.flags, { "-I" .. include } }) do
        table.move(words, 1, #words, #flags + 1, flags)
    end
    self:add(out, "compile", source, "flags", table.concat(flags, " "))
    return out
end

-- The files of what llvm-mca says of a loop's on the target's model: the shorter run, the longer.
function loop_ninja.outputs(loop, target)
    local outputs = {}
    for index, iterations in ipairs(mca.ITERATIONS) do
        outputs[index] = ("%s.%s.%d.txt"):format(loop, target.mca, iterations)
    end
    return outputs
end

-- Makes both of them.
function Text:simulate(loop, target)
    for index, output in ipairs(loop_ninja.outputs(loop, target)) do
        self:add(output, "simulate", loop, "model", ("-mtriple=%s -mcpu=%s -iterations=%d"):format(
            target.triple, target.mca, mca.ITERATIONS[index]))
    end
end

function Text:text()
    return table.concat(self.pieces, "\n")
end

return loop_ninja
