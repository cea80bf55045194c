/* Random numbers that a printed seed repeats. */
#ifndef LOOM_TOOLS_COMMON_RANDOM_H
#define LOOM_TOOLS_COMMON_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state; /* any value is a valid seed */
};

uint64_t random_next(struct random *random);

/* 0 .. bound - 1; bound >= 1. */
uint32_t random_below(struct random *random, uint32_t bound);

/* 0 <= value < 1. */
float random_unit(struct random *random);

/* Mean 0, deviation 1. */
float random_gaussian(struct random *random);

/* A seed that differs from run to run. */
uint64_t random_seed(void);

/* The stream of one name under a seed: the same whatever else is run. */
struct random random_named(uint64_t seed, const char *name);

#endif
