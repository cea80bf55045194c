#define _GNU_SOURCE
#include "sweep/tuning_file/header.h"
#include "cpu/cpu.h"

#include "tools.h"

#include <stdio.h>
#include <stdlib.h>

char *sweep_header(uint32_t features) {
    char cpu[LOOM_IDENTITY_BYTES], *text;
    loom_cpu_identity(cpu, sizeof cpu);
    const size_t isa = loom_highest_isa(&loom_registry, features);
    if (asprintf(&text, "lutloom-tuning 3\ncpu %s\nisa %s\ncompiler %s\nkernels %s\n", cpu,
                 loom_registry.isas[isa].name, loom_registry.compiler, loom_registry.hash) < 0) {
        abort();
    }
    return text;
}
