/* The data of a .loom file, piece by piece, on all cores. */
#ifndef LOOM_TOOLS_PACK_WORK_H
#define LOOM_TOOLS_PACK_WORK_H

#include "pack/image.h"
#include "pack/output.h"
#include "pack/progress.h"

/* Packs all matrices and copies all tensors of the recipe into the file, and sets their sums in the
 * header. What was read of the sources is let go behind. Fails where a codec meets what its format
 * has no room for. */
void work_all(const struct recipe *recipe, const struct packing *packings, struct image *image,
              const struct output *output, struct progress *progress);

#endif
