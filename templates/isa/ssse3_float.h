/* Floats that SSSE3 has no instructions for: fp16, and the fused multiply-add. They are long, and
 * needed at the end of every group for each vector of rows: functions, not inline. */
#ifndef ISA_SSSE3_FLOAT_H
#define ISA_SSSE3_FLOAT_H

/* fp16 to fp32, exact, as v_half in c.h does it: normal numbers get another exponent, subnormal
 * ones are what is above 0.5, infinity and NaN keep the largest exponent. */
__attribute__((noinline, unused)) static v_f32 v_load_half(const uint16_t *p) {
    const __m128i zero = _mm_setzero_si128();
    const __m128i half = _mm_unpacklo_epi16(_mm_loadl_epi64((const __m128i *)p), zero);
    const __m128i sign = _mm_slli_epi32(_mm_and_si128(half, _mm_set1_epi32(0x8000)), 16);
    const __m128i rest = _mm_and_si128(half, _mm_set1_epi32(0x7fff));
    const __m128i is_small = _mm_cmpgt_epi32(_mm_set1_epi32(0x400), rest);
    const __m128i is_large = _mm_cmpgt_epi32(rest, _mm_set1_epi32(0x7bff));
    const __m128i above = _mm_castps_si128(_mm_sub_ps(
        _mm_castsi128_ps(_mm_add_epi32(rest, _mm_set1_epi32(0x3f000000))), _mm_set1_ps(0.5f)));
    const __m128i rebias = _mm_add_epi32(_mm_set1_epi32(0x38000000),
                                         _mm_and_si128(is_large, _mm_set1_epi32(0x38000000)));
    const __m128i normal = _mm_add_epi32(_mm_slli_epi32(rest, 13), rebias);
    const __m128i magnitude =
        _mm_or_si128(_mm_and_si128(is_small, above), _mm_andnot_si128(is_small, normal));
    return _mm_castsi128_ps(_mm_or_si128(sign, magnitude));
}

/* The E4M3 numbers of the lower 7 bits of 4 bytes, or 0 for 0x7f, halved. Normal numbers get
 * another exponent. That makes more of subnormal ones than they are: twice it, less 2^-7, is right,
 * and more of all others. */
__attribute__((unused)) static v_f32 v_load_ue4m3(const uint8_t *p) {
    const __m128i nan = _mm_set1_epi32(0x7f), bytes = v_load_u8_i32(p);
    const __m128i bits = _mm_andnot_si128(_mm_cmpeq_epi32(bytes, nan), _mm_and_si128(bytes, nan));
    const __m128 normal =
        _mm_castsi128_ps(_mm_add_epi32(_mm_slli_epi32(bits, 20), _mm_set1_epi32(119 << 23)));
    return _mm_min_ps(normal, _mm_sub_ps(_mm_add_ps(normal, normal), _mm_set1_ps(0x1p-7f)));
}

__attribute__((unused)) static void v_load_two_ue4m3(const uint8_t *p, v_f32 *a, v_f32 *b) {
    *a = v_load_ue4m3(p);
    *b = v_load_ue4m3(p + V_ROWS);
}

/* product + c rounded to odd: an inexact sum whose last bit is 0 goes one step towards the exact
 * one, which is away from zero where the error has the sum's sign. */
static inline __m128d v_add_to_odd(__m128d product, __m128d c) {
    const __m128d sum = _mm_add_pd(product, c);
    const __m128d added = _mm_sub_pd(sum, product);
    const __m128d error =
        _mm_add_pd(_mm_sub_pd(product, _mm_sub_pd(sum, added)), _mm_sub_pd(c, added));
    const __m128d zero = _mm_setzero_pd();
    const __m128d above = _mm_cmpgt_pd(error, zero);
    const __m128d inexact = _mm_or_pd(above, _mm_cmplt_pd(error, zero));
    const __m128i towards_zero = _mm_castpd_si128(_mm_xor_pd(above, _mm_cmpgt_pd(sum, zero)));
    const __m128i one = _mm_set1_epi64x(1), bits = _mm_castpd_si128(sum);
    const __m128i is_even = _mm_sub_epi64(_mm_and_si128(bits, one), one);
    const __m128i step = _mm_or_si128(towards_zero, one);
    const __m128i changed = _mm_and_si128(is_even, _mm_castpd_si128(inexact));
    return _mm_castsi128_pd(_mm_add_epi64(bits, _mm_and_si128(changed, step)));
}

/* a * b + c rounded once: the product of two floats is exact in a double, and a sum of doubles
 * can be rounded again to float unless it is a midpoint between two floats; such a sum has 28
 * zeros at its end. Of those the exact sum may lie on either side: they are rounded to odd (c.h).
 */
__attribute__((noinline, unused)) static v_f32 v_fma(v_f32 a, v_f32 b, v_f32 c) {
    const __m128d c_low = _mm_cvtps_pd(c), c_high = _mm_cvtps_pd(_mm_movehl_ps(c, c));
    const __m128d low = _mm_mul_pd(_mm_cvtps_pd(a), _mm_cvtps_pd(b));
    const __m128d high =
        _mm_mul_pd(_mm_cvtps_pd(_mm_movehl_ps(a, a)), _mm_cvtps_pd(_mm_movehl_ps(b, b)));
    __m128d sum_low = _mm_add_pd(low, c_low), sum_high = _mm_add_pd(high, c_high);
    const __m128 ends = _mm_shuffle_ps(_mm_castpd_ps(sum_low), _mm_castpd_ps(sum_high), 0x88);
    const __m128i zeros = _mm_and_si128(_mm_castps_si128(ends), _mm_set1_epi32(0x0fffffff));
    if (_mm_movemask_epi8(_mm_cmpeq_epi32(zeros, _mm_setzero_si128()))) {
        sum_low = v_add_to_odd(low, c_low);
        sum_high = v_add_to_odd(high, c_high);
    }
    return _mm_movelh_ps(_mm_cvtpd_ps(sum_low), _mm_cvtpd_ps(sum_high));
}

#endif
