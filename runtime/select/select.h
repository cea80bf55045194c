/* Which kernels a plan gets. Not for users of the library. */
#ifndef LOOM_SELECT_H
#define LOOM_SELECT_H

#include "registry.h"

/* The choice itself, for any registry, CPU, force and tuning file (NULL: none): it depends on
 * nothing else. */
loom_status loom_select(loom_plan *plan, const struct loom_registry *registry,
                        const loom_problem *problem, const loom_cpu *cpu, const char *force,
                        const char *tuning);

/* The same with a tuning file that was read before. */
loom_status loom_select_held(loom_plan *plan, const struct loom_registry *registry,
                             const loom_problem *problem, const loom_cpu *cpu, const char *force,
                             const loom_tuning_file *tuning);

#endif
