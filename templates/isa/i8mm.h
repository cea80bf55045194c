/* Vocabulary of the matrix products of ARMv8.6, beside the dot product. */
#ifndef ISA_I8MM_H
#define ISA_I8MM_H

#ifndef __ARM_FEATURE_MATMUL_INT8
#error "compile this file with -march=armv8.2-a+dotprod+i8mm"
#endif

#include "isa_dotprod.h"

/* acc + the products of 2 rows of 8 codes (below 128) and 2 rows of 8 signed bytes: a0 b0, a0 b1,
 * a1 b0, a1 b1. */
static inline v_int v_matmul(v_int acc, v_int a, v_int b) {
    return v_bytes_s32(vmmlaq_s32(v_s32(acc), v_s8(a), v_s8(b)));
}

/* 8 bytes, then zeros; the same 8 bytes in both halves, by way of a general register. */
static inline v_int v_load_8(const void *p) {
    return vcombine_u8(vld1_u8(p), vdup_n_u8(0));
}
static inline v_int v_spread_8(const void *p) {
    int64_t x;
    memcpy(&x, p, sizeof x);
    __asm__ volatile("" : "+r"(x));
    return v_set_i64(x);
}

/* The 32-bit lanes of the lower, or the upper, halves in turn; the even, or the odd, lanes of a,
 * then those of b. */
static inline v_int v_zip_low_i32(v_int a, v_int b) {
    return v_bytes_s32(vzip1q_s32(v_s32(a), v_s32(b)));
}
static inline v_int v_zip_high_i32(v_int a, v_int b) {
    return v_bytes_s32(vzip2q_s32(v_s32(a), v_s32(b)));
}
static inline v_int v_even_i32(v_int a, v_int b) {
    return v_bytes_s32(vuzp1q_s32(v_s32(a), v_s32(b)));
}
static inline v_int v_odd_i32(v_int a, v_int b) {
    return v_bytes_s32(vuzp2q_s32(v_s32(a), v_s32(b)));
}

#endif
