/* TL1 and TL2 of bitnet.cpp's GGUF files (convert-hf-to-gguf-bitnet.py): ternary weights in the
 * order that its generated kernels read them.
 * Parts: `codes`, with zeros up to a multiple of 32 bytes; `scales`, one fp32. Numbers: `bm`, `bk`
 * and `bmm`, as kernel_config.ini has them for this shape.
 *
 * A row is cut into symbols of 2 weights, or of 3 in TL2, the first weight being the highest digit
 * to the base of 3. TL2 has the magnitude of a symbol in 4 bits and its sign apart, and symbols of
 * 2 for the columns that fill no tile. */
#include "codec/codec.h"
#include "codec/floats.h"

/* Symbols in tiles of `rows` x `columns`, `tiles` of them along K; strips of `strip` rows of a
 * tile; pieces of `piece` symbols along a strip. Their bits begin at byte `first`. */
struct grid {
    size_t rows, columns, tiles, strip, piece, first;
};

/* Where a symbol is: the number of its piece, and its row and column in that. */
struct place {
    size_t piece, row, column;
};

static struct place place_of(const struct grid *grid, size_t row, size_t symbol) {
    const size_t tile = row / grid->rows * grid->tiles + symbol / grid->columns;
    const size_t strip = tile * (grid->rows / grid->strip) + row % grid->rows / grid->strip;
    const size_t column = symbol % grid->columns;
    return (struct place){strip * (grid->columns / grid->piece) + column / grid->piece,
                          row % grid->strip, column % grid->piece};
}

/* The digits of a symbol, as codes from 0; false if it has more than `count`. */
static bool write_digits(uint8_t *to, unsigned symbol, unsigned count) {
    for (unsigned i = count; i-- > 0; symbol /= 3) {
        to[i] = (uint8_t)(symbol % 3);
    }
    return symbol == 0;
}

/* ---- Sizes ---------------------------------------------------------------------------------- */

static size_t number(const struct codec_matrix *matrix, const char *name) {
    return (size_t)codec_number(matrix, name);
}

/* What both have to be, and the scale. */
static bool fits_both(struct codec_matrix *matrix) {
    const loom_format *const format = &matrix->format;
    if (!codec_number_in(matrix, "bm", 1, LOOM_MAX_DIM) ||
        !codec_number_in(matrix, "bk", 1, LOOM_MAX_DIM) ||
        !codec_number_in(matrix, "bmm", 16, 64)) {
        return false;
    }
    if (matrix->order || matrix->count != 1 || !format->ternary || !format->tensor ||
        format->zero_points || format->scale != LOOM_SCALE_FP32) {
        return codec_refuse(matrix, "ternary weights with one scale are of another format");
    }
    return codec_has(matrix, "scales", 4);
}

static uint64_t padded(uint64_t bytes) {
    return (bytes + 31) / 32 * 32;
}

static bool fits_tl1(struct codec_matrix *matrix) {
    if (!fits_both(matrix)) {
        return false;
    }
    const size_t bm = number(matrix, "bm"), bk = number(matrix, "bk"), bmm = number(matrix, "bmm");
    if (256 % bmm != 0 || matrix->m % bm != 0 || bm % bmm != 0 || matrix->k % bk != 0 ||
        bk % (256 / bmm) != 0) {
        return codec_refuse(matrix, "its blocks do not fill the shape");
    }
    return codec_has(matrix, "codes", padded((uint64_t)matrix->m * matrix->k / 4));
}

/* Columns that fill tiles of TL2. */
static size_t whole_columns(const struct codec_matrix *matrix) {
    return matrix->k / number(matrix, "bk") * number(matrix, "bk");
}

/* The writer takes 256 columns for those that fill no tile. */
static bool fits_tl2(struct codec_matrix *matrix) {
    if (!fits_both(matrix)) {
        return false;
    }
    const uint64_t m = matrix->m, k = matrix->k, whole = whole_columns(matrix);
    if (number(matrix, "bmm") != 32 || m % number(matrix, "bm") != 0 ||
        number(matrix, "bm") % 32 != 0 || number(matrix, "bk") % 24 != 0 || (k - whole) % 32 != 0 ||
        k < 256 || k - whole > 256) {
        return codec_refuse(matrix, "its blocks do not fill the shape");
    }
    return codec_has(matrix, "codes", padded((k - 256) * m / 3 * 5 / 8 + 256 * m / 4));
}

/* ---- TL1 ------------------------------------------------------------------------------------ */

static bool read_tl1(uint8_t *to, const struct codec_matrix *matrix, size_t row) {
    const size_t bmm = number(matrix, "bmm");
    const struct grid grid = {.rows = number(matrix, "bm"),
                              .columns = number(matrix, "bk") / 2,
                              .tiles = matrix->k / number(matrix, "bk"),
                              .strip = bmm,
                              .piece = 128 / bmm};
    const uint8_t *const codes = codec_part(matrix, "codes");
    bool ok = true;
    for (size_t i = 0; i < matrix->k / 2; i++) {
        const struct place at = place_of(&grid, row, i);
        const size_t line = (at.piece * (grid.strip / 16) + at.row / 16) * (grid.piece / 2);
        const uint8_t pair = codes[(line + at.column / 2) * 16 + at.row % 16];
        ok = write_digits(to + 2 * i, at.column % 2 ? pair & 15 : pair >> 4, 2) && ok;
    }
    return ok;
}

/* ---- TL2 ------------------------------------------------------------------------------------ */

/* Eights of a strip's rows stand in this order. */
static const size_t eights[] = {0, 2, 1, 3};

static unsigned tl2_symbol(const uint8_t *codes, const struct grid *grid, size_t row, size_t i) {
    const struct place at = place_of(grid, row, i);
    const uint8_t pair = codes[grid->first + at.piece * 32 + eights[at.row / 8] * 8 + at.row % 8];
    return at.column ? pair & 15 : pair >> 4;
}

/* Words of 16 bits for two rows, the highest bit first. */
static bool tl2_negative(const uint8_t *codes, const struct grid *signs, size_t row, size_t i) {
    const struct place at = place_of(signs, row, i);
    const unsigned word = load_u16(codes + signs->first + (at.piece * 16 + at.row % 16) * 2);
    return word >> (15 - 2 * at.column - at.row / 16) & 1;
}

static bool read_tl2(uint8_t *to, const struct codec_matrix *matrix, size_t row) {
    const uint8_t *const codes = codec_part(matrix, "codes");
    const size_t whole = whole_columns(matrix), m = matrix->m;
    const struct grid threes = {.rows = number(matrix, "bm"),
                                .columns = number(matrix, "bk") / 3,
                                .tiles = matrix->k / number(matrix, "bk"),
                                .strip = 32,
                                .piece = 2};
    struct grid signs = threes, twos = threes;
    signs.piece = 8;
    signs.first = m * whole / 6;
    twos.columns = 16;
    twos.tiles = (matrix->k - whole) / 32;
    twos.first = m * whole / 6 + m * whole / 24;
    bool ok = true;
    for (size_t i = 0; i < whole / 3; i++) {
        const unsigned size = tl2_symbol(codes, &threes, row, i);
        const bool negative = tl2_negative(codes, &signs, row, i);
        /* One that is beyond 13 has more than three digits, or would be below 0. */
        const unsigned symbol = negative && size <= 13 ? 13 - size : 13 + size;
        ok = write_digits(to + 3 * i, symbol, 3) && ok;
    }
    for (size_t i = 0; i < (matrix->k - whole) / 2; i++) {
        ok = write_digits(to + whole + 2 * i, tl2_symbol(codes, &twos, row, i), 2) && ok;
    }
    return ok;
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static bool read_rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                      const loom_parts *to,
                      bool (*read)(uint8_t *to, const struct codec_matrix *matrix, size_t row)) {
    *(float *)to->scales = load_float(codec_part(matrix, "scales"), 0, FLOATS_FP32);
    bool ok = true;
    for (size_t row = begin; row < end; row++) {
        ok = read(to->codes + (row - begin) * matrix->k, matrix, row) && ok;
    }
    return ok;
}

static bool tl1_rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                     const loom_parts *to) {
    return read_rows(matrix, begin, end, to, read_tl1);
}

static bool tl2_rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                     const loom_parts *to) {
    return read_rows(matrix, begin, end, to, read_tl2);
}

const struct codec codec_tl1 = {"tl1", fits_tl1, tl1_rows, .fields = false};
const struct codec codec_tl2 = {"tl2", fits_tl2, tl2_rows, .fields = false};
