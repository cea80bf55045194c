/* Measured choices: which rows of the library or of a tuning file serve a problem, and which is the
 * nearest. */
#include "select/search.h"

/* What was measured on a lesser CPU says nothing about this one. */
static int row_matches(const struct loom_search *s, const struct loom_tuned *row) {
    loom_format format;
    return row->mode == s->problem->mode &&
           row->isa >= loom_highest_isa(s->registry, s->features) &&
           loom_format_parse(&format, row->format) == LOOM_OK &&
           loom_format_same_kernel(&format, &s->format);
}

/* The row's kernels; 0 when this library or CPU lacks one of them, or they do not go together. */
static int find_pair(struct loom_pair *pair, const struct loom_search *s,
                     const struct loom_tuned *row) {
    const struct loom_kernel *gemv = loom_search_kernel(s, row->gemv),
                             *gemm = loom_search_kernel(s, row->gemm),
                             *few = loom_search_kernel(s, row->few);
    *pair = (struct loom_pair){gemv, gemm, few};
    return gemv && gemm && few && gemv->op == LOOM_OP_GEMV && gemm->op == LOOM_OP_GEMM &&
           few->op != LOOM_OP_GEMV && gemv->layout == gemm->layout && gemv->layout == few->layout &&
           loom_search_allows(s, gemv) && loom_search_allows(s, gemm) && loom_search_allows(s, few);
}

static double ratio(size_t a, size_t b) {
    return a > b ? (double)a / (double)b : (double)b / (double)a;
}

/* |log2| distances over M and K add up to the log2 of this, which orders them alike. */
static double shape_distance(const loom_problem *problem, const struct loom_tuned *row) {
    return ratio(problem->m, row->m) * ratio(problem->k, row->k);
}

/* Of results for the very same, the later one counts, as where files are merged. */
static int goes_before(const struct loom_search *s, const struct loom_measured *a,
                       const struct loom_measured *b) {
    if (a->distance != b->distance) {
        return a->distance < b->distance;
    }
    if (a->residency != b->residency) {
        return a->residency == LOOM_DRAM;
    }
    if (a->threads != b->threads) {
        return a->threads < b->threads;
    }
    return (a->m == b->m && a->k == b->k) || loom_pair_better(s, &a->pair, &b->pair);
}

void loom_measured_take(struct loom_measured *best, const struct loom_search *s,
                        const struct loom_tuned *row) {
    struct loom_measured one = {
        .m = row->m, .k = row->k, .residency = row->residency, .threads = row->threads};
    if (!row_matches(s, row) || !find_pair(&one.pair, s, row)) {
        return;
    }
    one.distance = shape_distance(s->problem, row);
    if (!best->pair.gemv || goes_before(s, &one, best)) {
        *best = one;
    }
}
