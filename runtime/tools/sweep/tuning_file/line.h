/* The lines of a tuning file, as gen/README.md has them. */
#ifndef LOOM_TOOLS_SWEEP_TUNING_FILE_LINE_H
#define LOOM_TOOLS_SWEEP_TUNING_FILE_LINE_H

#include <stdbool.h>

/* Whether the text, without a newline, is a complete result. */
bool sweep_line_valid(const char *line);

/* Whether two valid lines are results for the same thing: a kernel on a problem, a choice. */
bool sweep_line_same(const char *a, const char *b);

#endif
