#define _GNU_SOURCE
#include "common/guard.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_bytes(void) {
    return (size_t)sysconf(_SC_PAGESIZE);
}

static _Noreturn void no_memory(const char *name) {
    fprintf(stderr, "no memory for the buffer %s\n", name);
    exit(2);
}

/* Mappings that no buffer has, with their inaccessible page. A virtual machine takes long to make
 * one and to end one: half of the time that verifying took went there. */
enum { SPARES = 64, SPARE_BYTES = 64 << 20 };
static struct {
    struct guard_buffer mapping[SPARES];
    size_t count, bytes;
} spare;

static void keep_or_unmap(const struct guard_buffer *mapping) {
    if (spare.count < SPARES && spare.bytes + mapping->map_bytes <= SPARE_BYTES) {
        spare.bytes += mapping->map_bytes;
        spare.mapping[spare.count++] = *mapping;
    } else {
        munmap(mapping->map, mapping->map_bytes + page_bytes());
    }
}

/* The smallest spare mapping with so many bytes, and at most twice as many, writable; or false. */
static bool take_spare(struct guard_buffer *mapping, size_t map_bytes) {
    size_t best = SPARES;
    for (size_t i = 0; i < spare.count; i++) {
        const size_t has = spare.mapping[i].map_bytes;
        if (has >= map_bytes && has <= 2 * map_bytes &&
            (best == SPARES || has < spare.mapping[best].map_bytes)) {
            best = i;
        }
    }
    if (best == SPARES) {
        return false;
    }
    *mapping = spare.mapping[best];
    spare.bytes -= mapping->map_bytes;
    spare.mapping[best] = spare.mapping[--spare.count];
    return mprotect(mapping->map, mapping->map_bytes, PROT_READ | PROT_WRITE) == 0;
}

static bool map_new(struct guard_buffer *mapping, size_t map_bytes) {
    const size_t page = page_bytes();
    mapping->map =
        mmap(NULL, map_bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mapping->map_bytes = map_bytes;
    return mapping->map != MAP_FAILED && mprotect(mapping->map + map_bytes, page, PROT_NONE) == 0;
}

void *guard_alloc(struct guard *guard, const char *name, size_t bytes, size_t align) {
    const size_t page = page_bytes(), map_bytes = (bytes + page - 1) / page * page + page;
    struct guard_buffer b;
    if (guard->count == GUARD_MAX_BUFFERS ||
        !(take_spare(&b, map_bytes) || map_new(&b, map_bytes))) {
        no_memory(name);
    }
    memset(b.map, GUARD_CANARY, b.map_bytes);
    b.name = name;
    b.bytes = bytes;
    b.data = b.map + (b.map_bytes - bytes) / align * align;
    guard->buffer[guard->count++] = b;
    return b.data;
}

void guard_seal(struct guard *guard) {
    for (; guard->sealed < guard->count; guard->sealed++) {
        const struct guard_buffer *b = &guard->buffer[guard->sealed];
        if (mprotect(b->map, b->map_bytes, PROT_READ)) {
            no_memory(b->name);
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
        keep_or_unmap(&guard->buffer[i]);
    }
    guard->count = guard->sealed = 0;
}
