#include "factors.h"

#include <string.h>

enum { MOST_VALUES = 32 }; /* 16 sub-blocks with minimums of their own */

/* 1 if minimums are the upper halves of the factors' bytes. */
static int shares_bytes(const loom_format *format) {
    return format->offsets && format->factor_bits == 4;
}

/* ---- Six bits: the last quarter of the bytes into the others, and out of them ------------ */

static const uint64_t six_bits = 0x3f3f3f3f3f3f3f3f, two_bits = 0x0303030303030303;

/* A quarter has `q` bytes, 2, 4 or 8. */
static inline uint64_t load_quarter(const uint8_t *bytes, size_t q) {
    uint64_t quarter = 0;
    memcpy(&quarter, bytes, q);
    return quarter;
}

static inline void squeeze_quarters(uint8_t *bytes, size_t q) {
    const uint64_t last = load_quarter(bytes + 3 * q, q);
    for (unsigned i = 0; i < 3; i++) {
        const uint64_t upper = load_quarter(bytes + i * q, q) & six_bits;
        const uint64_t both = upper << 2 | (last >> (4 - 2 * i) & two_bits);
        memcpy(bytes + i * q, &both, q);
    }
}

/* `sign` has a bit of each byte that the bits above it are copies of, or none. */
static inline void unsqueeze_quarters(uint8_t *bytes, size_t q, uint64_t sign) {
    uint64_t last = 0;
    for (unsigned i = 0; i < 4; i++) {
        const uint64_t both = i < 3 ? load_quarter(bytes + i * q, q) : last << 2;
        const uint64_t value = both >> 2 & six_bits;
        const uint64_t extended = value | (value & sign) << 1 | (value & sign) << 2;
        memcpy(bytes + i * q, &extended, q);
        last = last << 2 | (both & two_bits);
    }
}

static void squeeze(uint8_t *bytes, size_t values) {
    if (values == 8) {
        squeeze_quarters(bytes, 2);
    } else if (values == 16) {
        squeeze_quarters(bytes, 4);
    } else {
        squeeze_quarters(bytes, 8);
    }
}

static void unsqueeze(uint8_t *bytes, size_t values, int is_signed) {
    const uint64_t sign = is_signed ? 0x2020202020202020 : 0;
    if (values == 8) {
        unsqueeze_quarters(bytes, 2, sign);
    } else if (values == 16) {
        unsqueeze_quarters(bytes, 4, sign);
    } else {
        unsqueeze_quarters(bytes, 8, sign);
    }
}

/* ---- The bytes of a row in a group ------------------------------------------------------- */

/* Of the factors at `factors`, and the minimums or NULL. */
static inline void join(const loom_format *format, size_t subs, uint8_t *bytes,
                        const uint8_t *factors, const uint8_t *mins) {
    memcpy(bytes, factors, subs);
    for (size_t j = 0; mins && j < subs; j++) {
        if (shares_bytes(format)) {
            bytes[j] |= (uint8_t)(mins[j] << 4);
        } else {
            bytes[subs + j] = mins[j];
        }
    }
    if (format->factor_bits == 6) {
        squeeze(bytes, loom_factor_values(format));
    }
}

/* The other way; NULL is left out. */
static inline void split(const loom_format *format, size_t subs, uint8_t *bytes, uint8_t *factors,
                         uint8_t *mins) {
    const int shared = shares_bytes(format);
    if (format->factor_bits == 6) {
        unsqueeze(bytes, loom_factor_values(format), !format->offsets);
    }
    for (size_t j = 0; factors && j < subs; j++) {
        factors[j] = shared ? bytes[j] & 15 : bytes[j];
    }
    for (size_t j = 0; mins && j < subs; j++) {
        mins[j] = shared ? bytes[j] >> 4 : bytes[subs + j];
    }
}

/* ---- Their places ------------------------------------------------------------------------ */

/* Of a row's first word and half in a group: offsets from the start of packed weights, in bytes.
 * The next word is `stride` further; in the next group they are `words` and `halves` further. */
struct places {
    size_t word, half, stride, words, halves;
};

/* In the first group. */
static struct places places_of(const loom_plan *plan, const struct loom_packed_offsets *at,
                               size_t row) {
    const size_t rows = plan->gemv->layout->rows, words = loom_factor_words(&plan->format);
    const size_t first = row / rows * at->groups * rows;
    return (struct places){.word = at->factors + (first * words + row % rows) * 4,
                           .half = at->halves + (first + row % rows) * 2,
                           .stride = rows * 4,
                           .words = rows * words * 4,
                           .halves = rows * 2};
}

static inline struct places next_group(struct places places) {
    places.word += places.words;
    places.half += places.halves;
    return places;
}

/* A row's, or zeros without parts. `subs` are the format's, where the compiler knows the number. */
static inline void pack_row(const loom_format *format, size_t subs, uint8_t *packed,
                            struct places to, size_t groups, const uint8_t *factors,
                            const uint8_t *mins) {
    const size_t words = loom_factor_words(format), half = loom_half_bytes(format);
    for (size_t g = 0; g < groups; g++, to = next_group(to)) {
        uint8_t bytes[MOST_VALUES] = {0};
        if (factors) {
            join(format, subs, bytes, factors + g * subs, mins ? mins + g * subs : NULL);
        }
        for (size_t w = 0; w < words; w++) {
            memcpy(packed + to.word + w * to.stride, bytes + 4 * w, 4);
        }
        if (half) {
            memcpy(packed + to.half, bytes + 4 * words, 2);
        }
    }
}

/* Factors and minimums of a row, each of them unless it is NULL. */
static inline void unpack_row(const loom_format *format, size_t subs, const uint8_t *packed,
                              struct places from, size_t groups, uint8_t *factors, uint8_t *mins) {
    const size_t words = loom_factor_words(format), half = loom_half_bytes(format);
    for (size_t g = 0; g < groups; g++, from = next_group(from)) {
        uint8_t bytes[MOST_VALUES] = {0};
        for (size_t w = 0; w < words; w++) {
            memcpy(bytes + 4 * w, packed + from.word + w * from.stride, 4);
        }
        if (half) {
            memcpy(bytes + 4 * words, packed + from.half, 2);
        }
        split(format, subs, bytes, factors ? factors + g * subs : NULL,
              mins ? mins + g * subs : NULL);
    }
}

/* Where a row's begin in an array that may not be there. */
static inline uint8_t *row_of(uint8_t *array, size_t row, size_t row_values) {
    return array ? array + row * row_values : NULL;
}

void loom_pack_factors(const loom_plan *plan, uint8_t *packed, const struct loom_packed_offsets *at,
                       const loom_parts *parts, size_t begin, size_t end) {
    const loom_format format = plan->format; /* here no store can change it */
    const size_t subs = loom_format_subs(&format), groups = at->groups;
    for (size_t row = begin; row < end || row % plan->gemv->layout->rows != 0; row++) {
        const struct places to = places_of(plan, at, row);
        const uint8_t *factors = row < end ? row_of(parts->factors, row, groups * subs) : NULL;
        const uint8_t *mins = row < end ? row_of(parts->mins, row, groups * subs) : NULL;
        if (subs == 8) {
            pack_row(&format, 8, packed, to, groups, factors, mins);
        } else if (subs == 16) {
            pack_row(&format, 16, packed, to, groups, factors, mins);
        } else {
            pack_row(&format, subs, packed, to, groups, factors, mins);
        }
    }
}

void loom_unpack_factors(const loom_plan *plan, const uint8_t *packed,
                         const struct loom_packed_offsets *at, const loom_parts *parts,
                         size_t begin, size_t end) {
    const loom_format format = plan->format; /* here no store can change it */
    const size_t subs = loom_format_subs(&format), groups = at->groups;
    for (size_t row = begin; row < end; row++) {
        const struct places from = places_of(plan, at, row);
        uint8_t *factors = row_of(parts->factors, row, groups * subs);
        uint8_t *mins = format.offsets ? row_of(parts->mins, row, groups * subs) : NULL;
        if (subs == 8) {
            unpack_row(&format, 8, packed, from, groups, factors, mins);
        } else if (subs == 16) {
            unpack_row(&format, 16, packed, from, groups, factors, mins);
        } else {
            unpack_row(&format, subs, packed, from, groups, factors, mins);
        }
    }
}

/* ---- What fits --------------------------------------------------------------------------- */

/* 1 if each byte, more `least`, has no bits above the lowest `bits`. */
static int bytes_fit(const uint8_t *bytes, size_t begin, size_t end, unsigned bits,
                     unsigned least) {
    uint8_t above = 0;
    for (size_t i = begin; i < end; i++) {
        above |= (uint8_t)(bytes[i] + least) >> bits;
    }
    return above == 0;
}

/* Without offsets factors are signed. */
int loom_factors_fit(const loom_plan *plan, const loom_parts *parts, size_t begin, size_t end) {
    const size_t row_factors = loom_groups(plan) * loom_format_subs(&plan->format);
    const size_t first = begin * row_factors, last = end * row_factors;
    const unsigned bits = plan->format.factor_bits;
    const unsigned least = plan->format.offsets ? 0 : 1u << (bits - 1);
    return bytes_fit(parts->factors, first, last, bits, least) &&
           (!parts->mins || bytes_fit(parts->mins, first, last, bits, 0));
}
