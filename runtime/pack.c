/* Packed weights: header, weights, scales, zero points, offsets, factors and minimums. */
#include <string.h>

#include "factors.h"

struct packed_header {
    uint32_t magic, version, check;
};

static const uint32_t packed_magic = 0x574d4f4c; /* "LOMW", also a test of the byte order */
static const uint32_t packed_version = 2;        /* 1 had factors of six bits as bytes */

static struct packed_header header_of_packed(const loom_plan *plan) {
    return (struct packed_header){packed_magic, packed_version, plan->check};
}

int loom_packed_valid(const loom_plan *plan, const void *packed) {
    const struct packed_header header = header_of_packed(plan);
    return memcmp(packed, &header, sizeof header) == 0;
}

loom_status loom_packed_check(const loom_plan *plan, const void *packed, size_t bytes) {
    if (!loom_plan_ready(plan) || !packed) {
        return LOOM_ERROR_NULL;
    }
    if (!loom_is_aligned(packed, LOOM_ALIGN)) {
        return LOOM_ERROR_ALIGN;
    }
    if (bytes < loom_packed_size(plan)) {
        return LOOM_ERROR_SIZE;
    }
    return loom_packed_valid(plan, packed) ? LOOM_OK : LOOM_ERROR_PACKED;
}

/* That of this CPU, whichever one the plan is for. */
static const struct loom_packer *packer(void) {
    loom_cpu cpu;
    loom_cpu_detect(&cpu, ~0u);
    return loom_registry.isas[loom_highest_isa(&loom_registry, cpu.features)].packer;
}

static void write_header(const loom_plan *plan, void *packed) {
    const struct packed_header header = header_of_packed(plan);
    memset(packed, 0, LOOM_HEADER_BYTES);
    memcpy(packed, &header, sizeof header);
}

/* ---- Scales and zero points: [row][group] <-> [block][group][row of the block] ----------- */

static size_t packed_index(const loom_plan *plan, size_t row, size_t group, size_t groups) {
    const size_t rows = plan->gemv->layout->rows;
    return (row / rows * groups + group) * rows + row % rows;
}

/* `bytes` bytes each way: 1, 2 or 4, sizes that the compiler then knows. */
static inline void copy_value(uint8_t *to, const uint8_t *from, size_t bytes) {
    if (bytes == 2) {
        memcpy(to, from, 2);
    } else if (bytes == 4) {
        memcpy(to, from, 4);
    } else {
        *to = *from;
    }
}

/* Values of `bytes` bytes; rows beyond M are 0. `tensor` gives every row its one value. */
static void pack_values(const loom_plan *plan, uint8_t *to, const uint8_t *from, size_t bytes,
                        size_t begin, size_t end) {
    const size_t groups = loom_groups(plan), rows = plan->gemv->layout->rows;
    for (size_t row = begin; row < end; row++) {
        const uint8_t *value = plan->format.tensor ? from : from + row * groups * bytes;
        uint8_t *place = to + packed_index(plan, row, 0, groups) * bytes;
        for (size_t g = 0; g < groups; g++, place += rows * bytes) {
            copy_value(place, value, bytes);
            value += plan->format.tensor ? 0 : bytes;
        }
    }
    for (size_t row = end; row % rows != 0; row++) {
        uint8_t *place = to + packed_index(plan, row, 0, groups) * bytes;
        for (size_t g = 0; g < groups; g++, place += rows * bytes) {
            memset(place, 0, bytes);
        }
    }
}

/* Every thread that unpacks a `tensor` matrix writes the same one value: atomically, so that
 * threads may. */
static void unpack_shared(uint8_t *to, const uint8_t *from, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        __atomic_store_n(&to[i], from[i], __ATOMIC_RELAXED);
    }
}

static void unpack_values(const loom_plan *plan, uint8_t *to, const uint8_t *from, size_t bytes,
                          size_t begin, size_t end) {
    const size_t groups = loom_groups(plan), rows = plan->gemv->layout->rows;
    if (plan->format.tensor) {
        unpack_shared(to, from + packed_index(plan, begin, 0, groups) * bytes, bytes);
        return;
    }
    for (size_t row = begin; row < end; row++) {
        uint8_t *value = to + row * groups * bytes;
        const uint8_t *place = from + packed_index(plan, row, 0, groups) * bytes;
        for (size_t g = 0; g < groups; g++, value += bytes, place += rows * bytes) {
            copy_value(value, place, bytes);
        }
    }
}

static int zeros_fit(const loom_plan *plan, const uint8_t *zeros, size_t begin, size_t end) {
    const size_t groups = loom_groups(plan);
    const size_t first = plan->format.tensor ? 0 : begin * groups;
    const size_t last = plan->format.tensor ? 1 : end * groups;
    const unsigned limit = 1u << plan->format.bits; /* of 8 bits no byte is beyond it */
    for (size_t i = first; i < last; i++) {
        if (zeros[i] > limit) {
            return 0;
        }
    }
    return 1;
}

/* ---- The matrix ------------------------------------------------------------------------ */

/* 1 if a part is there where the format has it. */
static int parts_there(const loom_format *format, const loom_parts *parts) {
    return parts->codes && parts->scales && (!format->zero_points || parts->zeros) &&
           (!format->offsets || parts->offsets) && (!format->sub || parts->factors) &&
           (!format->sub || !format->offsets || parts->mins);
}

/* 1 if there is a part that the format has not. */
static int parts_left_over(const loom_format *format, const loom_parts *parts) {
    return (parts->zeros && !format->zero_points) || (parts->offsets && !format->offsets) ||
           (parts->factors && !format->sub) || (parts->mins && (!format->sub || !format->offsets));
}

static loom_status check_pack(const loom_plan *plan, const void *packed, const loom_parts *parts,
                              unsigned code_bits, size_t begin, size_t end) {
    if (!loom_plan_ready(plan) || !packed || !parts || !parts_there(&plan->format, parts)) {
        return LOOM_ERROR_NULL;
    }
    if (!loom_is_aligned(packed, LOOM_ALIGN)) {
        return LOOM_ERROR_ALIGN;
    }
    if (begin >= end || end > plan->m || begin % plan->row_block != 0 ||
        (end % plan->row_block != 0 && end != plan->m)) {
        return LOOM_ERROR_RANGE;
    }
    if (parts_left_over(&plan->format, parts) ||
        (code_bits != 8 && code_bits != plan->format.bits) ||
        (parts->zeros && !zeros_fit(plan, parts->zeros, begin, end)) ||
        (parts->factors && !loom_factors_fit(plan, parts, begin, end))) {
        return LOOM_ERROR_VALUE;
    }
    return LOOM_OK;
}

/* What is left between the arrays: every byte of packed weights is defined. */
static void clear_gaps(const loom_plan *plan, uint8_t *packed,
                       const struct loom_packed_offsets *at) {
    const struct loom_layout *layout = plan->gemv->layout;
    const loom_format *format = &plan->format;
    const size_t rows = at->blocks * layout->rows, values = rows * at->groups;
    const size_t scales = values * loom_scale_bytes(format);
    const size_t words = values * 4 * loom_factor_words(format);
    const struct {
        size_t begin, end;
    } gaps[] = {
        {at->weights + at->blocks * loom_block_bytes(layout, at->k_padded), at->scales},
        {at->scales + scales, at->zeros},
        {at->zeros + (format->zero_points ? values : 0), at->offsets},
        {at->offsets + (format->offsets ? scales : 0), at->factors},
        {at->factors + words, at->halves},
        {at->halves + values * loom_half_bytes(format), at->size},
    };
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        memset(packed + gaps[i].begin, 0, gaps[i].end - gaps[i].begin);
    }
}

/* All but the codes. */
static void pack_others(const loom_plan *plan, uint8_t *packed,
                        const struct loom_packed_offsets *at, const loom_parts *parts, size_t begin,
                        size_t end) {
    const size_t scale_bytes = loom_scale_bytes(&plan->format);
    pack_values(plan, packed + at->scales, parts->scales, scale_bytes, begin, end);
    if (parts->zeros) {
        pack_values(plan, packed + at->zeros, parts->zeros, 1, begin, end);
    }
    if (parts->offsets) {
        pack_values(plan, packed + at->offsets, parts->offsets, scale_bytes, begin, end);
    }
    if (parts->factors) {
        loom_pack_factors(plan, packed, at, parts, begin, end);
    }
}

loom_status loom_pack_parts(const loom_plan *plan, void *packed, const loom_parts *parts,
                            unsigned code_bits, size_t begin, size_t end) {
    const loom_status wrong = check_pack(plan, packed, parts, code_bits, begin, end);
    if (wrong != LOOM_OK) {
        return wrong;
    }
    const struct loom_packed_offsets at = loom_packed_offsets(plan);
    const struct loom_source source = {.bytes = parts->codes,
                                       .row_bytes = (plan->k * code_bits + 7) / 8,
                                       .bits = code_bits,
                                       .max_code = loom_max_code(&plan->format),
                                       .m = plan->m,
                                       .k = plan->k};
    uint8_t *bytes = packed;
    if (begin == 0) {
        memset(packed, 0, LOOM_HEADER_BYTES);
    }
    const loom_status status =
        packer()->pack(plan->gemv->layout, bytes + at.weights, &source, at.k_padded, begin, end);
    if (status != LOOM_OK) {
        return status;
    }
    pack_others(plan, bytes, &at, parts, begin, end);
    if (end == plan->m) {
        clear_gaps(plan, bytes, &at);
    }
    if (begin == 0) {
        write_header(plan, packed);
    }
    return LOOM_OK;
}

loom_status loom_pack(const loom_plan *plan, void *packed, const uint8_t *codes, const void *scales,
                      const uint8_t *zeros, size_t begin, size_t end) {
    const loom_parts parts = loom_three_parts(codes, scales, zeros);
    return loom_pack_parts(plan, packed, &parts, 8, begin, end);
}

static loom_status check_unpack(const loom_plan *plan, const void *packed, const loom_parts *parts,
                                size_t begin, size_t end) {
    if (!loom_plan_ready(plan) || !packed || !parts) {
        return LOOM_ERROR_NULL;
    }
    if (!loom_is_aligned(packed, LOOM_ALIGN)) {
        return LOOM_ERROR_ALIGN;
    }
    if (begin >= end || end > plan->m) {
        return LOOM_ERROR_RANGE;
    }
    return loom_packed_valid(plan, packed) ? LOOM_OK : LOOM_ERROR_PACKED;
}

static void unpack_others(const loom_plan *plan, const uint8_t *packed,
                          const struct loom_packed_offsets *at, const loom_parts *parts,
                          size_t begin, size_t end) {
    const loom_format *format = &plan->format;
    const size_t scale_bytes = loom_scale_bytes(format);
    if (parts->scales) {
        unpack_values(plan, parts->scales, packed + at->scales, scale_bytes, begin, end);
    }
    if (parts->zeros && format->zero_points) {
        unpack_values(plan, parts->zeros, packed + at->zeros, 1, begin, end);
    }
    if (parts->offsets && format->offsets) {
        unpack_values(plan, parts->offsets, packed + at->offsets, scale_bytes, begin, end);
    }
    if (format->sub) {
        loom_unpack_factors(plan, packed, at, parts, begin, end);
    }
}

loom_status loom_unpack_parts(const loom_plan *plan, const void *packed, const loom_parts *parts,
                              size_t begin, size_t end) {
    const loom_status wrong = check_unpack(plan, packed, parts, begin, end);
    if (wrong != LOOM_OK) {
        return wrong;
    }
    const struct loom_packed_offsets at = loom_packed_offsets(plan);
    const uint8_t *bytes = packed;
    if (parts->codes) {
        packer()->unpack(plan->gemv->layout, bytes + at.weights, parts->codes, plan->k, at.k_padded,
                         begin, end);
    }
    unpack_others(plan, bytes, &at, parts, begin, end);
    return LOOM_OK;
}

loom_status loom_unpack(const loom_plan *plan, const void *packed, uint8_t *codes, void *scales,
                        uint8_t *zeros, size_t begin, size_t end) {
    if (!loom_plan_ready(plan) || !codes || !scales || (plan->format.zero_points && !zeros)) {
        return LOOM_ERROR_NULL;
    }
    const loom_parts parts = loom_three_parts(codes, scales, zeros);
    return loom_unpack_parts(plan, packed, &parts, begin, end);
}
