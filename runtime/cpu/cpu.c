/* What the CPU and the operating system support. */
#include "cpu/cpu.h"
#include "registry.h"

#include <stdatomic.h>

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

/* Asked once: every plan asks, and a hypervisor takes some 10 us to answer CPUID. */
static uint32_t cpu_features(void) {
    enum { KNOWN = 1 << 30 };
    static atomic_uint remembered;
    unsigned features = atomic_load_explicit(&remembered, memory_order_relaxed);
    if (!features) {
        features = loom_cpu_read() | KNOWN;
        atomic_store_explicit(&remembered, features, memory_order_relaxed);
    }
    return features & ~(unsigned)KNOWN;
}

loom_status loom_cpu_detect(loom_cpu *cpu, uint32_t allow) {
    if (!cpu) {
        return LOOM_ERROR_NULL;
    }
    cpu->features = cpu_features() & allow;
    cpu->isa = loom_registry.isas[loom_highest_isa(&loom_registry, cpu->features)].name;
    return LOOM_OK;
}
