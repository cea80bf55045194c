/* AWQ of 4 bits (AutoAWQ 0.2.9, modules/linear/).
 * Parts: `codes`; `scales`; `zeros`, of gemm and gemv; `offsets` of gemv_fast, which are fp16 too.
 * Numbers: those of integers.h; `room`, the groups that gemv and gemv_fast have memory for; and
 * `version`: 0 gemm, 1 gemv, 2 gemv_fast, 3 marlin.
 * All is in nibbles, the lower one of a byte first. */
#include "codec/integers.h"

static unsigned nibble(const uint8_t *bytes, size_t place) {
    return bytes[place / 2] >> place % 2 * 4 & 15;
}

/* The codes of rows, each at its place: `place` is a constant where this is called. */
static inline void read_codes(size_t (*place)(const struct integers *, size_t, size_t),
                              const struct integers *source, size_t begin, size_t end,
                              uint8_t *to) {
    for (size_t row = begin; row < end; row++, to += source->k) {
        for (size_t column = 0; column < source->k; column++) {
            to[column] = (uint8_t)nibble(source->codes, place(source, row, column));
        }
    }
}

/* ---- gemm: [K][M / 8] words, of the even rows first ------------------------------------------ */

static size_t interleaved(size_t row) {
    return row / 8 * 8 + row % 2 * 4 + row % 8 / 2;
}
static size_t gemm_code(const struct integers *source, size_t row, size_t column) {
    return column * source->m + interleaved(row);
}
static size_t gemm_scale(const struct integers *source, size_t row, size_t group) {
    return group * source->m + row;
}
static unsigned gemm_zero(const struct integers *source, size_t row, size_t group) {
    return nibble(source->zeros, group * source->m + interleaved(row));
}
static void gemm_codes(const struct integers *source, size_t begin, size_t end, uint8_t *to) {
    read_codes(gemm_code, source, begin, end, to);
}

/* ---- gemv: rows ------------------------------------------------------------------------------ */

static size_t gemv_code(const struct integers *source, size_t row, size_t column) {
    return row * source->k + column;
}
static size_t gemv_scale(const struct integers *source, size_t row, size_t group) {
    return row * source->room + group;
}
static unsigned gemv_zero(const struct integers *source, size_t row, size_t group) {
    return nibble(source->zeros, row * source->room + group);
}
static void gemv_codes(const struct integers *source, size_t begin, size_t end, uint8_t *to) {
    read_codes(gemv_code, source, begin, end, to);
}

/* ---- gemv_fast: [M / 4][K] half words, of 4 rows each ---------------------------------------- */

/* Pairs of 32 columns are sorted: (a, b, c) of 4 x 4 x 2 is (b, c, a). Four columns of a row, out
 * of 4 rows of 64, share a half word. */
static size_t gemv_fast_code(const struct integers *source, size_t row, size_t column) {
    const size_t a = column % 32 / 8, b = column % 8 / 2, c = column % 2;
    const size_t sorted = column % 64 / 32 * 32 + b * 8 + c * 4 + a;
    return row / 4 * 4 * source->k + column / 64 * 256 + row % 4 * 64 + sorted;
}
static void gemv_fast_codes(const struct integers *source, size_t begin, size_t end, uint8_t *to) {
    read_codes(gemv_fast_code, source, begin, end, to);
}

/* ---- marlin: [K / 16] tiles of 16 columns and 64 rows ---------------------------------------- */

/* A tile has 128 words: 4 for each of 32 threads, one for 16 rows each. */
static size_t marlin_code(const struct integers *source, size_t row, size_t column) {
    const size_t thread = row % 8 * 4 + column % 8 / 2;
    const size_t word = row / 64 * 128 + thread * 4 + row % 64 / 16;
    const size_t place = column % 2 * 4 + row % 16 / 8 * 2 + column % 16 / 8;
    return column / 16 * 16 * source->m + word * 8 + place;
}
static size_t marlin_scale(const struct integers *source, size_t row, size_t group) {
    if (source->groups == 1) {
        return row / 32 * 32 + row % 8 / 2 * 8 + row % 32 / 8 * 2 + row % 2;
    }
    return group * source->m + row / 64 * 64 + row % 8 * 8 + row % 64 / 8;
}
static void marlin_codes(const struct integers *source, size_t begin, size_t end, uint8_t *to) {
    read_codes(marlin_code, source, begin, end, to);
}

/* ---- The number `version` -------------------------------------------------------------------- */

static const struct version {
    struct integer_layout layout;
    size_t rows, columns; /* of whole blocks */
    bool zeros, offsets;
} versions[] = {
    {{gemm_codes, gemm_scale, gemm_zero}, 8, 1, .zeros = true},
    {{gemv_codes, gemv_scale, gemv_zero}, 1, 8, .zeros = true},
    {{gemv_fast_codes, gemm_scale, NULL}, 4, 64, .offsets = true},
    {{marlin_codes, marlin_scale, NULL}, 64, 16, .zeros = false},
};
enum { VERSIONS = sizeof versions / sizeof *versions };

static bool has_parts(struct codec_matrix *matrix, const struct integers *source,
                      const struct version *version) {
    const uint64_t values = (uint64_t)source->m * source->room;
    const uint64_t floats = values * floats_bytes(source->floats);
    return codec_has(matrix, "codes", (uint64_t)source->m * source->k / 2) &&
           codec_has(matrix, "scales", floats) &&
           (!version->zeros || codec_has(matrix, "zeros", values / 2)) &&
           (!version->offsets || codec_has(matrix, "offsets", floats));
}

static bool fits(struct codec_matrix *matrix) {
    struct integers source;
    if (!integers_fit(&source, matrix) || !codec_number_in(matrix, "version", 0, VERSIONS - 1) ||
        !codec_number_in(matrix, "room", (int64_t)source.groups, LOOM_MAX_DIM)) {
        return false;
    }
    const struct version *const version = &versions[codec_number(matrix, "version")];
    if (source.bits != 4 || matrix->order) {
        return codec_refuse(matrix, "AWQ has 4 bits and columns in order");
    }
    if (source.m % version->rows != 0 || source.k % version->columns != 0) {
        return codec_refuse(matrix, "%zu x %zu codes are no blocks of %zu x %zu", source.m,
                            source.k, version->rows, version->columns);
    }
    return has_parts(matrix, &source, version);
}

static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                 const loom_parts *to) {
    const struct version *const version = &versions[codec_number(matrix, "version")];
    return integers_rows(&version->layout, matrix, begin, end, to);
}

const struct codec codec_awq = {"awq", fits, rows, .fields = false};
