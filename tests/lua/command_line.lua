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

local function make_folder()
    local folder = os.tmpname()
    os.remove(folder)
    assert(host.make_dir(folder))
    return folder
end

-- Functions that work in a folder, and the folder; close() removes what is in it.
local function in_folder(folder)
    local self = { run = run, folder = folder,
        program = HOST and { HOST } or { "lua5.4", check.root .. "/gen/lua/main.lua" } }

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

    return self
end

-- In a new folder.
function command_line.new()
    local self = in_folder(make_folder())

    function self.close()
        host.run({ "rm", "-r", self.folder })
    end
    return self
end

local shared

-- In a folder of all suites that build: @/library stays there from one to the next, as it was
-- generated and compiled, so that what libraries have in common is compiled once.
function command_line.with_library()
    shared = shared or make_folder()
    local self = in_folder(shared)

    function self.close()
        host.run({ "sh", "-c", [[cd "$1" && rm -f library/tuning.txt library/sweep &&
            find . -mindepth 1 -maxdepth 1 ! -name library -exec rm -r {} +]], "sh", shared })
    end
    return self
end

-- When no suite comes any more.
function command_line.remove_library()
    if shared then
        host.run({ "rm", "-r", shared })
    end
end

return command_line
