/* Products of a graph that this library computes: one, or some of the same activations, are two or
 * three nodes of the rebuilt graph, between which the host's threads meet. */
#ifndef LOOM_LLAMA_MULTIPLY_H
#define LOOM_LLAMA_MULTIPLY_H

#include "llama/matrix.h"

#include <stdatomic.h>

/* Memory that the products of a graph use in turn. */
struct scratch {
    uint8_t *prepared; /* activations as kernels read them */
    float *gathered;   /* rows of activations */
    float *results;    /* in the order of the experts, before they go where they belong */
    uint32_t *order;   /* which rows of activations an expert has: see multiply.c */
};

/* How many bytes of each. */
struct scratch_sizes {
    size_t prepared, gathered, results, order;
};

enum product_kind {
    PRODUCT_PLAIN,   /* one matrix and all tokens */
    PRODUCT_BATCHES, /* a matrix for each plane of activations */
    PRODUCT_ROWS,    /* experts, few tokens: each row of activations by itself */
    PRODUCT_EXPERTS, /* experts, many tokens: all rows of an expert together */
};

/* Shares of a node's pieces, at most: more threads have one together. */
enum { PRODUCT_SHARES = 16 };

struct product {
    const struct matrix *matrix;
    const struct ggml_tensor *x, *y, *ids;
    const struct scratch *scratch;
    enum product_kind kind;
    bool gathers;      /* rows of activations have to be brought together first */
    size_t n;          /* rows of activations */
    size_t batches;    /* prepared by themselves */
    size_t batch_rows; /* of activations in each, but for experts */
    size_t prepared_stride;
    size_t more;                         /* products behind this one that its node computes, too */
    atomic_size_t taken[PRODUCT_SHARES]; /* pieces of the node's results, of each share */
};

/* Fills a product of a MUL_MAT or MUL_MAT_ID node whose weights are `matrix`. */
void product_make(struct product *product, const struct matrix *matrix,
                  const struct ggml_tensor *node, const struct scratch *scratch);

/* Raises *sizes to what the product needs. */
void product_sizes(const struct product *product, struct scratch_sizes *sizes);

/* Whether what was prepared for `a` serves `b`, if nobody has written to the activations since. */
bool product_shares(const struct product *a, const struct product *b);

/* The nodes, in this order; `data` is the product. The last one computes all products that share
 * what the first two made and stand behind it in its list. */
void product_gather(struct ggml_tensor *result, int thread, int threads, void *data);
void product_prepare(struct ggml_tensor *result, int thread, int threads, void *data);
void product_multiply(struct ggml_tensor *result, int thread, int threads, void *data);

#endif
