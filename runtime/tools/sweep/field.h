/* One problem with all that is measured for it. */
#ifndef LOOM_TOOLS_SWEEP_FIELD_H
#define LOOM_TOOLS_SWEEP_FIELD_H

#include "measure/session.h"
#include "sweep/copies.h"
#include "sweep/failures.h"
#include "sweep/options.h"
#include "sweep/problems.h"
#include "sweep/untuned.h"

/* What all problems of a run share. */
struct sweep {
    struct sweep_options options;
    struct untuned untuned;
    struct failures failures;
    struct quiet quiet;
    struct copies copies;
    uint64_t seed;
};

struct field {
    const struct sweep_problem *problem;
    struct bench_matrix matrix;
    struct bench_input inputs[LOOM_OPS];
    struct candidates candidates[LOOM_OPS];
    struct contest contest;
    struct session session; /* an entry for each contender, in the same order */
};

/* The kernels that a sweep measures for a problem: no T-MAC's, none that failed, of each mode the
 * options' `top`. Neither packed nor planned; false when the library has none. */
bool field_find(struct candidates *candidates, const struct sweep *sweep,
                const struct sweep_problem *problem, enum loom_op class);

/* Makes data, packs for every layout and puts the contenders into the order in which they are
 * measured: the incumbents, then by the model's rank. false when there are none. */
bool field_make(struct field *field, struct sweep *sweep, const struct sweep_problem *problem);
void field_free(struct field *field);

#endif
