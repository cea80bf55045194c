/* Factors and minimums of sub-blocks in packed weights. Not for users of the library.
 *
 * In each group a row has bytes of them, its factors first, then its minimums. Four bytes are a
 * word; words are [block][group][word][row of the block]. By the bits of a factor:
 *     8  a byte is a factor; the same of 4 bits without minimums
 *     4  the lower half of a byte is a factor, the upper half a minimum
 *     6  the upper bits of a byte are a factor or a minimum. The last quarter of them has no bytes:
 *        its number i is in the lower two bits of bytes i, i + q and i + 2 q, from the top, where q
 *        is how many they are. Six bytes are a word and a half; halves are [block][group][row].
 */
#ifndef LOOM_FACTORS_H
#define LOOM_FACTORS_H

#include "plan.h"

/* Bytes of a row in a group, before the last quarter of six bits is taken away, and after. */
static inline size_t loom_factor_values(const loom_format *format) {
    const size_t subs = format->sub ? loom_format_subs(format) : 0;
    return format->offsets && format->factor_bits > 4 ? 2 * subs : subs;
}
static inline size_t loom_factor_bytes(const loom_format *format) {
    const size_t values = loom_factor_values(format);
    return format->factor_bits == 6 ? values / 4 * 3 : values;
}
/* Words of them, and bytes that are no whole word. */
static inline size_t loom_factor_words(const loom_format *format) {
    return loom_factor_bytes(format) / 4;
}
static inline size_t loom_half_bytes(const loom_format *format) {
    return loom_factor_bytes(format) % 4;
}

/* Packs rows [begin, end) of what loom_parts has of them; where the matrix ends in a block, the
 * block's other rows get zeros. Unpacks them: NULL is left out. */
void loom_pack_factors(const loom_plan *plan, uint8_t *packed, const struct loom_packed_offsets *at,
                       const loom_parts *parts, size_t begin, size_t end);
void loom_unpack_factors(const loom_plan *plan, const uint8_t *packed,
                         const struct loom_packed_offsets *at, const loom_parts *parts,
                         size_t begin, size_t end);

/* 1 if factors and minimums of these rows are within their bits. */
int loom_factors_fit(const loom_plan *plan, const loom_parts *parts, size_t begin, size_t end);

#endif
