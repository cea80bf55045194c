#include "llama/matrix.h"

#include "codec/block_rows.h"
#include "codec/threads.h"
#include "llama/host.h"
#include "llama/settings.h"

#include <stdlib.h>
#include <string.h>

/* Codes that are packed at once: at a byte each or less, they stay in a level 2 cache. */
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
    return block_row_bytes(matrix->type, matrix->plan.k);
}

/* Rows [begin, end) of matrix number `index`. */
static bool rows_pack(const struct matrix *matrix, size_t index, size_t begin, size_t end,
                      const uint8_t *blocks) {
    return block_rows_pack(matrix->type, &matrix->plan, matrix_packed(matrix, index), begin, end,
                           blocks);
}
static bool rows_unpack(const struct matrix *matrix, size_t index, size_t begin, size_t end,
                        uint8_t *blocks) {
    return block_rows_unpack(matrix->type, &matrix->plan, matrix_packed(matrix, index), begin, end,
                             blocks);
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
    if (!rows_pack(matrix, index, begin, end,
                   whole->blocks + (index * m + begin) * row_bytes(matrix))) {
        host.log(GGML_LOG_ERROR, "lutloom: no memory to pack rows %zu to %zu\n", begin, end);
    }
}

static void pack_whole(const struct matrix *matrix, struct threads *threads,
                       const uint8_t *blocks) {
    const size_t block = matrix->plan.row_block;
    const size_t blocks_a_piece = PIECE / (block * matrix->plan.k);
    struct whole whole = {.matrix = matrix, .blocks = blocks};
    whole.rows = block * (blocks_a_piece ? blocks_a_piece : 1);
    whole.pieces = (matrix->plan.m + whole.rows - 1) / whole.rows;
    threads_run(threads, matrix->count * whole.pieces, pack_piece, &whole);
}

/* A matrix that nothing was packed to yet: all codes and scales are 0. */
static bool begin_matrix(const struct matrix *matrix, size_t index) {
    if (loom_packed_check(&matrix->plan, matrix_packed(matrix, index), matrix->packed_bytes) ==
        LOOM_OK) {
        return true;
    }
    uint8_t *const blocks = calloc(matrix->plan.m, row_bytes(matrix));
    const bool done = blocks && rows_pack(matrix, index, 0, matrix->plan.m, blocks);
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
    bool done = blocks && rows_unpack(matrix, part->index, part->begin, part->end, blocks);
    if (done && in) {
        memcpy(blocks + at, in, size);
        done = rows_pack(matrix, part->index, part->begin, part->end, blocks);
    } else if (done && out) {
        memcpy(out, blocks + at, size);
    }
    free(blocks);
    return done;
}

void matrix_set(const struct matrix *matrix, struct threads *threads, const void *data,
                size_t offset, size_t size) {
    if (offset == 0 && size == matrix->count * matrix->plan.m * row_bytes(matrix)) {
        pack_whole(matrix, threads, data);
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
