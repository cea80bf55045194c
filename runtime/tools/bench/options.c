#define _GNU_SOURCE
#include "bench/options.h"
#include "registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    " [options]\n"
    "Measures the kernel that the library chooses for each of its problems, and T-MAC's.\n"
    "  --format F          problems of this format, such as w2g128\n"
    "  --shape MxK         problems of this shape; with --format any problem at all\n"
    "  --n N[,N...]        tokens; 1,128 without it\n"
    "  --residency R[,R]   cache: one matrix again and again; dram: more than the caches hold;\n"
    "                      cache without it\n"
    "  --threads T         threads that share the rows; 1 without it\n"
    "  --mode MODE         fastest, exact, table or table7; fastest without it\n"
    "  --chosen            the chosen kernel and T-MAC's best (this is the default)\n"
    "  --tuned             every kernel of the ISA briefly, then the fastest of each layout and\n"
    "                      mode: the best of them counts as chosen, as after lutloom tune\n"
    "  --all               every kernel of the ISA, library and candidates\n"
    "  --pool              a pool of the library multiplies, with as many threads\n"
    "  --no-peers          without the other libraries that it was built with\n"
    "  --isa NAME          as if the machine had no higher ISA\n"
    "  --seconds S         measuring time for each problem; 1 without it\n"
    "  --energy            joules of a matmul, where the system tells them; half a second a row\n"
    "  --sensor FOLDER     the same by the files of this folder of /sys, such as an INA219's\n"
    "  --json              JSON lines on stdout instead of the table\n"
    "  --json FILE         JSON lines in FILE beside the table\n"
    "  --seed N            repeat a run's data; it prints its seed\n";

static void read_n(const struct arguments *a, struct measure_options *options, const char *value) {
    char *const items = arguments_copy(a, value), *list = items, *item;
    options->n_count = 0;
    while ((item = strsep(&list, ","))) {
        if (options->n_count == MEASURE_MAX_N) {
            arguments_fail(a, "--n %s: at most %d numbers are possible", value, MEASURE_MAX_N);
        }
        options->n[options->n_count++] = (size_t)arguments_number(a, "--n", item, 1, LOOM_MAX_DIM);
    }
    free(items);
}

static void read_seconds(const struct arguments *a, struct measure_options *options,
                         const char *value) {
    char *end;
    options->seconds = strtod(value, &end);
    if (end == value || *end || !(options->seconds > 0 && options->seconds <= 3600)) {
        arguments_fail(a, "--seconds %s: a number above 0, at most 3600, is needed", value);
    }
}

static void read_isa(const struct arguments *a, struct measure_options *options,
                     const char *value) {
    const struct loom_registry *library = &loom_registry;
    for (size_t i = 0; i < library->isa_count; i++) {
        if (strcmp(library->isas[i].name, value) == 0) {
            options->isa = (int)i;
        }
    }
    if (options->isa < 0) {
        arguments_fail(a, "--isa %s: this library has no such ISA", value);
    }
    if (!loom_isa_runs(&library->isas[options->isa], options->features)) {
        arguments_fail(a, "--isa %s: this machine cannot run it", value);
    }
    options->features = loom_isa_features(&library->isas[options->isa], options->features);
}

/* The file's name may follow; then the table is written, too. */
static void read_json(struct arguments *a, struct measure_options *options) {
    options->json = true;
    options->json_name = arguments_word(a);
    options->table = options->json_name != NULL;
}

static bool read_kernel_option(struct arguments *a, struct measure_options *options) {
    const char *value;
    if (arguments_flag(a, "--chosen")) {
        options->kernels = KERNELS_CHOSEN;
    } else if (arguments_flag(a, "--tuned")) {
        options->kernels = KERNELS_TUNED;
    } else if (arguments_flag(a, "--all")) {
        options->kernels = KERNELS_ALL;
    } else if (arguments_flag(a, "--pool")) {
        options->pooled = true;
    } else if (arguments_flag(a, "--no-peers")) {
        options->peers = false;
    } else if ((value = arguments_value(a, "--isa"))) {
        read_isa(a, options, value);
    } else {
        return false;
    }
    return true;
}

static bool read_run_option(struct arguments *a, struct measure_options *options) {
    const char *value;
    if ((value = arguments_value(a, "--n"))) {
        read_n(a, options, value);
    } else if ((value = arguments_value(a, "--seconds"))) {
        read_seconds(a, options, value);
    } else if (arguments_flag(a, "--energy")) {
        options->energy = true;
    } else if ((value = arguments_value(a, "--sensor"))) {
        options->energy = true;
        options->sensor = value;
    } else if (arguments_flag(a, "--json")) {
        read_json(a, options);
    } else if ((value = arguments_value(a, "--seed"))) {
        options->seed = arguments_number(a, "--seed", value, 0, UINT64_MAX);
    } else if (arguments_flag(a, "--help")) {
        printf("%s%s", a->tool, usage);
        exit(0);
    } else {
        return false;
    }
    return true;
}

struct measure_options bench_options_read(struct arguments *a) {
    struct measure_options options = measure_options_default();
    while (a->count) {
        if (!measure_options_shared(a, &options) && !read_kernel_option(a, &options) &&
            !read_run_option(a, &options)) {
            arguments_fail(a, "%s: no such option; --help lists them", a->text[0]);
        }
    }
    return options;
}
