-- Runs a library's loom-pack, which is compiled when it is first asked for.
local check = require("base.fail").check
local compile = require("build.compile")
local host = require("base.host")

local loom_pack = {}

-- Runs it with these words; its output is ours. Returns its exit code.
function loom_pack.run(folder, manifest, words)
    local argv = { compile.without_verifying(folder, manifest, {}, "loom-pack") .. "/loom-pack" }
    return check(host.run(table.move(words, 1, #words, #argv + 1, argv)))
end

return loom_pack
