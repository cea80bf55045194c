/* Random weights to measure with. */
#ifndef LOOM_TOOLS_MEASURE_WEIGHTS_H
#define LOOM_TOOLS_MEASURE_WEIGHTS_H

#include "common/random.h"
#include "reference/reference.h"

/* Gaussian weights, quantised with usual scales: around 0, but for offsets of a type without a
 * sign. The memory is bench_alloc's; weights_free frees it. */
struct reference_weights weights_make(const loom_format *format, size_t m, size_t k,
                                      struct random *random);
void weights_free(struct reference_weights *w);

#endif
