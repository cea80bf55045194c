#define _GNU_SOURCE
#include "common/random.h"

#include <math.h>
#include <time.h>
#include <unistd.h>

/* SplitMix64: a counter and a mixing function. */
uint64_t random_next(struct random *random) {
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t random_below(struct random *random, uint32_t bound) {
    return (uint32_t)((random_next(random) >> 32) * bound >> 32);
}

float random_unit(struct random *random) {
    return (float)(random_next(random) >> 40) * 0x1p-24f;
}

float random_gaussian(struct random *random) {
    const float two_pi = 6.2831853f;
    const float radius = sqrtf(-2 * logf(1 - random_unit(random)));
    return radius * cosf(two_pi * random_unit(random));
}

uint64_t random_seed(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct random random = {(uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec +
                            ((uint64_t)getpid() << 40)};
    return random_next(&random) >> 32;
}

struct random random_named(uint64_t seed, const char *name) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name; name++) {
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    }
    struct random random = {seed ^ hash};
    random_next(&random);
    return random;
}
