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

/* Bytes whose upper six bits are the lower two of three others: those of a, b and c from the top.
 */
static inline v_int v_last_fields(v_int a, v_int b, v_int c) {
    const v_int top = v_and(v_shl_i32(a, 6), v_set_i8(0xc0));
    const v_int middle = v_and(v_shl_i32(b, 4), v_set_i8(0x30));
    return v_or(v_or(top, middle), v_and(v_shl_i32(c, 2), v_set_i8(0x0c)));
}
/* The lower two bytes of lanes of `half`; above them the two that are in these and in `whole`. */
static inline v_int v_half_fields(v_int whole, v_int half) {
    return v_or(half, v_shl_i32(v_last_fields(whole, v_shr_u32(whole, 16), half), 16));
}

#endif
