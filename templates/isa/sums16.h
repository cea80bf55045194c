/* Accumulators of u8 x i8 dot products with 16 bits, to be flushed to 32 before they overflow. */
#ifndef ISA_SUMS16_H
#define ISA_SUMS16_H

#include "isa_sum.h"

static inline v_acc v_acc_dot4(v_acc acc, v_int u, v_int s) {
    return v_add_i16(acc, v_dot2(u, s));
}
/* The same times factors, which both halves of a 32-bit lane have. */
static inline v_int v_acc_flush_by(v_int sum, v_acc acc, v_int factor) {
    return v_add_i32(sum, v_dot2_i16(acc, factor));
}
static inline v_int v_acc_flush(v_int sum, v_acc acc) {
    return v_acc_flush_by(sum, acc, v_set_i16(1));
}

/* Sums of two neighbouring products of signed bytes, in 16 bits. */
static inline v_int v_dot2_signed(v_int w, v_int s) {
    return v_dot2(v_abs_i8(w), v_signed_as(s, w));
}

/* sum + the sum of 4 neighbouring products, in 32 bits: of unsigned bytes below 128, or of signed
 * ones, by signed bytes. */
static inline v_int v_dot4_small(v_int sum, v_int u, v_int s) {
    return v_acc_flush(sum, v_dot2(u, s));
}
static inline v_int v_dot4_signed(v_int sum, v_int w, v_int s) {
    return v_acc_flush(sum, v_dot2_signed(w, s));
}

#endif
