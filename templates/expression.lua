-- C expressions as one writes them by hand: nothing is added to 0 or multiplied by 1.

local expression = {}

-- The sum of the terms: plus("w", 0) is w, plus("g * 4", 2) is g * 4 + 2, plus("w", "-2 * v") is
-- w - 2 * v.
function expression.plus(...)
    local terms = {}
    for _, term in ipairs({ ... }) do
        if term ~= 0 and term ~= "0" then
            terms[#terms + 1] = math.type(term) == "float" and math.tointeger(term) or term
        end
    end
    return #terms > 0 and (table.concat(terms, " + "):gsub("%+ %-", "- ")) or "0"
end

-- The product of a number and an expression: times(3, "V_ROWS") is 3 * V_ROWS.
function expression.times(count, text)
    if count == 0 or count == 1 then
        return count == 0 and "0" or text
    elseif count == -1 then
        return "-" .. text
    end
    return ("%d * %s"):format(count, text)
end

-- A shift of `text` by the vocabulary's `shift`, such as v_shl_i32: by 0 it is the text.
function expression.shifted(shift, text, count)
    return count == 0 and text or ("%s(%s, %d)"):format(shift, text, count)
end

return expression
