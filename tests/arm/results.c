/* results FORMAT...: a hash of every result's bits, a line for each format, mode and number of
 * tokens, on data that is the same everywhere. What this prints does not depend on the CPU. A mode
 * that a format has no kernels in has a line that says so. */
#include <loom.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Numbers near 1/16 in the format's type. */
static void *scales(const loom_format *format, size_t count) {
    uint8_t *bytes = allocate(4 * count);
    for (size_t i = 0; i < count; i++) {
        const uint16_t half = (uint16_t)(0x2c00 + next() % 0x400);
        const float whole = (float)(next() % 4096 + 1) / 65536.0f;
        if (format->scale == LOOM_SCALE_FP32) {
            memcpy(bytes + 4 * i, &whole, 4);
        } else if (format->scale == LOOM_SCALE_FP16) {
            memcpy(bytes + 2 * i, &half, 2);
        } else if (format->scale == LOOM_SCALE_UE4M3) {
            bytes[i] = (uint8_t)(0x18 + next() % 16);
        } else {
            bytes[i] = (uint8_t)(123 + next() % 3);
        }
    }
    return bytes;
}

/* `count` bytes below `bound`, less `subtracted`. */
static uint8_t *bytes_below(size_t count, unsigned bound, unsigned subtracted) {
    uint8_t *bytes = allocate(count);
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (uint8_t)(next() % bound - subtracted);
    }
    return bytes;
}

/* Packed weights, all their parts at random. */
static void *pack(const loom_plan *plan) {
    const loom_format *f = &plan->format;
    const unsigned codes = f->ternary ? 3 : 1u << f->bits, factors = 1u << f->factor_bits;
    const size_t values = M * loom_groups(plan), subs = f->sub ? values * f->group / f->sub : 0;
    loom_parts parts = {.codes = bytes_below(M * K, codes, 0)};
    parts.scales = scales(f, values);
    parts.zeros = f->zero_points ? bytes_below(values, codes + (f->bits < 8), 0) : NULL;
    parts.offsets = f->offsets ? scales(f, values) : NULL;
    parts.factors = f->sub ? bytes_below(subs, factors, f->offsets ? 0 : factors / 2) : NULL;
    parts.mins = f->sub && f->offsets ? bytes_below(subs, factors, 0) : NULL;
    void *packed = allocate(loom_packed_size(plan));
    check(loom_pack_parts(plan, packed, &parts, 8, 0, M), "pack");
    free(parts.codes), free(parts.scales), free(parts.zeros);
    free(parts.offsets), free(parts.factors), free(parts.mins);
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
    const loom_status status = loom_plan_create(&plan, &(loom_problem){format, M, K, mode});
    if (status == LOOM_ERROR_NO_KERNEL && mode != LOOM_EXACT) {
        printf("%s mode %d: no kernels\n", format, mode);
        return;
    }
    check(status, format);
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
