/* The program that loads this backend: ggml's functions, and which of its layouts it has. */
#ifndef LOOM_LLAMA_HOST_H
#define LOOM_LLAMA_HOST_H

#include "llama/ggml.h"

struct host {
    const char *version;
    bool has_2d;           /* tables with functions of two dimensions, since April 2026 */
    bool has_compute_flag; /* nodes without GGML_FLAG_COMPUTE are left out, since January 2026 */
    int op_mul_mat, op_mul_mat_id, op_none, op_view, op_reshape, op_permute, op_transpose;

    size_t (*nbytes)(const struct ggml_tensor *tensor);
    const char *(*op_name)(int op);
    const char *(*type_name)(int type);
    int64_t (*block_size)(int type);
    size_t (*tensor_overhead)(void);
    size_t (*graph_overhead)(size_t size, bool gradients);
    struct ggml_context *(*init)(struct ggml_context_parameters parameters);
    void (*free)(struct ggml_context *context);
    void (*reset)(struct ggml_context *context);
    struct ggml_graph *(*new_graph)(struct ggml_context *context, size_t size, bool gradients);
    void (*graph_add_node)(struct ggml_graph *graph, struct ggml_tensor *tensor);
    int (*graph_n_nodes)(struct ggml_graph *graph);
    struct ggml_tensor **(*graph_nodes)(struct ggml_graph *graph);
    struct ggml_tensor *(*custom)(struct ggml_context *context, int type, int64_t ne0, int64_t ne1,
                                  int64_t ne2, int64_t ne3, struct ggml_tensor **sources, int count,
                                  ggml_custom_function function, int tasks, void *data);
    ggml_function buffer_init; /* its second argument is a table, by value: buffer.c */
    struct ggml_device *(*device_by_kind)(int kind);
    __attribute__((format(printf, 2, 3))) void (*log)(int level, const char *format, ...);
};

/* That of this process: set once, before anything else of this backend runs. */
extern struct host host;

/* Finds ggml in the object that holds `address`, and in those that it needs. False, after a line on
 * standard error that says why, where it is none of the versions that this backend is tested
 * with. */
bool host_find(const void *address);

/* Places in a backend, whose length depends on the layout. */
ggml_function *host_compute_of(struct ggml_backend *backend);
struct ggml_device **host_device_of(struct ggml_backend *backend);

/* Whether the node writes anything: a view does not. */
bool host_computes(const struct ggml_tensor *node);

#endif
