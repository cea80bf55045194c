/* Types of weights in GGUF files, and the formats of this library that hold them without loss. */
#ifndef LOOM_LLAMA_TYPES_H
#define LOOM_LLAMA_TYPES_H

#include <stdint.h>

struct weight_type {
    const char *name; /* ggml's */
    int32_t type;     /* enum ggml_type */
    uint16_t codes;   /* in a block, along K; one fp16 scale */
    uint16_t bytes;   /* of a block */
    const char *format;
    /* A block's codes, one a byte, as the format numbers them; back again, without the scale. */
    void (*unpack)(const uint8_t *block, uint8_t *codes);
    void (*pack)(uint8_t *block, const uint8_t *codes);
    uint16_t scale_at; /* of the scale, in the block */
};

/* The row of a type whose blocks have so many codes, or NULL: this backend does not serve it. Two
 * kinds of Q2_0 share a number: upstream's blocks have 64 codes, those of PrismML's fork 128. */
const struct weight_type *weight_type_find(int32_t type, int64_t codes);

#endif
