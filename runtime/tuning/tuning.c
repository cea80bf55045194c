/* The tuning file of this program: LOOM_TUNING. */
#include <stdlib.h>

#include "tuning/tuning.h"

#ifdef __linux__
#include <sys/auxv.h>

/* 1 for a program that has more rights than its user, who must not make it read files. */
static int is_privileged(void) {
    return getauxval(AT_SECURE) != 0;
}
#else
static int is_privileged(void) {
    return 0;
}
#endif

const char *loom_tuning_path(void) {
    const char *path = is_privileged() ? NULL : getenv("LOOM_TUNING");
    return path && *path ? path : NULL;
}

static void count_choice(void *count, const struct loom_tuned *row) {
    (void)row;
    ++*(size_t *)count;
}

size_t loom_tuning_status_for(char *text, size_t size, uint32_t features) {
    const char *path = loom_tuning_path();
    struct loom_line line = {text, size, 0};
    size_t choices = 0;
    if (!path) {
        loom_line_add(&line, "LOOM_TUNING is not set");
        return line.length;
    }
    loom_line_add(&line, "LOOM_TUNING is ignored: ");
    if (loom_tuning_read(path, &loom_registry, features, count_choice, &choices, &line)) {
        line.length = 0;
        loom_line_add(&line, "LOOM_TUNING is valid: ");
        loom_line_add(&line, path);
        loom_line_add(&line, ", choices: ");
        loom_line_add_number(&line, choices);
    }
    return line.length;
}

size_t loom_tuning_status(char *text, size_t size) {
    loom_cpu cpu;
    loom_cpu_detect(&cpu, ~0u);
    return loom_tuning_status_for(text, size, cpu.features);
}
