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

/* Every kernel of the library and of the candidates and every prepare kernel whose name
 * contains `filter` (NULL: any) and whose ISA is `isa`. The caller frees units.unit. */
struct units units_make(const char *filter, int isa);

bool unit_verify(const struct unit *unit, struct verify *verify);

#endif
