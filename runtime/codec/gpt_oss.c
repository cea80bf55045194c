/* Experts of gpt-oss (transformers, integrations/mxfp4.py).
 * Parts: `codes`, of FP4, two in a byte, the even one in its lower half; `scales`, a byte e for
 * each group of 32, that is 2^(e - 127) for numbers that are not doubled. */
#include "codec/codec.h"

#include <string.h>

enum { GROUP = 32, NO_NUMBER = 255 };

static bool fits(struct codec_matrix *matrix) {
    const loom_format *const format = &matrix->format;
    const uint64_t weights = (uint64_t)matrix->count * matrix->m * matrix->k;
    if (matrix->order || matrix->k % GROUP != 0 || format->book != LOOM_BOOK_FP4 ||
        format->group != GROUP || format->scale != LOOM_SCALE_E8M0 || format->sub) {
        return codec_refuse(matrix, "FP4 in groups of 32 with E8M0 scales is of another format");
    }
    return codec_has(matrix, "codes", weights / 2) && codec_has(matrix, "scales", weights / GROUP);
}

static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                 const loom_parts *to) {
    const size_t codes = (end - begin) * matrix->k / 2, scales = (end - begin) * matrix->k / GROUP;
    memcpy(to->codes, codec_part(matrix, "codes") + begin * matrix->k / 2, codes);
    memcpy(to->scales, codec_part(matrix, "scales") + begin * matrix->k / GROUP, scales);
    return memchr(to->scales, NO_NUMBER, scales) == NULL;
}

const struct codec codec_gpt_oss = {"gpt_oss", fits, rows, .fields = true};
