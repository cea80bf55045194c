/* One file of a program, which uses the library whose header HEADER is, as a function USE. */
#include HEADER
#include <stdlib.h>
#include <string.h>

enum { M = 8, K = 128 };

/* Multiplies M x K weights of code 2, scale 1 and zero point `zero`, with K activations of 0.5.
 * Returns what is wrong, or NULL. */
static const char *multiply(const char *format, int zero) {
    static uint8_t codes[M * K];
    static uint16_t scales[M];
    static float x[K], y[M];
    loom_plan plan;
    const loom_status status = loom_plan_create(&plan, &(loom_problem){format, M, K, LOOM_EXACT});
    if (status != LOOM_OK) {
        return loom_status_text(status);
    }
    memset(codes, 2, sizeof codes);
    for (int i = 0; i < M; i++) {
        scales[i] = 0x3c00;
    }
    for (int i = 0; i < K; i++) {
        x[i] = 0.5f;
    }
    void *w = aligned_alloc(LOOM_ALIGN, loom_packed_size(&plan));
    void *a = aligned_alloc(LOOM_ALIGN, loom_prepared_size(&plan, 1));
    const int failed = loom_pack(&plan, w, codes, scales, NULL, 0, M) ||
                       loom_prepare(&plan, a, x, K, 1, 0, 1) ||
                       loom_matmul(&plan, y, M, w, a, 1, 0, M);
    free(w), free(a);
    const float right = (float)(K * (2 - zero)) / 2.0f;
    return failed ? "an error" : y[0] != right || y[M - 1] != right ? "a wrong result" : NULL;
}

const char *USE(const char *format, int zero);

const char *USE(const char *format, int zero) {
    return multiply(format, zero);
}
