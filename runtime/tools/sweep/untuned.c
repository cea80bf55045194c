#include "sweep/untuned.h"
#include "plan.h"
#include "select/select.h"

#include "tools.h"

#include <stdlib.h>

/* Library and candidates have a table of layouts each; selection compares addresses. */
static const struct loom_layout *layout_like(const struct untuned *untuned, size_t count,
                                             const struct loom_layout *layout) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(untuned->kernels[i].layout->name, layout->name) == 0) {
            return untuned->kernels[i].layout;
        }
    }
    return layout;
}

static void add_kernels(struct untuned *untuned, const struct loom_kernel *kernels, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct loom_kernel *kernel = &untuned->kernels[untuned->registry.kernel_count];
        *kernel = kernels[i];
        kernel->layout = layout_like(untuned, untuned->registry.kernel_count, kernel->layout);
        untuned->registry.kernel_count++;
    }
}

struct untuned untuned_make(void) {
    const size_t most = loom_registry.kernel_count + loom_candidate_count;
    struct untuned untuned = {loom_registry, malloc((most + 1) * sizeof(struct loom_kernel))};
    if (!untuned.kernels) {
        abort();
    }
    untuned.registry.kernels = untuned.kernels;
    untuned.registry.kernel_count = untuned.registry.tuned_count = 0;
    add_kernels(&untuned, loom_registry.kernels, loom_registry.kernel_count);
    add_kernels(&untuned, loom_candidates, loom_candidate_count);
    return untuned;
}

void untuned_free(struct untuned *untuned) {
    free(untuned->kernels);
}

void untuned_drop(struct untuned *untuned, const char *kernel) {
    size_t kept = 0;
    for (size_t i = 0; i < untuned->registry.kernel_count; i++) {
        if (strcmp(untuned->kernels[i].name, kernel) != 0) {
            untuned->kernels[kept++] = untuned->kernels[i];
        }
    }
    untuned->registry.kernel_count = kept;
}

bool untuned_select(const struct untuned *untuned, const struct sweep_problem *problem,
                    loom_mode mode, uint32_t features, const char *names[LOOM_OPS]) {
    const loom_problem asked = {problem->name, problem->m, problem->k, mode};
    const loom_cpu cpu = {features, NULL};
    loom_plan plan;
    if (loom_select(&plan, &untuned->registry, &asked, &cpu, NULL, NULL) != LOOM_OK) {
        return false;
    }
    for (int class = 0; class < LOOM_OPS; class ++) {
        names[class] = loom_kernel_for(&plan, sweep_tokens[class])->name;
    }
    return true;
}
