/* HQQ with groups along rows, axis 1 (dropbox/hqq 0.2.8, core/quantize.py and core/bitpack.py).
 * Parts: `codes`, a row of elements for each line of them: the highest bits are the codes of the
 * first groups, the next ones those of the groups after them; `scales` and `zeros`, one for each
 * group. Numbers: `bits` of a code in an element, `group`, and `floats`, of scales and zeros.
 *
 * A weight is (code - zero) * scale, and zero need not be whole: the format holds the offset
 * -zero * scale, where that is an fp32 number. */
#include "codec/codec.h"
#include "codec/floats.h"

/* How elements are filled: so many codes of so many bits in so many bytes. */
struct packing {
    unsigned bits, codes, bytes;
};

static const struct packing packings[] = {{8, 1, 1}, {4, 2, 1}, {3, 10, 4}, {2, 4, 1}, {1, 8, 1}};

static const struct packing *packing_of(const struct codec_matrix *matrix) {
    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
        if (packings[i].bits == codec_number(matrix, "bits")) {
            return &packings[i];
        }
    }
    return NULL;
}

static enum floats floats_of(const struct codec_matrix *matrix) {
    return (enum floats)codec_number(matrix, "floats");
}

/* Lines of elements. 3 bits are padded to whole ones. */
static uint64_t lines_of(const struct codec_matrix *matrix, const struct packing *packing) {
    const uint64_t group = (uint64_t)codec_number(matrix, "group");
    const uint64_t groups = (uint64_t)matrix->m * matrix->k / group;
    return (groups + packing->codes - 1) / packing->codes;
}

/* Groups of the format in one of the file. */
static size_t repeats_of(const struct codec_matrix *matrix) {
    return codec_groups(matrix) / (matrix->k / (size_t)codec_number(matrix, "group"));
}

static bool fits(struct codec_matrix *matrix) {
    const loom_format *const format = &matrix->format;
    const struct packing *const packing = packing_of(matrix);
    if (!codec_number_in(matrix, "bits", 1, 8) ||
        !codec_number_in(matrix, "group", 1, LOOM_MAX_DIM) ||
        !codec_number_in(matrix, "floats", 0, FLOATS_KINDS - 1)) {
        return false;
    }
    const uint64_t group = (uint64_t)codec_number(matrix, "group");
    if (!packing || matrix->order || matrix->count != 1 || matrix->k % group != 0 ||
        group % (format->group ? format->group : matrix->k) != 0 || format->sub ||
        !format->offsets || format->scale != LOOM_SCALE_FP32) {
        return codec_refuse(matrix, "groups of %d are of another format", (int)group);
    }
    const uint64_t groups = (uint64_t)matrix->m * matrix->k / group;
    const uint64_t floats = groups * floats_bytes(floats_of(matrix));
    return codec_has(matrix, "codes", lines_of(matrix, packing) * group * packing->bytes) &&
           codec_has(matrix, "scales", floats) && codec_has(matrix, "zeros", floats);
}

/* The codes of a group. */
static void read_codes(uint8_t *to, const struct codec_matrix *matrix,
                       const struct packing *packing, size_t group) {
    const size_t lines = lines_of(matrix, packing), codes = (size_t)codec_number(matrix, "group");
    const uint8_t *const from =
        codec_part(matrix, "codes") + group % lines * codes * packing->bytes;
    const unsigned shift = (packing->codes - 1 - (unsigned)(group / lines)) * packing->bits;
    const unsigned mask = (1u << packing->bits) - 1;
    for (size_t i = 0; i < codes; i++) {
        const uint32_t element = packing->bytes == 4 ? load_u32(from + i * 4) : from[i];
        to[i] = (uint8_t)(element >> shift & mask);
    }
}

/* The scale and the offset of a group, for `repeats` groups of the format. */
static bool read_values(float *scales, float *offsets, const struct codec_matrix *matrix,
                        size_t group, size_t repeats) {
    const float scale = load_float(codec_part(matrix, "scales"), group, floats_of(matrix));
    const float zero = load_float(codec_part(matrix, "zeros"), group, floats_of(matrix));
    const double product = -(double)zero * scale;
    for (size_t i = 0; i < repeats; i++) {
        scales[i] = scale;
        offsets[i] = (float)product;
    }
    return (double)(float)product == product;
}

static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
                 const loom_parts *to) {
    const struct packing *const packing = packing_of(matrix);
    const size_t codes = (size_t)codec_number(matrix, "group"), repeats = repeats_of(matrix);
    const size_t first = begin * (matrix->k / codes), last = end * (matrix->k / codes);
    for (size_t group = first; group < last; group++) {
        const size_t at = (group - first) * repeats;
        read_codes(to->codes + (group - first) * codes, matrix, packing, group);
        if (!read_values((float *)to->scales + at, (float *)to->offsets + at, matrix, group,
                         repeats)) {
            return false;
        }
    }
    return true;
}

const struct codec codec_hqq = {"hqq", fits, rows, .fields = false};
