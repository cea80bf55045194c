#include "llama/rows.h"

#include "registry.h"

#include <stdlib.h>

/* Bytes of each part of a block; 0 of those that the format has not. */
struct part_bytes {
    size_t codes, scales, offsets, factors, mins;
};

static struct part_bytes part_bytes(const struct matrix *matrix, unsigned code_bits) {
    const loom_format *const format = &matrix->plan.format;
    const size_t groups = matrix->type->codes / format->group;
    const size_t scale = groups * loom_scale_bytes(format);
    const size_t factors = format->sub ? groups * loom_format_subs(format) : 0;
    return (struct part_bytes){
        .codes = (size_t)matrix->type->codes * code_bits / 8,
        .scales = scale,
        .offsets = format->offsets ? scale : 0,
        .factors = factors,
        .mins = format->offsets ? factors : 0,
    };
}

/* Rows of blocks as the library takes them. */
struct rows {
    size_t begin, count; /* of blocks, counted from the matrix's first */
    struct part_bytes bytes;
    loom_parts parts; /* of these blocks */
    void *memory;
};

static size_t row_blocks(const struct matrix *matrix) {
    return matrix->plan.k / matrix->type->codes;
}

/* The next part in memory, NULL for none. */
static void *take_part(uint8_t **memory, size_t bytes) {
    uint8_t *const part = *memory;
    *memory += bytes;
    return bytes ? part : NULL;
}

static bool rows_alloc(struct rows *rows, const struct matrix *matrix, size_t begin, size_t end,
                       unsigned code_bits) {
    const struct part_bytes bytes = part_bytes(matrix, code_bits);
    const size_t count = (end - begin) * row_blocks(matrix);
    *rows = (struct rows){.begin = begin * row_blocks(matrix), .count = count, .bytes = bytes};
    uint8_t *memory = rows->memory =
        malloc(count * (bytes.scales + bytes.offsets + bytes.factors + bytes.mins + bytes.codes));
    if (!memory) {
        return false;
    }
    rows->parts.scales = take_part(&memory, count * bytes.scales);
    rows->parts.offsets = take_part(&memory, count * bytes.offsets);
    rows->parts.factors = take_part(&memory, count * bytes.factors);
    rows->parts.mins = take_part(&memory, count * bytes.mins);
    rows->parts.codes = take_part(&memory, count * bytes.codes);
    return true;
}

static void *part_at(void *part, ptrdiff_t bytes) {
    return part ? (uint8_t *)part + bytes : NULL;
}

/* The parts of block `block` of the rows. */
static loom_parts parts_at(const struct rows *rows, ptrdiff_t block) {
    const struct part_bytes *const bytes = &rows->bytes;
    return (loom_parts){
        .codes = part_at(rows->parts.codes, block * (ptrdiff_t)bytes->codes),
        .scales = part_at(rows->parts.scales, block * (ptrdiff_t)bytes->scales),
        .offsets = part_at(rows->parts.offsets, block * (ptrdiff_t)bytes->offsets),
        .factors = part_at(rows->parts.factors, block * (ptrdiff_t)bytes->factors),
        .mins = part_at(rows->parts.mins, block * (ptrdiff_t)bytes->mins),
    };
}

/* The library's arrays are those of a whole matrix: where its first block would be. */
static loom_parts whole_parts(const struct rows *rows) {
    return parts_at(rows, -(ptrdiff_t)rows->begin);
}

bool rows_pack(const struct matrix *matrix, size_t index, size_t begin, size_t end,
               const uint8_t *blocks) {
    const struct weight_type *const type = matrix->type;
    const unsigned code_bits = weight_code_bits(&matrix->plan.format);
    struct rows rows;
    if (!rows_alloc(&rows, matrix, begin, end, code_bits)) {
        return false;
    }
    for (size_t i = 0; i < rows.count; i++, blocks += type->bytes) {
        const loom_parts parts = parts_at(&rows, (ptrdiff_t)i);
        type->codec->read(&parts, blocks);
    }
    const loom_parts whole = whole_parts(&rows);
    const loom_status status =
        loom_pack_parts(&matrix->plan, matrix_packed(matrix, index), &whole, code_bits, begin, end);
    free(rows.memory);
    return status == LOOM_OK;
}

bool rows_unpack(const struct matrix *matrix, size_t index, size_t begin, size_t end,
                 uint8_t *blocks) {
    const struct weight_type *const type = matrix->type;
    struct rows rows;
    if (!rows_alloc(&rows, matrix, begin, end, 8)) {
        return false;
    }
    const loom_parts whole = whole_parts(&rows);
    const loom_status status =
        loom_unpack_parts(&matrix->plan, matrix_packed(matrix, index), &whole, begin, end);
    for (size_t i = 0; status == LOOM_OK && i < rows.count; i++, blocks += type->bytes) {
        const loom_parts parts = parts_at(&rows, (ptrdiff_t)i);
        type->codec->write(blocks, &parts);
    }
    free(rows.memory);
    return status == LOOM_OK;
}
