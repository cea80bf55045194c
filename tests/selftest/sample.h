/* A small library for the selftest, in portable C: one layout, kernels for w2g128z in every
 * mode and for w2rowz, prepare kernels for every form, and the same with one fault each; and exact
 * kernels for formats with other parts. */
#ifndef LOOM_SELFTEST_SAMPLE_H
#define LOOM_SELFTEST_SAMPLE_H

#include "registry.h"

#include <stdbool.h>

struct sample_kernel {
    struct loom_kernel kernel;
    bool good;
};

struct sample_prepare {
    struct loom_prepare_kernel prepare;
    bool good;
};

enum { SAMPLE_KERNELS = 36, SAMPLE_GOOD_KERNELS = 10 };
extern const struct sample_kernel sample_kernels[SAMPLE_KERNELS];
extern const struct sample_kernel sample_part_kernels[];
extern const size_t sample_part_kernel_count;
extern const struct sample_prepare sample_prepares[];
extern const size_t sample_prepare_count;

float sample_half(uint16_t half);

/* The good prepare kernels alone; loom_registry holds them. */
enum { GOOD_PREPARES = LOOM_ACT_COUNT };
extern const struct loom_prepare_kernel good_prepares[GOOD_PREPARES];

#endif
