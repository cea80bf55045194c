/* What a generated kernel and the runtime agree on. Not for users of the library.
 *
 * The arithmetic, the same for every kernel of a mode (integers, then one fp32 rounding a
 * group, groups in ascending order):
 *     y = 0
 *     for each group g:  y = fma(weight_scale[g], act_scale[g] * (float)isum[g], y)
 * where fma rounds once and the product of the sum is rounded to fp32 first, and
 *     step = 2 for w1, 1 otherwise;  zero = the group's zero point (loom.h)
 *     exact:            isum = step * sum_k code[k] * act[k] - zero * act_sum
 *     table, table7:    isum = step * sum_p 2^p * sum_i entry[i][index_p(i)]
 *                              + (step * (2^bits - 1) - 2 * zero) * act_sum
 * Codes of a book are numbers instead, with zero = 0. Formats with factors have their sums by
 * sub-block j, and those with offsets have a second sum:
 *     isum = sum_j factor[j] * (step * sum_k code[k] * act[k] - zero * act_sum[j])
 *     y = fma(offset[g], act_scale[g] * (float)osum, y), after the fma of the scale, with
 *     osum = act_sum, or sum_j min[j] * act_sum[j] where there are factors
 * i runs over the 4-activation LUT groups of the group, index_p(i) holds bit p of the four
 * codes, the first one in bit 0. Ternary codes without zero points whose only group is the row have
 * tables of three activations, those of a symbol (symbol.c), in mode table:
 *     table:            isum = sum_s sign(s) * entry[s][index(s)]
 *
 * K is padded to loom_k_padded with code 0 and activation 0, which add nothing; rows are
 * padded to whole row blocks with code 0 and scale 0.
 */
#ifndef LOOM_KERNEL_H
#define LOOM_KERNEL_H

#include "activations.h"

/* Arguments of a matmul kernel: whole row blocks, all tokens. */
struct loom_args {
    const uint8_t *weights; /* the first row block, aligned to LOOM_ALIGN if a row block's bytes
                               are a multiple of it (portable kernels have smaller ones) */
    const void *scales;     /* [block][group][row of the block], of the format's type, aligned
                               to the bytes of `rows` of them, at most LOOM_ALIGN */
    const uint8_t *zeros;   /* [block][group][row of the block]; NULL without `z` */
    const void *offsets;    /* as scales; NULL without `m` */
    const uint8_t *factors; /* [block][group][word][row of the block][4], factors and minimums
                               (factors.h); NULL without */
    const uint16_t *halves; /* [block][group][row of the block]: the fifth and sixth of eight
                               factors of 6 bits; NULL without */
    const uint8_t *acts;    /* q or tables, [token tile][unit along K][token of the tile], aligned
                               to LOOM_ALIGN */
    const float *act_scale; /* [token tile][group][token of the tile] */
    const int32_t *act_sum; /* [token tile][group][word][token of the tile] (loom_act_words) */
    float *y;               /* token 0, the first row of the first block */
    size_t act_stride;      /* bytes from one token tile's acts to the next, a multiple of 64 */
    size_t group_stride;    /* elements from one token tile's act_scale to the next */
    size_t sum_stride;      /* the same of act_sum; group_stride unless the format has factors */
    size_t y_stride;        /* floats from one token of y to the next */
    size_t blocks;          /* row blocks, >= 1 */
    size_t groups;          /* groups of a row, >= 1 */
    size_t k_group;         /* padded K of one group: the group, or all of the padded row */
    size_t n;               /* tokens, >= 1; 1 for a GEMV kernel */
};
typedef void loom_matmul_fn(const struct loom_args *args);

/* LOOM_MARK("<kernel> <rows>x<k>x<tokens>") says what one round of the loop around it multiplies;
 * "/<k>" behind it, how many codes all rounds take, where that is less than a round around them.
 * Nothing in a library; compiled with LOOM_MCA, which `lutloom explain --mca` does, a comment by
 * which the loop is found in the assembly. */
#ifdef LOOM_MCA
#define LOOM_MARK_AT(text, line) __asm__ volatile("# LOOM-MARK " text " " #line)
#define LOOM_MARK_IN(text, line) LOOM_MARK_AT(text, line)
#define LOOM_MARK(text) LOOM_MARK_IN(text, __LINE__)
#else
#define LOOM_MARK(text) ((void)0)
#endif

/* Stands before a loop that stays one. Unrolled, clang 19 adds what enters an accumulator as a
 * tree, whose parts have no room in registers. */
#if defined __clang__
#define LOOM_ROLLED _Pragma("clang loop unroll(disable)")
#elif defined __GNUC__
#define LOOM_ROLLED _Pragma("GCC unroll 1")
#else
#define LOOM_ROLLED
#endif

/* Arguments of a prepare kernel: groups [0, groups) of one token, or a part of its only group. */
struct loom_prepare_args {
    const float *x;       /* k activations, the first of the first group */
    uint8_t *acts;        /* the first unit of the first group, aligned to 64 or to the unit */
    float *act_scale;     /* of the first group */
    int32_t *act_sum;     /* of the first word of the first group */
    size_t unit_stride;   /* bytes from one unit of the token to the next */
    size_t tokens;        /* of a token tile: elements from one group's act_scale to the next */
    size_t k;             /* activations that exist; the rest of the last group is 0 */
    size_t groups;        /* >= 1 */
    size_t k_group;       /* padded K of one group, a multiple of 16 */
    size_t k_sub;         /* I8S and I8M: activations that share a sum, a divisor of k_group */
    const float *range_x; /* act_row: the token's range_k activations, which fix the scale; */
    size_t range_k;       /*   otherwise NULL and 0 */
    size_t part_begin;    /* part_end > 0: write the acts of [part_begin, part_end) alone, both */
    size_t part_end;      /*   multiples of 64, the first of whole units; act_scale and act_sum, of
                               the whole group, are written with those of part_begin = 0 */
};
typedef void loom_prepare_fn(const struct loom_prepare_args *args);

#endif
