/* A tensor of weights in this library's layout: one matrix, or as many as there are experts. */
#ifndef LOOM_LLAMA_MATRIX_H
#define LOOM_LLAMA_MATRIX_H

#include "codec/types.h"
#include "llama/ggml.h"
#include "loom.h"

struct threads;

/* The most matrices in one tensor, as experts are. */
enum { MATRIX_MOST = 1024 };

struct matrix {
    const struct weight_type *type;
    loom_plan plan;
    size_t count;        /* of matrices */
    size_t packed_bytes; /* of one */
    uint8_t *packed;
    struct matrix *next; /* in the buffer's list */
};

/* What the tensor's type and shape come to, without memory. False where it is not served: then
 * *reason (or NULL) says why, in words that follow the type's name. */
bool matrix_of(struct matrix *matrix, const struct ggml_tensor *tensor, const char **reason);

size_t matrix_bytes(const struct matrix *matrix);

/* The packed weights of matrix number `index`. */
static inline uint8_t *matrix_packed(const struct matrix *matrix, size_t index) {
    return matrix->packed + index * matrix->packed_bytes;
}

/* ggml's bytes [offset, offset + size) of the tensor come in or go out. Whole matrices are packed
 * by the threads; of others the rows that the bytes are in, by the caller. */
void matrix_set(const struct matrix *matrix, struct threads *threads, const void *data,
                size_t offset, size_t size);
void matrix_get(const struct matrix *matrix, void *data, size_t offset, size_t size);

#endif
