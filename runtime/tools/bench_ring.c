#include "bench_ring.h"

#include "bench_memory.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGN = 256 };

struct ring ring_make(const uint8_t *matrix, size_t bytes, size_t total) {
    struct ring ring = {.first = matrix, .stride = (bytes + ALIGN - 1) / ALIGN * ALIGN, .count = 1};
    if (total <= bytes) {
        return ring;
    }
    ring.count = (total + ring.stride - 1) / ring.stride;
    ring.first = ring.owned = bench_alloc(ring.count * ring.stride);
    for (size_t i = 0; i < ring.count; i++) {
        memcpy(ring.owned + i * ring.stride, matrix, bytes);
    }
    return ring;
}

void ring_free(struct ring *ring) {
    free(ring->owned);
}

const uint8_t *ring_at(const struct ring *ring, size_t ahead) {
    return ring->first + (ring->next + ahead) % ring->count * ring->stride;
}

void ring_advance(struct ring *ring, size_t by) {
    ring->next = (ring->next + by) % ring->count;
}
