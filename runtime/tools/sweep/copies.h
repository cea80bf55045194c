/* The packed matrices that a problem's kernels read: one ring for each layout, which all of its
 * kernels share. */
#ifndef LOOM_TOOLS_SWEEP_COPIES_H
#define LOOM_TOOLS_SWEEP_COPIES_H

#include "measure/session.h"
#include "sweep/choose.h"

struct copies {
    size_t each;     /* bytes for a matrix, as bench_dram_bytes has them; 0 for LOOM_CACHE */
    uint8_t *memory; /* of all rings; NULL: one matrix each */
    size_t bytes;
    struct ring *rings;
    size_t count; /* of matrices; 0: none of this problem yet */
};

void copies_free(struct copies *copies);

/* Gives each of the session's entries that is not out a ring: the memory is divided evenly among
 * their matrices. Nothing is copied while their number is the same: entries of one problem only
 * ever go out. */
void copies_deal(struct copies *copies, struct session *session, const struct contest *contest);

#endif
