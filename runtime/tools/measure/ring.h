/* Copies of a matrix, used in turn: one for the cache, many for DRAM. */
#ifndef LOOM_TOOLS_MEASURE_RING_H
#define LOOM_TOOLS_MEASURE_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
    const uint8_t *first;
    uint8_t *owned; /* NULL when `first` belongs to someone else */
    size_t stride, count, next;
};

/* `bytes` at `matrix`, copied until all copies hold `total`; matrix itself when one is enough. */
struct ring ring_make(const uint8_t *matrix, size_t bytes, size_t total);
void ring_free(struct ring *ring);

/* The same in the caller's `memory` of `total` bytes, aligned like the matrix: as many copies as
 * fit; matrix itself when none does. */
struct ring ring_fill(uint8_t *memory, size_t total, const uint8_t *matrix, size_t bytes);

/* The copy `ahead` of the next one; ring_advance moves on. */
const uint8_t *ring_at(const struct ring *ring, size_t ahead);
void ring_advance(struct ring *ring, size_t by);

#endif
