#include "bench/peers.h"

#include "bench/ggml.h"
#include "measure/memory.h"

#include <stdlib.h>

/* 8-bit activations give 3e-5 to 2e-4; a mistake gives about 1. */
static const double most_nmse = 1e-3;

typedef struct peer *make_fn(const struct bench_matrix *matrix, struct team *team);

/* Each library that the build was given. */
static make_fn *const libraries[] = {
#ifdef LOOM_HAVE_GGML
    peer_ggml_make,
#endif
    NULL,
};

struct peer *peers_make(const struct bench_matrix *matrix, struct team *team) {
    struct peer *list = NULL, **end = &list;
    for (make_fn *const *make = libraries; *make; make++) {
        *end = (*make)(matrix, team);
        while (*end) {
            end = &(*end)->next;
        }
    }
    return list;
}

void peers_free(struct peer *list) {
    while (list) {
        struct peer *first = list;
        list = first->next;
        first->calls->free(first);
    }
}

/* What the input's sample comes to with the peer's weights. */
static double *make_truth(const struct peer *peer, const struct bench_input *input) {
    const size_t k = input->matrix->w.k;
    double *truth = bench_alloc(input->rows * input->tokens * sizeof *truth);
    float *weights = bench_alloc(k * sizeof *weights);
    for (size_t r = 0; r < input->rows; r++) {
        peer->calls->row(peer, input->row[r], weights);
        for (size_t t = 0; t < input->tokens; t++) {
            const float *x = input->x + input->token[t] * k;
            double sum = 0;
            for (size_t i = 0; i < k; i++) {
                sum += (double)weights[i] * (double)x[i];
            }
            truth[r * input->tokens + t] = sum;
        }
    }
    free(weights);
    return truth;
}

void peers_check(struct peer *list, struct bench_input *input) {
    const size_t n = input->n, m = input->matrix->w.m, k = input->matrix->w.k;
    for (struct peer *peer = list; peer; peer = peer->next) {
        double *truth = make_truth(peer, input);
        for (size_t i = 0; i < input->inputs; i++) {
            peer->calls->multiply(peer, input->y + i * n * m, input->x + i * n * k, n, 1);
        }
        peer->nmse = bench_input_nmse(input, truth);
        peer->verified = peer->nmse <= most_nmse;
        free(truth);
    }
}
