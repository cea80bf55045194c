/* What the CPU and the operating system support. */
#include "kernel.h"

#if !defined(__x86_64__) && !defined(__i386__) &&                                                  \
    !((defined(__aarch64__) || defined(__arm__)) && defined(__linux__))
/* Portable C runs everywhere. */
uint32_t loom_cpu_read(void) {
    return 0;
}
#endif

loom_status loom_cpu_detect(loom_cpu *cpu, uint32_t allow) {
    if (!cpu) {
        return LOOM_ERROR_NULL;
    }
    cpu->features = loom_cpu_read() & allow;
    cpu->isa = loom_registry.isas[loom_highest_isa(&loom_registry, cpu->features)].name;
    return LOOM_OK;
}
