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

#endif
