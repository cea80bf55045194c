/* Writing a line of words into the caller's memory. Not for users of the library. */
#ifndef LOOM_WRITE_LINE_H
#define LOOM_WRITE_LINE_H

#include <stddef.h>

/* A line in the caller's memory of `size` bytes, as snprintf does: cut where it
 * is too long, and `length` is that of the whole. Bytes that would end the line, or command a
 * terminal, become question marks. */
struct loom_line {
    char *text;
    size_t size, length;
};
void loom_line_add(struct loom_line *line, const char *words);
void loom_line_add_number(struct loom_line *line, size_t number);

#endif
