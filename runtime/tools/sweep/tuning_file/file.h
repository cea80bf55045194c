/* The tuning file: written as a whole after each problem, so that it is valid whenever the program
 * ends. */
#ifndef LOOM_TOOLS_SWEEP_TUNING_FILE_FILE_H
#define LOOM_TOOLS_SWEEP_TUNING_FILE_FILE_H

#include "common/arguments.h"

#include <stdbool.h>
#include <stddef.h>

struct sweep_file {
    const struct arguments *arguments; /* for errors, which end the program */
    const char *path;                  /* NULL: stdout */
    bool fresh;
    char *header;
    char **lines;
    size_t count, written; /* written: lines that are on stdout so far; 0: not even the header */
};

/* Starts with the lines that stand in the file, unless it has another header, which is said on
 * stderr. A file that is no tuning file, and one that cannot be written, are errors. Where it is to
 * be `fresh` what is no tuning file is replaced, and kernels that failed are forgotten. */
struct sweep_file sweep_file_open(const struct arguments *arguments, const char *path,
                                  const char *header, bool fresh);
void sweep_file_free(struct sweep_file *file);

/* Adds a line; it takes the place of one for the same thing. */
__attribute__((format(printf, 2, 3))) void sweep_file_add(struct sweep_file *file,
                                                          const char *format, ...);

/* Whether there is a line that begins with these words. */
bool sweep_file_has(const struct sweep_file *file, const char *words);

/* Replaces the file; on stdout writes the lines that are new, in one piece. */
void sweep_file_write(struct sweep_file *file);

#endif
