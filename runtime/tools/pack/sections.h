/* The arrays of packed weights, which row blocks follow one another in. */
#ifndef LOOM_TOOLS_PACK_SECTIONS_H
#define LOOM_TOOLS_PACK_SECTIONS_H

#include "loom.h"

enum { SECTIONS = 6 };

struct section {
    size_t offset;      /* from the beginning of the packed weights */
    size_t block_bytes; /* of a row block; 0 for an array that the format has not */
};

void sections_of(const loom_plan *plan, struct section sections[SECTIONS]);

#endif
