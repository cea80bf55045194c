#include "common/one_kernel.h"
#include "select/select.h"

#include <stdio.h>

static const char *const bases[] = {[LOOM_BOOK_IQ4] = "iq4", [LOOM_BOOK_FP4] = "fp4"};
static const char *const scales[] = {[LOOM_SCALE_FP16] = "",
                                     [LOOM_SCALE_FP32] = "f32",
                                     [LOOM_SCALE_E8M0] = "e8m0",
                                     [LOOM_SCALE_UE4M3] = "ue4m3"};

void format_name(const loom_format *format, char name[FORMAT_NAME_SIZE]) {
    char weights[8], group[24], zero[8] = "";
    if (format->ternary || format->book) {
        snprintf(weights, sizeof weights, "%s", format->ternary ? "t" : bases[format->book]);
    } else {
        snprintf(weights, sizeof weights, "w%u", format->bits);
    }
    if (format->sub) {
        snprintf(group, sizeof group, "g%us%ux%u", format->group, format->sub, format->factor_bits);
    } else if (format->group) {
        snprintf(group, sizeof group, "g%u", format->group);
    } else {
        snprintf(group, sizeof group, "%s", format->tensor ? "tensor" : "row");
    }
    if (format->fixed_zero) {
        snprintf(zero, sizeof zero, "z%u", loom_format_zero(format));
    } else if (format->zero_points || format->offsets) {
        snprintf(zero, sizeof zero, "%s", format->offsets ? "m" : "z");
    }
    snprintf(name, FORMAT_NAME_SIZE, "%s%s%s%s%s", weights, group, zero, scales[format->scale],
             format->act_row ? "arow" : "");
}

loom_status one_kernel_plan(struct one_kernel *one, const struct loom_registry *base,
                            const struct loom_kernel *kernel, const loom_format *format, size_t m,
                            size_t k, uint32_t features) {
    char name[FORMAT_NAME_SIZE];
    const struct loom_problem problem = {name, m, k, (loom_mode)kernel->mode};
    const loom_cpu cpu = {features, base->isas[kernel->isa].name};
    format_name(format, name);
    for (int op = 0; op < LOOM_OPS; op++) {
        one->kernel[op] = *kernel;
        one->kernel[op].tmac = 0; /* those are never chosen unless forced */
        one->kernel[op].op = (uint8_t)op;
    }
    one->registry = *base;
    one->registry.kernels = one->kernel;
    one->registry.kernel_count = LOOM_OPS;
    one->registry.tuned_count = 0;
    return loom_select(&one->plan, &one->registry, &problem, &cpu, NULL, NULL);
}
