#include "llama/engine.h"

#include "llama/buffer.h"
#include "llama/host.h"
#include "llama/multiply.h"
#include "loom.h"

#include <pthread.h>
#include <stdlib.h>

struct engine {
    struct ggml_backend *cpu;
    ggml_compute_function compute; /* the host's own */
    void (*free)(struct ggml_backend *cpu);
    struct ggml_context *context; /* of the rebuilt graph */
    size_t context_room;          /* nodes that it has room for */
    struct product *products;
    size_t products_room;
    struct scratch scratch;
    struct scratch_sizes sizes;
    struct engine *next;
};

/* All that are attached, by their backend. */
static struct engine *engines;
static pthread_mutex_t engines_lock = PTHREAD_MUTEX_INITIALIZER;

static struct engine *engine_of(const struct ggml_backend *cpu) {
    pthread_mutex_lock(&engines_lock);
    struct engine *engine = engines;
    while (engine && engine->cpu != cpu) {
        engine = engine->next;
    }
    pthread_mutex_unlock(&engines_lock);
    return engine;
}

/* ---- Memory -------------------------------------------------------------------------- */

/* Memory of at least so many bytes in the place of *memory, or NULL. */
static void *grown(void *memory, size_t *has, size_t needs) {
    if (needs <= *has) {
        return memory;
    }
    loom_memory_free(memory, *has);
    void *const larger = loom_memory_alloc(needs, NULL);
    *has = larger ? needs : 0;
    return larger;
}

static bool grow_scratch(struct engine *engine, const struct scratch_sizes *needs) {
    struct scratch *const scratch = &engine->scratch;
    struct scratch_sizes *const sizes = &engine->sizes;
    scratch->prepared = grown(scratch->prepared, &sizes->prepared, needs->prepared);
    scratch->gathered = grown(scratch->gathered, &sizes->gathered, needs->gathered);
    scratch->results = grown(scratch->results, &sizes->results, needs->results);
    scratch->order = grown(scratch->order, &sizes->order, needs->order);
    return sizes->prepared >= needs->prepared && sizes->gathered >= needs->gathered &&
           sizes->results >= needs->results && sizes->order >= needs->order;
}

/* An empty graph with room for the nodes. */
static struct ggml_graph *new_graph(struct engine *engine, size_t nodes) {
    if (nodes > engine->context_room) {
        host.free(engine->context);
        engine->context = host.init((struct ggml_context_parameters){
            .size = host.graph_overhead(nodes, false) + nodes * host.tensor_overhead(),
            .no_alloc = true});
        engine->context_room = engine->context ? nodes : 0;
    } else {
        host.reset(engine->context);
    }
    return engine->context ? host.new_graph(engine->context, nodes, false) : NULL;
}

/* ---- The graph ----------------------------------------------------------------------- */

static bool is_left_out(const struct ggml_tensor *node) {
    return host.has_compute_flag && !(node->flags & GGML_FLAG_COMPUTE);
}

static const struct matrix *weights_of(const struct ggml_tensor *node) {
    const bool product = node->op == host.op_mul_mat || node->op == host.op_mul_mat_id;
    return product && !is_left_out(node) ? buffer_matrix(node->src[0]) : NULL;
}

static size_t count_products(struct ggml_tensor **nodes, size_t count) {
    size_t products = 0;
    for (size_t i = 0; i < count; i++) {
        products += weights_of(nodes[i]) != NULL;
    }
    return products;
}

static void add_node(struct engine *engine, struct ggml_graph *graph, ggml_custom_function function,
                     struct product *product) {
    struct ggml_tensor *const node = host.custom(engine->context, GGML_F32, 1, 1, 1, 1, NULL, 0,
                                                 function, GGML_TASKS_MAX, product);
    node->flags |= GGML_FLAG_COMPUTE;
    host.graph_add_node(graph, node);
}

/* Whether a node writes where the tensor is. */
static bool overwrites(const struct ggml_tensor *node, const struct ggml_tensor *tensor) {
    const uintptr_t to = (uintptr_t)node->data, from = (uintptr_t)tensor->data;
    return node != tensor && to < from + host.nbytes(tensor) && from < to + host.nbytes(node);
}

/* The graph with this library's nodes in the place of products. `last` is the one whose activations
 * stand prepared: Q, K and V share them. */
static bool rebuild(struct engine *engine, struct ggml_graph *graph, struct ggml_tensor **nodes,
                    size_t count) {
    struct scratch_sizes sizes = {0};
    struct product *product = engine->products, *last = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct matrix *const weights = weights_of(nodes[i]);
        if (weights) {
            product_make(product, weights, nodes[i], &engine->scratch);
            product_sizes(product, &sizes);
            if (!last || !product_shares(last, product)) {
                if (product->gathers) {
                    add_node(engine, graph, product_gather, product);
                }
                add_node(engine, graph, product_prepare, product);
            }
            add_node(engine, graph, product_multiply, product);
            last = product++;
        } else {
            host.graph_add_node(graph, nodes[i]);
        }
        if (last && host_computes(nodes[i]) && overwrites(nodes[i], last->x)) {
            last = NULL;
        }
    }
    return grow_scratch(engine, &sizes);
}

static bool grow_products(struct engine *engine, size_t count) {
    if (count <= engine->products_room) {
        return true;
    }
    free(engine->products);
    engine->products = malloc(count * sizeof *engine->products);
    engine->products_room = engine->products ? count : 0;
    return engine->products != NULL;
}

static int compute(struct ggml_backend *cpu, struct ggml_graph *graph) {
    enum { NODES_A_PRODUCT = 3 };
    struct engine *const engine = engine_of(cpu);
    struct ggml_tensor **const nodes = host.graph_nodes(graph);
    const size_t count = (size_t)host.graph_n_nodes(graph), products = count_products(nodes, count);
    if (!products) {
        return engine->compute(cpu, graph);
    }
    struct ggml_graph *const rebuilt = grow_products(engine, products)
                                           ? new_graph(engine, count + NODES_A_PRODUCT * products)
                                           : NULL;
    if (!rebuilt || !rebuild(engine, rebuilt, nodes, count)) {
        host.log(GGML_LOG_ERROR, "lutloom: no memory for a graph of %zu nodes\n", count);
        return GGML_STATUS_FAILED;
    }
    return engine->compute(cpu, rebuilt);
}

/* ---- Beginning and end --------------------------------------------------------------- */

static void detach(struct ggml_backend *cpu) {
    pthread_mutex_lock(&engines_lock);
    struct engine **place = &engines;
    while ((*place)->cpu != cpu) {
        place = &(*place)->next;
    }
    struct engine *const engine = *place;
    *place = engine->next;
    pthread_mutex_unlock(&engines_lock);

    engine->free(cpu);
    host.free(engine->context);
    free(engine->products);
    loom_memory_free(engine->scratch.prepared, engine->sizes.prepared);
    loom_memory_free(engine->scratch.gathered, engine->sizes.gathered);
    loom_memory_free(engine->scratch.results, engine->sizes.results);
    loom_memory_free(engine->scratch.order, engine->sizes.order);
    free(engine);
}

bool engine_attach(struct ggml_backend *cpu) {
    struct engine *const engine = calloc(1, sizeof *engine);
    if (!engine) {
        return false;
    }
    ggml_function *const place = host_compute_of(cpu);
    engine->cpu = cpu;
    engine->compute = (ggml_compute_function)*place;
    engine->free = (void (*)(struct ggml_backend *))cpu->functions[GGML_BACKEND_FREE];
    pthread_mutex_lock(&engines_lock);
    engine->next = engines;
    engines = engine;
    pthread_mutex_unlock(&engines_lock);
    *place = (ggml_function)compute;
    cpu->functions[GGML_BACKEND_FREE] = (ggml_function)detach;
    return true;
}
