/* The kernels that are measured against each other on one problem. */
#ifndef LOOM_TOOLS_BENCH_CANDIDATES_H
#define LOOM_TOOLS_BENCH_CANDIDATES_H

#include "bench_case.h"
#include "bench_options.h"

struct candidate {
    const struct loom_kernel *kernel;
    bool chosen; /* the runtime selects it for the problem */
    struct one_kernel one;
    loom_plan plan; /* points into `one`, or is the runtime's own */
    const uint8_t *packed;
    size_t packed_bytes; /* with the header */
    size_t weight_bytes; /* weights, scales and zero points */
    bool verified;       /* the same bits as the reference */
    double nmse;
};

struct candidates {
    struct candidate *list;
    size_t count;
    uint8_t *prepared; /* for whichever is running */
};

/* The chosen kernel, T-MAC's of the highest ISA that has some, and unless KERNELS_CHOSEN every
 * other kernel of the highest ISA; packed, and run once to compare them with the reference. Returns
 * LOOM_OK, or why the runtime has no kernel for the problem; then there is nothing to free. */
loom_status candidates_make(struct candidates *candidates, const struct bench_options *options,
                            struct bench_matrix *matrix, struct bench_input *input);
void candidates_free(struct candidates *candidates);

#endif
