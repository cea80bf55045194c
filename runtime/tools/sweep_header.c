#define _GNU_SOURCE
#include "sweep_header.h"

#include "tools.h"

#include <stdio.h>
#include <stdlib.h>

enum { IDENTITY_SIZE = 1024 };

/* The kernels' too: one build makes both. */
#ifdef __clang__
static const char compiler[] = __VERSION__;
#else
static const char compiler[] = "gcc " __VERSION__;
#endif

char *sweep_header(uint32_t features) {
    char cpu[IDENTITY_SIZE], *text;
    loom_cpu_identity(cpu, sizeof cpu);
    const size_t isa = loom_highest_isa(&loom_registry, features);
    if (asprintf(&text, "lutloom-tuning 3\ncpu %s\nisa %s\ncompiler %s\nkernels %s\n", cpu,
                 loom_registry.isas[isa].name, compiler, loom_kernels_hash) < 0) {
        abort();
    }
    return text;
}
