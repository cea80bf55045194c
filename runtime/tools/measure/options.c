#define _GNU_SOURCE
#include "measure/options.h"

#include "common/random.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

static const char *const mode_names[] = {"fastest", "exact", "table", "table7"};
static const char *const residency_names[] = {"cache", "dram"};

const char *residency_name(enum loom_residency residency) {
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

static void read_residency(const struct arguments *a, struct measure_options *options,
                           const char *value) {
    char *const items = arguments_copy(a, value), *list = items, *item;
    options->residency_count = 0;
    while ((item = strsep(&list, ","))) {
        const unsigned index =
            one_of(a, "--residency", item, residency_names, 2, "cache or dram or cache,dram");
        if (options->residency_count == 2) {
            arguments_fail(a, "--residency %s: at most two are possible", value);
        }
        options->residency[options->residency_count++] = (enum loom_residency)index;
    }
    free(items);
}

void measure_read_shape(const struct arguments *a, const char *name, const char *value, size_t *m,
                        size_t *k) {
    char *const text = arguments_copy(a, value), *const x = strchr(text, 'x');
    if (!x) {
        arguments_fail(a, "%s %s: MxK is needed, such as 4096x11008", name, value);
    }
    *x = 0;
    *m = (size_t)arguments_number(a, name, text, 1, LOOM_MAX_DIM);
    *k = (size_t)arguments_number(a, name, x + 1, 1, LOOM_MAX_DIM);
    free(text);
}

static unsigned usable_cpus(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) ? 1 : (unsigned)CPU_COUNT(&set);
}

bool measure_options_shared(struct arguments *a, struct measure_options *options) {
    const char *value;
    if ((value = arguments_value(a, "--format"))) {
        options->format = value;
    } else if ((value = arguments_value(a, "--shape"))) {
        measure_read_shape(a, "--shape", value, &options->m, &options->k);
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

struct measure_options measure_options_default(void) {
    struct measure_options options = {.n = {1, 128},
                                      .n_count = 2,
                                      .residency = {LOOM_CACHE},
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
