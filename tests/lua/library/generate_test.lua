-- What is generated: the texts of whole libraries, without a compiler.
local check = require("check")
local emit = require("library.emit")
local library_record = require("library.record")
local home = require("base.home")
local json = require("base.json")
local manifest = require("library.manifest")
local names = require("library.names")

home.path = check.root

local MODEL = {
    name = "tiny",
    layers = { { role = "q", m = 64, k = 128 }, { role = "v", m = 3, k = 100, format = "w4g32" } },
}

local function request(more)
    local fields = {
        models = { MODEL }, model_names = { "tiny.lua" }, formats = { "w2g128", "w2g128arow", "t" },
        mode = "fastest", targets = { "haswell" }, arch = "x86_64", triple = "x86_64-linux-gnu",
        flags = {}, isas = { "c", "avx2" },
    }
    for key, value in pairs(more or {}) do
        fields[key] = value
    end
    return fields
end

local function make(more, tuned)
    local record = assert(library_record.of(request(more), tuned or {}, "9.9"))
    return assert(emit.files(record, home.sources())), record
end

-- The library of request() as it is, which most cases look at: made once.
local usual_texts, usual_record = make()
local function usual()
    return usual_texts, usual_record
end

-- How many files in `folder` define the function.
local function definitions(texts, folder, name)
    local count = 0
    for path, text in pairs(texts) do
        if path:sub(1, #folder) == folder and text:find("\nvoid " .. name .. "(", 1, true) then
            count = count + 1
        end
    end
    return count
end

check.case("generate: two runs give the same bytes", function()
    local first, second = usual(), make()
    for path, text in pairs(first) do
        check.equal(second[path] == text, true, path)
        second[path] = nil
    end
    check.equal(next(second), nil)
end)

check.case("generate: no file names a folder of this machine", function()
    for path, text in pairs((usual())) do
        check.absent(text, os.getenv("PWD") or check.root .. "/")
        check.equal(text:find("\t", 1, true), nil, path)
    end
end)

check.case("generate: every kernel is defined once, in the library or as a candidate", function()
    local texts, record = usual()
    for _, kernel in ipairs(record.kernels) do
        local chosen = record.chosen[kernel.name]
        check.equal(definitions(texts, "src/", kernel.name), chosen and 1 or 0, kernel.name)
        check.equal(definitions(texts, "candidates/", kernel.name), chosen and 0 or 1, kernel.name)
        check.contains(texts[chosen and "src/registry.c" or "tools/candidates.c"],
            ('.name = "%s"'):format(kernel.name))
    end
end)

check.case("generate: kernels once a key, problems by their full name", function()
    local texts, record = usual()
    check.contains(texts["tools/problems.c"], '{"tiny", "q", "w2g128arow", 64, 128}')
    check.contains(texts["tools/problems.c"], '{"tiny", "v", "w4g32", 3, 100}')
    check.equal(#record.problems, 4)
    check.equal(texts["src/kernels_w2g128arow_c.c"], nil)
    check.equal(type(texts["src/kernels_trow_c.c"]), "string")
    check.equal(texts["src/kernels_w2g128_avx512vbmi.c"], nil)
end)

check.case("generate: headers say the command", function()
    local texts = usual()
    for _, path in ipairs({ "src/registry.c", "src/kernels_w2g128_avx2.c", "src/prepare_c.c",
        "tools/probe_c.c", "meson.build", "README.md" }) do
        check.contains(texts[path],
            "lutloom gen --model tiny.lua --format w2g128,w2g128arow,t --target haswell --out DIR")
    end
end)

check.case("generate: the manifest lists all files and can be read again", function()
    local texts, record = usual()
    local written = assert(json.decode(texts["manifest.json"]))
    check.equal(written.kind, "lutloom library")
    check.equal(#written.kernels, #record.kernels)
    local listed = {}
    for _, path in ipairs(written.files) do
        listed[path] = true
        check.equal(type(texts[path]), "string", path)
    end
    for path in pairs(texts) do
        check.equal(listed[path], true, path)
    end
    local again = assert(library_record.of(written.request, {}, "9.9"))
    check.equal(emit.files(again, home.sources())["manifest.json"] == texts["manifest.json"], true)
end)

check.case("generate: a manifest that was damaged is told from a whole one", function()
    local text = usual()["manifest.json"]
    check.equal(manifest.parse(text, "m.json").kind, "lutloom library")
    check.refused("m.json: is damaged", manifest.parse(text:gsub('"tiny"', '"teny"'), "m.json"))
    check.refused("m.json: is damaged", manifest.parse(text:sub(1, -100), "m.json"))
    check.refused("m.json: ", manifest.parse(text:sub(1, 10), "m.json"))
    check.refused("m.json: ", manifest.parse(("["):rep(200000), "m.json"))
end)

check.case("generate: tuned kernels are in the library and the hash stays", function()
    local _, record = usual()
    local tuned = {}
    for _, kernel in ipairs(record.kernels) do
        if not record.chosen[kernel.name] and kernel.isa.name == "avx2" and not kernel.tmac then
            for _, other in ipairs(record.kernels) do
                if kernel.op == "gemv" and other.op == "gemm" and other.mode == kernel.mode
                    and other.layout.name == kernel.layout.name
                    and other.format.key == kernel.format.key and other.isa == kernel.isa then
                    tuned[1] = { format = kernel.format.key, mode = kernel.mode, m = 64, k = 128,
                        threads = 2, residency = "cache", gemv = kernel.name, few = other.name,
                        gemm = other.name, isa = "avx2", cpu = "A CPU" }
                end
            end
        end
    end
    local texts, again = make({}, tuned)
    check.equal(again.hash, record.hash)
    check.equal(again.chosen[tuned[1].gemv], true)
    check.contains(texts["src/tuning.h"], "enum { TUNING_COUNT = 1 };")
    check.contains(texts["src/tuning.h"], tuned[1].gemv)
    check.contains(texts["src/tuning.h"], ".residency = LOOM_CACHE,")
    check.contains(texts["src/tuning.h"], ".threads = 2,")
    check.contains(texts["src/registry.c"], ('.hash = "%s",'):format(again.hash))
end)

check.case("generate: a library for plain C needs no guards", function()
    local texts = make({ isas = { "c" }, mode = "exact" })
    check.absent(texts["src/registry.c"], "#ifndef LOOM_PORTABLE")
    check.absent(texts["src/registry.c"], "LOOM_TABLE")
end)

check.case("generate: a library without a name ties its users to its formats and modes", function()
    local TAG = "#define LOOM_LIBRARY_(%x+)\n"
    local function tag(more)
        more.isas = { "c" }
        return make(more)["include/loom.h"]:match(TAG)
    end
    local plain = usual()["include/loom.h"]:match(TAG)
    check.equal(#plain, 8)
    check.contains(usual()["src/registry.c"], "loom_plan_create_" .. plain .. "(")
    check.equal(tag({}), plain)
    check.equal(tag({ formats = { "t", "w2g128" } }), plain)
    check.equal(tag({ formats = { "t" } }) == plain, false)
    check.equal(tag({ mode = "exact" }) == plain, false)
    check.equal(usual()["src/names.h"], nil)
end)

check.case("generate: a library with a name has all its names under it", function()
    local texts, record = make({ name = "fast" })
    check.equal(texts["include/loom.h"], nil)
    check.contains(texts["include/fast/loom.h"], "#define loom_matmul fast_loom_matmul\n")
    check.contains(texts["src/names.h"], "#define loom_registry fast_loom_registry\n")
    for _, kernel in ipairs(record.kernels) do
        check.contains(texts["src/names.h"], ("#define %s fast_%s\n"):format(kernel.name,
            kernel.name))
    end
    check.contains(texts["meson.build"], "project('fast', 'c',")
    check.contains(record.command, " --name fast ")
    local _, plain = usual()
    check.equal(record.hash, plain.hash)
end)

check.case("generate: a library's name is one of C and of files", function()
    for _, name in ipairs({ "fast", "bitnet_2b", "q" }) do
        check.equal(names.error(name), nil)
    end
    for _, name in ipairs({ "loom", "", "Fast", "2b", "a-b", "a/b", ("a"):rep(33) }) do
        check.contains(names.error(name), ("'%s' is no library's name: "):format(name))
    end
end)

check.case("generate: a library's name is none of the toolchain's", function()
    for name, owner in pairs({ c = "the C library", pthread = "the C library",
        gcc_s = "the compiler", ggml = "llama.cpp", test = "the library's own build" }) do
        check.equal(names.error(name), ("'%s' is no library's name: %s has something of that name; "
            .. "write another one"):format(name, owner))
    end
end)

check.case("generate: what makes plans in loom.h is in the library under its tag", function()
    local sources = home.sources()
    sources.runtime["loom.h"] = sources.runtime["loom.h"]:gsub("\nLOOM_API", "\n"
        .. "LOOM_API loom_status loom_plan_create_again(loom_plan *plan, const loom_cpu *cpu,\n"
        .. "                                            const char *force);\nLOOM_API", 1)
    local texts = assert(emit.files(assert(library_record.of(request(), {}, "9.9")), sources))
    local tagged = texts["include/loom.h"]:match("#define loom_plan_create_again (%S+)\n")
    check.contains(texts["src/registry.c"], ("LOOM_API loom_status %s(loom_plan *plan, "
        .. "const loom_cpu *cpu,\n    const char *force) {\n"
        .. "    return loom_plan_create_again(plan, cpu, force);\n}\n"):format(tagged))
end)

check.case("generate: a layer without a format is refused", function()
    check.refused("layer q of tiny has no format",
        library_record.of(request({ formats = {} }), {}, "9.9"))
end)

-- The hash of a library for plain C with a part of a template's text, a pattern, replaced.
local function hash_with(name, pattern, text)
    local sources, count = home.sources(), nil
    local load = sources.template
    sources.template = function(wanted)
        local source, filename = load(wanted)
        if wanted == name then
            source, count = source:gsub(pattern, text)
            check.equal(count > 0, true, pattern)
        end
        return source, filename
    end
    return select(2, assert(emit.files(
        assert(library_record.of(request({ isas = { "c" } }), {}, "9.9")), sources)))
end

check.case("generate: the hash is of the kernels' code, whatever their comments say", function()
    local _, record = make({ isas = { "c" } })
    local name = record.prepares[1].template
    check.equal(hash_with(name, "/%* ", "/* Really: "), record.hash)
    check.equal(hash_with(name, "\n}", "\n\n    // nothing more\n}"), record.hash)
    check.equal(hash_with(name, "\n}", "\n    ;\n}") ~= record.hash, true)
end)
