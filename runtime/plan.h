/* What a plan comes to: its kernels, and where things are in packed and prepared memory. Not for
 * users of the library. */
#ifndef LOOM_PLAN_H
#define LOOM_PLAN_H

#include "registry.h"

/* 1 for a plan that loom_plan_create has written, 0 for NULL and for zeros. */
static inline int loom_plan_ready(const loom_plan *plan) {
    return plan && plan->gemv;
}

/* The kernels of a plan that serve n tokens. */
static inline const struct loom_kernel *loom_kernel_for(const loom_plan *plan, size_t n) {
    return n == 1 ? plan->gemv : n <= plan->gemm->few_tokens ? plan->few : plan->gemm;
}
static inline const struct loom_prepare_kernel *loom_prepare_for(const loom_plan *plan, size_t n) {
    return n == 1                        ? plan->gemv_prepare
           : n <= plan->gemm->few_tokens ? plan->few_prepare
                                         : plan->gemm_prepare;
}

/* loom_parts is for reading and for writing: here nothing is written. */
static inline loom_parts loom_three_parts(const uint8_t *codes, const void *scales,
                                          const uint8_t *zeros) {
    return (loom_parts){
        .codes = (uint8_t *)codes,
        .scales = (void *)scales,
        .zeros = (uint8_t *)zeros,
    };
}

/* A hash of all that the bytes of packed weights depend on: loom_plan.check. */
uint32_t loom_plan_check(const loom_plan *plan);

/* Memory of prepared activations and packed weights: offsets from the start, in bytes. Both
 * start with a header of LOOM_HEADER_BYTES that tells what the rest is; every array is
 * aligned to LOOM_ALIGN. All fields are 0 when the size does not fit a size_t. */
enum { LOOM_HEADER_BYTES = 64 };
struct loom_prepared_offsets {
    size_t acts, act_scale, act_sum, act_stride, group_stride, sum_stride, size;
};
struct loom_packed_offsets {
    size_t weights, scales, zeros, offsets, factors, halves, k_padded, blocks, groups, size;
};
struct loom_prepared_offsets loom_prepared_offsets(const loom_plan *plan, size_t n);
struct loom_packed_offsets loom_packed_offsets(const loom_plan *plan);

/* 1 if the header says that the memory was packed for this plan, or prepared for this plan and
 * n tokens. */
int loom_packed_valid(const loom_plan *plan, const void *packed);
int loom_prepared_valid(const loom_plan *plan, const void *prepared, size_t n);

static inline int loom_is_aligned(const void *p, size_t bytes) {
    return (uintptr_t)p % bytes == 0;
}

#endif
