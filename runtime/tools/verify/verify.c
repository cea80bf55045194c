/* loom-verify: every kernel against the plain C reference, on this machine. */
#include "common/arguments.h"
#include "common/random.h"
#include "cpu/cpu.h"
#include "tools.h"
#include "verify/jobs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    " [--isa NAME] [--filter TEXT] [--longest] [--seed N] [--jobs N]\n"
    "Compares every kernel and prepare kernel with the plain C reference, bit for bit.\n"
    "  --isa NAME     those of one ISA alone\n"
    "  --filter TEXT  those whose name contains TEXT\n"
    "  --longest      at the largest K alone: kernels with one scale a row, prepare kernels\n"
    "  --seed N       repeat a run; it prints its seed\n"
    "  --jobs N       processes that share the work; 2 without it\n";

struct options {
    struct units_choice choice;
    uint64_t seed;
    unsigned jobs;
};

static int isa_named(const struct arguments *a, const char *name) {
    for (size_t i = 0; i < loom_registry.isa_count; i++) {
        if (strcmp(loom_registry.isas[i].name, name) == 0) {
            return (int)i;
        }
    }
    arguments_fail(a, "--isa %s: this library has no such ISA", name);
}

static void read_option(struct arguments *a, struct options *options) {
    const char *value;
    if ((value = arguments_value(a, "--isa"))) {
        options->choice.isa = isa_named(a, value);
    } else if ((value = arguments_value(a, "--filter"))) {
        options->choice.filter = value;
    } else if (arguments_flag(a, "--longest")) {
        options->choice.longest = true;
    } else if ((value = arguments_value(a, "--seed"))) {
        options->seed = arguments_number(a, "--seed", value, 0, UINT64_MAX);
    } else if ((value = arguments_value(a, "--jobs"))) {
        options->jobs = (unsigned)arguments_number(a, "--jobs", value, 1, 1024);
    } else if (arguments_flag(a, "--help")) {
        printf("%s%s", a->tool, usage);
        exit(0);
    } else {
        arguments_fail(a, "%s: no such option; --help lists them", a->text[0]);
    }
}

/* The names of these features (LOOM_CPU_*), with commas between them. */
static void list_features(uint32_t features, char *text, size_t size) {
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < loom_feature_count; i++) {
        if (features & loom_features[i].bit && used < size) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                                     loom_features[i].name);
        }
    }
}

/* Skips what the CPU cannot run, one line an ISA. */
static void skip_unusable(const struct units *units, struct outcome *outcomes, uint32_t features) {
    for (size_t isa = 0; isa < loom_registry.isa_count; isa++) {
        const uint32_t missing = loom_registry.isas[isa].needs & ~features;
        char text[80];
        size_t skipped = 0;
        for (size_t i = 0; missing && i < units->count; i++) {
            if (units->unit[i].isa == isa) {
                outcomes[i].state = SKIPPED;
                skipped++;
            }
        }
        list_features(missing, text, sizeof text);
        if (skipped) {
            printf("skipped %zu kernels of %s: this CPU or system has no %s\n", skipped,
                   loom_registry.isas[isa].name, text);
        }
    }
}

static int report(const struct units *units, const struct outcome *outcomes, const char *tool,
                  uint64_t seed) {
    size_t count[SKIPPED + 1] = {0};
    for (size_t i = 0; i < units->count; i++) {
        count[outcomes[i].state]++;
        if (outcomes[i].state == FAILED) {
            printf("FAILED  %s\n        %s\n", units->unit[i].name, outcomes[i].text);
        } else if (outcomes[i].state < PASSED) {
            printf("FAILED  %s\n        was never checked\n", units->unit[i].name);
        }
    }
    const size_t failed = count[FAILED] + count[RUNNING] + count[NEVER_CHECKED];
    if (failed) {
        printf("to repeat one: %s --seed %" PRIu64 " --filter KERNEL\n", tool, seed);
    }
    printf("%zu passed, %zu failed, %zu skipped\n", count[PASSED], failed, count[SKIPPED]);
    return failed > 0;
}

int loom_verify_main(int argc, char **argv) {
    struct arguments a = arguments_make(argc, argv);
    struct options options = {.choice = {.isa = ANY_ISA}, .seed = random_seed(), .jobs = 2};
    loom_cpu cpu;
    while (a.count) {
        read_option(&a, &options);
    }
    const struct units units = units_make(&options.choice);
    if (!units.count) {
        arguments_fail(&a, "no kernel is named so, has this ISA or has a case at the largest K");
    }
    loom_cpu_detect(&cpu, ~0u);
    struct outcome *outcomes = outcomes_make(units.count);
    const struct verify verify = {.registry = &loom_registry,
                                  .features = cpu.features,
                                  .seed = options.seed,
                                  .seconds = VERIFY_SECONDS,
                                  .longest = options.choice.longest};
    printf("%s, seed %" PRIu64 "\n", cpu.isa, options.seed);
    skip_unusable(&units, outcomes, cpu.features);
    jobs_run(&units, outcomes, &verify, options.jobs);
    const int failed = report(&units, outcomes, a.tool, options.seed);
    free(units.unit);
    return failed;
}
