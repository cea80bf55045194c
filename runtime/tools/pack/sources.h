/* The files that a recipe is about, mapped. */
#ifndef LOOM_TOOLS_PACK_SOURCES_H
#define LOOM_TOOLS_PACK_SOURCES_H

#include "pack/recipe.h"

/* Maps all files read-only, and gives each part of each matrix its bytes. Fails where a file is
 * missing, or has not as many bytes as the recipe says. */
void sources_map(struct recipe *recipe);

/* The bytes of a place. */
static inline const uint8_t *source_bytes(const struct recipe *recipe, const struct place *place) {
    return recipe->files[place->file].mapped + place->offset;
}

/* Lets the pages of a place go, which nobody reads any more: they do not count as the program's
 * memory then. */
void source_release(const struct recipe *recipe, const struct place *place);

#endif
