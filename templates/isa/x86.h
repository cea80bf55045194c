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

/* Bytes shifted, by a constant count. */
#define v_shr_u8(x, count) v_and(v_shr_u16(x, count), v_set_i8(0xff >> (count)))

#include "isa_shared.h"

#endif
