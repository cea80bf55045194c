/* Kernels that crashed, hung or were wrong, and why. */
#ifndef LOOM_TOOLS_SWEEP_FAILURES_H
#define LOOM_TOOLS_SWEEP_FAILURES_H

#include "verify/units.h"

struct failure {
    char *kernel, *reason; /* one line */
};

struct failures {
    struct failure *list;
    size_t count;
};

void failures_add(struct failures *failures, const char *kernel, const char *reason);
bool failures_has(const struct failures *failures, const char *kernel);
void failures_free(struct failures *failures);

/* Verifies the kernels in processes of their own, on small problems with every tail; adds those
 * that fail. A call that takes more than `seconds` is ended. */
void failures_find(struct failures *failures, const struct units *units, uint32_t features,
                   unsigned seconds);

#endif
