#include "verify/units.h"

#include "tools.h"
#include "verify/longest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_chosen(const struct units_choice *choice, const struct unit *unit) {
    return (!choice->filter || strstr(unit->name, choice->filter)) &&
           (choice->isa == ANY_ISA || choice->isa == unit->isa) &&
           (!choice->longest || !unit->kernel || longest_count(unit->kernel));
}

static void add(struct units *units, const struct units_choice *choice, struct unit unit) {
    if (is_chosen(choice, &unit)) {
        units->unit[units->count++] = unit;
    }
}

static void add_kernels(struct units *units, const struct units_choice *choice,
                        const struct loom_kernel *kernels, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct loom_kernel *kernel = &kernels[i];
        add(units, choice, (struct unit){kernel->name, kernel->isa, kernel, NULL});
    }
}

struct units units_make(const struct units_choice *choice) {
    const struct loom_registry *library = &loom_registry;
    const size_t most = library->kernel_count + library->prepare_count + loom_candidate_count;
    struct units units = {calloc(most + 1, sizeof *units.unit), 0};
    if (!units.unit) {
        fprintf(stderr, "no memory for the list of kernels\n");
        exit(2);
    }
    for (size_t i = 0; i < library->prepare_count; i++) {
        const struct loom_prepare_kernel *prepare = &library->prepares[i];
        add(&units, choice, (struct unit){prepare->name, prepare->isa, NULL, prepare});
    }
    add_kernels(&units, choice, library->kernels, library->kernel_count);
    add_kernels(&units, choice, loom_candidates, loom_candidate_count);
    return units;
}

bool unit_verify(const struct unit *unit, struct verify *verify) {
    return unit->kernel ? verify_kernel(verify, unit->kernel)
                        : verify_prepare(verify, unit->prepare);
}
