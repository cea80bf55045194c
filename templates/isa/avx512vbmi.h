/* Vocabulary of AVX-512 VBMI and VNNI, beside F and BW. */
#ifndef ISA_AVX512VBMI_H
#define ISA_AVX512VBMI_H

#if !defined(__AVX512VBMI__) || !defined(__AVX512VNNI__)
#error "compile this file with -mavx512f -mavx512bw -mavx512vbmi -mavx512vnni"
#endif

#include "isa_vector512.h"
#include "isa_x86.h"

/* a where the mask's bits are set, b elsewhere. */
static inline v_int v_select(v_int mask, v_int a, v_int b) {
    return _mm512_ternarylogic_epi32(mask, a, b, 0xca);
}
/* Any function of three bits: bit 4 a + 2 b + c of the constant `table` is its value. */
#define v_logic(a, b, c, table) _mm512_ternarylogic_epi32(a, b, c, table)
/* Four tables of 16 bytes in one vector, one for each byte of a 32-bit lane: an index is the
 * low nibble, with the table's number in bits 4 and 5, set by the operation that masks. */
static inline v_int v_index4(v_int x) {
    const v_int table_number = _mm512_set1_epi32(0x30201000);
    return _mm512_ternarylogic_epi32(x, _mm512_set1_epi8(0x0f), table_number, 0xea);
}
static inline v_int v_lookup4(v_int tables, v_int index) {
    return _mm512_permutexvar_epi8(index, tables);
}
/* The same with one table four times: the low nibble of an index alone counts. */
static inline v_int v_lookup_low(v_int table, v_int index) {
    return _mm512_permutexvar_epi8(index, table);
}
/* 64 bits, one a byte of a vector; minus those bytes of x that they say. */
typedef __mmask64 v_mask;
static inline v_mask v_load_mask(const uint8_t *p) {
    return _load_mask64((__mmask64 *)p);
}
static inline v_int v_negate(v_int x, v_mask mask) {
    return _mm512_mask_sub_epi8(x, mask, v_zero(), x);
}
/* acc + the sum of 4 neighbouring products, unsigned by signed bytes, in 32 bits. */
static inline v_int v_dot4(v_int acc, v_int u, v_int s) {
    return _mm512_dpbusd_epi32(acc, u, s);
}
/* The lower halves of the 32-bit lanes of a, and above them those of b. */
static inline v_int v_halves(v_int a, v_int b) {
    return v_select(v_set_i32(0xffff), a, v_shl_i32(b, 16));
}
/* sum + the sum of two neighbouring products of 16 bits, in 32. */
static inline v_int v_add_dot2_i16(v_int sum, v_int a, v_int b) {
    return _mm512_dpwssd_epi32(sum, a, b);
}

#include "isa_sums32.h"

#endif
