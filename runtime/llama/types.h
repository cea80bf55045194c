/* Types of weights in GGUF files, and the formats of this library that hold them without loss. */
#ifndef LOOM_LLAMA_TYPES_H
#define LOOM_LLAMA_TYPES_H

#include <stddef.h>
#include <stdint.h>

struct weight_type {
    const char *name;  /* ggml's */
    int32_t type;      /* its number */
    uint16_t codes;    /* in a block, along K */
    uint16_t bytes;    /* of a block */
    uint16_t scale_at; /* of its fp16 scale */
    const char *format;
    /* A block's codes as loom_pack_fields takes them. */
    void (*fields)(const uint8_t *block, uint8_t *fields);
    /* A block, but for its scale, from codes of a byte each, as loom_unpack gives them. */
    void (*pack)(uint8_t *block, const uint8_t *codes);
};

/* The generator's table (gen/lua/input/gguf_types.lua). */
extern const struct weight_type weight_types[];
extern const size_t weight_type_count;

/* The row of a type whose blocks have so many codes, or NULL: there are no kernels for it. */
const struct weight_type *weight_type_find(int32_t type, int64_t codes);

void block_fields_q1_0(const uint8_t *block, uint8_t *fields);
void block_pack_q1_0(uint8_t *block, const uint8_t *codes);
void block_fields_q2_0(const uint8_t *block, uint8_t *fields);
void block_pack_q2_0(uint8_t *block, const uint8_t *codes);
void block_fields_q2_0_128(const uint8_t *block, uint8_t *fields);
void block_pack_q2_0_128(uint8_t *block, const uint8_t *codes);
void block_fields_q4_0(const uint8_t *block, uint8_t *fields);
void block_pack_q4_0(uint8_t *block, const uint8_t *codes);
void block_fields_tq2_0(const uint8_t *block, uint8_t *fields);
void block_pack_tq2_0(uint8_t *block, const uint8_t *codes);
void block_fields_tq1_0(const uint8_t *block, uint8_t *fields);
void block_pack_tq1_0(uint8_t *block, const uint8_t *codes);

#endif
