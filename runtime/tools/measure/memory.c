#define _GNU_SOURCE
#include "measure/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const size_t huge_page = (size_t)2 << 20, cache_line = 64;
static const size_t most_dram_bytes = (size_t)1 << 30;
static const size_t usual_cache_bytes = (size_t)32 << 20; /* where the system does not tell */

void *bench_alloc(size_t bytes) {
    const size_t unit = bytes < huge_page ? cache_line : huge_page;
    const size_t rounded = bytes ? (bytes + unit - 1) / unit * unit : unit;
    void *memory = aligned_alloc(unit, rounded);
    if (!memory) {
        fprintf(stderr, "%s: no memory for %zu MiB\n", program_invocation_short_name, bytes >> 20);
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

/* Bytes of the last-level cache; 0 when the system does not tell. */
static size_t last_level_cache(void) {
    size_t level = 0, bytes = 0;
    for (int index = 0; cache_value(index, "level"); index++) {
        if (cache_value(index, "level") > level) {
            level = cache_value(index, "level");
            bytes = cache_value(index, "size");
        }
    }
    return bytes;
}

size_t bench_dram_bytes(void) {
    const size_t told = last_level_cache(), cache = told ? told : usual_cache_bytes;
    if (2 * cache <= most_dram_bytes) {
        return 2 * cache;
    }
    fprintf(stderr, "%s: dram: the matrices hold %zu MiB, too little for a cache of %zu MiB\n",
            program_invocation_short_name, most_dram_bytes >> 20, cache >> 20);
    return most_dram_bytes;
}

size_t bench_dram_share(size_t bytes, size_t matrices) {
    return bytes * matrices <= most_dram_bytes ? bytes : most_dram_bytes / matrices;
}
