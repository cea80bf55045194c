local check = require("check")
local files = require("base.files")
local host = require("base.host")

local function in_folder(run)
    local folder = os.tmpname()
    os.remove(folder)
    assert(host.make_dir(folder))
    local ok, reason = pcall(run, folder)
    host.run({ "rm", "-r", folder })
    if not ok then
        error(reason, 0)
    end
end

local function content(folder)
    local names = host.list_dir(folder)
    table.sort(names)
    return table.concat(names, " ")
end

check.case("files: only what changes is written", function()
    in_folder(function(folder)
        local texts = { [folder .. "/a/b/x"] = "1\n", [folder .. "/y"] = "2\n" }
        check.equal(files.write_all(texts), 2)
        check.equal(files.read(folder .. "/a/b/x"), "1\n")
        check.equal(files.write_all(texts), 0)
        texts[folder .. "/y"] = "3\n"
        check.equal(files.write_all(texts), 1)
        check.equal(files.read(folder .. "/y"), "3\n")
    end)
end)

check.case("files: after a failure nothing has changed", function()
    in_folder(function(folder)
        assert(files.write(folder .. "/y", "old\n"))
        local result, reason = files.write_all({
            [folder .. "/a/x"] = "1\n",
            [folder .. "/y"] = "new\n",
            [folder .. "/z" .. ("z"):rep(300)] = "2\n",
        })
        check.refused("zzz: File name too long", result, reason)
        check.equal(content(folder), "y")
        check.equal(files.read(folder .. "/y"), "old\n")
    end)
end)

check.case("files: a file in a folder's place is named", function()
    in_folder(function(folder)
        assert(files.write(folder .. "/y", "old\n"))
        check.refused("/y: is a file, not a folder",
            files.write_all({ [folder .. "/y/x"] = "1\n" }))
        check.refused(folder .. ": is a folder, not a file", files.write(folder, "1\n"))
    end)
end)

check.case("files: the frame is staged first and renamed last", function()
    in_folder(function(folder)
        local rename, order = os.rename, {}
        rawset(os, "rename", function(from, to)
            check.equal(files.read(files.temporary(folder .. "/m")), "1\n")
            order[#order + 1] = to:match("[^/]+$")
            return rename(from, to)
        end)
        local count = files.write_all({ [folder .. "/m"] = "1\n", [folder .. "/a"] = "2\n",
            [folder .. "/z"] = "3\n" }, folder .. "/m")
        rawset(os, "rename", rename)
        check.equal(count, 3)
        check.equal(order[3], "m")
    end)
end)

-- What write_all does to the disk, in its order: "sync a.lutloom-new", "rename a", ...
local function disk_order(texts, frame)
    local order = {}
    local sync, rename = host.sync, os.rename
    rawset(host, "sync", function(paths)
        local names = {}
        for index, path in ipairs(paths) do
            names[index] = path:match("[^/]+$")
        end
        order[#order + 1] = "sync " .. table.concat(names, " ")
        return true
    end)
    rawset(os, "rename", function(from, to)
        order[#order + 1] = "rename " .. to:match("[^/]+$")
        return rename(from, to)
    end)
    local count, reason = files.write_all(texts, frame)
    rawset(host, "sync", sync)
    rawset(os, "rename", rename)
    assert(count, reason)
    return table.concat(order, ", ")
end

check.case("files: a power cut finds the frame's temporary file, or the set on the disk", function()
    in_folder(function(folder)
        local home = folder:match("[^/]+$")
        local texts = { [folder .. "/m"] = "1\n", [folder .. "/s/a"] = "2\n" }
        check.equal(disk_order(texts, folder .. "/m"), ("sync m.lutloom-new %s, "
            .. "sync a.lutloom-new, rename a, sync s, rename m, sync %s"):format(home, home))
        check.equal(disk_order(texts, folder .. "/m"), "")
        texts[folder .. "/m"] = "3\n"
        check.equal(disk_order(texts), "rename m")
    end)
end)

check.case("files: a set that could not be written whole stays marked", function()
    in_folder(function(folder)
        assert(files.write_all({ [folder .. "/m"] = "1\n", [folder .. "/a"] = "1\n" },
            folder .. "/m"))
        assert(io.open(files.temporary(folder .. "/m"), "w")):close()
        local count, reason = files.write_all({ [folder .. "/m"] = "2\n", [folder .. "/a"] = "2\n",
            [folder .. "/z" .. ("z"):rep(300)] = "2\n" }, folder .. "/m")
        check.refused("zzz: File name too long", count, reason)
        check.equal(content(folder), "a m m.lutloom-new")
        check.equal(files.write_all({ [folder .. "/m"] = "1\n", [folder .. "/a"] = "1\n" },
            folder .. "/m"), 0)
        check.equal(content(folder), "a m")
    end)
end)

check.case("files: a failure to rename names the file", function()
    in_folder(function(folder)
        local rename = os.rename
        rawset(os, "rename", function()
            return nil, "No such file or directory"
        end)
        local result, reason = files.write(folder .. "/x", "1\n")
        rawset(os, "rename", rename)
        check.refused(folder .. "/x: No such file", result, reason)
        check.equal(content(folder), "")
    end)
end)

-- Stops write_all, of two files in a folder, at the second call of a function of io or os, as a
-- signal does; what stands in the folder then.
local function content_when_stopped(library, name)
    local left
    in_folder(function(folder)
        local original, calls = library[name], 0
        rawset(library, name, function(from, ...)
            if from:find("lutloom-new", 1, true) then
                calls = calls + 1
            end
            return calls < 2 and original(from, ...) or error("stopped")
        end)
        local ok = pcall(files.write_all, { [folder .. "/m"] = "1\n", [folder .. "/a"] = "2\n" },
            folder .. "/m")
        rawset(library, name, original)
        check.equal(ok, false)
        left = content(folder)
    end)
    return left
end

check.case("files: what is stopped leaves nothing, or the frame's temporary file", function()
    check.equal(content_when_stopped(io, "open"), "")
    check.equal(content_when_stopped(os, "rename"), "a m.lutloom-new")
end)

check.case("files: a full disk is an error", function()
    local result, reason = files.write_all({ ["/dev/full/x"] = "1" })
    check.refused("/dev/full", result, reason)
end)

check.case("files: reading what is not there names it", function()
    check.refused("/nonexistent/x: ", files.read("/nonexistent/x"))
end)
