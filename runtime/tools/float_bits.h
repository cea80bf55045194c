/* Comparing results bit for bit. */
#ifndef LOOM_TOOLS_FLOAT_BITS_H
#define LOOM_TOOLS_FLOAT_BITS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t float_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Equal bits, or both not a number. */
static inline bool float_same(float a, float b) {
    return (isnan(a) && isnan(b)) || float_bits(a) == float_bits(b);
}

#endif
