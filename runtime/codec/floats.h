/* Numbers of a file that are no integers, at any address, as fp32, which holds them all. */
#ifndef LOOM_CODEC_FLOATS_H
#define LOOM_CODEC_FLOATS_H

#include "codec/words.h"

#include <stddef.h>
#include <string.h>

/* The number `floats` of a matrix (gen/lua/source/elements.lua). */
enum floats { FLOATS_FP16, FLOATS_BF16, FLOATS_FP32, FLOATS_KINDS };

static inline size_t floats_bytes(enum floats kind) {
    return kind == FLOATS_FP32 ? 4 : 2;
}

static inline float float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline float float_of_half(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    const uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
    if (exponent == 0) {
        const float value = (float)fraction * 0x1p-24F;
        return sign ? -value : value;
    }
    const uint32_t rebased = exponent == 31 ? 255 : exponent + 112;
    return float_of_bits(sign | rebased << 23 | fraction << 13);
}

/* Number `index` of an array. */
static inline float load_float(const uint8_t *array, size_t index, enum floats kind) {
    switch (kind) {
    case FLOATS_FP16:
        return float_of_half(load_u16(array + index * 2));
    case FLOATS_BF16:
        return float_of_bits((uint32_t)load_u16(array + index * 2) << 16);
    default:
        return float_of_bits(load_u32(array + index * 4));
    }
}

#endif
