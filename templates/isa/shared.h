/* What every vocabulary of vectors has; comes after the vectors. */
#ifndef ISA_SHARED_H
#define ISA_SHARED_H

/* Values stored before are loaded from memory after. */
static inline void v_fence(void) {
    __asm__ volatile("" ::: "memory");
}

/* Makes the compiler forget where p comes from, or it adds up the address of every load anew. */
static inline const uint8_t *v_address(const uint8_t *p) {
    __asm__("" : "+r"(p));
    return p;
}

/* 3-bit codes: the low two bits of each byte of `low`, and bit 2 of `high`. */
static inline v_int v_join3(v_int low, v_int high) {
    return v_or(v_and(low, v_set_i8(3)), v_and(high, v_set_i8(4)));
}
/* The same of 5 and 6 bits: the low four, and the others. */
static inline v_int v_join5(v_int low, v_int high) {
    return v_or(v_and(low, v_set_i8(15)), v_and(high, v_set_i8(16)));
}
static inline v_int v_join6(v_int low, v_int high) {
    return v_or(v_and(low, v_set_i8(15)), v_and(high, v_set_i8(48)));
}

/* Bytes e as 2^(e - 128), or 0 below 2^-126. */
static inline v_f32 v_load_e8m0(const uint8_t *p) {
    const v_int bits = v_sub_i32(v_shl_i32(v_load_u8_i32(p), 23), v_set_i32(1 << 23));
    const v_int positive = v_shr_i32(v_sub_i32(v_zero(), bits), 31);
    return v_as_f32(v_and(bits, positive));
}

#endif
