/* Blocks of GGUF files. Part `codes`: rows of blocks. Number `type`: ggml's, which with the
 * format's group tells the kind of block. */
#include "codec/block_rows.h"
#include "codec/codec.h"
#include "registry.h"

/* Two types have the same number: the format tells. */
static const struct weight_type *type_of(const struct codec_matrix *matrix) {
    for (size_t i = 0; i < weight_type_count; i++) {
        loom_format format;
        if (weight_types[i].type == codec_number(matrix, "type") &&
            loom_format_parse(&format, weight_types[i].format) == LOOM_OK &&
            loom_format_same_kernel(&format, &matrix->format)) {
            return &weight_types[i];
        }
    }
    return NULL;
}

static bool fits(struct codec_matrix *matrix) {
    const struct weight_type *const type = type_of(matrix);
    if (!codec_number_in(matrix, "type", 0, INT32_MAX)) {
        return false;
    }
    if (!type) {
        return codec_refuse(matrix, "ggml's type %d has another format",
                            (int)codec_number(matrix, "type"));
    }
    if (matrix->order || matrix->k % type->codes != 0) {
        return codec_refuse(matrix, "%s has whole blocks of %u codes along K, in order", type->name,
                            type->codes);
    }
    return codec_has(matrix, "codes", matrix->count * matrix->m * block_row_bytes(type, matrix->k));
}

static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                 const loom_parts *to) {
    const struct weight_type *const type = type_of(matrix);
    const uint8_t *const blocks = codec_part(matrix, "codes");
    blocks_read(type, &matrix->format, to, blocks + begin * block_row_bytes(type, matrix->k),
                (end - begin) * (matrix->k / type->codes));
    return true;
}

const struct codec codec_gguf = {"gguf", fits, rows, .fields = true};
