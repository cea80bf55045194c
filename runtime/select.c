/* Which kernels a plan gets: a function of registry, problem, CPU, force and tuning file.
 *
 * A choice is a pair, one GEMV and one GEMM kernel of one layout; what serves a few tokens is found
 * in that layout afterwards. Of the pairs that the CPU can run and that serve the problem:
 *   forced   LOOM_FORCE narrows the pairs to those of an ISA, or with a kernel
 *   tuned    otherwise a measured pair wins, for this shape or for the nearest one (select_tuned.c)
 *   default  otherwise the highest ISA, then what the generator's model says they cost
 */
#include "select.h"
#include "tuning_file.h"

static const struct loom_pair no_pair = {NULL, NULL, NULL};

enum { ANY_ISA = -1 };

/* ---- What may be chosen ---------------------------------------------------------------- */

static int isa_runs(const struct loom_search *s, size_t isa) {
    return loom_isa_runs(&s->registry->isas[isa], s->features);
}

/* The highest prepare kernel of a form that the CPU runs, or NULL. */
static const struct loom_prepare_kernel *find_prepare(const struct loom_search *s, unsigned act) {
    const struct loom_prepare_kernel *best = NULL;
    for (size_t i = 0; i < s->registry->prepare_count; i++) {
        const struct loom_prepare_kernel *p = &s->registry->prepares[i];
        if (p->act == act && isa_runs(s, p->isa) && (!best || p->isa > best->isa)) {
            best = p;
        }
    }
    return best;
}

static int serves_problem(const struct loom_search *s, const struct loom_kernel *kernel) {
    return loom_format_same_kernel(&kernel->format, &s->format) &&
           (s->problem->mode == LOOM_FASTEST || s->problem->mode == kernel->mode);
}

/* The one ISA allowed brings the one it adds to. */
static int isa_allowed(const struct loom_search *s, int isa) {
    return s->only_isa == ANY_ISA || isa == s->only_isa ||
           isa == s->registry->isas[s->only_isa].base;
}

int loom_search_allows(const struct loom_search *s, const struct loom_kernel *kernel) {
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

/* The best pair allowed, or no_pair. */
static struct loom_pair best_pair(const struct loom_search *s) {
    struct loom_pair best = no_pair;
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        const struct loom_kernel *kernel = &s->registry->kernels[i];
        const int has_layout = !s->fixed || s->fixed->layout == kernel->layout;
        if (kernel->op == LOOM_OP_GEMV && has_layout && loom_search_allows(s, kernel)) {
            improve_with_gemv(s, kernel, &best);
        }
    }
    return best;
}

/* ---- A few tokens ---------------------------------------------------------------------- */

/* The best kernel made for a few tokens in the pair's layout; the GEMM kernel where there is none,
 * or none of its ISA. */
static const struct loom_kernel *few_kernel(const struct loom_search *s,
                                            const struct loom_pair *pair) {
    const struct loom_kernel *best = NULL;
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        const struct loom_kernel *kernel = &s->registry->kernels[i];
        if (kernel->op == LOOM_OP_FEW && kernel->layout == pair->gemv->layout &&
            kernel->isa >= loom_base_isa(s->registry, pair->gemm) &&
            loom_search_allows(s, kernel) &&
            (!best || kernel->isa > best->isa ||
             (kernel->isa == best->isa && kernel->rank < best->rank))) {
            best = kernel;
        }
    }
    return best ? best : pair->gemm;
}

/* ---- Forced ---------------------------------------------------------------------------- */

const struct loom_kernel *loom_search_kernel(const struct loom_search *s, const char *name) {
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
static struct loom_pair force_isa(struct loom_search *s, int isa) {
    if (!isa_runs(s, (size_t)isa)) {
        return no_pair;
    }
    s->only_isa = isa;
    s->features = s->registry->isas[isa].needs;
    return best_pair(s);
}

static struct loom_pair force_kernel(struct loom_search *s, const struct loom_kernel *kernel) {
    s->fixed = kernel;
    s->only_isa = kernel->isa;
    const struct loom_pair same_isa = best_pair(s);
    if (same_isa.gemv) {
        return same_isa;
    }
    s->only_isa = ANY_ISA;
    return best_pair(s);
}

static struct loom_pair forced_pair(struct loom_search *s, const char *force) {
    const int isa = isa_named(s->registry, force);
    if (isa != ANY_ISA) {
        return force_isa(s, isa);
    }
    const struct loom_kernel *kernel = loom_search_kernel(s, force);
    return kernel ? force_kernel(s, kernel) : no_pair;
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

static loom_status write_plan(loom_plan *plan, const struct loom_search *s,
                              const struct loom_pair *pair, loom_choice choice) {
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
static int is_generated(const struct loom_search *s) {
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        if (serves_problem(s, &s->registry->kernels[i])) {
            return 1;
        }
    }
    return 0;
}

static loom_status select_forced(loom_plan *plan, struct loom_search *s, const char *force) {
    const struct loom_pair pair = forced_pair(s, force);
    if (pair.gemv) {
        return write_plan(plan, s, &pair, LOOM_CHOICE_FORCED);
    }
    return is_generated(s) ? LOOM_ERROR_FORCE : LOOM_ERROR_NO_KERNEL;
}

/* What the file's choices are offered to. */
struct offer {
    const struct loom_search *search;
    struct loom_measured best;
};

static void take_offer(void *context, const struct loom_tuned *row) {
    struct offer *offer = context;
    loom_measured_take(&offer->best, offer->search, row);
}

/* The nearest shape's; as near a one of the file goes before that of the library, as it was
 * measured on this very CPU. `*use` says whether there is a file and it is valid. */
static struct loom_measured best_measured(const struct loom_search *s, const char *tuning,
                                          loom_tuning *use) {
    struct offer own = {.search = s}, file = {.search = s};
    for (size_t i = 0; i < s->registry->tuned_count; i++) {
        take_offer(&own, &s->registry->tuned[i]);
    }
    *use = LOOM_TUNING_NONE;
    if (tuning && *tuning) {
        struct loom_line unread = {NULL, 0, 0};
        const int valid =
            loom_tuning_read(tuning, s->registry, s->features, take_offer, &file, &unread);
        *use = valid ? LOOM_TUNING_READ : LOOM_TUNING_IGNORED;
    }
    const int takes_file = *use == LOOM_TUNING_READ && file.best.pair.gemv &&
                           (!own.best.pair.gemv || file.best.distance <= own.best.distance);
    return takes_file ? file.best : own.best;
}

static loom_status select_free(loom_plan *plan, const struct loom_search *s, const char *tuning) {
    loom_tuning use;
    const struct loom_measured measured = best_measured(s, tuning, &use);
    const struct loom_pair pair = measured.pair.gemv ? measured.pair : best_pair(s);
    if (!pair.gemv) {
        return LOOM_ERROR_NO_KERNEL;
    }
    const loom_choice choice = !measured.pair.gemv      ? LOOM_CHOICE_DEFAULT
                               : measured.distance == 1 ? LOOM_CHOICE_TUNED
                                                        : LOOM_CHOICE_NEAREST;
    const loom_status status = write_plan(plan, s, &pair, choice);
    if (status == LOOM_OK) {
        plan->tuning = use;
    }
    return status;
}

loom_status loom_select(loom_plan *plan, const struct loom_registry *registry,
                        const loom_problem *problem, const loom_cpu *cpu, const char *force,
                        const char *tuning) {
    if (!plan || !registry || !problem || !cpu) {
        return LOOM_ERROR_NULL;
    }
    struct loom_search s = {
        .registry = registry,
        .problem = problem,
        .features = cpu->features,
        .only_isa = ANY_ISA,
    };
    const loom_status status = check_problem(problem, &s.format);
    if (status != LOOM_OK) {
        return status;
    }
    return force && *force ? select_forced(plan, &s, force) : select_free(plan, &s, tuning);
}
