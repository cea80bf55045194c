/* A .loom file comes from anywhere: nothing that its header says is believed. */
#include "file/check.h"

#include "loom.h"

#include <string.h>

struct check {
    struct loom_file_view view;
    uint64_t end; /* of the data so far */
    struct loom_line *why;
};

static int refuse(struct check *check, const char *reason) {
    loom_line_add(check->why, reason);
    return 0;
}

/* "matrix 'name' ...", or its number where that is what is wrong. */
static int refuse_record(struct check *check, const char *kind, size_t index, uint32_t name,
                         const char *reason) {
    loom_line_add(check->why, kind);
    if (name < check->view.head->text_bytes) {
        loom_line_add(check->why, " '");
        loom_line_add(check->why, check->view.texts + name);
        loom_line_add(check->why, "'");
    } else {
        loom_line_add(check->why, " number ");
        loom_line_add_number(check->why, index);
    }
    loom_line_add(check->why, reason);
    return 0;
}

/* ---- The header ------------------------------------------------------------------------- */

uint64_t loom_file_header_bytes(const struct loom_file_head *head) {
    return sizeof *head + (uint64_t)head->matrices * sizeof(struct loom_matrix_record) +
           (uint64_t)head->orders * sizeof(struct loom_order_record) +
           (uint64_t)head->tensors * sizeof(struct loom_tensor_record) + head->text_bytes;
}

struct loom_file_view loom_file_view(const struct loom_file_head *head) {
    struct loom_file_view view = {.head = head};
    view.matrices = (const struct loom_matrix_record *)(head + 1);
    view.orders = (const struct loom_order_record *)(view.matrices + head->matrices);
    view.tensors = (const struct loom_tensor_record *)(view.orders + head->orders);
    view.texts = (const char *)(view.tensors + head->tensors);
    return view;
}

static int head_fits(struct check *check, const struct loom_file_head *head, uint64_t size) {
    if (size < sizeof *head || memcmp(head->magic, LOOM_FILE_MAGIC, sizeof head->magic) != 0) {
        return refuse(check, "is no .loom file");
    }
    if (head->byte_order != LOOM_FILE_BYTE_ORDER) {
        return refuse(check, "was written on a machine of another byte order");
    }
    if (head->version != LOOM_FILE_VERSION) {
        return refuse(check, "is of another version of the .loom format");
    }
    if (head->file_bytes != size) {
        return refuse(check, "is not as long as its header says: it is cut off, or was added to");
    }
    if (head->header_bytes != loom_file_header_bytes(head) || head->header_bytes > size) {
        return refuse(check, "has a header of another length than its counts come to");
    }
    return 1;
}

static int sum_is(const struct loom_sum *expected, const void *bytes, size_t size) {
    struct loom_sum sum = {0, 0};
    loom_sum_add(&sum, 0, bytes, size);
    return sum.words == expected->words && sum.places == expected->places;
}

static int header_is_whole(struct check *check, const struct loom_file_head *head) {
    const size_t begin = offsetof(struct loom_file_head, matrices);
    if (!sum_is(&head->sum, (const char *)head + begin, (size_t)head->header_bytes - begin)) {
        return refuse(check, "has a damaged header: its sum is another one");
    }
    if (head->text_bytes == 0 || check->view.texts[head->text_bytes - 1] != 0) {
        return refuse(check, "has texts without an end");
    }
    if (head->library >= head->text_bytes || head->folder >= head->text_bytes) {
        return refuse(check, "names no library");
    }
    return 1;
}

/* ---- Data ------------------------------------------------------------------------------- */

/* Data come one after the other, up to the end. */
static int takes_place(struct check *check, uint64_t offset, uint64_t bytes) {
    if (offset != loom_file_align(check->end) || offset > check->view.head->file_bytes ||
        bytes > check->view.head->file_bytes - offset) {
        return 0;
    }
    check->end = offset + bytes;
    return 1;
}

static int is_text(const struct check *check, uint32_t text) {
    return text < check->view.head->text_bytes && check->view.texts[text] != 0;
}

static int order_fits(struct check *check, const void *bytes, size_t index) {
    const struct loom_order_record *const order = &check->view.orders[index];
    if (order->k < 1 || order->k > LOOM_MAX_DIM ||
        !takes_place(check, order->offset, (uint64_t)order->k * sizeof(uint32_t))) {
        return refuse_record(check, "order", index, UINT32_MAX, " is not where data may be");
    }
    const uint32_t *const columns = (const uint32_t *)((const char *)bytes + order->offset);
    if (!sum_is(&order->sum, columns, order->k * sizeof *columns)) {
        return refuse_record(check, "order", index, UINT32_MAX, " is damaged: its sum is another");
    }
    for (size_t i = 0; i < order->k; i++) {
        if (columns[i] >= order->k) {
            return refuse_record(check, "order", index, UINT32_MAX, " names a column beyond K");
        }
    }
    return 1;
}

static int problem_fits(const struct check *check, const struct loom_matrix_record *matrix) {
    loom_format format;
    return loom_format_parse(&format, check->view.texts + matrix->format) == LOOM_OK &&
           matrix->m >= 1 && matrix->m <= LOOM_MAX_DIM && matrix->k >= 1 &&
           matrix->k <= LOOM_MAX_DIM && matrix->count >= 1 && matrix->mode <= LOOM_TABLE7;
}

/* The bytes of all experts; 0 where they are more than the file. */
static uint64_t bytes_of(const struct check *check, const struct loom_matrix_record *matrix) {
    const uint64_t all = check->view.head->file_bytes;
    if (matrix->bytes == 0 || matrix->bytes % LOOM_ALIGN != 0 || matrix->bytes > all ||
        matrix->count - 1 > all / loom_file_align(matrix->bytes)) {
        return 0;
    }
    return (matrix->count - 1) * loom_file_align(matrix->bytes) + matrix->bytes;
}

static int matrix_fits(struct check *check, size_t index) {
    const struct loom_matrix_record *const matrix = &check->view.matrices[index];
    if (!is_text(check, matrix->name) || !is_text(check, matrix->format)) {
        return refuse_record(check, "matrix", index, matrix->name, " has no name or no format");
    }
    if (!problem_fits(check, matrix)) {
        return refuse_record(check, "matrix", index, matrix->name,
                             " has a format, a shape or a mode that none has");
    }
    if (matrix->order > check->view.head->orders ||
        (matrix->order > 0 && check->view.orders[matrix->order - 1].k != matrix->k)) {
        return refuse_record(check, "matrix", index, matrix->name, " has an order of another K");
    }
    const uint64_t bytes = bytes_of(check, matrix);
    if (bytes == 0 || !takes_place(check, matrix->offset, bytes)) {
        return refuse_record(check, "matrix", index, matrix->name, " is not where data may be");
    }
    return 1;
}

static int tensor_fits(struct check *check, size_t index) {
    const struct loom_tensor_record *const tensor = &check->view.tensors[index];
    if (!is_text(check, tensor->name) || !is_text(check, tensor->type)) {
        return refuse_record(check, "tensor", index, tensor->name, " has no name or no type");
    }
    if (tensor->dims > LOOM_FILE_DIMS) {
        return refuse_record(check, "tensor", index, tensor->name, " has too many dimensions");
    }
    if (!takes_place(check, tensor->offset, tensor->bytes)) {
        return refuse_record(check, "tensor", index, tensor->name, " is not where data may be");
    }
    return 1;
}

int loom_file_valid(const void *bytes, uint64_t size, struct loom_line *why) {
    const struct loom_file_head *const head = bytes;
    struct check check = {.why = why};
    if (!head_fits(&check, head, size)) {
        return 0;
    }
    check.view = loom_file_view(head);
    check.end = head->header_bytes;
    if (!header_is_whole(&check, head)) {
        return 0;
    }
    for (size_t i = 0; i < head->orders; i++) {
        if (!order_fits(&check, bytes, i)) {
            return 0;
        }
    }
    for (size_t i = 0; i < head->matrices; i++) {
        if (!matrix_fits(&check, i)) {
            return 0;
        }
    }
    for (size_t i = 0; i < head->tensors; i++) {
        if (!tensor_fits(&check, i)) {
            return 0;
        }
    }
    return check.end == size || refuse(&check, "has bytes that belong to nothing");
}
