/* What the library would select, had it never been tuned. */
#ifndef LOOM_TOOLS_SWEEP_UNTUNED_H
#define LOOM_TOOLS_SWEEP_UNTUNED_H

#include "sweep/choose.h"
#include "sweep/problems.h"

struct untuned {
    struct loom_registry registry; /* all kernels, those that lost an earlier tuning too */
    struct loom_kernel *kernels;
};

struct untuned untuned_make(void);
void untuned_free(struct untuned *untuned);

/* Forgets a kernel that does not work: what the model ranks next takes its place. */
void untuned_drop(struct untuned *untuned, const char *kernel);

/* The names of the kernels by class; false when there are none for the mode. */
bool untuned_select(const struct untuned *untuned, const struct sweep_problem *problem,
                    loom_mode mode, uint32_t features, const char *names[LOOM_OPS]);

#endif
