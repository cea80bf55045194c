/* Matmuls as ggml runs them: nodes of a graph, on a pool of threads that lasts. */
#ifndef LOOM_TOOLS_BENCH_GGML_GRAPH_H
#define LOOM_TOOLS_BENCH_GGML_GRAPH_H

#include "measure/team.h"

#include <ggml-cpu.h>

/* A graph of matmuls of one shape. */
struct ggml_matmuls {
    struct ggml_context *context; /* NULL: not made */
    struct ggml_cgraph *graph;
    struct ggml_tensor *x;
    size_t nodes, n;
};

/* Starts ggml's threads, once: as many as the team has, on the same CPUs. */
void ggml_threads_start(struct team *team);

/* A context for `count` tensors without data. Ends the program when there is no memory. */
struct ggml_context *ggml_context_for(size_t count);

/* `nodes` matmuls of weights of this shape and type with n tokens. */
struct ggml_matmuls ggml_matmuls_make(const struct ggml_tensor *weights, size_t nodes, size_t n);
void ggml_matmuls_free(struct ggml_matmuls *matmuls);

/* Multiplies x into y in every node, with copies[first], copies[first + 1] and so on, `count` of
 * them in a ring; returns the seconds. */
double ggml_matmuls_run(const struct ggml_matmuls *matmuls, struct ggml_tensor *const *copies,
                        size_t count, size_t first, const float *x, float *y);

#endif
