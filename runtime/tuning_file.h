/* Reading a tuning file. Not for users of the library. */
#ifndef LOOM_TUNING_FILE_H
#define LOOM_TUNING_FILE_H

#include "kernel.h"
#include "write_line.h"

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
