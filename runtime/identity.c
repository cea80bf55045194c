/* What CPU this is, for measurements that are valid for one alone. */
#include <stdio.h>
#include <string.h>

#include "kernel.h"

/* By name. */
static const struct {
    uint32_t bit;
    const char *name;
} features[] = {
    {LOOM_CPU_AVX2, "avx2"},
    {LOOM_CPU_AVX512, "avx512"},
    {LOOM_CPU_AVX512VBMI, "avx512vbmi"},
    {LOOM_CPU_AVX512VNNI, "avx512vnni"},
    {LOOM_CPU_AVXVNNI, "avxvnni"},
    {LOOM_CPU_DOTPROD, "dotprod"},
    {LOOM_CPU_I8MM, "i8mm"},
    {LOOM_CPU_NEON, "neon"},
    {LOOM_CPU_NEON32, "neon32"},
    {LOOM_CPU_SSSE3, "ssse3"},
};

static void add(char *text, size_t size, const char *before, const char *word) {
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", before, word);
}

/* The first line of a file of cpu0's cache, without its newline; empty where there is none. */
static void cache_line(char *line, int size, int index, const char *name) {
    char path[96];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index, name);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, size, file)) {
        line[0] = 0;
    }
    line[strcspn(line, "\n")] = 0;
    if (file) {
        fclose(file);
    }
}

static void add_caches(char *text, size_t size) {
    const char *before = "; ";
    for (int index = 0; index < 10; index++) {
        char bytes[32], type[32], level[32];
        cache_line(bytes, sizeof bytes, index, "size");
        cache_line(type, sizeof type, index, "type");
        cache_line(level, sizeof level, index, "level");
        if (bytes[0] && strcmp(type, "Instruction") != 0) {
            add(text, size, before, bytes);
            add(text, size, " L", level);
            before = ", ";
        }
    }
}

/* The rest of the first line of /proc/cpuinfo that names the model. */
static void add_model(char *text, size_t size) {
    char line[256], model[256] = "unknown CPU";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (colon && (strncmp(line, "model name", 10) == 0 || strncmp(line, "CPU part", 8) == 0)) {
            snprintf(model, sizeof model, "%s", colon + 1 + strspn(colon + 1, " \t"));
            model[strcspn(model, "\n")] = 0;
            break;
        }
    }
    if (file) {
        fclose(file);
    }
    add(text, size, "", model);
}

size_t loom_cpu_identity(char *text, size_t size) {
    char identity[1024] = "";
    const char *before = "; ";
    add_model(identity, sizeof identity);
    for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
        if (loom_cpu_read() & features[i].bit) {
            add(identity, sizeof identity, before, features[i].name);
            before = " ";
        }
    }
    add_caches(identity, sizeof identity);
    return (size_t)snprintf(text, size, "%s", identity);
}
