/* MLX's affine quantisation (mlx/backend/cpu/quantized.cpp).
 * Parts: `codes`, those of a row side by side, the lowest bits of a byte first; `scales` and
 * `offsets`, one for each group. Numbers: `bits`, `group`, and `floats`, of scales and offsets. */
#include "codec/codec.h"
#include "codec/floats.h"

static enum floats floats_of(const struct codec_matrix *matrix) {
    return (enum floats)codec_number(matrix, "floats");
}

static bool fits(struct codec_matrix *matrix) {
    const loom_format *const format = &matrix->format;
    const uint64_t weights = (uint64_t)matrix->count * matrix->m * matrix->k;
    if (!codec_number_in(matrix, "bits", 2, 8) ||
        !codec_number_in(matrix, "group", 32, LOOM_MAX_DIM) ||
        !codec_number_in(matrix, "floats", 0, FLOATS_KINDS - 1)) {
        return false;
    }
    const uint64_t bits = (uint64_t)codec_number(matrix, "bits");
    const uint64_t group = (uint64_t)codec_number(matrix, "group");
    const loom_scale scale = floats_of(matrix) == FLOATS_FP16 ? LOOM_SCALE_FP16 : LOOM_SCALE_FP32;
    if (matrix->order || matrix->k % group != 0 || format->group != group || format->bits != bits ||
        !format->offsets || format->sub || format->scale != scale) {
        return codec_refuse(matrix, "%d bits in groups of %d are of another format", (int)bits,
                            (int)group);
    }
    const uint64_t floats = weights / group * floats_bytes(floats_of(matrix));
    return codec_has(matrix, "codes", weights * bits / 8) && codec_has(matrix, "scales", floats) &&
           codec_has(matrix, "offsets", floats);
}

/* 8 codes from so many bytes. */
static void unpack_eight(uint8_t *to, const uint8_t *from, unsigned bits) {
    uint64_t word = 0;
    for (unsigned i = 0; i < bits; i++) {
        word |= (uint64_t)from[i] << i * 8;
    }
    for (unsigned i = 0; i < 8; i++) {
        to[i] = (uint8_t)(word >> i * bits & ((1u << bits) - 1));
    }
}

static void read_codes(uint8_t *to, const uint8_t *from, size_t codes, unsigned bits) {
    if (8 % bits == 0) {
        memcpy(to, from, codes * bits / 8);
        return;
    }
    for (size_t i = 0; i < codes; i += 8) {
        unpack_eight(to + i, from + i * bits / 8, bits);
    }
}

static void read_floats(void *to, const uint8_t *from, size_t begin, size_t count,
                        enum floats kind) {
    if (kind == FLOATS_FP16) {
        memcpy(to, from + begin * 2, count * 2);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        ((float *)to)[i] = load_float(from, begin + i, kind);
    }
}

static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                 const loom_parts *to) {
    const unsigned bits = matrix->format.bits;
    const size_t count = end - begin, groups = codec_groups(matrix);
    read_codes(to->codes, codec_part(matrix, "codes") + begin * matrix->k * bits / 8,
               count * matrix->k, bits);
    read_floats(to->scales, codec_part(matrix, "scales"), begin * groups, count * groups,
                floats_of(matrix));
    read_floats(to->offsets, codec_part(matrix, "offsets"), begin * groups, count * groups,
                floats_of(matrix));
    return true;
}

const struct codec codec_mlx = {"mlx", fits, rows, .fields = true};
