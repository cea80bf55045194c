-- Files of text in the place of those of the machine, for readers (gen/lua/source/disk.lua).
local text_disk = {}

local File = {}
File.__index = File

function File:read(at, bytes)
    return self.text:sub(at + 1, at + bytes)
end

function File:close()
    self.closed = true
end

-- A disk with the files of `texts`, path -> text.
function text_disk.new(texts)
    local disk = {}

    function disk.kind(path)
        if texts[path] then
            return "file"
        end
        local folder = path:gsub("/*$", "/")
        for other in pairs(texts) do
            if other:sub(1, #folder) == folder then
                return "folder"
            end
        end
        return nil
    end

    function disk.list(folder)
        local names = {}
        for path in pairs(texts) do
            if path:sub(1, #folder) == folder then
                names[#names + 1] = path:sub(#folder + 1)
            end
        end
        table.sort(names)
        return names
    end

    function disk.open(path)
        local text = texts[path]
        if not text then
            return nil, path .. ": No such file or directory"
        end
        return setmetatable({ path = path, size = #text, text = text }, File)
    end

    return disk
end

-- A disk with one file that is so large, of which there is only the beginning.
function text_disk.of_size(path, text, size)
    local disk = text_disk.new({ [path] = text })
    local open = disk.open
    function disk.open(name)
        local file, reason = open(name)
        if file then
            file.size = size
        end
        return file, reason
    end
    return disk
end

return text_disk
