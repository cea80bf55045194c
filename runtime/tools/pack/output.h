/* Files that come into being whole or not at all: under another name in the same folder first. */
#ifndef LOOM_TOOLS_PACK_OUTPUT_H
#define LOOM_TOOLS_PACK_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

enum { OUTPUT_MOST = 8 };

struct output {
    char *path, *temporary; /* the latter is PATH.part */
    int descriptor;
};

/* A new file of `bytes` zeros, which is written over PATH only by output_finish. At most
 * OUTPUT_MOST at a time. Where the program ends before, also by Ctrl-C, it goes; only kill -9 and a
 * power cut leave PATH.part, which the next one overwrites. Fails where it cannot be made, or
 * another process is writing the same file. */
struct output output_begin(const char *path, uint64_t bytes);

/* Bytes at an offset; several threads may write. Fails where the disk is full. */
void output_write(const struct output *output, uint64_t offset, const void *bytes, size_t size);

/* So many bytes from an offset on are all written: the system may begin to bring them to its disk,
 * so that output_sync waits for less. */
void output_flush(const struct output *output, uint64_t offset, uint64_t bytes);

/* Waits until the system has all bytes of the file on its disk. */
void output_sync(const struct output *output);

/* Gives the file its name. */
void output_finish(struct output *output);

/* Removes all files that were begun and are not finished. May be called by any thread. */
void output_discard(void);

#endif
