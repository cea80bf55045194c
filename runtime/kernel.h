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

#include <string.h>

#include "loom.h"

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

/* Units of every form: so many activations of one token, and their bytes. The tokens of a GEMM
 * kernel stand in tiles of loom_kernel.tokens: units alternate between the tokens of a tile. */
static inline size_t loom_act_unit_k(enum loom_act act) {
    return act == LOOM_ACT_I8 ? 4 : act == LOOM_ACT_SIGN16 || act == LOOM_ACT_SIGN8 ? 24 : 32;
}
static inline size_t loom_act_unit(enum loom_act act) {
    return act == LOOM_ACT_I8 ? 4 : act == LOOM_ACT_LUT8 || act == LOOM_ACT_LUT7 ? 128 : 256;
}

/* Bytes of one token's q or tables, for the padded K of one group. */
static inline size_t loom_act_bytes(enum loom_act act, size_t k_group) {
    const size_t unit_k = loom_act_unit_k(act);
    return (k_group + unit_k - 1) / unit_k * loom_act_unit(act);
}

/* Arguments of a matmul kernel: whole row blocks, all tokens. */
struct loom_args {
    const uint8_t *weights; /* the first row block, aligned to LOOM_ALIGN if a row block's bytes
                               are a multiple of it (portable kernels have smaller ones) */
    const void *scales;     /* [block][group][row of the block], fp16 or fp32, aligned to
                               rows * 2 or 4 bytes, at most LOOM_ALIGN */
    const uint8_t *zeros;   /* [block][group][row of the block]; NULL without `z` */
    const uint8_t *acts;    /* q or tables, [token tile][unit along K][token of the tile], aligned
                               to LOOM_ALIGN */
    const float *act_scale; /* [token tile][group][token of the tile] */
    const int32_t *act_sum; /* [token tile][group][token of the tile] */
    float *y;               /* token 0, the first row of the first block */
    size_t act_stride;      /* bytes from one token tile's acts to the next, a multiple of 64 */
    size_t group_stride;    /* elements from one token tile's act_scale to the next */
    size_t y_stride;        /* floats from one token of y to the next */
    size_t blocks;          /* row blocks, >= 1 */
    size_t groups;          /* groups of a row, >= 1 */
    size_t k_group;         /* padded K of one group: the group, or all of the padded row */
    size_t n;               /* tokens, >= 1; 1 for a GEMV kernel */
};
typedef void loom_matmul_fn(const struct loom_args *args);

/* LOOM_MARK("<kernel> <rows>x<k>x<tokens>") says what one round of the loop around it multiplies.
 * Nothing in a library; compiled with LOOM_MCA, which `lutloom explain --mca` does, a comment by
 * which the loop is found in the assembly. */
#ifdef LOOM_MCA
#define LOOM_MARK_AT(text, line) __asm__ volatile("# LOOM-MARK " text " " #line)
#define LOOM_MARK_IN(text, line) LOOM_MARK_AT(text, line)
#define LOOM_MARK(text) LOOM_MARK_IN(text, __LINE__)
#else
#define LOOM_MARK(text) ((void)0)
#endif

/* Arguments of a prepare kernel: groups [0, groups) of one token, or a part of its only group. */
struct loom_prepare_args {
    const float *x;   /* k activations, the first of the first group */
    uint8_t *acts;    /* the first unit of the first group, aligned to 64 or to the unit */
    float *act_scale; /* of the first group */
    int32_t *act_sum;
    size_t unit_stride;   /* bytes from one unit of the token to the next */
    size_t tokens;        /* of a token tile: elements from one group's act_scale to the next */
    size_t k;             /* activations that exist; the rest of the last group is 0 */
    size_t groups;        /* >= 1 */
    size_t k_group;       /* padded K of one group, a multiple of 32 */
    const float *range_x; /* act_row: the token's range_k activations, which fix the scale; */
    size_t range_k;       /*   otherwise NULL and 0 */
    size_t part_begin;    /* part_end > 0: write the acts of [part_begin, part_end) alone, both */
    size_t part_end;      /*   multiples of 64, the first of whole units; act_scale and act_sum, of
                               the whole group, are written with those of part_begin = 0 */
};
typedef void loom_prepare_fn(const struct loom_prepare_args *args);

/* One digit of a position in the packed stream: `count` steps of `stride` along `axis`. */
enum loom_axis { LOOM_AXIS_ROW, LOOM_AXIS_K, LOOM_AXIS_PLANE };
struct loom_digit {
    uint8_t axis;
    uint16_t count, stride;
};

/* A run of bits in a unit: digits from the least significant bit upwards. The first counts are
 * powers of two until their product is 8 or more: the bits of every byte of the section then come
 * from the same places, relative to the first. Where symbols straddle the digits of a byte it is
 * `listed`: 8 places in a row, the same for every byte, to which the digits add. */
enum { LOOM_MAX_DIGITS = 10, LOOM_MAX_SECTIONS = 2 };

/* The largest row block, and the most codes (rows * unit_k) of a unit: they bound the stack that
 * packing and partial row blocks need. */
enum { LOOM_MAX_ROWS = 256, LOOM_MAX_UNIT = 16384 };
struct loom_section {
    uint8_t first_plane; /* added to the plane the digits give */
    uint8_t flip;        /* of every byte, the bits that are stored inverted */
    uint8_t digits;
    struct loom_digit digit[LOOM_MAX_DIGITS];
    uint8_t listed; /* 1: bit[] has the 8 bits of a byte, the digits place bytes */
    struct loom_bit {
        uint8_t k, plane; /* a symbol of the row, a plane of it */
    } bit[8];
};

/* Where the bits of the weights are. The packed stream is
 *     [row block][unit along K][section][bits of the section]
 * a unit being `rows` rows by `unit_k` codes, as symbols of `bits` planes. A symbol is one code, or
 * `symbol_k` of them (symbol.c): symbol s of a row's S = unit_k / symbol_k in a unit holds the
 * codes at s, s + S, s + 2 S ... Bit b of a section is the bit of a symbol whose row, k (counted in
 * symbols) and plane are the sums of digit * stride, with b written in the mixed radix of the
 * counts, after the 8 bits of the list if there is one. A unit's bytes are a multiple of 4; the
 * last unit may reach beyond the padded K. */
struct loom_layout {
    const char *name;
    uint16_t rows;   /* rows of a row block */
    uint16_t unit_k; /* codes along K of a unit; divides k_group where a symbol is one code */
    uint8_t bits, symbol_k;
    uint8_t sections;
    struct loom_section section[LOOM_MAX_SECTIONS];
};

static inline size_t loom_unit_symbols(const struct loom_layout *layout) {
    return (size_t)layout->unit_k / layout->symbol_k;
}
static inline size_t loom_unit_bytes(const struct loom_layout *layout) {
    return layout->rows * loom_unit_symbols(layout) * layout->bits / 8;
}

/* Bytes of a row block of the packed stream. */
static inline size_t loom_block_bytes(const struct loom_layout *layout, size_t k_padded) {
    return (k_padded + layout->unit_k - 1) / layout->unit_k * loom_unit_bytes(layout);
}

/* The symbol of symbol_k codes, `stride` apart, and back (symbol.c). */
uint8_t loom_symbol(size_t symbol_k, const uint8_t *codes, size_t stride);
void loom_symbol_codes(size_t symbol_k, uint8_t symbol, uint8_t *codes, size_t stride);

/* An ISA of this library; loom_isas is in ascending order and starts with portable C. */
struct loom_isa {
    const char *name;
    uint32_t needs; /* LOOM_CPU_* bits */
    uint8_t base;   /* index of the ISA whose kernels it adds some to, or its own */
};

/* What a kernel is made for: one token, many, or 2 to LOOM_FEW_TOKENS, whose time is still that of
 * reading the weights. Both kinds for many tokens take any number. */
enum loom_op { LOOM_OP_GEMV, LOOM_OP_GEMM, LOOM_OP_FEW };
enum { LOOM_FEW_TOKENS = 8 };
enum loom_family { LOOM_FAMILY_LUT, LOOM_FAMILY_DOT, LOOM_FAMILY_VECLUT };

/* A pair of a GEMV and a GEMM kernel costs what both cost, for this many tokens that are read for
 * one that is written: the 512 and 128 that llama.cpp's benchmark takes by default. */
enum { LOOM_GEMM_WEIGHT = 4 };

/* A row of the kernel list. */
struct loom_kernel {
    const char *name;     /* loom_<op>_<format>_<mode>__<schedule>_<isa> */
    const char *schedule; /* the part between `__` and the ISA */
    const struct loom_layout *layout;
    loom_matmul_fn *run;
    struct loom_format format;     /* tensor and act_row are 0: a kernel serves both */
    uint8_t isa;                   /* index into loom_isas */
    uint8_t op, family, mode, act; /* enum loom_op, _family, loom_mode, enum loom_act */
    uint8_t tokens;                /* of a token tile; 1 for a GEMV kernel */
    uint8_t tmac;                  /* 1: T-MAC's published schedule, kept to compare with */
    uint16_t rank;                 /* the model's order among kernels of one ISA and
                                      problem, best first */
    float cost;                    /* the model's: vector operations a weight and token */
};

struct loom_prepare_kernel {
    const char *name; /* loom_prepare_<act>__<schedule>_<isa> */
    loom_prepare_fn *run;
    uint8_t isa, act;
};

/* Where the weights of a measurement were: in memory, or in a cache. */
enum loom_residency { LOOM_DRAM, LOOM_CACHE };

/* A measured choice. `mode` is the one asked for (LOOM_FASTEST included). */
struct loom_tuned {
    const char *format; /* name without `arow`, `tensor` as `row` */
    uint32_t m, k;
    uint8_t mode;
    const char *gemv, *few, *gemm; /* kernel names; all of one layout. few: for 2 to
                                      LOOM_FEW_TOKENS, of either op for more than one token */
    uint8_t isa;                   /* the highest one of the CPU that was measured: a CPU with a
                                      higher one does not take the row */
    uint8_t residency;             /* enum loom_residency */
    uint32_t threads;              /* that the measured matmul was shared by */
};

/* What a generated library defines (registry.c). Kernels are sorted by name. */
struct loom_registry {
    const char *hash;     /* of all generated kernels, candidates included: 16 hexadecimal digits */
    const char *compiler; /* that compiled the registry: "clang 19.1.7" */
    const struct loom_isa *isas;
    const struct loom_kernel *kernels;
    const struct loom_prepare_kernel *prepares;
    const struct loom_tuned *tuned;
    size_t isa_count, kernel_count, prepare_count, tuned_count;
};
extern const struct loom_registry loom_registry;

/* The choice itself, for any registry, CPU, force and tuning file (NULL: none): it depends on
 * nothing else. */
loom_status loom_select(loom_plan *plan, const struct loom_registry *registry,
                        const loom_problem *problem, const loom_cpu *cpu, const char *force,
                        const char *tuning);

/* The path that LOOM_TUNING names, or NULL: it is not set, or is empty, or the program has rights
 * that its user has not. */
const char *loom_tuning_path(void);

/* loom_tuning_status as if the CPU had these features (LOOM_CPU_*). */
size_t loom_tuning_status_for(char *text, size_t size, uint32_t features);

/* What decides the features of an x86 CPU; zeros where the CPU lacks a leaf. */
struct loom_cpuid {
    uint32_t leaf1_ecx, leaf7_ebx, leaf7_ecx, leaf7_edx;
    uint32_t leaf7_1_eax; /* leaf 7, subleaf 1 */
    uint32_t xcr0;        /* the register states that the operating system saves */
};
uint32_t loom_x86_features(const struct loom_cpuid *words);

/* The same from Linux's words of capabilities: of a 64-bit process, and of a 32-bit one. */
uint32_t loom_aarch64_features(unsigned long hwcap, unsigned long hwcap2);
uint32_t loom_aarch32_features(unsigned long hwcap);

/* The features (LOOM_CPU_*) of the CPU that the caller runs on. */
uint32_t loom_cpu_read(void);

/* The features by name, LOOM_CPU_SSSE3 as "SSSE3". */
struct loom_feature {
    const char *name;
    uint32_t bit;
};
extern const struct loom_feature loom_features[];
extern const size_t loom_feature_count;

/* What measurements are valid for, one line of less than LOOM_IDENTITY_BYTES: the CPU's model; its
 * features; its data caches. The same whichever core reads it. Writes at most `size` bytes and
 * returns the length of the whole, as snprintf does. */
enum { LOOM_IDENTITY_BYTES = 512 };
size_t loom_cpu_identity(char *text, size_t size);

/* The same for any features, and the proc and sys that stand in a folder ("": this machine's). */
size_t loom_identity_of(char *text, size_t size, const char *root, uint32_t features);

/* What a kernel's ISA counts as: the one that it adds to. */
static inline int loom_base_isa(const struct loom_registry *registry,
                                const struct loom_kernel *kernel) {
    return registry->isas[kernel->isa].base;
}

/* 1 if a CPU with these features can run code of the ISA. */
static inline int loom_isa_runs(const struct loom_isa *isa, uint32_t features) {
    return (isa->needs & ~features) == 0;
}

/* Index of the highest ISA that a CPU with these features can run: they ascend, and the first,
 * portable C, needs nothing. */
static inline size_t loom_highest_isa(const struct loom_registry *registry, uint32_t features) {
    size_t isa = registry->isa_count - 1;
    while (isa > 0 && !loom_isa_runs(&registry->isas[isa], features)) {
        isa--;
    }
    return isa;
}

/* 1 for a plan that loom_plan_create has written, 0 for NULL and for zeros. */
static inline int loom_plan_ready(const loom_plan *plan) {
    return plan && plan->gemv;
}

/* The kernels of a plan that serve n tokens. */
static inline const struct loom_kernel *loom_kernel_for(const loom_plan *plan, size_t n) {
    return n == 1 ? plan->gemv : n <= LOOM_FEW_TOKENS ? plan->few : plan->gemm;
}
static inline const struct loom_prepare_kernel *loom_prepare_for(const loom_plan *plan, size_t n) {
    return n == 1                 ? plan->gemv_prepare
           : n <= LOOM_FEW_TOKENS ? plan->few_prepare
                                  : plan->gemm_prepare;
}

/* A hash of all that the bytes of packed weights depend on: loom_plan.check. */
uint32_t loom_plan_check(const loom_plan *plan);

/* The zero point that codes have where the format names none and stores none; and the one that all
 * weights of a format without stored zero points have. */
unsigned loom_format_middle(const loom_format *format);
unsigned loom_format_zero(const loom_format *format);

/* 1 if two formats are served by the same kernels: all but tensor and act_row agree. */
int loom_format_same_kernel(const loom_format *a, const loom_format *b);

/* Packs and unpacks rows [begin, end) of m codes rows of k, layout alone, no scales. */
loom_status loom_pack_codes(const struct loom_layout *layout, uint8_t *stream, const uint8_t *codes,
                            size_t m, size_t k, size_t k_padded, uint8_t max_code, size_t begin,
                            size_t end);
void loom_unpack_codes(const struct loom_layout *layout, const uint8_t *stream, uint8_t *codes,
                       size_t k, size_t k_padded, size_t begin, size_t end);

/* Memory of prepared activations and packed weights: offsets from the start, in bytes. Both
 * start with a header of LOOM_HEADER_BYTES that tells what the rest is; every array is
 * aligned to LOOM_ALIGN. All fields are 0 when the size does not fit a size_t. */
enum { LOOM_HEADER_BYTES = 64 };
struct loom_prepared_layout {
    size_t acts, act_scale, act_sum, act_stride, group_stride, size;
};
struct loom_packed_layout {
    size_t weights, scales, zeros, k_padded, blocks, groups, size;
};
struct loom_prepared_layout loom_prepared_layout(const loom_plan *plan, size_t n);
struct loom_packed_layout loom_packed_layout(const loom_plan *plan);

/* 1 if the header says that the memory was packed for this plan, or prepared for this plan and
 * n tokens. */
int loom_packed_valid(const loom_plan *plan, const void *packed);
int loom_prepared_valid(const loom_plan *plan, const void *prepared, size_t n);

static inline int loom_is_aligned(const void *p, size_t bytes) {
    return (uintptr_t)p % bytes == 0;
}

#endif
