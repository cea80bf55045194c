/* What the CPU and the operating system support. */
#include "cpu/cpu.h"
#include "registry.h"

#if !defined(__x86_64__) && !defined(__i386__) &&                                                  \
    !((defined(__aarch64__) || defined(__arm__)) && defined(__linux__))
/* Portable C runs everywhere. */
uint32_t loom_cpu_read(void) {
    return 0;
}
#endif

const struct loom_feature loom_features[] = {
    {"SSSE3", LOOM_CPU_SSSE3},
    {"AVX2", LOOM_CPU_AVX2},
    {"AVXVNNI", LOOM_CPU_AVXVNNI},
    {"AVX512", LOOM_CPU_AVX512},
    {"AVX512VBMI", LOOM_CPU_AVX512VBMI},
    {"AVX512VNNI", LOOM_CPU_AVX512VNNI},
    {"AMX", LOOM_CPU_AMX},
    /* ARM */
    {"NEON32", LOOM_CPU_NEON32},
    {"NEON", LOOM_CPU_NEON},
    {"DOTPROD", LOOM_CPU_DOTPROD},
    {"I8MM", LOOM_CPU_I8MM},
    /* of a CPU's kind, and no instructions */
    {"STREAMS", LOOM_CPU_STREAMS},
};
const size_t loom_feature_count = sizeof loom_features / sizeof *loom_features;

loom_status loom_cpu_detect(loom_cpu *cpu, uint32_t allow) {
    if (!cpu) {
        return LOOM_ERROR_NULL;
    }
    cpu->features = loom_cpu_read() & allow;
    cpu->isa = loom_registry.isas[loom_highest_isa(&loom_registry, cpu->features)].name;
    return LOOM_OK;
}
