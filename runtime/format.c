/* Names of weight formats; the grammar is in loom.h. */
#include <string.h>

#include "registry.h"

struct granularity {
    const char *word;
    uint16_t group;
    uint8_t tensor;
};

static const struct granularity granularities[] = {
    {"g16", 16, 0},   {"g32", 32, 0}, {"g64", 64, 0},   {"g128", 128, 0},
    {"g256", 256, 0}, {"row", 0, 0},  {"tensor", 0, 1},
};

/* 1, and *at moved behind the word, if *at starts with it. */
static uint8_t take(const char **at, const char *word) {
    const size_t length = strlen(word);
    if (strncmp(*at, word, length) != 0) {
        return 0;
    }
    *at += length;
    return 1;
}

static const struct {
    const char *word;
    uint8_t bits, ternary, book;
} bases[] = {
    {"t", 2, 1, LOOM_BOOK_NONE},
    {"iq4", 4, 0, LOOM_BOOK_IQ4},
    {"fp4", 4, 0, LOOM_BOOK_FP4},
};

static int take_base(loom_format *format, const char **at) {
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (take(at, bases[i].word)) {
            format->bits = bases[i].bits;
            format->ternary = bases[i].ternary;
            format->book = bases[i].book;
            return 1;
        }
    }
    if (!take(at, "w") || **at < '1' || **at > '8') {
        return 0;
    }
    format->bits = (uint8_t)(**at - '0');
    *at += 1;
    return 1;
}

static int take_granularity(loom_format *format, const char **at) {
    for (size_t i = 0; i < sizeof granularities / sizeof granularities[0]; i++) {
        if (take(at, granularities[i].word)) {
            format->group = granularities[i].group;
            format->tensor = granularities[i].tensor;
            return 1;
        }
    }
    format->tensor = format->ternary;
    return format->ternary;
}

static const struct {
    const char *word;
    uint8_t sub, bits;
} factors[] = {
    {"s16x4", 16, 4}, {"s16x6", 16, 6}, {"s16x8", 16, 8},
    {"s32x4", 32, 4}, {"s32x6", 32, 6}, {"s32x8", 32, 8},
};

/* Sub-blocks with factors: of super-blocks of 256. */
static int take_factors(loom_format *format, const char **at) {
    for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++) {
        if (take(at, factors[i].word)) {
            format->sub = factors[i].sub;
            format->factor_bits = factors[i].bits;
            return format->group == 256;
        }
    }
    return 1;
}

/* A zero point for all weights: not the one that it would be without, of one to three digits. */
static int take_fixed_zero(loom_format *format, const char **at) {
    unsigned zero = 0;
    const char *const digits = *at;
    for (; **at >= '0' && **at <= '9' && *at - digits < 3; ++*at) {
        zero = zero * 10 + (unsigned)(**at - '0');
    }
    const int padded = *at - digits > 1 && *digits == '0';
    format->fixed_zero = (uint16_t)(zero + 1);
    return !padded && !format->ternary && !format->book && zero <= 1u << format->bits &&
           zero != loom_format_middle(format);
}

/* `z`, a zero point for all weights, or `m`. */
static int take_zero(loom_format *format, const char **at) {
    format->offsets = take(at, "m");
    if (format->offsets) {
        return format->bits > 1 && !format->ternary && !format->book;
    }
    if (!take(at, "z")) {
        return 1;
    }
    if (**at >= '0' && **at <= '9') {
        return take_fixed_zero(format, at);
    }
    format->zero_points = 1;
    return !format->book;
}

static void take_scale(loom_format *format, const char **at) {
    format->scale = take(at, "f32")     ? LOOM_SCALE_FP32
                    : take(at, "e8m0")  ? LOOM_SCALE_E8M0
                    : take(at, "ue4m3") ? LOOM_SCALE_UE4M3
                                        : LOOM_SCALE_FP16;
}

unsigned loom_format_middle(const loom_format *format) {
    return format->ternary ? 1 : 1u << (format->bits - 1);
}

unsigned loom_format_zero(const loom_format *format) {
    if (format->offsets || format->book) {
        return 0;
    }
    return format->fixed_zero ? format->fixed_zero - 1u : loom_format_middle(format);
}

loom_status loom_format_parse(loom_format *format, const char *name) {
    if (!format || !name) {
        return LOOM_ERROR_NULL;
    }
    loom_format parsed = {0};
    if (!take_base(&parsed, &name) || !take_granularity(&parsed, &name) ||
        !take_factors(&parsed, &name) || !take_zero(&parsed, &name)) {
        return LOOM_ERROR_FORMAT;
    }
    take_scale(&parsed, &name);
    parsed.act_row = take(&name, "arow");
    if (*name != '\0') {
        return LOOM_ERROR_FORMAT;
    }
    *format = parsed;
    return LOOM_OK;
}

int loom_format_same_kernel(const loom_format *a, const loom_format *b) {
    loom_format x = *a, y = *b;
    x.tensor = y.tensor = 0;
    x.act_row = y.act_row = 0;
    return memcmp(&x, &y, sizeof x) == 0;
}
