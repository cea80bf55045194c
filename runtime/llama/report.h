/* What the user is told, through the host's log. */
#ifndef LOOM_LLAMA_REPORT_H
#define LOOM_LLAMA_REPORT_H

#include "llama/matrix.h"

/* A matrix was packed, or given up. */
void report_packed(const struct ggml_tensor *tensor, const struct matrix *matrix);

/* A node whose weights the host asked us to take, and that it keeps. */
void report_left(const struct ggml_tensor *node);

/* Says in a line what was packed since the last time. */
void report(void);

#endif
