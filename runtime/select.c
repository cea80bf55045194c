/* Which kernels a plan gets: a pure function of registry, problem, CPU and force.
 *
 * A choice is a pair, one GEMV and one GEMM kernel of one layout; what serves a few tokens is found
 * in that layout afterwards. Of the pairs that the CPU can run and that serve the problem:
 *   forced   LOOM_FORCE narrows the pairs to those of an ISA, or with a kernel
 *   tuned    otherwise a measured pair wins, for this shape or for the nearest one
 *   default  otherwise the highest ISA, then what the generator's model says they cost
 */
#include <string.h>

#include "kernel.h"

struct pair {
    const struct loom_kernel *gemv, *gemm;
    const struct loom_kernel *few; /* measured beside them, or NULL */
};

static const struct pair no_pair = {NULL, NULL, NULL};

enum { ANY_ISA = -1 };

struct search {
    const struct loom_registry *registry;
    const loom_problem *problem;
    loom_format format;
    uint32_t features;
    int only_isa;                    /* index of the one ISA allowed, or ANY_ISA */
    const struct loom_kernel *fixed; /* the one kernel allowed for its op, or NULL */
};

/* ---- What may be chosen ---------------------------------------------------------------- */

/* What a kernel's ISA counts as: the one that it adds to. */
static int base_isa(const struct search *s, const struct loom_kernel *kernel) {
    return s->registry->isas[kernel->isa].base;
}

static int isa_runs(const struct search *s, size_t isa) {
    return loom_isa_runs(&s->registry->isas[isa], s->features);
}

/* The highest prepare kernel of a form that the CPU runs, or NULL. */
static const struct loom_prepare_kernel *find_prepare(const struct search *s, unsigned act) {
    const struct loom_prepare_kernel *best = NULL;
    for (size_t i = 0; i < s->registry->prepare_count; i++) {
        const struct loom_prepare_kernel *p = &s->registry->prepares[i];
        if (p->act == act && isa_runs(s, p->isa) && (!best || p->isa > best->isa)) {
            best = p;
        }
    }
    return best;
}

static int serves_problem(const struct search *s, const struct loom_kernel *kernel) {
    return loom_format_same_kernel(&kernel->format, &s->format) &&
           (s->problem->mode == LOOM_FASTEST || s->problem->mode == kernel->mode);
}

/* The one ISA allowed brings the one it adds to. */
static int isa_allowed(const struct search *s, int isa) {
    return s->only_isa == ANY_ISA || isa == s->only_isa ||
           isa == s->registry->isas[s->only_isa].base;
}

static int is_allowed(const struct search *s, const struct loom_kernel *kernel) {
    if (s->fixed && kernel->op == s->fixed->op && kernel != s->fixed) {
        return 0;
    }
    if (kernel->tmac && !(s->fixed && s->fixed->tmac)) {
        return 0;
    }
    return isa_allowed(s, kernel->isa) && serves_problem(s, kernel) && isa_runs(s, kernel->isa) &&
           find_prepare(s, kernel->act);
}

/* ---- The order of pairs ---------------------------------------------------------------- */

enum { ORDER_KEYS = 9 };

/* Smaller is better, the first key that differs decides. 7-bit tables are for those who ask for
 * them. */
static void pair_order(const struct search *s, const struct pair *pair, double order[ORDER_KEYS]) {
    const struct loom_kernel *gemv = pair->gemv, *gemm = pair->gemm;
    const int gemv_isa = base_isa(s, gemv), gemm_isa = base_isa(s, gemm);
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

/* Of equal pairs the first in the registry stays. */
static int is_better(const struct search *s, const struct pair *pair, const struct pair *best) {
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

static void improve_with_gemv(const struct search *s, const struct loom_kernel *gemv,
                              struct pair *best) {
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        const struct pair pair = {gemv, &s->registry->kernels[i], NULL};
        if (pair.gemm->op == LOOM_OP_GEMM && pair.gemm->layout == gemv->layout &&
            is_allowed(s, pair.gemm) && is_better(s, &pair, best)) {
            *best = pair;
        }
    }
}

/* The best pair allowed, or no_pair. */
static struct pair best_pair(const struct search *s) {
    struct pair best = no_pair;
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        const struct loom_kernel *kernel = &s->registry->kernels[i];
        const int has_layout = !s->fixed || s->fixed->layout == kernel->layout;
        if (kernel->op == LOOM_OP_GEMV && has_layout && is_allowed(s, kernel)) {
            improve_with_gemv(s, kernel, &best);
        }
    }
    return best;
}

/* ---- A few tokens ---------------------------------------------------------------------- */

/* The best kernel made for a few tokens in the pair's layout; the GEMM kernel where there is none,
 * or none of its ISA. */
static const struct loom_kernel *few_kernel(const struct search *s, const struct pair *pair) {
    const struct loom_kernel *best = NULL;
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        const struct loom_kernel *kernel = &s->registry->kernels[i];
        if (kernel->op == LOOM_OP_FEW && kernel->layout == pair->gemv->layout &&
            kernel->isa >= base_isa(s, pair->gemm) && is_allowed(s, kernel) &&
            (!best || kernel->isa > best->isa ||
             (kernel->isa == best->isa && kernel->rank < best->rank))) {
            best = kernel;
        }
    }
    return best ? best : pair->gemm;
}

/* ---- Forced ---------------------------------------------------------------------------- */

static const struct loom_kernel *kernel_named(const struct search *s, const char *name) {
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        if (strcmp(s->registry->kernels[i].name, name) == 0) {
            return &s->registry->kernels[i];
        }
    }
    return NULL;
}

static int isa_named(const struct loom_registry *registry, const char *name) {
    for (size_t i = 0; i < registry->isa_count; i++) {
        if (strcmp(registry->isas[i].name, name) == 0) {
            return (int)i;
        }
    }
    return ANY_ISA;
}

/* Both narrow the search itself: what it allows afterwards holds for prepare kernels, too. */
static struct pair force_isa(struct search *s, int isa) {
    if (!isa_runs(s, (size_t)isa)) {
        return no_pair;
    }
    s->only_isa = isa;
    s->features = s->registry->isas[isa].needs;
    return best_pair(s);
}

static struct pair force_kernel(struct search *s, const struct loom_kernel *kernel) {
    s->fixed = kernel;
    s->only_isa = kernel->isa;
    const struct pair same_isa = best_pair(s);
    if (same_isa.gemv) {
        return same_isa;
    }
    s->only_isa = ANY_ISA;
    return best_pair(s);
}

static struct pair forced_pair(struct search *s, const char *force) {
    const int isa = isa_named(s->registry, force);
    if (isa != ANY_ISA) {
        return force_isa(s, isa);
    }
    const struct loom_kernel *kernel = kernel_named(s, force);
    return kernel ? force_kernel(s, kernel) : no_pair;
}

/* ---- Tuned ----------------------------------------------------------------------------- */

/* `isa` is the highest one of this CPU. */
static int row_matches(const struct search *s, const struct loom_tuned *row, size_t isa) {
    loom_format format;
    return row->mode == s->problem->mode && row->isa >= isa &&
           loom_format_parse(&format, row->format) == LOOM_OK &&
           loom_format_same_kernel(&format, &s->format);
}

/* The row's kernels, or no_pair when this library or CPU lacks one of them. */
static struct pair row_pair(const struct search *s, const struct loom_tuned *row) {
    const struct pair pair = {kernel_named(s, row->gemv), kernel_named(s, row->gemm),
                              kernel_named(s, row->few)};
    if (!pair.gemv || !pair.gemm || !pair.few || pair.gemv->op != LOOM_OP_GEMV ||
        pair.gemm->op != LOOM_OP_GEMM || pair.few->op == LOOM_OP_GEMV ||
        pair.gemv->layout != pair.gemm->layout || pair.gemv->layout != pair.few->layout ||
        !is_allowed(s, pair.gemv) || !is_allowed(s, pair.gemm) || !is_allowed(s, pair.few)) {
        return no_pair;
    }
    return pair;
}

static double ratio(size_t a, size_t b) {
    return a > b ? (double)a / (double)b : (double)b / (double)a;
}

/* |log2| distances over M and K add up to the log2 of this, which orders them alike; 1 is the
 * shape itself. */
static double shape_distance(const loom_problem *problem, const struct loom_tuned *row) {
    return ratio(problem->m, row->m) * ratio(problem->k, row->k);
}

/* The nearest row that can be used, of equally near ones the best; no_pair if there is none. */
static struct pair tuned_pair(const struct search *s, loom_choice *choice) {
    const size_t isa = loom_highest_isa(s->registry, s->features);
    struct pair best = no_pair;
    double best_distance = 0;
    for (size_t i = 0; i < s->registry->tuned_count; i++) {
        const struct loom_tuned *row = &s->registry->tuned[i];
        const struct pair pair = row_matches(s, row, isa) ? row_pair(s, row) : no_pair;
        if (!pair.gemv) {
            continue;
        }
        const double distance = shape_distance(s->problem, row);
        if (!best.gemv || distance < best_distance ||
            (distance == best_distance && is_better(s, &pair, &best))) {
            best = pair;
            best_distance = distance;
        }
    }
    if (best.gemv) {
        *choice = best_distance == 1 ? LOOM_CHOICE_TUNED : LOOM_CHOICE_NEAREST;
    }
    return best;
}

/* ---- The plan -------------------------------------------------------------------------- */

static loom_status check_problem(const loom_problem *problem, loom_format *format) {
    if (!problem->format) {
        return LOOM_ERROR_NULL;
    }
    const loom_status status = loom_format_parse(format, problem->format);
    if (status != LOOM_OK) {
        return status;
    }
    if ((unsigned)problem->mode > LOOM_TABLE7) {
        return LOOM_ERROR_MODE;
    }
    if (problem->m < 1 || problem->m > LOOM_MAX_DIM || problem->k < 1 ||
        problem->k > LOOM_MAX_DIM) {
        return LOOM_ERROR_SIZE;
    }
    return LOOM_OK;
}

static loom_status write_plan(loom_plan *plan, const struct search *s, const struct pair *pair,
                              loom_choice choice) {
    const struct loom_kernel *few = pair->few ? pair->few : few_kernel(s, pair);
    loom_plan made = {
        .format = s->format,
        .m = s->problem->m,
        .k = s->problem->k,
        .row_block = pair->gemv->layout->rows,
        .choice = choice,
        .gemv = pair->gemv,
        .few = few,
        .gemm = pair->gemm,
        .gemv_prepare = find_prepare(s, pair->gemv->act),
        .few_prepare = find_prepare(s, few->act),
        .gemm_prepare = find_prepare(s, pair->gemm->act),
    };
    if (loom_packed_size(&made) == 0) {
        return LOOM_ERROR_SIZE;
    }
    made.check = loom_plan_check(&made);
    *plan = made;
    return LOOM_OK;
}

/* 1 if the library has anything for the problem, whatever the CPU and the force. */
static int is_generated(const struct search *s) {
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        if (serves_problem(s, &s->registry->kernels[i])) {
            return 1;
        }
    }
    return 0;
}

static loom_status select_forced(loom_plan *plan, struct search *s, const char *force) {
    const struct pair pair = forced_pair(s, force);
    if (pair.gemv) {
        return write_plan(plan, s, &pair, LOOM_CHOICE_FORCED);
    }
    return is_generated(s) ? LOOM_ERROR_FORCE : LOOM_ERROR_NO_KERNEL;
}

static loom_status select_free(loom_plan *plan, const struct search *s) {
    loom_choice choice = LOOM_CHOICE_DEFAULT;
    struct pair pair = tuned_pair(s, &choice);
    if (!pair.gemv) {
        pair = best_pair(s);
    }
    return pair.gemv ? write_plan(plan, s, &pair, choice) : LOOM_ERROR_NO_KERNEL;
}

loom_status loom_select(loom_plan *plan, const struct loom_registry *registry,
                        const loom_problem *problem, const loom_cpu *cpu, const char *force) {
    if (!plan || !registry || !problem || !cpu) {
        return LOOM_ERROR_NULL;
    }
    struct search s = {
        .registry = registry,
        .problem = problem,
        .features = cpu->features,
        .only_isa = ANY_ISA,
    };
    const loom_status status = check_problem(problem, &s.format);
    if (status != LOOM_OK) {
        return status;
    }
    return force && *force ? select_forced(plan, &s, force) : select_free(plan, &s);
}
