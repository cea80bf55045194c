-- bitsandbytes: what fixtures do not hold.
local check = require("check")
local made_up = require("made_up").new()

local pack = made_up.pack

local function case(name, test)
    check.case("bitsandbytes: " .. name, test)
end

local NUMBERS = { -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7 }
local PLAIN = '{"quant_type": "nf4", "blocksize": 4, "shape": [3, 5]}'
local NESTED = '{"quant_type": "nf4", "blocksize": 4, "shape": [3, 5], "nested_blocksize": 2, '
    .. '"nested_offset": 0.5}'

-- 3 x 5 weights, in groups of 4: they run over the ends of rows, and half a byte is left.
local function module(state, absmax)
    return {
        { "a.weight.absmax", table.unpack(absmax
            or { "F32", { 4 }, pack("f", { 1, 10, 100, 1000 }) }) },
        { "a.weight.quant_map", "F32", { 16 }, pack("f", NUMBERS) },
        { "a.weight", "U8", { 8, 1 },
            pack("B", { 0x9A, 0xBC, 0xDE, 0xF8, 0x9A, 0xBC, 0xDE, 0xF0 }) },
        { "a.weight.quant_state.bitsandbytes__nf4", "U8", { #state }, state },
    }
end

local function nested()
    local tensors = module(NESTED, { "U8", { 4 }, pack("B", { 0, 1, 2, 3 }) })
    local map = {}
    for index = 1, 256 do
        map[index] = index - 1
    end
    tensors[#tensors + 1] = { "a.weight.nested_absmax", "F32", { 2 }, pack("f", { 2, 4 }) }
    tensors[#tensors + 1] = { "a.weight.nested_quant_map", "F32", { 256 }, pack("f", map) }
    return tensors
end

case("groups run over the ends of rows", function()
    local matrix = made_up.safetensors(module(PLAIN), {})[1]
    check.equal(matrix.name, "a")
    check.equal(matrix.format, nil)
    check.equal(matrix.why, "the numbers of NF4 are no small integers times a scale")
    check.equal(table.concat(matrix:dequantize(0), " "), "1.0 2.0 3.0 4.0 50.0")
    check.equal(table.concat(matrix:dequantize(1), " "), "60.0 70.0 0.0 100.0 200.0")
    check.equal(table.concat(matrix:dequantize(2), " "), "300.0 400.0 5000.0 6000.0 7000.0")
end)

case("scales that were quantised again have scales and an offset", function()
    local matrix = made_up.safetensors(nested(), {})[1]
    check.equal(table.concat(matrix:dequantize(0), " "), "0.5 1.0 1.5 2.0 12.5")
    check.equal(table.concat(matrix:dequantize(2), " "), "25.5 34.0 62.5 75.0 87.5")
end)

case("int8 is named alone", function()
    local matrix = made_up.safetensors({ { "a.weight", "I8", { 2, 4 }, ("x"):rep(8) },
        { "a.SCB", "F32", { 2 }, ("x"):rep(8) } }, {})[1]
    check.equal(matrix.kind, "bitsandbytes int8")
    check.equal(matrix.format, nil)
    made_up.refuses("a: LLM.int8 keeps some columns", matrix.dequantize, matrix, 0)
    made_up.refuses("a.SCB has no a.weight of I8", made_up.safetensors,
        { { "a.SCB", "F32", { 2 }, ("x"):rep(8) } }, {})
end)

case("what does not fit is refused", function()
    local function refuses(part, tensors)
        made_up.refuses(part, made_up.safetensors, tensors, {})
    end
    refuses("is not the JSON of bitsandbytes", module("{"))
    refuses("says no shape of two dimensions, or no blocksize", module('{"shape": [3, 5]}'))
    refuses("says no shape of two dimensions", module('{"shape": [15], "blocksize": 4}'))
    refuses("a.weight has 8 bytes; 4 bits for 3 x 4 weights are 6",
        module('{"blocksize": 4, "shape": [3, 4]}'))
    refuses("a.weight.absmax has 4 elements; a.weight needs 3",
        module('{"blocksize": 5, "shape": [3, 5]}'))
    refuses("a.weight has no nested_blocksize and nested_offset",
        module('{"blocksize": 4, "shape": [3, 5], "nested_blocksize": 2}'))
    refuses("a.weight has no a.weight.nested_quant_map beside it", module(NESTED))
    refuses("a.weight.absmax has the type F32", (function()
        local tensors = nested()
        tensors[1] = module(PLAIN)[1]
        return tensors
    end)())
    refuses("has no a.weight beside it", { module(PLAIN)[4] })
end)

made_up.close()
