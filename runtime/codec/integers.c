#include "codec/integers.h"

static struct integers integers_of(const struct codec_matrix *matrix) {
    return (struct integers){
        .matrix = matrix,
        .codes = codec_part(matrix, "codes"),
        .scales = codec_part(matrix, "scales"),
        .zeros = codec_part(matrix, "zeros"),
        .offsets = codec_part(matrix, "offsets"),
        .m = matrix->m,
        .k = matrix->k,
        .group = (size_t)codec_number(matrix, "group"),
        .groups = (size_t)codec_number(matrix, "groups"),
        .room = (size_t)codec_number(matrix, "room"),
        .bits = (unsigned)codec_number(matrix, "bits"),
        .rule = (unsigned)codec_number(matrix, "rule"),
        .tensor = codec_number(matrix, "tensor") != 0,
        .floats = (enum floats)codec_number(matrix, "floats"),
        .layout = (enum fields)codec_number(matrix, "layout"),
    };
}

/* Whether each group of the format is in one of the file, and the same one if columns are sorted
 * into them. */
static bool groups_fit(const struct integers *source) {
    const size_t group = source->matrix->format.group;
    if (source->matrix->order) {
        return group == source->group;
    }
    return source->groups == 1 || (group > 0 && source->group % group == 0);
}

static bool format_fits(const struct integers *source) {
    const loom_format *const format = &source->matrix->format;
    const loom_scale scale = source->floats == FLOATS_FP16 ? LOOM_SCALE_FP16 : LOOM_SCALE_FP32;
    return format->bits == source->bits && format->scale == scale &&
           format->offsets == (source->offsets != NULL) && !format->ternary && !format->book &&
           !format->sub && !format->fixed_zero && (!format->tensor || source->tensor);
}

bool integers_fit(struct integers *source, struct codec_matrix *matrix) {
    if (!codec_number_in(matrix, "bits", 2, 8) || !codec_number_in(matrix, "group", 1, matrix->k) ||
        !codec_number_in(matrix, "groups", 1, matrix->k) ||
        !codec_number_in(matrix, "floats", 0, FLOATS_KINDS - 1) ||
        !codec_number_in(matrix, "layout", 0, FIELDS_LAYOUTS - 1)) {
        return false;
    }
    *source = integers_of(matrix);
    if (matrix->count != 1) {
        return codec_refuse(matrix, "%zu matrices in one", matrix->count);
    }
    if (source->groups != (matrix->k + source->group - 1) / source->group) {
        return codec_refuse(matrix, "%zu columns are not %zu groups of %zu", matrix->k,
                            source->groups, source->group);
    }
    return (groups_fit(source) && format_fits(source)) ||
           codec_refuse(matrix, "%u bits in groups of %zu are of another format", source->bits,
                        source->group);
}

/* Writes a scale or an offset as the format has it. */
static void copy_float(void *to, size_t at, const struct integers *source, const uint8_t *array,
                       size_t place) {
    if (source->floats == FLOATS_FP16) {
        ((uint16_t *)to)[at] = load_u16(array + place * 2);
    } else {
        ((float *)to)[at] = load_float(array, place, source->floats);
    }
}

static bool write_zero(uint8_t *to, const struct integer_layout *layout,
                       const struct integers *source, size_t row, size_t group) {
    const unsigned middle = 1u << (source->bits - 1);
    const unsigned zero = layout->zero ? layout->zero(source, row, group) : middle;
    if (!to) {
        return zero == middle;
    }
    *to = (uint8_t)zero;
    return zero <= UINT8_MAX;
}

/* What stands beside the codes of a row; `at` is the place of its first group in the parts. */
static bool write_row(const struct integer_layout *layout, const struct integers *source,
                      size_t row, size_t at, const loom_parts *to) {
    const size_t groups = codec_groups(source->matrix), size = source->matrix->format.group;
    for (size_t i = 0; i < groups; i++) {
        const size_t group = i * size / source->group;
        const size_t place = layout->scale(source, row, group);
        copy_float(to->scales, at + i, source, source->scales, place);
        if (source->offsets) {
            copy_float(to->offsets, at + i, source, source->offsets, place);
        } else if (!write_zero(to->zeros ? to->zeros + at + i : NULL, layout, source, row, group)) {
            return false;
        }
    }
    return true;
}

bool integers_rows(const struct integer_layout *layout, const struct codec_matrix *matrix,
                   size_t begin, size_t end, const loom_parts *to) {
    const struct integers source = integers_of(matrix);
    const size_t step = matrix->format.tensor ? 0 : codec_groups(matrix);
    layout->codes(&source, begin, end, to->codes);
    for (size_t row = begin; row < end; row++) {
        if (!write_row(layout, &source, row, (row - begin) * step, to)) {
            return false;
        }
    }
    return true;
}
