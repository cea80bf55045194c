#include "common/float_bits.h"
#include "common/random.h"
#include "measure/case.h"
#include "measure/memory.h"

#include <math.h>
#include <stdlib.h>

/* `wanted` of the numbers below count in ascending order, the first and the last among them. */
static size_t sample(size_t *out, size_t wanted, size_t count, struct random *random) {
    if (count <= wanted) {
        for (size_t i = 0; i < count; i++) {
            out[i] = i;
        }
        return count;
    }
    for (size_t i = 0; i < wanted; i++) {
        const size_t begin = count * i / wanted, end = count * (i + 1) / wanted;
        out[i] = begin + random_below(random, (uint32_t)(end - begin));
    }
    out[0] = 0;
    out[wanted - 1] = count - 1;
    return wanted;
}

static void make_truth(struct bench_input *input) {
    const struct reference_weights *w = &input->matrix->w;
    input->truth = bench_alloc(input->rows * input->tokens * sizeof *input->truth);
    for (size_t r = 0; r < input->rows; r++) {
        for (size_t t = 0; t < input->tokens; t++) {
            input->truth[r * input->tokens + t] =
                reference_dot_fp64(w, input->x + input->token[t] * w->k, input->row[r]);
        }
    }
}

void bench_input_make(struct bench_input *input, const struct bench_matrix *matrix, size_t n,
                      uint64_t seed) {
    const struct reference_weights *w = &matrix->w;
    struct random random = {seed ^ n};
    const size_t inputs = (LEAST_TOKENS + n - 1) / n, tokens = inputs * n;
    *input = (struct bench_input){.matrix = matrix, .n = n, .inputs = inputs};
    input->x = bench_alloc(tokens * w->k * sizeof *input->x);
    input->y = bench_alloc(tokens * w->m * sizeof *input->y);
    for (size_t i = 0; i < tokens * w->k; i++) {
        input->x[i] = random_gaussian(&random);
    }
    input->rows = sample(input->row, SAMPLE_ROWS, w->m, &random);
    input->tokens = sample(input->token, SAMPLE_TOKENS, tokens, &random);
    make_truth(input);
}

void bench_input_free(struct bench_input *input) {
    free(input->x);
    free(input->y);
    free(input->truth);
    for (int mode = 0; mode < MODES; mode++) {
        free(input->expected[mode]);
    }
}

static void make_expected(struct bench_input *input, loom_mode mode) {
    const struct reference_weights *w = &input->matrix->w;
    struct reference_acts acts;
    float *expected = bench_alloc(input->rows * input->tokens * sizeof *expected);
    if (reference_prepare(&acts, reference_act_of(mode, &w->format), &w->format, input->x, w->k,
                          w->k, input->inputs * input->n)) {
        abort();
    }
    for (size_t r = 0; r < input->rows; r++) {
        for (size_t t = 0; t < input->tokens; t++) {
            expected[r * input->tokens + t] =
                reference_dot(w, &acts, input->row[r], input->token[t]);
        }
    }
    reference_acts_free(&acts);
    input->expected[mode] = expected;
}

static float result(const struct bench_input *input, size_t r, size_t t) {
    return input->y[input->token[t] * input->matrix->w.m + input->row[r]];
}

bool bench_input_right(struct bench_input *input, loom_mode mode) {
    if (!input->expected[mode]) {
        make_expected(input, mode);
    }
    for (size_t r = 0; r < input->rows; r++) {
        for (size_t t = 0; t < input->tokens; t++) {
            if (!float_same(result(input, r, t), input->expected[mode][r * input->tokens + t])) {
                return false;
            }
        }
    }
    return true;
}

double bench_input_nmse(const struct bench_input *input, const double *truths) {
    double error = 0, power = 0;
    for (size_t r = 0; r < input->rows; r++) {
        for (size_t t = 0; t < input->tokens; t++) {
            const double truth = truths[r * input->tokens + t];
            const double off = (double)result(input, r, t) - truth;
            error += off * off;
            power += truth * truth;
        }
    }
    return power > 0 ? error / power : NAN;
}
