/* loom-pack: a recipe becomes a .loom file; and a matrix of one becomes raw files again. */
#ifndef LOOM_TOOLS_PACK_PACK_H
#define LOOM_TOOLS_PACK_PACK_H

#include "common/arguments.h"

/* Both return the exit status. */
int pack_main(struct arguments *arguments);
int unpack_main(struct arguments *arguments);

#endif
