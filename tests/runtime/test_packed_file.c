/* Packed weights in a file: defined bytes, mapped read-only, refused when they are not whole. */
#define _DEFAULT_SOURCE
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { M = 45, K = 200, N = 3 };

/* A file, as a loader maps it. */
struct mapping {
    void *bytes;
    size_t size;
};

static struct mapping map_file(const void *bytes, size_t size) {
    struct mapping map = {MAP_FAILED, size};
    FILE *file = tmpfile();
    if (file) {
        if (fwrite(bytes, 1, size, file) == size && fflush(file) == 0) {
            map.bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fileno(file), 0);
        }
        fclose(file);
    }
    assert_true(map.bytes != MAP_FAILED);
    return map;
}

static void unmap_file(const struct mapping *map) {
    munmap(map->bytes, map->size);
}

static void pack(const loom_plan *plan, const struct fake_matrix *w, void *packed) {
    assert_int_equal(loom_pack_parts(plan, packed, &w->parts, 8, 0, plan->m), LOOM_OK);
}

/* Whatever was in the memory before. With 7 rows no array of w2g32f32 fills its last line. */
static void the_same_bytes_each_time(void **state) {
    (void)state;
    for (size_t i = 0; i < fake_format_count; i++) {
        const loom_plan plan = fake_plan(fake_formats[i], 7, K);
        const size_t size = loom_packed_size(&plan);
        struct fake_matrix w = fake_matrix_new(&plan, i);
        uint8_t *a = fake_alloc(size), *b = fake_alloc(size);
        memset(b, 0, size);
        pack(&plan, &w, a);
        pack(&plan, &w, b);
        assert_memory_equal(a, b, size);
        fake_free(a, size);
        fake_free(b, size);
        fake_matrix_free(&w);
    }
}

static void check_mapped(const struct mapping *map, const struct fake_matrix *w,
                         const char *format) {
    const loom_plan plan = fake_plan(format, M, K);
    const size_t size = loom_prepared_size(&plan, N);
    float *x = fake_activations(N, K, K, 1), y[N * M];
    void *prepared = fake_alloc(size);
    assert_int_equal(loom_packed_check(&plan, map->bytes, map->size), LOOM_OK);
    assert_int_equal(loom_prepare(&plan, prepared, x, K, N, 0, 1), LOOM_OK);
    assert_int_equal(loom_matmul(&plan, y, M, map->bytes, prepared, N, 0, M), LOOM_OK);
    for (size_t i = 0; i < N * M; i++) {
        assert_true(y[i] == fake_reference(&plan, w, x + i / M * K, i % M));
    }
    fake_free(prepared, size);
    free(x);
}

static void a_file_is_mapped_and_multiplied(void **state) {
    (void)state;
    for (size_t i = 0; i < fake_format_count; i++) {
        const loom_plan plan = fake_plan(fake_formats[i], M, K);
        const size_t size = loom_packed_size(&plan);
        struct fake_matrix w = fake_matrix_new(&plan, i);
        uint8_t *packed = fake_alloc(size);
        pack(&plan, &w, packed);
        const struct mapping map = map_file(packed, size);
        fake_free(packed, size);
        check_mapped(&map, &w, fake_formats[i]);
        unmap_file(&map);
        fake_matrix_free(&w);
    }
}

static void what_is_not_whole_is_refused(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32", M, K), taller = fake_plan("w2g32f32", M + 1, K);
    const loom_plan other = fake_plan("w3g64zf32", M, K), smaller = fake_plan("w2g32f32", 6, K);
    const size_t size = loom_packed_size(&plan);
    struct fake_matrix w = fake_matrix_new(&plan, 1);
    uint8_t *packed = fake_alloc(size + LOOM_ALIGN);
    pack(&plan, &w, packed);
    assert_int_equal(loom_packed_check(&plan, packed, size), LOOM_OK);
    assert_int_equal(loom_packed_check(&plan, packed, size + LOOM_ALIGN), LOOM_OK);
    assert_int_equal(loom_packed_check(&plan, packed, size - 1), LOOM_ERROR_SIZE);
    assert_int_equal(loom_packed_check(&plan, packed, 0), LOOM_ERROR_SIZE);
    assert_int_equal(loom_packed_check(&taller, packed, size), LOOM_ERROR_PACKED);
    assert_int_equal(loom_packed_check(&smaller, packed, size), LOOM_ERROR_PACKED);
    assert_int_equal(loom_packed_check(&other, packed, size), LOOM_ERROR_SIZE);
    assert_int_equal(loom_packed_check(NULL, packed, size), LOOM_ERROR_NULL);
    assert_int_equal(loom_packed_check(&plan, NULL, size), LOOM_ERROR_NULL);
    assert_int_equal(loom_packed_check(&plan, packed + 32, size), LOOM_ERROR_ALIGN);
    for (size_t i = 0; i < 12; i++) { /* each byte of the header, as another byte order or file */
        packed[i] ^= 0x40;
        assert_int_equal(loom_packed_check(&plan, packed, size), LOOM_ERROR_PACKED);
        packed[i] ^= 0x40;
    }
    fake_free(packed, size + LOOM_ALIGN);
    fake_matrix_free(&w);
}

/* A file that is too short for its header is not read at all: the next page is not there. */
static void a_truncated_file_is_not_read(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32", M, K);
    const struct mapping map = map_file("LOMW", 4);
    assert_int_equal(mprotect(map.bytes, 4, PROT_NONE), 0);
    assert_int_equal(loom_packed_check(&plan, map.bytes, map.size), LOOM_ERROR_SIZE);
    unmap_file(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_each_time),
        cmocka_unit_test(a_file_is_mapped_and_multiplied),
        cmocka_unit_test(what_is_not_whole_is_refused),
        cmocka_unit_test(a_truncated_file_is_not_read),
    };
    return cmocka_run_group_tests_name("packed_file", tests, NULL, NULL);
}
