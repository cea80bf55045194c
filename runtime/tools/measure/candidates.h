/* The kernels that are measured against each other on one problem. */
#ifndef LOOM_TOOLS_MEASURE_CANDIDATES_H
#define LOOM_TOOLS_MEASURE_CANDIDATES_H

#include "measure/case.h"
#include "measure/options.h"

struct candidate {
    const struct loom_kernel *kernel;
    bool chosen; /* the runtime selects it for the problem */
    struct one_kernel one;
    loom_plan plan; /* points into `one`, or is the runtime's own */
    const uint8_t *packed;
    size_t packed_bytes; /* with the header */
    size_t weight_bytes; /* of packed weights without their header */
    bool verified;       /* the same bits as the reference */
    double nmse;
};

struct candidates {
    struct candidate *list; /* once packed, stays in place: plans point into it */
    size_t count, n;        /* n: tokens */
    loom_plan plan;         /* what the runtime selects */
    loom_pool *pool;        /* that multiplies, or NULL */
    uint8_t *prepared;      /* for whichever is running */
    size_t prepared_bytes;
};

/* The chosen kernel, T-MAC's of the highest ISA that has some, and unless KERNELS_CHOSEN every
 * other kernel of the highest ISA, none packed yet. Returns LOOM_OK, or why the runtime has no
 * kernel for the problem; then there is nothing to free. */
loom_status candidates_find(struct candidates *candidates, const struct measure_options *options,
                            const struct bench_matrix *matrix, size_t n);
/* Plans and packs them; `packed` stays NULL where that is refused. */
void candidates_pack(struct candidates *candidates, const struct measure_options *options,
                     struct bench_matrix *matrix);
void candidates_free(struct candidates *candidates);

/* Finds and packs, and runs each once on the input to compare it with the reference. */
loom_status candidates_make(struct candidates *candidates, const struct measure_options *options,
                            struct bench_matrix *matrix, struct bench_input *input);

#endif
