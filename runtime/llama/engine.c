#include "llama/engine.h"

#include "llama/buffer.h"
#include "llama/host.h"
#include "llama/meter.h"
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

static bool overlap(const struct ggml_tensor *a, const struct ggml_tensor *b) {
    const uintptr_t first = (uintptr_t)a->data, second = (uintptr_t)b->data;
    return first < second + host.nbytes(b) && second < first + host.nbytes(a);
}

/* Whether a node writes where the tensor is. */
static bool overwrites(const struct ggml_tensor *node, const struct ggml_tensor *tensor) {
    return node != tensor && overlap(node, tensor);
}

/* Whether a node has to do with a product's result, or writes what the product reads. */
static bool orders(const struct ggml_tensor *node, const struct product *product) {
    bool touches = overlap(node, product->y);
    for (size_t i = 0; i < GGML_SOURCES && !touches; i++) {
        touches = node->src[i] && overlap(node->src[i], product->y);
    }
    return touches || (product->ids && overlap(node, product->ids));
}

/* The products that are being put into the place of nodes. */
struct rebuilding {
    struct product *product; /* the next one */
    struct product *last;    /* whose activations stand prepared: Q, K and V share them; or NULL */
    struct product *first;   /* the first one of the last node of products */
    size_t first_at;         /* the place of the host's node for it */
};

/* Nodes up to which a product may be moved forward: between Q and K stands Q's rotation. */
enum { MOST_MOVED = 8 };

/* Whether the product of node `at` may be computed with the first of the products before it. */
static bool joins(const struct rebuilding *now, struct ggml_tensor **nodes, size_t at) {
    if (at - now->first_at > MOST_MOVED) {
        return false;
    }
    for (size_t i = now->first_at; i < at; i++) {
        if (host_computes(nodes[i]) && orders(nodes[i], now->product)) {
            return false;
        }
    }
    return true;
}

static void add_product(struct engine *engine, struct ggml_graph *graph, struct rebuilding *now,
                        struct ggml_tensor **nodes, size_t at) {
    struct product *const product = now->product;
    const bool shares = now->last && product_shares(now->last, product);
    if (shares && joins(now, nodes, at)) {
        now->first->more++;
    } else {
        if (!shares && product->gathers) {
            add_node(engine, graph, product_gather, product);
        }
        if (!shares) {
            add_node(engine, graph, product_prepare, product);
        }
        add_node(engine, graph, product_multiply, product);
        now->first = product;
        now->first_at = at;
    }
    now->last = product;
    now->product++;
}

/* The graph with this library's nodes in the place of products. */
static bool rebuild(struct engine *engine, struct ggml_graph *graph, struct ggml_tensor **nodes,
                    size_t count) {
    struct scratch_sizes sizes = {0};
    struct rebuilding now = {.product = engine->products};
    for (size_t i = 0; i < count; i++) {
        const struct matrix *const weights = weights_of(nodes[i]);
        if (weights) {
            product_make(now.product, weights, nodes[i], &engine->scratch);
            product_sizes(now.product, &sizes);
            add_product(engine, graph, &now, nodes, i);
        } else {
            host.graph_add_node(graph, nodes[i]);
        }
        if (now.last && host_computes(nodes[i]) && overwrites(nodes[i], now.last->x)) {
            now.last = NULL;
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
    meter_begin();
    const int status = engine->compute(cpu, rebuilt);
    meter_end(engine->products[0].n, products);
    return status;
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

    meter_report();
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
    meter_start();
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
