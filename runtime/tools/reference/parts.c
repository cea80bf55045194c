/* The parts of a matrix, row-major and nothing padded. */
#include "reference/reference.h"

#include <string.h>

size_t reference_scale_count(const loom_format *format, size_t m, size_t k) {
    return format->tensor ? 1 : m * reference_groups(format, k);
}

size_t reference_factor_count(const loom_format *format, size_t m, size_t k) {
    return m * reference_groups(format, k) * reference_subs(format);
}

size_t reference_scale_bytes(const loom_format *format) {
    static const size_t bytes[] = {[LOOM_SCALE_FP16] = 2,
                                   [LOOM_SCALE_FP32] = 4,
                                   [LOOM_SCALE_E8M0] = 1,
                                   [LOOM_SCALE_UE4M3] = 1};
    return bytes[format->scale];
}

/* Bytes of each part; 0 where the format has none. */
struct sizes {
    size_t codes, scales, zeros, offsets, factors, mins;
};

static struct sizes sizes_of(const loom_format *format, size_t m, size_t k) {
    const size_t values = reference_scale_count(format, m, k);
    const size_t scales = values * reference_scale_bytes(format);
    const size_t factors = format->sub ? reference_factor_count(format, m, k) : 0;
    return (struct sizes){
        .codes = m * k,
        .scales = scales,
        .zeros = format->zero_points ? values : 0,
        .offsets = format->offsets ? scales : 0,
        .factors = factors,
        .mins = format->offsets ? factors : 0,
    };
}

loom_parts reference_parts(const loom_format *format, size_t m, size_t k, reference_alloc *alloc,
                           void *context) {
    const struct sizes bytes = sizes_of(format, m, k);
    const size_t unit = reference_scale_bytes(format);
    return (loom_parts){
        .codes = alloc(context, "codes", bytes.codes, 1),
        .scales = alloc(context, "scales", bytes.scales, unit),
        .zeros = bytes.zeros ? alloc(context, "zeros", bytes.zeros, 1) : NULL,
        .offsets = bytes.offsets ? alloc(context, "offsets", bytes.offsets, unit) : NULL,
        .factors = bytes.factors ? alloc(context, "factors", bytes.factors, 1) : NULL,
        .mins = bytes.mins ? alloc(context, "minimums", bytes.mins, 1) : NULL,
    };
}

static int differ(const void *a, const void *b, size_t bytes) {
    return bytes > 0 && memcmp(a, b, bytes) != 0;
}

const char *reference_differs(const struct reference_weights *w, const loom_parts *parts) {
    const struct sizes bytes = sizes_of(&w->format, w->m, w->k);
    const loom_parts *const own = &w->parts;
    return differ(own->codes, parts->codes, bytes.codes)         ? "codes"
           : differ(own->scales, parts->scales, bytes.scales)    ? "scales"
           : differ(own->zeros, parts->zeros, bytes.zeros)       ? "zeros"
           : differ(own->offsets, parts->offsets, bytes.offsets) ? "offsets"
           : differ(own->factors, parts->factors, bytes.factors) ? "factors"
           : differ(own->mins, parts->mins, bytes.mins)          ? "minimums"
                                                                 : NULL;
}
