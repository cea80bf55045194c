/* device FOLDER LIBRARY: asks our device by its name, as a program does that has no model: what
 * does it serve before there is memory, what comes back from its memory, and is a product right?
 * FOLDER is that of a stock host, LIBRARY its libggml; GGML_BACKEND_PATH names our backend. */
#define _GNU_SOURCE
#include "llama/ggml.h"

#include <dlfcn.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { F32 = 0, Q4_0 = 2 };
enum { K = 256, M = 70, N = 5, CODES = 32, BLOCK_BYTES = 18, ROW_BYTES = K / CODES * BLOCK_BYTES };

/* Types, and bytes of a row: what is written to their memory comes back. */
enum { TQ1_0 = 34, TYPES = 17, MOST_ROW_BYTES = 272 };
static const struct {
    int type;
    size_t row_bytes;
} types[TYPES] = {
    {2, 144},    {3, 160},  {6, 176},  {7, 192},  {8, 272},  {10, 84},
    {11, 110},   {12, 144}, {13, 176}, {14, 210}, {20, 144}, {23, 136},
    {TQ1_0, 54}, {35, 66},  {39, 136}, {41, 36},  {42, 72},
};

struct ggml_parameters {
    size_t size;
    void *memory;
    bool no_alloc;
};

static struct {
    void (*load)(const char *folder);
    void *(*device)(const char *name);
    void *(*backend)(void *device, const char *parameters);
    bool (*serves)(void *backend, void *node);
    void *(*alloc)(void *context, void *backend);
    int (*compute)(void *backend, void *graph);
    void (*set)(void *tensor, const void *data, size_t offset, size_t size);
    void (*get)(const void *tensor, void *data, size_t offset, size_t size);
    void *(*init)(struct ggml_parameters parameters);
    void *(*matrix)(void *context, int type, int64_t k, int64_t rows);
    void *(*view)(void *context, void *of, int64_t k, int64_t rows, size_t stride, size_t offset);
    void *(*multiply)(void *context, void *a, void *b);
    void *(*scale)(void *context, void *a, float factor);
    void *(*graph)(void *context);
    void (*add)(void *graph, void *node);
} ggml;

static void expect(bool is_so, const char *what) {
    if (!is_so) {
        printf("%s\n", what);
        exit(1);
    }
}

static void find(const char *folder, const char *library, const char *name, void *place) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, library);
    void *const object = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    void *const found = object ? dlsym(object, name) : NULL;
    expect(found, name);
    memcpy(place, (const void *)&found, sizeof found);
}

static void find_all(const char *folder) {
    const struct {
        const char *name;
        void *place;
    } wanted[] = {
        {"ggml_backend_supports_op", (void *)&ggml.serves},
        {"ggml_backend_alloc_ctx_tensors", (void *)&ggml.alloc},
        {"ggml_backend_dev_init", (void *)&ggml.backend},
        {"ggml_backend_graph_compute", (void *)&ggml.compute},
        {"ggml_backend_tensor_set", (void *)&ggml.set},
        {"ggml_backend_tensor_get", (void *)&ggml.get},
        {"ggml_init", (void *)&ggml.init},
        {"ggml_new_tensor_2d", (void *)&ggml.matrix},
        {"ggml_view_2d", (void *)&ggml.view},
        {"ggml_mul_mat", (void *)&ggml.multiply},
        {"ggml_scale", (void *)&ggml.scale},
        {"ggml_new_graph", (void *)&ggml.graph},
        {"ggml_build_forward_expand", (void *)&ggml.add},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        find(folder, "libggml-base.so", wanted[i].name, wanted[i].place);
    }
}

static uint32_t random_bits(void) {
    static uint32_t state = 2463534242u;
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    return state;
}

/* Blocks of Q4_0 whose scales are 1. */
static void fill_weights(uint8_t *blocks) {
    for (size_t i = 0; i < (size_t)M * ROW_BYTES; i++) {
        blocks[i] = (uint8_t)random_bits();
    }
    for (size_t i = 0; i < (size_t)M * K / CODES; i++) {
        memcpy(blocks + i * BLOCK_BYTES, (uint8_t[]){0x00, 0x3c}, 2);
    }
}

static double weight(const uint8_t *blocks, size_t row, size_t k) {
    const uint8_t *const block = blocks + row * ROW_BYTES + k / CODES * BLOCK_BYTES;
    const size_t in_block = k % CODES, half = CODES / 2;
    return (block[2 + in_block % half] >> (in_block / half * 4) & 15) - 8;
}

/* The squared error of y over the square of the product. */
static double error_of(const float *y, const uint8_t *blocks, const float *x) {
    double errors = 0, squares = 0;
    for (size_t n = 0; n < N; n++) {
        for (size_t row = 0; row < M; row++) {
            double sum = 0;
            for (size_t k = 0; k < K; k++) {
                sum += weight(blocks, row, k) * (double)x[n * K + k];
            }
            errors += pow((double)y[n * M + row] - sum, 2);
            squares += sum * sum;
        }
    }
    return errors / squares;
}

static void fill_randomly(uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (uint8_t)(random_bits() >> 8);
    }
}

/* All bytes at once, a part within a row, and one across rows. */
static void check_memory(void *tensor, int type, size_t bytes) {
    static uint8_t written[M * MOST_ROW_BYTES], back[M * MOST_ROW_BYTES];
    const struct {
        size_t begin, end;
    } parts[] = {{0, bytes}, {7, 12}, {bytes / 3, bytes / 2 + 1}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const size_t begin = parts[i].begin, size = parts[i].end - begin;
        fill_randomly(written + begin, size);
        ggml.set(tensor, written + begin, begin, size);
        ggml.get(tensor, back, 0, bytes);
        if (type == TQ1_0) { /* several of its bytes are the same codes, and come back as one */
            memcpy(written, back, bytes);
            ggml.set(tensor, written + begin, begin, size);
            ggml.get(tensor, back, 0, bytes);
        }
        if (memcmp(written, back, bytes) != 0) {
            printf("type %d: other bytes come back than part %zu\n", type, i);
            exit(1);
        }
        ggml.get(tensor, back, begin, size);
        expect(memcmp(written + begin, back, size) == 0, "a part that is read is another");
    }
}

static void *new_context(void) {
    return ggml.init((struct ggml_parameters){.size = 1 << 20, .no_alloc = true});
}

static void check_types(void *backend) {
    void *const context = new_context();
    void *matrices[TYPES];
    for (size_t i = 0; i < TYPES; i++) {
        matrices[i] = ggml.matrix(context, types[i].type, K, M);
        expect(ggml.serves(backend, matrices[i]), "a type is not served");
    }
    expect(ggml.alloc(context, backend), "no memory for matrices of all types");
    for (size_t i = 0; i < TYPES; i++) {
        check_memory(matrices[i], types[i].type, M * types[i].row_bytes);
    }
}

static void fill_activations(float x[N * K]) {
    for (size_t i = 0; i < N * K; i++) {
        x[i] = (float)(int32_t)random_bits() / 2147483648.0f;
    }
}

static void check_product(void *backend) {
    static uint8_t blocks[M * ROW_BYTES], back[M * ROW_BYTES];
    static float x[N * K], y[N * M];
    void *const context = new_context();
    void *const weights = ggml.matrix(context, Q4_0, K, M);
    void *const activations = ggml.matrix(context, F32, K, N);
    void *const product = ggml.multiply(context, weights, activations);
    void *const part = ggml.view(context, weights, K, M / 2, ROW_BYTES, 0);
    expect(ggml.serves(backend, weights), "weights without memory are not served");
    expect(ggml.serves(backend, product), "a product without memory is not served");
    expect(!ggml.serves(backend, ggml.multiply(context, part, activations)),
           "a product with a part of the weights is served");

    expect(ggml.alloc(context, backend), "no memory");
    fill_weights(blocks);
    fill_activations(x);
    ggml.set(weights, blocks, 0, sizeof blocks);
    ggml.set(activations, x, 0, sizeof x);
    ggml.get(weights, back, 0, sizeof back);
    expect(memcmp(blocks, back, sizeof blocks) == 0, "other weights come back");

    void *const graph = ggml.graph(context);
    ggml.add(graph, product);
    expect(ggml.compute(backend, graph) == 0, "the product fails");
    ggml.get(product, y, 0, sizeof y);
    expect(error_of(y, blocks, x) < 1e-4, "the product is wrong");
}

/* Two products of the same activations, between them what is made of the first. `where_read`: the
 * second result stands where that was, as a host's allocator may have it. */
static void check_two_products(void *backend, bool where_read) {
    static uint8_t blocks[2][M * ROW_BYTES];
    static float x[N * K], y[N * M];
    void *const context = new_context();
    void *const activations = ggml.matrix(context, F32, K, N);
    void *weights[2];
    struct ggml_tensor *products[2];
    for (size_t i = 0; i < 2; i++) {
        weights[i] = ggml.matrix(context, Q4_0, K, M);
        products[i] = ggml.multiply(context, weights[i], activations);
    }
    struct ggml_tensor *const between = ggml.scale(context, products[0], 2);
    expect(ggml.alloc(context, backend), "no memory");
    if (where_read) {
        products[1]->data = between->data;
    }
    fill_activations(x);
    ggml.set(activations, x, 0, sizeof x);
    for (size_t i = 0; i < 2; i++) {
        fill_weights(blocks[i]);
        ggml.set(weights[i], blocks[i], 0, sizeof blocks[i]);
    }
    void *const graph = ggml.graph(context);
    ggml.add(graph, between);
    ggml.add(graph, products[1]);
    expect(ggml.compute(backend, graph) == 0, "two products fail");
    for (size_t i = 0; i < 2; i++) {
        ggml.get(products[i], y, 0, sizeof y);
        expect(error_of(y, blocks[i], x) < 1e-4, "one of two products is wrong");
    }
}

int main(int argc, char **argv) {
    expect(argc == 3, "device FOLDER LIBRARY");
    find_all(argv[1]);
    find(argv[1], argv[2], "ggml_backend_load_all_from_path", (void *)&ggml.load);
    find(argv[1], argv[2], "ggml_backend_dev_by_name", (void *)&ggml.device);
    ggml.load(argv[1]);
    void *const device = ggml.device("LUTLOOM");
    expect(device, "there is no device LUTLOOM");
    void *const backend = ggml.backend(device, NULL);
    expect(backend, "the device gives no backend");
    check_types(backend);
    check_product(backend);
    check_two_products(backend, false);
    check_two_products(backend, true);
    return 0;
}
