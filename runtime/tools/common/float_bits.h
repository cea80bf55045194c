/* Comparing results bit for bit. */
#ifndef LOOM_TOOLS_COMMON_FLOAT_BITS_H
#define LOOM_TOOLS_COMMON_FLOAT_BITS_H

#include "activations.h"

#include <math.h>
#include <stdbool.h>

/* Equal bits, or both not a number. */
static inline bool float_same(float a, float b) {
    return (isnan(a) && isnan(b)) || loom_bits_from_float(a) == loom_bits_from_float(b);
}

#endif
