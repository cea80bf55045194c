#define _GNU_SOURCE
#include "llama/mapping.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whether a line of /proc/self/maps (proc(5)) is the mapping of a file that can only be read, and
 * has all of [begin, end). Of private memory the pages would be lost. */
static bool line_has(const char *line, uintptr_t begin, uintptr_t end) {
    unsigned long long from, to, inode;
    char access[5];
    return sscanf(line, "%llx-%llx %4s %*s %*s %llu", &from, &to, access, &inode) == 4 &&
           from <= begin && end <= to && strcmp(access, "r--s") == 0 && inode != 0;
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
        madvise((uint8_t *)data + (begin - (uintptr_t)data), end - begin, MADV_DONTNEED);
    }
}
