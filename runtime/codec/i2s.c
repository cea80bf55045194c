/* I2_S of bitnet.cpp's GGUF files (ggml-bitnet-mad.cpp, quantize_i2_s).
 * Parts: `codes`, four in a byte, in blocks of `width` bytes: the highest bits are the codes of the
 * block's first quarter, the next ones those of the second, and so on; blocks may run over the ends
 * of rows; what comes after them does not count. `scales`, one fp32. Number: `width`. */
#include "codec/codec.h"
#include "codec/floats.h"

/* Bytes after the codes, which begin with the scale. */
enum { TAIL = 32 };

static bool fits(struct codec_matrix *matrix) {
    const loom_format *const format = &matrix->format;
    const uint64_t weights = (uint64_t)matrix->m * matrix->k;
    if (!codec_number_in(matrix, "width", 1, LOOM_MAX_DIM)) {
        return false;
    }
    if (matrix->order || matrix->count != 1 || !format->ternary || !format->tensor ||
        format->zero_points || format->scale != LOOM_SCALE_FP32 ||
        weights % (4 * (uint64_t)codec_number(matrix, "width")) != 0) {
        return codec_refuse(matrix, "blocks of ternary weights are of another format");
    }
    return codec_has(matrix, "codes", weights / 4 + TAIL) && codec_has(matrix, "scales", 4);
}

/* Codes from number `at` of the matrix on, up to the end of their quarter of a block. */
static size_t read_run(uint8_t *to, const uint8_t *bytes, size_t at, size_t most, size_t width) {
    const size_t quarter = at / width, first = at % width;
    const size_t count = width - first < most ? width - first : most;
    const uint8_t *const from = bytes + quarter / 4 * width + first;
    const unsigned shift = 6 - (unsigned)(quarter % 4) * 2;
    for (size_t i = 0; i < count; i++) {
        to[i] = from[i] >> shift & 3;
    }
    return count;
}

static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                 const loom_parts *to) {
    const size_t width = (size_t)codec_number(matrix, "width");
    const size_t first = begin * matrix->k, last = end * matrix->k;
    *(float *)to->scales = load_float(codec_part(matrix, "scales"), 0, FLOATS_FP32);
    for (size_t at = first; at < last;) {
        at += read_run(to->codes + (at - first), codec_part(matrix, "codes"), at, last - at, width);
    }
    return true;
}

const struct codec codec_i2s = {"i2s", fits, rows, .fields = false};
