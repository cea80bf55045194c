/* Vocabulary of AVX-512 F and BW. */
#ifndef ISA_AVX512BW_H
#define ISA_AVX512BW_H

#include "isa_vector512.h"

/* Signs are masks: set where a byte is to be negative. */
#define ISA_SIGN_MASKS
typedef __mmask64 v_sign;
#define v_sign_at(bits, s) _mm512_test_epi8_mask(bits, v_set_i8(1 << (s)))
static inline v_int v_sign_i8(v_int a, v_sign sign) {
    return _mm512_mask_sub_epi8(a, sign, v_zero(), a);
}
/* -a where `sign` is negative, a elsewhere; |x|. */
static inline v_int v_signed_as(v_int a, v_int sign) {
    return v_sign_i8(a, _mm512_movepi8_mask(sign));
}
static inline v_int v_abs_i8(v_int x) {
    return _mm512_abs_epi8(x);
}
/* The bytes of the lower, or the upper, half of each 16 bytes, those of a and b in turn. */
static inline v_int v_zip_low_i8(v_int a, v_int b) {
    return _mm512_unpacklo_epi8(a, b);
}
static inline v_int v_zip_high_i8(v_int a, v_int b) {
    return _mm512_unpackhi_epi8(a, b);
}

/* After the vectors. */
#include "isa_sign.h"
#include "isa_x86.h"

#include "isa_sums16.h"

#endif
