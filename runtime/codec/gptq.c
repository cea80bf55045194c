/* GPTQ (AutoGPTQ; GPTQModel 7.3.4, whose utils/planar_packing.py has the planes).
 * Parts: `codes`, [K * bits / 32][M] words, each column of which has the codes of a row; `zeros`,
 * [groups][M * bits / 32] words; `scales`, [groups][M]. Numbers: those of integers.h, and `rule`,
 * how zeros are stored. */
#include "codec/integers.h"

enum rule {
    RULE_STORED, /* as they are */
    RULE_FIELDS, /* less 1 */
    RULE_WORDS,  /* less 1: by one constant from a whole word, with borrow, where words have whole
                    codes; others modulo 2^bits */
    RULES
};

/* Rows whose words are read together: their codes are written to as many places. */
enum { BAND = 8 };

static bool fits(struct codec_matrix *matrix) {
    struct integers source;
    if (!integers_fit(&source, matrix) || !codec_number_in(matrix, "rule", 0, RULES - 1)) {
        return false;
    }
    const size_t block = 32 % source.bits == 0 ? 32 / source.bits : 32;
    if (source.layout == FIELDS_PADDED || source.k % block != 0 || source.m % block != 0) {
        return codec_refuse(matrix, "%zu x %zu codes of %u bits are no whole words", source.m,
                            source.k, source.bits);
    }
    const uint64_t values = (uint64_t)source.groups * source.m;
    return codec_has(matrix, "codes", (uint64_t)source.m * source.k * source.bits / 8) &&
           codec_has(matrix, "zeros", values * source.bits / 8) &&
           codec_has(matrix, "scales", values * floats_bytes(source.floats));
}

static void read_band(const struct integers *source, size_t begin, size_t end, uint8_t *to) {
    for (size_t column = 0; column < source->k; column++) {
        const struct field field =
            field_at(source->layout, source->bits, integers_column(source, column));
        for (size_t row = begin; row < end; row++) {
            to[(row - begin) * source->k + column] =
                (uint8_t)field_load(&field, source->codes + row * 4, source->m);
        }
    }
}

static void codes(const struct integers *source, size_t begin, size_t end, uint8_t *to) {
    for (size_t row = begin; row < end; row += BAND) {
        const size_t stop = row + BAND < end ? row + BAND : end;
        read_band(source, row, stop, to + (row - begin) * source->k);
    }
}

static size_t scale(const struct integers *source, size_t row, size_t group) {
    return group * source->m + row;
}

/* 1 in each field of a word that has whole ones. */
static uint32_t ones(unsigned bits) {
    return UINT32_MAX / ((1u << bits) - 1);
}

static unsigned zero(const struct integers *source, size_t row, size_t group) {
    const unsigned bits = source->bits, mask = (1u << bits) - 1;
    const uint8_t *const words = source->zeros + group * (source->m * bits / 8);
    const struct field field = field_at(source->layout, bits, row);
    if (source->rule == RULE_WORDS && 32 % bits == 0) {
        const uint32_t word = load_u32(words + field.piece[0].word * 4) + ones(bits);
        return word >> field.piece[0].shift & mask;
    }
    const unsigned stored = field_load(&field, words, 1);
    if (source->rule == RULE_STORED) {
        return stored;
    }
    return source->rule == RULE_WORDS ? (stored + 1) & mask : stored + 1;
}

static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                 const loom_parts *to) {
    static const struct integer_layout layout = {codes, scale, zero};
    return integers_rows(&layout, matrix, begin, end, to);
}

const struct codec codec_gptq = {"gptq", fits, rows, .fields = false};
