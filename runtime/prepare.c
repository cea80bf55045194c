/* Prepared activations: header, tables or int8, scales, sums. */
#include <string.h>

#include "plan.h"

struct prepared_header {
    uint32_t magic, act, k, n, group, act_row, tokens, sub;
};

static const uint32_t prepared_magic = 0x414d4f4c; /* "LOMA" */

static struct prepared_header header_of_prepared(const loom_plan *plan, size_t n) {
    return (struct prepared_header){
        .magic = prepared_magic,
        .act = loom_prepare_for(plan, n)->act,
        .k = (uint32_t)plan->k,
        .n = (uint32_t)n,
        .group = plan->format.group,
        .act_row = plan->format.act_row,
        .tokens = loom_kernel_for(plan, n)->tokens,
        .sub = plan->format.sub,
    };
}

int loom_prepared_valid(const loom_plan *plan, const void *prepared, size_t n) {
    const struct prepared_header header = header_of_prepared(plan, n);
    return memcmp(prepared, &header, sizeof header) == 0;
}

int loom_can_share(const loom_plan *a, const loom_plan *b, size_t n) {
    if (!loom_plan_ready(a) || !loom_plan_ready(b) || n < 1 || n > LOOM_MAX_DIM) {
        return 0;
    }
    const struct prepared_header of_a = header_of_prepared(a, n), of_b = header_of_prepared(b, n);
    return memcmp(&of_a, &of_b, sizeof of_a) == 0;
}

/* ---- Who prepares what ----------------------------------------------------------------- */

/* The work is cut into pieces: a token tile, or, when there are fewer tiles than parts, as many
 * activations of it as are whole groups and whole cache lines, which no two threads then share.
 * Where the group is the whole row, any 64 that are whole units. */
struct pieces {
    size_t tiles, per_tile, k; /* token tiles, pieces of a tile, activations of a piece */
};

static struct pieces cut_pieces(const loom_plan *plan, size_t n, size_t parts) {
    const struct loom_kernel *kernel = loom_kernel_for(plan, n);
    const size_t k_padded = loom_k_padded(plan->k, plan->format.group);
    const size_t tiles = (n + kernel->tokens - 1) / kernel->tokens;
    if (tiles >= parts) {
        return (struct pieces){tiles, 1, k_padded};
    }
    size_t unit = plan->format.group ? plan->format.group : 64;
    while (!plan->format.group && unit % loom_act_unit_k(kernel->act) != 0) {
        unit += 64;
    }
    const size_t bytes = loom_act_bytes(kernel->act, unit) * kernel->tokens;
    const size_t piece = bytes >= LOOM_ALIGN ? unit : LOOM_ALIGN / bytes * unit;
    return (struct pieces){tiles, (k_padded + piece - 1) / piece, piece};
}

/* The end of part `part` when `count` things are dealt to `parts` as evenly as possible. */
static size_t part_end(size_t count, size_t parts, size_t part) {
    const size_t share = count / parts, extra = count % parts;
    return share * (part + 1) + (part + 1 < extra ? part + 1 : extra);
}

/* Activations of one token. */
struct token {
    const float *x;        /* K of them */
    const uint32_t *order; /* NULL, or where in x those are that the weights' columns meet */
    size_t index;          /* of the token */
};

/* Activations [begin, end) of one token, of its padded K; `x` has those of the group that `begin`
 * is in, and what follows. */
static void prepare_range(const loom_plan *plan, uint8_t *prepared, const struct token *token,
                          const float *x, size_t n, size_t begin, size_t end) {
    const struct loom_prepared_offsets at = loom_prepared_offsets(plan, n);
    const struct loom_prepare_kernel *kernel = loom_prepare_for(plan, n);
    const enum loom_act act = kernel->act;
    const size_t tokens = loom_kernel_for(plan, n)->tokens;
    const size_t tile = token->index / tokens, in_tile = token->index % tokens;
    const size_t k_padded = loom_k_padded(plan->k, plan->format.group);
    const size_t k_group = plan->format.group ? plan->format.group : k_padded;
    const int is_part = end - begin < k_group;
    const size_t group = begin / k_group;
    const size_t in_group = group * tokens, words = loom_act_words(&plan->format);
    const struct loom_prepare_args args = {
        .x = x,
        .acts = prepared + at.acts + tile * at.act_stride + in_tile * loom_act_unit(act) +
                group * loom_act_bytes(act, k_group) * tokens,
        .act_scale =
            (float *)(prepared + at.act_scale) + tile * at.group_stride + in_group + in_tile,
        .act_sum =
            (int32_t *)(prepared + at.act_sum) + tile * at.sum_stride + in_group * words + in_tile,
        .unit_stride = loom_act_unit(act) * tokens,
        .tokens = tokens,
        .k = (is_part ? plan->k : loom_min_size(plan->k, end)) - group * k_group,
        .groups = is_part ? 1 : (end - begin) / k_group,
        .k_group = k_group,
        .k_sub = plan->format.sub,
        .range_x = plan->format.act_row ? token->x : NULL,
        .range_k = plan->format.act_row ? plan->k : 0,
        .part_begin = is_part ? begin : 0,
        .part_end = is_part ? end : 0,
    };
    kernel->run(&args);
}

/* Those of an order are gathered first, some groups at a time, as many as stay in a level 1 cache.
 * A scale for the whole token does not depend on the order. */
enum { GATHERED = 1024 };

static void prepare_gathered(const loom_plan *plan, uint8_t *prepared, const struct token *token,
                             size_t n, size_t begin, size_t end) {
    const size_t step = GATHERED / plan->format.group * plan->format.group;
    float x[GATHERED];
    for (; begin < end; begin += step) {
        const size_t stop = loom_min_size(begin + step, end),
                     count = loom_min_size(stop, plan->k) - begin;
        for (size_t i = 0; i < count; i++) {
            x[i] = token->x[token->order[begin + i]];
        }
        prepare_range(plan, prepared, token, x, n, begin, stop);
    }
}

static void prepare_pieces(const loom_plan *plan, uint8_t *prepared, const float *x,
                           size_t x_stride, const uint32_t *order, size_t n, struct pieces pieces,
                           size_t begin, size_t end) {
    const size_t k_padded = loom_k_padded(plan->k, plan->format.group);
    const size_t tokens = loom_kernel_for(plan, n)->tokens;
    while (begin < end) {
        const size_t tile = begin / pieces.per_tile, piece = begin % pieces.per_tile;
        const size_t count = loom_min_size(pieces.per_tile - piece, end - begin);
        const size_t last = loom_min_size((tile + 1) * tokens, n), first = piece * pieces.k;
        const size_t stop = loom_min_size((piece + count) * pieces.k, k_padded);
        const size_t group = plan->format.group ? first : 0;
        for (size_t index = tile * tokens; index < last; index++) {
            const struct token token = {x + index * x_stride, order, index};
            if (order) {
                prepare_gathered(plan, prepared, &token, n, first, stop);
            } else {
                prepare_range(plan, prepared, &token, token.x + group, n, first, stop);
            }
        }
        begin += count;
    }
}

static loom_status check_prepare(const loom_plan *plan, const void *prepared, const float *x,
                                 size_t x_stride, size_t n, size_t part, size_t parts) {
    if (!loom_plan_ready(plan) || !prepared || !x) {
        return LOOM_ERROR_NULL;
    }
    if (!loom_is_aligned(prepared, LOOM_ALIGN) || !loom_is_aligned(x, _Alignof(float))) {
        return LOOM_ERROR_ALIGN;
    }
    if (loom_prepared_size(plan, n) == 0 || x_stride < plan->k) {
        return LOOM_ERROR_SIZE;
    }
    return part < parts ? LOOM_OK : LOOM_ERROR_RANGE;
}

static loom_status check_order(const loom_plan *plan, const uint32_t *order) {
    uint32_t beyond = 0;
    if (plan->format.group == 0) {
        return LOOM_ERROR_FORMAT;
    }
    for (size_t i = 0; i < plan->k; i++) {
        beyond |= order[i] >= plan->k;
    }
    return beyond ? LOOM_ERROR_RANGE : LOOM_OK;
}

/* `order` NULL: that of x. */
static loom_status prepare_part(const loom_plan *plan, void *prepared, const float *x,
                                size_t x_stride, const uint32_t *order, size_t n, size_t part,
                                size_t parts) {
    loom_status status = check_prepare(plan, prepared, x, x_stride, n, part, parts);
    if (status == LOOM_OK && order) {
        status = check_order(plan, order);
    }
    if (status != LOOM_OK) {
        return status;
    }
    if (part == 0) {
        const struct prepared_header header = header_of_prepared(plan, n);
        memset(prepared, 0, LOOM_HEADER_BYTES);
        memcpy(prepared, &header, sizeof header);
    }
    const struct pieces pieces = cut_pieces(plan, n, parts);
    const size_t count = pieces.tiles * pieces.per_tile;
    const size_t begin = part == 0 ? 0 : part_end(count, parts, part - 1);
    prepare_pieces(plan, prepared, x, x_stride, order, n, pieces, begin,
                   part_end(count, parts, part));
    return LOOM_OK;
}

loom_status loom_prepare(const loom_plan *plan, void *prepared, const float *x, size_t x_stride,
                         size_t n, size_t part, size_t parts) {
    return prepare_part(plan, prepared, x, x_stride, NULL, n, part, parts);
}

loom_status loom_prepare_ordered(const loom_plan *plan, void *prepared, const float *x,
                                 size_t x_stride, const uint32_t *order, size_t n, size_t part,
                                 size_t parts) {
    return order ? prepare_part(plan, prepared, x, x_stride, order, n, part, parts)
                 : LOOM_ERROR_NULL;
}
