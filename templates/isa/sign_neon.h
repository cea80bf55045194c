/* Sums of symbols of 3 ternary codes for NEON: what sign.h has for x86; comes after the vectors. */
#ifndef ISA_SIGN_NEON_H
#define ISA_SIGN_NEON_H

/* a where the sign is positive, -a - 1 where it is negative; it must not be 0. v_sign_rest is what
 * the sums of 8 of them lack, their signs being the bits of a byte. */
static inline v_int v_sign_i8(v_int a, v_int sign) {
    return veorq_u8(a, vcltq_s8(v_s8(sign), vdupq_n_s8(0)));
}
static inline v_int v_sign_rest(v_int signs) {
    return vcntq_u8(signs);
}
/* The sign of a byte's symbol number s, a constant: all bits where it is negative. */
typedef v_int v_sign;
#define v_sign_at(bits, s) v_test(bits, v_set_i8(1 << (s)))
/* 16-bit sums + 128 + or - entries, which are 128 more, of the lower or the upper 8 bytes: the
 * distance of such an entry to 255 is 127 - entry, and v_sign_rest counts the 1 that it lacks. */
static inline v_int v_signed_low(v_int sum, v_int a, v_sign sign_a, v_int b, v_sign sign_b) {
    uint16x8_t words = vreinterpretq_u16_u8(sum);
    words = vabal_u8(words, vget_low_u8(a), vget_low_u8(sign_a));
    return vreinterpretq_u8_u16(vabal_u8(words, vget_low_u8(b), vget_low_u8(sign_b)));
}
static inline v_int v_signed_high(v_int sum, v_int a, v_sign sign_a, v_int b, v_sign sign_b) {
    uint16x8_t words = vreinterpretq_u16_u8(sum);
    words = vabal_u8(words, vget_high_u8(a), vget_high_u8(sign_a));
    return vreinterpretq_u8_u16(vabal_u8(words, vget_high_u8(b), vget_high_u8(sign_b)));
}
/* 8 16-bit sums + low + base * high, of the lower or the upper 8 bytes. */
static inline v_int v_join_low(v_int sum, v_int low, v_int high, int base) {
    const int16x8_t words = vaddw_s8(v_s16(sum), vget_low_s8(v_s8(low)));
    return v_bytes_s16(vmlal_s8(words, vget_low_s8(v_s8(high)), vdup_n_s8((int8_t)base)));
}
static inline v_int v_join_high(v_int sum, v_int low, v_int high, int base) {
    return v_bytes_s16(v_join_upper(v_s16(sum), v_s8(low), v_s8(high), base));
}

#endif
