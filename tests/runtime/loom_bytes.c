#include "loom_bytes.h"

#include <stdlib.h>
#include <string.h>

enum { EXPERTS = 2, NORMS = 10 };

/* Texts follow the records; the first is empty. */
static const char texts[] = "\0hash\0folder\0a\0experts\0norm\0F32\0";
enum { HASH = 1, FOLDER = 6, A = 13, EXPERTS_NAME = 15, NORM = 23, F32 = 28, FORMAT = 32 };

static void set_texts(struct loom_bytes *file, const char *format) {
    memcpy(file->texts, texts, FORMAT);
    memcpy(file->texts + FORMAT, format, strlen(format) + 1);
    file->head->library = HASH;
    file->head->folder = FOLDER;
    file->matrices[0].name = A;
    file->matrices[1].name = EXPERTS_NAME;
    file->tensors[0].name = NORM;
    file->tensors[0].type = F32;
    file->matrices[0].format = file->matrices[1].format = FORMAT;
}

static uint64_t end_of(const struct loom_matrix_record *matrix) {
    return matrix->offset + (matrix->count - 1) * loom_file_align(matrix->bytes) + matrix->bytes;
}

static struct loom_file_head head_of(const char *format) {
    return (struct loom_file_head){
        .magic = LOOM_FILE_MAGIC,
        .version = LOOM_FILE_VERSION,
        .byte_order = LOOM_FILE_BYTE_ORDER,
        .matrices = 2,
        .orders = 1,
        .tensors = 1,
        .text_bytes = (uint32_t)(FORMAT + strlen(format) + 1),
    };
}

/* Where everything is: the order, the matrices, the tensor. */
static void place(struct loom_file_head *head, struct loom_matrix_record matrix[2],
                  struct loom_order_record *order, struct loom_tensor_record *tensor) {
    head->header_bytes = loom_file_header_bytes(head);
    order->offset = loom_file_align(head->header_bytes);
    matrix[0].offset = loom_file_align(order->offset + order->k * sizeof(uint32_t));
    matrix[1].offset = loom_file_align(end_of(&matrix[0]));
    tensor->offset = loom_file_align(end_of(&matrix[1]));
    head->file_bytes = tensor->offset + tensor->bytes;
}

static struct loom_bytes view_of(const struct loom_file_head *head) {
    struct loom_bytes file = {.size = (size_t)head->file_bytes};
    file.bytes = aligned_alloc(LOOM_FILE_ALIGN, (size_t)loom_file_align(head->file_bytes));
    memset(file.bytes, 0, file.size);
    file.head = (struct loom_file_head *)file.bytes;
    *file.head = *head;
    file.matrices = (struct loom_matrix_record *)(file.head + 1);
    file.orders = (struct loom_order_record *)(file.matrices + 2);
    file.tensors = (struct loom_tensor_record *)(file.orders + 1);
    file.texts = (char *)(file.tensors + 1);
    return file;
}

struct loom_bytes loom_bytes_new(const char *format, uint32_t m, uint32_t k, uint64_t packed_bytes,
                                 uint32_t check) {
    struct loom_file_head head = head_of(format);
    const struct loom_matrix_record one = {
        .bytes = packed_bytes, .m = m, .k = k, .count = 1, .check = check};
    struct loom_matrix_record matrix[2] = {one, one};
    struct loom_order_record order = {.k = k};
    struct loom_tensor_record tensor = {
        .bytes = NORMS * sizeof(float), .dims = 1, .shape = {NORMS}};
    matrix[1].count = EXPERTS;
    matrix[1].order = 1;
    place(&head, matrix, &order, &tensor);
    struct loom_bytes file = view_of(&head);
    memcpy(file.matrices, matrix, sizeof matrix);
    *file.orders = order;
    *file.tensors = tensor;
    uint32_t *const columns = (uint32_t *)(file.bytes + order.offset);
    for (uint32_t i = 0; i < k; i++) {
        columns[i] = k - 1 - i;
    }
    set_texts(&file, format);
    loom_bytes_seal(&file);
    return file;
}

static struct loom_sum sum_of(const struct loom_bytes *file, uint64_t begin, uint64_t end) {
    struct loom_sum sum = {0, 0};
    loom_sum_add(&sum, 0, file->bytes + begin, (size_t)(end - begin));
    return sum;
}

void loom_bytes_seal(struct loom_bytes *file) {
    for (size_t i = 0; i < 2; i++) {
        struct loom_matrix_record *const matrix = &file->matrices[i];
        matrix->sum = sum_of(file, matrix->offset, end_of(matrix));
    }
    file->orders[0].sum = sum_of(file, file->orders[0].offset,
                                 file->orders[0].offset + file->orders[0].k * sizeof(uint32_t));
    file->tensors[0].sum =
        sum_of(file, file->tensors[0].offset, file->tensors[0].offset + file->tensors[0].bytes);
    file->head->sum =
        sum_of(file, offsetof(struct loom_file_head, matrices), file->head->header_bytes);
}
