#define _GNU_SOURCE
#include "sweep/failures.h"

#include "common/random.h"
#include "verify/jobs.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

static char *copy_line(const char *text) {
    char *line = strdup(text);
    if (!line) {
        abort();
    }
    line[strcspn(line, "\n")] = 0;
    return line;
}

void failures_add(struct failures *failures, const char *kernel, const char *reason) {
    struct failure *list = realloc(failures->list, (failures->count + 1) * sizeof *list);
    if (!list) {
        abort();
    }
    failures->list = list;
    failures->list[failures->count++] = (struct failure){copy_line(kernel), copy_line(reason)};
}

bool failures_has(const struct failures *failures, const char *kernel) {
    for (size_t i = 0; i < failures->count; i++) {
        if (strcmp(failures->list[i].kernel, kernel) == 0) {
            return true;
        }
    }
    return false;
}

void failures_free(struct failures *failures) {
    for (size_t i = 0; i < failures->count; i++) {
        free(failures->list[i].kernel);
        free(failures->list[i].reason);
    }
    free(failures->list);
}

void failures_find(struct failures *failures, const struct units *units, uint32_t features,
                   unsigned seconds) {
    cpu_set_t cpus;
    const unsigned jobs = sched_getaffinity(0, sizeof cpus, &cpus) ? 1 : (unsigned)CPU_COUNT(&cpus);
    struct outcome *outcomes = outcomes_make(units->count);
    const struct verify verify = {.registry = &loom_registry,
                                  .features = features,
                                  .seed = random_seed(),
                                  .seconds = seconds};
    jobs_run(units, outcomes, &verify, jobs);
    for (size_t i = 0; i < units->count; i++) {
        if (outcomes[i].state != PASSED) {
            failures_add(failures, units->unit[i].name, outcomes[i].text);
        }
    }
    outcomes_free(outcomes, units->count);
}
