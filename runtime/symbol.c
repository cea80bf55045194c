/* Symbols: several codes in fewer bits than they have one by one.
 *
 * 5 ternary codes (243 of 256) are the 8 bits of the trit blocks of the Khronos Data Format
 * Specification, "ASTC, integer sequence encoding": a few logic operations take them apart, for
 * as many symbols at once as a vector has bits.
 *
 * 3 ternary codes (27 of 32) are an index, whose sums of activations a byte table holds, and above
 * it a sign bit. As weights -1, 0, 1 they are the digits of a number in balanced ternary, the first
 * one least: its magnitude, 0 .. 13, is the index. 14 and 15 stand for 0.
 *
 * Of two symbols with the same codes the smaller one is used. What joins codes has no branches, so
 * that compilers make vectors of its loop. */
#include "layout.h"

#include <string.h>

/* 3 codes as 5 bits c: 11 in c0 c1 or c2 c3 says that the third, or the last two, are 2. */
static inline uint8_t three_codes(uint8_t first, uint8_t second, uint8_t third) {
    const uint8_t all = (uint8_t)(third << 4 | second << 2 | first);
    const uint8_t third_is_2 = (uint8_t)(second << 4 | first << 2 | 3);
    const uint8_t two_are_2 = (uint8_t)(12 | first);
    return third != 2 ? all : second != 2 ? third_is_2 : two_are_2;
}

static inline uint8_t join_five(const uint8_t *codes, size_t stride) {
    const uint8_t c = three_codes(codes[0], codes[stride], codes[2 * stride]);
    const uint8_t fourth = codes[3 * stride], fifth = codes[4 * stride];
    const uint8_t all = (uint8_t)(fifth << 7 | fourth << 5 | c);
    const uint8_t fifth_is_2 = (uint8_t)(fourth << 7 | 3 << 5 | c);
    const uint8_t two_are_2 = (uint8_t)((c >> 2) << 5 | 7 << 2 | (c & 3));
    return fifth != 2 ? all : fourth != 2 ? fifth_is_2 : two_are_2;
}

/* Both ways of a choice are computed, as what is chosen. */
static inline uint8_t either(int first, uint8_t a, uint8_t b) {
    return first ? a : b;
}

static inline void split_three(uint8_t c, uint8_t *codes, size_t stride) {
    const uint8_t low = c & 3, middle = c >> 2 & 3, top = (uint8_t)(c >> 4);
    const int third_is_2 = low == 3, two_are_2 = middle == 3;
    codes[0] = either(third_is_2, either(two_are_2, 2, middle), low);
    codes[stride] = either(third_is_2, top, either(two_are_2, 2, middle));
    codes[2 * stride] = either(third_is_2 | two_are_2, 2, top);
}

static inline void split_five(uint8_t symbol, uint8_t *codes, size_t stride) {
    const uint8_t middle = symbol >> 5 & 3, top = (uint8_t)(symbol >> 7);
    const uint8_t shifted = (uint8_t)(symbol >> 5 << 2 | (symbol & 3));
    const int two_are_2 = (symbol >> 2 & 7) == 7, fifth_is_2 = middle == 3;
    split_three(either(two_are_2, shifted, symbol & 31), codes, stride);
    codes[3 * stride] = either(two_are_2, 2, either(fifth_is_2, top, middle));
    codes[4 * stride] = either(two_are_2 | fifth_is_2, 2, top);
}

static inline uint8_t join_signed(const uint8_t *codes, size_t stride) {
    const int number = codes[0] + 3 * codes[stride] + 9 * codes[2 * stride] - 13;
    return (uint8_t)(number < 0 ? 16 - number : number);
}

static inline void split_signed(uint8_t symbol, uint8_t *codes, size_t stride) {
    const uint8_t index = symbol & 15, magnitude = either(index < 14, index, 0);
    const uint8_t digits = (uint8_t)(13 + either(symbol & 16, (uint8_t)-magnitude, magnitude));
    const uint8_t thirds = (uint8_t)(digits * 11 >> 5), ninths = (uint8_t)(digits * 57 >> 9);
    codes[0] = (uint8_t)(digits - 3 * thirds);
    codes[stride] = (uint8_t)(thirds - 3 * ninths);
    codes[2 * stride] = ninths;
}

void loom_symbols(size_t symbol_k, uint8_t *restrict symbols, const uint8_t *restrict codes,
                  size_t count) {
    if (symbol_k == 5) {
        for (size_t s = 0; s < count; s++) {
            symbols[s] = join_five(codes + s, count);
        }
    } else {
        for (size_t s = 0; s < count; s++) {
            symbols[s] = join_signed(codes + s, count);
        }
    }
}

void loom_symbol_codes(size_t symbol_k, uint8_t *restrict codes, const uint8_t *restrict symbols,
                       size_t count) {
    if (symbol_k == 5) {
        for (size_t s = 0; s < count; s++) {
            split_five(symbols[s], codes + s, count);
        }
    } else if (symbol_k == 3) {
        for (size_t s = 0; s < count; s++) {
            split_signed(symbols[s], codes + s, count);
        }
    } else {
        memcpy(codes, symbols, count);
    }
}
