/* The plain C reference that every kernel, prepare kernel and layout is compared with. It
 * follows the formulas of kernel.h, activations.h and layout.h with 64-bit integers, and shares no
 * code with what it checks. */
#ifndef LOOM_TOOLS_REFERENCE_REFERENCE_H
#define LOOM_TOOLS_REFERENCE_REFERENCE_H

#include "activations.h"
#include "layout.h"

/* A weight matrix as loom_pack_parts takes it, of codes of a byte each. */
struct reference_weights {
    loom_format format;
    size_t m, k;
    loom_parts parts;
};

/* Prepared activations of n tokens. */
struct reference_acts {
    enum loom_act act;
    size_t n, groups, k_group;
    size_t words;  /* of the sums of a group */
    size_t stride; /* bytes of one token in acts */
    uint8_t *acts;
    float *scale; /* [token][group] */
    int32_t *sum; /* [token][group][word] */
};

/* Groups of a row of k weights, padded K of one group, sub-blocks of one, largest code and zero
 * point, and what a factor may be. */
size_t reference_groups(const loom_format *format, size_t k);
size_t reference_k_group(const loom_format *format, size_t k);
size_t reference_subs(const loom_format *format);
unsigned reference_max_code(const loom_format *format);
unsigned reference_max_zero(const loom_format *format);
int reference_least_factor(const loom_format *format);
int reference_most_factor(const loom_format *format);

/* The numbers that codes pick from; NULL without a book. */
const int8_t *reference_book(const loom_format *format);

/* What is stored beside the codes of a group: a scale; an offset, 0 without `m`; a zero point; for
 * its sub-block j a factor and a minimum, 1 without factors. */
float reference_scale(const struct reference_weights *w, size_t row, size_t group);
float reference_offset(const struct reference_weights *w, size_t row, size_t group);
unsigned reference_zero(const struct reference_weights *w, size_t row, size_t group);
int reference_factor(const struct reference_weights *w, size_t row, size_t group, size_t j);
int reference_min(const struct reference_weights *w, size_t row, size_t group, size_t j);

/* Values of each kind in a matrix, and bytes of a scale or an offset. */
size_t reference_scale_count(const loom_format *format, size_t m, size_t k);
size_t reference_factor_count(const loom_format *format, size_t m, size_t k);
size_t reference_scale_bytes(const loom_format *format);

/* Memory for the parts that a format has, NULL for the others. alloc gets the part's name, and
 * bytes at least 1 aligned to `align` from it. */
typedef void *reference_alloc(void *context, const char *name, size_t bytes, size_t align);
loom_parts reference_parts(const loom_format *format, size_t m, size_t k, reference_alloc *alloc,
                           void *context);

/* The name of a part that differs between w->parts and `parts`, or NULL. */
const char *reference_differs(const struct reference_weights *w, const loom_parts *parts);

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
