#include "pack/order.h"

#include "codec/words.h"
#include "pack/fail.h"

#include <stdlib.h>
#include <string.h>

static void check_part(struct recipe_matrix *matrix) {
    struct codec_matrix *const source = &matrix->source;
    if (!codec_has(source, "order", source->k * sizeof(uint32_t))) {
        fail("%s: %s", matrix->name, source->why);
    }
    if (source->count != 1 || source->format.group == 0) {
        fail("%s: an order of columns is for one matrix with scales for groups", matrix->name);
    }
}

/* The columns of group 0, then those of group 1, each as they come. */
static uint32_t *sort_columns(const struct recipe_matrix *matrix, const uint8_t *groups) {
    const size_t k = matrix->source.k, group = matrix->source.format.group;
    const size_t count = codec_groups(&matrix->source);
    uint32_t *const columns = need(k, sizeof *columns), *const filled = need(count, sizeof *filled);
    for (size_t column = 0; column < k; column++) {
        const uint32_t g = load_u32(groups + column * sizeof(uint32_t));
        const size_t most = g + 1 < count ? group : k - (count - 1) * group;
        if (g >= count || filled[g] == most) {
            fail("%s: group %u of its columns is not one of %zu columns of %zu", matrix->name, g,
                 group, k);
        }
        columns[g * group + filled[g]++] = (uint32_t)column;
    }
    free(filled);
    return columns;
}

static bool is_sorted(const uint32_t *columns, size_t k) {
    size_t column = 0;
    while (column < k && columns[column] == column) {
        column++;
    }
    return column == k;
}

/* The number of the same order, or of a new one. */
static size_t number_of(struct orders *orders, uint32_t *columns, size_t k) {
    for (size_t i = 0; i < orders->count; i++) {
        const struct order *const other = &orders->list[i];
        if (other->k == k && memcmp(other->columns, columns, k * sizeof *columns) == 0) {
            free(columns);
            return i + 1;
        }
    }
    orders->list = need_room(orders->list, orders->count, sizeof *orders->list);
    orders->list[orders->count++] = (struct order){columns, k};
    return orders->count;
}

size_t order_make(struct orders *orders, struct recipe_matrix *matrix) {
    struct codec_matrix *const source = &matrix->source;
    if (!codec_part(source, "order")) {
        return 0;
    }
    check_part(matrix);
    uint32_t *const columns = sort_columns(matrix, codec_part(source, "order"));
    if (is_sorted(columns, source->k)) {
        free(columns);
        return 0;
    }
    const size_t number = number_of(orders, columns, source->k);
    source->order = orders->list[number - 1].columns;
    return number;
}
