/* What is measured on: a weight matrix, inputs for it, and the results that they must give. */
#ifndef LOOM_TOOLS_MEASURE_CASE_H
#define LOOM_TOOLS_MEASURE_CASE_H

#include "common/one_kernel.h"
#include "reference/reference.h"

#include <stdbool.h>

/* A matrix of random weights, and its packed forms, each made when it is first asked for. */
struct bench_matrix {
    const char *name; /* the format's */
    struct reference_weights w;
    struct bench_packed *packed; /* a list */
};

/* name is that of a valid format, and lives as long as the matrix. The values depend on the seed
 * and the problem alone. */
void bench_matrix_make(struct bench_matrix *matrix, const char *name, size_t m, size_t k,
                       uint64_t seed);
void bench_matrix_free(struct bench_matrix *matrix);

/* The matrix packed for a plan, owned by the matrix; NULL when loom_pack_parts refuses. */
const uint8_t *bench_matrix_packed(struct bench_matrix *matrix, const loom_plan *plan);

enum { SAMPLE_ROWS = 48, SAMPLE_TOKENS = 32, LEAST_TOKENS = 8, MODES = LOOM_TABLE7 + 1 };

/* Gaussian activations, and what a sample of rows and tokens must come to. One token is too few
 * for an error that the next one would have, too: below LEAST_TOKENS there are several inputs
 * of n tokens, of which the first is timed. */
struct bench_input {
    const struct bench_matrix *matrix;
    size_t n, inputs;
    float *x, *y; /* inputs x n x k, inputs x n x m */
    size_t rows, row[SAMPLE_ROWS];
    size_t tokens, token[SAMPLE_TOKENS];
    double *truth;          /* [row][token], fp64 on the activations themselves */
    float *expected[MODES]; /* [row][token], by loom_mode; NULL until needed */
};

void bench_input_make(struct bench_input *input, const struct bench_matrix *matrix, size_t n,
                      uint64_t seed);
void bench_input_free(struct bench_input *input);

/* Whether the sample of input->y has the expected bits of a mode. */
bool bench_input_right(struct bench_input *input, loom_mode mode);

/* The sample's squared error over the squared truth, [row][token]. */
double bench_input_nmse(const struct bench_input *input, const double *truths);

#endif
