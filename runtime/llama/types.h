/* Types of weights in GGUF files, and the formats of this library that hold them without loss. */
#ifndef LOOM_LLAMA_TYPES_H
#define LOOM_LLAMA_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* The parts of a block, as loom_parts has those of a matrix: where its codes go, its scale and its
 * offset (2 bytes each, of MXFP4 one), and its factors and minimums. */
struct block_parts {
    uint8_t *codes, *scale, *offset, *factors, *mins;
};

struct weight_type {
    const char *name; /* ggml's */
    int32_t type;     /* its number */
    uint16_t codes;   /* in a block, along K: a group of the format */
    uint16_t bytes;   /* of a block */
    const char *format;
    /* Codes of 1, 2 and 4 bits as fields side by side, others as a byte each. */
    void (*read)(const uint8_t *block, const struct block_parts *to);
    /* The inverse, from codes of a byte each. */
    void (*write)(uint8_t *block, const struct block_parts *from);
};

/* The generator's table (gen/lua/input/gguf_types.lua). */
extern const struct weight_type weight_types[];
extern const size_t weight_type_count;

/* The row of a type whose blocks have so many codes, or NULL: there are no kernels for it. */
const struct weight_type *weight_type_find(int32_t type, int64_t codes);

/* Bits of a code as `read` leaves it, of a format's bits. */
static inline unsigned block_code_bits(unsigned bits) {
    return bits == 1 || bits == 2 || bits == 4 ? bits : 8;
}

#define BLOCK_TYPE(codec)                                                                          \
    void block_read_##codec(const uint8_t *block, const struct block_parts *to);                   \
    void block_write_##codec(uint8_t *block, const struct block_parts *from);
BLOCK_TYPE(q1_0)
BLOCK_TYPE(q2_0)
BLOCK_TYPE(q2_0_128)
BLOCK_TYPE(tq1_0)
BLOCK_TYPE(tq2_0)
BLOCK_TYPE(q4_0)
BLOCK_TYPE(q4_1)
BLOCK_TYPE(q5_0)
BLOCK_TYPE(q5_1)
BLOCK_TYPE(q8_0)
BLOCK_TYPE(mxfp4)
BLOCK_TYPE(q2_k)
BLOCK_TYPE(q3_k)
BLOCK_TYPE(q4_k)
BLOCK_TYPE(q5_k)
BLOCK_TYPE(q6_k)
BLOCK_TYPE(iq4_xs)

#endif
