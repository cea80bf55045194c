/* Weights and activations that bring out faults. */
#ifndef LOOM_TOOLS_VERIFY_DATA_H
#define LOOM_TOOLS_VERIFY_DATA_H

#include "common/guard.h"
#include "common/random.h"
#include "reference/reference.h"

enum codes { CODES_RANDOM, CODES_MAX, CODES_ZERO, CODES_ALTERNATE, CODES_COUNT };

/* SIGNS, POSITIVE, NEGATIVE and ALTERNATE are all +-max: every quantised activation and, but
 * for ALTERNATE, every full table entry is the largest; SPARSE has one activation of four, so
 * that all 16 entries are. TIES lie half-way between two quantised values. STEPS are positive,
 * those of a group 6 to 700 times as large as those of the groups beside it, or as small. */
enum acts {
    ACTS_GAUSSIAN,
    ACTS_POSITIVE,
    ACTS_NEGATIVE,
    ACTS_ALTERNATE,
    ACTS_SIGNS,
    ACTS_SPARSE,
    ACTS_TIES,
    ACTS_STEPS,
    ACTS_ZERO,
    ACTS_TINY,
    ACTS_HUGE,
    ACTS_NOT_FINITE,
    ACTS_COUNT
};

/* Of scales and of offsets. SPECIAL: zeros, subnormals, the largest, infinity, both signs, as far
 * as their type has them. ONE: all of them 1. */
enum scales { SCALES_RANDOM, SCALES_SPECIAL, SCALES_ONE, SCALES_COUNT };
enum zeros { ZEROS_RANDOM, ZEROS_LOW, ZEROS_HIGH, ZEROS_COUNT };

/* Factors and minimums of sub-blocks. FAR: those farthest from 0. */
enum factors { FACTORS_RANDOM, FACTORS_HIGH, FACTORS_FAR, FACTORS_ZERO, FACTORS_COUNT };

extern const char *const codes_names[CODES_COUNT];
extern const char *const acts_names[ACTS_COUNT];
extern const char *const scales_names[SCALES_COUNT];
extern const char *const zeros_names[ZEROS_COUNT];
extern const char *const factors_names[FACTORS_COUNT];

/* One problem: shape, format and kind of data. `seed` fixes every random choice in it. */
struct verify_case {
    loom_format format;
    size_t m, k, n;
    enum codes codes;
    enum acts acts;
    enum scales scales;
    enum zeros zeros;
    enum factors factors;
    uint64_t seed;
};

/* Fills one token of k floats. `act` sets the grid of ACTS_TIES, `group` the length of ACTS_STEPS;
 * 0: all of them are one group. */
void fill_acts(float *x, enum acts acts, enum loom_act act, size_t k, size_t group,
               struct random *random);

/* The parts of a matrix for the case, not filled yet. */
loom_parts make_parts(const struct verify_case *c, struct guard *guard);

/* A matrix for the case in guarded memory of exactly its size, which cannot be written. */
struct reference_weights make_weights(const struct verify_case *c, struct guard *guard,
                                      struct random *random);

#endif
