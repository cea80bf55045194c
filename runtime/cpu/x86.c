/* Features of an x86 CPU, and whether the operating system saves its registers. */
#define _GNU_SOURCE /* syscall */
#include "cpu/cpu.h"

/* Bits of struct loom_cpuid, from the vendors' manuals. */
#define LEAF1_ECX_SSSE3 (1u << 9)
#define LEAF1_ECX_FMA (1u << 12)
#define LEAF1_ECX_OSXSAVE (1u << 27) /* xgetbv may be used */
#define LEAF1_ECX_AVX (1u << 28)
#define LEAF1_ECX_F16C (1u << 29)
#define LEAF7_EBX_AVX2 (1u << 5)
#define LEAF7_EBX_AVX512F (1u << 16)
#define LEAF7_EBX_AVX512BW (1u << 30)
#define LEAF7_ECX_AVX512VBMI (1u << 1)
#define LEAF7_ECX_AVX512VNNI (1u << 11)
#define LEAF7_EDX_AMX_TILE (1u << 24)
#define LEAF7_EDX_AMX_INT8 (1u << 25)
#define LEAF7_1_EAX_AVXVNNI (1u << 4)
#define LEAF0_EBX_AMD 0x68747541u   /* "Auth" of "AuthenticAMD" */
#define LEAF0_EBX_HYGON 0x6f677948u /* "Hygo" of "HygonGenuine" */
#define FAMILY_ZEN 0x17u
#define FAMILY_ZEN4 0x19u
#define XCR0_YMM 0x06u      /* xmm, and the upper halves of ymm */
#define XCR0_ZMM 0xe0u      /* mask registers, upper halves of zmm 0-15, zmm 16-31 */
#define XCR0_TILES 0x60000u /* configuration, contents */

static int has(uint32_t word, uint32_t bits) {
    return (word & bits) == bits;
}

static int has_avx2(const struct loom_cpuid *words) {
    const uint32_t leaf1 = LEAF1_ECX_FMA | LEAF1_ECX_OSXSAVE | LEAF1_ECX_AVX | LEAF1_ECX_F16C;
    return has(words->leaf1_ecx, leaf1) && has(words->leaf7_ebx, LEAF7_EBX_AVX2) &&
           has(words->xcr0, XCR0_YMM);
}

static int has_avx512(const struct loom_cpuid *words) {
    return has(words->leaf7_ebx, LEAF7_EBX_AVX512F | LEAF7_EBX_AVX512BW) &&
           has(words->xcr0, XCR0_ZMM);
}

static int has_amx(const struct loom_cpuid *words) {
    return has(words->leaf7_edx, LEAF7_EDX_AMX_TILE | LEAF7_EDX_AMX_INT8) &&
           has(words->xcr0, XCR0_TILES);
}

/* The families of AMD's Zen up to Zen 4. There, of memory's 32 GB/s a core, kernels reach 0.98 as
 * they are, and 0.7 where they prefetch; the Zens before it are taken to be like it. On Zen 5 it is
 * the other way round: 0.67 and 0.99 for Q4_K. */
static int streams(const struct loom_cpuid *words) {
    const uint32_t base = words->leaf1_eax >> 8 & 0xf, extended = words->leaf1_eax >> 20 & 0xff;
    return (words->leaf0_ebx == LEAF0_EBX_AMD || words->leaf0_ebx == LEAF0_EBX_HYGON) &&
           base == 0xf && base + extended >= FAMILY_ZEN && base + extended <= FAMILY_ZEN4;
}

/* A level counts only where those it builds on are there too. SSSE3 has registers that every
 * 64-bit operating system saves. */
uint32_t loom_x86_features(const struct loom_cpuid *words) {
    if (!has(words->leaf1_ecx, LEAF1_ECX_SSSE3)) {
        return 0;
    }
    if (!has_avx2(words)) {
        return LOOM_CPU_SSSE3;
    }
    uint32_t features = LOOM_CPU_SSSE3 | LOOM_CPU_AVX2;
    if (streams(words)) {
        features |= LOOM_CPU_STREAMS;
    }
    if (has(words->leaf7_1_eax, LEAF7_1_EAX_AVXVNNI)) {
        features |= LOOM_CPU_AVXVNNI;
    }
    if (!has_avx512(words)) {
        return features;
    }
    features |= LOOM_CPU_AVX512;
    if (has(words->leaf7_ecx, LEAF7_ECX_AVX512VBMI)) {
        features |= LOOM_CPU_AVX512VBMI;
    }
    if (has(words->leaf7_ecx, LEAF7_ECX_AVX512VNNI)) {
        features |= LOOM_CPU_AVX512VNNI;
    }
    if (has_amx(words)) {
        features |= LOOM_CPU_AMX;
    }
    return features;
}

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

/* Extended control register 0. The instruction faults unless cpuid announces OSXSAVE. */
static uint32_t read_xcr0(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static struct loom_cpuid read_cpuid(void) {
    struct loom_cpuid words = {0};
    uint32_t eax, ebx, ecx, edx;
    if (__get_cpuid(0, &eax, &ebx, &ecx, &edx)) {
        words.leaf0_ebx = ebx;
    }
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) {
        words.leaf1_eax = eax;
        words.leaf1_ecx = ecx;
    }
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
        words.leaf7_ebx = ebx;
        words.leaf7_ecx = ecx;
        words.leaf7_edx = edx;
        if (eax >= 1) { /* the highest subleaf */
            __cpuid_count(7, 1, eax, ebx, ecx, edx);
            words.leaf7_1_eax = eax;
        }
    }
    if (has(words.leaf1_ecx, LEAF1_ECX_OSXSAVE)) {
        words.xcr0 = read_xcr0();
    }
    return words;
}

/* Linux lets a process use tiles once it has asked (arch_prctl, ARCH_REQ_XCOMP_PERM, feature 18);
 * all its threads then may. It refuses where a thread's alternative signal stack is too small for
 * them. Other systems are not asked. */
static int may_use_tiles(void) {
#if defined(__linux__) && defined(SYS_arch_prctl)
    return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
#else
    return 0;
#endif
}

uint32_t loom_cpu_read(void) {
    struct loom_cpuid words = read_cpuid();
    if (has_amx(&words) && !may_use_tiles()) {
        words.xcr0 &= ~XCR0_TILES;
    }
    return loom_x86_features(&words);
}
#endif
