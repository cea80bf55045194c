/* Memory that catches an access beyond its end: an inaccessible page follows each buffer, and
 * canaries fill what its alignment leaves around it. */
#ifndef LOOM_TOOLS_COMMON_GUARD_H
#define LOOM_TOOLS_COMMON_GUARD_H

#include <stddef.h>
#include <stdint.h>

enum { GUARD_MAX_BUFFERS = 32, GUARD_CANARY = 0xc3 };

struct guard_buffer {
    const char *name;
    uint8_t *map, *data;
    size_t map_bytes, bytes; /* map_bytes without the inaccessible page */
};

/* The buffers of one test case. Zero-initialised is empty. */
struct guard {
    struct guard_buffer buffer[GUARD_MAX_BUFFERS];
    size_t count, sealed; /* the first ones are */
};

/* A buffer that ends at the inaccessible page, as near as the alignment (a power of two)
 * allows, filled with GUARD_CANARY. name is static and stands in messages. Exits with a
 * message when the system has no memory. */
void *guard_alloc(struct guard *guard, const char *name, size_t bytes, size_t align);

/* Makes every buffer so far unwritable. */
void guard_seal(struct guard *guard);

/* The name of a buffer with a damaged canary before or after it, or NULL. */
const char *guard_damaged(const struct guard *guard);

/* Writes where an address is, such as ", 4 bytes after the end of weights"; nothing for NULL. */
void guard_describe(const struct guard *guard, const void *address, char *text, size_t size);

/* Frees every buffer. Their memory may be that of later ones. One thread at a time has guards. */
void guard_free(struct guard *guard);

#endif
