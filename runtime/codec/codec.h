/* Codecs: from the bytes of a quantised model's file to the parts that loom_pack_parts takes.
 *
 * A codec knows how one kind of file lays out codes, scales and what stands beside them. It is the
 * same for all sizes and bits, as the matrix has them. To add one:
 *
 * 1. A file in this folder, such as gptq.c, with two functions and the codec that has them:
 *
 *      static bool fits(struct codec_matrix *matrix) {
 *          const size_t words = matrix->k * codec_number(matrix, "bits") / 32;
 *          return codec_number_in(matrix, "bits", 2, 8) &&
 *                 codec_has(matrix, "codes", words * matrix->m * 4) && ...;
 *      }
 *      static bool rows(const struct codec_matrix *matrix, size_t begin, size_t end,
 *                       const loom_parts *to) {
 *          const uint8_t *const codes = codec_part(matrix, "codes");
 *          for (size_t row = begin; row < end; row++) { ... }
 *          return true;
 *      }
 *      const struct codec codec_gptq = {"gptq", fits, rows, .fields = false};
 *
 * 2. Its name in the table of codec.c.
 * 3. The scheme of gen/lua/source/schemes/ that finds such matrices names the codec, and gives it
 *    its parts and numbers by the names that the functions ask for.
 * 4. tests/pack compares its weights with those of the format's own code, and a large random file's
 *    (large.lua) with matrix:dequantize.
 *
 * Numbers of a file are little-endian and may stand at any address: read them with memcpy, or with
 * the functions of codec/words.h. Nothing here allocates but rows.c. */
#ifndef LOOM_CODEC_CODEC_H
#define LOOM_CODEC_CODEC_H

#include "loom.h"

#include <stdbool.h>

enum { CODEC_NAME_BYTES = 24, CODEC_PARTS = 12, CODEC_NUMBERS = 12, CODEC_WHY_BYTES = 128 };

/* A tensor of the file. */
struct codec_part {
    char name[CODEC_NAME_BYTES];
    const uint8_t *bytes;
    size_t size;
};

struct codec_value {
    char name[CODEC_NAME_BYTES];
    int64_t value;
};

/* A matrix, or `count` of one shape (experts), as its file has it. Rows are counted through: row r
 * of expert e is row e * m + r. */
struct codec_matrix {
    loom_format format; /* that it becomes */
    size_t m, k, count;
    struct codec_part part[CODEC_PARTS];
    struct codec_value number[CODEC_NUMBERS];
    size_t parts, numbers;
    const uint32_t *order;     /* NULL, or K numbers: code c of a packed row is that of the source's
                                  column order[c], and groups count packed columns */
    char why[CODEC_WHY_BYTES]; /* what is wrong, once a function has returned false */
};

struct codec {
    const char *name; /* as recipes have it */
    /* True if the matrix has the numbers and parts that `rows` reads, with as many bytes as its
     * shape needs, and a format that holds the codes; else matrix->why says what is wrong. All that
     * `rows` relies on is to be looked at here: the recipe is a file as any other. */
    bool (*fits)(struct codec_matrix *matrix);
    /* Writes rows [begin, end) of all, which are of one expert, to `to`: arrays of these rows
     * alone, shaped as loom_parts says. Several threads call it for one matrix. False where a
     * number of the file is one that the format has no room for. */
    bool (*rows)(const struct codec_matrix *matrix, size_t begin, size_t end, const loom_parts *to);
    bool fields; /* codes are side by side, where a byte holds a whole number of them; a row begins
                    at a byte. False: a byte each */
};

/* NULL: there is none of that name. */
const struct codec *codec_find(const char *name);

/* Bits of a code in `to`. */
unsigned codec_code_bits(const struct codec *codec, const loom_format *format);

/* The bytes of a part, NULL where the matrix has none of that name. The value of a number, 0 where
 * there is none. */
const uint8_t *codec_part(const struct codec_matrix *matrix, const char *name);
int64_t codec_number(const struct codec_matrix *matrix, const char *name);

/* For `fits`: false, with the reason, where the part is missing or has not exactly `bytes` bytes;
 * where the number is missing, or not from least to most; and for any other reason. */
bool codec_has(struct codec_matrix *matrix, const char *part, uint64_t bytes);
bool codec_number_in(struct codec_matrix *matrix, const char *name, int64_t least, int64_t most);
__attribute__((format(printf, 2, 3))) bool codec_refuse(struct codec_matrix *matrix,
                                                        const char *why, ...);

/* Groups of a row of the format. */
static inline size_t codec_groups(const struct codec_matrix *matrix) {
    const size_t group = matrix->format.group ? matrix->format.group : matrix->k;
    return (matrix->k + group - 1) / group;
}

#endif
