/* What the parts of the choice of kernels share. Not for users of the library. */
#ifndef LOOM_SEARCH_H
#define LOOM_SEARCH_H

#include "registry.h"

/* Kernels of one layout. `few` is the one that was measured beside the others, or NULL. */
struct loom_pair {
    const struct loom_kernel *gemv, *gemm, *few;
};

static const struct loom_pair loom_no_pair = {NULL, NULL, NULL};

enum { LOOM_ANY_ISA = -1 };

struct loom_search {
    const struct loom_registry *registry;
    const loom_problem *problem;
    loom_format format;
    uint32_t features;
    int only_isa;                    /* index of the one ISA allowed, or LOOM_ANY_ISA */
    const struct loom_kernel *fixed; /* the one kernel allowed for its op, or NULL */
};

/* 1 if the kernel serves the problem, and the CPU and the force allow it. */
int loom_search_allows(const struct loom_search *s, const struct loom_kernel *kernel);

/* 1 if the kernel serves the problem, whatever the CPU. */
int loom_search_serves(const struct loom_search *s, const struct loom_kernel *kernel);

/* The highest prepare kernel of a form that the CPU runs, or NULL. */
const struct loom_prepare_kernel *loom_search_prepare(const struct loom_search *s, unsigned act);

/* The best pair allowed, or loom_no_pair. */
struct loom_pair loom_search_best(const struct loom_search *s);

/* The library's kernel of that name, or NULL. */
const struct loom_kernel *loom_search_kernel(const struct loom_search *s, const char *name);

/* The same kernel without prefetches, that is without the numbers p and f of its schedule; the
 * kernel itself where there is none. */
const struct loom_kernel *loom_search_without_prefetches(const struct loom_search *s,
                                                         const struct loom_kernel *kernel);

/* 1 if the pair goes before `best` in the generator's order; of equal ones `best` stays. */
int loom_pair_better(const struct loom_search *s, const struct loom_pair *pair,
                     const struct loom_pair *best);

/* The best measured pair, and its place in the order of rows: both are zeros without one. */
struct loom_measured {
    struct loom_pair pair;
    double distance; /* of its shape; 1 is the problem's own */
    uint32_t m, k, threads;
    uint8_t residency;
};

/* A measured choice whose kernels were looked up. */
struct loom_found {
    struct loom_pair pair;
    loom_format format;
    uint32_t m, k, threads;
    uint8_t mode, isa, residency;
};

/* 0 when the library lacks one of the row's kernels, or they do not go together. */
int loom_found_make(struct loom_found *found, const struct loom_registry *registry,
                    const struct loom_tuned *row);

/* Takes the choice in the place of `best` where it serves the problem and is for a nearer shape; of
 * equally near ones, for DRAM before cache, more threads before fewer, the better pair. */
void loom_measured_take_found(struct loom_measured *best, const struct loom_search *s,
                              const struct loom_found *found);

/* The same for a row whose kernels are looked up only if it serves the problem. */
void loom_measured_take(struct loom_measured *best, const struct loom_search *s,
                        const struct loom_tuned *row);

#endif
