/* A tuning file that the caller holds: its choices with their kernels, by format and mode. */
#include "tuning/held.h"
#include "tuning/tuning.h"

#include <stdlib.h>

struct entry {
    uint64_t key;
    size_t number; /* in the file: of choices for the very same, the later one counts */
    struct loom_found found;
};

struct loom_tuning_file {
    struct entry *list; /* by key, then number */
    size_t count, room;
    int lacks_memory;
};

/* The same for formats that are served by the same kernels; all that a name says has its bits. */
static uint64_t key_of(const loom_format *format, uint8_t mode) {
    const uint64_t small = format->bits | (uint64_t)format->ternary << 4 |
                           (uint64_t)format->book << 5 | (uint64_t)format->zero_points << 7 |
                           (uint64_t)format->offsets << 8 | (uint64_t)format->scale << 9 |
                           (uint64_t)format->factor_bits << 11 | (uint64_t)mode << 15;
    return small | (uint64_t)format->sub << 18 | (uint64_t)format->fixed_zero << 24 |
           (uint64_t)format->group << 40;
}

/* ---- Reading ---------------------------------------------------------------------------- */

static int has_room(loom_tuning_file *tuning) {
    if (tuning->count < tuning->room) {
        return 1;
    }
    const size_t room = tuning->room ? tuning->room * 2 : 256;
    struct entry *list = realloc(tuning->list, room * sizeof *list);
    if (list) {
        tuning->list = list;
        tuning->room = room;
    }
    return list != NULL;
}

static void keep(void *context, const struct loom_tuned *row) {
    loom_tuning_file *tuning = context;
    struct entry entry = {.number = tuning->count};
    if (!loom_found_make(&entry.found, &loom_registry, row)) {
        return;
    }
    if (!has_room(tuning)) {
        tuning->lacks_memory = 1;
        return;
    }
    entry.key = key_of(&entry.found.format, entry.found.mode);
    tuning->list[tuning->count++] = entry;
}

static int by_key(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    return x->key != y->key ? (x->key > y->key) - (x->key < y->key)
                            : (x->number > y->number) - (x->number < y->number);
}

static int read_file(loom_tuning_file *tuning, const char *path, struct loom_line *why) {
    loom_cpu cpu;
    loom_cpu_detect(&cpu, ~0u);
    if (!loom_tuning_read(path, &loom_registry, cpu.features, keep, tuning, why)) {
        return 0;
    }
    if (tuning->lacks_memory) {
        loom_line_add(why, path);
        loom_line_add(why, ": memory for its choices is lacking");
        return 0;
    }
    if (tuning->count > 0) {
        qsort(tuning->list, tuning->count, sizeof *tuning->list, by_key);
    }
    return 1;
}

loom_status loom_tuning_open(loom_tuning_file **tuning, const char *path, char *why, size_t size) {
    struct loom_line line = {why, why ? size : 0, 0};
    if (!tuning || !path) {
        return LOOM_ERROR_NULL;
    }
    loom_tuning_file *made = calloc(1, sizeof *made);
    if (!made) {
        loom_line_add(&line, "memory for a tuning file is lacking");
        return LOOM_ERROR_TUNING;
    }
    if (!read_file(made, path, &line)) {
        loom_tuning_close(made);
        return LOOM_ERROR_TUNING;
    }
    *tuning = made;
    return LOOM_OK;
}

void loom_tuning_close(loom_tuning_file *tuning) {
    if (tuning) {
        free(tuning->list);
        free(tuning);
    }
}

/* ---- Choosing --------------------------------------------------------------------------- */

/* Index of the first entry whose key is not below this one. */
static size_t first_of(const loom_tuning_file *tuning, uint64_t key) {
    size_t begin = 0, end = tuning->count;
    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;
        if (tuning->list[middle].key < key) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin;
}

void loom_tuning_offer(const loom_tuning_file *tuning, const struct loom_search *s,
                       struct loom_measured *best) {
    const uint64_t key = key_of(&s->format, (uint8_t)s->problem->mode);
    for (size_t i = first_of(tuning, key); i < tuning->count && tuning->list[i].key == key; i++) {
        loom_measured_take_found(best, s, &tuning->list[i].found);
    }
}
