#include "pack/fail.h"

#include "pack/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void fail(const char *message, ...) {
    va_list args;
    output_discard();
    fputs("loom-pack: ", stderr);
    va_start(args, message);
    vfprintf(stderr, message, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

void *need(size_t count, size_t size) {
    void *const memory = calloc(count ? count : 1, size ? size : 1);
    if (!memory) {
        fail("there is no memory for %zu times %zu bytes", count, size);
    }
    return memory;
}

void *need_room(void *items, size_t count, size_t size) {
    if (count & (count - 1)) {
        return items;
    }
    void *const memory = realloc(items, (count ? 2 * count : 1) * size);
    if (!memory) {
        fail("there is no memory for %zu times %zu bytes", count, size);
    }
    return memory;
}
