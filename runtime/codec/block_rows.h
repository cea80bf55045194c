/* Rows of blocks, as GGUF files have them: to packed weights and back. */
#ifndef LOOM_CODEC_BLOCK_ROWS_H
#define LOOM_CODEC_BLOCK_ROWS_H

#include "codec/types.h"

#include <stdbool.h>

/* Bytes of a row of K codes, a multiple of those of a block. */
static inline size_t block_row_bytes(const struct weight_type *type, size_t k) {
    return k / type->codes * type->bytes;
}

/* `count` blocks, one after the other, to their parts, and back. Codes are as type->codec has them.
 */
void blocks_read(const struct weight_type *type, const loom_format *format, const loom_parts *parts,
                 const uint8_t *blocks, size_t count);
void blocks_write(const struct weight_type *type, const loom_format *format, uint8_t *blocks,
                  const loom_parts *parts, size_t count);

/* Rows [begin, end) of the plan's matrix, which loom_pack_parts or loom_unpack_parts have to take;
 * `blocks` are those of these rows. False where they do not, or memory is lacking. */
bool block_rows_pack(const struct weight_type *type, const loom_plan *plan, void *packed,
                     size_t begin, size_t end, const uint8_t *blocks);
bool block_rows_unpack(const struct weight_type *type, const loom_plan *plan, const void *packed,
                       size_t begin, size_t end, uint8_t *blocks);

#endif
