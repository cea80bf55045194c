/* What a format says about a matrix: groups, scales, offsets, zero points, factors, numbers. */
#include "reference/reference.h"
#include "registry.h"

#include <math.h>

static float half_to_float(uint16_t half) {
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

/* Half of an E4M3 number without its sign; its NaN without a sign is 0. */
static float ue4m3_to_float(uint8_t byte) {
    const int exponent = byte >> 3 & 15, fraction = byte & 7;
    if (byte == 0x7f) {
        return 0;
    }
    return exponent ? ldexpf((float)(8 + fraction), exponent - 11) : ldexpf((float)fraction, -10);
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

/* A byte holds it. */
unsigned reference_max_zero(const loom_format *format) {
    return format->bits < 8 ? 1u << format->bits : 255;
}

/* Factors of formats with `m` are not signed. */
int reference_least_factor(const loom_format *format) {
    return format->offsets ? 0 : -(1 << (format->factor_bits - 1));
}

int reference_most_factor(const loom_format *format) {
    return (1 << (format->factor_bits - !format->offsets)) - 1;
}

size_t reference_subs(const loom_format *format) {
    return format->sub ? format->group / format->sub : 1;
}

const int8_t *reference_book(const loom_format *format) {
    static const int8_t iq4[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                   1,    13,   25,  38,  53,  69,  89,  113};
    static const int8_t fp4[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
    return format->book == LOOM_BOOK_IQ4 ? iq4 : format->book == LOOM_BOOK_FP4 ? fp4 : NULL;
}

static size_t scale_index(const struct reference_weights *w, size_t row, size_t group) {
    return w->format.tensor ? 0 : row * reference_groups(&w->format, w->k) + group;
}

/* Subnormals are 0 in bytes of exponents. */
static float scale_at(const loom_format *format, const void *scales, size_t index) {
    const uint8_t *const bytes = scales;
    switch (format->scale) {
    case LOOM_SCALE_FP32:
        return ((const float *)scales)[index];
    case LOOM_SCALE_E8M0:
        return bytes[index] < 2 ? 0 : ldexpf(1, bytes[index] - 128);
    case LOOM_SCALE_UE4M3:
        return ue4m3_to_float(bytes[index]);
    default:
        return half_to_float(((const uint16_t *)scales)[index]);
    }
}

float reference_scale(const struct reference_weights *w, size_t row, size_t group) {
    return scale_at(&w->format, w->parts.scales, scale_index(w, row, group));
}

float reference_offset(const struct reference_weights *w, size_t row, size_t group) {
    return w->format.offsets ? scale_at(&w->format, w->parts.offsets, scale_index(w, row, group))
                             : 0;
}

unsigned reference_zero(const struct reference_weights *w, size_t row, size_t group) {
    if (w->format.zero_points) {
        return w->parts.zeros[scale_index(w, row, group)];
    }
    return loom_format_zero(&w->format);
}

static size_t factor_index(const struct reference_weights *w, size_t row, size_t group, size_t j) {
    return scale_index(w, row, group) * reference_subs(&w->format) + j;
}

int reference_factor(const struct reference_weights *w, size_t row, size_t group, size_t j) {
    if (!w->format.sub) {
        return 1;
    }
    const uint8_t byte = w->parts.factors[factor_index(w, row, group, j)];
    return w->format.offsets ? byte : (int8_t)byte;
}

int reference_min(const struct reference_weights *w, size_t row, size_t group, size_t j) {
    return w->format.sub ? w->parts.mins[factor_index(w, row, group, j)] : 1;
}
