-- Running lutloom as a user does. LUTLOOM names the host; without it the stock interpreter runs the
-- same scripts.
local check = require("check")
local files = require("base.files")
local host = require("base.host")

local command_line = {}

local HOST = os.getenv("LUTLOOM")

-- Runs a program with the words of all lists: its exit code and output.
local function run(...)
    local argv, lines = {}, {}
    for _, words in ipairs({ ... }) do
        table.move(words, 1, #words, #argv + 1, argv)
    end
    local code = assert(host.run(argv, function(line)
        lines[#lines + 1] = line
    end))
    return code, table.concat(lines, "\n")
end

-- Functions that work in a new folder, and the folder; close() removes it.
function command_line.new()
    local self = { run = run, folder = os.tmpname(),
        program = HOST and { HOST } or { "lua5.4", check.root .. "/gen/lua/main.lua" } }
    os.remove(self.folder)
    assert(host.make_dir(self.folder))

    -- The words of a text; @ stands for the folder.
    function self.split(text)
        local words = {}
        for word in text:gmatch("%S+") do
            words[#words + 1] = (word:gsub("@", self.folder))
        end
        return words
    end

    -- Runs a command line, with more variables in its environment: its exit code and output.
    function self.lutloom(words, variables)
        return run({ "env" }, variables or {}, self.program, self.split(words))
    end

    function self.write(name, text)
        assert(files.write(self.folder .. "/" .. name, text))
    end

    -- The command succeeds and says `part`.
    function self.accepts(words, part)
        local code, output = self.lutloom(words)
        check.equal(code, 0, output)
        check.contains(output, part)
        return output
    end

    -- The command fails with one line that has `part`.
    function self.refuses(words, part, variables)
        local code, output = self.lutloom(words, variables)
        check.equal(code, 1, output)
        check.equal(output:sub(1, 9), "lutloom: ", output)
        check.absent(output, "\n")
        check.contains(output, part)
    end

    function self.close()
        host.run({ "rm", "-r", self.folder })
    end
    return self
end

return command_line
