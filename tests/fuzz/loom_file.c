/* libFuzzer on the header of a .loom file. Inputs are headers alone, which the data that they speak
 * of are made for: zeros, in memory that ends where they do. Sums, and the length of all, are made
 * right, so that what lies behind them is reached. What is then called valid is read to its ends.
 */
#include "file/check.h"
#include "loom.h"
#include "loom_bytes.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 18 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* Short inputs become the header of a file that is valid. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
    (void)seed;
    if (size < sizeof(struct loom_file_head)) {
        const struct loom_bytes file = loom_bytes_new("w4g32", 8, 64, 640, 1);
        size = (size_t)file.head->header_bytes < most ? (size_t)file.head->header_bytes : most;
        memcpy(data, file.bytes, size);
        free(file.bytes);
    }
    return LLVMFuzzerMutate(data, size, most);
}

static void mend_sum(struct loom_sum *sum, const void *bytes, size_t size) {
    *sum = (struct loom_sum){0, 0};
    loom_sum_add(sum, 0, bytes, size);
}

static void mend(uint8_t *bytes, size_t size) {
    struct loom_file_head *const head = (struct loom_file_head *)bytes;
    const size_t begin = offsetof(struct loom_file_head, matrices);
    head->file_bytes = size;
    head->header_bytes = loom_file_header_bytes(head);
    if (head->header_bytes > size) {
        return;
    }
    struct loom_order_record *const orders =
        (struct loom_order_record *)(bytes +
                                     ((const uint8_t *)loom_file_view(head).orders - bytes));
    for (size_t i = 0; i < head->orders; i++) {
        const uint64_t columns = (uint64_t)orders[i].k * sizeof(uint32_t);
        if (columns <= size && orders[i].offset <= size - columns) {
            mend_sum(&orders[i].sum, bytes + orders[i].offset, (size_t)columns);
        }
    }
    mend_sum(&head->sum, bytes + begin, (size_t)head->header_bytes - begin);
}

/* Reads something of every byte range and text that a valid header speaks of. */
static size_t read_ends(const uint8_t *bytes) {
    const struct loom_file_view view = loom_file_view((const struct loom_file_head *)bytes);
    size_t read = strlen(view.texts + view.head->library) + strlen(view.texts + view.head->folder);
    for (size_t i = 0; i < view.head->matrices; i++) {
        const struct loom_matrix_record *const matrix = &view.matrices[i];
        const uint64_t last = (matrix->count - 1) * loom_file_align(matrix->bytes);
        read += strlen(view.texts + matrix->name) + bytes[matrix->offset];
        read += bytes[matrix->offset + last + matrix->bytes - 1];
        read += matrix->order ? view.orders[matrix->order - 1].k : 0;
    }
    for (size_t i = 0; i < view.head->tensors; i++) {
        const struct loom_tensor_record *const tensor = &view.tensors[i];
        read += strlen(view.texts + tensor->name) + strlen(view.texts + tensor->type);
        read += tensor->bytes ? bytes[tensor->offset + tensor->bytes - 1] : 0;
        read += (size_t)tensor->shape[tensor->dims ? tensor->dims - 1 : 0];
    }
    return read;
}

static void check(const uint8_t *bytes, size_t size) {
    static volatile size_t sink;
    char why[64];
    struct loom_line line = {why, sizeof why, 0};
    if (loom_file_valid(bytes, size, &line)) {
        sink += read_ends(bytes);
    } else if (line.length == 0) {
        abort();
    }
}

/* As many bytes as the header says, if these can be had. */
static size_t size_of(const uint8_t *data, size_t size) {
    struct loom_file_head head;
    if (size < sizeof head) {
        return size;
    }
    memcpy(&head, data, sizeof head);
    return head.file_bytes > size && head.file_bytes <= MOST_BYTES ? (size_t)head.file_bytes : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const size_t all = size_of(data, size);
    uint8_t *const bytes = calloc(all + 1, 1), *const exact = malloc(all ? all : 1);
    memcpy(bytes, data, size);
    memcpy(exact, bytes, all);
    free(bytes);
    check(exact, all);
    if (all >= sizeof(struct loom_file_head)) {
        mend(exact, all);
        check(exact, all);
    }
    free(exact);
    return 0;
}
