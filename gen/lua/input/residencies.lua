-- Residencies: where the weights of a measurement are when a kernel starts.
local residencies = {}

-- As they stand in a tuning file, in the order of the runtime's enum loom_residency.
residencies.list = { "cache", "dram" }

-- As text names them: "weights in DRAM".
residencies.text = { cache = "cache", dram = "DRAM" }

return residencies
