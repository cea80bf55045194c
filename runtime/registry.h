/* What a generated library defines: its list of kernels, ISAs and measured choices. Not for users
 * of the library. */
#ifndef LOOM_REGISTRY_H
#define LOOM_REGISTRY_H

#include "kernel.h"
#include "layout.h"

/* An ISA of this library; loom_isas is in ascending order and starts with portable C. */
struct loom_isa {
    const char *name;
    uint32_t needs; /* LOOM_CPU_* bits */
    uint8_t base;   /* index of the ISA whose kernels it adds some to, or its own */
    const struct loom_packer *packer;
};

/* What a kernel is made for: one token, many, or a few, 2 to LOOM_FEW_TOKENS at most, which do not
 * repay that weights are unpacked to a panel. Both kinds for many tokens take any number. */
enum loom_op { LOOM_OP_GEMV, LOOM_OP_FEW, LOOM_OP_GEMM, LOOM_OPS };
enum { LOOM_FEW_TOKENS = 16 };
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
    uint8_t few_tokens;            /* of a GEMM kernel: so many are a few at most beside it */
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

/* Where the weights of a measurement were: in a cache, or in memory. */
enum loom_residency { LOOM_CACHE, LOOM_DRAM };

/* A measured choice. `mode` is the one asked for (LOOM_FASTEST included). */
struct loom_tuned {
    const char *format; /* name without `arow`, `tensor` as `row` */
    uint32_t m, k;
    uint8_t mode;
    const char *gemv, *few, *gemm; /* kernel names; all of one layout. few: of either
                                      op for more than one token */
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

/* What a kernel's ISA counts as: the one that it adds to. */
static inline int loom_base_isa(const struct loom_registry *registry,
                                const struct loom_kernel *kernel) {
    return registry->isas[kernel->isa].base;
}

/* 1 if a CPU with these features can run code of the ISA. */
static inline int loom_isa_runs(const struct loom_isa *isa, uint32_t features) {
    return (isa->needs & ~features) == 0;
}

/* The features of a CPU of the same kind that has no higher ISA than this one. */
static inline uint32_t loom_isa_features(const struct loom_isa *isa, uint32_t features) {
    return isa->needs | (features & LOOM_CPU_STREAMS);
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

/* Bytes of a scale or an offset, and the largest code. */
static inline size_t loom_scale_bytes(const loom_format *format) {
    return format->scale == LOOM_SCALE_FP32 ? 4 : format->scale == LOOM_SCALE_FP16 ? 2 : 1;
}
static inline uint8_t loom_max_code(const loom_format *format) {
    return format->ternary ? 2 : (uint8_t)((1u << format->bits) - 1);
}

/* The zero point that codes have where the format names none and stores none; and the one that all
 * weights of a format without stored zero points have. */
unsigned loom_format_middle(const loom_format *format);
unsigned loom_format_zero(const loom_format *format);

/* 1 if two formats are served by the same kernels: all but tensor and act_row agree. */
int loom_format_same_kernel(const loom_format *a, const loom_format *b);

#endif
