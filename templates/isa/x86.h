/* What every x86 vocabulary has, whatever the width of its vectors; comes after those. */
#ifndef ISA_X86_H
#define ISA_X86_H

/* Asks for the line at p, for the level 1 cache or for the level 2; p may be anywhere. */
static inline void v_prefetch_near(const uint8_t *p) {
    _mm_prefetch((const char *)p, _MM_HINT_T0);
}
static inline void v_prefetch_far(const uint8_t *p) {
    _mm_prefetch((const char *)p, _MM_HINT_T1);
}

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

#endif
