/* Columns in the order of their groups. */
#ifndef LOOM_TOOLS_PACK_ORDER_H
#define LOOM_TOOLS_PACK_ORDER_H

#include "pack/recipe.h"

struct orders {
    struct order {
        uint32_t *columns;
        size_t k;
    } *list;
    size_t count;
};

/* Gives a matrix that has the part `order` its source.order, unless its groups are in order
 * already. Returns the number of that order in the list, from 1, or 0: equal orders are one. Fails
 * where the columns of a group are not as many as the format's groups have. */
size_t order_make(struct orders *orders, struct recipe_matrix *matrix);

#endif
