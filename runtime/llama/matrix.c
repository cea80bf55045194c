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
    const loom_problem problem = {matrix->type->format, (size_t)ne[1], (size_t)ne[0],
                                  settings()->mode};
    const loom_status status = loom_plan_create_tuned(&matrix->plan, &problem, settings()->tuning);
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

/* Rows as the library takes them: codes, as fields or a byte each, and a scale a block. */
struct rows {
    size_t begin, end;
    size_t row_bytes; /* of codes */
    uint8_t *codes;
    uint16_t *scales;
};

static size_t row_blocks(const struct matrix *matrix) {
    return matrix->plan.k / matrix->type->codes;
}

static bool rows_alloc(struct rows *rows, const struct matrix *matrix, size_t begin, size_t end,
                       size_t row_bytes) {
    *rows = (struct rows){.begin = begin, .end = end, .row_bytes = row_bytes};
    rows->codes = malloc((end - begin) * row_bytes);
    rows->scales = malloc((end - begin) * row_blocks(matrix) * sizeof *rows->scales);
    if (rows->codes && rows->scales) {
        return true;
    }
    free(rows->codes);
    free(rows->scales);
    return false;
}

static void rows_free(struct rows *rows) {
    free(rows->codes);
    free(rows->scales);
}

/* The library's arrays are those of a whole matrix: where row 0 would be. */
static uint8_t *whole_codes(const struct rows *rows) {
    return rows->codes - rows->begin * rows->row_bytes;
}
static uint16_t *whole_scales(const struct rows *rows, const struct matrix *matrix) {
    return rows->scales - rows->begin * row_blocks(matrix);
}

static size_t fields_bytes(const struct matrix *matrix, size_t codes) {
    return codes * matrix->plan.format.bits / 8;
}

static bool pack_rows(const struct matrix *matrix, size_t index, size_t begin, size_t end,
                      const uint8_t *blocks) {
    const struct weight_type *const type = matrix->type;
    const size_t count = (end - begin) * row_blocks(matrix);
    const size_t block_fields = fields_bytes(matrix, type->codes);
    struct rows rows;
    if (!rows_alloc(&rows, matrix, begin, end, fields_bytes(matrix, matrix->plan.k))) {
        return false;
    }
    for (size_t i = 0; i < count; i++, blocks += type->bytes) {
        type->fields(blocks, rows.codes + i * block_fields);
        memcpy(&rows.scales[i], blocks + type->scale_at, sizeof *rows.scales);
    }
    const loom_status status =
        loom_pack_fields(&matrix->plan, packed_at(matrix, index), whole_codes(&rows),
                         whole_scales(&rows, matrix), NULL, begin, end);
    rows_free(&rows);
    return status == LOOM_OK;
}

static bool unpack_rows(const struct matrix *matrix, size_t index, size_t begin, size_t end,
                        uint8_t *blocks) {
    const struct weight_type *const type = matrix->type;
    const size_t count = (end - begin) * row_blocks(matrix);
    struct rows rows;
    if (!rows_alloc(&rows, matrix, begin, end, matrix->plan.k)) {
        return false;
    }
    const loom_status status =
        loom_unpack(&matrix->plan, packed_at(matrix, index), whole_codes(&rows),
                    whole_scales(&rows, matrix), NULL, begin, end);
    for (size_t i = 0; status == LOOM_OK && i < count; i++, blocks += type->bytes) {
        type->pack(blocks, rows.codes + i * type->codes);
        memcpy(blocks + type->scale_at, &rows.scales[i], sizeof *rows.scales);
    }
    rows_free(&rows);
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
