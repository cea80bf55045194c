-- What Lua itself cannot do: folders, other programs, time, CPU features. The C host brings
-- these functions along; under a stock interpreter host_stock does the same through a shell.
local ok, native = pcall(require, "host_native")

return ok and native or require("base.host_stock")
