/* Rows of a matrix: ggml's blocks to packed weights and back. */
#ifndef LOOM_LLAMA_ROWS_H
#define LOOM_LLAMA_ROWS_H

#include "llama/matrix.h"

/* Rows [begin, end) of matrix number `index`, which loom_pack_parts or loom_unpack_parts have to
 * take; `blocks` are those of these rows. False where they do not, or memory is lacking. */
bool rows_pack(const struct matrix *matrix, size_t index, size_t begin, size_t end,
               const uint8_t *blocks);
bool rows_unpack(const struct matrix *matrix, size_t index, size_t begin, size_t end,
                 uint8_t *blocks);

#endif
