/* Reading a text file line by line, without allocating. Not for users of the library. */
#ifndef LOOM_READ_LINES_H
#define LOOM_READ_LINES_H

#include <stddef.h>

/* A text file that is being read. */
struct loom_lines {
    int file;
    size_t number;     /* of the last line, from 1; of the one at fault */
    const char *fault; /* NULL, or what is wrong with that line, or, at 0, with the file */
    size_t begin, end; /* of what was read and is no line yet, in bytes */
    char bytes[4096];
};

/* To be closed even where it cannot be opened; then there are no lines, and a fault. */
void loom_lines_open(struct loom_lines *lines, const char *path);
void loom_lines_close(struct loom_lines *lines);

/* The next line, a string in *lines that the following call overwrites, or NULL. It ends with a
 * newline, before which a carriage return may stand: neither is part of it. A line without its
 * newline, one with a NUL in it, and one that is longer than the bytes are faults. */
char *loom_lines_next(struct loom_lines *lines);

#endif
