/* Symbols: several codes in fewer bits than they have one by one.
 *
 * 5 ternary codes (243 of 256) are the 8 bits of the trit blocks of the Khronos Data Format
 * Specification, "ASTC, integer sequence encoding": a few logic operations take them apart, for
 * as many symbols at once as a vector has bits. Of two symbols with the same codes the smaller
 * one is used. */
#include "kernel.h"

/* 3 codes as 5 bits c: 11 in c0 c1 or c2 c3 says that the third, or the last two, are 2. */
static unsigned three_codes(unsigned first, unsigned second, unsigned third) {
    if (third == 2 && second == 2) {
        return 12 | first;
    }
    if (third == 2) {
        return second << 4 | first << 2 | 3;
    }
    return third << 4 | second << 2 | first;
}

uint8_t loom_symbol(size_t symbol_k, const uint8_t *codes, size_t stride) {
    if (symbol_k == 1) {
        return codes[0];
    }
    const unsigned c = three_codes(codes[0], codes[stride], codes[2 * stride]);
    const unsigned fourth = codes[3 * stride], fifth = codes[4 * stride];
    if (fourth == 2 && fifth == 2) {
        return (uint8_t)((c >> 2) << 5 | 7 << 2 | (c & 3));
    }
    if (fifth == 2) {
        return (uint8_t)(fourth << 7 | 3 << 5 | c);
    }
    return (uint8_t)(fifth << 7 | fourth << 5 | c);
}

static void split_three(unsigned c, uint8_t *codes, size_t stride) {
    const unsigned low = c & 3, middle = c >> 2 & 3, top = c >> 4;
    codes[0] = (uint8_t)(low < 3 ? low : middle < 3 ? middle : 2);
    codes[stride] = (uint8_t)(low == 3 ? top : middle == 3 ? 2 : middle);
    codes[2 * stride] = (uint8_t)(low == 3 || middle == 3 ? 2 : top);
}

void loom_symbol_codes(size_t symbol_k, uint8_t symbol, uint8_t *codes, size_t stride) {
    if (symbol_k == 1) {
        codes[0] = symbol;
        return;
    }
    const int both = (symbol >> 2 & 7) == 7;
    const unsigned middle = symbol >> 5 & 3, top = symbol >> 7;
    split_three(both ? (unsigned)symbol >> 5 << 2 | (symbol & 3) : symbol & 31, codes, stride);
    codes[3 * stride] = (uint8_t)(both ? 2 : middle == 3 ? top : middle);
    codes[4 * stride] = (uint8_t)(both || middle == 3 ? 2 : top);
}
