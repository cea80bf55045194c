/* Vocabulary of the portable ISA: scalars, any CPU. */
#ifndef ISA_C_H
#define ISA_C_H

#include "kernel.h"

/* a * b + c rounded once. Without the instruction: the product of two floats is exact in a
 * double, and a sum rounded to odd there can be rounded again to float without error
 * (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums", 2008). */
static inline float v_fma(float a, float b, float c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    return __builtin_fmaf(a, b, c);
#else
    const double product = (double)a * (double)b;
    const double sum = product + (double)c;
    const double added = sum - product;
    const double error = (product - (sum - added)) + ((double)c - added);
    int64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    if ((error < 0 || error > 0) && (bits & 1) == 0) {
        bits += ((error > 0) == (sum > 0)) ? 1 : -1;
    }
    double odd;
    memcpy(&odd, &bits, sizeof odd);
    return (float)odd;
#endif
}

/* fp16 to fp32, exact. The 113 rebias of exponents leaves subnormals to a subtraction. */
static inline float v_half(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
    const uint32_t rest = half & 0x7fffu;
    if (rest >= 0x7c00u) {
        return loom_float_from_bits(sign | 0x7f800000u | (rest & 0x3ffu) << 13 |
                                    ((rest & 0x3ffu) ? 0x400000u : 0));
    }
    if (rest < 0x400u) {
        const float magnitude = loom_float_from_bits(0x3f000000u + rest) - 0.5f;
        return loom_float_from_bits(sign | loom_bits_from_float(magnitude));
    }
    return loom_float_from_bits(sign | ((rest << 13) + 0x38000000u));
}

/* 2^(e - 128), or 0 below 2^-126. */
static inline float v_e8m0(uint8_t e) {
    return loom_float_from_bits(e < 2 ? 0 : (uint32_t)(e - 1) << 23);
}

/* Half of the E4M3 number of the lower 7 bits, or 0 for 0x7f. */
static inline float v_ue4m3(uint8_t byte) {
    const uint32_t bits = byte == 0x7f ? 0 : byte & 0x7fu;
    return bits < 8 ? (float)bits * 0x1p-10f : loom_float_from_bits((bits << 20) + (119u << 23));
}

/* Four bytes at once, in a register; shifts need a mask afterwards. */
static inline uint32_t v_load_4(const uint8_t *p) {
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return x;
}
static inline void v_store_4(uint8_t *p, uint32_t x) {
    memcpy(p, &x, sizeof x);
}
static inline uint32_t v_set_i8(uint32_t x) {
    return x * 0x01010101u;
}
static inline uint32_t v_and(uint32_t a, uint32_t b) {
    return a & b;
}
static inline uint32_t v_shr_u16(uint32_t x, int count) {
    return x >> count;
}
static inline uint32_t v_shr_u8(uint32_t x, int count) {
    return v_and(x >> count, v_set_i8(0xffu >> count));
}
static inline uint32_t v_shl_u16(uint32_t x, int count) {
    return x << count;
}
/* 3-bit codes: the low two bits of each byte of `low`, and bit 2 of `high`. */
static inline uint32_t v_join3(uint32_t low, uint32_t high) {
    return (low & 0x03030303u) | (high & 0x04040404u);
}
/* The same of 5 and 6 bits: the low four, and the others. */
static inline uint32_t v_join5(uint32_t low, uint32_t high) {
    return (low & 0x0f0f0f0fu) | (high & 0x10101010u);
}
static inline uint32_t v_join6(uint32_t low, uint32_t high) {
    return (low & 0x0f0f0f0fu) | (high & 0x30303030u);
}

/* To the nearest integer, ties to even, for |x| < 2^22. In another rounding mode than to the
 * nearest the sum is off by one the other way: 127.00001 would be 128, which is no int8. */
static inline int32_t v_rint(float x) {
    const float sum = x + 12582912.0f;
    const float rest = x - (sum - 12582912.0f);
    return (int32_t)(loom_bits_from_float(sum) - 0x4b400000u) + (rest > 0.5f) - (rest < -0.5f);
}

/* |x| as bits: ordered like the values, infinity and NaN above all numbers. */
static inline uint32_t v_magnitude(float x) {
    return loom_bits_from_float(x) & 0x7fffffffu;
}

#endif
