#define _GNU_SOURCE
#include "bench_options.h"

#include "random.h"

#include <sched.h>
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
    "  --no-peers          without the other libraries that it was built with\n"
    "  --isa NAME          as if the machine had no higher ISA\n"
    "  --seconds S         measuring time for each problem; 1 without it\n"
    "  --json              JSON lines on stdout instead of the table\n"
    "  --json FILE         JSON lines in FILE beside the table\n"
    "  --seed N            repeat a run's data; it prints its seed\n";

static const char *const mode_names[] = {"fastest", "exact", "table", "table7"};
static const char *const residency_names[] = {"cache", "dram"};

const char *residency_name(enum residency residency) {
    return residency_names[residency];
}

const char *mode_name(loom_mode mode) {
    return mode_names[mode];
}

/* The index of value among names; `what` says in the message what it should have been. */
static unsigned one_of(const struct arguments *a, const char *option, const char *value,
                       const char *const *names, unsigned count, const char *what) {
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], value) == 0) {
            return i;
        }
    }
    arguments_fail(a, "%s %s: %s is needed", option, value, what);
}

/* Cuts a comma-separated list in place: the next item, or NULL after the last. */
static char *next_item(char **list) {
    return strsep(list, ",");
}

static char *copy(const struct arguments *a, const char *text) {
    char *copied = strdup(text);
    if (!copied) {
        arguments_fail(a, "no memory");
    }
    return copied;
}

static void read_n(const struct arguments *a, struct bench_options *options, const char *value) {
    char *const items = copy(a, value), *list = items, *item;
    options->n_count = 0;
    while ((item = next_item(&list))) {
        if (options->n_count == BENCH_MAX_N) {
            arguments_fail(a, "--n %s: at most %d numbers are possible", value, BENCH_MAX_N);
        }
        options->n[options->n_count++] = (size_t)arguments_number(a, "--n", item, 1, LOOM_MAX_DIM);
    }
    free(items);
}

static void read_residency(const struct arguments *a, struct bench_options *options,
                           const char *value) {
    char *const items = copy(a, value), *list = items, *item;
    options->residency_count = 0;
    while ((item = next_item(&list))) {
        const unsigned index =
            one_of(a, "--residency", item, residency_names, 2, "cache or dram or cache,dram");
        if (options->residency_count == 2) {
            arguments_fail(a, "--residency %s: at most two are possible", value);
        }
        options->residency[options->residency_count++] = (enum residency)index;
    }
    free(items);
}

static void read_shape(const struct arguments *a, struct bench_options *options,
                       const char *value) {
    char *const text = copy(a, value), *const x = strchr(text, 'x');
    if (!x) {
        arguments_fail(a, "--shape %s: MxK is needed, such as 4096x11008", value);
    }
    *x = 0;
    options->m = (size_t)arguments_number(a, "--shape", text, 1, LOOM_MAX_DIM);
    options->k = (size_t)arguments_number(a, "--shape", x + 1, 1, LOOM_MAX_DIM);
    free(text);
}

static void read_seconds(const struct arguments *a, struct bench_options *options,
                         const char *value) {
    char *end;
    options->seconds = strtod(value, &end);
    if (end == value || *end || !(options->seconds > 0 && options->seconds <= 3600)) {
        arguments_fail(a, "--seconds %s: a number above 0, at most 3600, is needed", value);
    }
}

static void read_isa(const struct arguments *a, struct bench_options *options, const char *value) {
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
    options->features = library->isas[options->isa].needs;
}

/* The file's name may follow; then the table is written, too. */
static void read_json(struct arguments *a, struct bench_options *options) {
    options->json = true;
    options->json_name = arguments_word(a);
    options->table = options->json_name != NULL;
}

static unsigned usable_cpus(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) ? 1 : (unsigned)CPU_COUNT(&set);
}

bool bench_options_shared(struct arguments *a, struct bench_options *options) {
    const char *value;
    if ((value = arguments_value(a, "--format"))) {
        options->format = value;
    } else if ((value = arguments_value(a, "--shape"))) {
        read_shape(a, options, value);
    } else if ((value = arguments_value(a, "--residency"))) {
        read_residency(a, options, value);
    } else if ((value = arguments_value(a, "--threads"))) {
        options->threads = (unsigned)arguments_number(a, "--threads", value, 1, usable_cpus());
    } else if ((value = arguments_value(a, "--mode"))) {
        options->mode =
            (loom_mode)one_of(a, "--mode", value, mode_names, 4, "fastest, exact, table or table7");
        options->any_mode = options->mode == LOOM_FASTEST;
    } else {
        return false;
    }
    return true;
}

static bool read_kernel_option(struct arguments *a, struct bench_options *options) {
    const char *value;
    if (arguments_flag(a, "--chosen")) {
        options->kernels = KERNELS_CHOSEN;
    } else if (arguments_flag(a, "--tuned")) {
        options->kernels = KERNELS_TUNED;
    } else if (arguments_flag(a, "--all")) {
        options->kernels = KERNELS_ALL;
    } else if (arguments_flag(a, "--no-peers")) {
        options->peers = false;
    } else if ((value = arguments_value(a, "--isa"))) {
        read_isa(a, options, value);
    } else {
        return false;
    }
    return true;
}

static bool read_run_option(struct arguments *a, struct bench_options *options) {
    const char *value;
    if ((value = arguments_value(a, "--n"))) {
        read_n(a, options, value);
    } else if ((value = arguments_value(a, "--seconds"))) {
        read_seconds(a, options, value);
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

struct bench_options bench_options_default(void) {
    struct bench_options options = {.n = {1, 128},
                                    .n_count = 2,
                                    .residency = {RESIDENCY_CACHE},
                                    .residency_count = 1,
                                    .threads = 1,
                                    .mode = LOOM_FASTEST,
                                    .any_mode = true,
                                    .peers = true,
                                    .table = true,
                                    .isa = -1,
                                    .seconds = 1,
                                    .seed = random_seed()};
    loom_cpu cpu;
    loom_cpu_detect(&cpu, ~0u);
    options.features = cpu.features;
    return options;
}

struct bench_options bench_options_read(struct arguments *a) {
    struct bench_options options = bench_options_default();
    while (a->count) {
        if (!bench_options_shared(a, &options) && !read_kernel_option(a, &options) &&
            !read_run_option(a, &options)) {
            arguments_fail(a, "%s: no such option; --help lists them", a->text[0]);
        }
    }
    return options;
}
