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

    /* The model's weights: one code a byte, one fp16 scale for 128 of them (0x3c00 is 1.0). */
    uint8_t *codes = malloc(m * k);
    uint16_t *scales = malloc(m * loom_groups(&plan) * sizeof *scales);
    memset(codes, 3, m * k); /* code 3, zero point 2: every weight is 1.0 */
    for (size_t i = 0; i < m * loom_groups(&plan); i++) {
        scales[i] = 0x3c00;
    }
    void *weights = aligned_alloc(LOOM_ALIGN, loom_packed_size(&plan));
    check(loom_pack(&plan, weights, codes, scales, NULL, 0, m));

    float *x = malloc(n * k * sizeof *x), *y = malloc(n * m * sizeof *y);
    for (size_t i = 0; i < n * k; i++) {
        x[i] = 0.5f;
    }
    void *input = aligned_alloc(LOOM_ALIGN, loom_prepared_size(&plan, n));
    check(loom_prepare(&plan, input, x, k, n, 0, 1));
    check(loom_matmul(&plan, y, m, weights, input, n, 0, m));

    printf("y[0] = %g, y[%zu] = %g, by %s\n", y[0], m - 1, y[m - 1], loom_plan_kernel(&plan, n));
    free(codes), free(scales), free(weights), free(x), free(y), free(input);
    return 0;
}
