-- Loops in assembly, and what llvm-mca is given and says.
local assembly = require("mca.assembly")
local check = require("check")
local loop_ninja = require("mca.loop_ninja")
local loops = require("mca.loops")
local mca = require("mca.mca")

local line = require("command_line").new()

local function case(name, test)
    check.case("mca: " .. name, test)
end

-- The hot loop of the last function in a text, and its kernel's name.
local function hot_loop(text)
    local functions = assembly.functions(text)
    local kernel, loop = loops.hot_loop(functions[#functions])
    return loop, kernel
end

-- Two loops, the inner one not unrolled, as clang places and writes them.
local NESTED = [[
	.text
loom_k:                                 # @loom_k
	jmp	.LBB0_1
	.p2align	4, 0x90
.LBB0_3:                                #   in Loop: Header=BB0_1 Depth=1
	vmulps	%ymm0, %ymm1, %ymm2     # ymm2 = scaled
	jae	.LBB0_4
.LBB0_1:                                # =>This Loop Header: Depth=1
	#APP
	# LOOM-MARK loom_k 8x128x1 10
	#NO_APP
	vpxor	%xmm0, %xmm0, %xmm0
.LBB0_2:                                #   Parent Loop BB0_1 Depth=1
	#APP
	# LOOM-MARK loom_k 8x32x1 12
	#NO_APP
	vpaddw	.LCPI0_0(%rip), %ymm0, %ymm0
	jb	.LBB0_2
	jmp	.LBB0_3
.LBB0_4:
	retq
]]

local function count(list, part)
    local found = 0
    for _, text in ipairs(list) do
        found = found + (text:find(part, 1, true) and 1 or 0)
    end
    return found
end

case("a loop inside runs as often as the marks say", function()
    local loop, kernel = hot_loop(NESTED)
    check.equal(kernel, "loom_k")
    check.equal(loop.reason, nil)
    check.equal(loop.macs, 8 * 128)
    check.equal(count(loop.instructions, "vpaddw"), 4)
    check.equal(count(loop.instructions, "vmulps"), 1)
    check.equal(count(loop.instructions, "vpxor"), 1)
    check.equal(count(loop.instructions, "retq"), 0)
    check.equal(#loop.instructions, 4 * 2 + 1 + 2 + 1)
end)

case("loops side by side take the codes that their marks say", function()
    local second = ".LBB0_5:\n\t# LOOM-MARK loom_k 8x16x1/64 14\n\tvpsubw\t%%ymm0, %%ymm1, %%ymm0\n"
        .. "\tjb\t.LBB0_5\n\tjmp\t.LBB0_3\n"
    local text = NESTED:gsub("8x32x1", "8x32x1/64"):gsub("\tjmp\t.LBB0_3\n", second)
    local loop = hot_loop(text)
    check.equal(count(loop.instructions, "vpaddw"), 2)
    check.equal(count(loop.instructions, "vpsubw"), 4)
end)

case("a loop that the compiler unrolled does more in a round", function()
    local twice = [[
loom_k:
.LBB0_1:
	# LOOM-MARK loom_k 8x32x1 12
	vpaddw	%ymm1, %ymm0, %ymm0
	# LOOM-MARK loom_k 8x32x1 12
	vpaddw	%ymm2, %ymm0, %ymm0
	jne	.LBB0_1
.LBB0_2:
	# LOOM-MARK loom_k 8x32x1 12
	vpaddw	%ymm1, %ymm0, %ymm0
	jne	.LBB0_2
	retq
]]
    check.equal(hot_loop(twice).macs, 2 * 8 * 32)
    check.equal(count(hot_loop(twice).instructions, "vpaddw"), 2)
    local inner = NESTED:gsub("(\t# LOOM%-MARK loom_k 8x32x1 12\n)", "%1%1")
    check.equal(count(hot_loop(inner).instructions, "vpaddw"), 2)
    local into = NESTED:gsub("\tjb\t.LBB0_2\n", ""):gsub("%.LBB0_2:[^\n]*\n", "")
    check.equal(hot_loop(into).macs, 8 * 128)
end)

case("all that can happen in a round happens", function()
    local text = [[
loom_k:
.LBB0_1:
	//APP
	// LOOM-MARK loom_k 4x160x1 3
	//NO_APP
	cbz	x2, .LBB0_3
	sdot	v0.4s, v1.16b, v2.16b
	b	.LBB0_4
.LBB0_3:
	ldr	q0, [x8, :lo12:.LCPI0_0]        // kept
	ldr	q1, [x8]
	ldr	q2, [x8]
.LBB0_4:
	subs	x4, x4, #1
	tbz	w3, #0, .LBB0_5
	b.ne	.LBB0_1
.LBB0_5:
	ret
]]
    local loop = hot_loop(text)
    check.equal(loop.macs, 4 * 160)
    check.equal(table.concat(loop.instructions, "; "), "cbz\tx2, .LBB0_3; "
        .. "ldr\tq0, [x8, :lo12:.LCPI0_0]; ldr\tq1, [x8]; ldr\tq2, [x8]; "
        .. "subs\tx4, x4, #1; tbz\tw3, #0, .LBB0_5; b.ne\t.LBB0_1")
end)

case("a loop that is not known says why", function()
    check.equal(hot_loop("loom_k:\n\tvpaddw\t%ymm0, %ymm0, %ymm0\n\tretq\n"), nil)
    local function reason(from, to)
        return hot_loop((NESTED:gsub(from, to))).reason
    end
    check.contains(reason("\tvpxor", "\tcallq\tmemset\n\tvpxor"), "calls a function")
    check.contains(reason("\t# LOOM%-MARK loom_k 8x32x1 12\n", ""), "a loop without a mark")
    check.contains(reason("8x32x1", "8x48x1"), "holds 2.67 rounds of another")
    check.contains(reason("8x32x1", "8x256x1"), "holds 0.50 rounds of another")
end)

-- What llvm-mca prints for a loop.
local SAID = [[
Iterations:        %d
Instructions:      400
Total Cycles:      %d
Total uOps:        %d

Dispatch Width:    4
uOps Per Cycle:    1.00
IPC:               1.00
Block RThroughput: 10.0


Resources:
[0]   - UnitA
[1.0] - UnitB
[1.1] - UnitB


Resource pressure per iteration:
[0]    [1.0]  [1.1]
 -     %s  4.00

Resource pressure by instruction:
[0]    [1.0]  [1.1]  Instructions:
 -     1.00    -     vpaddw	ymm0, ymm0, ymm0
]]

local function region(...)
    local reader = mca.reader()
    for text in SAID:format(...):gmatch("[^\n]*") do
        reader:add(text)
    end
    return reader.region
end

case("a round takes what the longer run takes more", function()
    local read = region(10, 120, 160, "9.80")
    check.equal(read.iterations, 10)
    check.equal(read.cycles, 120)
    check.equal(read.uops, 160)
    check.equal(read.width, 4)
    check.equal(#read.resources, 3)
    local result = mca.result(read, region(40, 420, 640, "9.80"))
    check.equal(result.cycles, 10)
    check.equal(result.limit.name, "UnitB")
    check.equal(result.limit.cycles, 9.8)
end)

case("what limits a loop", function()
    local function limit(uops, pressure)
        return mca.result(region(10, 120, 0, pressure), region(40, 420, uops, pressure)).limit.name
    end
    check.equal(limit(40 * 40, "9.80"), "dispatch, 4 operations a cycle")
    check.equal(limit(40 * 16, "9.40"), "waiting for results; fullest is UnitB")
end)

case("the same loop has the same text, wherever its labels are", function()
    local function text(number)
        return mca.region({ ("b.ne\t.LBB%d_2"):format(number), "nop" })
    end
    check.equal(text(1), "b.ne\t.L\nnop\n")
    check.equal(text(1), text(12))
end)

case("the build models once what is the same, and knows the programs' versions", function()
    local target = { triple = "aarch64", flags = { "-mtune=x" }, mca = "m" }
    local function build(version, runs)
        local text = loop_ninja.new("clang", version, "llvm-mca", "1")
        for _ = 1, runs do
            text:compile("p/a.c", target, { flags = { "-march=y" } }, "p/src")
            text:simulate("loops/1.s", target)
        end
        return text:text()
    end
    check.contains(build("2", 1), "build p/a.s: compile p/a.c\n"
        .. "  flags = --target=aarch64 -mtune=x -march=y -Ip/src\n")
    check.contains(build("2", 1), "build loops/1.s.m.12.txt: simulate loops/1.s\n"
        .. "  model = -mtriple=aarch64 -mcpu=m -iterations=12\n")
    check.equal(build("2", 1), build("2", 2))
    check.equal(build("2", 1) == build("3", 1), false)
end)

local KERNEL = "loom_gemv_w2g128_table__lut_pair_b1m1n1_avx2"

case("explain models a kernel, T-MAC's schedule beside it", function()
    local output = line.accepts("explain " .. KERNEL .. " --mca --target zen3",
        "32 rows x 128 codes x 1 tokens")
    local ours = tonumber(output:match("cycles, ([%d.]+) weights a cycle"))
    local theirs = tonumber(output:match("T%-MAC's schedule: ([%d.]+) weights a cycle"))
    check.equal(theirs > 5 and ours > 2 * theirs, true, output)
    check.contains(output, "limited by Zn3FP")
    line.accepts("explain loom_gemm_w3g64_exact__dot_panel_b2m2n8k512_avx512vbmi --mca "
        .. "--target zen4", "corrected by gen/cores/zen4.lua (llvm-mca's znver4: ")
end)

case("explain says what it needs to model a kernel", function()
    local explain = "explain " .. KERNEL .. " "
    line.refuses(explain .. "--target zen3", "--target zen3: belongs to --mca")
    line.refuses(explain .. "--mca", "--target is missing; with a model and avx2 there are: alder")
    line.refuses(explain .. "--mca --target native", "names no model of llvm-mca")
    line.refuses(explain .. "--mca --target zen9", "unknown target 'zen9'")
    line.refuses("explain loom_gemv_w2g128_table__lut_quad_b8m8n1_avx512vbmi --mca --target "
        .. "haswell", "has no avx512vbmi; with it and a model there are: icelake-server")
    line.refuses("explain loom_gemv_w2g128_table__lut_quad_b9m8n1_avx512vbmi --mca", "no such")
    line.refuses("explain loom_gemv_w2g128_exact__dot_plain_b1m1n1_c --mca --target zen3",
        "portable C")
    line.write("cc", "#!/bin/sh\necho cc 1.0\n")
    line.run({ "chmod", "+x", line.folder .. "/cc" })
    line.refuses(explain .. "--mca --target zen3", "loops are modelled as clang compiles them",
        { "CC=" .. line.folder .. "/cc" })
    local bin = line.folder .. "/bin"
    line.run({ "mkdir", bin })
    for _, name in ipairs({ "ls", "lua5.4", "mkdir", "rm", "uname" }) do
        line.run({ "sh", "-c", ('ln -s "$(command -v %s)" %s'):format(name, bin) })
    end
    line.refuses(explain .. "--mca --target zen3", "install the package llvm-19",
        { "PATH=" .. bin })
end)

line.close()
