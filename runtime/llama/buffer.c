#include "llama/buffer.h"

#include "codec/threads.h"
#include "llama/host.h"
#include "llama/mapping.h"
#include "llama/report.h"

#include <stdlib.h>
#include <string.h>

struct memory {
    uint8_t *base;
    size_t size;
    struct matrix *matrices;
    struct threads threads;
};

static struct ggml_buffer_type type;

static const struct ggml_buffer_rest *rest_of(const struct ggml_buffer *buffer) {
    return host.has_2d ? &buffer->ten.rest : &buffer->nine.rest;
}

static struct memory *memory_of(const struct ggml_buffer *buffer) {
    return rest_of(buffer)->context;
}

const struct ggml_buffer *buffer_of(const struct ggml_tensor *tensor) {
    return tensor->view_src ? tensor->view_src->buffer : tensor->buffer;
}

bool buffer_holds(const struct ggml_tensor *tensor) {
    const struct ggml_buffer *const buffer = tensor ? buffer_of(tensor) : NULL;
    return buffer && rest_of(buffer)->type == &type;
}

bool buffer_is_model(const struct ggml_tensor *tensor) {
    return buffer_holds(tensor) && rest_of(buffer_of(tensor))->usage == GGML_USAGE_WEIGHTS;
}

const struct matrix *buffer_matrix(const struct ggml_tensor *tensor) {
    if (!buffer_holds(tensor)) {
        return NULL;
    }
    return tensor->view_src ? tensor->view_src->extra : tensor->extra;
}

/* ---- A buffer ------------------------------------------------------------------------ */

static void free_buffer(struct ggml_buffer *buffer) {
    struct memory *const memory = memory_of(buffer);
    for (struct matrix *matrix = memory->matrices, *next; matrix; matrix = next) {
        next = matrix->next;
        free(matrix);
    }
    threads_end(&memory->threads);
    loom_memory_free(memory->base, memory->size);
    free(memory);
}

static void *get_base(struct ggml_buffer *buffer) {
    return memory_of(buffer)->base;
}

static int init_tensor(struct ggml_buffer *buffer, struct ggml_tensor *tensor) {
    struct memory *const memory = memory_of(buffer);
    struct matrix found;
    tensor->extra = NULL;
    if (tensor->view_src || !matrix_of(&found, tensor, NULL)) {
        return 0;
    }
    struct matrix *const matrix = malloc(sizeof *matrix);
    if (!matrix) {
        return GGML_STATUS_FAILED;
    }
    *matrix = found;
    matrix->packed = tensor->data;
    matrix->next = memory->matrices;
    memory->matrices = matrix;
    tensor->extra = matrix;
    report_packed(tensor, matrix);
    return 0;
}

static void memset_tensor(struct ggml_buffer *buffer, struct ggml_tensor *tensor, uint8_t value,
                          size_t offset, size_t size) {
    const struct matrix *const matrix = buffer_matrix(tensor);
    if (!matrix) {
        memset((uint8_t *)tensor->data + offset, value, size);
        return;
    }
    void *const bytes = malloc(size);
    if (bytes) {
        memset(bytes, value, size);
        matrix_set(matrix, &memory_of(buffer)->threads, bytes, offset, size);
    }
    free(bytes);
}

static void set_tensor(struct ggml_buffer *buffer, struct ggml_tensor *tensor, const void *data,
                       size_t offset, size_t size) {
    const struct matrix *const matrix = buffer_matrix(tensor);
    if (matrix) {
        matrix_set(matrix, &memory_of(buffer)->threads, data, tensor->view_offset + offset, size);
        mapping_release(data, size);
    } else {
        memcpy((uint8_t *)tensor->data + offset, data, size);
    }
}

static void get_tensor(struct ggml_buffer *buffer, const struct ggml_tensor *tensor, void *data,
                       size_t offset, size_t size) {
    (void)buffer;
    const struct matrix *const matrix = buffer_matrix(tensor);
    if (matrix) {
        matrix_get(matrix, data, tensor->view_offset + offset, size);
    } else {
        memcpy(data, (const uint8_t *)tensor->data + offset, size);
    }
}

static void clear(struct ggml_buffer *buffer, uint8_t value) {
    memset(memory_of(buffer)->base, value, memory_of(buffer)->size);
}

static struct ggml_buffer *init_buffer(struct memory *memory) {
    const struct ggml_buffer_functions begin = {free_buffer,   get_base,   init_tensor,
                                                memset_tensor, set_tensor, get_tensor};
    const struct ggml_buffer_functions_end end = {.clear = clear};
    if (host.has_2d) {
        struct ggml_buffer *(*const init)(struct ggml_buffer_type *, struct ggml_buffer_table_10,
                                          void *, size_t) = (void *)host.buffer_init;
        return init(&type, (struct ggml_buffer_table_10){.begin = begin, .end = end}, memory,
                    memory->size);
    }
    struct ggml_buffer *(*const init)(struct ggml_buffer_type *, struct ggml_buffer_table_9, void *,
                                      size_t) = (void *)host.buffer_init;
    return init(&type, (struct ggml_buffer_table_9){.begin = begin, .end = end}, memory,
                memory->size);
}

/* ---- The type ------------------------------------------------------------------------ */

static const char *get_name(struct ggml_buffer_type *of) {
    (void)of;
    return "LUTLOOM";
}

static struct ggml_buffer *alloc_buffer(struct ggml_buffer_type *of, size_t size) {
    (void)of;
    struct memory *const memory = calloc(1, sizeof *memory);
    if (!memory) {
        return NULL;
    }
    memory->size = size;
    memory->base = loom_memory_alloc(size, NULL);
    threads_begin(&memory->threads);
    struct ggml_buffer *const buffer = memory->base ? init_buffer(memory) : NULL;
    if (!buffer) {
        threads_end(&memory->threads);
        loom_memory_free(memory->base, size);
        free(memory);
    }
    return buffer;
}

static size_t get_alignment(struct ggml_buffer_type *of) {
    (void)of;
    return LOOM_ALIGN;
}

static size_t get_alloc_size(struct ggml_buffer_type *of, const struct ggml_tensor *tensor) {
    (void)of;
    struct matrix matrix;
    return matrix_of(&matrix, tensor, NULL) ? matrix_bytes(&matrix) : host.nbytes(tensor);
}

static bool is_host(struct ggml_buffer_type *of) {
    (void)of;
    return false;
}

void buffer_type_begin(struct ggml_device *device) {
    type = (struct ggml_buffer_type){.get_name = get_name,
                                     .alloc_buffer = alloc_buffer,
                                     .get_alignment = get_alignment,
                                     .get_alloc_size = get_alloc_size,
                                     .is_host = is_host,
                                     .device = device};
}

struct ggml_buffer_type *buffer_type(void) {
    return &type;
}
