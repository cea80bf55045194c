/* Multiplies one 2-bit weight matrix with one token: pack, prepare, multiply. */
#include <loom.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(loom_status status) {
    if (status != LOOM_OK) {
        fprintf(stderr, "%s\n", loom_status_text(status));
        exit(1);
    }
}

int main(void) {
    const size_t m = 4096, k = 4096, n = 1;
    loom_plan plan;
    check(loom_plan_create(&plan, &(loom_problem){"w2g128", m, k, LOOM_FASTEST}));

    /* A model's weights: one code a byte, one fp16 scale for 128 of them. */
    const size_t scale_count = m * loom_groups(&plan);
    uint8_t *codes = malloc(m * k);
    uint16_t *scales = malloc(scale_count * sizeof *scales);
    float *x = malloc(n * k * sizeof *x);
    float *y = malloc(n * m * sizeof *y);
    void *weights = aligned_alloc(LOOM_ALIGN, loom_packed_size(&plan));
    void *input = aligned_alloc(LOOM_ALIGN, loom_prepared_size(&plan, n));
    if (!codes || !scales || !x || !y || !weights || !input) {
        fputs("out of memory\n", stderr);
        return 1;
    }
    memset(codes, 3, m * k); /* code 3, zero point 2: every weight is 1.0 */
    for (size_t i = 0; i < scale_count; i++) {
        scales[i] = 0x3c00; /* 1.0 */
    }
    for (size_t i = 0; i < n * k; i++) {
        x[i] = 0.5f;
    }

    check(loom_pack(&plan, weights, codes, scales, NULL, 0, m)); /* once a matrix */
    check(loom_prepare(&plan, input, x, k, n, 0, 1));            /* once an input */
    check(loom_matmul(&plan, y, m, weights, input, n, 0, m));
    printf("y[0] = %g, y[%zu] = %g, by %s\n", y[0], m - 1, y[m - 1], loom_plan_kernel(&plan, n));

    free(codes);
    free(scales);
    free(x);
    free(y);
    free(weights);
    free(input);
    return 0;
}
