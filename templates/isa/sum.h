/* An accumulator of dot products that is one vector; comes after the vectors. */
#ifndef ISA_SUM_H
#define ISA_SUM_H

typedef v_int v_acc;
static inline v_acc v_acc_zero(void) {
    return v_zero();
}
static inline void v_acc_opaque(v_acc *acc) {
    v_opaque(acc);
}

#endif
