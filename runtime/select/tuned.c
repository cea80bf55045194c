/* Measured choices: which rows of the library or of a tuning file serve a problem, and which is the
 * nearest. */
#include "select/search.h"

/* What was measured on a lesser CPU says nothing about this one. */
static int serves(const struct loom_search *s, const loom_format *format, uint8_t mode,
                  uint8_t isa) {
    return mode == s->problem->mode && isa >= loom_highest_isa(s->registry, s->features) &&
           loom_format_same_kernel(format, &s->format);
}

static int goes_together(const struct loom_pair *pair) {
    const struct loom_kernel *gemv = pair->gemv, *gemm = pair->gemm, *few = pair->few;
    return gemv && gemm && few && gemv->op == LOOM_OP_GEMV && gemm->op == LOOM_OP_GEMM &&
           few->op != LOOM_OP_GEMV && gemv->layout == gemm->layout && gemv->layout == few->layout;
}

int loom_found_make(struct loom_found *found, const struct loom_registry *registry,
                    const struct loom_tuned *row) {
    const struct loom_search s = {.registry = registry};
    *found = (struct loom_found){
        .pair = {loom_search_kernel(&s, row->gemv), loom_search_kernel(&s, row->gemm),
                 loom_search_kernel(&s, row->few)},
        .m = row->m,
        .k = row->k,
        .threads = row->threads,
        .mode = row->mode,
        .isa = row->isa,
        .residency = row->residency,
    };
    return loom_format_parse(&found->format, row->format) == LOOM_OK && goes_together(&found->pair);
}

static double ratio(size_t a, size_t b) {
    return a > b ? (double)a / (double)b : (double)b / (double)a;
}

/* |log2| distances over M and K add up to the log2 of this, which orders them alike. */
static double shape_distance(const loom_problem *problem, const struct loom_found *found) {
    return ratio(problem->m, found->m) * ratio(problem->k, found->k);
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
        return a->threads > b->threads;
    }
    return (a->m == b->m && a->k == b->k) || loom_pair_better(s, &a->pair, &b->pair);
}

static int is_allowed(const struct loom_search *s, const struct loom_pair *pair) {
    return loom_search_allows(s, pair->gemv) && loom_search_allows(s, pair->gemm) &&
           loom_search_allows(s, pair->few);
}

void loom_measured_take_found(struct loom_measured *best, const struct loom_search *s,
                              const struct loom_found *found) {
    if (!serves(s, &found->format, found->mode, found->isa) || !is_allowed(s, &found->pair)) {
        return;
    }
    const struct loom_measured one = {.pair = found->pair,
                                      .distance = shape_distance(s->problem, found),
                                      .m = found->m,
                                      .k = found->k,
                                      .residency = found->residency,
                                      .threads = found->threads};
    if (!best->pair.gemv || goes_before(s, &one, best)) {
        *best = one;
    }
}

void loom_measured_take(struct loom_measured *best, const struct loom_search *s,
                        const struct loom_tuned *row) {
    struct loom_found found;
    loom_format format;
    if (loom_format_parse(&format, row->format) == LOOM_OK &&
        serves(s, &format, row->mode, row->isa) && loom_found_make(&found, s->registry, row)) {
        loom_measured_take_found(best, s, &found);
    }
}
