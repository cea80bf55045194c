/* A library for loom-sweep, of the selftest's kernels: the good ones, and with BROKEN the others
 * too. */
#include "../selftest/sample.h"
#include "tools.h"

#include <signal.h>
#include <stdio.h>

static const struct loom_isa isas[] = {{"c", 0, 0, &loom_packer_c}};

#ifdef BROKEN
enum { KERNELS = SAMPLE_KERNELS + 1 };
#else
enum { KERNELS = SAMPLE_GOOD_KERNELS };
#endif
static struct loom_kernel kernels[SAMPLE_KERNELS + 1];

/* Not even the time limit of a call ends this one. */
static void endless_and_deaf(const struct loom_args *args) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (volatile size_t n = args->n; n;) {
    }
}

static size_t copy_kernels(bool good, size_t count) {
    for (size_t i = 0; i < SAMPLE_KERNELS; i++) {
        if (sample_kernels[i].good == good) {
            kernels[count] = sample_kernels[i].kernel;
            kernels[count].rank = (uint16_t)(good ? i : 0); /* the model likes the bad ones */
            count++;
        }
    }
    return count;
}

__attribute__((constructor)) static void make_kernels(void) {
    const size_t good = copy_kernels(true, 0), all = copy_kernels(false, good);
    kernels[all] = kernels[good - 1];
    kernels[all].name = "endless_and_deaf_gemm";
    kernels[all].run = endless_and_deaf;
    if (good != SAMPLE_GOOD_KERNELS) {
        fprintf(stderr, "sample.h counts other kernels than there are\n");
    }
}

const struct loom_registry loom_registry = {
    .hash = "0123456789abcdef",
    .compiler = "a compiler",
    .isas = isas,
    .kernels = kernels,
    .prepares = good_prepares,
    .isa_count = 1,
    .kernel_count = KERNELS,
    .prepare_count = GOOD_PREPARES,
};

const struct loom_kernel loom_candidates[1] = {{0}};
const size_t loom_candidate_count = 0;

static uint64_t dot(uint64_t rounds) {
    return rounds;
}

static uint64_t issue(const uint8_t *bytes, uint64_t rounds) {
    uint64_t sum = 0;
    for (uint64_t round = 0; round < rounds; round++) {
        sum += bytes[round % 4096] ^ round;
    }
    return sum;
}

static uint64_t read_bytes(const void *p, size_t bytes) {
    return *(const uint8_t *)p + bytes;
}

const struct loom_probe loom_probes[] = {{0, dot, issue, read_bytes, NULL}};
const size_t loom_probe_count = 1;

/* clang-format off */
#define LAYERS(m) {"tiny", "q", "w2g128z", m, 128}, {"tiny", "k", "w2g128zarow", m, 128}
const struct loom_problem_row loom_problem_rows[] = {
    LAYERS(1), LAYERS(2), LAYERS(3), LAYERS(4), LAYERS(5), LAYERS(6), LAYERS(7), LAYERS(8),
    LAYERS(9), LAYERS(10), LAYERS(11), LAYERS(12), LAYERS(13), LAYERS(14), LAYERS(15), LAYERS(16),
    LAYERS(17), LAYERS(18), LAYERS(19), LAYERS(20), LAYERS(21), LAYERS(22), LAYERS(23), LAYERS(24),
};
/* clang-format on */
const size_t loom_problem_row_count = sizeof loom_problem_rows / sizeof *loom_problem_rows;
