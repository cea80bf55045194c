#include "measure/candidates.h"
#include "plan.h"
#include "select/select.h"
#include "tuning/tuning.h"

#include "measure/memory.h"
#include "tools.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Which kernels --------------------------------------------------------------------- */

enum { NO_ISA = -1 };

struct query {
    const struct measure_options *options;
    const loom_format *format;
    enum loom_op op;
    const struct loom_kernel *chosen;
    int tmac_isa, isa; /* the ISAs whose T-MAC and whose own kernels are wanted, or NO_ISA */
};

static size_t kernel_count(void) {
    return loom_registry.kernel_count + loom_candidate_count;
}

/* Library and candidates as one list. */
static const struct loom_kernel *kernel_at(size_t i) {
    const size_t in_library = loom_registry.kernel_count;
    return i < in_library ? &loom_registry.kernels[i] : &loom_candidates[i - in_library];
}

/* A few tokens are served by what is made for them or by what is made for many. */
static bool op_fits(const struct query *query, enum loom_op op) {
    return op == query->op || (query->op == LOOM_OP_FEW && op == LOOM_OP_GEMM);
}

static bool fits(const struct query *query, const struct loom_kernel *kernel) {
    return op_fits(query, kernel->op) && loom_format_same_kernel(&kernel->format, query->format) &&
           loom_isa_runs(&loom_registry.isas[kernel->isa], query->options->features);
}

static bool mode_wanted(const struct query *query, const struct loom_kernel *kernel) {
    return query->options->any_mode || kernel->mode == query->options->mode;
}

static void find_isas(struct query *query) {
    query->tmac_isa = query->isa = NO_ISA;
    for (size_t i = 0; i < kernel_count(); i++) {
        const struct loom_kernel *kernel = kernel_at(i);
        int *highest = kernel->tmac ? &query->tmac_isa : &query->isa;
        if (fits(query, kernel) && (kernel->tmac || mode_wanted(query, kernel)) &&
            loom_base_isa(&loom_registry, kernel) > *highest) {
            *highest = loom_base_isa(&loom_registry, kernel);
        }
    }
}

static bool is_wanted(const struct query *query, const struct loom_kernel *kernel) {
    if (kernel == query->chosen) {
        return true;
    }
    if (!fits(query, kernel)) {
        return false;
    }
    if (kernel->tmac) {
        return loom_base_isa(&loom_registry, kernel) == query->tmac_isa;
    }
    return query->options->kernels != KERNELS_CHOSEN &&
           loom_base_isa(&loom_registry, kernel) == query->isa && mode_wanted(query, kernel);
}

/* ---- One of them ----------------------------------------------------------------------- */

/* The runtime's own plan for the chosen kernel, one made for it for every other. */
static void plan_kernel(struct candidate *c, const loom_plan *chosen,
                        const struct bench_matrix *matrix, uint32_t features) {
    if (c->chosen) {
        c->plan = *chosen;
        return;
    }
    const loom_status status = one_kernel_plan(
        &c->one, &loom_registry, c->kernel, &matrix->w.format, matrix->w.m, matrix->w.k, features);
    if (status != LOOM_OK) {
        fprintf(stderr, "%s: %s\n", c->kernel->name, loom_status_text(status));
        exit(2);
    }
    c->plan = c->one.plan;
}

static void pack(struct candidate *c, struct bench_matrix *matrix) {
    c->packed = bench_matrix_packed(matrix, &c->plan);
    c->packed_bytes = loom_packed_size(&c->plan);
    c->weight_bytes = c->packed_bytes - loom_packed_offsets(&c->plan).weights;
}

static bool run_once(const struct candidates *candidates, const struct candidate *c,
                     const struct bench_input *input, size_t i) {
    const size_t m = c->plan.m, k = c->plan.k, n = input->n;
    uint8_t *const prepared = candidates->prepared;
    if (candidates->pool) {
        return loom_pool_matmul(candidates->pool, &c->plan, input->y + i * n * m, m, c->packed,
                                prepared, input->x + i * n * k, k, n) == LOOM_OK;
    }
    return loom_prepare(&c->plan, prepared, input->x + i * n * k, k, n, 0, 1) == LOOM_OK &&
           loom_matmul(&c->plan, input->y + i * n * m, m, c->packed, prepared, n, 0, m) == LOOM_OK;
}

/* Runs the kernel on the whole matrix and compares. */
static void check(const struct candidates *candidates, struct candidate *c,
                  struct bench_input *input) {
    bool ran = c->packed != NULL;
    for (size_t i = 0; ran && i < input->inputs; i++) {
        ran = run_once(candidates, c, input, i);
    }
    c->verified = ran && bench_input_right(input, (loom_mode)c->kernel->mode);
    c->nmse = ran ? bench_input_nmse(input, input->truth) : NAN;
}

/* ---- All of them ----------------------------------------------------------------------- */

loom_status candidates_find(struct candidates *candidates, const struct measure_options *options,
                            const struct bench_matrix *matrix, size_t n) {
    const loom_problem problem = {matrix->name, matrix->w.m, matrix->w.k, options->mode};
    loom_cpu cpu;
    loom_cpu_detect(&cpu, options->features);
    *candidates = (struct candidates){.n = n, .pool = options->pool};
    const loom_status status = loom_select(&candidates->plan, &loom_registry, &problem, &cpu,
                                           getenv("LOOM_FORCE"), loom_tuning_path());
    if (status != LOOM_OK) {
        return status;
    }
    struct query query = {.options = options, .format = &matrix->w.format};
    query.op = n == 1 ? LOOM_OP_GEMV : n <= LOOM_FEW_TOKENS ? LOOM_OP_FEW : LOOM_OP_GEMM;
    query.chosen = loom_kernel_for(&candidates->plan, n);
    find_isas(&query);
    candidates->list = calloc(kernel_count() + 1, sizeof(struct candidate));
    if (!candidates->list) {
        abort();
    }
    for (size_t i = 0; i < kernel_count(); i++) {
        const struct loom_kernel *kernel = kernel_at(i);
        if (is_wanted(&query, kernel)) {
            candidates->list[candidates->count++] =
                (struct candidate){.kernel = kernel, .chosen = kernel == query.chosen};
        }
    }
    return LOOM_OK;
}

static size_t prepared_size(const struct candidates *candidates, const loom_plan *plan) {
    return candidates->pool ? loom_pool_prepared_size(candidates->pool, plan, candidates->n)
                            : loom_prepared_size(plan, candidates->n);
}

void candidates_pack(struct candidates *candidates, const struct measure_options *options,
                     struct bench_matrix *matrix) {
    for (size_t i = 0; i < candidates->count; i++) {
        struct candidate *c = &candidates->list[i];
        plan_kernel(c, &candidates->plan, matrix, options->features);
        pack(c, matrix);
        const size_t bytes = prepared_size(candidates, &c->plan);
        candidates->prepared_bytes =
            bytes > candidates->prepared_bytes ? bytes : candidates->prepared_bytes;
    }
    candidates->prepared = bench_alloc(candidates->prepared_bytes);
}

loom_status candidates_make(struct candidates *candidates, const struct measure_options *options,
                            struct bench_matrix *matrix, struct bench_input *input) {
    const loom_status status = candidates_find(candidates, options, matrix, input->n);
    if (status != LOOM_OK) {
        return status;
    }
    candidates_pack(candidates, options, matrix);
    for (size_t i = 0; i < candidates->count; i++) {
        check(candidates, &candidates->list[i], input);
    }
    return LOOM_OK;
}

void candidates_free(struct candidates *candidates) {
    free(candidates->list);
    free(candidates->prepared);
}
