#define _GNU_SOURCE
#include "llama/mapping.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whether a line of /proc/self/maps (proc(5)) is the mapping of a file that can only be read, and
 * has all of [begin, end). Of private memory the pages would be lost. */
static bool line_has(const char *line, uintptr_t begin, uintptr_t end) {
    char *rest, access[5];
    unsigned long long inode;
    const uintptr_t from = strtoull(line, &rest, 16);
    if (from > begin || *rest != '-' || strtoull(rest + 1, &rest, 16) < end) {
        return false; /* most lines: there are many of them, and for each tensor */
    }
    return sscanf(rest, "%4s %*s %*s %llu", access, &inode) == 2 && strcmp(access, "r--s") == 0 &&
           inode != 0;
}

static bool is_file(uintptr_t begin, uintptr_t end) {
    FILE *const maps = fopen("/proc/self/maps", "re");
    char line[4608]; /* a path and what is before it */
    bool found = false;
    while (maps && !found && fgets(line, sizeof line, maps)) {
        found = line_has(line, begin, end);
    }
    if (maps) {
        fclose(maps);
    }
    return found;
}

void mapping_release(const void *data, size_t size) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t begin = ((uintptr_t)data + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)data + size) / page * page;
    if (begin < end && is_file(begin, end)) {
        void *const first = (uint8_t *)data + (begin - (uintptr_t)data);
        /* Whoever reads the few bytes beside it would get it back with a large page of the file. */
        madvise(first, end - begin, MADV_NOHUGEPAGE);
        madvise(first, end - begin, MADV_DONTNEED);
    }
}
