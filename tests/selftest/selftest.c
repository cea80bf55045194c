/* Does the verification catch faults? Runs it on kernels with one known fault each, which must
 * fail, and on the good ones, which must pass. */
#include "common/random.h"
#include "sample.h"
#include "verify/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const struct loom_isa isas[] = {{"c", 0, 0, &loom_packer_c}};

const struct loom_registry loom_registry = {
    .isas = isas, .prepares = good_prepares, .isa_count = 1, .prepare_count = GOOD_PREPARES};

struct count {
    int passed, failed;
};

static void judge(struct count *count, const char *name, bool good, bool passed, const char *text) {
    if (good == passed) {
        count->passed++;
        if (!good) {
            printf("caught  %s: %s\n", name, text);
        }
        return;
    }
    count->failed++;
    printf("FAILED  %s: %s\n", name, good ? text : "its fault was not found");
}

static void judge_kernels(struct verify *verify, struct count *count,
                          const struct sample_kernel *samples, size_t sample_count) {
    for (size_t i = 0; i < sample_count; i++) {
        const struct sample_kernel *sample = &samples[i];
        const bool passed = verify_kernel(verify, &sample->kernel);
        judge(count, sample->kernel.name, sample->good, passed, verify->text);
    }
}

/* The largest K alone: only kernels with one scale a row have cases there, so only their faults
 * are found. */
static void judge_longest(struct verify *verify, struct count *count) {
    verify->longest = true;
    for (size_t i = 0; i < SAMPLE_KERNELS; i++) {
        const struct sample_kernel *sample = &sample_kernels[i];
        const bool good = sample->good || sample->kernel.format.group;
        judge(count, sample->kernel.name, good, verify_kernel(verify, &sample->kernel),
              verify->text);
    }
    verify->longest = false;
}

static void judge_prepares(struct verify *verify, struct count *count) {
    for (size_t i = 0; i < sample_prepare_count; i++) {
        const struct sample_prepare *sample = &sample_prepares[i];
        const bool passed = verify_prepare(verify, &sample->prepare);
        judge(count, sample->prepare.name, sample->good, passed, verify->text);
    }
}

int main(int argc, char **argv) {
    struct verify verify = {.registry = &loom_registry, .seconds = 3};
    struct count count = {0, 0};
    verify.seed = argc > 1 ? strtoull(argv[1], NULL, 0) : random_seed();
    printf("seed %" PRIu64 "\n", verify.seed);
    judge_kernels(&verify, &count, sample_kernels, SAMPLE_KERNELS);
    judge_kernels(&verify, &count, sample_part_kernels, sample_part_kernel_count);
    judge_prepares(&verify, &count);
    judge_longest(&verify, &count);
    printf("%d passed, %d failed\n", count.passed, count.failed);
    return count.failed > 0;
}
