#include "codec/block_rows.h"

#include "codec/rows.h"
#include "registry.h"

/* Bytes of each part of a block; 0 of those that the format has not. */
struct part_bytes {
    size_t codes, scales, offsets, factors, mins;
};

static struct part_bytes part_bytes(const struct weight_type *type, const loom_format *format,
                                    unsigned code_bits) {
    const size_t groups = type->codes / format->group;
    const size_t scales = groups * loom_scale_bytes(format);
    const size_t factors = format->sub ? groups * loom_format_subs(format) : 0;
    return (struct part_bytes){
        .codes = (size_t)type->codes * code_bits / 8,
        .scales = scales,
        .offsets = format->offsets ? scales : 0,
        .factors = factors,
        .mins = format->offsets ? factors : 0,
    };
}

/* NULL stays NULL: its bytes are 0 then. */
static void *further(void *part, size_t bytes) {
    return bytes ? (uint8_t *)part + bytes : NULL;
}

/* The parts of the next block. */
static void advance(loom_parts *parts, const struct part_bytes *bytes) {
    parts->codes = further(parts->codes, bytes->codes);
    parts->scales = further(parts->scales, bytes->scales);
    parts->offsets = further(parts->offsets, bytes->offsets);
    parts->factors = further(parts->factors, bytes->factors);
    parts->mins = further(parts->mins, bytes->mins);
}

void blocks_read(const struct weight_type *type, const loom_format *format, const loom_parts *parts,
                 const uint8_t *blocks, size_t count) {
    const struct part_bytes bytes = part_bytes(type, format, weight_code_bits(format));
    loom_parts next = *parts;
    for (size_t i = 0; i < count; i++, blocks += type->bytes) {
        type->codec->read(&next, blocks);
        advance(&next, &bytes);
    }
}

void blocks_write(const struct weight_type *type, const loom_format *format, uint8_t *blocks,
                  const loom_parts *parts, size_t count) {
    const struct part_bytes bytes = part_bytes(type, format, 8);
    loom_parts next = *parts;
    for (size_t i = 0; i < count; i++, blocks += type->bytes) {
        type->codec->write(blocks, &next);
        advance(&next, &bytes);
    }
}

bool block_rows_pack(const struct weight_type *type, const loom_plan *plan, void *packed,
                     size_t begin, size_t end, const uint8_t *blocks) {
    const unsigned code_bits = weight_code_bits(&plan->format);
    struct rows rows;
    if (!rows_alloc(&rows, plan, begin, end, code_bits)) {
        return false;
    }
    blocks_read(type, &plan->format, &rows.parts, blocks, (end - begin) * (plan->k / type->codes));
    const loom_status status = loom_pack_parts(plan, packed, &rows.whole, code_bits, begin, end);
    rows_free(&rows);
    return status == LOOM_OK;
}

bool block_rows_unpack(const struct weight_type *type, const loom_plan *plan, const void *packed,
                       size_t begin, size_t end, uint8_t *blocks) {
    struct rows rows;
    if (!rows_alloc(&rows, plan, begin, end, 8)) {
        return false;
    }
    const loom_status status = loom_unpack_parts(plan, packed, &rows.whole, begin, end);
    if (status == LOOM_OK) {
        blocks_write(type, &plan->format, blocks, &rows.parts,
                     (end - begin) * (plan->k / type->codes));
    }
    rows_free(&rows);
    return status == LOOM_OK;
}
