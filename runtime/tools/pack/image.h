/* The header of a .loom file (file/layout.h), in memory. */
#ifndef LOOM_TOOLS_PACK_IMAGE_H
#define LOOM_TOOLS_PACK_IMAGE_H

#include "file/layout.h"
#include "pack/order.h"
#include "pack/recipe.h"

/* A matrix of the recipe, and what it becomes. */
struct packing {
    struct recipe_matrix *matrix;
    loom_plan plan;
    size_t order; /* of the list, from 1; 0: none */
};

struct image {
    struct loom_file_head *head; /* the whole header, in one piece of memory */
    struct loom_matrix_record *matrices;
    struct loom_order_record *orders;
    struct loom_tensor_record *tensors;
};

/* The header of a file with all that; sums of data are 0 yet. `folder`: that of the library. */
struct image image_make(const struct recipe *recipe, const struct packing *packings, loom_mode mode,
                        const struct orders *orders, const char *folder);

/* Fills in the header's own sum, when those of the data are there. */
void image_seal(struct image *image);

#endif
