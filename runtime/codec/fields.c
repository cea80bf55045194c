#include "codec/fields.h"

static struct field one_piece(size_t word, unsigned shift, unsigned bits) {
    return (struct field){.piece = {{word, shift, bits}}, .pieces = 1};
}

static struct field stream_at(unsigned bits, size_t index) {
    const size_t bit = index * bits;
    const unsigned shift = bit % 32, room = 32 - shift;
    struct field field = one_piece(bit / 32, shift, bits < room ? bits : room);
    if (bits > room) {
        field.piece[field.pieces++] = (struct field_piece){bit / 32 + 1, 0, bits - room};
    }
    return field;
}

static struct field planes_at(unsigned bits, size_t index) {
    struct field field = {.pieces = 0};
    size_t word = index / 32 * bits;
    for (unsigned left = bits; left > 0;) {
        const unsigned width = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
        const size_t bit = index % 32 * width;
        field.piece[field.pieces++] = (struct field_piece){word + bit / 32, bit % 32, width};
        word += width;
        left -= width;
    }
    return field;
}

struct field field_at(enum fields layout, unsigned bits, size_t index) {
    const unsigned each = 32 / bits;
    switch (layout) {
    case FIELDS_PADDED:
        return one_piece(index / each, (unsigned)(index % each) * bits, bits);
    case FIELDS_PLANES:
        return planes_at(bits, index);
    default:
        return stream_at(bits, index);
    }
}
