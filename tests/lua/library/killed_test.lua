-- Generations that are killed, at every step, one after another: what the next one makes of it.
local check = require("check")
local files = require("base.files")
local host = require("base.host")
local library_folder = require("library.folder")
local manifest = require("library.manifest")

local function case(name, test)
    check.case("killed: " .. name, test)
end

-- The texts of a library with these files, all of a content.
local function library(name, paths)
    local texts = {}
    for _, path in ipairs(paths) do
        texts[path] = name .. "\n"
    end
    local none = { models = {}, model_names = {}, formats = {}, targets = {}, flags = {},
        isas = {} }
    texts["manifest.json"] = manifest.text({ version = "1", command = name, request = none,
        problems = {}, hash = "0", kernels = {}, chosen = {} }, texts)
    return texts
end

local A = library("A", { "src/both.c", "src/a.c" })
local B = library("B", { "src/both.c", "src/b.c", "candidates/b.c" })
local C = library("C", { "src/both.c", "src/c.c" })

-- ---- Steps: what changes the disk. A killed process is a coroutine that is never resumed. -------

local steps, last_step

local function step()
    steps = steps + 1
    if steps == last_step then
        coroutine.yield()
    end
end

local function kind_of(path)
    local file = io.open(path)
    if not file then
        return nil
    end
    local _, _, code = file:read(0)
    file:close()
    return code and "folder" or "file"
end

-- name of the module -> functions in place of its own; those of a stock host would take their time.
local original = { open = io.open, rename = os.rename, remove = os.remove }
local REPLACED = {
    { io, "open", function(path, mode)
        if not (mode or "r"):find("w") then
            return original.open(path, mode)
        end
        step()
        local file, reason = original.open(path, mode)
        step() -- what is written has not reached it
        return file, reason
    end },
    { os, "rename", function(...)
        step()
        return original.rename(...)
    end },
    { os, "remove", function(path)
        step()
        return original.remove(path)
    end },
    { host, "sync", function()
        step()
        return true
    end },
    { host, "path_kind", kind_of },
    { host, "read_file", function(path)
        local file, reason = original.open(path, "rb")
        local text = file and file:read("a")
        if file then
            file:close()
        end
        return text, reason
    end },
    { host, "lock_folder", function()
        return true
    end },
    { host, "unlock_folder", function() end },
}

local function with_steps(run)
    local before = {}
    for index, entry in ipairs(REPLACED) do
        before[index] = entry[1][entry[2]]
        rawset(entry[1], entry[2], entry[3])
    end
    local ok, reason = pcall(run)
    for index, entry in ipairs(REPLACED) do
        rawset(entry[1], entry[2], before[index])
    end
    if not ok then
        error(reason, 0)
    end
end

-- ---- Folders --------------------------------------------------------------------------------

local folder = os.tmpname()
os.remove(folder)

-- Generates a library and is killed at a step; whether it came to its end before.
local function generate(texts, at)
    steps, last_step = 0, at
    local process = coroutine.create(function()
        local old = library_folder.claim(folder)
        library_folder.write(folder, texts, old)
    end)
    assert(coroutine.resume(process))
    return coroutine.status(process) == "dead"
end

-- Whether the folder has these files and no others, with their texts.
local function holds(texts)
    local count, pipe = 0, assert(io.popen("find " .. folder .. " ! -type d -o -empty"))
    for path in pipe:lines() do
        count = count + 1
        if files.read(path) ~= texts[path:sub(#folder + 2)] then
            return false
        end
    end
    pipe:close()
    for _ in pairs(texts) do
        count = count - 1
    end
    return count == 0
end

-- What is killed is refused, or is what there was, or what there was to be.
local function is_told(...)
    if kind_of(files.temporary(folder .. "/manifest.json")) then
        return true
    end
    for _, texts in ipairs({ ... }) do
        if holds(texts) then
            return true
        end
    end
    return false
end

local function mends(texts, ...)
    check.equal(generate(texts), true, "the generation afterwards")
    if not holds(texts) then
        error("is not mended after " .. table.concat({ ... }, " and "), 0)
    end
end

case("any generation mends what another has left, whenever it was killed", function()
    with_steps(function()
        generate(A)
        local at = 1
        while not generate(B, at) do
            check.equal(is_told(A, B), true, "told at step " .. at)
            mends(A, at)
            generate(B, at)
            mends(B, at)
            generate(A)
            at = at + 1
        end
        check.equal(at > 15, true, "steps")
    end)
end)

case("so it does where the one after it was killed too", function()
    with_steps(function()
        generate(A)
        local first = 1
        while not generate(B, first) do
            local second = 1 + first % 3 -- a third of all pairs is enough
            while not generate(C, second) do
                mends(A, first, second)
                generate(B, first)
                second = second + 3
            end
            generate(A)
            first = first + 1
        end
        check.equal(first > 15, true, "steps")
    end)
end)

case("the first one into a folder may be killed as well", function()
    with_steps(function()
        host.run({ "rm", "-r", folder })
        local at = 1
        while not generate(B, at) do
            mends(A, at)
            host.run({ "rm", "-r", folder })
            at = at + 1
        end
    end)
end)

host.run({ "rm", "-rf", folder })
