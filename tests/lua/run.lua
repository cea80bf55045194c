-- Runs the Lua tests: lua5.4 tests/lua/run.lua [NAME...], from the source tree's root.
local ROOT = arg[0]:match("^(.*)/tests/lua/[^/]*$") or "."
package.path = table.concat({ ROOT .. "/gen/lua/?.lua", ROOT .. "/templates/?.lua",
    ROOT .. "/tests/lua/?.lua", package.path }, ";")

local check = require("check")

local SUITES = {
    "modules_test", "c_code_test", "template_test", "methods_test", "format_test", "model_test",
    "isa_test",
    "target_test", "tuning_test", "selection_test", "shortlist_test", "files_test", "name_test",
    "generate_test", "suite_test", "chart_test", "cli_test", "explain_test", "tune_command_test",
    "tune_plot_test", "bench_test", "veclut_test", "bounds_test", "mca_test", "correction_test",
    "json_test", "stop_test", "killed_test", "rows_test", "luck_test",
}

check.root = ROOT
for _, suite in ipairs(#arg > 0 and { table.unpack(arg) } or SUITES) do
    require(suite)
end
print(("%d passed, %d failed"):format(check.passed, check.failed))
os.exit(check.failed == 0 and check.passed > 0)
