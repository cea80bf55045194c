-- HQQ (HQQLinear.state_dict of dropbox/hqq 0.2.8): a module's W_q, scale and zero, and what else it
-- knows, as tensors too. The matrix is reshaped: with axis 1 to rows of `group_size` weights, each
-- of which has a scale; with axis 0 to as many rows, and each column has one. Rows of that are
-- packed: the highest bits of an element are codes of the first rows, the next ones of the rows
-- after those. A weight is (code - zero) * scale in fp32, where zero need not be whole.
local elements = require("source.elements")
local granularity = require("source.granularity")
local number = require("source.number")
local roles = require("source.roles")
local wrong = require("source.wrong")

local hqq = {}

-- What `packing` says: bits of a code, and codes and bytes of an element.
local PACKINGS = {
    ["8bit_u8"] = { bits = 8, codes = 1, bytes = 1 },
    ["4bit_u8"] = { bits = 4, codes = 2, bytes = 1 },
    ["3bit_32"] = { bits = 3, codes = 10, bytes = 4 },
    ["2bit_u8"] = { bits = 2, codes = 4, bytes = 1 },
    ["1bit_u8"] = { bits = 1, codes = 8, bytes = 1 },
}

-- The bits of codes, by `nbits` as a whole number of hundredths: 1.58 is fp32.
local BITS = { [100] = 1, [158] = 2, [200] = 2, [300] = 3, [400] = 4, [500] = 5, [600] = 6,
    [800] = 8 }

-- The codes of columns [first, first + count) in one row of the reshaped matrix.
local function read_codes(matrix, row, first, count)
    local shape = matrix.reshaped
    local bytes, bits = shape.packing.bytes, shape.packing.bits
    local at = (row % shape.packed_rows * shape.columns + first) * bytes
    local text = matrix.model:read(matrix.parts.codes, at, count * bytes)
    local shift = (shape.packing.codes - 1 - row // shape.packed_rows) * bits
    local codes = {}
    for index = 1, count do
        local word = ("<I" .. bytes):unpack(text, (index - 1) * bytes + 1)
        codes[index] = word >> shift & (1 << bits) - 1
    end
    return codes
end

-- Scales or zeros of these weights: one, or with axis 0 one each.
local function read_of(matrix, part, row, first, count)
    if matrix.numbers.axis == 1 then
        return elements.read(matrix.model, matrix.parts[part], row, 1)
    end
    return elements.read(matrix.model, matrix.parts[part], first, count)
end

local function dequantize(matrix, row)
    local columns, weights = matrix.reshaped.columns, {}
    local at, stop = row * matrix.k, row * matrix.k + matrix.k
    while at < stop do
        local of, first = at // columns, at % columns
        local count = math.min(columns - first, stop - at)
        local scales = read_of(matrix, "scales", of, first, count)
        local zeros = read_of(matrix, "zeros", of, first, count)
        for index, code in ipairs(read_codes(matrix, of, first, count)) do
            local scale, zero = scales[index] or scales[1], zeros[index] or zeros[1]
            weights[#weights + 1] = number.f32(number.f32(code - zero) * scale)
        end
        at = at + count
    end
    return weights
end

-- ---- What a module's tensors say ---------------------------------------------------------------

local SCALAR = { U8 = true, I32 = true, I64 = true, F32 = true }

local function read_scalar(model, name, codes)
    local tensor = elements.find(model, name, 1, SCALAR, codes)
    return elements.read(model, tensor, 0, 1)[1]
end

-- Rows and columns.
local function read_shape(model, name, codes)
    local tensor = elements.find(model, name .. ".shape", 2, { I64 = true }, codes)
    local shape = elements.read(model, tensor, 0, 2)
    if shape[1] < 1 or shape[2] < 1 or shape[1] > 1 << 31 or shape[2] > 1 << 31 then
        wrong(model, tensor, "says %d x %d, which is no matrix", shape[1], shape[2])
    end
    return shape[1], shape[2]
end

local function read_packing(model, name, codes)
    local tensor = model.by_name[name .. ".packing"]
    local packing = tensor and PACKINGS[model:read(tensor, 0, math.min(tensor.bytes, 8))]
    if not packing then
        wrong(model, tensor or codes, "does not say a packing that is known: 8bit_u8, 4bit_u8, "
            .. "3bit_32, 2bit_u8 or 1bit_u8")
    end
    return packing
end

local function read_bits(model, name, codes, packing)
    local hundredths = math.floor(read_scalar(model, name .. ".nbits", codes) * 100 + 0.5)
    local bits = BITS[hundredths]
    if not bits or bits > packing.bits then
        wrong(model, model.by_name[name .. ".nbits"], "says %.2f bits, which its packing has not",
            hundredths / 100)
    end
    return bits, ("HQQ %s-bit"):format(hundredths == 158 and "1.58" or bits)
end

-- How the matrix is reshaped: columns, and rows of W_q's elements. 3 bits are padded to whole ones.
local function reshape(model, codes, weights, group, axis, packing)
    if weights % group ~= 0 then
        wrong(model, codes, "has %d weights, which are no groups of %d", weights, group)
    end
    local rows = axis == 1 and weights // group or group
    local columns = weights // rows
    local packed_rows = -(-rows // packing.codes)
    local bytes = packed_rows * columns * packing.bytes
    if codes.bytes ~= bytes or packing.bits ~= 3 and rows % packing.codes ~= 0 then
        wrong(model, codes, "has %d bytes; %d rows of %d codes of %d bits are %d", codes.bytes,
            rows, columns, packing.bits, bytes)
    end
    return { columns = columns, packed_rows = packed_rows, packing = packing }
end

-- The format, or nil and why. Since w1 has no offsets, 1 bit is held as 2.
--
-- `m` with fp32 holds code * scale - zero * scale: products of two numbers of 16 bits are fp32
-- numbers. So the sum is that of the file, rounded once. HQQ rounds code - zero first, which only
-- changes a zero that is not 0 and below 2^(bits - 14).
local function format_of(scales, bits, group, axis, k)
    if axis == 0 then
        return nil, "groups that run down the columns (axis 0) are none of a row"
    elseif scales.type == "F32" then
        return nil, "products of fp32 scales and zeros are no fp32 numbers"
    end
    local size, why = granularity.of(group, k)
    return size and ("w%d%smf32"):format(math.max(bits, 2), size), why
end

-- What else a module says of itself, which makes no difference here.
local REMARKS = { "channel_wise", "compute_dtype", "encoded_state_dict", "offload_meta", "optimize",
    "quant_scale", "quant_zero", "round_zero", "stores_quant_config", "unpack_view_dtype",
    "view_as_float", "shape", "packing", "nbits", "axis", "group_size" }

local function tensors_beside(model, name)
    local tensors = {}
    for _, word in ipairs(REMARKS) do
        tensors[#tensors + 1] = model.by_name[name .. "." .. word]
    end
    return tensors
end

local function module_of(model, name, codes)
    local m, k = read_shape(model, name, codes)
    local packing = read_packing(model, name, codes)
    local bits, kind = read_bits(model, name, codes, packing)
    local axis = read_scalar(model, name .. ".axis", codes)
    local group = math.tointeger(read_scalar(model, name .. ".group_size", codes))
    if axis ~= 0 and axis ~= 1 or not group or group < 1 then
        wrong(model, codes, "has axis %s and groups of %s; right is axis 0 or 1", axis, group)
    end
    local reshaped = reshape(model, codes, m * k, group, axis, packing)
    local scales = elements.find_floats(model, name .. ".scale", m * k // group, codes)
    local zeros = elements.find_like(model, name .. ".zero", scales, codes)
    local format, why = format_of(scales, bits, group, axis, k)
    return { name = name, role = roles.of(name), m = m, k = k, count = 1, kind = kind,
        format = format, why = why, codec = format and "hqq",
        numbers = { bits = packing.bits, group = group, axis = axis,
            floats = elements.floats_number(scales) },
        parts = { codes = codes, scales = scales, zeros = zeros },
        beside = tensors_beside(model, name), reshaped = reshaped, dequantize = dequantize }
end

-- The matrices of a model, or nil where HQQ has not written it.
function hqq.find(model)
    local matrices = {}
    for _, tensor in ipairs(model.tensors) do
        local name = tensor.name:match("^(.*)%.W_q$")
        if name then
            matrices[#matrices + 1] = module_of(model, name, tensor)
        end
    end
    return matrices[1] and matrices or nil
end

return hqq
