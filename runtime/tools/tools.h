/* What a generated library gives its tools besides the library itself: the kernels that are
 * only measured, the probes of the machine's limits and the shapes of its models. */
#ifndef LOOM_TOOLS_H
#define LOOM_TOOLS_H

#include "registry.h"

/* Kernels that are not in the library: candidates that lost, and T-MAC's schedule. Sorted by
 * name. */
extern const struct loom_kernel loom_candidates[];
extern const size_t loom_candidate_count;

/* What one ISA can do at most, the figures every benchmark row is compared with. */
struct loom_probe {
    uint8_t isa; /* index into loom_registry.isas */
    /* Multiplies int8 pairs in registers alone; returns the multiply-adds done. */
    uint64_t (*dot)(uint64_t rounds);
    /* Starts as many independent operations a cycle as the core can, loads of 4096 bytes among
     * them; returns a checksum. */
    uint64_t (*issue)(const uint8_t *bytes, uint64_t rounds);
    /* Reads bytes (a multiple of 256) at p, aligned to LOOM_ALIGN; returns a checksum.
     * read_ahead prefetches, and is NULL where the ISA has no prefetch. */
    uint64_t (*read)(const void *p, size_t bytes);
    uint64_t (*read_ahead)(const void *p, size_t bytes);
};
extern const struct loom_probe loom_probes[];
extern const size_t loom_probe_count;

/* A weight matrix of a model that the library was generated for. */
struct loom_problem_row {
    const char *model, *role, *format;
    uint32_t m, k;
};
extern const struct loom_problem_row loom_problem_rows[];
extern const size_t loom_problem_row_count;

/* The tools, each the whole of a program: arguments as those of main, where argv[0] is what
 * messages call it; returns the exit status, or exits. */
int loom_verify_main(int argc, char **argv);
int loom_bench_main(int argc, char **argv);
int loom_sweep_main(int argc, char **argv);

#endif
