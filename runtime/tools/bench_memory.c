#define _GNU_SOURCE
#include "bench_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const size_t huge_page = (size_t)2 << 20, cache_line = 64;

void *bench_alloc(size_t bytes) {
    const size_t unit = bytes < huge_page ? cache_line : huge_page;
    const size_t rounded = bytes ? (bytes + unit - 1) / unit * unit : unit;
    void *memory = aligned_alloc(unit, rounded);
    if (!memory) {
        fprintf(stderr, "loom-bench: no memory for %zu MiB\n", bytes >> 20);
        exit(2);
    }
    if (unit == huge_page) {
        madvise(memory, rounded, MADV_HUGEPAGE); /* smaller pages do as well */
    }
    memset(memory, 0, rounded);
    return memory;
}

/* A number from a file of cpu0's cache `index`, in units that a K or an M after it multiplies;
 * 0 if there is no such file. */
static size_t cache_value(int index, const char *file) {
    char path[96], unit = 0;
    size_t value = 0;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index, file);
    FILE *f = fopen(path, "r");
    if (!f) {
        return 0;
    }
    if (fscanf(f, "%zu%c", &value, &unit) < 1) {
        value = 0;
    }
    fclose(f);
    return unit == 'K' ? value << 10 : unit == 'M' ? value << 20 : value;
}

size_t bench_last_level_cache(void) {
    size_t level = 0, bytes = 0;
    for (int index = 0; cache_value(index, "level"); index++) {
        if (cache_value(index, "level") > level) {
            level = cache_value(index, "level");
            bytes = cache_value(index, "size");
        }
    }
    return bytes;
}
