#include "bench/ggml.h"

#include "bench/ggml_graph.h"
#include "measure/memory.h"

#include <ggml-backend.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Types ----------------------------------------------------------------------------- */

/* Beside 1 << bits, of 8 bits at most. */
enum { TERNARY = 1 << 9, IQ4 = 1 << 10, FP4 = 1 << 11 };

/* A type and the widths of ours that it stands for. The build sets LOOM_GGML_*, to
 * GGML_TYPE_COUNT for types that this ggml does not have. */
struct type_row {
    enum ggml_type type;
    const char *name;
    unsigned widths;
};

static const struct type_row type_rows[] = {
    {LOOM_GGML_Q1_0, "Q1_0", 1 << 1},
    {LOOM_GGML_TQ1_0, "TQ1_0", TERNARY},
    {LOOM_GGML_TQ2_0, "TQ2_0", TERNARY | 1 << 2},
    {LOOM_GGML_Q2_0, "Q2_0", 1 << 2},
    {LOOM_GGML_Q2_K, "Q2_K", 1 << 2},
    {LOOM_GGML_Q3_K, "Q3_K", 1 << 3},
    {LOOM_GGML_Q4_0, "Q4_0", 1 << 4},
    {LOOM_GGML_Q4_1, "Q4_1", 1 << 4},
    {LOOM_GGML_Q4_K, "Q4_K", 1 << 4},
    {LOOM_GGML_Q5_0, "Q5_0", 1 << 5},
    {LOOM_GGML_Q5_1, "Q5_1", 1 << 5},
    {LOOM_GGML_Q5_K, "Q5_K", 1 << 5},
    {LOOM_GGML_Q6_K, "Q6_K", 1 << 6},
    {LOOM_GGML_Q8_0, "Q8_0", 1 << 8},
    {LOOM_GGML_IQ4_NL, "IQ4_NL", IQ4},
    {LOOM_GGML_IQ4_XS, "IQ4_XS", IQ4},
    {LOOM_GGML_MXFP4, "MXFP4", FP4},
    {LOOM_GGML_NVFP4, "NVFP4", FP4},
};

static unsigned width_of(const loom_format *format) {
    if (format->book) {
        return format->book == LOOM_BOOK_IQ4 ? IQ4 : FP4;
    }
    return format->ternary ? TERNARY : 1u << format->bits;
}

static bool suits(const struct type_row *row, const struct reference_weights *w) {
    const unsigned width = width_of(&w->format);
    if (row->type == GGML_TYPE_COUNT || !(row->widths & width)) {
        return false;
    }
    const size_t block = (size_t)ggml_blck_size(row->type);
    if (w->k % block) {
        fprintf(stderr, "loom-bench: ggml %s: left out, K is %zu and no multiple of %zu\n",
                row->name, w->k, block);
        return false;
    }
    return true;
}

/* ---- Weights --------------------------------------------------------------------------- */

/* Two graphs are kept: of one matmul, and of a sample's. */
struct ggml_peer {
    struct peer peer;
    const struct reference_weights *w;
    enum ggml_type type;
    uint8_t *rows; /* as ggml's quantiser wrote them */
    ggml_backend_buffer_type_t memory;
    struct ggml_context *context; /* of the copies */
    ggml_backend_buffer_t buffer;
    struct ggml_tensor **copies;
    size_t copy_count, next;
    struct ggml_matmuls one, many;
};

static uint8_t *quantise(const struct reference_weights *w, enum ggml_type type) {
    const size_t row_bytes = ggml_row_size(type, (int64_t)w->k);
    uint8_t *rows = bench_alloc(w->m * row_bytes);
    float *weights = bench_alloc(w->k * sizeof *weights);
    for (size_t row = 0; row < w->m; row++) {
        reference_row(w, row, weights);
        ggml_quantize_chunk(type, weights, rows + row * row_bytes, 0, 1, (int64_t)w->k, NULL);
    }
    free(weights);
    return rows;
}

/* ---- Calls ----------------------------------------------------------------------------- */

static void row_of(const struct peer *peer, size_t row, float *weights) {
    const struct ggml_peer *p = (const struct ggml_peer *)peer;
    const size_t row_bytes = ggml_row_size(p->type, (int64_t)p->w->k);
    ggml_get_type_traits(p->type)->to_float(p->rows + row * row_bytes, weights, (int64_t)p->w->k);
}

static void free_copies(struct ggml_peer *p) {
    ggml_matmuls_free(&p->one);
    ggml_matmuls_free(&p->many);
    ggml_backend_buffer_free(p->buffer);
    ggml_free(p->context);
    free((void *)p->copies);
}

static struct ggml_tensor *new_weights(struct ggml_context *context, const struct ggml_peer *p) {
    return ggml_new_tensor_2d(context, p->type, (int64_t)p->w->k, (int64_t)p->w->m);
}

/* Where a kind of memory has its own arrangement of the weights, setting the first copy makes
 * it; the others are copied from that. */
static void fill_copies(struct ggml_peer *p) {
    const size_t align = ggml_backend_buft_get_alignment(p->memory);
    const size_t stride = (p->peer.bytes + align - 1) / align * align;
    p->buffer = ggml_backend_buft_alloc_buffer(p->memory, p->copy_count * stride + align);
    if (!p->buffer) {
        fprintf(stderr, "loom-bench: %s: no memory\n", p->peer.name);
        exit(2);
    }
    uint8_t *base = ggml_backend_buffer_get_base(p->buffer);
    for (size_t i = 0; i < p->copy_count; i++) {
        p->copies[i] = new_weights(p->context, p);
        ggml_backend_tensor_alloc(p->buffer, p->copies[i], base + i * stride);
        if (i == 0) {
            ggml_backend_tensor_set(p->copies[0], p->rows, 0, ggml_nbytes(p->copies[0]));
        } else {
            memcpy(p->copies[i]->data, p->copies[0]->data, p->peer.bytes);
        }
    }
}

static void use_copies(struct peer *peer, size_t count) {
    struct ggml_peer *p = (struct ggml_peer *)peer;
    if (count == p->copy_count) {
        return;
    }
    free_copies(p);
    p->copy_count = count;
    p->next = 0;
    p->context = ggml_context_for(count);
    p->copies = (struct ggml_tensor **)bench_alloc(count * sizeof(struct ggml_tensor *));
    fill_copies(p);
}

static double multiply(struct peer *peer, float *y, const float *x, size_t n, size_t repetitions) {
    struct ggml_peer *p = (struct ggml_peer *)peer;
    struct ggml_matmuls *matmuls = repetitions == 1 ? &p->one : &p->many;
    if (matmuls->nodes != repetitions || matmuls->n != n) {
        ggml_matmuls_free(matmuls);
        *matmuls = ggml_matmuls_make(p->copies[0], repetitions, n);
    }
    const size_t first = p->next;
    p->next = (first + repetitions) % p->copy_count;
    return ggml_matmuls_run(matmuls, p->copies, p->copy_count, first, x, y);
}

static void free_peer(struct peer *peer) {
    struct ggml_peer *p = (struct ggml_peer *)peer;
    free_copies(p);
    free(p->rows);
    free(p);
}

static const struct peer_calls calls = {row_of, use_copies, multiply, free_peer};

static const char *built_for(void) {
    return ggml_cpu_has_avx512() ? "avx512" : ggml_cpu_has_avx2() ? "avx2" : "other";
}

/* ---- The list -------------------------------------------------------------------------- */

/* Whether ggml multiplies with weights like these in this kind of memory. */
static bool is_taken(const struct ggml_peer *p, size_t *bytes) {
    struct ggml_context *context = ggml_context_for(3);
    struct ggml_tensor *weights = new_weights(context, p);
    struct ggml_tensor *x = ggml_new_tensor_2d(context, GGML_TYPE_F32, weights->ne[0], 1);
    struct ggml_tensor *y = ggml_mul_mat(context, weights, x);
    ggml_backend_buffer_t empty = ggml_backend_buft_alloc_buffer(p->memory, 0);
    weights->buffer = empty;
    const bool taken =
        ggml_backend_dev_supports_op(ggml_backend_reg_dev_get(ggml_backend_cpu_reg(), 0), y);
    *bytes = ggml_backend_buft_get_alloc_size(p->memory, weights);
    ggml_backend_buffer_free(empty);
    ggml_free(context);
    return taken;
}

/* NULL where the memory does not take the type or the shape. */
static struct peer *make_peer(const struct type_row *row, const struct reference_weights *w,
                              const uint8_t *rows, ggml_backend_buffer_type_t memory,
                              const char *note) {
    struct ggml_peer *p = bench_alloc(sizeof *p);
    const size_t row_bytes = ggml_row_size(row->type, (int64_t)w->k);
    *p = (struct ggml_peer){.w = w, .type = row->type, .memory = memory};
    if (!is_taken(p, &p->peer.bytes)) {
        free(p);
        return NULL;
    }
    p->peer.calls = &calls;
    p->peer.isa = built_for();
    snprintf(p->peer.name, PEER_NAME, "ggml %s%s%s", row->name, *note ? " " : "", note);
    p->rows = bench_alloc(w->m * row_bytes);
    memcpy(p->rows, rows, w->m * row_bytes);
    use_copies(&p->peer, 1);
    return &p->peer;
}

typedef ggml_backend_buffer_type_t *extra_memory_fn(ggml_backend_dev_t device);

/* The type in plain memory and in every kind of memory with an arrangement of its own, which
 * llama.cpp prefers. */
static struct peer **add_type(struct peer **end, const struct type_row *row,
                              const struct reference_weights *w) {
    ggml_backend_reg_t cpu = ggml_backend_cpu_reg();
    extra_memory_fn *extra = (extra_memory_fn *)ggml_backend_reg_get_proc_address(
        cpu, "ggml_backend_dev_get_extra_bufts");
    uint8_t *rows = quantise(w, row->type);
    *end = make_peer(row, w, rows, ggml_backend_cpu_buffer_type(), "");
    end = *end ? &(*end)->next : end;
    ggml_backend_buffer_type_t *memory = extra ? extra(ggml_backend_reg_dev_get(cpu, 0)) : NULL;
    for (; memory && *memory; memory++) {
        const char *name = ggml_backend_buft_name(*memory);
        const bool repacked = strcmp(name, "CPU_REPACK") == 0;
        *end = make_peer(row, w, rows, *memory, repacked ? "repacked" : name);
        end = *end ? &(*end)->next : end;
    }
    free(rows);
    return end;
}

struct peer *peer_ggml_make(const struct bench_matrix *matrix, struct team *team) {
    struct peer *list = NULL, **end = &list;
    ggml_threads_start(team);
    for (size_t i = 0; i < sizeof type_rows / sizeof *type_rows; i++) {
        if (suits(&type_rows[i], &matrix->w)) {
            end = add_type(end, &type_rows[i], &matrix->w);
        }
    }
    return list;
}
