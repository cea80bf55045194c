/* A kernel at the largest K that the contract allows. */
#ifndef LOOM_TOOLS_VERIFY_LONGEST_H
#define LOOM_TOOLS_VERIFY_LONGEST_H

#include "verify/problem.h"

/* How many cases a kernel has: none where a group is shorter than a row, since its sums do not grow
 * with K. */
size_t longest_count(const struct loom_kernel *kernel);

/* Makes the data and the expected results of a case for problem_check_direct; problem_free frees
 * them. `seed` is the kernel's own. */
void longest_make(struct problem *p, struct verify *verify, const struct loom_kernel *kernel,
                  uint64_t seed, size_t index);

#endif
