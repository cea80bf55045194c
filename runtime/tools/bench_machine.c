#include "bench_machine.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The rest of a line after "model name : ", or of ARM's "CPU part : ". */
static const char *value_of(const char *line) {
    static const char *const keys[] = {"model name", "CPU part"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *colon = strchr(line, ':');
        if (colon && strncmp(line, keys[i], strlen(keys[i])) == 0) {
            return colon + 1 + strspn(colon + 1, " \t");
        }
    }
    return NULL;
}

static bool is_plain(char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

static void copy_plain(char *name, size_t size, const char *text) {
    size_t length = 0;
    for (; *text && length + 1 < size; text++) {
        if (is_plain(*text)) {
            name[length++] = *text;
        }
    }
    name[length] = 0;
}

void bench_machine_name(char *name, size_t size) {
    char line[512];
    copy_plain(name, size, "unknown CPU");
    FILE *file = fopen("/proc/cpuinfo", "r");
    if (!file) {
        return;
    }
    while (fgets(line, sizeof line, file)) {
        const char *value = value_of(line);
        if (value) {
            copy_plain(name, size, value);
            break;
        }
    }
    fclose(file);
}
