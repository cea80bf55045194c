/* Verification of one kernel: what verify.c does for every row of the lists. */
#ifndef LOOM_TOOLS_VERIFY_VERIFY_H
#define LOOM_TOOLS_VERIFY_VERIFY_H

#include "registry.h"

#include <stdbool.h>

enum {
    VERIFY_TEXT = 600,
    VERIFY_SECONDS = 30 /* the usual time after which a call counts as endless */
};

struct verify {
    const struct loom_registry *registry; /* ISAs and prepare kernels */
    uint32_t features;                    /* LOOM_CPU_* of this machine */
    uint64_t seed;
    unsigned seconds;       /* a call that takes longer counts as endless */
    bool longest;           /* the cases at the largest K alone */
    char text[VERIFY_TEXT]; /* the first failure: what was called, expected and got */
};

/* The kernel called by itself and through a plan, against the reference, on shapes with every
 * tail and on data that brings out overflows. true if all of it agrees bit for bit; otherwise
 * false and verify->text says why. A crash is a failure. The CPU must have the kernel's ISA. */
bool verify_kernel(struct verify *verify, const struct loom_kernel *kernel);

/* The same for a prepare kernel, all its group sizes and both granularities of scales. */
bool verify_prepare(struct verify *verify, const struct loom_prepare_kernel *prepare);

#endif
