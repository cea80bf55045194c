/* Memory that catches an access beyond its end: an inaccessible page follows each buffer, and
 * canaries stand before it and in what its alignment leaves behind it. Each buffer is at two
 * addresses, one of which cannot be written. To protect it takes no call of the system: on a
 * virtual machine such calls took half of the time of a verification. */
#ifndef LOOM_TOOLS_COMMON_GUARD_H
#define LOOM_TOOLS_COMMON_GUARD_H

#include <stddef.h>
#include <stdint.h>

enum { GUARD_MAX_BUFFERS = 32, GUARD_CANARY = 0xc3 };

struct guard_buffer {
    const char *name;
    uint8_t *map, *view;     /* the same memory; the view cannot be written */
    size_t map_bytes, bytes; /* map_bytes without the inaccessible page */
    uint8_t *data;           /* in map */
};

/* The buffers of one test case. Zero-initialised is empty. */
struct guard {
    struct guard_buffer buffer[GUARD_MAX_BUFFERS];
    size_t count;
};

/* A buffer that ends at the inaccessible page, as near as the alignment (a power of two)
 * allows, filled with GUARD_CANARY. name is static and stands in messages. Exits with a
 * message when the system has no memory. */
void *guard_alloc(struct guard *guard, const char *name, size_t bytes, size_t align);

/* The buffer that guard_alloc gave, at the address where it cannot be written; NULL for NULL. */
void *guard_view(const struct guard *guard, const void *data);

/* The name of a buffer with a damaged canary before or after it, or NULL. */
const char *guard_damaged(const struct guard *guard);

/* Writes where an address is, such as ", 4 bytes after the end of weights"; nothing for NULL. */
void guard_describe(const struct guard *guard, const void *address, char *text, size_t size);

/* Frees every buffer. Their memory may be that of later ones. One thread at a time has guards. */
void guard_free(struct guard *guard);

#endif
