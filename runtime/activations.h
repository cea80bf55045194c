/* Forms of prepared activations: what prepare kernels write and matmul kernels read. Not for users
 * of the library. */
#ifndef LOOM_ACTIVATIONS_H
#define LOOM_ACTIVATIONS_H

#include "loom.h"

#include <string.h>

static inline float loom_float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t loom_bits_from_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Forms of prepared activations. For one token, with x the K activations padded with 0:
 *
 * I8     int8 q[Kp]. amax = max |x| of the group; scale = amax / 127; q = rint(x * (127 /
 *        amax)); act_sum = sum of q in the group.
 * I8S    the same for formats with factors, with an act_sum for each sub-block.
 * I8M    the same for those with minimums, too: the sums s of 4 sub-blocks are two words, the lower
 *        parts and the upper ones, a signed byte each, the first sub-block in the lowest byte:
 *        upper = (s + 64) >> 7, lower = s - 128 * upper.
 * LUT8   uint8 table[Kp / 4][16]. m4 = max over the group's LUT groups of (|x0| + |x1|) +
 *        (|x2| + |x3|); scale = m4 / 254; v = rint(x * (32512 / m4)), an int16;
 *        table[i][j] = (sum over the four of (bit of j ? v : -v) + 128 + 32768) >> 8, that
 *        is the entry + 128; act_sum = (sum of v in the group + 128) >> 8.
 * LUT7   the same with scale = m4 / 126, 16128 instead of 32512, and + 128 + 16384: the
 *        entry + 64, 1 .. 127; two of them add in a byte.
 * LUT16  from q of I8 (same scale and act_sum): e = sum over the four of (bit of j ? q : 0)
 *        + 512, a number from 4 to 1020, as low = e & 7 and high = e >> 3:
 *        uint8 table[Kp / 16][2][4][16]: for 16 activations four low tables, then four high.
 * SIGN16 from q of I8 (same scale and act_sum), for the 3 ternary codes of a symbol (symbol.c):
 *        e = sum of q[s + 8 i] * digit i of j, i = 0 .. 2, for index j; high = e / 31 to the
 *        nearest (no ties), low = e - 31 * high, both from -15 to 15, so that 8 of them add in a
 *        byte: int8 table[ceil(Kp / 24)][2][8][16]: for 24 activations 8 low tables (s = 0 .. 7),
 *        then 8 high. A group starts with a table of its own.
 * SIGN8  the same places, 8 bits a sum. m3 = max over the group's symbols of (|x0| + |x1|) + |x2|;
 *        scale = m3 / 127; v = rint(x * (32512 / m3)), an int16; entry = (sum of v[s + 8 i] *
 *        digit i of j + 128) >> 8, from -127 to 127: uint8 table[ceil(Kp / 24)][2][8][16]: for 24
 *        activations 8 tables of 128 + entry, then 8 of 128 - entry; act_sum = (sum of v in the
 *        group + 128) >> 8.
 *
 * rint is to nearest, ties to even; all fp32 operations are single and rounded once. The last
 * two bits of a scale are cleared: multiplied by 3 * 2^22 it is still exact, so that a group
 * of a kernel can end with one FMA that converts its sum and scales it. |isum| is below 2^22
 * when the group is not the whole row. When amax, m4 or m3 is below 2^-100 the group is treated as
 * zeros: scale 0, entries of 0 activations; when it is above 2^100, infinite or NaN the
 * group's scale is NaN and its entries those of zeros.
 * With one activation scale a token (act_row) amax, m4 and m3 are the token's, and every
 * group of the token gets that scale; act_sum stays one for each group. */
enum loom_act {
    LOOM_ACT_I8,
    LOOM_ACT_I8S,
    LOOM_ACT_I8M,
    LOOM_ACT_LUT8,
    LOOM_ACT_LUT7,
    LOOM_ACT_LUT16,
    LOOM_ACT_SIGN16,
    LOOM_ACT_SIGN8,
    LOOM_ACT_COUNT
};

enum { LOOM_ACT_TINY = 0x0d800000, LOOM_ACT_HUGE = 0x71800000 }; /* 2^-100, 2^100, as bits */

/* The scale of a group whose amax, m4 or m3 has these bits, and the factor that quantises it; the
 * factor is 0 where the group counts as zeros. `levels` is 127, 254 or 126 and `top` is 127,
 * 32512 or 16128. */
struct loom_act_scale {
    float scale, factor;
};
static inline struct loom_act_scale loom_act_scale(uint32_t bits, float levels, float top) {
    struct loom_act_scale result = {0.0f, 0.0f};
    if (bits > LOOM_ACT_HUGE) {
        result.scale = loom_float_from_bits(0x7fc00000u);
    } else if (bits >= LOOM_ACT_TINY) {
        const float scale = loom_float_from_bits(bits) / levels;
        result.scale = loom_float_from_bits(loom_bits_from_float(scale) & ~3u);
        result.factor = top / loom_float_from_bits(bits);
    }
    return result;
}

/* K padded: a multiple of the group, or of 64 when one group is the whole row. */
static inline size_t loom_k_padded(size_t k, size_t group) {
    const size_t unit = group ? group : 64;
    return (k + unit - 1) / unit * unit;
}

static inline int loom_act_is_int8(enum loom_act act) {
    return act == LOOM_ACT_I8 || act == LOOM_ACT_I8S || act == LOOM_ACT_I8M;
}

/* Sub-blocks of a group, factors or not. */
static inline size_t loom_format_subs(const loom_format *format) {
    return format->sub ? format->group / format->sub : 1;
}

/* Words of act_sum that a group has of a token. */
static inline size_t loom_act_words(const loom_format *format) {
    const size_t subs = loom_format_subs(format);
    return format->sub && format->offsets ? subs / 2 : subs;
}

/* Units of every form: so many activations of one token, and their bytes. The tokens of a GEMM
 * kernel stand in tiles of loom_kernel.tokens: units alternate between the tokens of a tile. */
static inline size_t loom_act_unit_k(enum loom_act act) {
    return loom_act_is_int8(act) ? 4 : act == LOOM_ACT_SIGN16 || act == LOOM_ACT_SIGN8 ? 24 : 32;
}
static inline size_t loom_act_unit(enum loom_act act) {
    return loom_act_is_int8(act) ? 4 : act == LOOM_ACT_LUT8 || act == LOOM_ACT_LUT7 ? 128 : 256;
}

/* Bytes of one token's q or tables, for the padded K of one group. */
static inline size_t loom_act_bytes(enum loom_act act, size_t k_group) {
    const size_t unit_k = loom_act_unit_k(act);
    return (k_group + unit_k - 1) / unit_k * loom_act_unit(act);
}

#endif
