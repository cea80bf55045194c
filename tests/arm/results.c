/* results FORMAT...: a hash of every result's bits, a line for each format, mode and number of
 * tokens, on data that is the same everywhere. What this prints does not depend on the CPU. */
#include <loom.h>
#include <stdio.h>
#include <stdlib.h>

enum { M = 200, K = 840, MOST_TOKENS = 20 };

static uint64_t state;

static uint32_t next(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

static void check(loom_status status, const char *what) {
    if (status != LOOM_OK) {
        fprintf(stderr, "results: %s: %s\n", what, loom_status_text(status));
        exit(1);
    }
}

static void *allocate(size_t bytes) {
    void *memory = aligned_alloc(LOOM_ALIGN, (bytes + LOOM_ALIGN - 1) / LOOM_ALIGN * LOOM_ALIGN);
    if (!memory) {
        fprintf(stderr, "results: out of memory\n");
        exit(1);
    }
    return memory;
}

/* Packed weights: codes, scales near 1/16 and zero points at random. */
static void *pack(const loom_plan *plan) {
    const loom_format *format = &plan->format;
    const unsigned codes_of = format->ternary ? 3 : 1u << format->bits;
    const size_t scales_of = M * loom_groups(plan);
    uint8_t *codes = allocate(M * K), *zeros = allocate(scales_of);
    uint16_t *halves = allocate(2 * scales_of);
    float *floats = allocate(4 * scales_of);
    for (size_t i = 0; i < M * K; i++) {
        codes[i] = (uint8_t)(next() % codes_of);
    }
    for (size_t i = 0; i < scales_of; i++) {
        halves[i] = (uint16_t)(0x2c00 + next() % 0x400);
        floats[i] = (float)(next() % 4096 + 1) / 65536.0f;
        zeros[i] = (uint8_t)(next() % (codes_of + 1));
    }
    const void *scales = format->scale_fp32 ? (const void *)floats : halves;
    void *packed = allocate(loom_packed_size(plan));
    check(loom_pack(plan, packed, codes, scales, format->zero_points ? zeros : NULL, 0, M), "pack");
    free(codes), free(zeros), free(halves), free(floats);
    return packed;
}

/* FNV-1a. */
static uint64_t hash_of(const void *bytes, size_t count) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    }
    return hash;
}

static void print_results(const char *format, loom_mode mode) {
    static const size_t tokens[] = {1, 3, MOST_TOKENS};
    static float x[MOST_TOKENS * K], y[MOST_TOKENS * M];
    loom_plan plan;
    check(loom_plan_create(&plan, &(loom_problem){format, M, K, mode}), format);
    state = 1;
    void *packed = pack(&plan);
    for (size_t i = 0; i < MOST_TOKENS * K; i++) {
        x[i] = (float)((int32_t)(next() % 20001) - 10000) / 4096.0f;
    }
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        const size_t n = tokens[i];
        void *prepared = allocate(loom_prepared_size(&plan, n));
        check(loom_prepare(&plan, prepared, x, K, n, 0, 1), "prepare");
        check(loom_matmul(&plan, y, M, packed, prepared, n, 0, M), "matmul");
        printf("%s mode %d N %zu %016llx\n", format, mode, n,
               (unsigned long long)hash_of(y, n * M * sizeof *y));
        free(prepared);
    }
    free(packed);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        print_results(argv[i], LOOM_EXACT);
        print_results(argv[i], LOOM_TABLE);
        print_results(argv[i], LOOM_TABLE7);
    }
    return 0;
}
