/* tiles: what a thread's tiles are stays what it was when a kernel of AMX multiplies. Without AMX
 * it says so, and leaves with 77. */
#include "loom.h"

#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { M = 64, K = 128, N = 48 };

struct tiles {
    _Alignas(64) uint8_t bytes[64];
};

/* One tile of 3 rows of 12 bytes, which no kernel of ours has. */
static const struct tiles ours = {{[0] = 1, [16] = 12, [48] = 3}};

static struct tiles now(void) {
    struct tiles tiles;
    _tile_storeconfig(&tiles);
    return tiles;
}

static void *room(size_t bytes) {
    void *const memory =
        aligned_alloc(LOOM_ALIGN, (bytes + LOOM_ALIGN - 1) / LOOM_ALIGN * LOOM_ALIGN);
    if (!memory) {
        exit(1);
    }
    return memset(memory, 0, bytes);
}

static int multiply(const loom_plan *plan) {
    static const uint8_t codes[M * K];
    static const uint16_t scales[M];
    static const float x[N * K];
    static float y[N * M];
    void *const packed = room(loom_packed_size(plan));
    void *const acts = room(loom_prepared_size(plan, N));
    const int wrong = loom_pack(plan, packed, codes, scales, NULL, 0, M) ||
                      loom_prepare(plan, acts, x, K, N, 0, 1) ||
                      loom_matmul(plan, y, M, packed, acts, N, 0, M);
    free(packed);
    free(acts);
    return wrong;
}

int main(void) {
    loom_cpu cpu;
    loom_plan plan;
    if (loom_cpu_detect(&cpu, ~0u) != LOOM_OK || !(cpu.features & LOOM_CPU_AMX)) {
        puts("skipped: this CPU has no AMX");
        return 77;
    }
    if (loom_plan_create_for(&plan, &(loom_problem){"w1row", M, K, LOOM_EXACT}, &cpu, "amx") ||
        !strstr(loom_plan_kernel(&plan, N), "_amx")) {
        puts("no plan for AMX");
        return 1;
    }
    const struct tiles none = now();
    const int wrong = multiply(&plan);
    const struct tiles after_none = now();
    _tile_loadconfig(&ours);
    const int wrong_again = multiply(&plan);
    const struct tiles after_ours = now();
    _tile_release();
    if (wrong || wrong_again || memcmp(&none, &after_none, sizeof none) != 0 ||
        memcmp(&ours, &after_ours, sizeof ours) != 0) {
        puts("a kernel of AMX leaves a thread other tiles than it had");
        return 1;
    }
    return 0;
}
