#include "pack/fail.h"

#include "pack/output.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What one thread meets, as a full disk, others meet too: the first says it. */
static void wait_if_another_fails(void) {
    static atomic_flag failing = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&failing)) {
        pause();
    }
}

void fail(const char *message, ...) {
    va_list args;
    wait_if_another_fails();
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
