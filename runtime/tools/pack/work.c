#define _GNU_SOURCE
#include "pack/work.h"

#include "codec/rows.h"
#include "codec/threads.h"
#include "pack/fail.h"
#include "pack/sections.h"
#include "pack/sources.h"
#include "plan.h"

#include <stdlib.h>
#include <string.h>

/* Codes that are packed at once: with what becomes of them they stay in a level 2 cache. And bytes
 * of a tensor that are copied at once. Threads that have nothing to do any more end. */
enum { PIECE_CODES = 512 * 1024, PIECE_BYTES = 4 << 20, THREADS = 64 };

/* A sum that threads add to, and the pieces that are not done yet. */
struct total {
    _Atomic uint64_t words, places;
    _Atomic size_t left;
};

/* What is cut into pieces: first the matrices, then the tensors. */
struct item {
    size_t first;  /* piece, of all pieces */
    size_t pieces; /* of a matrix: of each expert */
    size_t rows;   /* of a piece of a matrix: whole row blocks */
    struct section section[SECTIONS];
    struct total total;
};

struct job {
    const struct recipe *recipe;
    const struct packing *packings;
    const struct image *image;
    const struct output *output;
    struct progress *progress;
    struct item *items;
    size_t item_count, pieces;
    size_t rows_bytes, packed_bytes; /* the most that a piece needs */
    _Atomic size_t next;
};

/* The memory of a thread. */
struct scratch {
    void *rows;
    uint8_t *packed;
};

/* ---- Cutting -------------------------------------------------------------------------------- */

static unsigned code_bits(const struct packing *packing) {
    return codec_code_bits(packing->matrix->codec, &packing->plan.format);
}

/* The fewest row blocks whose bytes are whole words in every array: sums count words. */
static size_t word_blocks(const struct section *section) {
    size_t blocks = 1;
    for (size_t i = 0; i < SECTIONS; i++) {
        while (section[i].block_bytes * blocks % sizeof(uint64_t) != 0) {
            blocks *= 2;
        }
    }
    return blocks;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

/* The plan of a piece by itself: the same, with so many rows. */
static loom_plan plan_of_rows(const loom_plan *plan, size_t rows) {
    loom_plan piece = *plan;
    piece.m = rows;
    return piece;
}

static void cut_matrix(struct job *job, struct item *item, const struct packing *packing) {
    const loom_plan *const plan = &packing->plan;
    sections_of(plan, item->section);
    const size_t unit = plan->row_block * word_blocks(item->section);
    item->rows = larger(PIECE_CODES / plan->k / unit, 1) * unit;
    item->pieces = (plan->m + item->rows - 1) / item->rows;
    const size_t rows = item->rows < plan->m ? item->rows : plan->m;
    const loom_plan piece = plan_of_rows(plan, rows);
    job->rows_bytes = larger(job->rows_bytes, rows_bytes(plan, rows, code_bits(packing)));
    job->packed_bytes = larger(job->packed_bytes, loom_packed_size(&piece));
}

static void add_item(struct job *job, struct item *item, size_t pieces) {
    item->first = job->pieces;
    atomic_init(&item->total.left, pieces);
    job->pieces += pieces;
}

static void cut(struct job *job) {
    const struct recipe *const recipe = job->recipe;
    job->item_count = recipe->matrix_count + recipe->tensor_count;
    job->items = need(job->item_count, sizeof *job->items);
    for (size_t i = 0; i < recipe->matrix_count; i++) {
        cut_matrix(job, &job->items[i], &job->packings[i]);
        add_item(job, &job->items[i], job->items[i].pieces * recipe->matrices[i].source.count);
    }
    for (size_t i = 0; i < recipe->tensor_count; i++) {
        struct item *const item = &job->items[recipe->matrix_count + i];
        item->pieces = (size_t)((recipe->tensors[i].place.bytes + PIECE_BYTES - 1) / PIECE_BYTES);
        add_item(job, item, item->pieces);
    }
}

/* The last item that begins at this piece or before, and has pieces. */
static size_t item_of(const struct job *job, size_t piece) {
    size_t begin = 0, end = job->item_count;
    while (end - begin > 1) {
        const size_t middle = begin + (end - begin) / 2;
        if (job->items[middle].first <= piece) {
            begin = middle;
        } else {
            end = middle;
        }
    }
    return begin;
}

/* ---- Pieces --------------------------------------------------------------------------------- */

/* Writes bytes of an item that is at `base`, and adds them to its sum. */
static void put(const struct job *job, struct item *item, uint64_t base, uint64_t offset,
                const void *bytes, size_t size) {
    struct loom_sum sum = {0, 0};
    loom_sum_add(&sum, offset / sizeof(uint64_t), bytes, size);
    atomic_fetch_add(&item->total.words, sum.words);
    atomic_fetch_add(&item->total.places, sum.places);
    output_write(job->output, base + offset, bytes, size);
}

/* Packed rows from `begin` on, of the expert whose packed weights are `expert` bytes behind the
 * first's. */
static void put_rows(const struct job *job, size_t index, const loom_plan *piece,
                     const uint8_t *packed, uint64_t expert, size_t begin) {
    struct item *const item = &job->items[index];
    const uint64_t base = job->image->matrices[index].offset;
    const size_t rows = piece->gemv->layout->rows, blocks = (piece->m + rows - 1) / rows;
    struct section from[SECTIONS];
    sections_of(piece, from);
    if (begin == 0) {
        put(job, item, base, expert, packed, LOOM_HEADER_BYTES);
    }
    for (size_t i = 0; i < SECTIONS; i++) {
        const size_t bytes = from[i].block_bytes;
        if (bytes > 0) {
            put(job, item, base, expert + item->section[i].offset + begin / rows * bytes,
                packed + from[i].offset, blocks * bytes);
        }
    }
}

static void pack_piece(const struct job *job, const struct scratch *scratch, size_t index,
                       size_t number) {
    const struct packing *const packing = &job->packings[index];
    const struct codec_matrix *const source = &packing->matrix->source;
    const struct item *const item = &job->items[index];
    const size_t expert = number / item->pieces, begin = number % item->pieces * item->rows;
    const size_t end = source->m - begin < item->rows ? source->m : begin + item->rows;
    const size_t first = expert * source->m;
    const loom_plan piece = plan_of_rows(&packing->plan, end - begin);
    struct rows rows;
    rows_place(&rows, &packing->plan, begin, end, code_bits(packing), scratch->rows);
    if (!packing->matrix->codec->rows(source, first + begin, first + end, &rows.parts)) {
        fail("%s: rows %zu to %zu have what %s has no room for", packing->matrix->name,
             first + begin, first + end - 1, packing->matrix->format);
    }
    const loom_status status =
        loom_pack_parts(&piece, scratch->packed, &rows.parts, code_bits(packing), 0, end - begin);
    if (status != LOOM_OK) {
        fail("%s: rows %zu to %zu: %s", packing->matrix->name, first + begin, first + end - 1,
             loom_status_text(status));
    }
    put_rows(job, index, &piece, scratch->packed,
             expert * loom_file_align(loom_packed_size(&packing->plan)), begin);
}

static void copy_piece(const struct job *job, size_t index, size_t number) {
    const size_t tensor = index - job->recipe->matrix_count;
    const struct place *const place = &job->recipe->tensors[tensor].place;
    const uint64_t begin = (uint64_t)number * PIECE_BYTES, left = place->bytes - begin;
    put(job, &job->items[index], job->image->tensors[tensor].offset, begin,
        source_bytes(job->recipe, place) + begin, left < PIECE_BYTES ? left : PIECE_BYTES);
}

/* ---- Items ---------------------------------------------------------------------------------- */

/* The bytes of the sources that an item is made of. */
static uint64_t source_size(const struct recipe *recipe, size_t index) {
    if (index >= recipe->matrix_count) {
        return recipe->tensors[index - recipe->matrix_count].place.bytes;
    }
    const struct recipe_matrix *const matrix = &recipe->matrices[index];
    uint64_t bytes = 0;
    for (size_t p = 0; p < matrix->source.parts; p++) {
        bytes += matrix->place[p].bytes;
    }
    return bytes;
}

/* Nothing more is read for an item, or written of it. */
static void leave(const struct job *job, size_t index) {
    const struct recipe *const recipe = job->recipe;
    if (index >= recipe->matrix_count) {
        const size_t tensor = index - recipe->matrix_count;
        output_flush(job->output, job->image->tensors[tensor].offset,
                     job->image->tensors[tensor].bytes);
        source_release(recipe, &recipe->tensors[tensor].place);
        return;
    }
    const struct recipe_matrix *const matrix = &recipe->matrices[index];
    const struct loom_matrix_record *const record = &job->image->matrices[index];
    output_flush(job->output, record->offset, record->count * loom_file_align(record->bytes));
    for (size_t p = 0; p < matrix->source.parts; p++) {
        source_release(recipe, &matrix->place[p]);
    }
}

static void run_piece(struct job *job, const struct scratch *scratch, size_t piece, bool shows) {
    const size_t index = item_of(job, piece);
    struct item *const item = &job->items[index];
    const size_t all = (index + 1 < job->item_count ? item[1].first : job->pieces) - item->first;
    if (index < job->recipe->matrix_count) {
        pack_piece(job, scratch, index, piece - item->first);
    } else {
        copy_piece(job, index, piece - item->first);
    }
    progress_add(job->progress, source_size(job->recipe, index) / all, shows);
    if (atomic_fetch_sub(&item->total.left, 1) == 1) {
        leave(job, index);
    }
}

static void run_thread(void *data, size_t thread) {
    struct job *const job = data;
    struct scratch scratch = {malloc(job->rows_bytes + 1), NULL};
    scratch.packed = aligned_alloc(LOOM_ALIGN, job->packed_bytes + LOOM_ALIGN);
    if (!scratch.rows || !scratch.packed) {
        fail("there is no memory for %zu bytes", job->rows_bytes + job->packed_bytes);
    }
    size_t piece;
    while ((piece = atomic_fetch_add(&job->next, 1)) < job->pieces) {
        run_piece(job, &scratch, piece, thread == 0);
    }
    free(scratch.rows);
    free(scratch.packed);
}

static struct loom_sum sum_of(const struct item *item) {
    return (struct loom_sum){atomic_load(&item->total.words), atomic_load(&item->total.places)};
}

void work_all(const struct recipe *recipe, const struct packing *packings, struct image *image,
              const struct output *output, struct progress *progress) {
    struct job job = {
        .recipe = recipe,
        .packings = packings,
        .image = image,
        .output = output,
        .progress = progress,
    };
    cut(&job);
    uint64_t bytes = 0;
    for (size_t i = 0; i < job.item_count; i++) {
        bytes += source_size(recipe, i);
    }
    progress_begin(progress, bytes);
    struct threads threads;
    threads_begin(&threads);
    threads_run(&threads, THREADS, run_thread, &job);
    threads_end(&threads);
    for (size_t i = 0; i < recipe->matrix_count; i++) {
        image->matrices[i].sum = sum_of(&job.items[i]);
    }
    for (size_t i = 0; i < recipe->tensor_count; i++) {
        image->tensors[i].sum = sum_of(&job.items[recipe->matrix_count + i]);
    }
    free(job.items);
}
