/* Types of weights in GGUF files, and the formats of this library that hold them without loss. */
#ifndef LOOM_CODEC_TYPES_H
#define LOOM_CODEC_TYPES_H

#include "loom.h"

/* A block to its parts and back. `parts` points to those of this block: the scale and the offset of
 * each group, the factors and the minimums of its sub-blocks; what the format has not is not
 * touched. */
struct block_codec {
    /* Codes as loom_pack_parts takes them with weight_code_bits. */
    void (*read)(const loom_parts *parts, const uint8_t *block);
    /* Codes of a byte each, as loom_unpack_parts gives them. */
    void (*write)(uint8_t *block, const loom_parts *parts);
};

struct weight_type {
    const char *name; /* ggml's */
    int32_t type;     /* its number */
    uint16_t codes;   /* in a block, along K: whole groups of the format */
    uint16_t bytes;   /* of a block */
    const char *format;
    const struct block_codec *codec;
};

/* The generator's table (gen/lua/input/gguf_types.lua). */
extern const struct weight_type weight_types[];
extern const size_t weight_type_count;

/* The row of a type whose blocks have so many codes, or NULL: there are no kernels for it. */
const struct weight_type *weight_type_find(int32_t type, int64_t codes);

/* Codes of 1, 2 and 4 bits are read side by side, others to a byte each. */
static inline unsigned weight_code_bits(const loom_format *format) {
    return 8 % format->bits ? 8 : format->bits;
}

/* blocks.c: scales, and an offset where there is one */
extern const struct block_codec codec_q1_0, codec_q2_0, codec_q2_0_128, codec_q4_0, codec_q4_1,
    codec_q5_0, codec_q5_1, codec_q8_0, codec_mxfp4, codec_nvfp4;
/* blocks_ternary.c */
extern const struct block_codec codec_tq1_0, codec_tq2_0;
/* blocks_k.c: sub-blocks with factors */
extern const struct block_codec codec_q2_k, codec_q3_k, codec_q4_k, codec_q5_k, codec_q6_k,
    codec_iq4_xs;

#endif
