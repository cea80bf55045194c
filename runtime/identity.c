/* What CPU this is, for measurements that are valid for one alone. */
#include <stdio.h>
#include <string.h>

#include "kernel.h"

/* The rest of the first line of /proc/cpuinfo that names the model. */
static void read_model(char *model, size_t size) {
    char line[256];
    snprintf(model, size, "unknown CPU");
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (colon && (strncmp(line, "model name", 10) == 0 || strncmp(line, "CPU part", 8) == 0)) {
            snprintf(model, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
            break;
        }
    }
    if (file) {
        fclose(file);
    }
}

size_t loom_cpu_identity(char *text, size_t size) {
    char model[256];
    read_model(model, sizeof model);
    return (size_t)snprintf(text, size, "%s; features 0x%x", model, (unsigned)loom_cpu_read());
}
