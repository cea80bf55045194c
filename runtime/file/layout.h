/* What is in a .loom file. Not for users of the library.
 *
 *   head | matrices | orders | tensors | texts | data, each at a multiple of LOOM_FILE_ALIGN
 *
 * Numbers are those of the machine that wrote the file; the head tells which byte order that is.
 * Data follow one another in the order of their records: those of the orders, of the matrices, of
 * the tensors. What is between them is 0. A matrix of several experts has their packed weights one
 * after the other, each at a multiple of LOOM_FILE_ALIGN. */
#ifndef LOOM_FILE_LAYOUT_H
#define LOOM_FILE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

enum { LOOM_FILE_VERSION = 1, LOOM_FILE_ALIGN = 4096, LOOM_FILE_DIMS = 8 };

#define LOOM_FILE_MAGIC "lutloom" /* with its NUL */
#define LOOM_FILE_BYTE_ORDER 0x01020304u

/* A sum of 8-byte words that each word and its place enter. The words are those of memory, the last
 * one filled up with zeros. Ranges may be added in any order, from a word on. */
struct loom_sum {
    uint64_t words, places;
};
void loom_sum_add(struct loom_sum *sum, uint64_t first_word, const void *bytes, size_t size);

struct loom_file_head {
    char magic[8];
    uint32_t version, byte_order;
    uint64_t header_bytes, file_bytes; /* up to the end of the texts; of all */
    struct loom_sum sum;               /* of the header from here on */
    uint32_t matrices, orders, tensors, text_bytes;
    uint32_t library; /* text: loom_registry.hash of the library whose layouts these are */
    uint32_t folder;  /* text: where that library was */
};

/* Texts are offsets into the texts, where they end with a NUL. */
struct loom_matrix_record {
    uint64_t offset;     /* of the first expert */
    uint64_t bytes;      /* of one */
    struct loom_sum sum; /* of the bytes of all experts, and what is between them */
    uint32_t name, format, m, k, count;
    uint32_t mode;  /* enum loom_mode that its plan was asked for */
    uint32_t check; /* loom_plan.check */
    uint32_t order; /* 0: none, else the number of an order, from 1 */
};

/* K numbers below K, 32 bits each. */
struct loom_order_record {
    uint64_t offset;
    struct loom_sum sum;
    uint32_t k, zero;
};

/* A tensor as it was in the file that it comes from. */
struct loom_tensor_record {
    uint64_t offset, bytes;
    struct loom_sum sum;
    uint32_t name, type, dims, zero;
    uint64_t shape[LOOM_FILE_DIMS]; /* outermost first; 0 beyond dims */
};

static inline uint64_t loom_file_align(uint64_t bytes) {
    return (bytes + LOOM_FILE_ALIGN - 1) / LOOM_FILE_ALIGN * LOOM_FILE_ALIGN;
}

/* A header in memory, its records and texts. */
struct loom_file_view {
    const struct loom_file_head *head;
    const struct loom_matrix_record *matrices;
    const struct loom_order_record *orders;
    const struct loom_tensor_record *tensors;
    const char *texts;
};

/* The records of a head that is aligned to 8, whose counts are right. */
struct loom_file_view loom_file_view(const struct loom_file_head *head);

/* Bytes of a header with so many records; all are below 2^32. */
uint64_t loom_file_header_bytes(const struct loom_file_head *head);

#endif
