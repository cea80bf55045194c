/* BitNet in safetensors (transformers, integrations/bitnet.py).
 * Parts: `codes`, a quarter of M rows of K bytes, of which the lowest bits are codes of the first
 * quarter of the rows, the next ones of the second, and so on; `scales`, one number. Numbers:
 * `divide`, 1 where weights are divided by it, and `floats`, its type. */
#include "codec/codec.h"
#include "codec/floats.h"

static bool fits(struct codec_matrix *matrix) {
    const loom_format *const format = &matrix->format;
    if (!codec_number_in(matrix, "divide", 0, 1) ||
        !codec_number_in(matrix, "floats", 0, FLOATS_KINDS - 1)) {
        return false;
    }
    if (matrix->order || matrix->count != 1 || matrix->m % 4 != 0 || !format->ternary ||
        !format->tensor || format->zero_points || format->scale != LOOM_SCALE_FP32) {
        return codec_refuse(matrix, "ternary weights with one scale are of another format");
    }
    return codec_has(matrix, "codes", (uint64_t)matrix->m / 4 * matrix->k) &&
           codec_has(matrix, "scales", floats_bytes((enum floats)codec_number(matrix, "floats")));
}

/* A divided weight is -1, 0 or 1 times the inverse, which is rounded as that quotient is. */
static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                 const loom_parts *to) {
    const size_t quarter = matrix->m / 4, k = matrix->k;
    const float scale =
        load_float(codec_part(matrix, "scales"), 0, (enum floats)codec_number(matrix, "floats"));
    *(float *)to->scales = codec_number(matrix, "divide") ? 1.0F / scale : scale;
    for (size_t row = begin; row < end; row++) {
        const uint8_t *const from = codec_part(matrix, "codes") + row % quarter * k;
        const unsigned shift = (unsigned)(row / quarter) * 2;
        uint8_t *const codes = to->codes + (row - begin) * k;
        for (size_t i = 0; i < k; i++) {
            codes[i] = from[i] >> shift & 3;
        }
    }
    return true;
}

const struct codec codec_bitnet = {"bitnet", fits, rows, .fields = false};
