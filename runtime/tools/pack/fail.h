/* How the program ends on what is not its fault: one line, exit status 1. */
#ifndef LOOM_TOOLS_PACK_FAIL_H
#define LOOM_TOOLS_PACK_FAIL_H

#include <stddef.h>

/* Prints "loom-pack: ...", from one thread only. What was being written goes (output.h). */
_Noreturn __attribute__((format(printf, 1, 2))) void fail(const char *message, ...);

/* `count` items of `size` bytes, zeros; and memory that has room for one more item behind `count`,
 * twice as much whenever it is full. They fail where there is none. */
void *need(size_t count, size_t size);
void *need_room(void *items, size_t count, size_t size);

#endif
