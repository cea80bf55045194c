#include "bench/ggml_graph.h"

#include "common/seconds.h"
#include "measure/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAKE_SIZE = 32 };

/* ggml's threads, and memory for whatever they compute. They live until the program ends. */
static struct {
    struct ggml_threadpool *pool;
    unsigned threads;
    uint8_t *work;
    size_t work_bytes;
    struct ggml_cgraph *wake; /* a small matmul */
} engine;

static void fail(const char *what) {
    fprintf(stderr, "loom-bench: ggml: %s\n", what);
    exit(2);
}

static struct ggml_context *new_context(size_t bytes, bool with_data) {
    struct ggml_context *context = ggml_init((struct ggml_init_params){bytes, NULL, !with_data});
    if (!context) {
        fail("no memory");
    }
    return context;
}

struct ggml_context *ggml_context_for(size_t count) {
    return new_context(count * ggml_tensor_overhead(), false);
}

/* ---- Threads --------------------------------------------------------------------------- */

/* ggml also says what goes well. */
static void log_errors(enum ggml_log_level level, const char *text, void *context) {
    (void)context;
    if (level == GGML_LOG_LEVEL_ERROR) {
        fprintf(stderr, "loom-bench: ggml: %s", text);
    }
}

static void start_pool(void *context) {
    struct ggml_threadpool_params params = ggml_threadpool_params_default((int)engine.threads);
    (void)context;
    params.paused = true;
    engine.pool = ggml_threadpool_new(&params);
}

static struct ggml_cgraph *make_wake(void) {
    struct ggml_context *context =
        new_context(4 * (ggml_tensor_overhead() + WAKE_SIZE * WAKE_SIZE * sizeof(float)) +
                        ggml_graph_overhead_custom(4, false),
                    true);
    struct ggml_tensor *a = ggml_new_tensor_2d(context, GGML_TYPE_F32, WAKE_SIZE, WAKE_SIZE);
    struct ggml_cgraph *graph = ggml_new_graph_custom(context, 4, false);
    memset(a->data, 0, ggml_nbytes(a));
    ggml_build_forward_expand(graph, ggml_mul_mat(context, a, a));
    return graph;
}

void ggml_threads_start(struct team *team) {
    if (engine.pool) {
        return;
    }
    engine.threads = team_threads(team);
    ggml_log_set(log_errors, NULL);
    team_lend_cpus(team, start_pool, NULL);
    if (!engine.pool) {
        fail("its threads cannot be started");
    }
    engine.wake = make_wake();
}

static struct ggml_cplan plan_of(struct ggml_cgraph *graph) {
    struct ggml_cplan plan = ggml_graph_plan(graph, (int)engine.threads, engine.pool);
    if (plan.work_size > engine.work_bytes) {
        free(engine.work);
        engine.work = bench_alloc(plan.work_size);
        engine.work_bytes = plan.work_size;
    }
    plan.work_data = engine.work;
    return plan;
}

static void compute(struct ggml_cgraph *graph, struct ggml_cplan *plan) {
    if (ggml_graph_compute(graph, plan) != GGML_STATUS_SUCCESS) {
        fail("a graph was not computed");
    }
}

/* ---- Graphs ---------------------------------------------------------------------------- */

struct ggml_matmuls ggml_matmuls_make(const struct ggml_tensor *weights, size_t nodes, size_t n) {
    struct ggml_matmuls made = {.nodes = nodes, .n = n};
    const size_t size = nodes + 2; /* the matmuls, weights and x */
    made.context =
        new_context(size * ggml_tensor_overhead() + ggml_graph_overhead_custom(size, false), false);
    made.graph = ggml_new_graph_custom(made.context, size, false);
    made.x = ggml_new_tensor_2d(made.context, GGML_TYPE_F32, weights->ne[0], (int64_t)n);
    for (size_t i = 0; i < nodes; i++) {
        ggml_build_forward_expand(
            made.graph, ggml_mul_mat(made.context, (struct ggml_tensor *)weights, made.x));
    }
    return made;
}

void ggml_matmuls_free(struct ggml_matmuls *matmuls) {
    ggml_free(matmuls->context);
    *matmuls = (struct ggml_matmuls){0};
}

/* The threads are woken before the clock starts and put to sleep after it stops: a program that
 * generates text keeps them busy, and ours must not find them spinning. */
double ggml_matmuls_run(const struct ggml_matmuls *matmuls, struct ggml_tensor *const *copies,
                        size_t count, size_t first, const float *x, float *y) {
    matmuls->x->data = (void *)x;
    for (size_t i = 0; i < matmuls->nodes; i++) {
        struct ggml_tensor *node = ggml_graph_node(matmuls->graph, (int)i);
        node->src[0] = copies[(first + i) % count];
        node->data = y;
    }
    struct ggml_cplan wake = plan_of(engine.wake), plan = plan_of(matmuls->graph);
    wake.work_data = plan.work_data;
    ggml_threadpool_resume(engine.pool);
    compute(engine.wake, &wake);
    const double start = seconds_now();
    compute(matmuls->graph, &plan);
    const double seconds = seconds_now() - start;
    ggml_threadpool_pause(engine.pool);
    return seconds;
}
