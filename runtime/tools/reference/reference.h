/* The plain C reference that every kernel, prepare kernel and layout is compared with. It
 * follows the formulas of kernel.h, activations.h and layout.h with 64-bit integers, and shares no
 * code with what it checks. */
#ifndef LOOM_TOOLS_REFERENCE_REFERENCE_H
#define LOOM_TOOLS_REFERENCE_REFERENCE_H

#include "activations.h"
#include "layout.h"

/* A weight matrix as loom_pack takes it: row-major, nothing padded. */
struct reference_weights {
    loom_format format;
    size_t m, k;
    const uint8_t *codes, *zeros; /* zeros: NULL without `z` */
    const void *scales;
};

/* Prepared activations of n tokens. */
struct reference_acts {
    enum loom_act act;
    size_t n, groups, k_group;
    size_t stride; /* bytes of one token in acts */
    uint8_t *acts;
    float *scale; /* [token][group] */
    int32_t *sum; /* [token][group] */
};

float reference_half_to_float(uint16_t half);

/* Groups of a row of k weights, padded K of one group, largest code and zero point. */
size_t reference_groups(const loom_format *format, size_t k);
size_t reference_k_group(const loom_format *format, size_t k);
unsigned reference_max_code(const loom_format *format);
unsigned reference_max_zero(const loom_format *format);

/* Values in the scales (and zeros) of a matrix, and bytes of one scale. */
size_t reference_scale_count(const loom_format *format, size_t m, size_t k);
size_t reference_scale_bytes(const loom_format *format);

/* The scale and the zero point of a weight. */
float reference_scale(const struct reference_weights *w, size_t row, size_t group);
unsigned reference_zero(const struct reference_weights *w, size_t row, size_t group);

/* Prepares n tokens of k activations, x_stride floats apart. The caller frees with
 * reference_acts_free. Returns 0, or -1 without memory. */
int reference_prepare(struct reference_acts *out, enum loom_act act, const loom_format *format,
                      const float *x, size_t x_stride, size_t k, size_t n);
void reference_acts_free(struct reference_acts *acts);

/* The form of activations that reference_dot takes for a mode and format: I8, LUT8, LUT7 or
 * SIGN8. */
enum loom_act reference_act_of(enum loom_mode mode, const loom_format *format);

/* y[token][row] in the mode that the form of the activations belongs to. */
float reference_dot(const struct reference_weights *w, const struct reference_acts *acts,
                    size_t row, size_t token);

/* The dequantised weights of a row. */
void reference_row(const struct reference_weights *w, size_t row, float *weights);

/* y[token][row] of dequantised weights and the k original activations of a token, in fp64. */
double reference_dot_fp64(const struct reference_weights *w, const float *x, size_t row);

/* The bits of a matrix in a layout, whole row blocks of padded K. stream is
 * reference_stream_bytes long and is written whole. */
size_t reference_stream_bytes(const struct loom_layout *layout, size_t m, size_t k_padded);
void reference_pack(const struct loom_layout *layout, uint8_t *stream, const uint8_t *codes,
                    size_t m, size_t k, size_t k_padded);

#endif
