-- lutloom tune --plot: draws what was measured against the model as an SVG, with gnuplot.
local check = require("base.fail").check
local fail = require("base.fail").fail
local files = require("base.files")
local gnuplot = require("plot.gnuplot")
local host = require("base.host")
local library_folder = require("library.folder")
local say = require("base.say")
local scatter = require("plot.scatter")
local tuning = require("choice.tuning")

local tune_plot = {}

local TEMPLATE = "gen/scatter.gnuplot.in"

-- Pixels, and panels side by side.
local PANEL_HEIGHT, PANEL_WIDTH, TITLE_HEIGHT, MOST_COLUMNS = 520, 520, 40, 3

-- The record of a library's tuning file; an error where it is not for the library.
local function read(path, folder, manifest)
    if not host.path_kind(path) then
        fail("%s: nothing was measured ('lutloom tune %s' does)", path, folder)
    end
    local record = check(tuning.parse(check(files.read(path)), path))
    local reason = tuning.mismatch(record, { kernels = manifest.hash })
    if reason then
        fail("%s: is not for %s: %s", path, folder, reason)
    end
    return record
end

-- Draws the tuning file of a library; DIR/tuning.svg where --plot names no file.
function tune_plot.run(args)
    gnuplot.need()
    local manifest, folder = library_folder.open(args.folder)
    local path = folder .. "/tuning.txt"
    local drawn, reason = scatter.of(read(path, folder, manifest), manifest.kernels,
        manifest.request.mode)
    if not drawn then
        fail("%s: %s", path, reason)
    end
    drawn.columns = math.min(#drawn.panels, MOST_COLUMNS)
    drawn.rows = (#drawn.panels + drawn.columns - 1) // drawn.columns
    drawn.width = PANEL_WIDTH * drawn.columns
    drawn.height = TITLE_HEIGHT + PANEL_HEIGHT * drawn.rows
    local plot = args.plot[1] or folder .. "/tuning.svg"
    gnuplot.draw(TEMPLATE, drawn, plot)
    say("%s: drawn from %s", plot, path)
end

return tune_plot
