/* Sums of symbols of 3 ternary codes, in bytes, where v_sign_i8 applies signs; comes after the
 * vectors. */
#ifndef ISA_SIGN_H
#define ISA_SIGN_H

/* p: no instruction loads two vectors. */
static inline const uint8_t *v_apart(const uint8_t *p) {
    return p;
}
/* What sums of v_sign_i8 lack: nothing. */
static inline v_int v_sign_rest(v_int signs) {
    (void)signs;
    return v_zero();
}
/* 16-bit sums + low + base * high, of the lower or the upper half of every 16 bytes. */
static inline v_int v_join_low(v_int sum, v_int low, v_int high, int base) {
    return v_add_i16(sum, v_dot2(v_set_i16(1 | base << 8), v_zip_low_i8(low, high)));
}
static inline v_int v_join_high(v_int sum, v_int low, v_int high, int base) {
    return v_add_i16(sum, v_dot2(v_set_i16(1 | base << 8), v_zip_high_i8(low, high)));
}

#endif
