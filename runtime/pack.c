/* Packed weights: header, weights, scales, zero points. */
#include <string.h>

#include "plan.h"

struct packed_header {
    uint32_t magic, version, check;
};

static const uint32_t packed_magic = 0x574d4f4c; /* "LOMW", also a test of the byte order */
static const uint32_t packed_version = 1;

static struct packed_header make_header(const loom_plan *plan) {
    return (struct packed_header){packed_magic, packed_version, plan->check};
}

int loom_packed_valid(const loom_plan *plan, const void *packed) {
    const struct packed_header header = make_header(plan);
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

static void write_header(const loom_plan *plan, void *packed) {
    const struct packed_header header = make_header(plan);
    memset(packed, 0, LOOM_HEADER_BYTES);
    memcpy(packed, &header, sizeof header);
}

/* ---- Scales and zero points: [row][group] <-> [block][group][row of the block] ----------- */

static size_t scale_bytes(const loom_plan *plan) {
    return plan->format.scale_fp32 ? 4 : 2;
}

static size_t packed_index(const loom_plan *plan, size_t row, size_t group, size_t groups) {
    const size_t rows = plan->gemv->layout->rows;
    return (row / rows * groups + group) * rows + row % rows;
}

/* `bytes` bytes each way, a size that the compiler then knows. */
static inline void copy_value(uint8_t *to, const uint8_t *from, size_t bytes) {
    if (bytes == 2) {
        memcpy(to, from, 2);
    } else {
        memcpy(to, from, bytes);
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
    const size_t groups = loom_groups(plan);
    if (plan->format.tensor) {
        unpack_shared(to, from + packed_index(plan, begin, 0, groups) * bytes, bytes);
        return;
    }
    for (size_t row = begin; row < end; row++) {
        for (size_t g = 0; g < groups; g++) {
            memcpy(to + (row * groups + g) * bytes,
                   from + packed_index(plan, row, g, groups) * bytes, bytes);
        }
    }
}

static int zeros_fit(const loom_plan *plan, const uint8_t *zeros, size_t begin, size_t end) {
    const size_t groups = loom_groups(plan);
    const size_t first = plan->format.tensor ? 0 : begin * groups;
    const size_t last = plan->format.tensor ? 1 : end * groups;
    const unsigned limit = 1u << plan->format.bits;
    for (size_t i = first; i < last; i++) {
        if (zeros[i] > limit) {
            return 0;
        }
    }
    return 1;
}

/* ---- The matrix ------------------------------------------------------------------------ */

static loom_status check_pack(const loom_plan *plan, const void *packed, const uint8_t *codes,
                              const void *scales, const uint8_t *zeros, size_t begin, size_t end) {
    if (!loom_plan_ready(plan) || !packed || !codes || !scales ||
        (plan->format.zero_points && !zeros)) {
        return LOOM_ERROR_NULL;
    }
    if (!loom_is_aligned(packed, LOOM_ALIGN)) {
        return LOOM_ERROR_ALIGN;
    }
    if (begin >= end || end > plan->m || begin % plan->row_block != 0 ||
        (end % plan->row_block != 0 && end != plan->m)) {
        return LOOM_ERROR_RANGE;
    }
    if (zeros && (!plan->format.zero_points || !zeros_fit(plan, zeros, begin, end))) {
        return LOOM_ERROR_VALUE;
    }
    return LOOM_OK;
}

/* What is left between the arrays: every byte of packed weights is defined. */
static void clear_gaps(const loom_plan *plan, uint8_t *packed,
                       const struct loom_packed_offsets *at) {
    const struct loom_layout *layout = plan->gemv->layout;
    const size_t rows = at->blocks * layout->rows, values = rows * at->groups;
    const struct {
        size_t begin, end;
    } gaps[] = {
        {at->weights + at->blocks * loom_block_bytes(layout, at->k_padded), at->scales},
        {at->scales + values * scale_bytes(plan), at->zeros},
        {at->zeros + (plan->format.zero_points ? values : 0), at->size},
    };
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        memset(packed + gaps[i].begin, 0, gaps[i].end - gaps[i].begin);
    }
}

static uint8_t max_code(const loom_format *format) {
    return format->ternary ? 2 : (uint8_t)((1u << format->bits) - 1);
}

/* Codes of `bits` bits each, rows of `row_bytes` bytes. */
static loom_status pack_rows(const loom_plan *plan, uint8_t *packed, const uint8_t *codes,
                             unsigned bits, size_t row_bytes, const void *scales,
                             const uint8_t *zeros, size_t begin, size_t end) {
    const struct loom_packed_offsets at = loom_packed_offsets(plan);
    const struct loom_source source = {codes,   row_bytes, bits, max_code(&plan->format),
                                       plan->m, plan->k};
    if (begin == 0) {
        memset(packed, 0, LOOM_HEADER_BYTES);
    }
    const loom_status status =
        loom_pack_codes(plan->gemv->layout, packed + at.weights, &source, at.k_padded, begin, end);
    if (status != LOOM_OK) {
        return status;
    }
    pack_values(plan, packed + at.scales, scales, scale_bytes(plan), begin, end);
    if (zeros) {
        pack_values(plan, packed + at.zeros, zeros, 1, begin, end);
    }
    if (end == plan->m) {
        clear_gaps(plan, packed, &at);
    }
    if (begin == 0) {
        write_header(plan, packed);
    }
    return LOOM_OK;
}

loom_status loom_pack(const loom_plan *plan, void *packed, const uint8_t *codes, const void *scales,
                      const uint8_t *zeros, size_t begin, size_t end) {
    const loom_status status = check_pack(plan, packed, codes, scales, zeros, begin, end);
    if (status != LOOM_OK) {
        return status;
    }
    return pack_rows(plan, packed, codes, 8, plan->k, scales, zeros, begin, end);
}

loom_status loom_pack_fields(const loom_plan *plan, void *packed, const uint8_t *fields,
                             const void *scales, const uint8_t *zeros, size_t begin, size_t end) {
    const loom_status status = check_pack(plan, packed, fields, scales, zeros, begin, end);
    if (status != LOOM_OK) {
        return status;
    }
    const unsigned bits = plan->format.bits;
    return pack_rows(plan, packed, fields, bits, (plan->k * bits + 7) / 8, scales, zeros, begin,
                     end);
}

static loom_status check_unpack(const loom_plan *plan, const void *packed, const uint8_t *codes,
                                const void *scales, const uint8_t *zeros, size_t begin,
                                size_t end) {
    if (!loom_plan_ready(plan) || !packed || !codes || !scales ||
        (plan->format.zero_points && !zeros)) {
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

loom_status loom_unpack(const loom_plan *plan, const void *packed, uint8_t *codes, void *scales,
                        uint8_t *zeros, size_t begin, size_t end) {
    const loom_status status = check_unpack(plan, packed, codes, scales, zeros, begin, end);
    if (status != LOOM_OK) {
        return status;
    }
    const struct loom_packed_offsets at = loom_packed_offsets(plan);
    const uint8_t *bytes = packed;
    const loom_status unpacked = loom_unpack_codes(plan->gemv->layout, bytes + at.weights, codes,
                                                   plan->k, at.k_padded, begin, end);
    if (unpacked != LOOM_OK) {
        return unpacked;
    }
    unpack_values(plan, scales, bytes + at.scales, scale_bytes(plan), begin, end);
    if (plan->format.zero_points) {
        unpack_values(plan, zeros, bytes + at.zeros, 1, begin, end);
    }
    return LOOM_OK;
}
