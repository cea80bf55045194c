/* What is to be packed: a text that `lutloom pack` writes.
 *
 *   lutloom-recipe 1
 *   file     BYTES PATH
 *   matrix   NAME FORMAT M K COUNT CODEC WORD...
 *   tensor   NAME TYPE FILE:OFFSET:BYTES DIMENSION...
 *   end
 *
 * Between words stands one tab, so that names and paths may have blanks; every line ends with a
 * newline. Files are numbered from 0 in their order, and come before what is in them. A matrix's
 * words are its numbers, NAME=VALUE, and its parts, NAME=FILE:OFFSET:BYTES, under the names that
 * its codec (codec/codec.h) asks for. The part `order` is for all codecs: K numbers of 32 bits, the
 * group of each column (GPTQ's g_idx). A tensor goes into the result as it is; its dimensions are
 * outermost first. Lines come in any order but for that; the result has theirs.
 *
 * A recipe is a file as any other: all of it is checked. */
#ifndef LOOM_TOOLS_PACK_RECIPE_H
#define LOOM_TOOLS_PACK_RECIPE_H

#include "codec/codec.h"

/* Where some bytes are. */
struct place {
    size_t file;
    uint64_t offset, bytes;
};

struct recipe_file {
    char *path;
    uint64_t bytes;
    const uint8_t *mapped; /* once sources_map has been there */
};

struct recipe_matrix {
    char *name, *format;
    const struct codec *codec;
    struct codec_matrix source; /* its parts have their bytes once sources_map has been there */
    struct place place[CODEC_PARTS];
};

enum { RECIPE_DIMS = 8 };
struct recipe_tensor {
    char *name, *type;
    struct place place;
    size_t dims;
    uint64_t shape[RECIPE_DIMS];
};

struct recipe {
    struct recipe_file *files;
    struct recipe_matrix *matrices;
    struct recipe_tensor *tensors;
    size_t file_count, matrix_count, tensor_count;
};

/* Reads the file, or fails with its name and the line. The recipe is there to the end of the
 * program. */
struct recipe recipe_read(const char *path);

#endif
