/* Accumulators of u8 x i8 dot products with 16 bits, to be flushed to 32 before they overflow. */
#ifndef ISA_SUMS16_H
#define ISA_SUMS16_H

#include "isa_sum.h"

static inline v_acc v_acc_dot4(v_acc acc, v_int u, v_int s) {
    return v_add_i16(acc, v_dot2(u, s));
}
static inline v_int v_acc_flush(v_int sum, v_acc acc) {
    return v_add_i32(sum, v_dot2_i16(acc, v_set_i16(1)));
}

/* sum + the sum of 4 neighbouring products, unsigned by signed bytes whatever they are, in 32 bits:
 * even and odd bytes apart, at 16 bits. */
static inline v_int v_dot4_wide(v_int sum, v_int u, v_int s) {
    const v_int even = v_dot2_i16(v_and(u, v_set_i16(255)), v_shr_i16(v_shl_u16(s, 8), 8));
    const v_int odd = v_dot2_i16(v_shr_u16(u, 8), v_shr_i16(s, 8));
    return v_add_i32(sum, v_add_i32(even, odd));
}

#endif
