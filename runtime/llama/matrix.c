#include "llama/matrix.h"

#include "llama/host.h"
#include "llama/parallel.h"
#include "llama/settings.h"

#include <stdlib.h>
#include <string.h>

/* Codes that are packed at once: their fields stay in a level 2 cache. */
enum { PIECE = 512 * 1024 };

static bool refuse(const char **reason, const char *why) {
    if (reason) {
        *reason = why;
    }
    return false;
}

bool matrix_of(struct matrix *matrix, const struct ggml_tensor *tensor, const char **reason) {
    const int64_t *const ne = tensor->ne;
    *matrix = (struct matrix){.count = (size_t)ne[2]};
    matrix->type = weight_type_find(tensor->type, host.block_size(tensor->type));
    if (!matrix->type) {
        return refuse(reason, "has no kernels here");
    }
    if (ne[2] > MATRIX_MOST) {
        return refuse(reason, "has more experts than are provided for");
    }
    if (ne[3] != 1 || ne[0] < 1 || ne[1] < 1 || ne[2] < 1 || ne[0] % matrix->type->codes != 0) {
        return refuse(reason, "has dimensions that no weights have");
    }
    loom_problem problem = {matrix->type->format, (size_t)ne[1], (size_t)ne[0], settings()->mode};
    loom_status status = loom_plan_create_tuned(&matrix->plan, &problem, settings()->tuning);
    if (status == LOOM_ERROR_NO_KERNEL) {
        /* Formats with parts of their own have no tables. */
        problem.mode = LOOM_FASTEST;
        status = loom_plan_create_tuned(&matrix->plan, &problem, settings()->tuning);
    }
    if (status != LOOM_OK) {
        return refuse(reason, loom_status_text(status));
    }
    matrix->packed_bytes = loom_packed_size(&matrix->plan);
    return true;
}

size_t matrix_bytes(const struct matrix *matrix) {
    return matrix->count * matrix->packed_bytes;
}

static size_t row_bytes(const struct matrix *matrix) {
    return matrix->plan.k / matrix->type->codes * matrix->type->bytes;
}

static uint8_t *packed_at(const struct matrix *matrix, size_t index) {
    return matrix->packed + index * matrix->packed_bytes;
}

/* Rows as the library takes them, with what each part has in a block. */
struct rows {
    size_t begin, end;
    size_t row_blocks;
    size_t code_bytes, scale_bytes, subs; /* of a block */
    loom_parts parts;                     /* of these rows */
    uint8_t *memory;
};

/* The next `bytes` of memory for a part, or NULL where the format has not that part. */
static uint8_t *take(uint8_t **at, size_t bytes, bool has) {
    uint8_t *const part = has ? *at : NULL;
    *at += has ? bytes : 0;
    return part;
}

static bool rows_alloc(struct rows *rows, const struct matrix *matrix, size_t begin, size_t end,
                       unsigned code_bits) {
    const loom_format *const format = &matrix->plan.format;
    *rows = (struct rows){.begin = begin, .end = end};
    rows->row_blocks = matrix->plan.k / matrix->type->codes;
    rows->code_bytes = (size_t)matrix->type->codes * code_bits / 8;
    rows->scale_bytes = format->scale == LOOM_SCALE_E8M0 ? 1 : 2;
    rows->subs = format->sub ? format->group / format->sub : 0;
    const size_t blocks = (end - begin) * rows->row_blocks;
    rows->memory = malloc(blocks * (rows->code_bytes + 2 * rows->scale_bytes + 2 * rows->subs));
    uint8_t *at = rows->memory;
    if (!at) {
        return false;
    }
    rows->parts.scales = take(&at, blocks * rows->scale_bytes, true);
    rows->parts.offsets = take(&at, blocks * rows->scale_bytes, format->offsets);
    rows->parts.codes = take(&at, blocks * rows->code_bytes, true);
    rows->parts.factors = take(&at, blocks * rows->subs, format->sub);
    rows->parts.mins = take(&at, blocks * rows->subs, format->sub && format->offsets);
    return true;
}

/* The parts of block `i` of these rows. */
static struct block_parts block_of(const struct rows *rows, size_t i) {
    const loom_parts *const parts = &rows->parts;
    return (struct block_parts){
        .codes = parts->codes + i * rows->code_bytes,
        .scale = (uint8_t *)parts->scales + i * rows->scale_bytes,
        .offset = parts->offsets ? (uint8_t *)parts->offsets + i * rows->scale_bytes : NULL,
        .factors = parts->factors ? parts->factors + i * rows->subs : NULL,
        .mins = parts->mins ? parts->mins + i * rows->subs : NULL,
    };
}

/* The library's arrays are those of a whole matrix: where row 0 would be. */
static uint8_t *whole_part(const struct rows *rows, void *part, size_t block_bytes) {
    return part ? (uint8_t *)part - rows->begin * rows->row_blocks * block_bytes : NULL;
}
static loom_parts whole_parts(const struct rows *rows) {
    const loom_parts *const parts = &rows->parts;
    return (loom_parts){
        .codes = whole_part(rows, parts->codes, rows->code_bytes),
        .scales = whole_part(rows, parts->scales, rows->scale_bytes),
        .offsets = whole_part(rows, parts->offsets, rows->scale_bytes),
        .factors = whole_part(rows, parts->factors, rows->subs),
        .mins = whole_part(rows, parts->mins, rows->subs),
    };
}

static bool pack_rows(const struct matrix *matrix, size_t index, size_t begin, size_t end,
                      const uint8_t *blocks) {
    const struct weight_type *const type = matrix->type;
    const unsigned code_bits = block_code_bits(matrix->plan.format.bits);
    struct rows rows;
    if (!rows_alloc(&rows, matrix, begin, end, code_bits)) {
        return false;
    }
    for (size_t i = 0; i < (end - begin) * rows.row_blocks; i++, blocks += type->bytes) {
        const struct block_parts to = block_of(&rows, i);
        type->read(blocks, &to);
    }
    const loom_parts parts = whole_parts(&rows);
    const loom_status status = loom_pack_parts(&matrix->plan, packed_at(matrix, index), &parts,
                                               code_bits, begin, end);
    free(rows.memory);
    return status == LOOM_OK;
}

static bool unpack_rows(const struct matrix *matrix, size_t index, size_t begin, size_t end,
                        uint8_t *blocks) {
    const struct weight_type *const type = matrix->type;
    struct rows rows;
    if (!rows_alloc(&rows, matrix, begin, end, 8)) {
        return false;
    }
    const loom_parts parts = whole_parts(&rows);
    const loom_status status =
        loom_unpack_parts(&matrix->plan, packed_at(matrix, index), &parts, begin, end);
    for (size_t i = 0; status == LOOM_OK && i < (end - begin) * rows.row_blocks; i++) {
        const struct block_parts from = block_of(&rows, i);
        type->write(blocks + i * type->bytes, &from);
    }
    free(rows.memory);
    return status == LOOM_OK;
}

/* Whole matrices, piece by piece. */
struct whole {
    const struct matrix *matrix;
    const uint8_t *blocks; /* of all matrices */
    size_t rows;           /* of a piece: whole row blocks */
    size_t pieces;         /* of a matrix */
};

static void pack_piece(void *data, size_t i) {
    const struct whole *const whole = data;
    const struct matrix *const matrix = whole->matrix;
    const size_t index = i / whole->pieces, m = matrix->plan.m;
    const size_t begin = i % whole->pieces * whole->rows;
    const size_t end = m - begin < whole->rows ? m : begin + whole->rows;
    if (!pack_rows(matrix, index, begin, end,
                   whole->blocks + (index * m + begin) * row_bytes(matrix))) {
        host.log(GGML_LOG_ERROR, "lutloom: no memory to pack rows %zu to %zu\n", begin, end);
    }
}

static void pack_whole(const struct matrix *matrix, const uint8_t *blocks) {
    const size_t block = matrix->plan.row_block;
    const size_t blocks_a_piece = PIECE / (block * matrix->plan.k);
    struct whole whole = {.matrix = matrix, .blocks = blocks};
    whole.rows = block * (blocks_a_piece ? blocks_a_piece : 1);
    whole.pieces = (matrix->plan.m + whole.rows - 1) / whole.rows;
    parallel(matrix->count * whole.pieces, pack_piece, &whole);
}

/* A matrix that nothing was packed to yet: all codes and scales are 0. */
static bool begin_matrix(const struct matrix *matrix, size_t index) {
    if (loom_packed_check(&matrix->plan, packed_at(matrix, index), matrix->packed_bytes) ==
        LOOM_OK) {
        return true;
    }
    uint8_t *const blocks = calloc(matrix->plan.m, row_bytes(matrix));
    const bool done = blocks && pack_rows(matrix, index, 0, matrix->plan.m, blocks);
    free(blocks);
    return done;
}

/* The part of [offset, offset + size) that is in one matrix: its bytes there, and row blocks. */
struct part {
    size_t index;
    size_t from, to;   /* bytes in the matrix */
    size_t begin, end; /* rows */
};

static struct part part_of(const struct matrix *matrix, size_t offset, size_t size) {
    const size_t bytes = matrix->plan.m * row_bytes(matrix), block = matrix->plan.row_block;
    struct part part = {.index = offset / bytes, .from = offset % bytes};
    part.to = bytes - part.from < size ? bytes : part.from + size;
    part.begin = part.from / row_bytes(matrix) / block * block;
    const size_t last = (part.to - 1) / row_bytes(matrix) / block * block + block;
    part.end = last < matrix->plan.m ? last : matrix->plan.m;
    return part;
}

/* Unpacks the part's rows, copies from or to them, and packs them again if they were changed. */
static bool change_part(const struct matrix *matrix, const struct part *part, const uint8_t *in,
                        uint8_t *out) {
    uint8_t *const blocks = malloc((part->end - part->begin) * row_bytes(matrix));
    const size_t at = part->from - part->begin * row_bytes(matrix), size = part->to - part->from;
    bool done = blocks && unpack_rows(matrix, part->index, part->begin, part->end, blocks);
    if (done && in) {
        memcpy(blocks + at, in, size);
        done = pack_rows(matrix, part->index, part->begin, part->end, blocks);
    } else if (done && out) {
        memcpy(out, blocks + at, size);
    }
    free(blocks);
    return done;
}

void matrix_set(const struct matrix *matrix, const void *data, size_t offset, size_t size) {
    if (offset == 0 && size == matrix->count * matrix->plan.m * row_bytes(matrix)) {
        pack_whole(matrix, data);
        return;
    }
    for (const uint8_t *in = data; size;) {
        const struct part part = part_of(matrix, offset, size);
        if (!begin_matrix(matrix, part.index) || !change_part(matrix, &part, in, NULL)) {
            host.log(GGML_LOG_ERROR, "lutloom: a part of a tensor could not be written\n");
        }
        const size_t done = part.to - part.from;
        in += done, offset += done, size -= done;
    }
}

void matrix_get(const struct matrix *matrix, void *data, size_t offset, size_t size) {
    for (uint8_t *out = data; size;) {
        const struct part part = part_of(matrix, offset, size);
        if (!change_part(matrix, &part, NULL, out)) {
            host.log(GGML_LOG_ERROR, "lutloom: a part of a tensor could not be read\n");
        }
        const size_t done = part.to - part.from;
        out += done, offset += done, size -= done;
    }
}
