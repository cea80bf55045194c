/* Codes of a few bits in words of 32, little-endian: the layouts of safetensors files. */
#ifndef LOOM_CODEC_FIELDS_H
#define LOOM_CODEC_FIELDS_H

#include "codec/words.h"

#include <stddef.h>

/* The number `layout` of a matrix (gen/lua/source/fields.lua).
 *   stream  side by side, over the ends of words
 *   padded  as many as a word has room for; its highest bits are left over
 *   planes  of 32 codes the lowest 2, 4 or 8 bits first, side by side, then the next 1, 2 or 2 + 1
 *           (GPTQModel's gptq_p) */
enum fields { FIELDS_STREAM, FIELDS_PADDED, FIELDS_PLANES, FIELDS_LAYOUTS };

/* Where a code is: pieces in one word each, its lowest bits first. */
struct field {
    struct field_piece {
        size_t word;
        unsigned shift, bits;
    } piece[3];
    unsigned pieces;
};

/* The place of code number `index` in the words from code 0 on. */
struct field field_at(enum fields layout, unsigned bits, size_t index);

/* Words for so many codes; planes have whole blocks of 32. */
static inline uint64_t field_words(enum fields layout, unsigned bits, uint64_t count) {
    const uint64_t each = 32 / bits;
    return layout == FIELDS_PADDED ? (count + each - 1) / each : (count * bits + 31) / 32;
}

/* The code in words that are `step` words apart. */
static inline unsigned field_load(const struct field *field, const uint8_t *words, size_t step) {
    unsigned code = 0;
    for (unsigned i = 0, at = 0; i < field->pieces; at += field->piece[i++].bits) {
        const struct field_piece *const piece = &field->piece[i];
        const uint32_t word = load_u32(words + piece->word * step * 4);
        code |= (word >> piece->shift & ((1u << piece->bits) - 1)) << at;
    }
    return code;
}

#endif
