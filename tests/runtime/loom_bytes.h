/* A .loom file in memory, made by hand: two matrices, one of them two experts in another order of
 * columns, and a tensor. */
#ifndef LOOM_BYTES_H
#define LOOM_BYTES_H

#include "file/layout.h"

struct loom_bytes {
    uint8_t *bytes; /* aligned to 4096 */
    size_t size;
    struct loom_file_head *head;
    struct loom_matrix_record *matrices; /* "a" and "experts" */
    struct loom_order_record *orders;    /* of "experts": its columns from the last to the first */
    struct loom_tensor_record *tensors;  /* "norm" */
    char *texts;
};

/* Both are M x K of that format, `packed_bytes` each, of a plan whose check this is; the packed
 * weights are the caller's to write: of "a" at matrices[0].offset, and so on. `bytes` is to be
 * freed. */
struct loom_bytes loom_bytes_new(const char *format, uint32_t m, uint32_t k, uint64_t packed_bytes,
                                 uint32_t check);

/* Makes the header's sum right again, and those of the data. */
void loom_bytes_seal(struct loom_bytes *file);

#endif
