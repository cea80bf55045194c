/* What a format says about a matrix: groups, scales, zero points. */
#include "reference/reference.h"
#include "registry.h"

#include <math.h>

float reference_half_to_float(uint16_t half) {
    const int exponent = half >> 10 & 31, fraction = half & 1023;
    float value;
    if (exponent == 31) {
        value = fraction ? NAN : INFINITY;
    } else if (exponent == 0) {
        value = ldexpf((float)fraction, -24);
    } else {
        value = ldexpf((float)(fraction + 1024), exponent - 25);
    }
    return half & 0x8000 ? -value : value;
}

size_t reference_groups(const loom_format *format, size_t k) {
    return format->group ? (k + format->group - 1) / format->group : 1;
}

size_t reference_k_group(const loom_format *format, size_t k) {
    return format->group ? format->group : (k + 63) / 64 * 64;
}

unsigned reference_max_code(const loom_format *format) {
    return format->ternary ? 2 : (1u << format->bits) - 1;
}

unsigned reference_max_zero(const loom_format *format) {
    return 1u << format->bits;
}

size_t reference_scale_count(const loom_format *format, size_t m, size_t k) {
    return format->tensor ? 1 : m * reference_groups(format, k);
}

size_t reference_scale_bytes(const loom_format *format) {
    return format->scale_fp32 ? 4 : 2;
}

static size_t scale_index(const struct reference_weights *w, size_t row, size_t group) {
    return w->format.tensor ? 0 : row * reference_groups(&w->format, w->k) + group;
}

float reference_scale(const struct reference_weights *w, size_t row, size_t group) {
    const size_t index = scale_index(w, row, group);
    if (w->format.scale_fp32) {
        return ((const float *)w->scales)[index];
    }
    return reference_half_to_float(((const uint16_t *)w->scales)[index]);
}

unsigned reference_zero(const struct reference_weights *w, size_t row, size_t group) {
    if (w->format.zero_points) {
        return w->zeros[scale_index(w, row, group)];
    }
    return loom_format_zero(&w->format);
}
