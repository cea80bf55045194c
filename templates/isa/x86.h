/* What every x86 vocabulary has, whatever the width of its vectors; comes after those. */
#ifndef ISA_X86_H
#define ISA_X86_H

/* Asks for the line at p, for the level 1 cache or for the level 2; p may be anywhere. */
static inline void v_prefetch_near(const uint8_t *p) {
    _mm_prefetch((const char *)p, _MM_HINT_T0);
}
static inline void v_prefetch_far(const uint8_t *p) {
    _mm_prefetch((const char *)p, _MM_HINT_T1);
}

/* Asks for the first two lines of the 4 KiB page after that of p. The CPU's own prefetchers end
 * with a page, and of a slow stream they miss the first lines of the next one. */
static inline void v_prefetch_next_page(const void *p) {
    const uint8_t *const page = (const uint8_t *)p + 4096 - ((uintptr_t)p & 4095);
    v_prefetch_near(page);
    v_prefetch_near(page + 64);
}

/* Bytes shifted, by a constant count. */
#define v_shr_u8(x, count) v_and(v_shr_u16(x, count), v_set_i8(0xff >> (count)))

/* 3-bit codes: the low two bits of each byte of `low`, and bit 2 of `high`. */
static inline v_int v_join3(v_int low, v_int high) {
    return v_or(v_and(low, v_set_i8(3)), v_and(high, v_set_i8(4)));
}
/* The same of 5 and 6 bits: the low four, and the others. */
static inline v_int v_join5(v_int low, v_int high) {
    return v_or(v_and(low, v_set_i8(15)), v_and(high, v_set_i8(16)));
}
static inline v_int v_join6(v_int low, v_int high) {
    return v_or(v_and(low, v_set_i8(15)), v_and(high, v_set_i8(48)));
}

/* sum + (x >> count) of signed 32-bit lanes; the count is a constant. */
#define v_add_shifted(sum, x, count) v_add_i32(sum, v_shr_i32(x, count))

/* Bytes e as 2^(e - 128), or 0 below 2^-126: e - 1, which stays 0, is the exponent of fp32. */
static inline v_f32 v_load_e8m0(const uint8_t *p) {
    const v_int exponents = v_shl_i32(v_load_u8_i32(p), 23);
    return v_as_f32(v_sub_u16_to_0(exponents, v_set_i32(1 << 23)));
}
/* Bytes a and b of each 32-bit lane, in the upper bytes of its halves; the others are 0. */
static inline v_int v_upper_bytes(v_int x, int a, int b) {
    static const uint8_t byte0[16] = {128, 0, 128, 0, 128, 4,  128, 4,
                                      128, 8, 128, 8, 128, 12, 128, 12};
    return v_lookup(x, v_add_i8(v_load_16(byte0), v_set_i32(a << 8 | b << 24)));
}

#include "isa_shared.h"

#endif
