#include "codec/rows.h"

#include "registry.h"

#include <stdlib.h>

struct row_bytes row_bytes_of(const loom_plan *plan, unsigned code_bits) {
    const loom_format *const format = &plan->format;
    const size_t groups = loom_groups(plan), scales = groups * loom_scale_bytes(format);
    const size_t factors = format->sub ? groups * loom_format_subs(format) : 0;
    return (struct row_bytes){
        .codes = (plan->k * code_bits + 7) / 8,
        .scales = scales,
        .zeros = format->zero_points ? groups : 0,
        .offsets = format->offsets ? scales : 0,
        .factors = factors,
        .mins = format->offsets ? factors : 0,
    };
}

/* The next part in memory, `count` times as many bytes; NULL for none. */
static void *take(uint8_t **memory, size_t bytes, size_t count) {
    uint8_t *const part = *memory;
    *memory += bytes * count;
    return bytes ? part : NULL;
}

static loom_parts take_parts(uint8_t *memory, const struct row_bytes *bytes, size_t count) {
    /* What has the largest elements comes first. */
    loom_parts parts = {0};
    parts.scales = take(&memory, bytes->scales, count);
    parts.offsets = take(&memory, bytes->offsets, count);
    parts.zeros = take(&memory, bytes->zeros, count);
    parts.factors = take(&memory, bytes->factors, count);
    parts.mins = take(&memory, bytes->mins, count);
    parts.codes = take(&memory, bytes->codes, count);
    return parts;
}

/* Where the part would be `rows` rows before. */
static void *before(void *part, size_t bytes, size_t rows) {
    return part ? (uint8_t *)part - bytes * rows : NULL;
}

static loom_parts whole_parts(const loom_parts *parts, const struct row_bytes *bytes, size_t begin,
                              bool tensor) {
    const size_t of_values = tensor ? 0 : begin;
    return (loom_parts){
        .codes = before(parts->codes, bytes->codes, begin),
        .scales = before(parts->scales, bytes->scales, of_values),
        .zeros = before(parts->zeros, bytes->zeros, of_values),
        .offsets = before(parts->offsets, bytes->offsets, of_values),
        .factors = before(parts->factors, bytes->factors, begin),
        .mins = before(parts->mins, bytes->mins, begin),
    };
}

size_t rows_bytes(const loom_plan *plan, size_t rows, unsigned code_bits) {
    const struct row_bytes bytes = row_bytes_of(plan, code_bits);
    return rows *
           (bytes.codes + bytes.scales + bytes.zeros + bytes.offsets + bytes.factors + bytes.mins);
}

void rows_place(struct rows *rows, const loom_plan *plan, size_t begin, size_t end,
                unsigned code_bits, void *memory) {
    const struct row_bytes bytes = row_bytes_of(plan, code_bits);
    *rows = (struct rows){.begin = begin, .end = end, .memory = memory};
    rows->parts = take_parts(memory, &bytes, end - begin);
    rows->whole = whole_parts(&rows->parts, &bytes, begin, plan->format.tensor);
}

bool rows_alloc(struct rows *rows, const loom_plan *plan, size_t begin, size_t end,
                unsigned code_bits) {
    void *const memory = malloc(rows_bytes(plan, end - begin, code_bits));
    if (memory) {
        rows_place(rows, plan, begin, end, code_bits, memory);
    }
    return memory != NULL;
}

void rows_free(struct rows *rows) {
    free(rows->memory);
}
