/* NVFP4 of safetensors files: compressed-tensors (compressors/nvfp4) and ModelOpt.
 * Parts: `codes`, of FP4, two in a byte, the even one in its lower half; `scales`, E4M3, one for a
 * group of 16; `global`, fp32, one for all. Number `divides`: whether that divides the others
 * (compressed-tensors) or multiplies them. The format's numbers are doubled, so scales are halved.
 */
#include "codec/codec.h"
#include "codec/floats.h"

enum { GROUP = 16 };

static bool fits(struct codec_matrix *matrix) {
    const loom_format *const format = &matrix->format;
    const uint64_t weights = (uint64_t)matrix->m * matrix->k;
    if (matrix->order || matrix->count != 1 || matrix->k % GROUP != 0 ||
        format->book != LOOM_BOOK_FP4 || format->group != GROUP ||
        format->scale != LOOM_SCALE_FP32 || format->sub) {
        return codec_refuse(matrix, "FP4 in groups of 16 with fp32 scales is of another format");
    }
    return codec_number_in(matrix, "divides", 0, 1) && codec_has(matrix, "codes", weights / 2) &&
           codec_has(matrix, "scales", weights / GROUP) && codec_has(matrix, "global", 4);
}

static bool is_number(uint8_t e4m3) {
    return (e4m3 & 0x7f) != 0x7f;
}

static float float_of_e4m3(uint8_t e4m3) {
    const uint32_t exponent = e4m3 >> 3 & 15, fraction = e4m3 & 7;
    const float size = exponent == 0 ? (float)fraction * 0x1p-9F
                                     : float_of_bits((exponent + 120) << 23 | fraction << 20);
    return e4m3 & 0x80 ? -size : size;
}

/* False where half the scale is no fp32 number, or the scale is none. */
static bool halve_scale(float *to, uint8_t e4m3, float global, bool divides) {
    const float own = float_of_e4m3(e4m3), scale = divides ? own / global : own * global;
    *to = scale * 0.5F;
    return is_number(e4m3) && *to * 2 == scale;
}

static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                 const loom_parts *to) {
    const size_t bytes = matrix->k / 2, groups = matrix->k / GROUP;
    const uint8_t *const scales = codec_part(matrix, "scales") + begin * groups;
    const float global = load_float(codec_part(matrix, "global"), 0, FLOATS_FP32);
    const bool divides = codec_number(matrix, "divides") != 0;
    memcpy(to->codes, codec_part(matrix, "codes") + begin * bytes, (end - begin) * bytes);
    for (size_t i = 0; i < (end - begin) * groups; i++) {
        if (!halve_scale((float *)to->scales + i, scales[i], global, divides)) {
            return false;
        }
    }
    return true;
}

const struct codec codec_nvfp4_global = {"nvfp4_global", fits, rows, .fields = true};
