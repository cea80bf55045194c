/* Which kernels may serve a problem, and which pair of them the generator's model prefers. */
#include "select/search.h"

#include <string.h>

const struct loom_kernel *loom_search_kernel(const struct loom_search *s, const char *name) {
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        if (strcmp(s->registry->kernels[i].name, name) == 0) {
            return &s->registry->kernels[i];
        }
    }
    return NULL;
}

/* ---- What may be chosen ---------------------------------------------------------------- */

static int isa_runs(const struct loom_search *s, size_t isa) {
    return loom_isa_runs(&s->registry->isas[isa], s->features);
}

const struct loom_prepare_kernel *loom_search_prepare(const struct loom_search *s, unsigned act) {
    const struct loom_prepare_kernel *best = NULL;
    for (size_t i = 0; i < s->registry->prepare_count; i++) {
        const struct loom_prepare_kernel *p = &s->registry->prepares[i];
        if (p->act == act && isa_runs(s, p->isa) && (!best || p->isa > best->isa)) {
            best = p;
        }
    }
    return best;
}

int loom_search_serves(const struct loom_search *s, const struct loom_kernel *kernel) {
    return loom_format_same_kernel(&kernel->format, &s->format) &&
           (s->problem->mode == LOOM_FASTEST || s->problem->mode == kernel->mode);
}

/* The one ISA allowed brings the one it adds to. */
static int isa_allowed(const struct loom_search *s, int isa) {
    return s->only_isa == LOOM_ANY_ISA || isa == s->only_isa ||
           isa == s->registry->isas[s->only_isa].base;
}

int loom_search_allows(const struct loom_search *s, const struct loom_kernel *kernel) {
    if (s->fixed && kernel->op == s->fixed->op && kernel != s->fixed) {
        return 0;
    }
    if (kernel->tmac && !(s->fixed && s->fixed->tmac)) {
        return 0;
    }
    return isa_allowed(s, kernel->isa) && loom_search_serves(s, kernel) &&
           isa_runs(s, kernel->isa) && loom_search_prepare(s, kernel->act);
}

/* ---- The order of pairs ---------------------------------------------------------------- */

enum { ORDER_KEYS = 9 };

/* Smaller is better, the first key that differs decides. 7-bit tables are for those who ask for
 * them. */
static void pair_order(const struct loom_search *s, const struct loom_pair *pair,
                       double order[ORDER_KEYS]) {
    const struct loom_kernel *gemv = pair->gemv, *gemm = pair->gemm;
    const int gemv_isa = loom_base_isa(s->registry, gemv),
              gemm_isa = loom_base_isa(s->registry, gemm);
    order[0] = gemv_isa < gemm_isa ? -gemv_isa : -gemm_isa;
    order[1] = -gemv_isa;
    order[2] = -gemm_isa;
    order[3] = gemv->mode == LOOM_TABLE7 || gemm->mode == LOOM_TABLE7;
    order[4] = (double)gemv->cost + LOOM_GEMM_WEIGHT * (double)gemm->cost;
    order[5] = gemv->rank;
    order[6] = gemm->rank;
    order[7] = gemv->mode;
    order[8] = gemm->mode;
}

int loom_pair_better(const struct loom_search *s, const struct loom_pair *pair,
                     const struct loom_pair *best) {
    if (!best->gemv) {
        return 1;
    }
    double order[ORDER_KEYS], best_order[ORDER_KEYS];
    pair_order(s, pair, order);
    pair_order(s, best, best_order);
    for (int i = 0; i < ORDER_KEYS; i++) {
        if (order[i] != best_order[i]) {
            return order[i] < best_order[i];
        }
    }
    return 0;
}

static void improve_with_gemv(const struct loom_search *s, const struct loom_kernel *gemv,
                              struct loom_pair *best) {
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        const struct loom_pair pair = {gemv, &s->registry->kernels[i], NULL};
        if (pair.gemm->op == LOOM_OP_GEMM && pair.gemm->layout == gemv->layout &&
            loom_search_allows(s, pair.gemm) && loom_pair_better(s, &pair, best)) {
            *best = pair;
        }
    }
}

struct loom_pair loom_search_best(const struct loom_search *s) {
    struct loom_pair best = loom_no_pair;
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        const struct loom_kernel *kernel = &s->registry->kernels[i];
        const int has_layout = !s->fixed || s->fixed->layout == kernel->layout;
        if (kernel->op == LOOM_OP_GEMV && has_layout && loom_search_allows(s, kernel)) {
            improve_with_gemv(s, kernel, &best);
        }
    }
    return best;
}

/* ---- Prefetches ------------------------------------------------------------------------ */

/* Characters of a schedule before the distances, which are the last of its numbers. */
static size_t length_without_distances(const char *schedule) {
    const char *const numbers = strrchr(schedule, '_');
    return numbers ? (size_t)(numbers - schedule) + strcspn(numbers, "pf") : strlen(schedule);
}

const struct loom_kernel *loom_search_without_prefetches(const struct loom_search *s,
                                                         const struct loom_kernel *kernel) {
    const size_t length = length_without_distances(kernel->schedule);
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        const struct loom_kernel *other = &s->registry->kernels[i];
        if (other->op == kernel->op && other->isa == kernel->isa && other->mode == kernel->mode &&
            other->layout == kernel->layout && loom_search_allows(s, other) &&
            strncmp(other->schedule, kernel->schedule, length) == 0 && !other->schedule[length]) {
            return other;
        }
    }
    return kernel;
}
