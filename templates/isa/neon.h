/* Vocabulary of ARMv8.0: no dot product, no fp16 arithmetic. */
#ifndef ISA_NEON_H
#define ISA_NEON_H

#include "isa_aarch64.h"
#include "isa_vector_neon.h"

/* Accumulators of dot products of codes (below 128) and int8 with 16 bits, one lane a product, to
 * be flushed to 32 before they overflow: of the lower two rows of a vector and of the upper two. */
typedef struct {
    int16x8_t low, high;
} v_acc;
static inline v_acc v_acc_zero(void) {
    return (v_acc){vdupq_n_s16(0), vdupq_n_s16(0)};
}
static inline void v_acc_opaque(v_acc *acc) {
    __asm__ volatile("" : "+w"(acc->low), "+w"(acc->high));
}
static inline v_acc v_acc_dot4(v_acc acc, v_int u, v_int s) {
    /* A repeated value would have SMLAL of its lower half alone, and EXT for that of the codes. */
    __asm__("" : "+w"(s));
    return (v_acc){vmlal_s8(acc.low, vget_low_s8(v_s8(u)), vget_low_s8(v_s8(s))),
                   vmlal_high_s8(acc.high, v_s8(u), v_s8(s))};
}
static inline v_int v_acc_flush(v_int sum, v_acc acc) {
    const int32x4_t rows = vpaddq_s32(vpaddlq_s16(acc.low), vpaddlq_s16(acc.high));
    return v_bytes_s32(vaddq_s32(v_s32(sum), rows));
}

/* sum + the sum of 4 neighbouring products of signed bytes, in 32 bits: two of them fit 16. The
 * same of bytes below 128. */
static inline v_int v_dot4_signed(v_int sum, v_int u, v_int s) {
    const v_acc products = v_acc_dot4(v_acc_zero(), u, s);
    return v_bytes_s32(vpadalq_s16(v_s32(sum), vpaddq_s16(products.low, products.high)));
}
static inline v_int v_dot4_small(v_int sum, v_int u, v_int s) {
    return v_dot4_signed(sum, u, s);
}

/* The 16-bit lanes of the lower, or the upper, half, those of a and b in turn. */
static inline v_int v_zip_low_i16(v_int a, v_int b) {
    return v_bytes_s16(vzip1q_s16(v_s16(a), v_s16(b)));
}
static inline v_int v_zip_high_i16(v_int a, v_int b) {
    return v_bytes_s16(vzip2q_s16(v_s16(a), v_s16(b)));
}
/* 8 bytes at p, the other 8 `stride` bytes further. */
static inline void v_store_rows(uint8_t *p, size_t stride, v_int x) {
    vst1_u8(p, vget_low_u8(x));
    vst1_u8(p + stride, vget_high_u8(x));
}
/* sum + x, 16 bits, after all that was added before: not in a tree, which takes registers. */
static inline v_int v_chain_i16(v_int sum, v_int x) {
    sum = v_add_i16(sum, x);
    __asm__ volatile("" : "+w"(sum));
    return sum;
}
/* Byte number i of x, by one instruction: what is done with it is not folded into a shift and a
 * mask. */
static inline uint64_t v_byte(uint64_t x, int i) {
    uint64_t byte;
    __asm__("ubfx %0, %1, %2, #8" : "=r"(byte) : "r"(x), "i"(8 * i));
    return byte;
}

/* 8 times 4 bytes as 16 bits: the first of each 4, the second and so on. */
static inline void v_load_transposed(const uint8_t *p, v_int *a, v_int *b, v_int *c, v_int *d) {
    const int8x8x4_t x = vld4_s8((const int8_t *)p);
    *a = v_bytes_s16(vmovl_s8(x.val[0]));
    *b = v_bytes_s16(vmovl_s8(x.val[1]));
    *c = v_bytes_s16(vmovl_s8(x.val[2]));
    *d = v_bytes_s16(vmovl_s8(x.val[3]));
}

#endif
