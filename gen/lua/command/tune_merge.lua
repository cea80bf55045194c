-- lutloom tune --merge: makes one tuning file of several.
local check = require("base.fail").check
local fail = require("base.fail").fail
local files = require("base.files")
local tuning = require("choice.tuning")
local tuning_file = require("choice.tuning_file")

local tune_merge = {}

-- The results of all files; the header has to be the same.
local function merge(paths)
    local record = tuning_file.read(paths[1])
    for index = 2, #paths do
        local other = tuning_file.read(paths[index])
        local field = tuning.difference(record, other)
        if field then
            fail("%s and %s do not go together: %s is '%s' in the one, '%s' in the other", paths[1],
                paths[index], field, record[field], other[field])
        end
        tuning.append(record, other)
    end
    return record
end

function tune_merge.run(args)
    if args.folder then
        fail("--merge: %s has no place beside it; --out names the file for the result",
            args.folder)
    end
    local text = tuning.text(merge(args.merge))
    if args.out then
        check(files.write(args.out, text))
    else
        check(io.stdout:write(text))
    end
end

return tune_merge
