#include "measure/ring.h"

#include "measure/memory.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGN = 256 };

static size_t stride_of(size_t bytes) {
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

static struct ring ring_of_one(const uint8_t *matrix, size_t bytes) {
    return (struct ring){.first = matrix, .stride = stride_of(bytes), .count = 1};
}

struct ring ring_make(const uint8_t *matrix, size_t bytes, size_t total) {
    if (total <= bytes) {
        return ring_of_one(matrix, bytes);
    }
    const size_t stride = stride_of(bytes), room = (total + stride - 1) / stride * stride;
    uint8_t *owned = bench_alloc(room);
    struct ring ring = ring_fill(owned, room, matrix, bytes);
    ring.owned = owned;
    return ring;
}

struct ring ring_fill(uint8_t *memory, size_t total, const uint8_t *matrix, size_t bytes) {
    const size_t stride = stride_of(bytes), count = bytes ? total / stride : 0;
    if (!count) {
        return ring_of_one(matrix, bytes);
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(memory + i * stride, matrix, bytes);
    }
    return (struct ring){.first = memory, .stride = stride, .count = count};
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
