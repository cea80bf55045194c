-- The files of this machine, as readers take them. Tests have the same of texts: a reader gets one
-- of both as `disk`.
--     kind(path)    "file", "folder", "other" or nil
--     list(path)    the sorted names in a folder, or nil and a message
--     open(path)    a file { path =, size = in bytes }, or nil and a message
--     file:read(at, bytes)    so many bytes from that one on, the first is 0; fewer where the file
--                             ends; or nil and a message
--     file:close()  it may be read again; then it is opened again
local host = require("base.host")

local disk = {}

disk.kind = host.path_kind

function disk.list(path)
    local names, reason = host.list_dir(path)
    if names then
        table.sort(names)
    end
    return names, reason
end

local File = {}
File.__index = File

function File:handle()
    local reason
    if not self.opened then
        self.opened, reason = io.open(self.path, "rb")
    end
    return self.opened, reason
end

function File:read(at, bytes)
    local handle, reason = self:handle()
    local ok = handle
    if ok then
        ok, reason = handle:seek("set", at)
    end
    local text
    if ok then
        text, reason = handle:read(bytes)
    end
    if reason then
        return nil, ("%s: %s"):format(self.path, reason:gsub("^.*: ", ""))
    end
    return text or ""
end

function File:close()
    if self.opened then
        self.opened:close()
        self.opened = nil
    end
end

function disk.open(path)
    local kind = disk.kind(path)
    if kind == "folder" or kind == "other" then
        return nil, ("%s: is no regular file"):format(path)
    end
    local file = setmetatable({ path = path }, File)
    local handle, reason = file:handle()
    if handle then
        file.size, reason = handle:seek("end")
    end
    return file.size and file, reason
end

return disk
