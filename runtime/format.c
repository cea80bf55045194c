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

loom_status loom_format_parse(loom_format *format, const char *name) {
    if (!format || !name) {
        return LOOM_ERROR_NULL;
    }
    loom_format parsed = {0};
    if (!take_base(&parsed, &name) || !take_granularity(&parsed, &name)) {
        return LOOM_ERROR_FORMAT;
    }
    parsed.zero_points = take(&name, "z");
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
           a->scale_fp32 == b->scale_fp32 && a->group == b->group;
}
