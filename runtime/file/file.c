/* A .loom file, mapped: what it has, by name. */
#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "file/check.h"
#include "loom.h"

#include <stdlib.h>
#include <string.h>

struct named {
    const char *name;
    uint32_t index;
};

struct loom_file {
    void *mapped;
    const uint8_t *bytes; /* the same */
    size_t size;
    struct loom_file_view view;
    struct named *matrices, *tensors; /* by name; in one piece of memory */
};

/* ---- Mapping ------------------------------------------------------------------------------ */

#ifdef __linux__
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* NULL, or why the file cannot be mapped. Without waiting for whoever writes to what turns out to
 * be a pipe. */
static const char *map_file(loom_file *file, const char *path) {
    struct stat status;
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    const char *fault = NULL;
    void *bytes = MAP_FAILED;
    if (descriptor < 0) {
        return "cannot be opened";
    }
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        fault = "is no regular file";
    } else if (status.st_size < (off_t)sizeof(struct loom_file_head)) {
        fault = "is no .loom file";
    } else if ((uintmax_t)status.st_size > SIZE_MAX ||
               (bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, descriptor, 0)) ==
                   MAP_FAILED) {
        fault = "cannot be mapped";
    } else {
        file->bytes = file->mapped = bytes;
        file->size = (size_t)status.st_size;
#ifdef MADV_HUGEPAGE
        /* Few file systems have large pages of files: then there are small ones. */
        (void)madvise(bytes, file->size, MADV_HUGEPAGE);
#endif
    }
    close(descriptor);
    return fault;
}

static void unmap_file(const loom_file *file) {
    if (file->mapped) {
        munmap(file->mapped, file->size);
    }
}

#else

static const char *map_file(loom_file *file, const char *path) {
    (void)file, (void)path;
    return "cannot be mapped on this system";
}

static void unmap_file(const loom_file *file) {
    (void)file;
}

#endif

/* ---- Names ---------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b) {
    const struct named *const x = a, *const y = b;
    return strcmp(x->name, y->name);
}

/* The name of two, or NULL. */
static const char *sort(struct named *entries, size_t count) {
    if (count > 0) {
        qsort(entries, count, sizeof *entries, by_name);
    }
    for (size_t i = 1; i < count; i++) {
        if (by_name(&entries[i - 1], &entries[i]) == 0) {
            return entries[i].name;
        }
    }
    return NULL;
}

static int index_names(loom_file *file, struct loom_line *why) {
    const struct loom_file_view *const view = &file->view;
    const size_t matrices = view->head->matrices, tensors = view->head->tensors;
    file->matrices = calloc(matrices + tensors + 1, sizeof *file->matrices);
    if (!file->matrices) {
        loom_line_add(why, "memory for its names is lacking");
        return 0;
    }
    file->tensors = file->matrices + matrices;
    for (uint32_t i = 0; i < matrices; i++) {
        file->matrices[i] = (struct named){view->texts + view->matrices[i].name, i};
    }
    for (uint32_t i = 0; i < tensors; i++) {
        file->tensors[i] = (struct named){view->texts + view->tensors[i].name, i};
    }
    const char *twice = sort(file->matrices, matrices);
    twice = twice ? twice : sort(file->tensors, tensors);
    if (twice) {
        loom_line_add(why, "has two of the name '");
        loom_line_add(why, twice);
        loom_line_add(why, "'");
    }
    return twice == NULL;
}

/* The record's index, or -1. */
static int64_t find(const struct named *entries, size_t count, const char *name) {
    const struct named wanted = {name, 0};
    const struct named *const found =
        count ? bsearch(&wanted, entries, count, sizeof *entries, by_name) : NULL;
    return found ? (int64_t)found->index : -1;
}

/* ---- Opening --------------------------------------------------------------------------------- */

static int open_file(loom_file *file, const char *path, struct loom_line *why) {
    loom_line_add(why, path);
    loom_line_add(why, ": ");
    const char *const fault = map_file(file, path);
    if (fault) {
        loom_line_add(why, fault);
        return 0;
    }
    if (!loom_file_valid(file->bytes, file->size, why)) {
        return 0;
    }
    file->view = loom_file_view((const struct loom_file_head *)file->bytes);
    return index_names(file, why);
}

loom_status loom_file_open(loom_file **file, const char *path, char *why, size_t size) {
    struct loom_line line = {why, why ? size : 0, 0};
    if (!file || !path) {
        return LOOM_ERROR_NULL;
    }
    loom_file *const made = calloc(1, sizeof *made);
    if (!made) {
        loom_line_add(&line, "memory for a .loom file is lacking");
        return LOOM_ERROR_FILE;
    }
    if (!open_file(made, path, &line)) {
        loom_file_close(made);
        return LOOM_ERROR_FILE;
    }
    *file = made;
    return LOOM_OK;
}

void loom_file_close(loom_file *file) {
    if (file) {
        unmap_file(file);
        free(file->matrices);
        free(file);
    }
}

/* ---- What is in it --------------------------------------------------------------------------- */

size_t loom_file_count(const loom_file *file) {
    return file ? file->view.head->matrices : 0;
}

loom_status loom_file_matrix(const loom_file *file, size_t index, loom_matrix *matrix) {
    if (!file || !matrix) {
        return LOOM_ERROR_NULL;
    }
    if (index >= file->view.head->matrices) {
        return LOOM_ERROR_RANGE;
    }
    const struct loom_file_view *const view = &file->view;
    const struct loom_matrix_record *const record = &view->matrices[index];
    *matrix = (loom_matrix){
        .name = view->texts + record->name,
        .problem = {view->texts + record->format, record->m, record->k, (loom_mode)record->mode},
        .count = record->count,
        .packed = file->bytes + record->offset,
        .packed_bytes = (size_t)record->bytes,
        .stride = (size_t)loom_file_align(record->bytes),
    };
    if (record->order) {
        const uint64_t offset = view->orders[record->order - 1].offset;
        matrix->order = (const uint32_t *)(file->bytes + offset);
    }
    return LOOM_OK;
}

loom_status loom_file_find(const loom_file *file, const char *name, loom_matrix *matrix) {
    if (!file || !name || !matrix) {
        return LOOM_ERROR_NULL;
    }
    const int64_t index = find(file->matrices, file->view.head->matrices, name);
    return index < 0 ? LOOM_ERROR_NAME : loom_file_matrix(file, (size_t)index, matrix);
}

loom_status loom_file_packed(const loom_matrix *matrix, const loom_plan *plan, size_t expert,
                             const void **packed) {
    if (!matrix || !packed || !matrix->packed) {
        return LOOM_ERROR_NULL;
    }
    if (expert >= matrix->count) {
        return LOOM_ERROR_RANGE;
    }
    const void *const found = (const uint8_t *)matrix->packed + expert * matrix->stride;
    const loom_status status = loom_packed_check(plan, found, matrix->packed_bytes);
    if (status == LOOM_OK) {
        *packed = found;
    }
    return status == LOOM_ERROR_SIZE ? LOOM_ERROR_PACKED : status;
}

loom_status loom_file_tensor(const loom_file *file, const char *name, loom_tensor *tensor) {
    if (!file || !name || !tensor) {
        return LOOM_ERROR_NULL;
    }
    const struct loom_file_view *const view = &file->view;
    const int64_t index = find(file->tensors, view->head->tensors, name);
    if (index < 0) {
        return LOOM_ERROR_NAME;
    }
    const struct loom_tensor_record *const record = &view->tensors[index];
    *tensor = (loom_tensor){
        .name = view->texts + record->name,
        .type = view->texts + record->type,
        .data = file->bytes + record->offset,
        .bytes = (size_t)record->bytes,
        .dims = record->dims,
    };
    memcpy(tensor->shape, record->shape, sizeof tensor->shape);
    return LOOM_OK;
}

/* ---- Sums ------------------------------------------------------------------------------------ */

static int same_sum(const loom_file *file, uint64_t offset, uint64_t bytes,
                    const struct loom_sum *expected) {
    struct loom_sum sum = {0, 0};
    loom_sum_add(&sum, 0, file->bytes + offset, (size_t)bytes);
    return sum.words == expected->words && sum.places == expected->places;
}

/* The name of what has another sum than the header says, or NULL. The orders' were compared when
 * the file was opened. */
static const char *damaged(const loom_file *file) {
    const struct loom_file_view *const view = &file->view;
    for (size_t i = 0; i < view->head->matrices; i++) {
        const struct loom_matrix_record *const matrix = &view->matrices[i];
        const uint64_t before = (matrix->count - 1) * loom_file_align(matrix->bytes);
        if (!same_sum(file, matrix->offset, before + matrix->bytes, &matrix->sum)) {
            return view->texts + matrix->name;
        }
    }
    for (size_t i = 0; i < view->head->tensors; i++) {
        const struct loom_tensor_record *const tensor = &view->tensors[i];
        if (!same_sum(file, tensor->offset, tensor->bytes, &tensor->sum)) {
            return view->texts + tensor->name;
        }
    }
    return NULL;
}

loom_status loom_file_verify(const loom_file *file, char *why, size_t size) {
    struct loom_line line = {why, why ? size : 0, 0};
    if (!file) {
        return LOOM_ERROR_NULL;
    }
    const char *const name = damaged(file);
    if (name) {
        loom_line_add(&line, "'");
        loom_line_add(&line, name);
        loom_line_add(&line, "' is damaged: it is not what was written");
    }
    return name ? LOOM_ERROR_FILE : LOOM_OK;
}
