#include "llama/multiply.h"

#include "llama/host.h"

#include <string.h>

/* Rows of activations up to which experts take them one by one. */
enum { FEW_ROWS = 32 };
/* Pieces of a result a thread: what one has left when others have ended is little. */
enum { PIECES_A_THREAD = 4 };

static size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}

/* Whether all rows of activations stand at one stride, each in one piece. */
static bool is_regular(const struct ggml_tensor *x) {
    return x->nb[0] == sizeof(float) && x->nb[1] % sizeof(float) == 0 &&
           (x->ne[2] == 1 || x->nb[2] == x->nb[1] * (size_t)x->ne[1]) &&
           (x->ne[3] == 1 || x->nb[3] == x->nb[2] * (size_t)x->ne[2]);
}

static void make_plain(struct product *product) {
    const bool planes = product->matrix->count > 1;
    product->kind = planes ? PRODUCT_BATCHES : PRODUCT_PLAIN;
    product->batches = planes ? (size_t)(product->x->ne[2] * product->x->ne[3]) : 1;
    product->batch_rows = product->n / product->batches;
}

static void make_experts(struct product *product) {
    const bool few = product->n <= FEW_ROWS;
    product->kind = few ? PRODUCT_ROWS : PRODUCT_EXPERTS;
    product->batches = few ? product->n : product->matrix->count;
    product->batch_rows = 1;
    product->gathers = product->gathers || !few;
}

void product_make(struct product *product, const struct matrix *matrix,
                  const struct ggml_tensor *node, const struct scratch *scratch) {
    const struct ggml_tensor *const x = node->src[1];
    *product = (struct product){.matrix = matrix, .x = x, .y = node, .scratch = scratch};
    product->gathers = !is_regular(x);
    product->n = (size_t)(x->ne[1] * x->ne[2] * x->ne[3]);
    if (node->op == host.op_mul_mat_id) {
        product->ids = node->src[2];
        make_experts(product);
    } else {
        make_plain(product);
    }
    product->prepared_stride = loom_prepared_size(&matrix->plan, product->batch_rows);
}

/* ---- Memory -------------------------------------------------------------------------- */

/* Results of a product of experts: a row for each token and expert that it goes to. */
static size_t result_rows(const struct product *product) {
    return (size_t)(product->y->ne[1] * product->y->ne[2] * product->y->ne[3]);
}

/* The most that a row takes, prepared together with others or alone. */
static size_t most_prepared(const struct product *product) {
    enum { TOKENS = 64 }; /* more fill their tiles better */
    const size_t rows = result_rows(product);
    size_t most = 0;
    for (size_t n = 1; n <= TOKENS && n <= rows; n++) {
        most = max_size(most, (loom_prepared_size(&product->matrix->plan, n) + n - 1) / n);
    }
    return most;
}

void product_sizes(const struct product *product, struct scratch_sizes *sizes) {
    const size_t k = product->matrix->plan.k, rows = result_rows(product);
    const bool experts = product->kind == PRODUCT_EXPERTS;
    const size_t gathered = experts ? rows : product->n;
    const size_t prepared =
        experts ? rows * most_prepared(product) : product->batches * product->prepared_stride;
    sizes->prepared = max_size(sizes->prepared, prepared);
    if (product->gathers) {
        sizes->gathered = max_size(sizes->gathered, gathered * k * sizeof(float));
    }
    if (experts) {
        sizes->results = max_size(sizes->results, rows * product->matrix->plan.m * sizeof(float));
        sizes->order = max_size(sizes->order, (rows + product->matrix->count + 1) *
                                                  sizeof *product->scratch->order);
    }
}

bool product_shares(const struct product *a, const struct product *b) {
    return a->x == b->x && a->kind == b->kind && a->kind != PRODUCT_EXPERTS && a->n == b->n &&
           a->batches == b->batches && a->prepared_stride == b->prepared_stride &&
           loom_can_share(&a->matrix->plan, &b->matrix->plan, a->batch_rows);
}

/* ---- Experts ------------------------------------------------------------------------- */

static uint32_t expert_of(const struct product *product, size_t row) {
    const struct ggml_tensor *const ids = product->ids;
    const size_t used = (size_t)ids->ne[0];
    int32_t id;
    memcpy(&id, (const uint8_t *)ids->data + row % used * ids->nb[0] + row / used * ids->nb[1],
           sizeof id);
    return (uint32_t)id;
}

/* The row of activations that a row of the result is of: each expert's own, or one for all. */
static size_t source_of(const struct product *product, size_t row) {
    const size_t used = (size_t)product->ids->ne[0], own = (size_t)product->x->ne[1];
    return row / used * own + row % used % own;
}

/* The first place of each expert, in the order of experts; then the rows, in that order. */
static uint32_t *first_of(const struct product *product) {
    return product->scratch->order;
}
static uint32_t *order_of(const struct product *product) {
    return product->scratch->order + product->matrix->count + 1;
}

static void count_experts(const struct product *product, uint32_t first[MATRIX_MOST + 1]) {
    const size_t rows = result_rows(product), count = product->matrix->count;
    memset(first, 0, (count + 1) * sizeof *first);
    for (size_t row = 0; row < rows; row++) {
        first[expert_of(product, row) + 1]++;
    }
    for (size_t e = 0; e < count; e++) {
        first[e + 1] += first[e];
    }
}

/* ---- Nodes --------------------------------------------------------------------------- */

/* Row `row` of activations or results, all planes counted through. */
static void *row_at(const struct ggml_tensor *x, size_t row) {
    const size_t ne1 = (size_t)x->ne[1], ne2 = (size_t)x->ne[2];
    return (uint8_t *)x->data + row % ne1 * x->nb[1] + row / ne1 % ne2 * x->nb[2] +
           row / ne1 / ne2 * x->nb[3];
}

static void copy_row(float *to, const struct ggml_tensor *x, size_t row) {
    const uint8_t *const from = row_at(x, row);
    for (int64_t k = 0; k < x->ne[0]; k++) {
        memcpy(&to[k], from + (size_t)k * x->nb[0], sizeof *to);
    }
}

/* Every thread finds the order by itself, and copies its share of the rows. */
static void gather_experts(const struct product *product, size_t thread, size_t threads) {
    const size_t rows = result_rows(product), k = product->matrix->plan.k;
    uint32_t next[MATRIX_MOST + 1];
    count_experts(product, next);
    if (thread == 0) {
        memcpy(first_of(product), next, (product->matrix->count + 1) * sizeof *next);
    }
    for (size_t row = 0; row < rows; row++) {
        const uint32_t place = next[expert_of(product, row)]++;
        if (thread == 0) {
            order_of(product)[place] = (uint32_t)row;
        }
        if (row % threads == thread) {
            copy_row(product->scratch->gathered + place * k, product->x, source_of(product, row));
        }
    }
}

void product_gather(struct ggml_tensor *result, int thread, int threads, void *data) {
    (void)result;
    const struct product *const product = data;
    if (product->kind == PRODUCT_EXPERTS) {
        gather_experts(product, (size_t)thread, (size_t)threads);
        return;
    }
    const size_t k = product->matrix->plan.k;
    for (size_t row = (size_t)thread; row < product->n; row += (size_t)threads) {
        copy_row(product->scratch->gathered + row * k, product->x, row);
    }
}

/* Rows of activations that are prepared together, and where they go. */
struct batch {
    size_t first, rows; /* rows of activations, in the order of `gathered` for experts */
    size_t stride;      /* of prepared batches: from the first byte of `prepared` */
};

static struct batch batch_of(const struct product *product, size_t index) {
    if (product->kind != PRODUCT_EXPERTS) {
        return (struct batch){index * product->batch_rows, product->batch_rows,
                              index * product->prepared_stride};
    }
    const uint32_t *const first = first_of(product);
    return (struct batch){first[index], first[index + 1] - first[index],
                          first[index] * most_prepared(product) / LOOM_ALIGN * LOOM_ALIGN};
}

static void check(loom_status status) {
    if (status != LOOM_OK) {
        host.log(GGML_LOG_ERROR, "lutloom: a product failed: %s\n", loom_status_text(status));
    }
}

static void prepare_batch(const struct product *product, const struct batch *batch, size_t part,
                          size_t parts) {
    const size_t k = product->matrix->plan.k;
    const struct ggml_tensor *const x = product->x;
    const float *const rows =
        product->gathers ? product->scratch->gathered + batch->first * k : row_at(x, batch->first);
    const size_t stride = product->gathers ? k : x->nb[1] / sizeof(float);
    if (batch->rows) {
        check(loom_prepare(&product->matrix->plan, product->scratch->prepared + batch->stride, rows,
                           stride, batch->rows, part, parts));
    }
}

void product_prepare(struct ggml_tensor *result, int thread, int threads, void *data) {
    (void)result;
    const struct product *const product = data;
    for (size_t b = 0; b < product->batches; b++) {
        const struct batch batch = batch_of(product, b);
        if (product->batches < (size_t)threads) {
            prepare_batch(product, &batch, (size_t)thread, (size_t)threads);
        } else if (b % (size_t)threads == (size_t)thread) {
            prepare_batch(product, &batch, 0, 1);
        }
    }
}

/* One matrix by one batch of prepared activations. */
struct task {
    struct batch batch;
    size_t matrix;
    float *y;
    size_t y_stride;
};

static struct task task_of(const struct product *product, size_t index) {
    const struct ggml_tensor *const y = product->y;
    struct task task = {.y_stride = y->nb[1] / sizeof(float)};
    if (product->kind == PRODUCT_ROWS) {
        task.matrix = expert_of(product, index);
        task.batch = batch_of(product, source_of(product, index));
        task.y = row_at(y, index);
        return task;
    }
    task.batch = batch_of(product, index);
    if (product->kind == PRODUCT_EXPERTS) {
        task.matrix = index;
        task.y_stride = product->matrix->plan.m;
        task.y = product->scratch->results + task.batch.first * task.y_stride;
        return task;
    }
    const size_t planes = (size_t)product->x->ne[2];
    task.matrix = index % planes * product->matrix->count / planes;
    task.y = row_at(y, task.batch.first);
    return task;
}

/* An expert's rows go where they belong. */
static void scatter(const struct product *product, const struct task *task, size_t begin,
                    size_t end) {
    const uint32_t *const order = order_of(product) + task->batch.first;
    for (size_t i = 0; i < task->batch.rows; i++) {
        float *const to = row_at(product->y, order[i]);
        memcpy(to + begin, task->y + i * task->y_stride + begin, (end - begin) * sizeof(float));
    }
}

static void multiply_piece(const struct product *product, size_t index, size_t begin, size_t end) {
    const struct task task = task_of(product, index);
    const struct matrix *const matrix = product->matrix;
    if (task.batch.rows == 0) {
        return;
    }
    check(loom_matmul(&matrix->plan, task.y, task.y_stride,
                      matrix->packed + task.matrix * matrix->packed_bytes,
                      product->scratch->prepared + task.batch.stride, task.batch.rows, begin, end));
    if (product->kind == PRODUCT_EXPERTS) {
        scatter(product, &task, begin, end);
    }
}

static size_t tasks_of(const struct product *product) {
    return product->kind == PRODUCT_ROWS ? result_rows(product) : product->batches;
}

/* Rows of weights in a piece, but for whole blocks: so few that all threads end at about one
 * time. */
static size_t piece_rows(const struct product *first, size_t threads) {
    size_t rows = 0;
    for (size_t i = 0; i <= first->more; i++) {
        rows += tasks_of(&first[i]) * first[i].matrix->plan.m;
    }
    const size_t pieces = threads * PIECES_A_THREAD * (1 + first->more);
    return (rows + pieces - 1) / pieces;
}

/* The pieces of a product: those of the first task, then those of the next. */
struct pieces {
    size_t rows, a_task, all;
};

static struct pieces pieces_of(const struct product *product, size_t rows) {
    const size_t m = product->matrix->plan.m, block = product->matrix->plan.row_block;
    struct pieces pieces = {.rows = (rows + block - 1) / block * block};
    pieces.a_task = (m + pieces.rows - 1) / pieces.rows;
    pieces.all = tasks_of(product) * pieces.a_task;
    return pieces;
}

/* Piece `index` of all that a node's products have. */
static void multiply_one(const struct product *product, size_t rows, size_t index) {
    struct pieces pieces = pieces_of(product, rows);
    while (index >= pieces.all) {
        index -= pieces.all;
        pieces = pieces_of(++product, rows);
    }
    const size_t m = product->matrix->plan.m, first = index % pieces.a_task * pieces.rows;
    multiply_piece(product, index / pieces.a_task, first,
                   m - first < pieces.rows ? m : first + pieces.rows);
}

static size_t count_pieces(const struct product *first, size_t rows) {
    size_t count = 0;
    for (size_t i = 0; i <= first->more; i++) {
        count += pieces_of(&first[i], rows).all;
    }
    return count;
}

/* A thread takes its share piece after piece, in one direction, then what is left of others'. */
void product_multiply(struct ggml_tensor *result, int thread, int threads, void *data) {
    (void)result;
    struct product *const first = data;
    const size_t rows = piece_rows(first, (size_t)threads), all = count_pieces(first, rows);
    const size_t shares = threads < PRODUCT_SHARES ? (size_t)threads : PRODUCT_SHARES;
    for (size_t i = 0; i < shares; i++) {
        const size_t share = ((size_t)thread + i) % shares;
        const size_t begin = all * share / shares, end = all * (share + 1) / shares;
        size_t index;
        while ((index = begin + atomic_fetch_add_explicit(&first->taken[share], 1,
                                                          memory_order_relaxed)) < end) {
            multiply_one(first, rows, index);
        }
    }
}
