#include "sweep/copies.h"

#include "measure/memory.h"

#include <stdlib.h>

enum { ALIGN = 256 };

void copies_free(struct copies *copies) {
    free(copies->memory);
    free(copies->rings);
}

/* The index of an entry's matrix among those seen so far, which may be one more then. */
static size_t index_of(const uint8_t **matrices, size_t *count, const uint8_t *matrix) {
    size_t index = 0;
    while (index < *count && matrices[index] != matrix) {
        index++;
    }
    if (index == *count) {
        matrices[(*count)++] = matrix;
    }
    return index;
}

static const uint8_t *matrix_of(const struct session *session, size_t entry) {
    return session->entries[entry].target.candidate->packed;
}

static size_t count_matrices(const struct session *session, const struct contest *contest,
                             const uint8_t **matrices) {
    size_t count = 0;
    for (size_t i = 0; i < session->count; i++) {
        if (!contest->list[i].out) {
            index_of(matrices, &count, matrix_of(session, i));
        }
    }
    return count;
}

/* There is never less memory than for the most matrices so far. */
static void make_room(struct copies *copies, size_t matrices) {
    const size_t bytes = matrices * bench_dram_share(copies->each, matrices ? matrices : 1);
    if (bytes > copies->bytes) {
        free(copies->memory);
        copies->memory = bench_alloc(bytes);
        copies->bytes = bytes;
    }
}

void copies_deal(struct copies *copies, struct session *session, const struct contest *contest) {
    const uint8_t **matrices =
        (const uint8_t **)bench_alloc((session->count + 1) * sizeof *matrices);
    const size_t count = count_matrices(session, contest, matrices);
    if (count == copies->count) {
        free((void *)matrices);
        return;
    }
    make_room(copies, count);
    const size_t share = count ? copies->bytes / count / ALIGN * ALIGN : 0;
    size_t made = 0;
    free(copies->rings);
    copies->rings = bench_alloc((count + 1) * sizeof *copies->rings);
    for (size_t i = 0; i < session->count; i++) {
        struct target *target = &session->entries[i].target;
        if (contest->list[i].out) {
            continue;
        }
        const size_t before = made, index = index_of(matrices, &made, matrix_of(session, i));
        if (made > before) {
            uint8_t *part = share ? copies->memory + index * share : NULL;
            copies->rings[index] = ring_fill(part, share, target->candidate->packed, target->bytes);
        }
        target->ring = &copies->rings[index];
    }
    copies->count = count;
    free((void *)matrices);
}
