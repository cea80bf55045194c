-- Variables of the templates that prepare activations.

-- By form: the levels and the top of loom_act_scale, what `bias` entries are stored plus, the
-- activations of a unit (loom_act_unit_k), and of how many magnitudes the range is a sum.
local FORMS = {
    i8 = { levels = 127, top = 127, bias = 0, unit_k = 4, sums_of = 1,
        summary = "Activations to int8." },
    i8s = { levels = 127, top = 127, bias = 0, unit_k = 4, sums_of = 1, sub_sums = "whole",
        summary = "Activations to int8, with a sum for each sub-block." },
    i8m = { levels = 127, top = 127, bias = 0, unit_k = 4, sums_of = 1, sub_sums = "split",
        summary = "Activations to int8, with sums of sub-blocks in two parts." },
    lut8 = { levels = 254, top = 32512, bias = 128, unit_k = 32, sums_of = 4,
        summary = "Activations to tables of 8-bit sums." },
    lut7 = { levels = 126, top = 16128, bias = 64, unit_k = 32, sums_of = 4,
        summary = "Activations to tables of 7-bit sums." },
    lut16 = { levels = 127, top = 127, bias = 512, unit_k = 32, sums_of = 1,
        summary = "Activations to int8, then to tables of their exact sums in two bytes." },
    sign16 = { levels = 127, top = 127, bias = 0, unit_k = 24, sums_of = 1,
        summary = "Activations to int8, then to tables of sums of 3 with signs, in two bytes." },
    sign8 = { levels = 127, top = 32512, bias = 0, unit_k = 24, sums_of = 3,
        summary = "Activations to tables of 8-bit sums of 3 with signs." },
}

local RANGE_NOTES = {
    [1] = "the largest magnitude, amax",
    [3] = "the largest sum of 3 magnitudes, m3",
    [4] = "the largest sum of 4 magnitudes, m4",
}

-- The variables of the template that prepares activations to the form `act` for an ISA.
return function(act, isa)
    local form = FORMS[act]
    local kind = isa.name == "c" and "plain" or "vector"
    return {
        name = ("loom_prepare_%s__%s_%s"):format(act, kind, isa.name),
        act = act,
        kind = kind,
        levels = form.levels,
        top = form.top,
        bias = form.bias,
        unit_k = form.unit_k,
        sums_of = form.sums_of,
        range_note = RANGE_NOTES[form.sums_of],
        sub_sums = form.sub_sums or false,
        is_int8 = form.unit_k == 4,
        rounds = form.top > form.levels,
        summary = form.summary,
    }
end
