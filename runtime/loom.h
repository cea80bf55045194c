/* Lutloom: matmul kernels for low-bit weights, y = x W^T, chosen for this CPU.
 *
 *   W  M x K  weights: M output features (rows), K input features, 1 to 8 bits
 *   x  N x K  activations, fp32: one row a token
 *   y  N x M  results, fp32: one row a token
 *
 * Every M, K and N >= 1 works. The library prints nothing, never aborts, and allocates in
 * loom_pool_create, loom_tuning_open, loom_file_open and loom_memory_alloc alone: sizes are
 * queried, memory is the caller's, errors are returned.
 *
 *   loom_plan plan;                                              once a weight matrix:
 *   loom_plan_create(&plan, &(loom_problem){"w2g128", m, k, LOOM_FASTEST});
 *   void *w = aligned_alloc(LOOM_ALIGN, loom_packed_size(&plan));
 *   loom_pack(&plan, w, codes, scales, NULL, 0, m);
 *   void *a = aligned_alloc(LOOM_ALIGN, loom_prepared_size(&plan, n));
 *   loom_prepare(&plan, a, x, k, n, 0, 1);                       once an input:
 *   loom_matmul(&plan, y, m, w, a, n, 0, m);                     once a weight matrix and input
 *
 * Formats: what a code stands for:
 *   w1 ... w8          that many bits a weight
 *   t                  ternary
 *   iq4 fp4            4 bits that pick one of 16 numbers: those of ggml's IQ4_NL, and those of FP4
 *                      (E2M1) doubled: 0 1 2 3 4 6 8 12, then their opposites
 * then how far a scale reaches along K:
 *   g16 g32 g64 g128 g256
 *                      one scale for that many weights, the last group may be shorter
 *   row | tensor       one scale a weight row | one scale for all (`t` alone means `ttensor`)
 * then, after g256, whether its sub-blocks have factors (K-quants):
 *   s16xB s32xB        an integer of B bits for 16 or 32 weights, B being 4, 6 or 8: with `m` from
 *                      0 to 2^B - 1, without it from -2^(B-1) to 2^(B-1) - 1
 * then what is subtracted or added:
 *   z                  a zero point beside every scale
 *   z0 z1 z2 ...       this zero point for all weights, where it is not the one below
 *   m                  an offset beside every scale, of the scale's type; with factors, a minimum
 *                      of B bits beside each, which the offset is multiplied by
 * then the type of the scales, fp16 (IEEE binary16) if none is named:
 *   f32                fp32
 *   e8m0               a byte e, that is 2^(e - 128); less than 2^-126 is 0
 *   ue4m3              a byte, half of the E4M3 number that its lower 7 bits are: 4 of exponent,
 *                      then 3 of fraction, without a NaN; the byte 0x7f alone is 0. Half, since fp4
 *                      has doubled numbers
 * and `arow`: one activation scale a token; without it one for each weight group. Examples:
 * `w4g128`, `w2g64zf32`, `t`, `w4g128arow`, `w4g32m` (ggml's Q4_1), `w4g256s32x6m` (Q4_K),
 * `fp4g32e8m0` (MXFP4), `fp4g16ue4m3` (ggml's NVFP4). A weight is
 *   scale * factor * (code - zero)       w2 ... w8, t   codes 0 .. 2^bits - 1; ternary 0, 1, 2
 *   scale * factor * (2 * code - zero)   w1             codes 0, 1
 *   scale * factor * number[code]        iq4, fp4       codes 0 .. 15
 *   scale * factor * code + offset * minimum            with `m`, not w1 nor numbers
 * with 1 in the place of a factor or a minimum that the format has not, and zero = 2^(bits-1)
 * (ternary: 1) unless the format has `z` or a number after it; 0 <= zero <= 2^bits, with `z` at
 * most 255. `t`, `iq4` and `fp4` take no zero point of their own but `t` takes `z`.
 * No library has kernels for w7; for w1, w3 and w5 in groups of 16; for w5 to w8 and iq4 with one
 * scale a row, whose sums may need more than 32 bits; for factors with `z`; and for factors with
 * `m` where codes or factors have 8 bits.
 *
 * Threads: every function is reentrant and keeps no state. Calls that write different
 * row or token ranges of one buffer may run at the same time.
 */
#ifndef LOOM_H
#define LOOM_H

#include <stddef.h>
#include <stdint.h>

/* Before each function: what a shared library exports. All else of a library is its own. */
#ifndef LOOM_API
#ifdef __GNUC__
#define LOOM_API __attribute__((visibility("default")))
#else
#define LOOM_API
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Alignment, in bytes, of packed weights and prepared activations. x and y need only
 * the alignment of a float. */
#define LOOM_ALIGN 64

/* The largest M, K and N. The bound keeps the integer sum of every row in 32 bits. */
#define LOOM_MAX_DIM (1u << 20)

typedef enum loom_status {
    LOOM_OK = 0,
    LOOM_ERROR_NULL,      /* a pointer that is needed is NULL, or the plan was never created */
    LOOM_ERROR_FORMAT,    /* the format's name is not one of the grammar above */
    LOOM_ERROR_NO_KERNEL, /* the library was not generated for this format or mode */
    LOOM_ERROR_MODE,      /* not a value of loom_mode */
    LOOM_ERROR_SIZE,      /* M, K or N is 0 or beyond LOOM_MAX_DIM, or a stride or the memory of
                             packed weights is too small */
    LOOM_ERROR_ALIGN,     /* packed or prepared memory is not aligned to LOOM_ALIGN, or x or y not
                             as a float is */
    LOOM_ERROR_RANGE,     /* a range of rows, or a part, that is empty, reversed, beyond the end,
                             or not on a block */
    LOOM_ERROR_VALUE,     /* a code or a zero point is outside what the format allows */
    LOOM_ERROR_FORCE,     /* LOOM_FORCE names no kernel and no ISA of this library, or one
                             that this CPU or this problem cannot use */
    LOOM_ERROR_PACKED,    /* the packed weights were not packed for this plan */
    LOOM_ERROR_PREPARED,  /* the activations were not prepared for this plan and N */
    LOOM_ERROR_POOL,      /* the pool could not start its threads, or is another process's */
    LOOM_ERROR_TUNING,    /* the tuning file is not valid, or there is no memory for it */
    LOOM_ERROR_FILE,      /* the .loom file is not valid, or there is no memory for it */
    LOOM_ERROR_NAME       /* the .loom file has nothing of that name */
} loom_status;

/* One sentence about a status, static storage; never NULL. */
LOOM_API const char *loom_status_text(loom_status status);

/* Numeric modes. Within one mode, results are the same bits on every CPU, for every
 * kernel, row range and number of threads.
 *   LOOM_EXACT    activations as int8, one scale a group; sums inside a group are exact
 *   LOOM_TABLE    T-MAC (arXiv 2407.00088): sums of 4 activations as 8-bit table entries; of 3 for
 *                 `t` with one scale a row and no `z`
 *   LOOM_TABLE7   the same with 7-bit entries
 *   LOOM_FASTEST  LOOM_EXACT or LOOM_TABLE, whichever was measured, or is expected, to be faster
 * On Gaussian activations and groups of 128 the results are off by about 0.7 % (exact), 1 %
 * (table) and 2 % (table7) of their own root mean square, against fp64.
 * A group's range is its largest magnitude in exact mode, and in table modes the largest of the
 * sums of 4 (or 3) magnitudes that an entry may be. It has to be from 2^-100 to 2^100: a group
 * below counts as zeros, and one above makes the results it enters NaN, finite as its activations
 * may be. With `arow` the group is the whole token.
 * The program's rounding mode has to be to the nearest (FE_TONEAREST, as it is at its start): in
 * others results are defined, but differ from one CPU and kernel to another. */
typedef enum loom_mode { LOOM_FASTEST = 0, LOOM_EXACT, LOOM_TABLE, LOOM_TABLE7 } loom_mode;

/* ---- CPU ---------------------------------------------------------------------------- */

/* Bits of loom_cpu.features. */
#define LOOM_CPU_SSSE3 (1u << 0)      /* SSSE3 */
#define LOOM_CPU_AVX2 (1u << 1)       /* AVX2, FMA, F16C */
#define LOOM_CPU_AVXVNNI (1u << 2)    /* AVX-VNNI */
#define LOOM_CPU_AVX512 (1u << 3)     /* AVX-512 F, BW */
#define LOOM_CPU_AVX512VBMI (1u << 4) /* AVX-512 VBMI */
#define LOOM_CPU_AVX512VNNI (1u << 5) /* AVX-512 VNNI */
#define LOOM_CPU_AMX (1u << 6)        /* AMX: tiles of int8 */
#define LOOM_CPU_NEON32 (1u << 7)     /* 32-bit ARM: NEON with VFPv4 */
#define LOOM_CPU_NEON (1u << 8)       /* AArch64 */
#define LOOM_CPU_DOTPROD (1u << 9)    /* dot products of ARMv8.2 */
#define LOOM_CPU_I8MM (1u << 10)      /* matrix products of ARMv8.6 */
#define LOOM_CPU_STREAMS (1u << 11)   /* AMD Zen to Zen 4: memory is fastest unprefetched */

typedef struct loom_cpu {
    uint32_t features; /* LOOM_CPU_*: what CPU and operating system both support */
    const char *isa;   /* the highest ISA of this library that the features allow */
} loom_cpu;

/* Fills *cpu for the CPU the caller runs on, its features masked by `allow` (pass ~0u for
 * all; tests lower it). A feature counts only when the operating system saves its
 * registers. LOOM_ERROR_NULL. */
LOOM_API loom_status loom_cpu_detect(loom_cpu *cpu, uint32_t allow);

/* ---- Plan: which kernels multiply one weight matrix --------------------------------- */

typedef struct loom_problem {
    const char *format; /* the grammar above */
    size_t m, k;        /* 1 .. LOOM_MAX_DIM */
    loom_mode mode;
} loom_problem;

/* How a plan's kernels were chosen. */
typedef enum loom_choice {
    LOOM_CHOICE_TUNED,   /* measured for this shape */
    LOOM_CHOICE_NEAREST, /* measured for the nearest shape of the same format */
    LOOM_CHOICE_DEFAULT, /* the order the generator's model gives */
    LOOM_CHOICE_FORCED   /* LOOM_FORCE */
} loom_choice;

/* What became of the tuning file: the one that LOOM_TUNING names, or the caller's own. */
typedef enum loom_tuning {
    LOOM_TUNING_NONE,   /* none was asked for, or LOOM_FORCE decided */
    LOOM_TUNING_READ,   /* it is valid: where it has a shape as near as any, its choice was taken */
    LOOM_TUNING_IGNORED /* it is not: loom_tuning_status says why */
} loom_tuning;

struct loom_kernel;
struct loom_prepare_kernel;

/* Types of scales and offsets, of 2, 4, 1 and 1 byte. */
typedef enum loom_scale {
    LOOM_SCALE_FP16,
    LOOM_SCALE_FP32,
    LOOM_SCALE_E8M0,
    LOOM_SCALE_UE4M3
} loom_scale;

/* Numbers that codes pick from. */
typedef enum loom_book { LOOM_BOOK_NONE, LOOM_BOOK_IQ4, LOOM_BOOK_FP4 } loom_book;

/* What a format's name says. */
typedef struct loom_format {
    uint8_t bits;        /* 1 .. 8; ternary 2, of a book 4 */
    uint8_t ternary;     /* 1 for `t` */
    uint8_t book;        /* enum loom_book */
    uint8_t zero_points; /* 1 for `z` */
    uint8_t offsets;     /* 1 for `m` */
    uint8_t scale;       /* enum loom_scale */
    uint8_t tensor;      /* 1 for `tensor`: scales and zeros hold one value */
    uint8_t act_row;     /* 1 when one activation scale serves a whole token */
    uint8_t sub;         /* weights along K that share a factor; 0: there are no factors */
    uint8_t factor_bits; /* of a factor and of a minimum; 0 without */
    uint16_t fixed_zero; /* 1 + N for `zN`, otherwise 0 */
    uint16_t group;      /* weights along K that share a scale; 0: the whole row */
} loom_format;

/* Read the fields if you like; only loom_plan_create writes them. Plain memory: copy it,
 * drop it, there is nothing to free. */
typedef struct loom_plan {
    loom_format format;
    size_t m, k;
    size_t row_block; /* rows that loom_pack and threads split at */
    loom_choice choice;
    loom_tuning tuning;
    const struct loom_kernel *gemv, *few, *gemm; /* N = 1, a few, more; one layout */
    const struct loom_prepare_kernel *gemv_prepare, *few_prepare, *gemm_prepare;
    uint32_t check; /* ties packed and prepared memory to the plan */
} loom_plan;

/* Parses a format's name. LOOM_ERROR_NULL, LOOM_ERROR_FORMAT. */
LOOM_API loom_status loom_format_parse(loom_format *format, const char *name);

/* Chooses kernels for the problem on this CPU. The environment variable LOOM_FORCE, if it is set
 * and not empty, overrides the choice: an ISA's name (`c`, `avx2`, `avx512bw`), or a kernel's,
 * which then serves its kind of N while the other kind gets the best kernel of the same layout.
 * Otherwise LOOM_TUNING may name a tuning file that was measured with this library on this CPU; its
 * choices count where their kernels are in the library. Each call reads the file: a program with
 * thousands of matrices calls loom_tuning_open instead. One that cannot
 * be read, is damaged, or was made by another CPU, compiler, library or version of the format is
 * ignored whole, which plan->tuning tells, and is no error.
 * LOOM_ERROR_NULL, _FORMAT, _MODE, _SIZE, _NO_KERNEL, _FORCE; *plan is not written on an error. */
LOOM_API loom_status loom_plan_create(loom_plan *plan, const loom_problem *problem);

/* The same for any CPU and any value of LOOM_FORCE (NULL: none), without LOOM_TUNING: a pure
 * function. */
LOOM_API loom_status loom_plan_create_for(loom_plan *plan, const loom_problem *problem,
                                          const loom_cpu *cpu, const char *force);

/* Reads the file that LOOM_TUNING names, and says in one line whether it is valid, or else why not.
 * Writes at most `size` bytes to `text` and returns the length of the whole, as snprintf does. */
LOOM_API size_t loom_tuning_status(char *text, size_t size);

/* A tuning file that was read once, for any number of plans. It does not change, so that threads
 * may create plans with it at the same time. */
typedef struct loom_tuning_file loom_tuning_file;

/* Reads a tuning file for this library and this CPU, as loom_plan_create reads that of LOOM_TUNING.
 *   tuning  gets the file; the caller's, to be freed with loom_tuning_close (NULL is fine) once no
 *           call uses it; plans do not need it after they were created
 *   path    of a regular file
 *   why     on an error gets one line of at most `size` bytes that says why; NULL with a size of 0
 *           for none
 * LOOM_ERROR_NULL, and LOOM_ERROR_TUNING where the file cannot be read, is damaged, or was made by
 * another CPU, compiler, library or version of the format, or memory for it is lacking; *tuning is
 * not written on an error. */
LOOM_API loom_status loom_tuning_open(loom_tuning_file **tuning, const char *path, char *why,
                                      size_t size);
LOOM_API void loom_tuning_close(loom_tuning_file *tuning);

/* loom_plan_create with the choices of `tuning` in the place of those of LOOM_TUNING, which is not
 * read; without any where it is NULL. LOOM_FORCE goes before it. Reads no file. Errors as
 * for loom_plan_create. */
LOOM_API loom_status loom_plan_create_tuned(loom_plan *plan, const loom_problem *problem,
                                            const loom_tuning_file *tuning);

/* Name of the kernel that serves n tokens, and of the numeric mode it computes in. Static
 * storage; NULL and LOOM_FASTEST without a plan. */
LOOM_API const char *loom_plan_kernel(const loom_plan *plan, size_t n);
LOOM_API loom_mode loom_plan_mode(const loom_plan *plan, size_t n);

/* ---- Weights ------------------------------------------------------------------------ */

/* Groups of one weight row: ceil(K / group), 1 for `row` and `tensor`; 0 without a plan. */
LOOM_API size_t loom_groups(const loom_plan *plan);

/* Bytes of the packed weights, a multiple of LOOM_ALIGN; 0 without a plan. */
LOOM_API size_t loom_packed_size(const loom_plan *plan);

/* Rewrites weight rows [begin, end) into the plan's layout.
 *   packed  loom_packed_size bytes, aligned to LOOM_ALIGN
 *   codes   M x K bytes, one code a byte, row-major
 *   scales  M x groups (M for `row`, 1 for `tensor`), of the format's type: fp16 as uint16_t, fp32,
 *           or bytes
 *   zeros   as scales, one byte each, for formats with `z`; otherwise NULL (or _VALUE)
 * for formats without offsets and factors (others: _NULL, see loom_pack_parts).
 * codes, scales and zeros point to the whole matrix. begin is a multiple of
 * plan->row_block, end likewise or M; threads may pack different ranges at the same time. Row 0
 * brings the mark that loom_matmul looks for: that the other rows were packed too is up to the
 * caller. LOOM_ERROR_NULL, _ALIGN, _RANGE, _VALUE: after an error these rows are not usable.
 *
 * Packed weights may be kept in a file: the loom_packed_size bytes, as they are, once all rows are
 * packed. They hold no addresses, every byte is defined, and the same input gives the same bytes.
 * A file may be mapped, read-only if you like, anywhere that is aligned to LOOM_ALIGN, several
 * matrices in one file at multiples of LOOM_ALIGN. They are good for every plan of the same
 * problem that has the same layout, on machines of the same byte order; others refuse them. */
LOOM_API loom_status loom_pack(const loom_plan *plan, void *packed, const uint8_t *codes,
                               const void *scales, const uint8_t *zeros, size_t begin, size_t end);

/* The parts of a weight matrix, each of the whole matrix, row-major. Those that the format has not
 * are NULL. */
typedef struct loom_parts {
    uint8_t *codes;   /* M x K, see loom_pack_parts */
    void *scales;     /* M x groups (M for `row`, 1 for `tensor`), of the format's type */
    uint8_t *zeros;   /* as scales, one byte each: `z` */
    void *offsets;    /* as scales: `m` */
    uint8_t *factors; /* M x groups x (group / sub), a byte each, signed (two's complement) without
                         `m`: formats with factors */
    uint8_t *mins;    /* as factors, unsigned: formats with factors and `m` */
} loom_parts;

/* loom_pack for every format. `parts` is only read. Codes are a byte each where code_bits is 8.
 * Where it is the format's bits (ternary: 2), they stand side by side: code k of a row is in its
 * bits from k * bits on, the lowest bit of a byte first; a row begins at a byte and has
 * ceil(K * bits / 8) of them, and bits after its last code do not count. LOOM_ERROR_VALUE for other
 * code_bits, for a part that the format has not, and for factors or minimums beyond their bits;
 * others as for loom_pack. */
LOOM_API loom_status loom_pack_parts(const loom_plan *plan, void *packed, const loom_parts *parts,
                                     unsigned code_bits, size_t begin, size_t end);

/* To be called before the first use of packed weights that come from a file: LOOM_OK if there are
 * enough bytes, and a header that loom_pack wrote for a plan like this. Only the header is read:
 * that the rest is what was written is up to the caller.
 * LOOM_ERROR_NULL, _ALIGN, _SIZE (fewer than loom_packed_size), _PACKED. */
LOOM_API loom_status loom_packed_check(const loom_plan *plan, const void *packed, size_t bytes);

/* The inverse of loom_pack for rows [begin, end), any range: codes, scales and zeros come
 * back bit for bit, at their place in whole-matrix arrays; the one scale and zero point of
 * `tensor` come with any range. zeros may be NULL when the format has none.
 * LOOM_ERROR_NULL, _ALIGN, _RANGE, _PACKED. */
LOOM_API loom_status loom_unpack(const loom_plan *plan, const void *packed, uint8_t *codes,
                                 void *scales, uint8_t *zeros, size_t begin, size_t end);

/* loom_unpack for every format: codes of a byte each. Parts that are NULL are left out. */
LOOM_API loom_status loom_unpack_parts(const loom_plan *plan, const void *packed,
                                       const loom_parts *parts, size_t begin, size_t end);

/* ---- Activations -------------------------------------------------------------------- */

/* Bytes of the prepared form of n tokens, a multiple of LOOM_ALIGN; 0 without a plan, or if n is
 * 0 or too large. */
LOOM_API size_t loom_prepared_size(const loom_plan *plan, size_t n);

/* Turns n tokens into tables or int8, with their scales and sums: part `part` of `parts`
 * (0 of 1 for all of it). The parts together are the whole, part 0 brings the mark that
 * loom_matmul looks for; threads may do one each at the same time.
 *   prepared  loom_prepared_size(plan, n) bytes, aligned to LOOM_ALIGN
 *   x         n tokens of K floats, the token t at x + t * x_stride; x_stride >= K
 * Plans that loom_can_share allows (Q, K and V; gate and up) use one prepared input. A group
 * that holds an infinity, a NaN, or more than the range in loom_mode's comment makes the results
 * it enters NaN.
 * LOOM_ERROR_NULL, _ALIGN, _SIZE, _RANGE (part >= parts). */
LOOM_API loom_status loom_prepare(const loom_plan *plan, void *prepared, const float *x,
                                  size_t x_stride, size_t n, size_t part, size_t parts);

/* loom_prepare for weights whose columns stand in another order (act-order of GPTQ): column c of
 * the weights meets x[order[c]] of each token.
 *   order  K numbers below K
 * Plans share the result as they share loom_prepare's, if their orders are equal. Formats with a
 * scale for a group alone have use for an order. Errors as for loom_prepare, LOOM_ERROR_RANGE for a
 * number that is not below K too, and LOOM_ERROR_FORMAT for `row` and `tensor`. */
LOOM_API loom_status loom_prepare_ordered(const loom_plan *plan, void *prepared, const float *x,
                                          size_t x_stride, const uint32_t *order, size_t n,
                                          size_t part, size_t parts);

/* 1 if activations prepared for n tokens by plan a serve plan b, else 0. */
LOOM_API int loom_can_share(const loom_plan *a, const loom_plan *b, size_t n);

/* ---- Multiply ----------------------------------------------------------------------- */

/* y[t * y_stride + r] = sum over k of x[t][k] * W[r][k], for the tokens t < n and the rows
 * r in [begin, end); nothing else of y is written. y_stride >= M, in floats. Any range is
 * right; ranges that start and end at multiples of plan->row_block waste no work. The
 * caller owns the threads. Uses at most 128 KiB of stack.
 * LOOM_ERROR_NULL, _ALIGN, _SIZE, _RANGE, _PACKED, _PREPARED; y is not written on an error. */
LOOM_API loom_status loom_matmul(const loom_plan *plan, float *y, size_t y_stride,
                                 const void *packed, const void *prepared, size_t n, size_t begin,
                                 size_t end);

/* ---- Optional: files of packed weights ------------------------------------------------ */

/* A file that `lutloom pack` wrote, mapped: packed weights, and tensors of the model that were not
 * packed. It does not change, so that threads may use it at the same time. */
typedef struct loom_file loom_file;

/* A matrix of such a file, or several of one shape (experts). Strings and arrays are the file's: up
 * to loom_file_close. */
typedef struct loom_matrix {
    const char *name;
    loom_problem problem;  /* for loom_plan_create: what it was packed for */
    size_t count;          /* experts; 1 for one matrix */
    const uint32_t *order; /* NULL, or K numbers for loom_prepare_ordered. Matrices with the same
                              order have the same pointer: prepare once for all of them */
    const void *packed;    /* of expert 0; loom_file_packed says whether it fits a plan */
    size_t packed_bytes;   /* of one expert */
    size_t stride;         /* bytes from one expert to the next */
} loom_matrix;

/* A tensor of such a file that was not packed: its bytes as they were. */
typedef struct loom_tensor {
    const char *name, *type; /* the type as the model's file names it: "F32", "BF16" */
    const void *data;        /* aligned to 4096 */
    size_t bytes;
    size_t dims;
    uint64_t shape[8]; /* outermost first, 0 beyond dims */
} loom_tensor;

/* Maps a file read-only and checks all that its header says: after that no offset, size, name or
 * order leads out of it. The packed weights themselves are not read.
 *   file  gets it; the caller's, to be freed with loom_file_close (NULL is fine), once nothing in
 *         it is used
 *   path  of a regular file, which must not change or become shorter while it is open
 *   why   on an error gets one line of at most `size` bytes that says why; NULL with a size of 0
 *         for none
 * LOOM_ERROR_NULL, and LOOM_ERROR_FILE where the file cannot be mapped, is damaged, cut off, of
 * another byte order or version, or memory for it is lacking; *file is not written on an error. */
LOOM_API loom_status loom_file_open(loom_file **file, const char *path, char *why, size_t size);
LOOM_API void loom_file_close(loom_file *file);

/* How many matrices there are, 0 without a file; matrix number `index`, in the order of the model's
 * file; and the one of a name. LOOM_ERROR_NULL, _RANGE (index), _NAME; *matrix is not written on an
 * error. */
LOOM_API size_t loom_file_count(const loom_file *file);
LOOM_API loom_status loom_file_matrix(const loom_file *file, size_t index, loom_matrix *matrix);
LOOM_API loom_status loom_file_find(const loom_file *file, const char *name, loom_matrix *matrix);

/* The packed weights of an expert (0 for one matrix), once they are known to fit the plan: for
 * loom_matmul, in place. LOOM_ERROR_NULL, _RANGE (expert), and _PACKED where the plan is for
 * another problem or reads another layout, as with another library, LOOM_FORCE, tuning or CPU;
 * *packed is not written on an error. */
LOOM_API loom_status loom_file_packed(const loom_matrix *matrix, const loom_plan *plan,
                                      size_t expert, const void **packed);

/* The tensor of a name, as for loom_file_find. */
LOOM_API loom_status loom_file_tensor(const loom_file *file, const char *name, loom_tensor *tensor);

/* Reads all of the file's data: LOOM_OK if they are what was written, else LOOM_ERROR_FILE, and
 * why, as for loom_file_open. */
LOOM_API loom_status loom_file_verify(const loom_file *file, char *why, size_t size);

/* ---- Optional: memory on large pages -------------------------------------------------- */

/* Memory for packed weights, aligned to LOOM_ALIGN; NULL if there is none, or if bytes is 0. From
 * 2 MiB on it is aligned to 2 MiB and rounded up to a multiple of that, so that one block for all
 * of a model's matrices wastes the least, and the system is asked for pages of that size. *huge
 * (or NULL) says whether it took the request; it may still give small pages when it runs out of
 * large ones, or was configured so. Other systems than Linux have no such request. The contents
 * are not defined. To be freed with loom_memory_free and the same bytes (NULL is fine). */
LOOM_API void *loom_memory_alloc(size_t bytes, int *huge);
LOOM_API void loom_memory_free(void *memory, size_t bytes);

/* ---- Optional: thread pool ------------------------------------------------------------ */

typedef struct loom_pool loom_pool;

/* Starts a pool of `threads`, the caller's own among them (at most 1024; 0: one for each CPU that
 * the process may use); the pool is the caller's, to be freed with loom_pool_free (NULL is fine).
 * After each call its threads stay awake for 50 us, then sleep. They block all signals but those of
 * their own faults, so that the program's threads get the program's.
 * A pool is good in the process that made it. A child that it forks has none of the threads: there
 * calls on the pool return LOOM_ERROR_POOL and touch nothing, loom_pool_free frees the child's copy
 * of the memory, and the child may make a pool of its own. LOOM_ERROR_NULL, _POOL. */
LOOM_API loom_status loom_pool_create(loom_pool **pool, size_t threads);
LOOM_API void loom_pool_free(loom_pool *pool);

/* loom_pack of the whole matrix, on all threads of the pool. Each thread starts on the rows that it
 * starts on when it multiplies. As loom_pool_matmul, not to be called on one pool while another
 * thread is in a call on it. Errors as for loom_pack, and LOOM_ERROR_POOL after a fork. */
LOOM_API loom_status loom_pool_pack(loom_pool *pool, const loom_plan *plan, void *packed,
                                    const uint8_t *codes, const void *scales, const uint8_t *zeros);

/* The same for every format: loom_pack_parts of the whole matrix. */
LOOM_API loom_status loom_pool_pack_parts(loom_pool *pool, const loom_plan *plan, void *packed,
                                          const loom_parts *parts, unsigned code_bits);

/* Bytes that loom_pool_matmul prepares n tokens in, a multiple of LOOM_ALIGN: for one token as
 * much for every thread as loom_prepared_size, which is what it returns for more. 0 without a pool
 * or a plan, or if n is 0 or too large. */
LOOM_API size_t loom_pool_prepared_size(const loom_pool *pool, const loom_plan *plan, size_t n);

/* Prepares x in `prepared` (loom_pool_prepared_size bytes, the caller's) and multiplies: one
 * call for a whole plan. The calling thread works too, and does not wait for others that are late.
 * Afterwards `prepared` begins with what loom_prepare would have written.
 * Not to be called on one pool while another thread is in a call on it, loom_pool_pack and
 * loom_pool_free too; two pools may work at the same time. Errors as for loom_prepare and
 * loom_matmul, and LOOM_ERROR_POOL after a fork. */
LOOM_API loom_status loom_pool_matmul(loom_pool *pool, const loom_plan *plan, float *y,
                                      size_t y_stride, const void *packed, void *prepared,
                                      const float *x, size_t x_stride, size_t n);

/* The same with loom_prepare_ordered in the place of loom_prepare, whose errors it adds. */
LOOM_API loom_status loom_pool_matmul_ordered(loom_pool *pool, const loom_plan *plan, float *y,
                                              size_t y_stride, const void *packed, void *prepared,
                                              const float *x, size_t x_stride,
                                              const uint32_t *order, size_t n);

#ifdef __cplusplus
}
#endif
#endif
