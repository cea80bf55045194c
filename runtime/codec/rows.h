/* Memory for the parts of a range of rows, between a file's bytes and packed weights. */
#ifndef LOOM_CODEC_ROWS_H
#define LOOM_CODEC_ROWS_H

#include "loom.h"

#include <stdbool.h>

struct rows {
    size_t begin, end;
    loom_parts parts; /* of these rows alone; NULL where the format has not that part */
    loom_parts whole; /* the same memory as loom_pack_parts takes it: of row 0 on */
    void *memory;
};

/* Bytes of each part of a row, its codes having `code_bits` bits; 0 for those that the format has
 * not. Of a `tensor` matrix, whose scale and zero point are those of every row, these are no more
 * for many rows. */
struct row_bytes {
    size_t codes, scales, zeros, offsets, factors, mins;
};
struct row_bytes row_bytes_of(const loom_plan *plan, unsigned code_bits);

/* Bytes of the parts of so many rows; and rows [begin, end) of the plan's matrix in as many bytes
 * of the caller's memory, aligned to 8. */
size_t rows_bytes(const loom_plan *plan, size_t rows, unsigned code_bits);
void rows_place(struct rows *rows, const loom_plan *plan, size_t begin, size_t end,
                unsigned code_bits, void *memory);

/* The same in memory of their own. False where it is lacking; else to be freed. */
bool rows_alloc(struct rows *rows, const loom_plan *plan, size_t begin, size_t end,
                unsigned code_bits);
void rows_free(struct rows *rows);

#endif
