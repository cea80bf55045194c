-- The code of a C text: what the hash of kernels is of.
local c_code = require("base.c_code")
local check = require("check")

local KERNEL = [[
/* y = w x, and "more" of it. */
void f(float *y, const int8_t *w) {
    for (size_t k = 0; k < 4; k += 2) { // don't
        acc = v_dot(acc, v_load(w + k), x - -1);
        MARK("f /* 2 */ 4x4");
    }
}
]]

local function case(name, test)
    check.case("c_code: " .. name, test)
end

-- The code of KERNEL with one text, which stands there, in place of another.
local function with(old, new)
    local first, last = KERNEL:find(old, 1, true)
    return c_code.of(KERNEL:sub(1, first - 1) .. new .. KERNEL:sub(last + 1))
end

case("is one line of tokens", function()
    check.equal(c_code.of(KERNEL), 'void f(float *y,const int8_t *w){for(size_t k = 0;k < 4;k += 2)'
        .. '{acc = v_dot(acc,v_load(w + k),x - -1);MARK("f /* 2 */ 4x4");}}')
    check.equal(c_code.of(""), "")
end)

case("comments, blank lines, indentation and breaks of lines change nothing", function()
    local code = c_code.of(KERNEL)
    check.equal(with('/* y = w x, and "more" of it. */\n', ""), code)
    check.equal(with("// don't", "/* it's a \"/* */"), code)
    check.equal(with("    }\n", "\n\n\t}\n"), code)
    check.equal(with("v_dot(acc, v_load", "v_dot(\n        acc,\n        v_load"), code)
    check.equal(with("size_t k", "size_t/**/k"), code)
    check.equal(with("k < 4", "k\n            < 4"), code)
    check.equal(c_code.of(KERNEL .. "// the end"), code)
end)

case("a changed token changes it", function()
    local code, seen = c_code.of(KERNEL), {}
    for _, change in ipairs({ { "k += 2", "k += 4" }, { "k += 2", "k -= 2" }, { "- -1", "--1" },
        { "- -1", "- 1" }, { "size_t k", "size_tk" }, { "acc = ", "acd = " }, { "x -", "x //" },
        { "f /* 2 */ 4x4", "f 4x4" }, { "f /* 2 */ 4x4", "f  /* 2 */ 4x4" }, { "\n}", "\n" },
        { ", x", "" }, { "}\n}", "};}" } }) do
        local changed = with(change[1], change[2])
        check.equal(changed ~= code and not seen[changed], true, change[2])
        seen[changed] = true
    end
end)

case("quotes and slashes in literals begin no others", function()
    check.equal(c_code.of([[a("\\" /* " */, '"' /* ' */, "\"//" , '\'' );]]),
        [[a("\\",'"',"\"//",'\'');]])
    check.equal(c_code.of("a / b / * c"), "a / b / * c")
end)

case("a directive ends with its line", function()
    check.equal(c_code.of("#define A  b \\\n  c // d\n  e\n  f"), "#define A b c\ne f")
    check.equal(c_code.of('#include "a.h"\n#include <b.h>\nc'), '#include"a.h"\n#include <b.h>\nc')
end)

