/* Which kernels a plan gets: a function of registry, problem, CPU, force and tuning file.
 *
 * A choice is a pair, one GEMV and one GEMM kernel of one layout; what serves a few tokens is found
 * in that layout afterwards. Of the pairs that the CPU can run and that serve the problem:
 *   forced   LOOM_FORCE narrows the pairs to those of an ISA, or with a kernel
 *   tuned    otherwise a measured pair wins, for this shape or for the nearest one (tuned.c)
 *   default  otherwise the highest ISA, then what the generator's model says they cost; on CPUs
 * that read memory fastest so, the GEMV kernel without prefetches
 */
#include "select/select.h"
#include "plan.h"
#include "select/search.h"
#include "tuning/held.h"
#include "tuning/tuning.h"

#include <string.h>

/* ---- A few tokens ---------------------------------------------------------------------- */

/* 7-bit tables are less exact than what a pair without them promises. */
static int fits_pair(const struct loom_search *s, const struct loom_kernel *kernel,
                     const struct loom_pair *pair) {
    return kernel->mode != LOOM_TABLE7 || pair->gemm->mode == LOOM_TABLE7 || kernel == s->fixed;
}

/* The best kernel made for a few tokens in the pair's layout; the GEMM kernel where there is none,
 * or none of its ISA. */
static const struct loom_kernel *few_kernel(const struct loom_search *s,
                                            const struct loom_pair *pair) {
    const struct loom_kernel *best = NULL;
    for (size_t i = 0; i < s->registry->kernel_count; i++) {
        const struct loom_kernel *kernel = &s->registry->kernels[i];
        if (kernel->op == LOOM_OP_FEW && kernel->layout == pair->gemv->layout &&
            kernel->isa >= loom_base_isa(s->registry, pair->gemm) &&
            loom_search_allows(s, kernel) && fits_pair(s, kernel, pair) &&
            (!best || kernel->isa > best->isa ||
             (kernel->isa == best->isa && kernel->rank < best->rank))) {
            best = kernel;
        }
    }
    return best ? best : pair->gemm;
}

/* ---- Prefetches ------------------------------------------------------------------------ */

/* The default pair as this CPU has it. */
static struct loom_pair default_pair(const struct loom_search *s) {
    struct loom_pair pair = loom_search_best(s);
    if (pair.gemv && s->features & LOOM_CPU_STREAMS) {
        pair.gemv = loom_search_without_prefetches(s, pair.gemv);
    }
    return pair;
}

/* ---- Forced ---------------------------------------------------------------------------- */

static int isa_named(const struct loom_registry *registry, const char *name) {
    for (size_t i = 0; i < registry->isa_count; i++) {
        if (strcmp(registry->isas[i].name, name) == 0) {
            return (int)i;
        }
    }
    return LOOM_ANY_ISA;
}

/* Both narrow the search itself: what it allows afterwards holds for prepare kernels, too. */
static struct loom_pair force_isa(struct loom_search *s, int isa) {
    if (!loom_isa_runs(&s->registry->isas[isa], s->features)) {
        return loom_no_pair;
    }
    s->only_isa = isa;
    s->features = loom_isa_features(&s->registry->isas[isa], s->features);
    return default_pair(s);
}

static struct loom_pair force_kernel(struct loom_search *s, const struct loom_kernel *kernel) {
    s->fixed = kernel;
    s->only_isa = kernel->isa;
    const struct loom_pair same_isa = loom_search_best(s);
    if (same_isa.gemv) {
        return same_isa;
    }
    s->only_isa = LOOM_ANY_ISA;
    return loom_search_best(s);
}

static struct loom_pair forced_pair(struct loom_search *s, const char *force) {
    const int isa = isa_named(s->registry, force);
    if (isa != LOOM_ANY_ISA) {
        return force_isa(s, isa);
    }
    const struct loom_kernel *kernel = loom_search_kernel(s, force);
    return kernel ? force_kernel(s, kernel) : loom_no_pair;
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
        .gemv_prepare = loom_search_prepare(s, pair->gemv->act),
        .few_prepare = loom_search_prepare(s, few->act),
        .gemm_prepare = loom_search_prepare(s, pair->gemm->act),
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
        if (loom_search_serves(s, &s->registry->kernels[i])) {
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

/* Where a tuning file's choices come from; zeros: there is none. */
struct source {
    const char *path;
    const loom_tuning_file *held;
};

/* `*use` says whether there is a file and it is valid. */
static struct loom_measured best_of_file(const struct loom_search *s, const struct source *source,
                                         loom_tuning *use) {
    struct offer offer = {.search = s};
    struct loom_line unread = {NULL, 0, 0};
    *use = LOOM_TUNING_NONE;
    if (source->held) {
        loom_tuning_offer(source->held, s, &offer.best);
        *use = LOOM_TUNING_READ;
    } else if (source->path && *source->path) {
        const int valid =
            loom_tuning_read(source->path, s->registry, s->features, take_offer, &offer, &unread);
        *use = valid ? LOOM_TUNING_READ : LOOM_TUNING_IGNORED;
    }
    return offer.best;
}

/* The nearest shape's; as near a one of the file goes before that of the library, as it was
 * measured on this very CPU. */
static struct loom_measured best_measured(const struct loom_search *s, const struct source *source,
                                          loom_tuning *use) {
    struct offer own = {.search = s};
    for (size_t i = 0; i < s->registry->tuned_count; i++) {
        take_offer(&own, &s->registry->tuned[i]);
    }
    const struct loom_measured file = best_of_file(s, source, use);
    const int takes_file = *use == LOOM_TUNING_READ && file.pair.gemv &&
                           (!own.best.pair.gemv || file.distance <= own.best.distance);
    return takes_file ? file : own.best;
}

static loom_status select_free(loom_plan *plan, const struct loom_search *s,
                               const struct source *source) {
    loom_tuning use;
    const struct loom_measured measured = best_measured(s, source, &use);
    const struct loom_pair pair = measured.pair.gemv ? measured.pair : default_pair(s);
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

static loom_status select_from(loom_plan *plan, const struct loom_registry *registry,
                               const loom_problem *problem, const loom_cpu *cpu, const char *force,
                               const struct source *source) {
    if (!plan || !registry || !problem || !cpu) {
        return LOOM_ERROR_NULL;
    }
    struct loom_search s = {
        .registry = registry,
        .problem = problem,
        .features = cpu->features,
        .only_isa = LOOM_ANY_ISA,
    };
    const loom_status status = check_problem(problem, &s.format);
    if (status != LOOM_OK) {
        return status;
    }
    return force && *force ? select_forced(plan, &s, force) : select_free(plan, &s, source);
}

loom_status loom_select(loom_plan *plan, const struct loom_registry *registry,
                        const loom_problem *problem, const loom_cpu *cpu, const char *force,
                        const char *tuning) {
    return select_from(plan, registry, problem, cpu, force, &(struct source){.path = tuning});
}

loom_status loom_select_held(loom_plan *plan, const struct loom_registry *registry,
                             const loom_problem *problem, const loom_cpu *cpu, const char *force,
                             const loom_tuning_file *tuning) {
    return select_from(plan, registry, problem, cpu, force, &(struct source){.held = tuning});
}
