#include "sweep/options.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
    "loom-sweep [options]\n"
    "Measures all kernels for each of the library's problems, the largest problems first, and "
    "writes\n"
    "which are the fastest: a tuning file for lutloom tune --import.\n"
    "  --format F          problems of this format alone, such as w2g128\n"
    "  --shape MxK         problems of this shape alone\n"
    "  --problems LIST     these, also where the library has no such problem: FORMAT:MxK, with\n"
    "                      commas between\n"
    "  --budget SECONDS    of measuring, divided among the problems; what is left over is for the\n"
    "                      next run. Without it at most 20 for each problem\n"
    "  --residency R       where the weights are when a kernel starts, dram or cache; dram "
    "without\n"
    "                      it\n"
    "  --threads T         threads that share the rows; 1 without it\n"
    "  --mode MODE         fastest, exact, table or table7; fastest, which tells the others as "
    "well,\n"
    "                      without it\n"
    "  --top COUNT         of each kind the COUNT kernels alone that the model ranks first\n"
    "  --output FILE       the tuning file: what is in it for this machine is kept and not "
    "measured\n"
    "                      again; stdout without it\n"
    "  --fresh             measures that again, too; other results in FILE stay\n";

enum { MOST_SECONDS = 7 * 24 * 3600 };

static void read_budget(const struct arguments *a, struct sweep_options *options,
                        const char *value) {
    char *end;
    options->budget = strtod(value, &end);
    if (end == value || *end || !(options->budget > 0 && options->budget <= MOST_SECONDS)) {
        arguments_fail(a, "--budget %s: a number of seconds above 0, at most %d, is needed", value,
                       MOST_SECONDS);
    }
}

static bool read_option(struct arguments *a, struct sweep_options *options) {
    const char *value;
    if ((value = arguments_value(a, "--budget"))) {
        read_budget(a, options, value);
    } else if ((value = arguments_value(a, "--top"))) {
        options->top = (size_t)arguments_number(a, "--top", value, 1, UINT32_MAX);
    } else if ((value = arguments_value(a, "--problems"))) {
        options->problems = value;
    } else if ((value = arguments_value(a, "--output"))) {
        options->output = value;
    } else if (arguments_flag(a, "--fresh")) {
        options->fresh = true;
    } else if (arguments_flag(a, "--help")) {
        fputs(usage, stdout);
        exit(0);
    } else {
        return measure_options_shared(a, &options->bench);
    }
    return true;
}

struct sweep_options sweep_options_read(struct arguments *a) {
    struct sweep_options options = {.bench = measure_options_default()};
    options.bench.residency[0] = LOOM_DRAM;
    options.bench.kernels = KERNELS_ALL;
    while (a->count) {
        if (!read_option(a, &options)) {
            arguments_fail(a, "%s: no such option; --help lists them", a->text[0]);
        }
    }
    if (options.bench.residency_count > 1) {
        arguments_fail(a, "--residency: one of cache and dram is needed");
    }
    if (options.problems && (options.bench.format || options.bench.m)) {
        arguments_fail(a, "--problems: has no place beside --format and --shape");
    }
    return options;
}
