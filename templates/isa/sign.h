/* Sums of symbols of 3 ternary codes, in bytes, where v_sign_i8 applies signs; comes after the
 * vectors. */
#ifndef ISA_SIGN_H
#define ISA_SIGN_H

/* p: no instruction loads two vectors. */
static inline const uint8_t *v_apart(const uint8_t *p) {
    return p;
}
#ifndef ISA_SIGN_MASKS
/* The sign of a byte's symbol number s, a constant: its bit comes to the top bit. Another is set,
 * since v_sign_i8 makes a sign of 0 the sum 0. */
typedef v_int v_sign;
#define v_sign_at(bits, s)                                                                         \
    ((s) ? v_shl_u16(v_or(bits, v_set_i8(1)), 7 - (s)) : v_or(v_shl_u16(bits, 7), v_set_i8(1)))
#endif
/* 16-bit sums + 128 + or - entries, which are 128 more, of the lower or the upper half of every 16
 * bytes: minus 128 is 128, too. */
static inline v_int v_signed_low(v_int sum, v_int a, v_sign sign_a, v_int b, v_sign sign_b) {
    const v_int pairs = v_zip_low_i8(v_sign_i8(a, sign_a), v_sign_i8(b, sign_b));
    return v_add_i16(sum, v_dot2(pairs, v_set_i8(1)));
}
static inline v_int v_signed_high(v_int sum, v_int a, v_sign sign_a, v_int b, v_sign sign_b) {
    const v_int pairs = v_zip_high_i8(v_sign_i8(a, sign_a), v_sign_i8(b, sign_b));
    return v_add_i16(sum, v_dot2(pairs, v_set_i8(1)));
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
