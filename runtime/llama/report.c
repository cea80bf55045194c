#include "llama/report.h"

#include "llama/host.h"
#include "llama/settings.h"

#include <stdatomic.h>
#include <string.h>

/* Sums since the last line. The host loads weights from one thread. */
enum { KINDS = 32, MIB = 1 << 20 };
struct kind {
    const char *name, *gemv, *gemm;
    const char *choice; /* why these kernels */
    size_t matrices, bytes;
};
static struct kind packed[KINDS], left[KINDS];

static const char *const choices[] = {[LOOM_CHOICE_DEFAULT] = "not tuned",
                                      [LOOM_CHOICE_TUNED] = "tuned",
                                      [LOOM_CHOICE_NEAREST] = "tuned for the nearest shape",
                                      [LOOM_CHOICE_FORCED] = "by LOOM_FORCE"};

static void count(struct kind *kinds, const struct kind *one) {
    for (size_t i = 0; i < KINDS; i++) {
        if (!kinds[i].name) {
            kinds[i] = *one;
            return;
        }
        if (strcmp(kinds[i].name, one->name) == 0 && kinds[i].gemv == one->gemv &&
            kinds[i].gemm == one->gemm && kinds[i].choice == one->choice) {
            kinds[i].matrices += one->matrices;
            kinds[i].bytes += one->bytes;
            return;
        }
    }
}

void report_packed(const struct ggml_tensor *tensor, const struct matrix *matrix) {
    const loom_plan *const plan = &matrix->plan;
    const struct kind one = {matrix->type->name,
                             loom_plan_kernel(plan, 1),
                             loom_plan_kernel(plan, LOOM_MAX_DIM),
                             choices[plan->choice],
                             matrix->count,
                             matrix_bytes(matrix)};
    count(packed, &one);
    if (settings()->verbose) {
        host.log(GGML_LOG_INFO, "lutloom: %s: %zu x %zu x %zu %s, %.1f MiB, %s, %s, %s\n",
                 tensor->name, matrix->count, plan->m, plan->k, one.name, (double)one.bytes / MIB,
                 one.gemv, one.gemm, one.choice);
    }
}

void report_left(const struct ggml_tensor *node) {
    struct matrix matrix;
    const char *reason = NULL;
    const bool product = node->op == host.op_mul_mat || node->op == host.op_mul_mat_id;
    if (product && !matrix_of(&matrix, node->src[0], &reason)) {
        const struct kind one = {host.type_name(node->src[0]->type), reason, NULL, NULL, 1,
                                 host.nbytes(node->src[0])};
        count(left, &one);
    }
}

void report(void) {
    if (packed[0].name && settings()->tuning) {
        host.log(GGML_LOG_INFO, "lutloom: the choices of LOOM_TUNING go first\n");
    }
    for (size_t i = 0; i < KINDS && packed[i].name; i++) {
        host.log(GGML_LOG_INFO, "lutloom: %zu matrices of %s, %.0f MiB, run on %s and %s: %s\n",
                 packed[i].matrices, packed[i].name, (double)packed[i].bytes / MIB, packed[i].gemv,
                 packed[i].gemm, packed[i].choice);
    }
    for (size_t i = 0; i < KINDS && left[i].name; i++) {
        host.log(GGML_LOG_INFO, "lutloom: %zu matrices of %s, %.0f MiB, are left to the host: %s\n",
                 left[i].matrices, left[i].name, (double)left[i].bytes / MIB, left[i].gemv);
    }
    memset(packed, 0, sizeof packed);
    memset(left, 0, sizeof left);
}
