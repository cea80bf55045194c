/* Features of an ARM CPU, as Linux tells them. */
#include "cpu/cpu.h"

/* Bits of the auxiliary vector's AT_HWCAP and AT_HWCAP2 on AArch64, from Linux's hwcap.h. */
#define HWCAP_ASIMD (1u << 1)
#define HWCAP_ASIMDDP (1u << 20)
#define HWCAP2_I8MM (1u << 13)

/* Bits of AT_HWCAP of a 32-bit process. */
#define HWCAP_NEON (1u << 12)
#define HWCAP_VFPV4 (1u << 16)

static int has_hwcap(unsigned long word, unsigned long bit) {
    return (word & bit) == bit;
}

/* On a chip with two kinds of core Linux tells what all of them have. */
uint32_t loom_aarch64_features(unsigned long hwcap, unsigned long hwcap2) {
    if (!has_hwcap(hwcap, HWCAP_ASIMD)) {
        return 0;
    }
    uint32_t features = LOOM_CPU_NEON;
    if (has_hwcap(hwcap, HWCAP_ASIMDDP)) {
        features |= LOOM_CPU_DOTPROD;
        features |= has_hwcap(hwcap2, HWCAP2_I8MM) ? LOOM_CPU_I8MM : 0;
    }
    return features;
}

/* VFPv4 brings the fused multiply-add and the conversions of fp16, NEON has_hwcap vectors of both.
 */
uint32_t loom_aarch32_features(unsigned long hwcap) {
    return has_hwcap(hwcap, HWCAP_NEON | HWCAP_VFPV4) ? LOOM_CPU_NEON32 : 0;
}

#if (defined(__aarch64__) || defined(__arm__)) && defined(__linux__)
#include <sys/auxv.h>

uint32_t loom_cpu_read(void) {
#ifdef __aarch64__
    return loom_aarch64_features(getauxval(AT_HWCAP), getauxval(AT_HWCAP2));
#else
    return loom_aarch32_features(getauxval(AT_HWCAP));
#endif
}
#endif
