/* The problems that a kernel is checked on. */
#ifndef LOOM_TOOLS_VERIFY_CASES_H
#define LOOM_TOOLS_VERIFY_CASES_H

#include "registry.h"
#include "verify/data.h"

/* How many cases a kernel has, and the one of an index; `seed` is the kernel's own. */
size_t verify_case_count(void);
struct verify_case verify_case_at(const struct loom_kernel *kernel, uint64_t seed, size_t index);

/* The case in words, for messages. */
void verify_case_text(const struct verify_case *c, char *text, size_t size);

#endif
