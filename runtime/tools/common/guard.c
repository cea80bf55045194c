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

/* Mappings that no buffer has, those last used behind the others. A virtual machine takes long to
 * make one and to end one. Boards with 32 bits have little memory. */
enum { SPARES = 64, SPARE_BYTES = (sizeof(void *) > 4 ? 128 : 32) << 20 };
static struct {
    struct guard_buffer mapping[SPARES];
    size_t count, bytes;
} spare;

static void unmap(const struct guard_buffer *mapping) {
    munmap(mapping->map, mapping->map_bytes + page_bytes());
    munmap(mapping->view, mapping->map_bytes + page_bytes());
}

static struct guard_buffer remove_spare(size_t index) {
    const struct guard_buffer removed = spare.mapping[index];
    spare.count--;
    spare.bytes -= removed.map_bytes;
    memmove(spare.mapping + index, spare.mapping + index + 1,
            (spare.count - index) * sizeof spare.mapping[0]);
    return removed;
}

/* Where there are too many, those go that were not used for longest. */
static void keep(const struct guard_buffer *mapping) {
    while (spare.count &&
           (spare.count == SPARES || spare.bytes + mapping->map_bytes > SPARE_BYTES)) {
        const struct guard_buffer oldest = remove_spare(0);
        unmap(&oldest);
    }
    spare.mapping[spare.count++] = *mapping;
    spare.bytes += mapping->map_bytes;
}

/* The smallest spare mapping with so many bytes, and at most twice as many; or false. */
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
    *mapping = remove_spare(best);
    return true;
}

/* The memory of a file at some address, with an inaccessible page behind it; or NULL. */
static uint8_t *map_file(int file, size_t bytes, int protection) {
    uint8_t *place =
        mmap(NULL, bytes + page_bytes(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED ||
        mmap(place, bytes, protection, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED) {
        return NULL;
    }
    return place;
}

static bool map_new(struct guard_buffer *mapping, size_t map_bytes) {
    const int file = memfd_create("guard", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, (off_t)map_bytes)) {
        return false;
    }
    mapping->map = map_file(file, map_bytes, PROT_READ | PROT_WRITE);
    mapping->view = map_file(file, map_bytes, PROT_READ);
    mapping->map_bytes = map_bytes;
    close(file);
    return mapping->map && mapping->view;
}

/* Where the canaries before a buffer begin: a spare mapping may be much longer. */
static uint8_t *canaries(const struct guard_buffer *b) {
    const size_t before = (size_t)(b->data - b->map), page = page_bytes();
    return b->data - (before < page ? before : page);
}

void *guard_alloc(struct guard *guard, const char *name, size_t bytes, size_t align) {
    const size_t page = page_bytes(), map_bytes = (bytes + page - 1) / page * page + page;
    struct guard_buffer b;
    if (guard->count == GUARD_MAX_BUFFERS ||
        !(take_spare(&b, map_bytes) || map_new(&b, map_bytes))) {
        no_memory(name);
    }
    b.name = name;
    b.bytes = bytes;
    b.data = b.map + (b.map_bytes - bytes) / align * align;
    memset(canaries(&b), GUARD_CANARY, (size_t)(b.map + b.map_bytes - canaries(&b)));
    guard->buffer[guard->count++] = b;
    return b.data;
}

void *guard_view(const struct guard *guard, const void *data) {
    size_t i = 0;
    while (i < guard->count && guard->buffer[i].data != data) {
        i++;
    }
    return data ? guard->buffer[i].view + (guard->buffer[i].data - guard->buffer[i].map) : NULL;
}

/* Every byte is the canary: the first one is, and each one equals the next. */
static int intact(const uint8_t *begin, const uint8_t *end) {
    return begin == end ||
           (*begin == GUARD_CANARY && memcmp(begin, begin + 1, (size_t)(end - begin) - 1) == 0);
}

const char *guard_damaged(const struct guard *guard) {
    for (size_t i = 0; i < guard->count; i++) {
        const struct guard_buffer *b = &guard->buffer[i];
        if (!intact(canaries(b), b->data) || !intact(b->data + b->bytes, b->map + b->map_bytes)) {
            return b->name;
        }
    }
    return NULL;
}

/* How far behind the beginning of a buffer's mapping or of its view an address is; SIZE_MAX where
 * it is in neither nor in a page that follows. */
static size_t distance(const struct guard_buffer *b, uintptr_t address) {
    const size_t end = b->map_bytes + page_bytes();
    const size_t in_map = address - (uintptr_t)b->map, in_view = address - (uintptr_t)b->view;
    return in_map < end ? in_map : in_view < end ? in_view : SIZE_MAX;
}

void guard_describe(const struct guard *guard, const void *address, char *text, size_t size) {
    for (size_t i = 0; i < guard->count; i++) {
        const struct guard_buffer *b = &guard->buffer[i];
        const size_t at = distance(b, (uintptr_t)address), begin = (size_t)(b->data - b->map);
        if (at == SIZE_MAX) {
            continue;
        }
        if (at >= begin + b->bytes) {
            snprintf(text, size, ", %zu bytes after the end of %s", at - begin - b->bytes, b->name);
        } else {
            snprintf(text, size, ", byte %td of %s, which may only be read",
                     (ptrdiff_t)at - (ptrdiff_t)begin, b->name);
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
        keep(&guard->buffer[i]);
    }
    guard->count = 0;
}
