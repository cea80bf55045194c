/* Names of weight formats; the grammar is in loom.h. */
#include <string.h>

#include "registry.h"

struct granularity {
    const char *word;
    uint16_t group;
    uint8_t tensor;
};

static const struct granularity granularities[] = {
    {"g32", 32, 0},   {"g64", 64, 0}, {"g128", 128, 0},
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

static int take_base(loom_format *format, const char **at) {
    if (take(at, "t")) {
        format->ternary = 1;
        format->bits = 2;
        return 1;
    }
    if (!take(at, "w") || **at < '1' || **at > '4') {
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

/* `z`, or a zero point for all weights: one digit or two, and not what it would be without. */
static int take_zero(loom_format *format, const char **at) {
    if (!take(at, "z")) {
        return 1;
    }
    unsigned zero = 0;
    const char *const digits = *at;
    for (; **at >= '0' && **at <= '9' && *at - digits < 2; ++*at) {
        zero = zero * 10 + (unsigned)(**at - '0');
    }
    format->zero_points = *at == digits;
    if (format->zero_points) {
        return 1;
    }
    const int padded = *at - digits == 2 && *digits == '0';
    format->fixed_zero = (uint16_t)(zero + 1);
    return !padded && !format->ternary && zero <= 1u << format->bits &&
           zero != loom_format_middle(format);
}

unsigned loom_format_middle(const loom_format *format) {
    return format->ternary ? 1 : 1u << (format->bits - 1);
}

unsigned loom_format_zero(const loom_format *format) {
    return format->fixed_zero ? format->fixed_zero - 1u : loom_format_middle(format);
}

loom_status loom_format_parse(loom_format *format, const char *name) {
    if (!format || !name) {
        return LOOM_ERROR_NULL;
    }
    loom_format parsed = {0};
    if (!take_base(&parsed, &name) || !take_granularity(&parsed, &name) ||
        !take_zero(&parsed, &name)) {
        return LOOM_ERROR_FORMAT;
    }
    parsed.scale_fp32 = take(&name, "f32");
    parsed.act_row = take(&name, "arow");
    if (*name != '\0') {
        return LOOM_ERROR_FORMAT;
    }
    *format = parsed;
    return LOOM_OK;
}

int loom_format_same_kernel(const loom_format *a, const loom_format *b) {
    return a->bits == b->bits && a->ternary == b->ternary && a->zero_points == b->zero_points &&
           a->fixed_zero == b->fixed_zero && a->scale_fp32 == b->scale_fp32 && a->group == b->group;
}
