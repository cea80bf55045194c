/* Whether a .loom file is whole, and is what it says. Not for users of the library. */
#ifndef LOOM_FILE_CHECK_H
#define LOOM_FILE_CHECK_H

#include "file/layout.h"
#include "text/write_line.h"

/* 1 if all that the header says is true of a file of `size` bytes, which is mapped at `bytes`,
 * aligned to 8: after that every offset, count, text and order may be used as it is. Of the data
 * only the orders are read. Else 0, and why. Pure. */
int loom_file_valid(const void *bytes, uint64_t size, struct loom_line *why);

#endif
