/* pack-quantized of compressed-tensors (0.15).
 * Parts: `codes`, [M][words]; `scales`, [M][groups]; `zeros`, which may lack, [words][groups]:
 * packed along M. Where one scale is for all (`tensor`) there is one of each, and the zero point is
 * a signed byte, less 2^(bits - 1). Numbers: those of integers.h. */
#include "codec/integers.h"

static bool fits(struct codec_matrix *matrix) {
    struct integers source;
    if (!integers_fit(&source, matrix) || !codec_number_in(matrix, "tensor", 0, 1)) {
        return false;
    }
    if (source.layout == FIELDS_PLANES || (source.tensor && source.groups != 1)) {
        return codec_refuse(matrix, "the layout or the groups are none of compressed-tensors");
    }
    const uint64_t of_row = field_words(source.layout, source.bits, source.k) * 4;
    const uint64_t of_column = field_words(source.layout, source.bits, source.m) * 4;
    const uint64_t values = source.tensor ? 1 : (uint64_t)source.m * source.groups;
    return codec_has(matrix, "codes", of_row * source.m) &&
           codec_has(matrix, "scales", values * floats_bytes(source.floats)) &&
           (!source.zeros ||
            codec_has(matrix, "zeros", source.tensor ? 1 : of_column * source.groups));
}

static void codes(const struct integers *source, size_t begin, size_t end, uint8_t *to) {
    const size_t row_bytes = field_words(source->layout, source->bits, source->k) * 4;
    for (size_t row = begin; row < end; row++, to += source->k) {
        const uint8_t *const words = source->codes + row * row_bytes;
        for (size_t column = 0; column < source->k; column++) {
            const struct field field =
                field_at(source->layout, source->bits, integers_column(source, column));
            to[column] = (uint8_t)field_load(&field, words, 1);
        }
    }
}

static size_t scale(const struct integers *source, size_t row, size_t group) {
    return source->tensor ? 0 : row * source->groups + group;
}

static unsigned zero(const struct integers *source, size_t row, size_t group) {
    const unsigned middle = 1u << (source->bits - 1);
    if (!source->zeros) {
        return middle;
    }
    if (source->tensor) {
        return (uint8_t)(*source->zeros + middle);
    }
    const struct field field = field_at(source->layout, source->bits, row);
    return field_load(&field, source->zeros + group * 4, source->groups);
}

static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                 const loom_parts *to) {
    static const struct integer_layout layout = {codes, scale, zero};
    return integers_rows(&layout, matrix, begin, end, to);
}

const struct codec codec_ct_integers = {"ct_integers", fits, rows, .fields = false};
