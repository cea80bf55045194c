/* Tuning files. Not for users of the library. */
#ifndef LOOM_TUNING_H
#define LOOM_TUNING_H

#include "registry.h"
#include "text/write_line.h"

/* The path that LOOM_TUNING names, or NULL: it is not set, or is empty, or the program has rights
 * that its user has not. */
const char *loom_tuning_path(void);

/* loom_tuning_status as if the CPU had these features (LOOM_CPU_*). */
size_t loom_tuning_status_for(char *text, size_t size, uint32_t features);

/* Takes a choice of the file, whose texts stand until it returns. */
typedef void loom_take_tuned(void *context, const struct loom_tuned *row);

/* One line after the header, which it takes apart: 1 for a result, of which a choice is given to
 * `take`. */
int loom_tuning_line(char *line, loom_take_tuned *take, void *context);

/* Gives every choice of the file to `take`. 1 if all of the file is valid, for this library and a
 * CPU of these features, which has to be the one it runs on; otherwise 0, `*why` gets a sentence,
 * and nothing of what was taken counts. */
int loom_tuning_read(const char *path, const struct loom_registry *registry, uint32_t features,
                     loom_take_tuned *take, void *context, struct loom_line *why);

#endif
