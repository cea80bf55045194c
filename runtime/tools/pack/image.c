#include "pack/image.h"

#include "pack/fail.h"
#include "registry.h"

#include <stdlib.h>
#include <string.h>

/* ---- Texts ---------------------------------------------------------------------------------- */

struct texts {
    char *bytes;
    size_t length, room;
};

/* Where the text is among the texts, its NUL with it. */
static uint32_t add_text(struct texts *texts, const char *text) {
    const size_t bytes = strlen(text) + 1, at = texts->length;
    if (at + bytes > UINT32_MAX) {
        fail("names of more than 4 GiB have no place in a file");
    }
    if (at + bytes > texts->room) {
        char *const larger = realloc(texts->bytes, 2 * (at + bytes));
        if (!larger) {
            fail("there is no memory for the names of a file");
        }
        texts->bytes = larger;
        texts->room = 2 * (at + bytes);
    }
    memcpy(texts->bytes + at, text, bytes);
    texts->length += bytes;
    return (uint32_t)at;
}

/* ---- Records -------------------------------------------------------------------------------- */

static void set_matrix(struct loom_matrix_record *to, const struct packing *packing, loom_mode mode,
                       struct texts *texts) {
    const struct recipe_matrix *const matrix = packing->matrix;
    to->bytes = loom_packed_size(&packing->plan);
    to->name = add_text(texts, matrix->name);
    to->format = add_text(texts, matrix->format);
    to->m = (uint32_t)matrix->source.m;
    to->k = (uint32_t)matrix->source.k;
    to->count = (uint32_t)matrix->source.count;
    to->mode = mode;
    to->check = packing->plan.check;
    to->order = (uint32_t)packing->order;
}

static void set_tensor(struct loom_tensor_record *to, const struct recipe_tensor *tensor,
                       struct texts *texts) {
    to->bytes = tensor->place.bytes;
    to->name = add_text(texts, tensor->name);
    to->type = add_text(texts, tensor->type);
    to->dims = (uint32_t)tensor->dims;
    memcpy(to->shape, tensor->shape, sizeof to->shape);
}

/* Data begin behind the header, and follow one another. */
static void place_data(struct image *image) {
    uint64_t end = image->head->header_bytes;
    for (size_t i = 0; i < image->head->orders; i++) {
        image->orders[i].offset = loom_file_align(end);
        end = image->orders[i].offset + (uint64_t)image->orders[i].k * sizeof(uint32_t);
    }
    for (size_t i = 0; i < image->head->matrices; i++) {
        struct loom_matrix_record *const matrix = &image->matrices[i];
        matrix->offset = loom_file_align(end);
        end = matrix->offset + (matrix->count - 1) * loom_file_align(matrix->bytes) + matrix->bytes;
    }
    for (size_t i = 0; i < image->head->tensors; i++) {
        image->tensors[i].offset = loom_file_align(end);
        end = image->tensors[i].offset + image->tensors[i].bytes;
    }
    image->head->file_bytes = end;
}

/* ---- The header ----------------------------------------------------------------------------- */

static struct image records_of(struct loom_file_head *head) {
    struct image image = {.head = head};
    image.matrices = (struct loom_matrix_record *)(head + 1);
    image.orders = (struct loom_order_record *)(image.matrices + head->matrices);
    image.tensors = (struct loom_tensor_record *)(image.orders + head->orders);
    return image;
}

static void set_records(struct image *image, const struct recipe *recipe,
                        const struct packing *packings, loom_mode mode, const struct orders *orders,
                        struct texts *texts) {
    for (size_t i = 0; i < recipe->matrix_count; i++) {
        set_matrix(&image->matrices[i], &packings[i], mode, texts);
    }
    for (size_t i = 0; i < orders->count; i++) {
        image->orders[i].k = (uint32_t)orders->list[i].k;
        loom_sum_add(&image->orders[i].sum, 0, orders->list[i].columns,
                     orders->list[i].k * sizeof(uint32_t));
    }
    for (size_t i = 0; i < recipe->tensor_count; i++) {
        set_tensor(&image->tensors[i], &recipe->tensors[i], texts);
    }
}

struct image image_make(const struct recipe *recipe, const struct packing *packings, loom_mode mode,
                        const struct orders *orders, const char *folder) {
    struct loom_file_head head = {
        .magic = LOOM_FILE_MAGIC,
        .version = LOOM_FILE_VERSION,
        .byte_order = LOOM_FILE_BYTE_ORDER,
        .matrices = (uint32_t)recipe->matrix_count,
        .orders = (uint32_t)orders->count,
        .tensors = (uint32_t)recipe->tensor_count,
    };
    const size_t before_texts = (size_t)loom_file_header_bytes(&head);
    struct image image = records_of(need(1, before_texts));
    struct texts texts = {0};
    *image.head = head;
    image = records_of(image.head);
    image.head->library = add_text(&texts, loom_registry.hash);
    image.head->folder = add_text(&texts, folder);
    set_records(&image, recipe, packings, mode, orders, &texts);
    image.head->text_bytes = (uint32_t)texts.length;
    image.head->header_bytes = loom_file_header_bytes(image.head);
    place_data(&image);
    char *const whole = realloc(image.head, (size_t)image.head->header_bytes);
    if (!whole) {
        fail("there is no memory for the header of a file");
    }
    memcpy(whole + before_texts, texts.bytes, texts.length);
    free(texts.bytes);
    return records_of((struct loom_file_head *)whole);
}

void image_seal(struct image *image) {
    const size_t begin = offsetof(struct loom_file_head, matrices);
    image->head->sum = (struct loom_sum){0, 0};
    loom_sum_add(&image->head->sum, 0, (const char *)image->head + begin,
                 (size_t)image->head->header_bytes - begin);
}
