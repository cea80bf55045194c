/* Accumulators of u8 x i8 dot products with 32 bits: they never need a flush on the way. */
#ifndef ISA_SUMS32_H
#define ISA_SUMS32_H

#include "isa_sum.h"

static inline v_acc v_acc_dot4(v_acc acc, v_int u, v_int s) {
    return v_dot4(acc, u, s);
}
static inline v_int v_acc_flush(v_int sum, v_acc acc) {
    return v_add_i32(sum, acc);
}

#endif
