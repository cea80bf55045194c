/* One case of a prepare kernel: its data, and the two ways to check it. */
#ifndef LOOM_TOOLS_VERIFY_PREPARE_CHECK_H
#define LOOM_TOOLS_VERIFY_PREPARE_CHECK_H

#include "common/one_kernel.h"
#include "verify/data.h"
#include "verify/verify.h"

struct prepare_case {
    loom_format format;
    size_t k, n;
    enum acts acts;
    size_t first, end; /* the groups of a direct call */
    size_t parts;      /* of the calls of loom_prepare */
    size_t tokens;     /* of a token tile */
    bool ascending;    /* the order of the parts */
};

struct prepare_check {
    struct verify *verify;
    const struct loom_prepare_kernel *kernel;
    size_t cases; /* made so far */
    struct prepare_case c;
    struct random random;
    struct guard guard;
    const float *x; /* n rows of k */
    struct reference_acts expected;
    struct loom_prepare_args args; /* of a direct call */
    struct one_kernel one;
    uint8_t *prepared;
    loom_status status; /* of the library's calls so far */
};

/* Both return false after writing verify->text. */
bool prepare_check_direct(struct prepare_check *check);
bool prepare_check_plan(struct prepare_check *check);

#endif
