#define _GNU_SOURCE
#include "common/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_bytes(void) {
    return (size_t)sysconf(_SC_PAGESIZE);
}

static void no_memory(const char *name) {
    fprintf(stderr, "no memory for the buffer %s\n", name);
    exit(2);
}

void *guard_alloc(struct guard *guard, const char *name, size_t bytes, size_t align) {
    const size_t page = page_bytes();
    const size_t map_bytes = (bytes + page - 1) / page * page + page;
    if (guard->count == GUARD_MAX_BUFFERS) {
        no_memory(name);
    }
    uint8_t *map =
        mmap(NULL, map_bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED || mprotect(map + map_bytes, page, PROT_NONE)) {
        no_memory(name);
    }
    memset(map, GUARD_CANARY, map_bytes);
    uint8_t *data = map + (map_bytes - bytes) / align * align;
    guard->buffer[guard->count++] = (struct guard_buffer){name, map, data, map_bytes, bytes};
    return data;
}

void guard_seal(struct guard *guard) {
    for (size_t i = 0; i < guard->count; i++) {
        if (mprotect(guard->buffer[i].map, guard->buffer[i].map_bytes, PROT_READ)) {
            no_memory(guard->buffer[i].name);
        }
    }
}

/* Every byte is the canary: the first one is, and each one equals the next. */
static int intact(const uint8_t *begin, const uint8_t *end) {
    return begin == end ||
           (*begin == GUARD_CANARY && memcmp(begin, begin + 1, (size_t)(end - begin) - 1) == 0);
}

const char *guard_damaged(const struct guard *guard) {
    for (size_t i = 0; i < guard->count; i++) {
        const struct guard_buffer *b = &guard->buffer[i];
        if (!intact(b->map, b->data) || !intact(b->data + b->bytes, b->map + b->map_bytes)) {
            return b->name;
        }
    }
    return NULL;
}

void guard_describe(const struct guard *guard, const void *address, char *text, size_t size) {
    const uintptr_t at = (uintptr_t)address;
    for (size_t i = 0; i < guard->count; i++) {
        const struct guard_buffer *b = &guard->buffer[i];
        const uintptr_t data = (uintptr_t)b->data, end = data + b->bytes;
        if (at < (uintptr_t)b->map || at >= (uintptr_t)b->map + b->map_bytes + page_bytes()) {
            continue;
        }
        if (at >= end) {
            snprintf(text, size, ", %zu bytes after the end of %s", (size_t)(at - end), b->name);
        } else {
            snprintf(text, size, ", byte %td of %s, which may only be read", (ptrdiff_t)(at - data),
                     b->name);
        }
        return;
    }
    if (address) {
        snprintf(text, size, ", at %p, in no buffer", address);
    } else {
        text[0] = 0;
    }
}

void guard_free(struct guard *guard) {
    for (size_t i = 0; i < guard->count; i++) {
        munmap(guard->buffer[i].map, guard->buffer[i].map_bytes + page_bytes());
    }
    guard->count = 0;
}
