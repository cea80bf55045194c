/* A plan for a kernel of one's choice, made by the runtime's own selection from a registry that
 * holds nothing else. */
#ifndef LOOM_TOOLS_COMMON_ONE_KERNEL_H
#define LOOM_TOOLS_COMMON_ONE_KERNEL_H

#include "registry.h"

enum { FORMAT_NAME_SIZE = 48 };

/* The name that loom_format_parse reads as *format. */
void format_name(const loom_format *format, char name[FORMAT_NAME_SIZE]);

/* The plan points into the kernels: keep the whole in place while the plan is used. */
struct one_kernel {
    struct loom_kernel kernel[LOOM_OPS]; /* the same one, by enum loom_op */
    struct loom_registry registry;
    loom_plan plan;
};

/* Plans m x k of *format with `kernel`, which need not be in the library, and the best prepare
 * kernel of `base` that the features allow. A GEMV kernel's plan is good for n = 1 alone.
 * Returns what loom_select does. */
loom_status one_kernel_plan(struct one_kernel *one, const struct loom_registry *base,
                            const struct loom_kernel *kernel, const loom_format *format, size_t m,
                            size_t k, uint32_t features);

#endif
