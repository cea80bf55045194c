/* What the runtime's tests share: a registry of portable kernels that are simple enough to be
 * right by inspection, random matrices, and memory with canaries. */
#ifndef FAKE_H
#define FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loom.h"

/* The registry (loom_registry) of the tests that run kernels has one ISA, `c`, and these
 * formats, each in a layout of its own. GEMV kernels read LOOM_ACT_LUT8, GEMM kernels
 * LOOM_ACT_I8: in the former's memory each activation is stored 4 times, in the latter's once. With
 * factors both read LOOM_ACT_I8M.
 *     w2g32f32 6 rows   w3g64zf32 16 rows   w2rowf32 256 rows   trowf32 8 rows
 *     w2g256s16x4mf32 5 rows
 * A prepared activation is the activation itself, which therefore has to be a small integer; its
 * scale is 1 + max |x| of the group, or of the token with act_row. */
extern const char *const fake_formats[];
extern const size_t fake_format_count;

/* Numbers from the same seed are the same everywhere. */
uint32_t fake_random(uint64_t *state);

/* A weight matrix as loom_pack_parts takes it, of codes of a byte each, all at random. Scales and
 * offsets of fp32 formats are small integers, others have any bits. */
struct fake_matrix {
    size_t m, k, groups;
    loom_parts parts;
    struct fake_bytes { /* of each part; 0 for those that the format has not */
        size_t codes, scales, zeros, offsets, factors, mins;
    } bytes;
};
struct fake_matrix fake_matrix_new(const loom_plan *plan, uint64_t seed);
void fake_matrix_free(struct fake_matrix *matrix);

/* n tokens of k small integers, tokens x_stride apart. */
float *fake_activations(size_t n, size_t k, size_t x_stride, uint64_t seed);

/* y[token][row], as the kernels of the fake registry should compute it. */
float fake_reference(const loom_plan *plan, const struct fake_matrix *matrix, const float *x,
                     size_t row);

/* Memory aligned to LOOM_ALIGN, filled with a pattern and surrounded by it. Freeing it checks
 * the surroundings. */
void *fake_alloc(size_t size);
void fake_free(void *memory, size_t size);
enum { FAKE_FILL = 0xa5 };

/* A plan that has to succeed. */
loom_plan fake_plan(const char *format, size_t m, size_t k);

#endif
