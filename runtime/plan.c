/* Plans: their creation, and what they say. */
#include <stdlib.h>

#include "plan.h"
#include "select/select.h"
#include "tuning/tuning.h"

loom_status loom_plan_create_for(loom_plan *plan, const loom_problem *problem, const loom_cpu *cpu,
                                 const char *force) {
    return loom_select(plan, &loom_registry, problem, cpu, force, NULL);
}

loom_status loom_plan_create(loom_plan *plan, const loom_problem *problem) {
    loom_cpu cpu;
    loom_cpu_detect(&cpu, ~0u);
    return loom_select(plan, &loom_registry, problem, &cpu, getenv("LOOM_FORCE"),
                       loom_tuning_path());
}

loom_status loom_plan_create_tuned(loom_plan *plan, const loom_problem *problem,
                                   const loom_tuning_file *tuning) {
    loom_cpu cpu;
    loom_cpu_detect(&cpu, ~0u);
    return loom_select_held(plan, &loom_registry, problem, &cpu, getenv("LOOM_FORCE"), tuning);
}

const char *loom_plan_kernel(const loom_plan *plan, size_t n) {
    return loom_plan_ready(plan) ? loom_kernel_for(plan, n)->name : NULL;
}

loom_mode loom_plan_mode(const loom_plan *plan, size_t n) {
    return loom_plan_ready(plan) ? (loom_mode)loom_kernel_for(plan, n)->mode : LOOM_FASTEST;
}
