/* The packed matrices that a problem's kernels read: one ring for each layout, which all of its
 * kernels share. */
#ifndef LOOM_TOOLS_SWEEP_COPIES_H
#define LOOM_TOOLS_SWEEP_COPIES_H

#include "measure/session.h"
#include "sweep/choose.h"

struct copies {
    uint8_t *memory; /* of all rings; NULL for LOOM_CACHE: one matrix each */
    size_t bytes;
    struct ring *rings;
    size_t count; /* of matrices; 0: none of this problem yet */
};

/* With so many bytes for the rings of all problems, 0 for LOOM_CACHE. */
struct copies copies_make(size_t bytes);
void copies_free(struct copies *copies);

/* Gives each of the session's entries that is not out a ring: the memory is divided evenly among
 * their matrices, so that all of it passes by before a matrix comes again. Nothing is copied while
 * their number is the same: entries of one problem only ever go out. */
void copies_deal(struct copies *copies, struct session *session, const struct contest *contest);

#endif
