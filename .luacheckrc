std = "lua54"
max_line_length = 100
codes = true
-- A lock stands in a <close> variable, for what its end does.
ignore = { "211/lock" }
