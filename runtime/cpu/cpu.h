/* What a CPU has, and what it is called. Not for users of the library. */
#ifndef LOOM_CPU_H
#define LOOM_CPU_H

#include "loom.h"

/* What decides the features of an x86 CPU; zeros where the CPU lacks a leaf. */
struct loom_cpuid {
    uint32_t leaf1_ecx, leaf7_ebx, leaf7_ecx, leaf7_edx;
    uint32_t leaf7_1_eax; /* leaf 7, subleaf 1 */
    uint32_t xcr0;        /* the register states that the operating system saves */
    uint32_t leaf0_ebx;   /* the first four letters of the vendor */
    uint32_t leaf1_eax;   /* family and model */
};
uint32_t loom_x86_features(const struct loom_cpuid *words);

/* The same from Linux's words of capabilities: of a 64-bit process, and of a 32-bit one. */
uint32_t loom_aarch64_features(unsigned long hwcap, unsigned long hwcap2);
uint32_t loom_aarch32_features(unsigned long hwcap);

/* The features (LOOM_CPU_*) of the CPU that the caller runs on. */
uint32_t loom_cpu_read(void);

/* The features by name, LOOM_CPU_SSSE3 as "SSSE3". */
struct loom_feature {
    const char *name;
    uint32_t bit;
};
extern const struct loom_feature loom_features[];
extern const size_t loom_feature_count;

/* What measurements are valid for, one line of less than LOOM_IDENTITY_BYTES: the CPU's model; its
 * features; its data caches, where it has one kind of core. The same whichever core reads it, and
 * whichever others are online. Writes at most `size` bytes and
 * returns the length of the whole, as snprintf does. */
enum { LOOM_IDENTITY_BYTES = 512 };
size_t loom_cpu_identity(char *text, size_t size);

/* The same for any features, and the proc and sys that stand in a folder ("": this machine's). */
size_t loom_identity_of(char *text, size_t size, const char *root, uint32_t features);

#endif
