/* The rows to be verified, each one a unit of the run. */
#ifndef LOOM_TOOLS_VERIFY_UNITS_H
#define LOOM_TOOLS_VERIFY_UNITS_H

#include "verify/verify.h"

/* A kernel or a prepare kernel. */
struct unit {
    const char *name;
    uint8_t isa;
    const struct loom_kernel *kernel;
    const struct loom_prepare_kernel *prepare;
};

struct units {
    struct unit *unit;
    size_t count;
};

enum { ANY_ISA = -1 };

/* Which of them: those whose name contains `filter` (NULL: any), of one ISA, with cases at the
 * largest K. */
struct units_choice {
    const char *filter;
    int isa; /* or ANY_ISA */
    bool longest;
};

/* The kernels of the library and of the candidates and the prepare kernels. The caller frees
 * units.unit. */
struct units units_make(const struct units_choice *choice);

bool unit_verify(const struct unit *unit, struct verify *verify);

#endif
