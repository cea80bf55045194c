/* Files of packed weights: found by name and multiplied in place; refused where they lie. */
#define _GNU_SOURCE
#include "fake.h"
#include "file/check.h"
#include "loom_bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { M = 45, K = 200, N = 3 };
static const char format[] = "w3g64zf32";

/* A file with packed weights in it, of matrices that are kept. */
struct model {
    loom_plan plan;
    struct fake_matrix a, experts[2];
    struct loom_bytes file;
    char path[32];
};

static struct model model_new(void) {
    struct model model = {.plan = fake_plan(format, M, K), .path = "/tmp/loom_test_XXXXXX"};
    const loom_plan *const plan = &model.plan;
    model.file = loom_bytes_new(format, M, K, loom_packed_size(plan), plan->check);
    const struct loom_matrix_record *const record = model.file.matrices;
    uint8_t *const bytes = model.file.bytes;
    model.a = fake_matrix_new(plan, 1);
    assert_int_equal(loom_pack_parts(plan, bytes + record[0].offset, &model.a.parts, 8, 0, M),
                     LOOM_OK);
    for (size_t i = 0; i < 2; i++) {
        model.experts[i] = fake_matrix_new(plan, i + 2);
        uint8_t *const to = bytes + record[1].offset + i * loom_file_align(record[1].bytes);
        assert_int_equal(loom_pack_parts(plan, to, &model.experts[i].parts, 8, 0, M), LOOM_OK);
    }
    loom_bytes_seal(&model.file);
    return model;
}

static void write_bytes(struct model *model, size_t size) {
    const int descriptor = mkstemp(model->path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, model->file.bytes, size), size);
    close(descriptor);
}

static void model_free(struct model *model) {
    fake_matrix_free(&model->a);
    fake_matrix_free(&model->experts[0]);
    fake_matrix_free(&model->experts[1]);
    free(model->file.bytes);
    unlink(model->path);
}

/* ---- What is in it -------------------------------------------------------------------------- */

static void check_products(const struct model *model, const struct fake_matrix *w,
                           const loom_matrix *found, size_t expert) {
    const size_t size = loom_prepared_size(&model->plan, N);
    float *const x = fake_activations(N, K, K, expert), y[N * M], ordered[K];
    void *const prepared = fake_alloc(size);
    const void *packed;
    assert_int_equal(loom_file_packed(found, &model->plan, expert, &packed), LOOM_OK);
    assert_int_equal(found->order
                         ? loom_prepare_ordered(&model->plan, prepared, x, K, found->order, N, 0, 1)
                         : loom_prepare(&model->plan, prepared, x, K, N, 0, 1),
                     LOOM_OK);
    assert_int_equal(loom_matmul(&model->plan, y, M, packed, prepared, N, 0, M), LOOM_OK);
    for (size_t i = 0; i < N * M; i++) {
        for (size_t k = 0; k < K; k++) {
            ordered[k] = x[i / M * K + (found->order ? found->order[k] : k)];
        }
        assert_true(y[i] == fake_reference(&model->plan, w, ordered, i % M));
    }
    fake_free(prepared, size);
    free(x);
}

static void matrices_are_found_and_multiplied(void **state) {
    (void)state;
    struct model model = model_new();
    loom_file *file;
    loom_matrix a, experts, first;
    write_bytes(&model, model.file.size);
    assert_int_equal(loom_file_open(&file, model.path, NULL, 0), LOOM_OK);
    assert_int_equal(loom_file_count(file), 2);
    assert_int_equal(loom_file_find(file, "a", &a), LOOM_OK);
    assert_int_equal(loom_file_find(file, "experts", &experts), LOOM_OK);
    assert_int_equal(loom_file_matrix(file, 0, &first), LOOM_OK);
    assert_ptr_equal(first.packed, a.packed);
    assert_string_equal(first.name, "a");
    assert_string_equal(a.problem.format, format);
    assert_int_equal(a.problem.m, M);
    assert_int_equal(a.problem.k, K);
    assert_int_equal(a.count, 1);
    assert_null(a.order);
    assert_int_equal(experts.count, 2);
    assert_non_null(experts.order);
    check_products(&model, &model.a, &a, 0);
    check_products(&model, &model.experts[0], &experts, 0);
    check_products(&model, &model.experts[1], &experts, 1);
    loom_file_close(file);
    model_free(&model);
}

static void others_are_refused(void **state) {
    (void)state;
    struct model model = model_new();
    const loom_plan other = fake_plan(format, M + 1, K), none = {0};
    loom_file *file;
    loom_matrix a;
    loom_tensor tensor;
    const void *packed = NULL;
    write_bytes(&model, model.file.size);
    assert_int_equal(loom_file_open(&file, model.path, NULL, 0), LOOM_OK);
    assert_int_equal(loom_file_find(file, "b", &a), LOOM_ERROR_NAME);
    assert_int_equal(loom_file_find(file, "norm", &a), LOOM_ERROR_NAME);
    assert_int_equal(loom_file_find(file, NULL, &a), LOOM_ERROR_NULL);
    assert_int_equal(loom_file_find(NULL, "a", &a), LOOM_ERROR_NULL);
    assert_int_equal(loom_file_matrix(file, 2, &a), LOOM_ERROR_RANGE);
    assert_int_equal(loom_file_find(file, "a", &a), LOOM_OK);
    assert_int_equal(loom_file_packed(&a, &other, 0, &packed), LOOM_ERROR_PACKED);
    assert_int_equal(loom_file_packed(&a, &none, 0, &packed), LOOM_ERROR_NULL);
    assert_int_equal(loom_file_packed(&a, &model.plan, 1, &packed), LOOM_ERROR_RANGE);
    assert_null(packed);
    assert_int_equal(loom_file_tensor(file, "a", &tensor), LOOM_ERROR_NAME);
    assert_int_equal(loom_file_tensor(file, "norm", &tensor), LOOM_OK);
    assert_string_equal(tensor.type, "F32");
    assert_int_equal(tensor.bytes, 40);
    assert_int_equal(tensor.dims, 1);
    assert_int_equal(tensor.shape[0], 10);
    assert_int_equal(loom_file_count(NULL), 0);
    loom_file_close(file);
    loom_file_close(NULL);
    model_free(&model);
}

static void data_are_verified(void **state) {
    (void)state;
    struct model model = model_new();
    const struct loom_matrix_record *const experts = &model.file.matrices[1];
    const uint64_t places[] = {0, model.file.matrices[0].offset + 100,
                               experts->offset + loom_file_align(experts->bytes) + 70,
                               model.file.tensors[0].offset + 39};
    static const char *const names[] = {NULL, "'a'", "'experts'", "'norm'"};
    for (size_t i = 0; i < 4; i++) {
        char why[200] = "";
        loom_file *file;
        model.file.bytes[places[i]] ^= i ? 1 : 0;
        strcpy(model.path, "/tmp/loom_test_XXXXXX");
        write_bytes(&model, model.file.size);
        assert_int_equal(loom_file_open(&file, model.path, why, sizeof why), LOOM_OK);
        assert_int_equal(loom_file_verify(file, why, sizeof why), i ? LOOM_ERROR_FILE : LOOM_OK);
        assert_true(i == 0 || strncmp(why, names[i], strlen(names[i])) == 0);
        loom_file_close(file);
        unlink(model.path);
        model.file.bytes[places[i]] ^= i ? 1 : 0;
    }
    model_free(&model);
}

/* ---- Files that lie ------------------------------------------------------------------------- */

static int is_valid(const struct loom_bytes *file, size_t size) {
    char why[200] = "";
    struct loom_line line = {why, sizeof why, 0};
    const int valid = loom_file_valid(file->bytes, size, &line);
    assert_int_equal(valid, line.length == 0);
    return valid;
}

/* All data but the last tensor's begin at multiples of 4096: so no length is right but the one. */
static void every_cut_is_seen(void **state) {
    (void)state;
    struct model model = model_new();
    for (size_t size = 0; size < model.file.size; size++) {
        assert_false(is_valid(&model.file, size));
    }
    assert_true(is_valid(&model.file, model.file.size));
    model_free(&model);
}

static void every_bit_of_the_header_counts(void **state) {
    (void)state;
    struct model model = model_new();
    for (size_t bit = 0; bit < 8 * model.file.head->header_bytes; bit++) {
        model.file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(is_valid(&model.file, model.file.size));
        model.file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(is_valid(&model.file, model.file.size));
    model_free(&model);
}

/* Values that a field may be changed to, so that its sum is right. */
#define LIES(X)                                                                                    \
    X(file.matrices[0].offset += LOOM_FILE_ALIGN)                                                  \
    X(file.matrices[0].offset -= LOOM_FILE_ALIGN)                                                  \
    X(file.matrices[0].offset += 64)                                                               \
    X(file.matrices[1].offset = file.matrices[0].offset)                                           \
    X(file.matrices[0].bytes = 0)                                                                  \
    X(file.matrices[0].bytes -= 1)                                                                 \
    X(file.matrices[1].bytes = (uint64_t)1 << 63)                                                  \
    X(file.matrices[1].bytes = UINT64_MAX - 63)                                                    \
    X(file.matrices[1].count = 0)                                                                  \
    X(file.matrices[1].count = 3)                                                                  \
    X(file.matrices[1].count = UINT32_MAX)                                                         \
    X(file.matrices[1].order = 2)                                                                  \
    X(file.matrices[1].order = UINT32_MAX)                                                         \
    X(file.matrices[1].k = K - 1)                                                                  \
    X(file.matrices[0].m = 0)                                                                      \
    X(file.matrices[0].k = LOOM_MAX_DIM + 1)                                                       \
    X(file.matrices[0].mode = LOOM_TABLE7 + 1)                                                     \
    X(file.matrices[0].name = file.head->text_bytes)                                               \
    X(file.matrices[0].name = UINT32_MAX)                                                          \
    X(file.matrices[0].name = 0)                                                                   \
    X(file.matrices[0].format = 1)                                                                 \
    X(file.orders[0].k = 0)                                                                        \
    X(file.orders[0].k = UINT32_MAX)                                                               \
    X(file.orders[0].offset = 0)                                                                   \
    X(file.tensors[0].offset += LOOM_FILE_ALIGN)                                                   \
    X(file.tensors[0].bytes -= 1)                                                                  \
    X(file.tensors[0].bytes = UINT64_MAX)                                                          \
    X(file.tensors[0].dims = LOOM_FILE_DIMS + 1)                                                   \
    X(file.tensors[0].name = UINT32_MAX)                                                           \
    X(file.tensors[0].type = 0)                                                                    \
    X(file.head->matrices = UINT32_MAX)                                                            \
    X(file.head->orders = 0)                                                                       \
    X(file.head->tensors = 0)                                                                      \
    X(file.head->text_bytes = 0)                                                                   \
    X(file.head->text_bytes = UINT32_MAX)                                                          \
    X(file.head->header_bytes = UINT64_MAX)                                                        \
    X(file.head->library = UINT32_MAX)                                                             \
    X(file.head->folder = file.head->text_bytes)                                                   \
    X(file.head->byte_order = 0x04030201)                                                          \
    X(file.head->version = 2)                                                                      \
    X(file.texts[file.head->text_bytes - 1] = 'x')

/* Only the header's sum: what is changed may be where the others' begin. */
static void seal_header(struct loom_bytes *file, uint64_t header_bytes) {
    const size_t begin = offsetof(struct loom_file_head, matrices);
    file->head->sum = (struct loom_sum){0, 0};
    loom_sum_add(&file->head->sum, 0, file->bytes + begin, (size_t)header_bytes - begin);
}

static void every_lie_is_refused(void **state) {
    (void)state;
    struct model model = model_new();
    const struct loom_bytes file = model.file;
    const size_t header = (size_t)file.head->header_bytes;
    uint8_t *const before = malloc(header);
    memcpy(before, file.bytes, header);
#define TRY(change)                                                                                \
    change;                                                                                        \
    seal_header(&model.file, header);                                                              \
    if (is_valid(&file, file.size)) {                                                              \
        fail_msg("%s", #change);                                                                   \
    }                                                                                              \
    memcpy(file.bytes, before, header);
    LIES(TRY)
#undef TRY
    assert_true(is_valid(&file, file.size));
    free(before);
    model_free(&model);
}

static void orders_are_looked_at(void **state) {
    (void)state;
    struct model model = model_new();
    uint32_t *const columns = (uint32_t *)(model.file.bytes + model.file.orders[0].offset);
    columns[5] ^= 1;
    assert_false(is_valid(&model.file, model.file.size));
    columns[5] = K;
    loom_bytes_seal(&model.file);
    assert_false(is_valid(&model.file, model.file.size));
    columns[5] = K - 1;
    loom_bytes_seal(&model.file);
    assert_true(is_valid(&model.file, model.file.size));
    model_free(&model);
}

static void a_name_is_there_once(void **state) {
    (void)state;
    struct model model = model_new();
    loom_file *file = NULL;
    char why[200];
    model.file.matrices[1].name = model.file.matrices[0].name;
    loom_bytes_seal(&model.file);
    write_bytes(&model, model.file.size);
    assert_int_equal(loom_file_open(&file, model.path, why, sizeof why), LOOM_ERROR_FILE);
    assert_non_null(strstr(why, "has two of the name 'a'"));
    assert_null(file);
    model_free(&model);
}

static void what_is_no_file_is_refused(void **state) {
    (void)state;
    static const char *const paths[] = {"/nowhere", "/dev/null", "/tmp", "/etc/hostname"};
    loom_file *file = NULL;
    char why[200];
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(loom_file_open(&file, paths[i], why, sizeof why), LOOM_ERROR_FILE);
        assert_int_equal(strncmp(why, paths[i], strlen(paths[i])), 0);
    }
    assert_int_equal(loom_file_open(NULL, "/nowhere", why, sizeof why), LOOM_ERROR_NULL);
    assert_int_equal(loom_file_open(&file, NULL, why, sizeof why), LOOM_ERROR_NULL);
    assert_int_equal(loom_file_open(&file, "/nowhere", NULL, 0), LOOM_ERROR_FILE);
    assert_null(file);
}

/* Ranges in any order come to the same sum, and it is that of the formula. */
static void sums_may_be_added_in_pieces(void **state) {
    (void)state;
    uint8_t bytes[8 * 100 + 3];
    uint64_t seed = 1, words = 0, places = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)fake_random(&seed);
    }
    for (size_t i = 0; i * 8 < sizeof bytes; i++) {
        uint64_t word = 0;
        memcpy(&word, bytes + 8 * i, sizeof bytes - 8 * i < 8 ? sizeof bytes - 8 * i : 8);
        words += word;
        places += (i + 1) * word;
    }
    for (size_t cut = 0; cut <= 100; cut++) {
        struct loom_sum sum = {0, 0};
        loom_sum_add(&sum, cut, bytes + 8 * cut, sizeof bytes - 8 * cut);
        loom_sum_add(&sum, 0, bytes, 8 * cut);
        assert_true(sum.words == words && sum.places == places);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrices_are_found_and_multiplied),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(data_are_verified),
        cmocka_unit_test(every_cut_is_seen),
        cmocka_unit_test(every_bit_of_the_header_counts),
        cmocka_unit_test(every_lie_is_refused),
        cmocka_unit_test(orders_are_looked_at),
        cmocka_unit_test(a_name_is_there_once),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(sums_may_be_added_in_pieces),
    };
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
