/* Whole codes with a scale, and maybe a zero point or an offset, for a group of columns: what
 * GPTQ, AWQ and compressed-tensors have in common. They differ in where these are. */
#ifndef LOOM_CODEC_INTEGERS_H
#define LOOM_CODEC_INTEGERS_H

#include "codec/codec.h"
#include "codec/fields.h"
#include "codec/floats.h"

/* A matrix's parts and numbers of these names; NULL and 0 for those that it has not. */
struct integers {
    const struct codec_matrix *matrix;
    const uint8_t *codes, *scales, *zeros, *offsets;
    size_t m, k, group, groups; /* `groups` of a row, of `group` columns; the last may be shorter */
    size_t room;                /* groups of a row that there is memory for */
    unsigned bits, rule;
    bool tensor; /* one scale for all */
    enum floats floats;
    enum fields layout;
};

struct integer_layout {
    /* The codes of rows [begin, end), a byte each. */
    void (*codes)(const struct integers *source, size_t begin, size_t end, uint8_t *to);
    /* The place of a group's scale, and offset, in the array of these. */
    size_t (*scale)(const struct integers *source, size_t row, size_t group);
    /* Its zero point; NULL: all are 2^(bits - 1). Not called where there are offsets. */
    unsigned (*zero)(const struct integers *source, size_t row, size_t group);
};

/* For `fits`: whether the matrix has the numbers bits, group, groups, floats and layout, and a
 * format for them. Then *source is filled in. */
bool integers_fit(struct integers *source, struct codec_matrix *matrix);

/* For `rows`. False for a zero point that the format has no room for, or one that is not
 * 2^(bits - 1) where the format has none. */
bool integers_rows(const struct integer_layout *layout, const struct codec_matrix *matrix,
                   size_t begin, size_t end, const loom_parts *to);

/* The column of the file that a packed column is. */
static inline size_t integers_column(const struct integers *source, size_t column) {
    return source->matrix->order ? source->matrix->order[column] : column;
}

#endif
